//! Shared objects: identity, circles and depth survive a capture, in whatever order values are restored.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cells;
mod chains;
mod identity;
mod knots;

use std::sync::Arc;

use hicam_state::{Capture, Objects, Restore, State, TypeTable, Value};

/// Captures what `capture` says, encodes and decodes the objects through a checkpoint, and restores.
pub(crate) fn finished(capture: Capture) -> Restore {
    let (types, objects) = capture.finish().unwrap();
    let mut checkpoint = checkpoint(types, objects);
    let bytes = checkpoint.encode().unwrap();
    checkpoint = hicam_state::Checkpoint::decode(&bytes).unwrap();
    Restore::new(Arc::new(checkpoint.types), checkpoint.objects)
}

pub(crate) fn checkpoint(mut types: TypeTable, objects: Objects) -> hicam_state::Checkpoint {
    let globals = Value::of(&(), &mut types).unwrap();
    hicam_state::Checkpoint {
        class: "c".to_owned(),
        uuid: "u".to_owned(),
        epoch: 1,
        sequence: 1,
        taken_unix_ms: 0,
        host: "h".to_owned(),
        arch: "a".to_owned(),
        schema_fingerprint: String::new(),
        types,
        globals,
        threads: Vec::new(),
        replies: Vec::new(),
        clients: Vec::new(),
        clients_forgotten_after_ms: 0,
        tasks: hicam_state::Tasks::default(),
        objects,
    }
}

pub(crate) fn round<T: State + Send>(value: &T) -> T {
    let mut capture = Capture::new();
    let captured = capture.value(value).unwrap();
    finished(capture).value(&captured).unwrap()
}
