//! What was one object is one again; text, slices and nothing; what is refused or damaged.

use std::sync::{Arc, Mutex, Weak};

use hicam_state::{Capture, EncodeErrorKind, Objects, Restore, TypeTable, Value};

use super::cells::{Node, node};
use super::chains::{Link, chain};
use super::knots::{Parent, family};
use super::{checkpoint, finished, round};

#[test]
fn what_was_one_object_is_one_across_values_in_any_order() {
    let counter = Arc::new(Mutex::new(1u64));
    let mut capture = Capture::new();
    let first = capture
        .value(&vec![Arc::clone(&counter), Arc::clone(&counter)])
        .unwrap();
    let second = capture
        .value(&Some((7u8, Arc::clone(&counter), Arc::downgrade(&counter))))
        .unwrap();
    let third = capture.value(&Arc::new(Mutex::new(1u64))).unwrap();
    assert_eq!(Arc::strong_count(&counter), 2, "the capture holds one");
    let restore = finished(capture);
    assert_eq!(Arc::strong_count(&counter), 1, "it has let go");

    let (_, c, w) = restore
        .value::<Option<(u8, Arc<Mutex<u64>>, Weak<Mutex<u64>>)>>(&second)
        .unwrap()
        .unwrap();
    let other: Arc<Mutex<u64>> = restore.value(&third).unwrap();
    let list: Vec<Arc<Mutex<u64>>> = restore.value(&first).unwrap();
    drop(restore);
    *c.lock().unwrap() = 9;
    assert_eq!(*list[0].lock().unwrap(), 9);
    assert!(Arc::ptr_eq(&list[0], &list[1]) && Arc::ptr_eq(&list[0], &c));
    assert!(Weak::ptr_eq(&w, &Arc::downgrade(&c)));
    assert!(!Arc::ptr_eq(&c, &other));
    assert_eq!((Arc::strong_count(&c), Arc::weak_count(&c)), (3, 1));
    drop((list, c));
    assert!(w.upgrade().is_none());
}

#[test]
fn a_weak_whose_object_is_held_nowhere_dangles() {
    let held = Arc::new("kept elsewhere".to_owned());
    let both = (Arc::downgrade(&held), Weak::<String>::new());
    let (one, other) = round(&both);
    assert!(one.upgrade().is_none() && other.upgrade().is_none());
}

#[test]
fn what_only_the_restore_held_goes_with_it() {
    let shared = Arc::new(5u8);
    let mut capture = Capture::new();
    let weak = capture.value(&Arc::downgrade(&shared)).unwrap();
    let strong = capture.value(&shared).unwrap();
    let restore = finished(capture);
    let weak: Weak<u8> = restore.value(&weak).unwrap();
    assert_eq!(weak.upgrade().as_deref(), Some(&5), "the restore holds it");
    let strong: Arc<u8> = restore.value(&strong).unwrap();
    drop(restore);
    assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &strong));
}

#[test]
fn one_object_as_two_types_is_refused() {
    let array: Arc<[u8; 2]> = Arc::new([1, 2]);
    let slice: Arc<[u8]> = Arc::clone(&array) as Arc<[u8]>;
    let error = Capture::new().value(&(array, slice)).unwrap_err();
    assert!(
        matches!(error.kind(), EncodeErrorKind::TwoTypes(..)),
        "{error}"
    );
}

#[test]
fn an_arc_outside_of_a_capture_is_refused() {
    let error = Value::of(&Arc::new(1u8), &mut TypeTable::new()).unwrap_err();
    assert_eq!(*error.kind(), EncodeErrorKind::NoHeap);
}

#[test]
fn a_lock_held_in_an_object_is_an_error() {
    let node = node(1);
    let guard = node.near.lock().unwrap();
    let error = Capture::new().value(&node).unwrap_err();
    assert_eq!(
        error.to_string().split(':').next().unwrap(),
        "cannot capture `Node.near`"
    );
    drop(guard);
    Capture::new().value(&node).unwrap();
}

#[test]
fn text_slices_and_nothing() {
    let text: Arc<str> = Arc::from("text");
    let slice: Arc<[Arc<str>]> = Arc::from(vec![Arc::clone(&text), Arc::from("text")]);
    let unit = Arc::new(());
    let (text, slice, one, two, other) =
        round(&(text, slice, Arc::clone(&unit), unit, Arc::new(())));
    assert_eq!(&*text, "text");
    assert!(Arc::ptr_eq(&slice[0], &text) && !Arc::ptr_eq(&slice[1], &text));
    assert!(Arc::ptr_eq(&one, &two) && !Arc::ptr_eq(&one, &other));
}

#[test]
fn wide_and_shared() {
    let leaves: Vec<_> = (0..1000)
        .map(|number| Arc::new(Link { number, next: None }))
        .collect();
    let rows: Vec<Arc<Vec<Arc<Link>>>> = (0..100).map(|_| Arc::new(leaves.clone())).collect();
    let rows = round(&rows);
    for row in &rows {
        assert_eq!(row.len(), 1000);
        assert!(
            row.iter()
                .zip(rows[0].iter())
                .all(|(x, y)| Arc::ptr_eq(x, y))
        );
    }
}

#[test]
fn json_lists_each_object_once() {
    let (a, b) = (node(1), node(2));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.previous.write().unwrap() = Arc::downgrade(&a);
    let mut capture = Capture::new();
    let value = capture.value(&vec![Arc::clone(&a), a]).unwrap();
    let gone = Arc::downgrade(&Arc::new(1u8));
    let weak = capture.value(&gone).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let mut checkpoint = checkpoint(types, objects);
    checkpoint.globals = value;
    let json = checkpoint.to_json();
    assert_eq!(json["globals"], serde_json::json!([{"#": 1}, {"#": 1}]));
    let objects = json["objects"].as_object().unwrap();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects["#1"]["value"], 1);
    assert_eq!(objects["#1"]["next"], serde_json::json!({"#": 2}));
    assert_eq!(objects["#1"]["plain"], "\u{7}\u{7}\u{7}");
    assert_eq!(objects["#2"]["previous"], serde_json::json!({"weak #": 1}));
    assert_eq!(objects["#2"]["near"], serde_json::json!({}));
    assert_eq!(
        hicam_state::json::value(&checkpoint.types, &weak).unwrap(),
        serde_json::Value::Null
    );
}

#[test]
fn state_without_shared_objects_has_no_section_of_them() {
    let plain = checkpoint(TypeTable::new(), Objects::default())
        .encode()
        .unwrap();
    let mut capture = Capture::new();
    capture.value(&Mutex::new(vec![1u8])).unwrap();
    let (_, objects) = capture.finish().unwrap();
    assert!(objects.is_empty());
    // The last section is that of clients: its head, one number, and a count.
    let clients = [&[6, 0, 0, 0, 1, 0, 0, 0, 12][..], &[0; 7 + 8 + 4]].concat();
    assert!(plain[..plain.len() - 32].ends_with(&clients));
}

#[test]
fn damaged_objects_are_errors() {
    let (a, b) = (node(1), node(2));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.next.lock().unwrap() = Some(Arc::clone(&a));
    let mut capture = Capture::new();
    let value = capture.value(&(a, family(3), chain(520))).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let mut whole = checkpoint(types, objects);
    whole.globals = value;
    let bytes = whole.encode().unwrap();
    let end = bytes.len() - 32;
    let mut decoded = 0;
    for position in (8..end).step_by(41).chain(end - 200..end) {
        for change in [1, 0x82] {
            let mut lying = bytes[..end].to_vec();
            lying[position] ^= change;
            let checksum = blake3::hash(&lying);
            lying.extend_from_slice(checksum.as_bytes());
            if let Ok(lying) = hicam_state::Checkpoint::decode(&lying) {
                lying.to_json();
                let restore = Restore::new(Arc::new(lying.types), lying.objects);
                let read =
                    restore.value::<(Arc<Node>, Arc<Parent>, Option<Arc<Link>>)>(&lying.globals);
                decoded += usize::from(read.is_ok());
            }
        }
    }
    assert!(decoded > 0);
}
