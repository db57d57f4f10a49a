//! `#[derive(State)]`: what it captures, what it makes anew, what it says.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Mutex;

use hicam_macros::State;
use hicam_state::{DecodeErrorKind, State, TypeTable, Value, json};

#[derive(State, Debug, PartialEq, Clone)]
#[hicam(crate = ::hicam_state)]
struct Account {
    owner: String,
    balance: i64,
    r#type: Option<Kind>,
}

#[derive(State, Debug, PartialEq, Clone)]
#[hicam(crate = ::hicam_state)]
enum Kind {
    Plain,
    Saving(u8, f32),
    Joint {
        with: Vec<String>,
        #[hicam(skip)]
        seen: u32,
    },
}

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
struct Unit;

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
struct Meters(f64);

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
struct Point(i32, #[hicam(skip)] u8, i32);

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
struct Pair<A, B, const N: usize>
where
    B: Clone,
{
    left: [A; N],
    right: B,
}

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
enum Tree {
    Leaf,
    Node {
        value: i32,
        children: Vec<Tree>,
        next: Option<Box<Tree>>,
    },
}

#[derive(State, Debug)]
#[hicam(crate = ::hicam_state)]
enum Never {}

/// A value that no `State` exists for.
#[derive(Debug, Default, PartialEq)]
struct Connection(Cell<u8>);

fn connect() -> Connection {
    Connection(Cell::new(7))
}

#[derive(State, Debug, Default)]
#[hicam(crate = ::hicam_state)]
struct Bank {
    accounts: Mutex<BTreeMap<String, i64>>,
    name: &'static str,
    #[hicam(skip)]
    cache: Connection,
    #[hicam(rebuild = connect)]
    connection: Connection,
    // Fields named like the variables of generated code.
    out: u8,
    input: u8,
    types: u8,
}

fn round<T: State>(value: &T) -> T {
    let mut types = TypeTable::new();
    Value::of(value, &mut types).unwrap().get(&types).unwrap()
}

fn as_json<T: State>(value: &T) -> String {
    let mut types = TypeTable::new();
    let value = Value::of(value, &mut types).unwrap();
    json::value(&types, &value).unwrap().to_string()
}

fn account(kind: Option<Kind>) -> Account {
    Account {
        owner: "ada".to_owned(),
        balance: -5,
        r#type: kind,
    }
}

#[test]
fn structs_and_enums_come_back() {
    for kind in [None, Some(Kind::Plain), Some(Kind::Saving(3, -0.0))] {
        assert_eq!(round(&account(kind.clone())), account(kind));
    }
    assert_eq!(round(&Unit), Unit);
    assert_eq!(round(&Meters(0.1)), Meters(0.1));
    let pair = Pair {
        left: [1u8, 2, 3],
        right: "x".to_owned(),
    };
    assert_eq!(round(&pair), pair);
    let leaf = || Box::new(Tree::Leaf);
    let tree = Tree::Node {
        value: 1,
        children: vec![
            Tree::Leaf,
            Tree::Node {
                value: 2,
                children: vec![],
                next: None,
            },
        ],
        next: Some(leaf()),
    };
    assert_eq!(round(&tree), tree);
}

#[test]
fn skipped_and_rebuilt_fields_are_made_anew() {
    let joint = Kind::Joint {
        with: vec!["bob".to_owned()],
        seen: 9,
    };
    assert_eq!(
        round(&joint),
        Kind::Joint {
            with: vec!["bob".to_owned()],
            seen: 0
        }
    );
    assert_eq!(round(&Point(1, 2, 3)), Point(1, 0, 3));

    let bank = Bank {
        accounts: Mutex::new(BTreeMap::from([("ada".to_owned(), 3)])),
        name: "main",
        cache: Connection(Cell::new(1)),
        connection: Connection(Cell::new(1)),
        out: 1,
        input: 2,
        types: 3,
    };
    let restored = round(&bank);
    assert_eq!(
        *restored.accounts.lock().unwrap(),
        *bank.accounts.lock().unwrap()
    );
    assert_eq!(restored.name, "main");
    assert_eq!(restored.cache, Connection::default());
    assert_eq!(restored.connection, connect());
    assert_eq!((restored.out, restored.input, restored.types), (1, 2, 3));
}

#[test]
fn json_shows_names() {
    assert_eq!(
        as_json(&account(Some(Kind::Saving(3, 0.1)))),
        r#"{"owner":"ada","balance":-5,"type":{"Saving":[3,0.1]}}"#
    );
    assert_eq!(
        as_json(&Kind::Joint {
            with: vec!["bob".to_owned()],
            seen: 9
        }),
        r#"{"Joint":{"with":["bob"]}}"#
    );
    assert_eq!(as_json(&Kind::Plain), r#""Plain""#);
    assert_eq!(as_json(&Meters(1.5)), "1.5");
    assert_eq!(as_json(&Point(1, 2, 3)), "[1,3]");
    assert_eq!(as_json(&Unit), "{}");
}

#[test]
fn an_error_names_the_field() {
    let bank = Bank::default();
    let guard = bank.accounts.lock().unwrap();
    let mut types = TypeTable::new();
    let error = Value::of(&bank, &mut types).unwrap_err();
    drop(guard);
    assert_eq!(
        error.to_string(),
        "cannot capture `Bank.accounts`: its Mutex is held; \
         release the guard before the next migration point"
    );

    let mut value = Value::of(&Some(account(Some(Kind::Plain))), &mut types).unwrap();
    *value.bytes.last_mut().unwrap() = 1;
    let error = value.get::<Option<Account>>(&types).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::Other(_)));
    assert_eq!(
        error.to_string(),
        "cannot restore `Account.type`: `Kind` has no variant number 16777216"
    );
}

#[test]
fn an_enum_without_variants_has_no_values() {
    let mut types = TypeTable::new();
    let value = Value::of(&None::<Never>, &mut types).unwrap();
    assert!(value.get::<Option<Never>>(&types).unwrap().is_none());
}
