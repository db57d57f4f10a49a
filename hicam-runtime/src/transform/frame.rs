//! Saved frames: typed values that can be moved back in, or the portable form they were decoded from.

use std::any::Any;

use hicam_state::{Capture, DecodeError, EncodeError, Restore, Value};

use super::codec::Codec;
use super::here::FrozenLocals;
use super::upgrade::Mapping;

/// What the transformation knows of an annotated function.
#[derive(Debug)]
pub struct FnInfo {
    /// Module path and name.
    pub name: &'static str,
    /// Paths that it had in older builds.
    pub aliases: &'static [&'static str],
    /// The source file.
    pub file: &'static str,
    /// Hash of the function's source: a frame of another one is restored only if it is mapped.
    pub fingerprint: u64,
    /// Every variable that is ever captured: its number, and its name.
    pub locals: &'static [(u16, &'static str)],
    /// The migration points, by number - 1.
    pub points: &'static [PointInfo],
    /// Maps frames of older builds, if the user has written how.
    pub upgrade: Option<Mapping>,
}

impl FnInfo {
    /// A function of a library that can be suspended while it waits. It has one point, and no place in the source.
    pub(super) const fn library(name: &'static str) -> Self {
        FnInfo {
            name,
            aliases: &[],
            file: "",
            fingerprint: 1,
            locals: &[],
            points: &[],
            upgrade: None,
        }
    }

    /// A point by its number.
    pub(crate) fn point(&self, point: u32) -> Option<&'static PointInfo> {
        self.points.get((point as usize).checked_sub(1)?)
    }

    /// The source line of a point, 0 if there is no such point.
    pub fn line(&self, point: u32) -> u32 {
        self.point(point).map_or(0, |point| point.line)
    }

    /// Whether frames that say `function` are its own.
    pub(super) fn is_called(&self, function: &str) -> bool {
        self.name == function || self.aliases.contains(&function)
    }
}

/// One migration point.
#[derive(Debug)]
pub struct PointInfo {
    /// What it is called, unlike any other of the function.
    pub name: &'static str,
    /// Line in the source file.
    pub line: u32,
    /// Column in the source line, from 1.
    pub column: u32,
    /// What the point is.
    pub kind: PointKind,
    /// The variables that a frame at this point has.
    pub needs: &'static [u16],
    /// Variables that may be captured there too: for their drop, or as references that a callee was given.
    pub keeps: &'static [u16],
}

/// The kinds of migration points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointKind {
    /// Entry to the function.
    Entry,
    /// Before an awaited expression is evaluated.
    BeforeAwait,
    /// In an annotated function that this one has called.
    InCall,
    /// In several calls at the same time: `join!`, `try_join!`, `select!`.
    InBranches,
    /// The head of a loop, before each iteration.
    Loop,
}

/// Why saved frames cannot be re-entered.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The next frame belongs to another function: the program's call structure has changed.
    #[error(
        "a frame of `{found}` was captured where this program calls `{expected}`: restore with the build that took the checkpoint"
    )]
    Function {
        /// What the frame says.
        found: String,
        /// What this program calls there.
        expected: String,
    },
    /// The function's source has changed since the capture.
    #[error(
        "`{function}` has changed since the checkpoint was taken, and a call of it was in progress at {point}: say where it goes on with `upgrade = …` in the function's attribute, or restore with the build that took the checkpoint"
    )]
    Changed {
        /// The function.
        function: String,
        /// Where the call stood.
        point: String,
    },
    /// The function's source has changed, and its mapping does not say how the frame goes on.
    #[error(
        "`{function}` has changed since the checkpoint was taken, and its mapping does not fit a call of it that was in progress at {point}: {message}"
    )]
    Mapping {
        /// The function, as the frame calls it.
        function: String,
        /// Where the call stood.
        point: String,
        /// What is wrong.
        message: String,
    },
    /// A local's type differs, or its value is damaged.
    #[error("local `{local}` of `{function}` cannot be restored: {source}")]
    Local {
        /// The function.
        function: String,
        /// The variable.
        local: String,
        /// Why.
        source: DecodeError,
    },
    /// A local that the point needs is not in the frame.
    #[error(
        "local `{local}` of `{function}` is missing in the captured frame: the checkpoint was not written by this build"
    )]
    Missing {
        /// The function.
        function: String,
        /// The variable.
        local: String,
    },
    /// What is bound to its thread stands in a frame where it cannot have been.
    #[error(
        "a frame of `{function}` has a value that cannot leave its thread, but stands where the function may change its thread: \
         the checkpoint was not written by this build"
    )]
    OnThread {
        /// The function.
        function: String,
    },
    /// The locals of a restored frame cannot be suspended again.
    #[error("the locals of `{function}` cannot be captured again: {source}")]
    Freeze {
        /// The function.
        function: String,
        /// Why.
        source: EncodeError,
    },
    /// The call returned although frames above it were still to be re-entered.
    #[error(
        "`{function}` did not call back into its captured callee: the checkpoint was not written by this build"
    )]
    Unused {
        /// The function of the frame that was not reached.
        function: String,
    },
}

/// One captured local: a value and, once its type is known, how to encode it.
pub(super) struct Local {
    pub(super) id: u16,
    pub(super) name: &'static str,
    pub(super) value: Box<dyn ErasedValue>,
}

impl Local {
    /// As a frame at this point has them: in the order in which plain Rust drops them. That is the last declared first, but of a
    /// call that has not begun, whose arguments are still the future's, the first.
    pub(super) fn in_order(mut locals: Vec<Local>, point: Option<&PointInfo>) -> Vec<Local> {
        locals.sort_unstable_by_key(|local| local.id);
        if point.is_none_or(|point| point.kind != PointKind::Entry) {
            locals.reverse();
        }
        locals
    }
}

pub(super) struct Held<T> {
    pub(super) value: T,
    pub(super) codec: Option<Codec<T>>,
}

pub(super) trait ErasedValue: Send {
    fn encode(&self, capture: &mut Capture, local: &str) -> Result<Value, EncodeError>;
    fn as_any_mut(&mut self) -> &mut dyn Any;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<T: Send + 'static> ErasedValue for Held<T> {
    fn encode(&self, capture: &mut Capture, local: &str) -> Result<Value, EncodeError> {
        let Some(codec) = &self.codec else {
            return Err(EncodeError::other(format!("local `{local}` has no codec")));
        };
        capture.value_with(codec.describe, |out| (codec.encode)(&self.value, out))
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// A frame as the stack keeps it.
pub(super) enum SavedFrame {
    /// Typed values, moved back in when the function is re-entered.
    Values {
        info: &'static FnInfo,
        point: u32,
        branches: Vec<SavedBranch>,
        /// In the order in which they are dropped.
        locals: Vec<Local>,
        /// Locals that cannot leave their thread.
        frozen: Option<FrozenLocals>,
    },
    /// Not yet re-entered: only the function itself knows the types of its locals.
    Encoded(hicam_state::Frame),
}

/// A branch of `join!` or `select!` that was suspended: its number and its frames, innermost first.
pub(super) type SavedBranch = (u32, Vec<SavedFrame>);

impl SavedFrame {
    /// Whether what it waits for is in branches of its own.
    pub(super) fn has_branches(&self) -> bool {
        match self {
            SavedFrame::Values { branches, .. } => !branches.is_empty(),
            SavedFrame::Encoded(frame) => !frame.branches.is_empty(),
        }
    }

    fn lacking(&self) -> Option<String> {
        let SavedFrame::Values {
            info,
            point,
            locals,
            branches,
            frozen,
        } = self
        else {
            return None;
        };
        let there = info.point(*point)?;
        let is_there = |id| {
            let frozen = frozen.as_ref();
            locals.iter().any(|local| local.id == id) || frozen.is_some_and(|here| here.has(id))
        };
        let lacking = there.needs.iter().find(|&&id| !is_there(id));
        if let Some(id) = lacking {
            let name = info.locals.iter().find(|(local, _)| local == id);
            return Some(format!(
                "the frame of `{}` at `{}` lacks `{}`",
                info.name,
                there.name,
                name.map_or("", |(_, name)| name)
            ));
        }
        let mut frames = branches.iter().flat_map(|(_, frames)| frames);
        frames.find_map(SavedFrame::lacking)
    }

    fn describe(&self, places: &mut Vec<String>) {
        match self {
            SavedFrame::Values {
                info,
                point,
                branches,
                ..
            } => {
                places.push(place(info.name, info.file, info.line(*point)));
                for (_, frames) in branches {
                    frames.iter().rev().for_each(|frame| frame.describe(places));
                }
            }
            SavedFrame::Encoded(frame) => describe_encoded(frame, places),
        }
    }

    pub(super) fn function(&self) -> &str {
        match self {
            SavedFrame::Values { info, .. } => info.name,
            SavedFrame::Encoded(frame) => &frame.function,
        }
    }
}

/// The frames of a suspended thread.
pub struct SavedFrames {
    /// Innermost first.
    pub(super) frames: Vec<SavedFrame>,
    /// What the frames that are not yet re-entered are restored from.
    pub(super) restore: Option<Restore>,
}

impl std::fmt::Debug for SavedFrames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.frames.iter().map(SavedFrame::function))
            .finish()
    }
}

impl SavedFrames {
    /// Frames from a checkpoint, outermost first. All threads of a checkpoint are given one `restore`: it is let go
    /// when every frame has been re-entered.
    pub fn from_encoded(frames: Vec<hicam_state::Frame>, restore: Restore) -> Self {
        let frames = frames.into_iter().rev().map(SavedFrame::Encoded).collect();
        SavedFrames {
            frames,
            restore: Some(restore),
        }
    }

    /// The frames in portable form, outermost first; their types and what they share is added to
    /// `capture`. The frames stay usable.
    ///
    /// # Errors
    /// A local that refuses to be encoded, for example a tokio mutex that is locked.
    pub fn encode(&self, capture: &mut Capture) -> Result<Vec<hicam_state::Frame>, EncodeError> {
        self.frames
            .iter()
            .rev()
            .map(|frame| encode_frame(frame, capture))
            .collect()
    }

    /// The function and point of each typed frame, outermost first.
    pub(crate) fn positions(&self) -> impl Iterator<Item = (&'static FnInfo, u32)> + '_ {
        self.frames.iter().rev().filter_map(|frame| match frame {
            SavedFrame::Values { info, point, .. } => Some((*info, *point)),
            SavedFrame::Encoded(_) => None,
        })
    }

    /// A variable that a frame's point needs and the frame does not have. The transformation says what is needed, for
    /// mappings of old frames; this is what the function itself has saved.
    pub(crate) fn lacking(&self) -> Option<String> {
        self.frames.iter().find_map(SavedFrame::lacking)
    }

    /// How many frames there are.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Where each frame stands, outermost first: `function (file:line)`. Those of branches follow the function that they
    /// are branches of.
    pub fn describe(&self) -> Vec<String> {
        let mut places = Vec::new();
        let frames = self.frames.iter().rev();
        frames.for_each(|frame| frame.describe(&mut places));
        places
    }
}

pub(super) fn place(function: &str, file: &str, line: u32) -> String {
    if file.is_empty() {
        // A function of a library, which waits.
        return function.to_owned();
    }
    format!("{function} ({file}:{line})")
}

fn describe_encoded(frame: &hicam_state::Frame, places: &mut Vec<String>) {
    places.push(place(&frame.function, &frame.file, frame.line));
    let frames = frame.branches.iter().flat_map(|branch| &branch.frames);
    frames.for_each(|frame| describe_encoded(frame, places));
}

fn encode_frame(
    frame: &SavedFrame,
    capture: &mut Capture,
) -> Result<hicam_state::Frame, EncodeError> {
    match frame {
        // A thread that has not been re-entered since it was decoded cannot be mapped to another type table:
        // it is verified, and thereby typed, before anyone may capture it again.
        SavedFrame::Encoded(frame) => Err(EncodeError::other(format!(
            "a frame of `{}` has not been re-entered since it was restored",
            frame.function
        ))),
        SavedFrame::Values {
            info,
            point,
            locals,
            branches,
            frozen,
        } => {
            let mut declared: Vec<&Local> = locals.iter().collect();
            declared.sort_unstable_by_key(|local| local.id);
            let mut locals = declared
                .into_iter()
                .map(|local| {
                    let value = local.value.encode(capture, local.name)?;
                    Ok(hicam_state::Local {
                        name: local.name.to_owned(),
                        value,
                    })
                })
                .collect::<Result<Vec<_>, EncodeError>>()?;
            if let Some(frozen) = frozen {
                locals.extend(frozen.encode(capture)?);
            }
            let branches = branches
                .iter()
                .map(|(number, frames)| {
                    let frames = frames.iter().rev();
                    let frames = frames.map(|frame| encode_frame(frame, capture));
                    Ok(hicam_state::Branch {
                        number: *number,
                        frames: frames.collect::<Result<_, EncodeError>>()?,
                    })
                })
                .collect::<Result<_, EncodeError>>()?;
            Ok(hicam_state::Frame {
                function: info.name.to_owned(),
                point: *point,
                file: info.file.to_owned(),
                line: info.line(*point),
                fingerprint: info.fingerprint,
                locals,
                branches,
                point_name: info
                    .point(*point)
                    .map_or_else(String::new, |point| point.name.to_owned()),
            })
        }
    }
}
