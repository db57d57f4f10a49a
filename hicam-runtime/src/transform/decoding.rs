//! After a function's body, where the types of its variables are known: the frame that was saved learns how each is encoded,
//! and one from a checkpoint is decoded.

use hicam_state::Restore;

use super::codec::{Codec, InFrame, Var};
use super::frame::{Held, Local, RestoreError, SavedFrame};
use super::stack::Stack;
use super::upgrade::take;

/// Called by what generated code calls.
impl Stack {
    /// Whether a frame is being decoded.
    pub(super) fn is_decoding(&self) -> bool {
        matches!(self.resume.last(), Some(SavedFrame::Encoded(_)))
    }

    /// The frame that is being decoded, which has a variable that cannot leave its thread.
    ///
    /// # Errors
    /// A mapping gives the variable a value, or the function waits at its point: neither could have been.
    pub(super) fn innermost<T>(
        &mut self,
        var: &Var<T>,
    ) -> Result<Option<&hicam_state::Frame>, RestoreError> {
        let waits = self.resume.len() > 1;
        let given = self.given.iter().any(|(name, _)| *name == var.name);
        let Some(SavedFrame::Encoded(frame)) = self.resume.last() else {
            return Ok(None);
        };
        if given {
            return Err(RestoreError::Mapping {
                function: frame.function.clone(),
                point: frame.point_name.clone(),
                message: format!(
                    "it gives `{}` a value, but a `{}` cannot leave its thread: only what was captured can be in it",
                    var.name,
                    std::any::type_name::<T>()
                ),
            });
        }
        let there = frame.locals.iter().any(|local| local.name == var.name);
        if there && (waits || !frame.branches.is_empty()) {
            return Err(RestoreError::OnThread {
                function: frame.function.clone(),
            });
        }
        Ok(Some(frame))
    }

    /// After the body: how the values of a variable that can leave its thread are encoded and decoded.
    pub(super) fn local_in_frame<T: InFrame>(&mut self, var: &Var<T>, codec: Codec<T>) {
        if self.error.is_some() {
            return;
        }
        if let Some(SavedFrame::Encoded(frame)) = self.resume.last() {
            let given = self.given.iter().position(|(name, _)| *name == var.name);
            let decoded = match given.map(|at| self.given.swap_remove(at).1) {
                Some(given) => take(frame, var, codec, given).map(Some),
                None => decode(frame, var, codec, self.restore.as_ref()),
            };
            match decoded {
                Ok(local) => self.entered.extend(local),
                Err(error) => self.error = Some(error),
            }
        } else if let Some(local) = self.building.iter_mut().find(|local| local.id == var.id)
            && let Some(held) = local.value.as_any_mut().downcast_mut::<Held<T>>()
        {
            held.codec = Some(codec);
        } else {
            self.leaves_thread(var, codec);
        }
    }
}

fn decode<T: Send + 'static>(
    frame: &hicam_state::Frame,
    var: &Var<T>,
    codec: Codec<T>,
    restore: Option<&Restore>,
) -> Result<Option<Local>, RestoreError> {
    let Some(local) = frame.locals.iter().find(|local| local.name == var.name) else {
        return Ok(None);
    };
    let alone = Restore::default();
    let value = restore
        .unwrap_or(&alone)
        .value_with(&local.value, codec.describe, codec.decode)
        .map_err(|source| RestoreError::Local {
            function: frame.function.clone(),
            local: local.name.clone(),
            source,
        })?;
    Ok(Some(Local {
        id: var.id,
        name: var.name,
        value: Box::new(Held {
            value,
            codec: Some(codec),
        }),
    }))
}
