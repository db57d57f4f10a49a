//! Values that are moved in part and used as a whole again.

use super::moves::take_len;
use super::{hicam, programs};

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
async fn parts_put_back(mut message: Message, n: u32) -> Message {
    for i in 0..n {
        let length = take_len(message.body).await;
        message.body = vec![length, i];
        let Header { from, to, .. } = message.header;
        hicam::point().await;
        message.header = Header {
            from: to,
            to: send(from).await,
            hops: i,
        };
    }
    message
}

#[hicam::migratable]
async fn parts_on_one_path(message: Message, whole: bool) -> Result<Message, (Vec<u32>, String)> {
    if whole {
        hicam::point().await;
        return Ok(message);
    }
    let trailer = match message.trailer {
        Some(text) => send(text).await,
        None => send(message.header.from).await,
    };
    hicam::point().await;
    Err((message.body, trailer + &message.header.to))
}

#[hicam::migratable]
async fn parts_of_a_pattern(pairs: Vec<(String, Vec<u32>)>) -> Vec<String> {
    let mut out = Vec::new();
    for pair in pairs {
        let (name, _) = pair;
        out.push(send(name).await);
        let count = pair.1.len();
        hicam::point().await;
        out.push(format!("{count}{:?}", pair.1));
    }
    out
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

programs! {
    partial_moves_of_wholes;
    a_struct_put_together: parts_put_back(message(None), 3);
    a_struct_left_whole: parts_on_one_path(message(None), true);
    a_struct_in_parts_by_an_arm: parts_on_one_path(message(None), false);
    a_struct_in_parts_by_another_arm: parts_on_one_path(message(Some("x")), false);
    a_pattern_in_parts: parts_of_a_pattern(vec![("a".into(), vec![1]), ("b".into(), vec![])]);
}
