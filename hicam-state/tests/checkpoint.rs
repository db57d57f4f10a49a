//! The checkpoint container, its JSON view and the class's check of it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use hicam_macros::State;
use hicam_state::{
    Checkpoint, CheckpointError, ClassSchema, ClientRow, Frame, Local, Objects, Reply, State, Task,
    TaskState, Tasks, Thread, TypeTable, Value, message,
};
use prost::Message;
use serde_json::json;

#[derive(State, Default)]
#[hicam(crate = ::hicam_state)]
struct Bank {
    accounts: BTreeMap<String, Account>,
    raw: Vec<u8>,
}

#[derive(State, Default)]
#[hicam(crate = ::hicam_state)]
struct Account {
    balance: i64,
    limit: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct Transfer {
    #[prost(string, tag = "1")]
    to: String,
    #[prost(sint32, tag = "2")]
    small: i32,
    #[prost(message, repeated, tag = "3")]
    parts: Vec<Transfer>,
    #[prost(double, tag = "4")]
    rate: f64,
    #[prost(bytes = "vec", tag = "5")]
    raw: Vec<u8>,
    #[prost(int64, tag = "6")]
    amount: i64,
}

/// One task in each state.
fn tasks(value: Value) -> Vec<Task> {
    let frame = Frame {
        function: "work".to_owned(),
        point: 1,
        file: "src/bank.rs".to_owned(),
        line: 50,
        fingerprint: 4,
        locals: vec![Local {
            name: "text".to_owned(),
            value: value.clone(),
        }],
        branches: Vec::new(),
        point_name: String::new(),
    };
    let states = [
        TaskState::InProgress(vec![frame]),
        TaskState::Returned(value),
        TaskState::Panicked("out of tea".to_owned()),
        TaskState::Cancelled,
    ];
    let rows = (2..).zip(states).map(|(number, state)| Task {
        number,
        function: "work".to_owned(),
        fingerprint: 4,
        state,
    });
    rows.collect()
}

fn checkpoint() -> Checkpoint {
    let schema = ClassSchema::of::<Bank>("bank");
    let mut types = TypeTable::new();
    let bank = Bank {
        accounts: BTreeMap::from([(
            "ada".to_owned(),
            Account {
                balance: -3,
                limit: Some(10),
            },
        )]),
        raw: vec![0xff, 1],
    };
    // The globals are not the first type: numbers differ from the schema's.
    let total = Value::of(&7u64, &mut types).unwrap();
    let globals = Value::of(&bank, &mut types).unwrap();
    let transfer = Transfer {
        to: "bob".to_owned(),
        small: -1,
        parts: vec![
            Transfer {
                amount: 1,
                ..Transfer::default()
            };
            2
        ],
        rate: 0.5,
        raw: vec![0xff],
        amount: -5,
    };
    let ty = message::describe::<Transfer>(&mut types);
    let request = Value::capture(ty, |out| message::encode(&transfer, out)).unwrap();
    let shadowed = Value::of(&"first", &mut types).unwrap();
    let tasks = Tasks {
        begun: 7,
        rows: tasks(Value::of(&"done", &mut types).unwrap()),
    };
    let locals = vec![
        Local {
            name: "total".to_owned(),
            value: shadowed,
        },
        Local {
            name: "total".to_owned(),
            value: total,
        },
        Local {
            name: "transfer".to_owned(),
            value: request,
        },
    ];
    Checkpoint {
        class: "bank".to_owned(),
        uuid: "1234".to_owned(),
        epoch: 3,
        sequence: 9,
        taken_unix_ms: 1_700_000_000_000,
        host: "north".to_owned(),
        arch: "x86_64".to_owned(),
        schema_fingerprint: schema.fingerprint(),
        types,
        globals,
        threads: vec![Thread {
            client: "c".to_owned(),
            request: 5,
            method: "/bank.Bank/Settle".to_owned(),
            frames: vec![Frame {
                function: "settle".to_owned(),
                point: 2,
                file: "src/bank.rs".to_owned(),
                line: 40,
                fingerprint: u64::MAX,
                locals,
                branches: Vec::new(),
                point_name: String::new(),
            }],
        }],
        replies: vec![Reply {
            client: "c".to_owned(),
            request: 4,
            method: "/bank.Bank/Settle".to_owned(),
            response: vec![1, 2, 3],
        }],
        clients: vec![ClientRow {
            client: "c".to_owned(),
            acked: 3,
            silent_ms: 59_000,
        }],
        clients_forgotten_after_ms: 3_600_000,
        tasks,
        objects: Objects::default(),
    }
}

#[test]
fn it_comes_back_whole() {
    let checkpoint = checkpoint();
    let bytes = checkpoint.encode().unwrap();
    assert_eq!(&bytes[..8], b"HICAM\0\x01\0");
    let decoded = Checkpoint::decode(&bytes).unwrap();
    assert_eq!(decoded, checkpoint);
    assert_eq!(decoded.encode().unwrap(), bytes);
    let bank: Bank = decoded.globals.get(&decoded.types).unwrap();
    assert_eq!(bank.accounts["ada"].balance, -3);
}

#[test]
fn every_flipped_bit_and_every_cut_is_detected() {
    let bytes = checkpoint().encode().unwrap();
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1 << (position % 8);
        assert!(Checkpoint::decode(&damaged).is_err(), "byte {position}");
        assert!(
            Checkpoint::decode(&bytes[..position]).is_err(),
            "cut to {position}"
        );
    }
}

#[test]
fn each_error_says_what_is_wrong() {
    let bytes = checkpoint().encode().unwrap();
    assert_eq!(
        Checkpoint::decode(b"PK\x03\x04 a zip file"),
        Err(CheckpointError::NotACheckpoint)
    );
    assert_eq!(
        Checkpoint::decode(b""),
        Err(CheckpointError::NotACheckpoint)
    );

    let mut newer = bytes.clone();
    newer[6] = 2;
    let error = Checkpoint::decode(&newer).unwrap_err();
    assert_eq!(
        error,
        CheckpointError::Version {
            found: 2,
            supported: 1
        }
    );
    assert!(error.to_string().contains("use a HiCaM as new"), "{error}");

    let mut damaged = bytes;
    damaged[20] ^= 1;
    assert_eq!(Checkpoint::decode(&damaged), Err(CheckpointError::Checksum));

    let mut foreign = checkpoint();
    foreign.types = TypeTable::new();
    let error = foreign.encode().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the value of the globals has type number"),
        "{error}"
    );
}

/// The container with its sections changed and a checksum that fits.
fn resealed(bytes: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut changed = bytes[..bytes.len() - 32].to_vec();
    change(&mut changed);
    let checksum = blake3::hash(&changed);
    changed.extend_from_slice(checksum.as_bytes());
    changed
}

/// A section's head and content.
fn section(number: u32, flags: u32, content: &[u8]) -> Vec<u8> {
    let mut section = number.to_le_bytes().to_vec();
    section.extend(flags.to_le_bytes());
    section.extend((content.len() as u64).to_le_bytes());
    section.extend(content);
    section
}

#[test]
fn unknown_sections_are_passed_over_unless_they_are_essential() {
    let bytes = checkpoint().encode().unwrap();
    let add = |flags, number| {
        resealed(&bytes, |bytes| {
            bytes.extend(section(number, flags, b"news"));
        })
    };
    assert_eq!(Checkpoint::decode(&add(0, 99)).unwrap(), checkpoint());
    assert_eq!(Checkpoint::decode(&add(2, 99)).unwrap(), checkpoint());
    let error = Checkpoint::decode(&add(1, 99)).unwrap_err();
    assert_eq!(error, CheckpointError::UnknownSection { number: 99 });
    // Sections are in order, and none is there twice.
    assert!(Checkpoint::decode(&add(0, 6)).is_err());

    let cut = resealed(&bytes, |bytes| bytes.truncate(8));
    let error = Checkpoint::decode(&cut).unwrap_err();
    assert_eq!(error.to_string(), "the checkpoint has no section of header");
}

#[test]
fn unknown_fields_at_the_end_of_a_record_are_passed_over() {
    let bytes = checkpoint().encode().unwrap();
    // The header is the first section, and one record: three lengths grow.
    let longer = resealed(&bytes, |bytes| {
        let length = u64::from_le_bytes(bytes[16..24].try_into().unwrap());
        let end = 24 + length as usize;
        bytes.splice(end..end, *b"more");
        bytes[16..24].copy_from_slice(&(length + 4).to_le_bytes());
        bytes[24..32].copy_from_slice(&(length - 8 + 4).to_le_bytes());
    });
    assert_eq!(Checkpoint::decode(&longer).unwrap(), checkpoint());
}

#[test]
fn a_body_that_lies_under_a_right_checksum_is_an_error() {
    let bytes = checkpoint().encode().unwrap();
    let body_end = bytes.len() - 32;
    for position in 8..body_end {
        for change in [1, 0x80, 0xff] {
            let mut lying = bytes[..body_end].to_vec();
            lying[position] ^= change;
            let checksum = blake3::hash(&lying);
            lying.extend_from_slice(checksum.as_bytes());
            // Whatever it says: an error or a checkpoint, and a view of it, but no panic.
            if let Ok(checkpoint) = Checkpoint::decode(&lying) {
                checkpoint.to_json();
                let _: Result<Bank, _> = checkpoint.globals.get(&checkpoint.types);
            }
        }
    }
}

#[test]
fn tasks_are_numbered_in_order() {
    let rows = checkpoint().tasks.rows;
    let twice = vec![rows[1].clone(), rows[1].clone()];
    for (begun, rows) in [(4, rows), (7, twice)] {
        let mut lying = checkpoint();
        lying.tasks = Tasks { begun, rows };
        let error = Checkpoint::decode(&lying.encode().unwrap()).unwrap_err();
        let error = format!("{error:?}");
        assert!(error.contains("number of a task"), "{error}");
    }
}

#[test]
fn json_shows_globals_and_frames() {
    let json = checkpoint().to_json();
    assert_eq!(
        json["globals"],
        json!({"accounts": {"ada": {"balance": -3, "limit": 10}}, "raw": "0xff01"})
    );
    assert_eq!(
        json["threads"],
        json!([{
            "client": "c",
            "request": 5,
            "method": "/bank.Bank/Settle",
            "frames": [{
                "function": "settle",
                "point": 2,
                "at": "src/bank.rs:40",
                "locals": {
                    "total": "first",
                    "total (2)": 7,
                    "transfer": {
                        "field 1": "bob",
                        "field 2": 1,
                        "field 3": [{"field 6": 1}, {"field 6": 1}],
                        "field 4": {"fixed64": 0.5f64.to_bits(), "double": 0.5},
                        "field 5": "0xff",
                        "field 6": -5,
                    },
                },
            }],
        }])
    );
    assert_eq!(json["replies"][0]["bytes"], 3);
    assert_eq!(
        json["clients"],
        json!([{"client": "c", "acked": 3, "silent_ms": 59_000}])
    );
    assert_eq!(
        json["tasks"],
        json!([
            {"task": 2, "function": "work", "frames": [{
                "function": "work",
                "point": 1,
                "at": "src/bank.rs:50",
                "locals": {"text": "done"},
            }]},
            {"task": 3, "function": "work", "returned": "done"},
            {"task": 4, "function": "work", "panicked": "out of tea"},
            {"task": 5, "function": "work", "cancelled": true},
        ])
    );
    assert_eq!(json["tasks_begun"], 7);
    let keys: Vec<_> = json.as_object().unwrap().keys().take(3).collect();
    assert_eq!(
        keys,
        ["class", "uuid", "epoch"],
        "in the order they are declared in"
    );

    let mut damaged = checkpoint();
    damaged.globals.bytes.pop();
    let shown = damaged.to_json();
    assert!(
        shown["globals"]["error"]
            .as_str()
            .unwrap()
            .contains("larger than"),
        "{shown}"
    );
}

mod newer {
    use super::{BTreeMap, State};

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub(crate) struct Bank {
        pub(crate) accounts: BTreeMap<String, Account>,
        pub(crate) raw: Vec<u8>,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub(crate) struct Account {
        pub(crate) balance: i32,
        pub(crate) limit: Option<u32>,
    }
}

#[test]
fn the_class_refuses_what_does_not_fit() {
    let checkpoint = checkpoint();
    ClassSchema::of::<Bank>("bank").check(&checkpoint).unwrap();

    let error = ClassSchema::of::<Bank>("render")
        .check(&checkpoint)
        .unwrap_err();
    assert_eq!(
        (error.expected.as_str(), error.found.as_str()),
        ("`render`", "`bank`")
    );

    let error = ClassSchema::of::<newer::Bank>("bank")
        .check(&checkpoint)
        .unwrap_err();
    assert_eq!(error.path, "Bank.accounts[value].balance");
    assert_eq!(
        error.to_string(),
        "`Bank.accounts[value].balance` differs: this program has `i32`, the captured state has `i64`; \
         captured numbers may not fit: an integer can become a wider one, or a signed one if that is wider"
    );
}

#[test]
fn fingerprints_follow_the_schema() {
    let schema = ClassSchema::of::<Bank>("bank");
    let fingerprint = schema.fingerprint();
    assert_eq!(fingerprint.len(), 64);
    assert_ne!(
        fingerprint,
        ClassSchema::of::<newer::Bank>("bank").fingerprint()
    );
    assert_ne!(fingerprint, ClassSchema::of::<Bank>("render").fingerprint());

    // The same type in a table where it has other numbers.
    let mut types = TypeTable::new();
    Option::<Account>::describe(&mut types);
    let globals = Bank::describe(&mut types);
    let other = ClassSchema {
        class: "bank".to_owned(),
        types,
        globals,
    };
    assert_eq!(fingerprint, other.fingerprint());
}

#[test]
fn the_schema_as_json() {
    let json = ClassSchema::of::<Bank>("bank").to_json();
    assert_eq!(json["class"], "bank");
    assert_eq!(json["globals"], "Bank");
    assert_eq!(
        json["types"],
        json!([
            {"struct": "Bank", "fields": {"accounts": "Map<String, Account>", "raw": "Vec<u8>"}},
            {"struct": "Account", "fields": {"balance": "i64", "limit": "Option<u32>"}},
        ])
    );
}
