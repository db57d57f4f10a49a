//! A cache that forgets what was used least recently: a doubly linked list in a vector, with an index.

use std::collections::HashMap;

use super::{hicam, programs};

#[derive(Debug, Clone, hicam::State)]
struct Entry {
    key: String,
    value: u32,
    previous: Option<usize>,
    next: Option<usize>,
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Lru {
    capacity: usize,
    entries: Vec<Entry>,
    index: HashMap<String, usize>,
    newest: Option<usize>,
    oldest: Option<usize>,
}

#[hicam::migratable]
impl Lru {
    fn new(capacity: usize) -> Self {
        Lru {
            capacity,
            ..Lru::default()
        }
    }

    fn unlink(&mut self, at: usize) {
        let (previous, next) = (self.entries[at].previous, self.entries[at].next);
        match previous {
            Some(previous) => self.entries[previous].next = next,
            None => self.newest = next,
        }
        match next {
            Some(next) => self.entries[next].previous = previous,
            None => self.oldest = previous,
        }
    }

    fn push_front(&mut self, at: usize) {
        self.entries[at].previous = None;
        self.entries[at].next = self.newest;
        if let Some(newest) = self.newest {
            self.entries[newest].previous = Some(at);
        }
        self.newest = Some(at);
        self.oldest.get_or_insert(at);
    }

    async fn get(&mut self, key: &str) -> Option<u32> {
        let at = *self.index.get(key)?;
        self.unlink(at);
        self.push_front(at);
        Some(self.entries[at].value)
    }

    async fn put(&mut self, key: String, value: u32) -> Option<(String, u32)> {
        if let Some(&at) = self.index.get(&key) {
            self.entries[at].value = value;
            self.unlink(at);
            self.push_front(at);
            return None;
        }
        let entry = Entry {
            key: key.clone(),
            value,
            previous: None,
            next: None,
        };
        let mut evicted = None;
        let at = if self.entries.len() < self.capacity {
            self.entries.push(entry);
            self.entries.len() - 1
        } else {
            let oldest = self.oldest?;
            self.unlink(oldest);
            let old = std::mem::replace(&mut self.entries[oldest], entry);
            self.index.remove(&old.key);
            evicted = Some((old.key, old.value));
            oldest
        };
        hicam::point().await;
        self.push_front(at);
        self.index.insert(key, at);
        evicted
    }

    async fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let mut at = self.newest;
        while let Some(current) = at {
            keys.push(self.entries[current].key.clone());
            at = self.entries[current].next;
        }
        keys
    }
}

async fn load(key: &str) -> u32 {
    tokio::task::yield_now().await;
    key.bytes().map(u32::from).sum()
}

#[hicam::migratable]
async fn cached(requests: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut cache = Lru::new(3);
    let mut log = Vec::new();
    for request in requests {
        let value = match cache.get(&request).await {
            Some(value) => {
                log.push(format!("hit {request}"));
                value
            }
            None => {
                let value = load(&request).await;
                if let Some((key, old)) = cache.put(request.clone(), value).await {
                    log.push(format!("evicted {key}={old}"));
                }
                value
            }
        };
        log.push(format!("{request}={value}"));
    }
    (log, cache.keys().await)
}

programs! {
    algorithms::lru;
    least_recently_used: cached("abacdbaae".chars().map(String::from).collect());
}
