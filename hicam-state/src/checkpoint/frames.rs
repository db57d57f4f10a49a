//! Where a thread stands: the functions that it is in, and the variables that each still needs.

use super::record::{Record, records};
use crate::{DecodeError, DecodeErrorKind, Decoder, EncodeError, EncodeErrorKind, Encoder, Value};

/// How many levels deep branches may be nested.
const MAX_BRANCHES: usize = 1_000;

/// A function in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The function's path.
    pub function: String,
    /// The migration point it stands at.
    pub point: u32,
    /// The source file of that point.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// The fingerprint of the function's code.
    pub fingerprint: u64,
    /// Every local that is still needed.
    pub locals: Vec<Local>,
    /// What goes on concurrently in it (`join!`, `select!`): the branches that are not finished. They are then the
    /// innermost.
    pub branches: Vec<Branch>,
    /// What the point is called, unlike any other of the function; empty if it has no name.
    pub point_name: String,
}

records! {
    /// A local variable.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Local {
        /// Its name in the source.
        pub name: String,
        /// Its value.
        pub value: Value,
    }
}

/// One of several calls that a function waits for at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its position in the source, from 0.
    pub number: u32,
    /// The functions it is in, outermost first.
    pub frames: Vec<Frame>,
}

// By hand, because its last field came later, and is not written where it says nothing.
impl Record for Frame {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.record(|out| {
            self.function.write(out)?;
            self.point.write(out)?;
            self.file.write(out)?;
            self.line.write(out)?;
            self.fingerprint.write(out)?;
            self.locals.write(out)?;
            self.branches.write(out)?;
            if self.point_name.is_empty() {
                return Ok(());
            }
            self.point_name.write(out)
        })
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        fn field<T: Record>(input: &mut Decoder<'_>, name: &'static str) -> Result<T, DecodeError> {
            T::read(input).map_err(|error| error.within("Frame", name))
        }
        input.record(|input| {
            Ok(Frame {
                function: field(input, "function")?,
                point: field(input, "point")?,
                file: field(input, "file")?,
                line: field(input, "line")?,
                fingerprint: field(input, "fingerprint")?,
                locals: field(input, "locals")?,
                branches: field(input, "branches")?,
                point_name: match input.left() {
                    0 => String::new(),
                    _ => field(input, "point_name")?,
                },
            })
        })
    }
}

// By hand, because frames and branches recurse.
impl Record for Branch {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        if out.depth() >= MAX_BRANCHES {
            return Err(EncodeErrorKind::TooDeep.into());
        }
        out.record(|out| {
            out.u32(self.number);
            out.nested(|out| self.frames.write(out))
        })
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        if input.depth() >= MAX_BRANCHES {
            return Err(DecodeErrorKind::TooDeep.into());
        }
        input.record(|input| {
            let number = input.u32()?;
            let frames = input.nested(Record::read)?;
            Ok(Branch { number, frames })
        })
    }
}
