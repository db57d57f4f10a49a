//! Checkpoints that were written by every version of the format restore, and today's program still writes the newest.
//!
//! `tests/golden/v<version>/` holds the samples as that version wrote them. They are never written again: a change of
//! the format is a new version with a directory of its own. `HICAM_WRITE_GOLDEN=1` writes those of the newest version where they
//! are missing.
#![allow(clippy::unwrap_used, reason = "tests")]

mod samples;

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use hicam_state::{Checkpoint, Restore, TaskState, dynamic, message};
use samples::{Everything, Graph, Node, Note, Plan};

const VERSIONS: &[u16] = &[1];

fn path(version: u16, name: &str, extension: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("v{version}"))
        .join(format!("{name}.{extension}"))
}

fn golden(version: u16, name: &str) -> Vec<u8> {
    let path = path(version, name, "checkpoint");
    std::fs::read(&path).unwrap_or_else(|error| panic_missing(&path, &error))
}

#[allow(clippy::panic, reason = "tests")]
fn panic_missing(path: &std::path::Path, error: &std::io::Error) -> ! {
    panic!(
        "{}: {error}; HICAM_WRITE_GOLDEN=1 writes it if the format's version is new",
        path.display()
    )
}

#[test]
fn the_newest_version_is_still_written_alike() {
    let newest = VERSIONS[VERSIONS.len() - 1];
    for (name, checkpoint) in samples::all() {
        let bytes = checkpoint.encode().unwrap();
        let file = path(newest, name, "checkpoint");
        if std::env::var_os("HICAM_WRITE_GOLDEN").is_some() && !file.exists() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &bytes).unwrap();
            let shown = serde_json::to_string_pretty(&checkpoint.to_json()).unwrap();
            std::fs::write(path(newest, name, "json"), shown + "\n").unwrap();
        }
        assert_eq!(bytes[6..8], newest.to_le_bytes());
        assert!(
            bytes == golden(newest, name),
            "`{name}` is written differently: the format has changed, which needs a new version"
        );
    }
}

#[test]
fn every_version_is_shown_alike() {
    for version in VERSIONS {
        for (name, _) in samples::all() {
            let shown = std::fs::read_to_string(path(*version, name, "json")).unwrap();
            let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
            let checkpoint = Checkpoint::decode(&golden(*version, name)).unwrap();
            assert_eq!(checkpoint.to_json(), shown, "`{name}` of version {version}");
        }
    }
}

#[test]
fn values_of_every_version_restore() {
    for version in VERSIONS {
        let checkpoint = Checkpoint::decode(&golden(*version, "values")).unwrap();
        let all: Everything = checkpoint.globals.get(&checkpoint.types).unwrap();
        let ours = samples::everything();
        assert_eq!(all.numbers, ours.numbers);
        assert!(all.numbers.floats[1].is_sign_negative());
        assert_eq!(all.collections.by_text, ours.collections.by_text);
        assert_eq!(all.collections.shapes, ours.collections.shapes);
        assert_eq!(all.collections.nothing.len(), 3);
        assert!(all.library.closed.is_empty());
        assert_eq!(all.library.time, ours.library.time);
        assert_eq!(all.library.address, ours.library.address);
        assert_eq!(*all.library.lock.lock().unwrap(), [-1, 0, 1]);
        assert_eq!(all.library.once.get().unwrap(), "set");
        assert_eq!(all.library.status.message(), "no such thing");
        assert_eq!(all.library.request.metadata().len(), 2);
        // Whole: what is restored is captured as the same bytes.
        let again = hicam_state::Value::of(&all, &mut hicam_state::TypeTable::new()).unwrap();
        assert_eq!(again.bytes, checkpoint.globals.bytes);
    }
}

#[test]
fn calls_of_every_version_restore() {
    for version in VERSIONS {
        let checkpoint = Checkpoint::decode(&golden(*version, "calls")).unwrap();
        let both = &checkpoint.threads[0].frames[1];
        let numbers: Vec<u16> = both.locals[..2]
            .iter()
            .map(|local| local.value.get(&checkpoint.types).unwrap())
            .collect();
        assert_eq!(numbers, [1, 2]);
        let plan: Plan = both.locals[2]
            .value
            .restore(
                &checkpoint.types,
                dynamic::describe::<Plan>,
                dynamic::decode,
            )
            .unwrap();
        assert_eq!(plan, samples::plan());
        let note: Note = both.branches[1].frames[0].locals[0]
            .value
            .restore(
                &checkpoint.types,
                message::describe::<Note>,
                message::decode,
            )
            .unwrap();
        assert_eq!(note, samples::note());
        assert_eq!(both.branches[0].frames[0].branches[0].number, 1);
        assert_eq!(both.fingerprint, 0x0123_4567_89ab_cdeb);
        assert_eq!(checkpoint.clients_forgotten_after_ms, 3_600_000);
        assert_eq!(checkpoint.tasks.begun, 9);
        assert_eq!(checkpoint.tasks.in_progress(), 1);
        let TaskState::Returned(value) = &checkpoint.tasks.rows[1].state else {
            unreachable!("the second task has returned")
        };
        assert_eq!(value.get::<u16>(&checkpoint.types).unwrap(), 3);
    }
}

#[test]
fn graphs_of_every_version_restore() {
    for version in VERSIONS {
        let checkpoint = Checkpoint::decode(&golden(*version, "graph")).unwrap();
        let restore = Restore::new(Arc::new(checkpoint.types), checkpoint.objects);
        let (a, parent, weak, lonely): Graph = restore.value(&checkpoint.globals).unwrap();
        let here: Arc<Node> = restore
            .value(&checkpoint.threads[0].frames[0].locals[0].value)
            .unwrap();
        drop(restore);
        assert!(Arc::ptr_eq(&a, &here) && Weak::ptr_eq(&weak, &Arc::downgrade(&a)));
        let b = a.next.lock().unwrap().clone().unwrap();
        assert_eq!((&*a.name, &*b.name), ("a", "b"));
        assert!(Arc::ptr_eq(b.next.lock().unwrap().as_ref().unwrap(), &a));
        assert!(Arc::ptr_eq(a.tags[1].lock().unwrap().as_ref().unwrap(), &a));
        assert!(a.tags[0].lock().unwrap().is_none());
        assert!(b.back.read().unwrap().ptr_eq(&Arc::downgrade(&a)));
        assert!(a.keyed[&3].get().unwrap().ptr_eq(&Arc::downgrade(&b)));
        let [one, two] = &parent.children[..] else {
            unreachable!("two children were captured")
        };
        assert!(one.parent.ptr_eq(&Arc::downgrade(&parent)));
        assert!(Arc::ptr_eq(&one.data, &two.data));
        assert_eq!((&*one.label, &*two.label), ("one", "two"));
        assert!(lonely.upgrade().is_none());
    }
}
