//! Random graphs of shared objects, with links of every kind, keep their shape.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(
    clippy::duplicate_mod,
    reason = "the same graphs, of two kinds of pointers"
)]

use std::sync::Arc;

use hicam_state::{Capture, Freeze, Objects, Restore, State, ThreadRestore, TypeTable, Value};

/// SplitMix64: the same numbers on every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }
}

#[path = "graph"]
mod arcs {
    use std::ops::DerefMut;
    use std::sync::{Arc as Strong, Mutex as Lock, OnceLock as Once, Weak};

    fn open<T>(lock: &Lock<T>) -> impl DerefMut<Target = T> {
        lock.lock().unwrap()
    }

    #[path = "things.rs"]
    pub(crate) mod things;
}

#[path = "graph"]
mod rcs {
    use std::cell::{OnceCell as Once, RefCell as Lock};
    use std::ops::DerefMut;
    use std::rc::{Rc as Strong, Weak};

    fn open<T>(lock: &Lock<T>) -> impl DerefMut<Target = T> {
        lock.borrow_mut()
    }

    #[path = "things.rs"]
    pub(crate) mod things;
}

/// Whether there are circles of fixed links.
fn has_knots(objects: &Objects) -> bool {
    format!("{objects:?}").contains("knots: [[")
}

/// What `read` reads from each of some values, begun anywhere.
fn in_any_order<T: Clone>(
    values: &[Value],
    random: &mut Random,
    read: impl Fn(&Value) -> T,
) -> Vec<T> {
    let mut restored: Vec<Option<T>> = vec![None; values.len()];
    let first = random.below(values.len());
    for step in 0..values.len() {
        let at = (first + step) % values.len();
        restored[at] = Some(read(&values[at]));
    }
    restored.into_iter().flatten().collect()
}

#[test]
fn random_graphs_keep_their_shape() {
    use arcs::things::{self, assert_gone, reached, shape, take_apart};

    let mut knots = 0;
    for seed in 0..400 {
        let mut random = Random(seed);
        let (builder, roots) = things::random(&mut random);
        let mut capture = Capture::new();
        let values: Vec<Value> = roots
            .iter()
            .map(|root| capture.value(root).unwrap())
            .collect();
        let (types, objects) = capture.finish().unwrap();
        knots += usize::from(has_knots(&objects));
        let restore = Restore::new(Arc::new(types), objects);
        let restored = in_any_order(&values, &mut random, |value| restore.value(value).unwrap());
        drop(restore);
        assert_eq!(shape(&restored), shape(&roots), "seed {seed}");
        take_apart(&builder.all);
        assert_gone(reached(restored), seed);
    }
    assert!(knots > 100, "{knots} graphs had circles of fixed links");
}

#[test]
fn random_graphs_of_one_thread_keep_their_shape_where_they_are_thawed_and_where_they_are_restored()
{
    use rcs::things::{self, Seen, Thing, assert_gone, reached, shape, take_apart};
    use std::rc::Rc;

    fn shape_of(
        restore: ThreadRestore,
        values: &[Value],
        (random, seed): (&mut Random, u64),
    ) -> Vec<Seen> {
        let restored = in_any_order(values, random, |value| {
            restore.value::<Rc<Thing>>(value).unwrap()
        });
        drop(restore);
        let found = shape(&restored);
        assert_gone(reached(restored), seed);
        found
    }

    let mut knots = 0;
    for seed in 0..400 {
        let mut random = Random(seed);
        let (builder, roots) = things::random(&mut random);
        // What no root leads to would hold some of the rest from outside.
        let within = reached(roots.clone());
        let mut outside = builder.all.clone();
        outside.retain(|thing| !within.iter().any(|known| Rc::ptr_eq(known, thing)));
        take_apart(&outside);
        drop(outside);
        drop(builder);
        let expected = shape(&roots);
        let mut freeze = Freeze::new();
        for root in &roots {
            freeze
                .value(<Rc<Thing>>::describe, |out| root.encode(out))
                .unwrap();
        }
        drop(within);
        let (frozen, graph) = freeze
            .finish()
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let all: Vec<_> = reached(roots).iter().map(Rc::downgrade).collect();
        graph.let_go();
        // A circle through a `OnceCell` is one of weak pointers here; all others are opened.
        assert!(
            all.iter().all(|thing| thing.strong_count() == 0),
            "seed {seed}"
        );

        let mut capture = Capture::new();
        // So that no object keeps the number that it had.
        let other = capture.value(&Arc::new(7u8)).unwrap();
        let values = capture.add(&frozen).unwrap();
        let (types, objects): (TypeTable, Objects) = capture.finish().unwrap();
        knots += usize::from(has_knots(&objects));
        let restore = Restore::new(Arc::new(types), objects);
        assert_eq!(*restore.value::<Arc<u8>>(&other).unwrap(), 7);
        let found = shape_of(restore.on_thread(), &values, (&mut random, seed));
        assert_eq!(found, expected, "restored, seed {seed}");

        let (restore, values) = frozen.thaw();
        let found = shape_of(restore, &values, (&mut random, seed));
        assert_eq!(found, expected, "thawed, seed {seed}");
    }
    assert!(knots > 100, "{knots} graphs had circles of fixed links");
}
