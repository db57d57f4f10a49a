//! Every type that `State` is provided for comes back as it was.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::num::{NonZero, Wrapping};
use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use hicam_state::{
    ContainsMessages, ContainsSerde, DecodeErrorKind, EncodeErrorKind, State, TypeTable, Value,
    dynamic, message,
};
use prost::Message;
use serde::{Deserialize, Serialize};
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Response, Status};

/// Through the bytes and back.
fn round<T: State>(value: &T) -> T {
    let mut types = TypeTable::new();
    Value::of(value, &mut types).unwrap().get(&types).unwrap()
}

#[track_caller]
fn same<T: State + PartialEq + Debug>(value: T) {
    assert_eq!(round(&value), value);
}

#[test]
fn numbers() {
    macro_rules! extremes {
        ($($ty:ident)*) => {$(
            for number in [$ty::MIN, 0, 1, $ty::MAX] {
                same(number);
                same(Wrapping(number));
                if let Some(number) = NonZero::new(number) {
                    same(number);
                }
            }
        )*};
    }
    extremes!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    same(true);
    same(false);
    same(());
    for char in ['\0', 'a', 'ß', '\u{d7ff}', '\u{e000}', char::MAX] {
        same(char);
    }
}

#[test]
fn floats_keep_every_bit() {
    let quiet = f64::NAN.to_bits();
    for bits in [
        0,
        1,
        1 << 63,
        quiet,
        quiet | 0xbeef,
        quiet | (1 << 63),
        0x7ff0_0000_0000_0001,
        !0,
    ] {
        assert_eq!(round(&f64::from_bits(bits)).to_bits(), bits);
    }
    for bits in [0, 1, 1 << 31, f32::NAN.to_bits() | 0xbe, 0x7f80_0001, !0] {
        assert_eq!(round(&f32::from_bits(bits)).to_bits(), bits);
    }
    same(f64::INFINITY);
    same(f64::MIN_POSITIVE / 2.0);
}

#[test]
fn numbers_are_little_endian_and_sizes_take_64_bits() {
    let bytes = |value: Value| value.bytes;
    let mut types = TypeTable::new();
    assert_eq!(
        bytes(Value::of(&0x0102_0304u32, &mut types).unwrap()),
        [4, 3, 2, 1]
    );
    assert_eq!(
        bytes(Value::of(&1usize, &mut types).unwrap()),
        [1, 0, 0, 0, 0, 0, 0, 0]
    );
    assert_eq!(
        bytes(Value::of(&-2isize, &mut types).unwrap()),
        (-2i64).to_le_bytes()
    );
    assert_eq!(
        bytes(Value::of(&"é", &mut types).unwrap()),
        [2, 0, 0, 0, 0xc3, 0xa9]
    );
}

#[test]
fn strings() {
    same(String::new());
    same("täxt\0".to_owned());
    same(Box::<str>::from("boxed"));
    same(Cow::<'static, str>::Borrowed("cow"));
    same("static");
    // One string in the program for each text, however often it is restored.
    let (first, second) = (round(&"interned once"), round(&"interned once"));
    assert!(std::ptr::eq(first, second));
}

#[test]
fn collections() {
    same(Vec::<u64>::new());
    same(vec![vec![], vec![1u16], vec![2, 3]]);
    same((0..=255u8).collect::<Vec<_>>());
    same(vec![(); 1000]);
    same([[(); 3]; 2]);
    same([1.5f32, -0.0]);
    same([0u8; 0]);
    same(["a".to_owned(), String::new()]);
    same(VecDeque::from([1, 2, 3]));
    same(Box::<[i8]>::from([1, -1]));
    same(Bytes::from_static(b"\x00\xff"));
    same(BTreeMap::from([
        ("a".to_owned(), vec![1]),
        ("b".to_owned(), vec![]),
    ]));
    same(BTreeMap::<u8, ()>::new());
    same(BTreeMap::from([((), ())]));
    same(BTreeSet::from([Some(1), None]));
    same(HashMap::from([(1u128, "x"), (2, "y")]));
    same(HashSet::from(['a', 'b']));
    type Fixed = BuildHasherDefault<DefaultHasher>;
    let mut map = HashMap::<u32, Vec<u32>, Fixed>::default();
    map.extend((0..100).map(|number| (number, (0..number % 7).collect())));
    same(map);
    same(HashSet::<i64, Fixed>::from_iter([-1, 0, 1]));

    let mut heap = BinaryHeap::from([5, 1, 4, 9, 2, 6]);
    heap.pop();
    let restored = round(&heap);
    assert_eq!(restored.as_slice(), heap.as_slice(), "the heap's own order");

    let mut rest = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()].into_iter();
    rest.next();
    rest.next_back();
    assert_eq!(round(&rest).as_slice(), ["b".to_owned()]);
    let mut bytes = vec![1u8, 2, 3].into_iter();
    bytes.next();
    assert_eq!(round(&bytes).as_slice(), [2, 3]);
}

#[test]
fn wrappers_options_and_tuples() {
    same(Box::new(5u8));
    same(None::<Box<u8>>);
    same(Some(Some(None::<()>)));
    same(Ok::<u8, String>(1));
    same(Err::<u8, String>("no".to_owned()));
    same((1u8,));
    same((
        1u8,
        2u16,
        3u32,
        4u64,
        5i8,
        6i16,
        7i32,
        8i64,
        'i',
        true,
        (),
        "l",
    ));
    same(Reverse(3));
    same(PhantomData::<String>);
    same(Cell::new(3));
    same(RefCell::new(vec![3]));
}

#[test]
fn locks_and_atomics() {
    assert_eq!(*round(&Mutex::new(vec![1])).lock().unwrap(), [1]);
    assert_eq!(*round(&RwLock::new("x")).read().unwrap(), "x");
    assert_eq!(*round(&tokio::sync::Mutex::new(1)).try_lock().unwrap(), 1);
    assert_eq!(*round(&tokio::sync::RwLock::new(1)).try_read().unwrap(), 1);
    assert!(round(&AtomicBool::new(true)).load(Ordering::SeqCst));
    assert_eq!(
        round(&AtomicI64::new(i64::MIN)).load(Ordering::SeqCst),
        i64::MIN
    );
    assert_eq!(round(&AtomicUsize::new(7)).load(Ordering::SeqCst), 7);
}

#[test]
fn a_held_lock_is_an_error_and_a_poisoned_one_is_not() {
    fn kind<T: State>(value: &T) -> EncodeErrorKind {
        Value::of(value, &mut TypeTable::new())
            .unwrap_err()
            .kind()
            .clone()
    }
    let lock = Mutex::new(1);
    let guard = lock.lock().unwrap();
    assert_eq!(kind(&lock), EncodeErrorKind::Locked("Mutex"));
    drop(guard);

    let lock = RwLock::new(1);
    let reader = lock.read().unwrap();
    assert_eq!(
        *round(&lock).read().unwrap(),
        1,
        "readers do not stand in the way"
    );
    drop(reader);
    let writer = lock.write().unwrap();
    assert_eq!(kind(&lock), EncodeErrorKind::Locked("RwLock"));
    drop(writer);

    let lock = tokio::sync::Mutex::new(1);
    let guard = lock.try_lock().unwrap();
    assert_eq!(kind(&lock), EncodeErrorKind::Locked("Mutex"));
    drop(guard);

    let cell = RefCell::new(1);
    let guard = cell.borrow_mut();
    assert_eq!(kind(&cell), EncodeErrorKind::Borrowed);
    drop(guard);

    let poisoned = Mutex::new(5);
    let panicked = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let _guard = poisoned.lock();
                std::panic::resume_unwind(Box::new("poison"));
            })
            .join()
    });
    assert!(panicked.is_err() && poisoned.is_poisoned());
    assert_eq!(*round(&poisoned).lock().unwrap(), 5);
}

#[test]
fn ranges() {
    same(1..5u8);
    same(Range {
        start: 5i64,
        end: 1,
    });
    same(0.5..1.5f64);
    same(3u8..);
    for steps in 0..5 {
        let mut range: RangeInclusive<u8> = 253..=255;
        for _ in 0..steps {
            range.next();
        }
        let restored = round(&range);
        assert_eq!(restored, range, "after {steps} steps");
        assert_eq!(restored.collect::<Vec<_>>(), range.collect::<Vec<_>>());
    }
    let mut backwards = 'a'..='b';
    backwards.next_back();
    backwards.next_back();
    same(backwards);
    #[allow(
        clippy::reversed_empty_ranges,
        reason = "an empty range from the start"
    )]
    same(5..=1i32);
    same(1.0..=2.0f64);
    same(-0.0..=2.0f32);
    let mut hosts = Ipv4Addr::new(10, 0, 0, 1)..=Ipv4Addr::new(10, 0, 0, 1);
    hosts.next();
    same(hosts);
}

#[test]
fn times() {
    same(Duration::ZERO);
    same(Duration::MAX);
    same(SystemTime::UNIX_EPOCH);
    same(SystemTime::now());
    same(SystemTime::UNIX_EPOCH - Duration::from_nanos(1));
    // In one process, an instant is exactly the one it was.
    let now = Instant::now();
    same(now);
    same(now + Duration::from_secs(3600));
    same(now.checked_sub(Duration::from_millis(1)).unwrap_or(now));
    same(tokio::time::Instant::now());
}

#[test]
fn addresses() {
    same(Ipv4Addr::LOCALHOST);
    same("fe80::1".parse::<Ipv6Addr>().unwrap());
    same(IpAddr::from([1, 2, 3, 4]));
    same(SocketAddr::from(([127, 0, 0, 1], 80)));
    same(SocketAddr::V6(SocketAddrV6::new(
        Ipv6Addr::LOCALHOST,
        1,
        2,
        3,
    )));
}

#[test]
fn statuses_requests_and_responses() {
    let mut status =
        Status::with_details(Code::Aborted, "was äborted", Bytes::from_static(b"\0\x01"));
    let metadata = status.metadata_mut();
    metadata.append("key", "one".parse().unwrap());
    metadata.append("key", "two".parse().unwrap());
    let mut secret = MetadataValue::from_static("secret");
    secret.set_sensitive(true);
    metadata.insert("token", secret);
    metadata.append_bin("raw-bin", MetadataValue::from_bytes(b"\xff\0"));
    let restored = round(&status);
    assert_eq!(
        (restored.code(), restored.message(), restored.details()),
        (status.code(), status.message(), status.details())
    );
    let expected = status.metadata();
    let found = restored.metadata();
    assert_eq!(found.len(), expected.len());
    let all = |key| found.get_all(key).iter().cloned().collect::<Vec<_>>();
    assert_eq!(all("key"), ["one", "two"]);
    assert!(found.get("token").unwrap().is_sensitive());
    assert_eq!(
        found.get_bin("raw-bin").unwrap().to_bytes().unwrap(),
        b"\xff\0"[..]
    );

    for code in 0..=16 {
        same(Code::from_i32(code));
    }

    let mut request = Request::new(vec![1u8, 2]);
    request.metadata_mut().insert("a", "b".parse().unwrap());
    let restored = round(&request);
    assert_eq!(restored.get_ref(), request.get_ref());
    assert_eq!(restored.metadata().get("a").unwrap(), "b");
    let restored = round(&Response::new("x"));
    assert_eq!(*restored.get_ref(), "x");
    assert!(round(&Err::<Response<u8>, Status>(Status::not_found("x"))).is_err());
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int64, tag = "2")]
    amount: i64,
    #[prost(message, repeated, tag = "3")]
    parts: Vec<Entry>,
}

fn entry(amount: i64) -> Entry {
    Entry {
        name: "e".to_owned(),
        amount,
        parts: vec![Entry::default()],
    }
}

/// Through the bytes and back, as a carrier of messages.
fn messages<T: ContainsMessages>(value: &T) -> T {
    let mut types = TypeTable::new();
    let value = Value::capture(T::describe(&mut types), |out| value.encode(out)).unwrap();
    value.restore(&types, T::describe, T::decode).unwrap()
}

#[test]
fn messages_and_their_carriers() {
    let mut types = TypeTable::new();
    let ty = message::describe::<Entry>(&mut types);
    let value = Value::capture(ty, |out| message::encode(&entry(-1), out)).unwrap();
    let restored: Entry = value
        .restore(&types, message::describe::<Entry>, message::decode)
        .unwrap();
    assert_eq!(restored, entry(-1));

    // Two messages that are encoded as nothing still count as two.
    let list = vec![entry(1), Entry::default(), Entry::default()];
    assert_eq!(messages(&list), list);
    assert_eq!(messages(&VecDeque::from(list.clone())), list);
    let mut rest = list.clone().into_iter();
    rest.next();
    assert_eq!(messages(&rest).as_slice(), &list[1..]);
    assert_eq!(messages(&Some(entry(2))), Some(entry(2)));
    assert_eq!(messages(&None::<Entry>), None);
    assert_eq!(messages(&Box::new(entry(3))), Box::new(entry(3)));
    assert_eq!(messages(&Request::new(entry(4))).into_inner(), entry(4));
    assert_eq!(messages(&Response::new(entry(5))).into_inner(), entry(5));
    assert_eq!(messages(&Ok::<_, u8>(entry(6))), Ok(entry(6)));
    assert_eq!(messages(&Err::<Entry, _>(7u8)), Err(7));
    let map = HashMap::from([(1u8, entry(8)), (2, entry(9))]);
    assert_eq!(messages(&map), map);
    let map = BTreeMap::from([("k".to_owned(), entry(10))]);
    assert_eq!(messages(&map), map);
    assert_eq!(messages(&(3usize, entry(11))), (3, entry(11)));
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Foreign {
    id: u32,
    tags: Vec<String>,
}

/// Through the bytes and back, as a carrier of serde values.
fn serdes<T: ContainsSerde>(value: &T) -> T {
    let mut types = TypeTable::new();
    let value = Value::capture(T::describe(&mut types), |out| value.encode(out)).unwrap();
    value.restore(&types, T::describe, T::decode).unwrap()
}

#[test]
fn carriers_of_serde_values() {
    let foreign = Foreign {
        id: 1,
        tags: vec!["t".to_owned()],
    };
    let mut rest = vec![foreign.clone(), foreign.clone()].into_iter();
    rest.next();
    assert_eq!(serdes(&rest).as_slice(), std::slice::from_ref(&foreign));
    assert_eq!(serdes(&Request::new(foreign.clone())).into_inner(), foreign);
    assert_eq!(
        serdes(&Response::new(foreign.clone())).into_inner(),
        foreign
    );
    assert_eq!(
        serdes(&Mutex::new(foreign.clone())).into_inner().unwrap(),
        foreign
    );
    assert_eq!(
        serdes(&RwLock::new(foreign.clone())).into_inner().unwrap(),
        foreign
    );
    assert_eq!(
        serdes(&tokio::sync::Mutex::new(foreign.clone())).into_inner(),
        foreign
    );
    assert_eq!(
        serdes(&tokio::sync::RwLock::new(foreign.clone())).into_inner(),
        foreign
    );

    let lock = Mutex::new(foreign);
    let guard = lock.lock().unwrap();
    let ty = dynamic::describe::<Foreign>(&mut TypeTable::new());
    let error = Value::capture(ty, |out| ContainsSerde::encode(&lock, out)).unwrap_err();
    drop(guard);
    assert_eq!(*error.kind(), EncodeErrorKind::Locked("Mutex"));
}

#[derive(Debug)]
struct List(Option<Box<List>>);

impl State for List {
    fn describe(types: &mut TypeTable) -> hicam_state::TypeId {
        types.define::<List>(|types| {
            hicam_state::Type::Tuple(vec![Option::<Box<List>>::describe(types)])
        })
    }

    fn encode(&self, out: &mut hicam_state::Encoder) -> Result<(), hicam_state::EncodeError> {
        self.0.encode(out)
    }

    fn decode(input: &mut hicam_state::Decoder<'_>) -> Result<Self, hicam_state::DecodeError> {
        State::decode(input).map(List)
    }
}

fn list(length: usize) -> List {
    (0..length).fold(List(None), |rest, _| List(Some(Box::new(rest))))
}

#[test]
fn nesting_has_a_limit_and_no_stack_overflow_before_it() {
    let deep = list(hicam_state::MAX_DEPTH);
    let mut types = TypeTable::new();
    let value = Value::of(&deep, &mut types).unwrap();
    let restored: List = value.get(&types).unwrap();
    let mut length = 0;
    let mut at = &restored;
    while let Some(next) = &at.0 {
        length += 1;
        at = next;
    }
    assert_eq!(length, hicam_state::MAX_DEPTH);

    let too_deep = list(hicam_state::MAX_DEPTH + 1);
    let error = Value::of(&too_deep, &mut types).unwrap_err();
    assert_eq!(*error.kind(), EncodeErrorKind::TooDeep);

    let endless = Value {
        ty: value.ty,
        bytes: vec![1; 1_000_000],
    };
    let error = endless.get::<List>(&types).unwrap_err();
    assert_eq!(*error.kind(), DecodeErrorKind::TooDeep);
}
