//! Any serde type survives the self-describing encoding, by name and not by position.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use hicam_state::{Decoder, Encoder, TypeTable, Value, dynamic, json};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Newtype(i128);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Pair(u8, char);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Empty,
    Circle(f32),
    Line(i8, i16),
    Box { width: u64, height: Option<u64> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { value: u8 },
    Two,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u64),
    Shape(Shape),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Everything {
    unit: (),
    unit_struct: Unit,
    newtype: Newtype,
    pair: Pair,
    shapes: Vec<Shape>,
    nested: Option<Option<bool>>,
    map: BTreeMap<u16, Vec<String>>,
    float: f64,
    tagged: Vec<Tagged>,
    untagged: Vec<Untagged>,
    #[serde(flatten)]
    rest: BTreeMap<String, i32>,
}

fn shapes() -> Vec<Shape> {
    vec![
        Shape::Empty,
        Shape::Circle(-0.0),
        Shape::Line(-1, 300),
        Shape::Box {
            width: u64::MAX,
            height: None,
        },
        Shape::Box {
            width: 0,
            height: Some(1),
        },
    ]
}

fn everything() -> Everything {
    Everything {
        unit: (),
        unit_struct: Unit,
        newtype: Newtype(i128::MIN),
        pair: Pair(255, 'ß'),
        shapes: shapes(),
        nested: Some(None),
        map: BTreeMap::from([(1, vec![]), (2, vec!["x".to_owned()])]),
        float: 0.1,
        tagged: vec![Tagged::One { value: 3 }, Tagged::Two],
        untagged: vec![
            Untagged::Number(1),
            Untagged::Shape(Shape::Empty),
            Untagged::Shape(Shape::Line(1, 2)),
            Untagged::Shape(Shape::Box {
                width: 5,
                height: Some(6),
            }),
            Untagged::Text("t".to_owned()),
        ],
        rest: BTreeMap::from([("extra".to_owned(), -4)]),
    }
}

fn bytes<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Encoder::new();
    dynamic::encode(value, &mut out).unwrap();
    out.into_bytes()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut input = Decoder::new(bytes);
    let value = dynamic::decode(&mut input).map_err(|error| error.to_string())?;
    input.finish().map_err(|error| error.to_string())?;
    Ok(value)
}

#[track_caller]
fn same<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    assert_eq!(read::<T>(&bytes(&value)).unwrap(), value);
}

#[test]
fn every_shape_of_data() {
    same(everything());
    same((i8::MIN, i16::MIN, i32::MIN, i64::MIN));
    same((u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX));
    same(BTreeMap::from([(Some(1), 'x'), (None, 'y')]));
    same(json!({"a": [1, null, -2.5, {"b": "c"}]}));
    same(1u8..5);
    let nan = f64::from_bits(f64::NAN.to_bits() | 7);
    assert_eq!(read::<f64>(&bytes(&nan)).unwrap().to_bits(), nan.to_bits());
}

#[test]
fn fields_are_found_by_name() {
    #[derive(Serialize)]
    struct Old {
        gone: Vec<u8>,
        kept: u8,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct New {
        #[serde(default)]
        added: String,
        kept: u8,
    }
    let old = bytes(&Old {
        gone: vec![1],
        kept: 2,
    });
    assert_eq!(
        read::<New>(&old).unwrap(),
        New {
            added: String::new(),
            kept: 2
        }
    );
}

#[test]
fn names_are_written_once() {
    let one = bytes(&shapes()[3..4]).len();
    let two = bytes(&[&shapes()[3], &shapes()[3]]).len();
    let again = two - one;
    assert!(
        again < one,
        "{again} bytes for the second, {one} for the first with its names"
    );
    let text = String::from_utf8_lossy(&bytes(&[&shapes()[3], &shapes()[3]])).into_owned();
    assert_eq!(text.matches("height").count(), 1);
}

#[test]
fn another_type_is_an_error() {
    assert!(
        read::<Shape>(&bytes(&"Round"))
            .unwrap_err()
            .contains("unknown variant `Round`")
    );
    assert!(
        read::<u8>(&bytes(&300u16))
            .unwrap_err()
            .contains("invalid value")
    );
    assert!(
        read::<(u8, u8)>(&bytes(&(1u8, 2u8, 3u8)))
            .unwrap_err()
            .contains("1 elements more")
    );
    assert!(read::<Pair>(&bytes(&Shape::Empty)).is_err());
    assert!(read::<u8>(&[200]).unwrap_err().contains("tag 200"));
    assert!(read::<u8>(&[]).is_err());
}

#[test]
fn the_view_needs_no_type() {
    let mut types = TypeTable::new();
    let ty = dynamic::describe::<Everything>(&mut types);
    assert_eq!(types.name(ty), "Everything");
    let value = Value::capture(ty, |out| dynamic::encode(&everything(), out)).unwrap();
    assert_eq!(
        json::value(&types, &value).unwrap(),
        json!({
            "unit": null,
            "unit_struct": null,
            "newtype": "-170141183460469231731687303715884105728",
            "pair": [255, "ß"],
            "shapes": [
                "Empty",
                {"Circle": -0.0},
                {"Line": [-1, 300]},
                {"Box": {"width": 18446744073709551615u64, "height": null}},
                {"Box": {"width": 0, "height": 1}},
            ],
            "nested": null,
            "map": {"1": [], "2": ["x"]},
            "float": 0.1,
            "tagged": [{"kind": "One", "value": 3}, {"kind": "Two"}],
            "untagged": [1, "Empty", {"Line": [1, 2]}, {"Box": {"width": 5, "height": 6}}, "t"],
            "extra": -4,
        })
    );
}

#[test]
fn nesting_has_a_limit() {
    #[derive(Serialize, Deserialize)]
    struct List(Option<Box<List>>);
    let deep = |length| (0..length).fold(List(None), |rest, _| List(Some(Box::new(rest))));
    let mut types = TypeTable::new();
    let ty = dynamic::describe::<List>(&mut types);
    let value = Value::capture(ty, |out| dynamic::encode(&deep(1000), out)).unwrap();
    assert!(
        value
            .restore(&types, dynamic::describe::<List>, dynamic::decode::<List>)
            .is_ok()
    );
    let shown = json::value(&types, &value).unwrap();
    assert_eq!(
        shown,
        json!("…"),
        "a chain of 1000 boxes ends below what is shown"
    );
    let too_deep = deep(hicam_state::MAX_DEPTH);
    assert!(Value::capture(ty, |out| dynamic::encode(&too_deep, out)).is_err());
}
