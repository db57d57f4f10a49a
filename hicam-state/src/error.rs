//! The errors of capturing and restoring values, with the path to the field they are about.

use std::fmt;

use thiserror::Error;

use crate::schema::SchemaMismatch;

/// The fields from the outermost type down to the one an error is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Path {
    /// Type and field, innermost first: errors pass outwards.
    steps: Vec<(&'static str, &'static str)>,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((outermost, _)) = self.steps.last() else {
            return f.write_str("a value");
        };
        write!(f, "`{outermost}")?;
        for (_, field) in self.steps.iter().rev() {
            write!(f, ".{field}")?;
        }
        f.write_str("`")
    }
}

/// Why a value could not be captured, and which field of which type it is.
///
/// A pointer, so that results of every value captured are small.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot capture {}: {}", .0.path, .0.kind)]
pub struct EncodeError(Box<Failure<EncodeErrorKind>>);

/// What went wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure<K> {
    path: Path,
    kind: K,
}

/// What stood in the way of a capture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// A lock is held at the moment of capture.
    #[error("its {0} is held; release the guard before the next migration point")]
    Locked(&'static str),
    /// A `RefCell` is mutably borrowed at the moment of capture.
    #[error("its RefCell is mutably borrowed; end the borrow before the next migration point")]
    Borrowed,
    /// Values are nested deeper than the format allows.
    #[error("it is nested more than {limit} levels deep; use a flat collection instead", limit = crate::MAX_DEPTH)]
    TooDeep,
    /// An `Arc` or `Weak` is captured by itself, outside of any [`Capture`](crate::Capture).
    #[error("it holds an Arc or Weak, whose object may be shared; capture it through `Capture`")]
    NoHeap,
    /// Objects point to one another in a circle of links none of which can be made after the objects.
    #[error(
        "objects of type `{0}` point to one another in a circle; \
         put one of the pointers into a `Mutex<Option<Arc<_>>>` or an `OnceLock`, or make it a `Weak`"
    )]
    StrongCycle(String),
    /// One object is pointed to as two types.
    #[error("one object is shared as `{0}` and as `{1}`; share it as one of the two")]
    TwoTypes(&'static str, &'static str),
    /// What an `Rc` of a function points to is held elsewhere too, where it would stay while the function has a copy.
    #[error(
        "an `Rc` of type `{0}` is also held outside of the function (in a `thread_local!`, in a field with `#[hicam(skip)]`, or \
         by a clone that was leaked); let go of it there before the next loop, or use `Arc`"
    )]
    HeldElsewhere(&'static str),
    /// Anything else, in the words of whoever found it.
    #[error("{0}")]
    Other(String),
}

impl EncodeError {
    /// An error in the words of a hand-written [`State`](crate::State) implementation.
    pub fn other(message: impl fmt::Display) -> Self {
        EncodeErrorKind::Other(message.to_string()).into()
    }

    /// What went wrong, without the place.
    pub fn kind(&self) -> &EncodeErrorKind {
        &self.0.kind
    }

    /// The same error seen from one field further out.
    #[must_use]
    #[cold]
    pub fn within(mut self, type_name: &'static str, field: &'static str) -> Self {
        self.0.path.steps.push((type_name, field));
        self
    }
}

impl From<EncodeErrorKind> for EncodeError {
    #[cold]
    fn from(kind: EncodeErrorKind) -> Self {
        EncodeError(Box::new(Failure {
            path: Path::default(),
            kind,
        }))
    }
}

impl serde::ser::Error for EncodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        EncodeError::other(message)
    }
}

/// Why bytes could not be turned back into a value, and which field of which type it is.
///
/// A pointer, so that results of every value restored are small.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot restore {}: {}", .0.path, .0.kind)]
pub struct DecodeError(Box<Failure<DecodeErrorKind>>);

/// What stood in the way of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input ends before the value does.
    #[error("the state ends {missing} bytes too early")]
    Truncated {
        /// How many bytes were needed beyond the end.
        missing: usize,
    },
    /// A length is larger than what is left of the input.
    #[error("a length of {length} is larger than the {left} bytes left")]
    Length {
        /// The length found.
        length: u64,
        /// Bytes left after it.
        left: usize,
    },
    /// The value ends before the input does.
    #[error("{0} bytes follow the end of the value")]
    Trailing(usize),
    /// A number of 64 bits does not fit this host's `usize` or `isize`.
    #[error("{value} does not fit the {kind} of this host")]
    DoesNotFit {
        /// The number.
        value: i128,
        /// `usize` or `isize`.
        kind: &'static str,
    },
    /// Bytes that no value of the type is encoded as.
    #[error("{found} is not a valid {expected}")]
    Invalid {
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// Values are nested deeper than the format allows.
    #[error("it is nested more than {limit} levels deep", limit = crate::MAX_DEPTH)]
    TooDeep,
    /// An `Arc` or `Weak` is restored by itself, outside of any [`Restore`](crate::Restore).
    #[error(
        "it holds an Arc or Weak; restore it through `Restore`, which knows the shared objects"
    )]
    NoHeap,
    /// Another object must be made first. Whoever reads values through [`Restore`](crate::Restore) never sees this.
    #[error("it needs an object that has not been restored yet")]
    Pending,
    /// The captured type is not the type that is to be restored.
    #[error(transparent)]
    Schema(#[from] SchemaMismatch),
    /// Anything else, in the words of whoever found it.
    #[error("{0}")]
    Other(String),
}

impl DecodeError {
    /// An error in the words of a hand-written [`State`](crate::State) implementation.
    pub fn other(message: impl fmt::Display) -> Self {
        DecodeErrorKind::Other(message.to_string()).into()
    }

    /// `found` stands where an encoded `expected` should.
    pub fn invalid(expected: &'static str, found: impl fmt::Display) -> Self {
        DecodeErrorKind::Invalid {
            expected,
            found: found.to_string(),
        }
        .into()
    }

    /// What went wrong, without the place.
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// The same error seen from one field further out.
    #[must_use]
    #[cold]
    pub fn within(mut self, type_name: &'static str, field: &'static str) -> Self {
        self.0.path.steps.push((type_name, field));
        self
    }
}

impl From<DecodeErrorKind> for DecodeError {
    #[cold]
    fn from(kind: DecodeErrorKind) -> Self {
        DecodeError(Box::new(Failure {
            path: Path::default(),
            kind,
        }))
    }
}

impl From<SchemaMismatch> for DecodeError {
    fn from(mismatch: SchemaMismatch) -> Self {
        DecodeErrorKind::Schema(mismatch).into()
    }
}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        DecodeError::other(message)
    }
}

/// Why a file or message is not a checkpoint that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The magic number is missing: this is some other kind of file.
    #[error("this is not a HiCaM checkpoint: it does not start with the magic number HICAM")]
    NotACheckpoint,
    /// Written by a newer HiCaM.
    #[error(
        "the checkpoint has format version {found}, this program reads version {supported}; \
         use a HiCaM as new as the one that wrote it"
    )]
    Version {
        /// The version in the file.
        found: u16,
        /// The version this program reads.
        supported: u16,
    },
    /// Bytes were changed or lost since the checkpoint was written.
    #[error("the checkpoint is damaged: its checksum does not match; use an earlier checkpoint")]
    Checksum,
    /// The body is not what the format says, though its checksum matches.
    #[error("the checkpoint's body is malformed")]
    Body(#[from] DecodeError),
    /// A section of a later kind, without which the state is not whole.
    #[error(
        "the checkpoint has a section of kind {number}, which this program does not know and which must not be ignored; \
         use a HiCaM as new as the one that wrote it"
    )]
    UnknownSection {
        /// The section's number.
        number: u32,
    },
    /// A section that every checkpoint has is missing, though the checksum matches.
    #[error("the checkpoint has no section of {name}")]
    NoSection {
        /// What it would hold.
        name: &'static str,
    },
    /// A value could not be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A value refers to a type that the type table lacks.
    #[error("the value of {what} has type number {ty}, but the type table holds only {types}")]
    UnknownType {
        /// Whose value.
        what: String,
        /// The type's number.
        ty: u32,
        /// How many types there are.
        types: usize,
    },
}
