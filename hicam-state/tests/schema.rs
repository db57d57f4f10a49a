//! Schemas: described once, compared to the first difference.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Mutex;

use hicam_macros::State;
use hicam_state::{ClassSchema, SchemaMismatch, State, TypeTable, dynamic};

/// Types of one name with other contents.
mod other {
    use hicam_macros::State;

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub(crate) struct Added {
        pub(crate) a: u8,
        pub(crate) b: u8,
        pub(crate) c: u8,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub(crate) struct Swapped {
        pub(crate) b: u8,
        pub(crate) a: u8,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub(crate) enum Shape {
        Circle { radius: f32 },
        Square,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub(crate) struct Node {
        pub(crate) children: Vec<Node>,
        pub(crate) value: u16,
    }
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Added {
    a: u8,
    b: u8,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Swapped {
    a: u8,
    b: u8,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
enum Shape {
    Circle { radius: f64 },
    Square,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Node {
    children: Vec<Node>,
    value: u8,
}

/// Ours against theirs.
fn compare<A: State, B: State>() -> Result<(), SchemaMismatch> {
    let mut ours = TypeTable::new();
    let a = A::describe(&mut ours);
    let mut theirs = TypeTable::new();
    // Numbers of the two tables differ.
    <(String, u64)>::describe(&mut theirs);
    let b = B::describe(&mut theirs);
    ours.same(a, &theirs, b)
}

fn difference<A: State, B: State>() -> (String, String, String) {
    let error = compare::<A, B>().unwrap_err();
    (error.path, error.expected, error.found)
}

fn triple(path: &str, expected: &str, found: &str) -> (String, String, String) {
    (path.to_owned(), expected.to_owned(), found.to_owned())
}

#[test]
fn the_same_type_is_the_same() {
    compare::<Node, Node>().unwrap();
    compare::<Shape, Box<Shape>>().unwrap();
    compare::<Vec<u8>, VecDeque<u8>>().unwrap();
    compare::<&'static str, String>().unwrap();
}

#[test]
fn what_is_encoded_alike_can_take_each_others_place() {
    fn each<A: State, B: State>() {
        assert!(compare::<A, B>().is_err(), "the schema tells them apart");
        let (a, b) = (ClassSchema::of::<A>("c"), ClassSchema::of::<B>("c"));
        assert_eq!(a.differences_to(&b), []);
        assert_eq!(b.differences_to(&a), []);
        let again = ClassSchema::from_bytes(&b.to_bytes()).unwrap();
        assert_eq!(a.differences_to(&again), []);
        assert_eq!(again.fingerprint(), b.fingerprint());
    }
    each::<Shape, Box<Mutex<Shape>>>();
    each::<HashMap<u8, Added>, BTreeMap<u8, Added>>();
    each::<HashSet<u8>, BTreeSet<u8>>();
}

#[test]
fn the_first_difference_is_named() {
    assert_eq!(difference::<u8, u16>(), triple("u8", "`u8`", "`u16`"));
    assert_eq!(
        difference::<Vec<(u8, Option<u8>)>, Vec<(u8, u8)>>(),
        triple("Vec<(u8, Option<u8>)>[].1", "`Option<u8>`", "`u8`")
    );
    assert_eq!(
        difference::<[u8; 2], [u8; 3]>(),
        triple("[u8; 2]", "`[u8; 2]`", "`[u8; 3]`")
    );
    assert_eq!(
        difference::<Added, other::Added>(),
        triple("Added.c", "no such field", "this field")
    );
    assert_eq!(
        difference::<other::Added, Added>(),
        triple("Added.c", "this field", "no such field")
    );
    assert_eq!(
        difference::<Swapped, other::Swapped>(),
        triple("Swapped.a", "it as field number 1", "it as number 2")
    );
    assert_eq!(
        difference::<Option<Shape>, Option<other::Shape>>(),
        triple("Option<Shape>::Circle.radius", "`f64`", "`f32`")
    );
    // A recursive type's comparison ends.
    assert_eq!(
        difference::<Node, other::Node>(),
        triple("Node.value", "`u8`", "`u16`")
    );
    assert_eq!(
        difference::<BTreeMap<u8, u8>, BTreeMap<i8, u8>>(),
        triple("Map<u8, u8>[key]", "`u8`", "`i8`")
    );
}

#[test]
fn a_type_is_described_once() {
    let mut types = TypeTable::new();
    let node = Node::describe(&mut types);
    let count = types.len();
    assert_eq!(Node::describe(&mut types), node);
    assert_eq!(Box::<Node>::describe(&mut types), node);
    assert_eq!(types.len(), count);
    // By serde, the same Rust type is another type.
    assert_ne!(dynamic::describe::<Node>(&mut types), node);
}

#[test]
fn names_are_without_modules() {
    let mut types = TypeTable::new();
    let id = dynamic::describe::<HashMap<String, Vec<Option<other::Node>>>>(&mut types);
    assert_eq!(types.name(id), "HashMap<String, Vec<Option<Node>>>");
    let id = <[(u8, Vec<Node>); 3]>::describe(&mut types);
    assert_eq!(types.name(id), "[(u8, Vec<Node>); 3]");
}
