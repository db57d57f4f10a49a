//! When an operand is looked at that stands before one that waits: numbers before it, what is borrowed after it.

use std::time::Duration;

use super::drop_order::{Log, log, out, say, step};
use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Entry {
    name: String,
    tags: Vec<String>,
    count: u32,
    next: Option<u32>,
}

#[hicam::migratable]
async fn text(n: u32) -> String {
    hicam::point().await;
    n.to_string()
}

#[hicam::migratable]
async fn texts(n: u32) -> Vec<String> {
    hicam::point().await;
    vec![n.to_string(), text(n).await]
}

#[hicam::migratable]
impl Entry {
    async fn bump(&mut self) -> u32 {
        self.count += 40;
        self.next = None;
        hicam::point().await;
        self.count
    }
    async fn look(&self) -> u32 {
        hicam::point().await;
        self.count
    }
    /// Comparisons borrow both sides.
    async fn compared(&mut self) -> Vec<bool> {
        let local = "7".to_owned();
        let list = vec!["7".to_owned(), "8".to_owned()];
        let mut found = vec![
            local == text(7).await,
            self.name != text(8).await,
            list[0] == text(7).await,
            self.tags[1] < text(9).await,
            list == texts(7).await,
            self.tags[1..] == texts(3).await[..],
            local.as_str() == text(7).await.as_str(),
            *local == *text(6).await,
            local.cmp(&text(7).await).is_eq(),
        ];
        assert!(list != texts(7).await, "not the same");
        assert!(local == text(7).await);
        // Numbers are read before.
        found.push(self.count == self.bump().await);
        found.push(self.count < self.look().await + 1);
        let mut n = 1;
        found.push(
            n == {
                n = 5;
                text(n).await.len() as u32
            },
        );
        found.push(n == 5 && local.len() == list.len() - 1);
        found
    }
    /// So are those that a `vec!` is made of.
    async fn listed(&mut self) -> Vec<u32> {
        let mut n = 1;
        let first = vec![
            n,
            {
                n = 5;
                self.bump().await
            },
            n,
        ];
        let second = vec![self.count, self.bump().await, self.count];
        [first, second].concat()
    }
    /// And receivers of numbers' methods.
    async fn received(&mut self) -> Vec<Option<u32>> {
        let most = self.count.max(self.bump().await);
        let sum = self.count.checked_add(self.bump().await);
        let least = self.count.min(self.look().await);
        let next = self.next.or(Some(3)).map(|n| n + 1);
        self.tags.push(self.look().await.to_string());
        vec![Some(most), sum, Some(least), next]
    }
}

fn entry() -> Entry {
    Entry {
        name: "8".to_owned(),
        tags: vec!["7".to_owned(), "8".to_owned()],
        count: 3,
        next: Some(1),
    }
}

/// Methods of the user's own with the names of numbers' methods.
#[derive(Debug, Clone, Copy, PartialEq, hicam::State)]
pub(crate) struct Range2(u32, u32);

impl Range2 {
    fn max(&mut self, n: u32) -> u32 {
        self.1 = self.1.max(n);
        self.1
    }
    fn clamp(&self, n: u32) -> u32 {
        n.clamp(self.0, self.1)
    }
}

#[derive(hicam::State)]
pub(crate) struct Parser {
    rest: String,
}

impl Parser {
    fn expect(&mut self, count: usize) -> usize {
        self.rest.drain(..count);
        self.rest.len()
    }
}

#[hicam::migratable]
async fn own_methods(l: &Log) -> (Range2, u32) {
    let mut range = Range2(1, 2);
    range.max(step(l, 7).await);
    let n = range.clamp(step(l, 40).await);
    (range, n)
}

#[hicam::migratable]
async fn parsed(parser: &mut Parser, l: &Log) -> usize {
    let left = parser.expect(step(l, 1).await as usize);
    left + parser.expect(step(l, 2).await as usize)
}

/// What is assigned to is found after the right side if it is a number, which it says.
#[hicam::migratable]
async fn assigned(l: &Log) -> (Vec<u32>, Duration) {
    let mut list = vec![1, 2, 3];
    let mut time = Duration::ZERO;
    *list.last_mut().unwrap_or(&mut 0) += step(l, 4).await;
    list[usize::min(1, 7)] += step(l, 5).await;
    time += Duration::from_secs(u64::from(step(l, 6).await));
    (list, time)
}

#[hicam::migratable]
async fn all() -> Vec<u32> {
    let l = log();
    let compared = entry().compared().await;
    compared.iter().for_each(|same| say(&l, u32::from(*same)));
    let listed = entry().listed().await;
    listed.iter().for_each(|n| say(&l, *n));
    let received = entry().received().await;
    received.iter().for_each(|n| say(&l, n.unwrap_or(99)));
    let (range, n) = own_methods(&l).await;
    say(&l, range.1 * 100 + n);
    let mut parser = Parser {
        rest: "a text".to_owned(),
    };
    let left = parsed(&mut parser, &l).await;
    say(&l, left as u32);
    let (list, time) = assigned(&l).await;
    list.iter().for_each(|n| say(&l, *n));
    say(&l, time.as_secs() as u32);
    out(l)
}

programs! {
    looked_at;
    operands_that_are_looked_at: all();
}
