//! Methods with the names of those that change a collection, which take their receiver: of builders, and of entries of maps.

use std::collections::{BTreeMap, HashMap, btree_map, hash_map};

use super::drop_order::{Noted, log, mk, out, say, step};
use super::{hicam, programs};

#[derive(Debug, Clone, Default, PartialEq, hicam::State)]
pub(crate) struct Query {
    terms: Vec<String>,
    most: u32,
}

impl Query {
    fn push(mut self, term: &str) -> Self {
        self.terms.push(term.to_owned());
        self
    }
    fn insert(mut self, at: usize, term: String) -> Self {
        self.terms.insert(at, term);
        self
    }
    fn truncate(self, most: u32) -> Self {
        Query { most, ..self }
    }
}

#[hicam::migratable]
async fn built(limited: bool) -> Query {
    let l = log();
    let query = Query::default();
    let query = query.push("a").push("b");
    step(&l, 1).await;
    let query = query.insert(0, step(&l, 2).await.to_string());
    let query = match limited {
        true => {
            let query = query.truncate(2);
            step(&l, 3).await;
            query
        }
        false => query,
    };
    hicam::point().await;
    query
}

/// What collections give under the same names.
#[hicam::migratable]
async fn collected() -> (bool, usize) {
    let l = log();
    let mut seen = std::collections::BTreeSet::from([mk(1, &l).id()]);
    let seen = seen.insert(2);
    step(&l, 1).await;
    let mut list = vec![mk(3, &l), mk(4, &l)];
    let first = list.remove(0);
    step(&l, 2).await;
    (seen, list.len() + first.0 as usize)
}

#[hicam::migratable]
async fn entered(names: Vec<String>) -> Vec<(String, u32)> {
    let l = log();
    let mut counts = HashMap::new();
    for name in names {
        match counts.entry(name) {
            hash_map::Entry::Vacant(vacant) => {
                vacant.insert(1);
                step(&l, 1).await;
            }
            hash_map::Entry::Occupied(mut occupied) => {
                *occupied.get_mut() += 1;
                if *occupied.get() > 2 {
                    occupied.remove();
                }
                step(&l, 2).await;
            }
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort();
    counts
}

/// With values whose drop is seen.
#[hicam::migratable]
async fn entered_and_left() -> Vec<u32> {
    let l = log();
    {
        let mut held: BTreeMap<u32, Noted> = BTreeMap::new();
        for i in 0..3 {
            match held.entry(i % 2) {
                btree_map::Entry::Vacant(vacant) => {
                    vacant.insert(mk(i, &l));
                    step(&l, 20).await;
                }
                btree_map::Entry::Occupied(occupied) => {
                    let old = occupied.remove();
                    step(&l, 30).await;
                    say(&l, old.id());
                }
            }
        }
    }
    out(l)
}

programs! {
    replaced;
    builders: built(false);
    builders_on_some_paths: built(true);
    collections: collected();
    entries: entered(["a", "b", "a", "a", "b"].map(str::to_owned).to_vec());
    entries_of_observed_values: entered_and_left();
}
