//! A captured frame on its way into the function that is to go on with it.

use hicam_state::Restore;

use super::Given;
use super::arrange::{map, standing};
use crate::transform::codec::{Codec, Var};
use crate::transform::frame::{FnInfo, Held, Local, RestoreError, SavedFrame};
use crate::transform::stack::Stack;

/// Called by what generated code calls.
impl Stack {
    /// Makes the frame that is next one of this function as it is, if it is one of this function.
    #[cold]
    pub(in crate::transform) fn fit(&mut self, info: &'static FnInfo) -> Result<(), RestoreError> {
        let waits = self.resume.len() > 1;
        let Some(SavedFrame::Encoded(frame)) = self.resume.last_mut() else {
            return Ok(());
        };
        if !info.is_called(&frame.function) {
            return Err(RestoreError::Function {
                found: frame.function.clone(),
                expected: info.name.to_owned(),
            });
        }
        if frame.fingerprint == info.fingerprint {
            frame.function = info.name.to_owned();
            return Ok(());
        }
        let Some(mapping) = info.upgrade else {
            return Err(RestoreError::Changed {
                function: frame.function.clone(),
                point: standing(frame),
            });
        };
        let alone = Restore::default();
        let restore = self.restore.as_ref().unwrap_or(&alone);
        let mapped = map(frame, info, mapping, waits, restore)?;
        *frame = mapped.frame;
        self.given = mapped.given;
        if mapped.without_callees {
            // Outermost last.
            self.resume.drain(..self.resume.len() - 1);
        }
        Ok(())
    }
}

/// A value that a mapping gives, if it is of the variable's type.
pub(in crate::transform) fn take<T: Send + 'static>(
    frame: &hicam_state::Frame,
    var: &Var<T>,
    codec: Codec<T>,
    given: Given,
) -> Result<Local, RestoreError> {
    let Given { value, ty } = given;
    let value = value.downcast().map_err(|_| RestoreError::Mapping {
        function: frame.function.clone(),
        point: standing(frame),
        message: format!(
            "it gives `{}` a value of type `{ty}`, which is a `{}`",
            var.name,
            std::any::type_name::<T>()
        ),
    })?;
    Ok(Local {
        id: var.id,
        name: var.name,
        value: Box::new(Held {
            value: *value,
            codec: Some(codec),
        }),
    })
}
