//! Values that are never mentioned again, and whose drop is seen all the same. Each program stands beside its plain version.

#![allow(
    clippy::needless_borrow,
    clippy::single_match,
    clippy::needless_late_init,
    clippy::unwrap_used,
    clippy::panic,
    reason = "programs as people write them, and tests may fail"
)]

use std::sync::{Arc, Mutex};

use hicam::__private::state::{DecodeError, Decoder, EncodeError, Encoder, TypeId, TypeTable};
use hicam::testing::every_point;

type Log = Arc<Mutex<Vec<u32>>>;

/// Writes its number into a log when it is dropped.
struct Noted(u32, Log);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

impl hicam::State for Noted {
    fn describe(types: &mut TypeTable) -> TypeId {
        <(u32, Log)>::describe(types)
    }
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        (self.0, Arc::clone(&self.1)).encode(out)
    }
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let (number, log) = hicam::State::decode(input)?;
        Ok(Noted(number, log))
    }
}

/// Data that only contains something whose drop is seen.
#[derive(hicam::State)]
struct Job {
    name: String,
    noted: Option<Noted>,
    next: Vec<Job>,
}

/// Plain data that contains itself.
#[derive(hicam::State)]
struct Tree {
    value: u64,
    below: Vec<Tree>,
}

/// Plain data that contains itself by way of another type.
#[derive(hicam::State)]
enum Word {
    Text(String),
    Group(Vec<Sentence>),
}

#[derive(hicam::State)]
#[hicam(plain)]
struct Sentence {
    words: Vec<Word>,
}

/// Plain data that serde captures.
#[derive(serde::Serialize, serde::Deserialize)]
struct Order {
    count: u64,
    lines: Vec<String>,
}

impl Order {
    fn total(&self) -> u64 {
        self.count + self.lines.len() as u64
    }
}

fn seen(log: &Log) -> Vec<u32> {
    log.lock().unwrap().clone()
}

/// Compares a program with its plain version, as ordinary code and captured at every point.
macro_rules! programs {
    ($($name:ident: $plain:path => $annotated:path;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let expected = $plain().await;
                assert_eq!($annotated().await, expected, "as ordinary code");
                match every_point(|| $annotated()).await {
                    Ok(points) => assert!(points > 0),
                    Err(error) => panic!("{error}"),
                }
            }
        )*
    };
}

/// The same source twice: as it is, and annotated.
macro_rules! twice {
    ($($(#[$attr:meta])* async fn $name:ident() -> $ty:ty $body:block)*) => {
        mod plain {
            use super::*;
            $($(#[$attr])* pub(super) async fn $name() -> $ty $body)*
        }
        mod annotated {
            use super::*;
            $($(#[$attr])* #[hicam::migratable] pub(super) async fn $name() -> $ty $body)*
        }
        programs! { $($name: plain::$name => annotated::$name;)* }
    };
}
twice! {
    async fn an_arc_keeps_a_weak_alive() -> bool {
        let keep = Arc::new(5u64);
        let weak = Arc::downgrade(&keep);
        hicam::point().await;
        weak.upgrade().is_some()
    }

    async fn until_the_end_of_its_block() -> Vec<bool> {
        let mut seen = Vec::new();
        let weak = {
            let _keep = Arc::new("x".to_owned());
            let weak = Arc::downgrade(&_keep);
            hicam::point().await;
            seen.push(weak.upgrade().is_some());
            weak
        };
        hicam::point().await;
        seen.push(weak.upgrade().is_some());
        seen
    }

    async fn in_reverse_order() -> Vec<u32> {
        let log = Log::default();
        {
            let _one = Noted(1, Arc::clone(&log));
            let used = Noted(2, Arc::clone(&log));
            let _three = Noted(3, Arc::clone(&log));
            hicam::point().await;
            log.lock().unwrap().push(used.0 + 10);
            let _four = Noted(4, Arc::clone(&log));
            hicam::point().await;
            log.lock().unwrap().push(20);
        }
        hicam::point().await;
        seen(&log)
    }

    async fn in_a_loop() -> Vec<u32> {
        let log = Log::default();
        for i in 0..3u32 {
            let _noted = Noted(i, Arc::clone(&log));
            if i == 1 {
                continue;
            }
            hicam::point().await;
            log.lock().unwrap().push(10 + i);
            if i == 2 {
                break;
            }
        }
        seen(&log)
    }

    async fn elements_of_a_vector() -> Vec<u32> {
        let log = Log::default();
        let list = vec![Noted(1, Arc::clone(&log)), Noted(2, Arc::clone(&log))];
        for noted in list {
            log.lock().unwrap().push(10 + noted.0);
            hicam::point().await;
            log.lock().unwrap().push(20);
        }
        seen(&log)
    }

    async fn within_data() -> Vec<u32> {
        let log = Log::default();
        {
            let job = Job {
                name: "a".to_owned(),
                noted: None,
                next: vec![Job { name: "bc".to_owned(), noted: Some(Noted(7, Arc::clone(&log))), next: Vec::new() }],
            };
            let size = job.name.len() + (&job).next.len();
            hicam::point().await;
            log.lock().unwrap().push(size as u32);
        }
        seen(&log)
    }

    async fn matched() -> Vec<u32> {
        let log = Log::default();
        let some = Some(Noted(1, Arc::clone(&log)));
        match some {
            Some(_noted) => {
                hicam::point().await;
                log.lock().unwrap().push(2);
            }
            None => {}
        }
        hicam::point().await;
        seen(&log)
    }

    async fn moved_at_once() -> Vec<u32> {
        let log = Log::default();
        let noted = Noted(1, Arc::clone(&log));
        drop(noted);
        hicam::point().await;
        log.lock().unwrap().push(2);
        seen(&log)
    }

    async fn an_early_return() -> Vec<u32> {
        let log = Log::default();
        leaves_early(&log).await;
        seen(&log)
    }

    async fn plain_data() -> u64 {
        let tree = Tree { value: 1, below: vec![Tree { value: 2, below: Vec::new() }] };
        let orders = vec![Order { count: 3, lines: vec!["x".to_owned()] }];
        let order = Order { count: 4, lines: Vec::new() };
        let borrowed: Vec<&Order> = orders.iter().collect();
        let sentence = Sentence { words: vec![Word::Text(String::new()), Word::Group(Vec::new())] };
        let text = String::from_utf8_lossy(b"abc");
        let mut sum = tree.value + tree.below[0].value + order.total() + borrowed.len() as u64 + text.len() as u64;
        sum += sentence.words.len() as u64;
        sum += orders.iter().map(Order::total).sum::<u64>();
        hicam::point().await;
        sum
    }

    async fn assigned_later() -> usize {
        let text;
        let numbers;
        text = String::from("abc");
        numbers = [text.len(), 1];
        let sum = numbers.iter().sum::<usize>();
        hicam::point().await;
        sum
    }

    async fn an_arc_with_methods() -> bool {
        let keep = Arc::new(Order { count: 4, lines: Vec::new() });
        let total = keep.total() + keep.count;
        let weak = Arc::downgrade(&keep);
        hicam::point().await;
        weak.upgrade().is_some() && total == 8
    }

    async fn an_argument() -> Vec<u32> {
        let log = Log::default();
        holds(Noted(1, Arc::clone(&log)), Arc::clone(&log)).await;
        log.lock().unwrap().push(3);
        seen(&log)
    }

    async fn the_value_of_a_call() -> Vec<u32> {
        let log = Log::default();
        {
            let _noted = makes(&log).await;
            log.lock().unwrap().push(2);
            hicam::point().await;
            log.lock().unwrap().push(3);
        }
        seen(&log)
    }
}

#[hicam::migratable]
async fn leaves_early(log: &Log) -> Option<u32> {
    let _noted = Noted(1, Arc::clone(log));
    hicam::point().await;
    let end = seen(log).first().copied()?;
    log.lock().unwrap().push(2);
    Some(end)
}

#[hicam::migratable]
async fn holds(_noted: Noted, log: Log) {
    hicam::point().await;
    log.lock().unwrap().push(2);
}

#[hicam::migratable]
async fn makes(log: &Log) -> Noted {
    Noted(1, Arc::clone(log))
}
