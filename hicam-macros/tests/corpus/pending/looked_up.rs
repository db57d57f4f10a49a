//! What a method lends of a collection, bound by a pattern.

use std::collections::BTreeMap;

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn looked_up(keys: Vec<String>) -> (Vec<u32>, BTreeMap<String, Vec<u32>>) {
    let mut map = BTreeMap::from([("a".to_owned(), vec![1]), ("b".to_owned(), vec![2, 3])]);
    let mut out = Vec::new();
    for key in keys {
        if let Some(list) = map.get(&key) {
            let first = list[0];
            hicam::point().await;
            out.push(add(list.len() as u32, first).await);
        } else {
            hicam::point().await;
            out.push(0);
        }
        if let Some(list) = map.get_mut(&key) {
            list.push(9);
            hicam::point().await;
            list.push(10);
        }
    }
    (out, map)
}

programs! {
    looked_up;
    patterns_of_a_map: looked_up(vec!["a".into(), "x".into(), "b".into(), "a".into()]);
}
