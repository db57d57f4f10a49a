//! Values that are moved in part: what is left of them is still used.

use super::moves::take_len;
use super::{hicam, programs};

#[hicam::migratable]
async fn parts_of_a_tuple(n: u32) -> (u32, Vec<u32>) {
    let t = (vec![n; 3], vec![n, 1]);
    let length = take_len(t.0).await;
    hicam::point().await;
    (length, t.1)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Message {
    header: Header,
    body: Vec<u32>,
    trailer: Option<String>,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Header {
    from: String,
    to: String,
    hops: u32,
}

#[hicam::migratable]
async fn send(name: String) -> String {
    hicam::point().await;
    name.to_uppercase()
}

#[hicam::migratable]
async fn parts_of_a_struct(message: Message) -> (String, u32, String, Option<String>, u32) {
    let from = send(message.header.from).await;
    let length = take_len(message.body).await;
    hicam::point().await;
    let to = message.header.to;
    hicam::point().await;
    (from, length, to, message.trailer, message.header.hops)
}

#[hicam::migratable]
async fn parts_of_a_box(message: Box<Message>) -> (u32, String) {
    let length = take_len(message.body).await;
    hicam::point().await;
    (length, message.header.to)
}

fn message(trailer: Option<&str>) -> Message {
    Message {
        header: Header {
            from: "me".to_owned(),
            to: "you".to_owned(),
            hops: 3,
        },
        body: vec![1, 2],
        trailer: trailer.map(str::to_owned),
    }
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Parts(bool, String, Vec<String>, u64);

/// Its parts become variables of their own, some of which rest in slots.
#[hicam::migratable]
async fn parts_of_a_parameter(mut parts: Parts) -> (String, u64) {
    if parts.2.len() == 1 {
        parts.1.push_str("a");
        hicam::point().await;
    } else if parts.0 {
        parts.1.push_str("x y");
        let text = parts.1;
        hicam::point().await;
        return (text, parts.3);
    }
    hicam::point().await;
    (String::from("neither"), parts.3)
}

/// A variable in a macro's arguments, whose parts become variables of their own.
#[hicam::migratable]
async fn parts_in_a_macro(n: u64) -> Vec<Vec<u64>> {
    vec![
        vec![n],
        vec![
            n,
            if n % 2 == 1 {
                let pair = (vec![n, 2], n);
                take_len(vec![1, 2]).await as u64 + pair.1 + pair.0.len() as u64
            } else {
                0
            },
        ],
    ]
}

programs! {
    partial_moves;
    a_tuple_in_parts: parts_of_a_tuple(4) => (3, vec![4, 1]);
    a_struct_in_parts: parts_of_a_struct(message(Some("t")));
    a_box_in_parts: parts_of_a_box(Box::new(message(None))) => (2, "you".to_owned());
    parts_of_a_parameter_in_slots: parts_of_a_parameter(Parts(true, "p".into(), vec![], 3)) => ("px y".to_owned(), 3);
    parts_of_a_parameter_left: parts_of_a_parameter(Parts(true, "p".into(), vec!["q".into()], 4)) => ("neither".to_owned(), 4);
    parts_in_a_macros_arguments: parts_in_a_macro(3) => vec![vec![3], vec![3, 7]];
}
