//! Small types of the standard library come back, and what cannot travel is an error.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap, LinkedList};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, ControlFlow};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use hicam_state::{State, TypeTable, Value, json};

fn round<T: State>(value: &T) -> T {
    let mut types = TypeTable::new();
    let captured = Value::of(value, &mut types).unwrap();
    json::value(&types, &captured).unwrap();
    captured.get(&types).unwrap()
}

fn same<T: State + PartialEq + Debug>(value: T) {
    assert_eq!(round(&value), value);
}

#[test]
fn enums() {
    same([Ordering::Less, Ordering::Equal, Ordering::Greater]);
    same((
        Bound::Included(1),
        Bound::Excluded("x"),
        Bound::<u8>::Unbounded,
    ));
    same(ControlFlow::<u8, u16>::Break(1));
    same(ControlFlow::<u8, u16>::Continue(1));
    same((Some(Ok::<u8, String>(1)), Err::<u8, _>("no".to_owned())));
}

#[test]
fn an_enum_of_another_program_is_an_error() {
    let mut types = TypeTable::new();
    let mut value = Value::of(&Ordering::Less, &mut types).unwrap();
    value.bytes[0] = 3;
    let error = value.get::<Ordering>(&types).unwrap_err();
    assert!(
        error.to_string().contains("3 is not a valid Ordering"),
        "{error}"
    );
}

#[test]
fn ranges_numbers_and_lists() {
    same((..3u8, ..=4u8, .., 1..2, 1.., 'a'..='c'));
    same((
        Saturating(1u8),
        Wrapping(2u16),
        NonZero::new(3i128),
        Reverse(4),
    ));
    same(LinkedList::from(["a".to_owned(), "b".to_owned()]));
    same((i128::MIN, u128::MAX, 'é', (), PhantomData::<Instant>));
    same((
        Cow::Borrowed("borrowed"),
        Box::<str>::from("boxed"),
        "static",
    ));
    same((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    same(vec![1u8, 2].into_boxed_slice());
    let nan = f64::from_bits(f64::NAN.to_bits() | 0xabc);
    assert_eq!(round(&nan).to_bits(), nan.to_bits());
}

#[test]
fn cells() {
    let full = OnceLock::from(vec![1]);
    same((
        full,
        OnceLock::<u8>::new(),
        OnceCell::from(2),
        Cell::new(3),
        RefCell::new(4),
    ));
    let cell = tokio::sync::OnceCell::from(5);
    assert_eq!(round(&cell).get(), Some(&5));
    assert_eq!(round(&tokio::sync::OnceCell::<u8>::new()).get(), None);
}

#[test]
fn times() {
    same((
        SystemTime::now(),
        SystemTime::UNIX_EPOCH - Duration::from_millis(1500),
    ));
    same(Instant::now());
}

#[test]
fn a_path_that_is_text_travels() {
    same(PathBuf::from("/var/lib/täglich"));
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_an_error() {
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(std::ffi::OsString::from_vec(b"/tmp/\xff".to_vec()));
    let error = Value::of(&path, &mut TypeTable::new()).unwrap_err();
    assert!(error.to_string().contains("is not UTF-8"), "{error}");
}

/// Collections in collections, of both kinds.
#[derive(hicam_macros::State, Default)]
#[hicam(crate = ::hicam_state)]
struct Directory {
    sorted: BTreeMap<u8, Directory>,
    hashed: HashMap<u8, Directory>,
}

fn directories(depth: usize) -> Directory {
    (1..depth).fold(Directory::default(), |inner, level| {
        let mut outer = Directory::default();
        if level % 2 == 0 {
            outer.sorted.insert(1, inner);
        } else {
            outer.hashed.insert(1, inner);
        }
        outer
    })
}

/// Dropping what is nested takes stack too, so the test has more than a thread usually has; a missing limit would need
/// more still.
#[test]
fn maps_in_maps_are_as_deep_as_boxes() {
    let deep = || {
        let round = |depth| {
            let mut types = TypeTable::new();
            let captured = Value::of(&directories(depth), &mut types)?;
            Ok(captured.get::<Directory>(&types).is_ok())
        };
        assert_eq!(round(hicam_state::MAX_DEPTH), Ok(true));
        let error: hicam_state::EncodeError = round(hicam_state::MAX_DEPTH + 1).unwrap_err();
        assert_eq!(*error.kind(), hicam_state::EncodeErrorKind::TooDeep);
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    thread.spawn(deep).unwrap().join().unwrap();
}
