//! The variables in scope, and whether each holds a value: what the borrow checker will ask.

use crate::types::Type;

/// How a name gives access to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The value itself.
    Own,
    /// `&T`
    Shared,
    /// `&[T]` or `&str`
    Slice,
    /// `&mut T`
    Exclusive,
}

/// Whether a variable holds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Yes,
    /// Moved, moved on some paths, or never set.
    No,
}

/// A variable.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) mode: Mode,
    pub(crate) mutable: bool,
    pub(crate) held: Held,
    /// Borrows that are outstanding where we are.
    pub(crate) shared: usize,
    pub(crate) exclusive: usize,
    /// Method calls that will borrow it mutably once their arguments are there: it may be read, but not lent to them.
    pub(crate) reserved: usize,
    /// A value was put into it after it was declared.
    pub(crate) assigned: bool,
    /// It has been chosen for something.
    pub(crate) mentioned: bool,
    /// It has been moved somewhere.
    pub(crate) ever_moved: bool,
    /// It is never to be moved, because a borrow of it is taken again.
    pub(crate) pinned: bool,
    /// A later variable has its name.
    pub(crate) hidden: bool,
}

impl Variable {
    pub(crate) fn new(name: String, ty: Type, mode: Mode, mutable: bool) -> Self {
        Variable {
            name,
            ty,
            mode,
            mutable,
            held: Held::Yes,
            shared: 0,
            exclusive: 0,
            reserved: 0,
            assigned: false,
            mentioned: false,
            ever_moved: false,
            pinned: false,
            hidden: false,
        }
    }

    pub(crate) fn readable(&self) -> bool {
        !self.hidden && self.held == Held::Yes && self.exclusive == 0
    }

    /// Its value may be changed in place.
    pub(crate) fn writable(&self) -> bool {
        let access = match self.mode {
            Mode::Own => self.mutable,
            Mode::Exclusive => true,
            Mode::Shared | Mode::Slice => false,
        };
        access && self.readable() && self.shared == 0
    }

    /// A new value may be put into it.
    pub(crate) fn assignable(&self) -> bool {
        let free = !self.hidden && self.exclusive == 0 && self.shared == 0;
        match self.mode {
            Mode::Own => free && self.mutable,
            Mode::Exclusive => free && self.held == Held::Yes,
            Mode::Shared | Mode::Slice => false,
        }
    }

    /// The value as a place.
    pub(crate) fn place(&self) -> String {
        match self.mode {
            Mode::Own => self.name.clone(),
            Mode::Shared | Mode::Exclusive | Mode::Slice => format!("*{}", self.name),
        }
    }
}

/// A loop or labelled block around us.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) label: Option<String>,
    /// The variables of what is around it.
    pub(crate) base: usize,
    /// What they held when it began.
    pub(crate) head: Vec<Held>,
    /// What they held at each `break`.
    pub(crate) breaks: Vec<Vec<Held>>,
    /// What it gives, if `break` has a value.
    pub(crate) value: Option<Type>,
    /// A labelled block: no `continue`.
    pub(crate) block: bool,
}

/// A block that is being written.
#[derive(Debug)]
pub(crate) struct Block {
    /// The variables of what is around it.
    pub(crate) base: usize,
    /// What they held when it began.
    pub(crate) held: Vec<Held>,
}

/// The variables of a function where we are.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) vars: Vec<Variable>,
}

impl Scope {
    pub(crate) fn declare(&mut self, variable: Variable) -> usize {
        for other in &mut self.vars {
            other.hidden |= other.name == variable.name;
        }
        self.vars.push(variable);
        self.vars.len() - 1
    }

    /// Leaves a block.
    pub(crate) fn truncate(&mut self, length: usize) {
        let gone: Vec<_> = self.vars.drain(length..).map(|var| var.name).collect();
        for name in gone {
            let shown = self.vars.iter_mut().rev().find(|var| var.name == name);
            if let Some(var) = shown {
                var.hidden = false;
            }
        }
    }

    pub(crate) fn held(&self) -> Vec<Held> {
        self.vars.iter().map(|var| var.held).collect()
    }

    pub(crate) fn set_held(&mut self, held: &[Held]) {
        for (var, held) in self.vars.iter_mut().zip(held) {
            var.held = *held;
        }
    }

    /// What is held where these paths meet. Nothing if there is none.
    pub(crate) fn join(&mut self, paths: &[Vec<Held>]) -> bool {
        for (at, var) in self.vars.iter_mut().enumerate() {
            let all = paths.iter().all(|path| path.get(at) == Some(&Held::Yes));
            var.held = if all { Held::Yes } else { Held::No };
        }
        !paths.is_empty()
    }
}
