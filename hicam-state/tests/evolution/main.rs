//! What an older build has captured is restored by a newer one, or refused with every reason.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use hicam_macros::State;
use hicam_state::{
    Capture, Checkpoint, ClassSchema, Objects, Restore, SchemaMismatch, State, Tasks, TypeTable,
    Value, dynamic,
};
use serde::{Deserialize, Serialize};

mod objects;

/// What `value` is for a build in which its type is `New`.
fn restored<New: State>(value: &impl State) -> New {
    let mut types = TypeTable::new();
    let value = Value::of(value, &mut types).unwrap();
    value.get(&types).unwrap()
}

/// The older build of a bank.
mod old {
    use super::*;

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Bank {
        pub accounts: BTreeMap<String, Account>,
        pub fee: u8,
        pub log: Vec<Entry>,
        pub unused: Vec<(String, Option<Entry>)>,
        pub name: String,
        pub total: u64,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Account {
        pub owner: String,
        pub balance: i32,
        pub limit: u32,
        pub rate: f32,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub enum Entry {
        Open,
        Pay { to: String, amount: u32 },
        Close(u8, bool),
    }

    pub fn bank() -> Bank {
        let account = |balance| Account {
            owner: "o".to_owned(),
            balance,
            limit: 7,
            rate: 0.5,
        };
        Bank {
            accounts: BTreeMap::from([("a".to_owned(), account(-5)), ("b".to_owned(), account(6))]),
            fee: 200,
            log: vec![
                Entry::Open,
                Entry::Pay {
                    to: "b".to_owned(),
                    amount: 9,
                },
                Entry::Close(3, true),
            ],
            unused: vec![("x".to_owned(), Some(Entry::Open))],
            name: "the bank".to_owned(),
            total: 11,
        }
    }
}

/// A newer one: fields are added, gone, in another order, renamed, wider, shared and in locks.
mod new {
    use super::*;

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Bank {
        #[hicam(default = first_number)]
        pub number: u64,
        #[hicam(alias = "name")]
        pub title: String,
        pub log: Vec<Entry>,
        pub total: AtomicU64,
        #[hicam(default)]
        pub shared: Arc<Mutex<Vec<u8>>>,
        pub fee: i64,
        pub accounts: Mutex<HashMap<String, Account>>,
        #[hicam(default)]
        pub tail: Option<String>,
    }

    pub fn first_number() -> u64 {
        1000
    }

    /// Everything that is missing is as in its default.
    #[derive(State, Debug, PartialEq)]
    #[hicam(crate = ::hicam_state, default)]
    pub struct Account {
        pub balance: i128,
        pub rate: f64,
        pub limit: Option<u64>,
        pub owner: String,
        pub open: bool,
    }

    impl Default for Account {
        fn default() -> Self {
            Account {
                balance: 0,
                rate: 1.0,
                limit: None,
                owner: String::new(),
                open: true,
            }
        }
    }

    #[derive(State, Debug, PartialEq)]
    #[hicam(crate = ::hicam_state)]
    pub enum Entry {
        #[hicam(alias = "Close")]
        Shut(u16, bool, #[hicam(default)] Option<char>),
        Check,
        #[hicam(rename = "Open")]
        Opened {
            #[hicam(default)]
            by: String,
        },
        Pay {
            #[hicam(default)]
            note: String,
            amount: u64,
            to: String,
        },
    }
}

#[test]
fn a_newer_build_restores_what_an_older_one_captured() {
    let bank: new::Bank = restored(&old::bank());
    assert_eq!(bank.number, 1000);
    assert_eq!(bank.title, "the bank");
    assert_eq!(bank.total.into_inner(), 11);
    assert!(bank.shared.lock().unwrap().is_empty());
    assert_eq!(bank.fee, 200);
    assert_eq!(bank.tail, None);
    let accounts = bank.accounts.into_inner().unwrap();
    assert_eq!(
        accounts["a"],
        new::Account {
            balance: -5,
            rate: 0.5,
            limit: Some(7),
            owner: "o".to_owned(),
            open: true,
        }
    );
    assert_eq!(accounts.len(), 2);
    assert_eq!(
        bank.log,
        [
            new::Entry::Opened { by: String::new() },
            new::Entry::Pay {
                note: String::new(),
                amount: 9,
                to: "b".to_owned()
            },
            new::Entry::Shut(3, true, None),
        ]
    );
}

#[test]
fn what_has_not_changed_is_the_same_bytes() {
    let mut types = TypeTable::new();
    let value = Value::of(&old::bank(), &mut types).unwrap();
    let again: old::Bank = value.get(&types).unwrap();
    assert_eq!(Value::of(&again, &mut types).unwrap(), value);
}

#[test]
fn a_field_with_a_default_that_is_there_is_kept() {
    let mut types = TypeTable::new();
    let mut bank: new::Bank = restored(&old::bank());
    bank.number = 5;
    bank.tail = Some("t".to_owned());
    bank.shared.lock().unwrap().push(1);
    let mut capture = Capture::new();
    let value = capture.value(&bank).unwrap();
    let (table, objects) = capture.finish().unwrap();
    let restore = Restore::new(Arc::new(table), objects);
    let bank: new::Bank = restore.value(&value).unwrap();
    assert_eq!((bank.number, bank.tail.as_deref()), (5, Some("t")));
    assert_eq!(*bank.shared.lock().unwrap(), [1]);

    // Present and absent ones, next to each other and without bytes of their own.
    #[derive(State)]
    #[hicam(crate = ::hicam_state, rename = "Many")]
    struct Before {
        b: (),
        d: u8,
    }
    #[derive(State, Debug, PartialEq)]
    #[hicam(crate = ::hicam_state, default)]
    struct Many {
        a: u8,
        b: (),
        c: (),
        d: u8,
        e: Vec<u8>,
    }
    impl Default for Many {
        fn default() -> Self {
            Many {
                a: 1,
                b: (),
                c: (),
                d: 2,
                e: vec![3],
            }
        }
    }
    let before = Value::of(
        &vec![Before { b: (), d: 9 }, Before { b: (), d: 8 }],
        &mut types,
    )
    .unwrap();
    let many: Vec<Many> = before.get(&types).unwrap();
    let expected = |d| Many {
        d,
        ..Many::default()
    };
    assert_eq!(many, [expected(9), expected(8)]);
}

/// Every integer that may become another, and every one that may not.
#[test]
fn integers_become_wider_ones() {
    fn wider<From: State + Copy, To: State + PartialEq + std::fmt::Debug>(from: From, to: To) {
        assert_eq!(restored::<To>(&from), to);
        assert_eq!(restored::<Vec<To>>(&vec![from]), [to]);
    }
    wider(200u8, 200u16);
    wider(200u8, 200i16);
    wider(u32::MAX, u64::from(u32::MAX));
    wider(u32::MAX, u32::MAX as usize);
    wider(7usize, 7u64);
    wider(7u64, 7usize);
    wider(u64::MAX, u128::from(u64::MAX));
    wider(u64::MAX, i128::from(u64::MAX));
    wider(-1i8, -1i16);
    wider(i32::MIN, i64::from(i32::MIN));
    wider(-2i64, -2isize);
    wider(i64::MIN, i128::from(i64::MIN));
    wider(0.1f32, f64::from(0.1f32));

    fn refused<From: State, To: State>(from: From) {
        let mut types = TypeTable::new();
        let value = Value::of(&from, &mut types).unwrap();
        let error = value.get::<To>(&types).err().unwrap().to_string();
        assert!(
            error.contains("wider") || error.contains("the build"),
            "{error}"
        );
    }
    refused::<u16, u8>(1);
    refused::<u64, i64>(1);
    refused::<i8, u8>(1);
    refused::<i8, u64>(1);
    refused::<i128, u128>(1);
    refused::<f64, f32>(1.0);
    refused::<u32, char>(1);
    refused::<bool, u8>(true);
    refused::<u32, f64>(1);
}

/// What keeps the newer build from restoring, as `path: expected, found`.
fn differences<New: State>(old: &impl State) -> Vec<String> {
    let mut types = TypeTable::new();
    let globals = Value::of(old, &mut types).unwrap();
    let checkpoint = checkpoint(types, globals);
    let found = ClassSchema::of::<New>("c").differences(&checkpoint);
    let shown = |SchemaMismatch {
                     path,
                     expected,
                     found,
                     ..
                 }: &SchemaMismatch| { format!("{path}: {expected}, {found}") };
    found.iter().map(shown).collect()
}

fn checkpoint(types: TypeTable, globals: Value) -> Checkpoint {
    Checkpoint {
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
        tasks: Tasks::default(),
        objects: Objects::default(),
    }
}

mod broken {
    use super::*;

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Bank {
        pub accounts: BTreeMap<String, Account>,
        pub fee: i8,
        pub log: Vec<Entry>,
        pub total: String,
        pub added: u8,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Account {
        pub owner: Option<String>,
        pub holder: String,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub enum Entry {
        Open,
        Pay { to: u8, amount: u32 },
    }
}

#[test]
fn every_difference_is_told_by_type_and_field() {
    assert_eq!(differences::<new::Bank>(&old::bank()), [""; 0]);
    let mut found = differences::<broken::Bank>(&old::bank());
    found.sort();
    assert_eq!(
        found,
        [
            "Bank.accounts[value].holder: this field, no such field",
            "Bank.added: this field, no such field",
            "Bank.fee: `i8`, `u8`",
            "Bank.log[]::Close: no such variant, this variant",
            "Bank.log[]::Pay.to: `u8`, `String`",
            "Bank.total: `String`, `u64`",
        ]
    );
    let mut types = TypeTable::new();
    let value = Value::of(&old::bank(), &mut types).unwrap();
    let error = value.get::<broken::Bank>(&types).err().unwrap().to_string();
    assert_eq!(
        error,
        "cannot restore a value: `Bank.added` differs: this program has this field, the captured state has no such field; \
         give it `#[hicam(default)]`, or `#[hicam(alias = \"…\")]` with the name it was captured under"
    );
    let renamed = differences::<new::Account>(&old::bank().accounts.remove("a").unwrap());
    assert_eq!(renamed, [""; 0]);
    let error = differences::<new::Entry>(&old::bank().accounts.remove("a").unwrap());
    assert_eq!(error, ["Entry: `Entry`, `Account`"]);
    let none = differences::<u8>(&Some(1u8));
    assert_eq!(none, ["u8: `u8`, `Option<u8>`"]);
}

#[derive(Serialize)]
#[serde(rename = "Settings")]
struct OldSettings {
    depth: u16,
    gone: String,
    mode: OldMode,
}

#[derive(Serialize)]
#[serde(rename = "Mode")]
enum OldMode {
    Fast,
}

mod settings {
    use super::*;

    #[derive(Deserialize, Serialize, Debug, PartialEq)]
    pub struct Settings {
        #[serde(alias = "depth")]
        pub levels: u64,
        pub mode: Mode,
        #[serde(default)]
        pub added: Vec<u8>,
    }

    #[derive(Deserialize, Serialize, Debug, PartialEq)]
    pub enum Mode {
        Slow,
        Fast,
    }
}

#[test]
fn serde_types_follow_the_rules_of_serde() {
    let mut types = TypeTable::new();
    let ty = dynamic::describe::<settings::Settings>(&mut types);
    let old = OldSettings {
        depth: 9,
        gone: "x".to_owned(),
        mode: OldMode::Fast,
    };
    let value = Value::capture(ty, |out| dynamic::encode(&old, out)).unwrap();
    let settings: settings::Settings = value
        .restore(
            &types,
            dynamic::describe::<settings::Settings>,
            dynamic::decode,
        )
        .unwrap();
    assert_eq!(
        settings,
        settings::Settings {
            levels: 9,
            mode: settings::Mode::Fast,
            added: Vec::new(),
        }
    );
}

/// Whatever the captured bytes are: an error or a value, and soon.
#[test]
fn damaged_state_of_another_build_is_an_error() {
    let mut types = TypeTable::new();
    let value = Value::of(&old::bank(), &mut types).unwrap();
    let (mut errors, mut values) = (0, 0);
    for position in 0..value.bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut damaged = value.clone();
            damaged.bytes[position] ^= change;
            match damaged.get::<new::Bank>(&types) {
                Ok(_) => values += 1,
                Err(_) => errors += 1,
            }
        }
        let mut cut = value.clone();
        cut.bytes.truncate(position);
        assert!(cut.get::<new::Bank>(&types).is_err());
    }
    assert!(
        errors > 100 && values > 50,
        "{errors} errors, {values} values"
    );
}
