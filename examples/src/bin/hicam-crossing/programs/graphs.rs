//! Objects that several pointers share, in one frame and in several, and cycles of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::effects::note;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, hicam::State)]
struct Folder {
    name: String,
    parent: Weak<Folder>,
    children: Mutex<Vec<Arc<Folder>>>,
}

fn folder(name: &str, parent: Weak<Folder>) -> Arc<Folder> {
    Arc::new(Folder {
        name: name.to_owned(),
        parent,
        children: Mutex::default(),
    })
}

/// A cycle: folders know their children, and their parent weakly.
#[hicam::migratable]
pub(crate) async fn folders() -> (Vec<String>, bool, usize, usize) {
    let root = folder("root", Weak::new());
    let mut here = Arc::clone(&root);
    for depth in 0..4 {
        let child = folder(&format!("level {depth}"), Arc::downgrade(&here));
        hicam::point().await;
        lock(&here.children).push(Arc::clone(&child));
        here = child;
    }
    let mut names = Vec::new();
    let mut up = Some(Arc::clone(&here));
    let mut top = Arc::clone(&here);
    while let Some(folder) = up {
        hicam::point().await;
        names.push(folder.name.clone());
        note(&folder.name);
        up = folder.parent.upgrade();
        top = folder;
    }
    let same = Arc::ptr_eq(&root, &top);
    hicam::point().await;
    (
        names,
        same,
        Arc::strong_count(&root),
        Arc::weak_count(&root),
    )
}

#[derive(Debug, hicam::State)]
struct Account {
    name: String,
    balance: Mutex<i64>,
    changes: AtomicU64,
}

/// The same account is in a list, in a variable, and in the frame of the function that credits it.
#[hicam::migratable]
pub(crate) async fn accounts() -> (Vec<(String, i64, u64)>, Vec<usize>) {
    let account = |name: &str| {
        Arc::new(Account {
            name: name.to_owned(),
            balance: Mutex::new(100),
            changes: AtomicU64::new(0),
        })
    };
    let (ann, ben) = (account("ann"), account("ben"));
    let all = vec![ann.clone(), ben.clone(), ann.clone()];
    let mut counts = Vec::new();
    for i in 0..all.len() {
        counts.push(credit(all[i].clone(), &all, 10 * (i as i64 + 1)).await);
    }
    drop(all);
    hicam::point().await;
    let accounts = vec![ann, ben];
    let mut shown = Vec::new();
    for account in &accounts {
        hicam::point().await;
        shown.push((
            account.name.clone(),
            *lock(&account.balance),
            account.changes.load(Ordering::Relaxed),
        ));
    }
    (shown, counts)
}

#[hicam::migratable]
async fn credit(account: Arc<Account>, all: &[Arc<Account>], by: i64) -> usize {
    hicam::point().await;
    *lock(&account.balance) += by;
    note(format_args!("{} {by}", account.name));
    hicam::point().await;
    account.changes.fetch_add(1, Ordering::Relaxed);
    let same = all.iter().filter(|other| Arc::ptr_eq(other, &account));
    same.count()
}
