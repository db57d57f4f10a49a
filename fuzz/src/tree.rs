//! Programs as trees of statements, so that parts can be left out; and their text.

use std::fmt::Write as _;

/// Stands in a text for `Box::pin(`, which plain recursion needs and annotated recursion does not.
pub(crate) const OPEN_BOX: char = '\u{E000}';
/// Ends what [`OPEN_BOX`] began.
pub(crate) const CLOSE_BOX: char = '\u{E001}';

/// One statement, or the value at the end of a block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) parts: Vec<Part>,
}

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    Text(String),
    /// A block, with its braces.
    Body(Vec<Node>),
    /// The arms of a `match`, with its braces.
    Arms(Vec<Node>),
}

impl Node {
    pub(crate) fn line(text: impl Into<String>) -> Self {
        Node {
            parts: vec![Part::Text(text.into())],
        }
    }

    pub(crate) fn new() -> Self {
        Node { parts: Vec::new() }
    }

    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    pub(crate) fn body(mut self, body: Vec<Node>) -> Self {
        self.parts.push(Part::Body(body));
        self
    }

    pub(crate) fn arms(mut self, arms: Vec<Node>) -> Self {
        self.parts.push(Part::Arms(arms));
        self
    }

    /// The same between these texts.
    pub(crate) fn wrapped(mut self, before: &str, after: &str) -> Self {
        self.parts.insert(0, Part::Text(before.to_owned()));
        self.text(after)
    }

    /// Whether a jump that is known to be on all ways through this statement gives the block around it the type `!`.
    pub(crate) fn always_jumps(&self) -> bool {
        let starts = ["return", "if ", "match "];
        let first = self.parts.first();
        first.is_some_and(|part| match part {
            Part::Text(text) => starts.iter().any(|start| text.starts_with(start)),
            Part::Body(_) | Part::Arms(_) => false,
        })
    }

    fn render(&self, indent: usize, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Body(nodes) | Part::Arms(nodes) => render_body(nodes, indent, out),
            }
        }
    }
}

/// A block with its braces.
pub(crate) fn render_body(nodes: &[Node], indent: usize, out: &mut String) {
    out.push_str("{\n");
    for node in nodes {
        let _ = write!(out, "{:1$}", "", (indent + 1) * 4);
        node.render(indent + 1, out);
        out.push('\n');
    }
    let _ = write!(out, "{:1$}}}", "", indent * 4);
}

/// A struct or enum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// Up to the body of a function, or all of a type.
    pub(crate) head: String,
    pub(crate) body: Option<Vec<Node>>,
    /// The type whose `impl` this is in.
    pub(crate) owner: Option<String>,
    /// Whether it takes the attribute.
    pub(crate) annotated: bool,
}

/// A program: types, functions, methods. The last is `entry`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Program {
    pub(crate) seed: u64,
    pub(crate) items: Vec<Item>,
}

/// Which of a program's two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Plain,
    Marked,
}

impl Program {
    /// One version as a list of items.
    pub(crate) fn render(&self, version: Version) -> String {
        let mut out = String::new();
        for item in &self.items {
            let indent = usize::from(item.owner.is_some());
            if item.annotated && version == Version::Marked {
                out.push_str("#[hicam::migratable]\n");
            }
            if let Some(owner) = &item.owner {
                let _ = write!(out, "impl {owner} {{\n    ");
            }
            out.push_str(&item.head);
            if let Some(body) = &item.body {
                out.push(' ');
                render_body(body, indent, &mut out);
            }
            out.push('\n');
            if indent == 1 {
                out.push_str("}\n");
            }
            out.push('\n');
        }
        let (open, close) = match version {
            Version::Plain => ("Box::pin(", ")"),
            Version::Marked => ("", ""),
        };
        out.replace(OPEN_BOX, open).replace(CLOSE_BOX, close)
    }
}
