//! Damaged input: every decoder answers with a value or an error, soon, and without panicking.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant, SystemTime};

use hicam_macros::State;
use hicam_state::{
    DecodeError, DecodeErrorKind, State, Type, TypeId, TypeTable, Value, dynamic, json, message,
};
use prost::Message;
use serde::{Deserialize, Serialize};
use tonic::{Request, Status};

/// SplitMix64: the same numbers on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// One way of damaging.
fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, random.next() as u8),
            2 => {
                // A huge length.
                let end = (at + 8).min(bytes.len());
                bytes[at..end].fill(0xff);
            }
            3 => {
                // Bytes from elsewhere in the value.
                let from = random.below(bytes.len());
                let piece: Vec<u8> = bytes.iter().skip(from).take(8).copied().collect();
                for (place, byte) in bytes.iter_mut().skip(at).zip(piece) {
                    *place = byte;
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    bytes
}

/// Damages the value in many ways; whatever decodes must be encoded and shown again.
fn attack<T>(
    types: &TypeTable,
    value: &Value,
    restore: impl Fn(&Value) -> Result<T, DecodeError>,
    again: impl Fn(&T) -> Value,
) {
    let mut random = Random(0x5eed);
    for _ in 0..2000 {
        let bytes = damaged(&value.bytes, &mut random);
        let damaged = Value {
            ty: value.ty,
            bytes,
        };
        let shown = json::value(types, &damaged);
        if let Ok(restored) = restore(&damaged) {
            assert!(
                shown.is_ok(),
                "decoded but cannot be shown: {damaged:?}, {shown:?}"
            );
            again(&restored);
        }
    }
}

fn attack_state<T: State>(value: T) {
    let mut types = TypeTable::new();
    let captured = Value::of(&value, &mut types).unwrap();
    attack(
        &types,
        &captured,
        |damaged| damaged.get::<T>(&types),
        |restored| Value::of(restored, &mut TypeTable::new()).unwrap(),
    );
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
enum Tree {
    Leaf(char),
    Node {
        left: Box<Tree>,
        right: Box<Tree>,
        tags: Vec<String>,
    },
    Empty,
}

fn tree(depth: usize) -> Tree {
    match depth {
        0 => Tree::Empty,
        1 => Tree::Leaf('x'),
        _ => Tree::Node {
            left: Box::new(tree(depth - 1)),
            right: Box::new(tree(depth - 2)),
            tags: vec!["tag".to_owned(); depth],
        },
    }
}

#[test]
fn values_of_every_kind() {
    attack_state(tree(6));
    attack_state(HashMap::from([(1u8, Some("x".to_owned())), (2, None)]));
    attack_state(BTreeMap::from([
        (vec![1u8], [true, false]),
        (vec![], [true; 2]),
    ]));
    attack_state(BTreeSet::from([(1u128, 'a', ()), (2, 'b', ())]));
    attack_state((
        vec![(); 20],
        [[(); 2]; 3],
        vec![Ok::<i8, &'static str>(1), Err("no")],
    ));
    attack_state((1.5f64, usize::MAX, isize::MIN, std::num::NonZero::new(7u8)));
    let mut range: RangeInclusive<i32> = 3..=3;
    range.next();
    attack_state((range, 1..=9u8, Duration::from_millis(5)));
    attack_state((SystemTime::UNIX_EPOCH, Instant::now()));
    attack_state(vec![
        "127.0.0.1:80".parse::<SocketAddr>().unwrap(),
        "[::1]:80".parse().unwrap(),
    ]);
    let mut request = Request::new(vec![Status::not_found("x")]);
    request
        .metadata_mut()
        .insert("key", "value".parse().unwrap());
    request.metadata_mut().insert_bin(
        "key-bin",
        tonic::metadata::MetadataValue::from_bytes(&[1, 2, 3]),
    );
    attack_state(request.map(|_| 1u8));
    attack_state(vec![Status::aborted("why")]);
}

#[derive(Serialize, Deserialize)]
enum Foreign {
    Unit,
    New(Option<Box<Foreign>>),
    Tuple(u8, String),
    Struct {
        list: Vec<Foreign>,
        map: BTreeMap<String, f32>,
        number: i128,
    },
}

#[test]
fn serde_values() {
    let value = Foreign::Struct {
        list: vec![
            Foreign::Unit,
            Foreign::New(Some(Box::new(Foreign::Unit))),
            Foreign::New(None),
            Foreign::Tuple(1, "t".to_owned()),
            Foreign::Struct {
                list: vec![],
                map: BTreeMap::new(),
                number: 1,
            },
        ],
        map: BTreeMap::from([("a".to_owned(), 1.0), ("b".to_owned(), f32::NAN)]),
        number: -1,
    };
    let mut types = TypeTable::new();
    let ty = dynamic::describe::<Foreign>(&mut types);
    let capture = |value: &Foreign| Value::capture(ty, |out| dynamic::encode(value, out)).unwrap();
    let restore = |damaged: &Value| {
        damaged.restore(
            &types,
            dynamic::describe::<Foreign>,
            dynamic::decode::<Foreign>,
        )
    };
    attack(&types, &capture(&value), restore, capture);
}

#[derive(Clone, PartialEq, Message)]
struct Packet {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(sint64, repeated, tag = "2")]
    numbers: Vec<i64>,
    #[prost(message, optional, boxed, tag = "3")]
    next: Option<Box<Packet>>,
    #[prost(float, tag = "15")]
    weight: f32,
}

#[test]
fn messages() {
    let packet = Packet {
        name: "n".to_owned(),
        numbers: vec![1, -1, i64::MAX],
        next: Some(Box::new(Packet {
            weight: 1.5,
            ..Packet::default()
        })),
        weight: -0.0,
    };
    let mut types = TypeTable::new();
    let ty = message::describe::<Packet>(&mut types);
    let capture = |value: &Packet| Value::capture(ty, |out| message::encode(value, out)).unwrap();
    let restore = |damaged: &Value| {
        damaged.restore(
            &types,
            message::describe::<Packet>,
            message::decode::<Packet>,
        )
    };
    attack(&types, &capture(&packet), restore, capture);
}

/// What decoding these bytes as a `T` is refused with.
fn refused<T: State>(bytes: &[u8]) -> String {
    let mut types = TypeTable::new();
    let value = Value {
        ty: T::describe(&mut types),
        bytes: bytes.to_vec(),
    };
    match value.get::<T>(&types) {
        Ok(_) => "nothing".to_owned(),
        Err(error) => error.kind().to_string(),
    }
}

#[test]
fn each_error_says_what_is_wrong() {
    assert_eq!(refused::<u32>(&[1]), "the state ends 3 bytes too early");
    assert_eq!(
        refused::<u8>(&[1, 2]),
        "1 bytes follow the end of the value"
    );
    assert_eq!(refused::<bool>(&[2]), "2 is not a valid bool");
    assert_eq!(
        refused::<char>(&0xd800u32.to_le_bytes()),
        "55296 is not a valid char"
    );
    assert_eq!(refused::<Option<u8>>(&[9]), "9 is not a valid Option");
    assert!(refused::<String>(&[1, 0, 0, 0, 0xff]).contains("UTF-8"));
    assert_eq!(
        refused::<std::num::NonZero<u8>>(&[0]),
        "0 is not a valid number other than zero"
    );
    let pair_twice = [2, 0, 0, 0, 1, 5, 1, 5];
    assert_eq!(
        refused::<HashMap<u8, u8>>(&pair_twice),
        "one with a key twice is not a valid map"
    );
    // A length is checked before anything is allocated for it.
    let mut huge = vec![0xff; 4 + 8];
    huge.extend([0; 10]);
    assert_eq!(
        refused::<Vec<[u64; 1000]>>(&huge),
        "a length of 18446744073709551615 is larger than the 10 bytes left"
    );
    assert!(refused::<Vec<()>>(&huge).starts_with("a length of"));
    assert_eq!(
        refused::<Vec<()>>(&[0xfe, 0xff, 0xff, 0xff]),
        "a length of 4294967294 is larger than the 0 bytes left"
    );
    // One that fits 32 bits may be written as a long one.
    assert_eq!(
        refused::<Vec<u8>>(&[&[0xff; 4], &1u64.to_le_bytes()[..], &[7]].concat()),
        "nothing"
    );
    assert!(refused::<[(); 1 << 30]>(&huge).starts_with("a length of"));
}

#[test]
fn a_size_that_does_not_fit_this_host_is_an_error() {
    let refused = refused::<usize>(&u64::MAX.to_le_bytes());
    match usize::BITS {
        64 => assert_eq!(refused, "nothing"),
        _ => assert_eq!(
            refused,
            "18446744073709551615 does not fit the usize of this host"
        ),
    }
    let kind = DecodeErrorKind::DoesNotFit {
        value: 1 << 40,
        kind: "usize",
    };
    assert_eq!(
        kind.to_string(),
        "1099511627776 does not fit the usize of this host"
    );
}

/// A table with one type, which is made of itself.
fn endless(shape: impl FnOnce(TypeId) -> Type) -> (TypeTable, TypeId) {
    struct Itself;
    let mut types = TypeTable::new();
    let id = types.define::<Itself>(|types| {
        let itself = types.define::<Itself>(|_| unreachable!("it has its number already"));
        shape(itself)
    });
    (types, id)
}

#[test]
fn a_type_made_of_itself_is_refused_and_soon() {
    let tables = [
        endless(|id| Type::Tuple(vec![id; 1000])),
        endless(|id| Type::Tuple(vec![id])),
        endless(|element| Type::Array { element, length: 3 }),
        endless(Type::Seq),
        endless(Type::Option),
        endless(|id| Type::Map {
            key: id,
            value: id,
            sorted: true,
        }),
        endless(Type::Cell),
    ];
    for (types, ty) in tables {
        assert!(types.name(ty).len() < 100_000);
        for bytes in [vec![], vec![0; 100], vec![1; 200_000]] {
            assert!(
                json::value(
                    &types,
                    &Value {
                        ty,
                        bytes: bytes.clone()
                    }
                )
                .is_err()
            );
            assert!(Value { ty, bytes }.get::<Tree>(&types).is_err());
        }
        // Compared with itself it is itself.
        types.same(ty, &types, ty).unwrap();
    }
}
