//! Makes a failing program small: leaves out and unwraps statements while it fails the same way.

use crate::check::{Checker, Failure};
use crate::tree::{Node, Part, Program};

/// At most so many programs are tried.
const MOST_TRIES: usize = 400;

/// The smallest program found that fails like this one.
pub(crate) fn minimise(
    checker: &Checker<'_>,
    program: &Program,
    failure: &Failure,
) -> anyhow::Result<Program> {
    let mut best = program.clone();
    let mut tries = 0;
    let mut fails = |candidate: &Program| -> anyhow::Result<bool> {
        tries += 1;
        if tries > MOST_TRIES {
            return Ok(false);
        }
        let outcome = checker.check(std::slice::from_ref(candidate))?;
        Ok(outcome
            .failures
            .iter()
            .any(|(_, found)| failure.is_like(found)))
    };
    loop {
        let before = best.clone();
        // Whole items, the last first: nobody calls them.
        for at in (0..best.items.len()).rev() {
            let mut candidate = best.clone();
            candidate.items.remove(at);
            if fails(&candidate)? {
                best = candidate;
            }
        }
        for at in (0..best.items.len()).rev() {
            let mut place = 0;
            while let Some(edits) = best.items[at]
                .body
                .as_deref()
                .map(|body| edits_at(body, place))
            {
                if edits.is_empty() {
                    break;
                }
                let mut smaller = false;
                for body in edits {
                    let mut candidate = best.clone();
                    candidate.items[at].body = Some(body);
                    if fails(&candidate)? {
                        best = candidate;
                        smaller = true;
                        break;
                    }
                }
                if !smaller {
                    place += 1;
                }
            }
        }
        if best == before {
            return Ok(best);
        }
    }
}

/// What could become of a body by changing its statement number `place`, counted with those inside: smallest first.
/// Empty if there is no such statement.
fn edits_at(body: &[Node], place: usize) -> Vec<Vec<Node>> {
    let mut left = place;
    for (at, node) in body.iter().enumerate() {
        if left == 0 {
            let replaced = |by: Vec<Node>| {
                let mut all = body.to_vec();
                all.splice(at..=at, by);
                all
            };
            let mut edits = vec![replaced(Vec::new())];
            for part in &node.parts {
                if let Part::Body(inner) = part {
                    edits.push(replaced(inner.clone()));
                }
            }
            // Without its `else`.
            let bodies = node
                .parts
                .iter()
                .filter(|part| matches!(part, Part::Body(_)))
                .count();
            if bodies > 1 {
                edits.push(replaced(vec![Node {
                    parts: node.parts[..2].to_vec(),
                }]));
            }
            return edits;
        }
        left -= 1;
        for (part_at, part) in node.parts.iter().enumerate() {
            let (Part::Body(inner) | Part::Arms(inner)) = part else {
                continue;
            };
            let size = count(inner);
            if left < size {
                let edits = edits_at(inner, left).into_iter().map(|edited| {
                    let mut all = body.to_vec();
                    all[at].parts[part_at] = match part {
                        Part::Arms(_) => Part::Arms(edited),
                        _ => Part::Body(edited),
                    };
                    all
                });
                return edits.collect();
            }
            left -= size;
        }
    }
    Vec::new()
}

fn count(body: &[Node]) -> usize {
    let inner = |node: &Node| -> usize {
        let parts = node.parts.iter().map(|part| match part {
            Part::Text(_) => 0,
            Part::Body(inner) | Part::Arms(inner) => count(inner),
        });
        parts.sum()
    };
    body.iter().map(|node| 1 + inner(node)).sum()
}

#[cfg(test)]
mod tests {
    use super::{count, edits_at};
    use crate::tree::{Node, render_body};

    #[test]
    fn every_statement_can_be_left_out() {
        let body = vec![
            Node::line("a;"),
            Node::new()
                .text("if b ")
                .body(vec![Node::line("c;")])
                .text(" else ")
                .body(vec![Node::line("d;")]),
            Node::line("e"),
        ];
        assert_eq!(count(&body), 5);
        let texts: Vec<Vec<String>> = (0..6)
            .map(|place| {
                let edits = edits_at(&body, place).into_iter().map(|edited| {
                    let mut out = String::new();
                    render_body(&edited, 0, &mut out);
                    out.split_whitespace().collect()
                });
                edits.collect()
            })
            .collect();
        assert_eq!(texts[0], ["{ifb{c;}else{d;}e}"]);
        assert_eq!(texts[1], ["{a;e}", "{a;c;e}", "{a;d;e}", "{a;ifb{c;}e}"]);
        assert_eq!(texts[2], ["{a;ifb{}else{d;}e}"]);
        assert_eq!(texts[3], ["{a;ifb{c;}else{}e}"]);
        assert_eq!(texts[4], ["{a;ifb{c;}else{d;}}"]);
        assert!(texts[5].is_empty());
    }
}
