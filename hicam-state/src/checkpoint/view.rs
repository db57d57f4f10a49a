//! The checkpoint as JSON.

use serde_json::json;

use super::{Checkpoint, Frame, Local, Thread};
use crate::{STACK_CHUNK, STACK_RED_ZONE, json};

impl Checkpoint {
    /// The checkpoint as JSON: globals, and each thread's frames with function, point and named locals.
    ///
    /// It needs none of the class's types. Shared objects are listed by number, each once; what points to one
    /// is shown as `{"#": number}`, a weak pointer as `{"weak #": number}`. A value whose bytes do not fit its type is shown as an error.
    pub fn to_json(&self) -> serde_json::Value {
        let mut shown = json!({
            "class": self.class,
            "uuid": self.uuid,
            "epoch": self.epoch,
            "sequence": self.sequence,
            "taken_unix_ms": self.taken_unix_ms,
            "host": self.host,
            "arch": self.arch,
            "schema_fingerprint": self.schema_fingerprint,
            "globals": json::shown(&self.types, &self.globals),
            "threads": self.threads.iter().map(|thread| self.thread_json(thread)).collect::<Vec<_>>(),
            "replies": self.replies.iter().map(|reply| json!({
                "client": reply.client,
                "request": reply.request,
                "method": reply.method,
                "bytes": reply.response.len(),
            })).collect::<Vec<_>>(),
            "clients": self.clients.iter().map(|row| json!({
                "client": row.client,
                "acked": row.acked,
                "silent_ms": row.silent_ms,
            })).collect::<Vec<_>>(),
            "clients_forgotten_after_ms": self.clients_forgotten_after_ms,
            "tasks_begun": self.tasks.begun,
            "tasks": self.tasks_json(),
        });
        if !self.objects.is_empty()
            && let Some(shown) = shown.as_object_mut()
        {
            let objects = self
                .objects
                .iter()
                .map(|(number, object)| (format!("#{number}"), json::object(&self.types, object)));
            shown.insert("objects".to_owned(), objects.collect());
        }
        shown
    }

    fn thread_json(&self, thread: &Thread) -> serde_json::Value {
        json!({
            "client": thread.client,
            "request": thread.request,
            "method": thread.method,
            "frames": self.frames_json(&thread.frames),
        })
    }

    pub(super) fn frames_json(&self, frames: &[Frame]) -> Vec<serde_json::Value> {
        frames.iter().map(|frame| self.frame_json(frame)).collect()
    }

    /// A library's function has no place in the source. Branches are shown where there are any.
    fn frame_json(&self, frame: &Frame) -> serde_json::Value {
        let mut shown = json!({
            "function": frame.function,
            "point": frame.point,
            "locals": self.locals_json(&frame.locals),
        });
        if let Some(shown) = shown.as_object_mut() {
            if !frame.point_name.is_empty() {
                shown.insert("point_name".to_owned(), frame.point_name.clone().into());
            }
            if !frame.file.is_empty() {
                let at = format!("{}:{}", frame.file, frame.line);
                shown.insert("at".to_owned(), at.into());
            }
            if !frame.branches.is_empty() {
                let branches = frame.branches.iter().map(|branch| {
                    stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || {
                        json!({ "branch": branch.number, "frames": self.frames_json(&branch.frames) })
                    })
                });
                shown.insert("branches".to_owned(), branches.collect());
            }
        }
        shown
    }

    /// A variable that shadows another is numbered.
    fn locals_json(&self, locals: &[Local]) -> serde_json::Value {
        let mut shown = serde_json::Map::new();
        for local in locals {
            let mut name = local.name.clone();
            let mut number = 1;
            while shown.contains_key(&name) {
                number += 1;
                name = format!("{} ({number})", local.name);
            }
            shown.insert(name, json::shown(&self.types, &local.value));
        }
        shown.into()
    }
}
