//! An independent reader, `tools/read_checkpoint.py`, shows every checkpoint as HiCaM does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod samples;

use std::io::Write as _;
use std::process::{Command, Stdio};

use hicam_state::{Checkpoint, Local, TypeTable, Value};

/// What the reader answers for these bytes: JSON, or its words.
fn read(bytes: &[u8]) -> Result<serde_json::Value, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/read_checkpoint.py");
    let mut child = Command::new("python3")
        .args([script, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test runs python3: install it, or run `cargo xtask test`, which does");
    let mut input = child.stdin.take().unwrap();
    input.write_all(bytes).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

fn compare(name: &str, checkpoint: &Checkpoint) {
    let shown = read(&checkpoint.encode().unwrap()).unwrap();
    // As text first: numbers that are written differently are not the same to every reader.
    let ours = checkpoint.to_json();
    assert_eq!(shown, ours, "`{name}`");
}

#[test]
fn it_shows_every_sample_as_we_do() {
    for (name, checkpoint) in samples::all() {
        compare(name, &checkpoint);
    }
}

/// Values nested deeper than is shown, and hundreds of random floats, maps and texts.
#[test]
fn it_agrees_on_what_is_rare() {
    let mut types = TypeTable::new();
    let mut nested: Vec<Option<Box<Deep>>> = Vec::new();
    for depth in [90, 101, 110, 400] {
        nested.push(Some(Box::new(deep(depth))));
    }
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let doubles: Vec<f64> = (0..500).map(|_| f64::from_bits(next())).collect();
    let singles: Vec<f32> = (0..500).map(|_| f32::from_bits(next() as u32)).collect();
    let texts: Vec<Vec<u8>> = (0..200)
        .map(|_| next().to_le_bytes()[..3].to_vec())
        .collect();
    let mut rare = samples::values();
    let add = |name: &str, value: Value| Local {
        name: name.to_owned(),
        value,
    };
    let locals = vec![
        add("nested", Value::of(&nested, &mut types).unwrap()),
        add("doubles", Value::of(&doubles, &mut types).unwrap()),
        add("singles", Value::of(&singles, &mut types).unwrap()),
        add("texts", Value::of(&texts, &mut types).unwrap()),
    ];
    let calls = samples::calls();
    rare.globals = Value::of(&1u8, &mut types).unwrap();
    rare.types = types;
    rare.threads = calls.threads[..1].to_vec();
    rare.threads[0].frames.truncate(1);
    rare.threads[0].frames[0].locals = locals;
    compare("rare", &rare);
}

#[derive(hicam_macros::State)]
#[hicam(crate = ::hicam_state)]
struct Deep {
    inner: Option<Box<Deep>>,
}

fn deep(depth: usize) -> Deep {
    (0..depth).fold(Deep { inner: None }, |deep, _| Deep {
        inner: Some(Box::new(deep)),
    })
}

#[test]
fn it_refuses_what_is_damaged() {
    let bytes = samples::calls().encode().unwrap();
    for position in [8, 100, bytes.len() - 33, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        let words = read(&damaged).unwrap_err();
        assert!(words.contains("its checksum does not match"), "{words}");
    }
    let words = read(b"PK\x03\x04").unwrap_err();
    assert!(words.contains("no HiCaM checkpoint"), "{words}");
    let mut newer = bytes;
    newer[6] = 9;
    let words = read(&newer).unwrap_err();
    assert!(words.contains("version 9"), "{words}");
}
