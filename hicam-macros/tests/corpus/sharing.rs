//! Shared values: two pointers to one value stay pointers to one value.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, RwLock, Weak};

use super::{hicam, programs};

#[hicam::migratable]
async fn two_to_one() -> (Vec<u32>, bool) {
    let list = Arc::new(Mutex::new(vec![1]));
    let same = Arc::clone(&list);
    let other = Arc::new(Mutex::new(vec![1]));
    hicam::point().await;
    same.lock().unwrap().push(2);
    hicam::point().await;
    other.lock().unwrap().push(3);
    let values = list.lock().unwrap().clone();
    (values, Arc::ptr_eq(&list, &other))
}

#[derive(Debug, hicam::State)]
pub(crate) struct Account {
    name: String,
    balance: Mutex<i64>,
}

#[hicam::migratable]
async fn credit(account: Arc<Account>, all: &[Arc<Account>], by: i64) -> usize {
    hicam::point().await;
    *account.balance.lock().unwrap() += by;
    hicam::point().await;
    all.iter()
        .filter(|other| Arc::ptr_eq(other, &account))
        .count()
}

#[hicam::migratable]
async fn through_frames() -> (Vec<i64>, Vec<usize>) {
    let account = |name: &str| {
        Arc::new(Account {
            name: name.to_owned(),
            balance: Mutex::new(1),
        })
    };
    let (a, b) = (account("a"), account("b"));
    let all = vec![a.clone(), b.clone(), a.clone()];
    let mut counts = Vec::new();
    for i in 0..all.len() {
        counts.push(credit(all[i].clone(), &all, 10).await);
    }
    let by_name: BTreeMap<String, Arc<Account>> = all
        .into_iter()
        .map(|account| (account.name.clone(), account))
        .collect();
    hicam::point().await;
    *by_name["b"].balance.lock().unwrap() += 5;
    let balances = [a, b].map(|account| *account.balance.lock().unwrap());
    (balances.to_vec(), counts)
}

#[derive(Debug, hicam::State)]
pub(crate) struct Folder {
    name: String,
    parent: Mutex<Weak<Folder>>,
    children: Mutex<Vec<Arc<Folder>>>,
}

fn folder(name: &str) -> Arc<Folder> {
    Arc::new(Folder {
        name: name.to_owned(),
        parent: Mutex::new(Weak::new()),
        children: Mutex::default(),
    })
}

/// A cycle: each folder knows its children, and its parent weakly.
#[hicam::migratable]
async fn folders() -> (String, usize, usize, bool) {
    let root = folder("root");
    for name in vec!["a", "b"] {
        let child = folder(name);
        *child.parent.lock().unwrap() = Arc::downgrade(&root);
        hicam::point().await;
        root.children.lock().unwrap().push(child);
    }
    hicam::point().await;
    let last = root.children.lock().unwrap().pop();
    hicam::point().await;
    let up = last.and_then(|last| last.parent.lock().unwrap().upgrade());
    let name = up.as_ref().map_or(String::new(), |up| up.name.clone());
    hicam::point().await;
    let same = up.is_some_and(|up| Arc::ptr_eq(&up, &root));
    (name, Arc::strong_count(&root), Arc::weak_count(&root), same)
}

#[hicam::migratable]
async fn kept_by_a_name_shadowed() -> Vec<bool> {
    let value = Arc::new(String::from("first"));
    let weak = Arc::downgrade(&value);
    let mut alive = vec![weak.upgrade().is_some()];
    hicam::point().await;
    let value = value.len();
    hicam::point().await;
    alive.push(weak.upgrade().is_some());
    let holder = (value, weak.upgrade());
    hicam::point().await;
    drop(holder);
    hicam::point().await;
    alive.push(weak.upgrade().is_some());
    alive
}

#[hicam::migratable]
async fn interior() -> (u32, u32, Vec<u32>, String) {
    let cell = Cell::new(1);
    let counter = Arc::new(AtomicU32::new(0));
    let shared = Arc::new(RwLock::new(String::from("a")));
    let reader = Arc::clone(&shared);
    let list = RefCell::new(vec![1]);
    for i in 0..3 {
        cell.set(cell.get() + i);
        hicam::point().await;
        counter.fetch_add(2, Ordering::Relaxed);
        list.borrow_mut().push(i);
        shared.write().unwrap().push('b');
    }
    let text = reader.read().unwrap().clone();
    hicam::point().await;
    (
        cell.get(),
        counter.load(Ordering::Relaxed),
        list.into_inner(),
        text,
    )
}

#[hicam::migratable]
async fn locked_by_tokio() -> (Vec<u32>, u32) {
    let list = Arc::new(tokio::sync::Mutex::new(Vec::new()));
    let limit = Arc::new(tokio::sync::RwLock::new(3));
    let writer = Arc::clone(&list);
    // In the loop's head the guard would be held until the loop's end, and be refused.
    let end = *limit.read().await;
    for i in 0..end {
        writer.lock().await.push(i);
        hicam::point().await;
    }
    *limit.write().await += 1;
    hicam::point().await;
    let list = list.lock().await.clone();
    (list, *limit.read().await)
}

programs! {
    sharing;
    two_pointers: two_to_one() => (vec![1, 2], false);
    pointers_in_frames: through_frames() => (vec![21, 16], vec![2, 1, 2]);
    a_cycle: folders() => ("root".to_owned(), 1, 1, true);
    a_shadowed_value_kept_alive: kept_by_a_name_shadowed() => vec![true, true, true];
    cells_and_locks: interior();
    locks_of_tokio: locked_by_tokio() => (vec![0, 1, 2], 4);
}
