//! Random graphs of shared objects, with links of every kind, keep their shape.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, Weak};

use hicam_macros::State;
use hicam_state::{Capture, Restore, Value};

/// SplitMix64: the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }
}

type Both = (Weak<Thing>, Arc<Thing>);
/// A label, and the numbers of what strong and weak links lead to.
type Seen = (u32, Vec<usize>, Vec<Option<usize>>);

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Thing {
    label: u32,
    strong: Vec<Arc<Thing>>,
    weak: Vec<Weak<Thing>>,
    cell: Mutex<Vec<Arc<Thing>>>,
    once: OnceLock<Weak<Thing>>,
    keyed: Mutex<HashMap<u32, Both>>,
    bare: Mutex<(u8, Option<Arc<Thing>>)>,
}

#[derive(Default)]
struct Builder {
    /// Every object so far.
    all: Vec<Arc<Thing>>,
    /// Objects in the making.
    open: Vec<Weak<Thing>>,
    labels: u32,
}

impl Builder {
    /// An object; others are made inside it, which may point to it.
    fn thing(&mut self, depth: usize, random: &mut Random) -> Arc<Thing> {
        let thing = Arc::new_cyclic(|this| {
            self.open.push(Weak::clone(this));
            let mut strong = Vec::new();
            if depth > 0 {
                for _ in 0..random.below(4) {
                    let inner = self.thing(depth - 1, random);
                    if random.below(4) > 0 {
                        strong.push(inner);
                    }
                }
            }
            for _ in 0..random.below(3) {
                if !self.all.is_empty() {
                    strong.push(Arc::clone(&self.all[random.below(self.all.len())]));
                }
            }
            let mut weak: Vec<Weak<Thing>> = (0..random.below(3))
                .map(|_| Weak::clone(&self.open[random.below(self.open.len())]))
                .collect();
            if random.below(2) == 0 && !self.all.is_empty() {
                weak.push(Arc::downgrade(&self.all[random.below(self.all.len())]));
            }
            self.open.pop();
            self.labels += 1;
            Thing {
                label: self.labels,
                strong,
                weak,
                cell: Mutex::default(),
                once: OnceLock::new(),
                keyed: Mutex::default(),
                bare: Mutex::default(),
            }
        });
        self.all.push(Arc::clone(&thing));
        thing
    }

    /// Links that are made when all objects exist.
    fn connect(&self, random: &mut Random) {
        let mut any = || Arc::clone(&self.all[random.below(self.all.len())]);
        for _ in 0..self.all.len() / 3 {
            any().cell.lock().unwrap().push(any());
            // Some are set twice, which is no matter.
            let _ = any().once.set(Arc::downgrade(&any()));
            let (to, key) = (any(), any());
            let entry = (Arc::downgrade(&any()), any());
            to.keyed.lock().unwrap().insert(key.label, entry);
            any().bare.lock().unwrap().1 = Some(any());
        }
    }
}

/// All strong and weak links of an object, in an order of its own.
fn links(thing: &Thing) -> (Vec<Arc<Thing>>, Vec<Weak<Thing>>) {
    let mut strong = thing.strong.clone();
    let mut weak = thing.weak.clone();
    strong.extend(thing.cell.lock().unwrap().iter().cloned());
    weak.push(thing.once.get().cloned().unwrap_or_default());
    let keyed = thing.keyed.lock().unwrap();
    let mut keys: Vec<_> = keyed.keys().collect();
    keys.sort_unstable();
    for key in keys {
        weak.push(Weak::clone(&keyed[key].0));
        strong.push(Arc::clone(&keyed[key].1));
    }
    strong.extend(thing.bare.lock().unwrap().1.clone());
    (strong, weak)
}

/// What can be seen of a graph from some of its objects: for each object that they hold, in the order in which they are
/// found, its label and the objects it points to.
fn shape(roots: &[Arc<Thing>]) -> Vec<Seen> {
    let mut found: Vec<Arc<Thing>> = Vec::new();
    let mut numbers = HashMap::new();
    let mut number = |thing: &Arc<Thing>, found: &mut Vec<Arc<Thing>>| {
        *numbers.entry(Arc::as_ptr(thing)).or_insert_with(|| {
            found.push(Arc::clone(thing));
            found.len() - 1
        })
    };
    for root in roots {
        number(root, &mut found);
    }
    let mut next = 0;
    let mut strong = Vec::new();
    while let Some(thing) = found.get(next).cloned() {
        let (links, _) = links(&thing);
        strong.push(links.iter().map(|link| number(link, &mut found)).collect());
        next += 1;
    }
    let weak = found.iter().map(|thing| {
        let (_, links) = links(thing);
        let alive = |link: &Weak<Thing>| numbers.get(&link.as_ptr()).copied();
        links.iter().map(alive).collect()
    });
    found
        .iter()
        .zip(strong)
        .zip(weak)
        .map(|((thing, strong), weak)| (thing.label, strong, weak))
        .collect()
}

/// Strong circles leave nothing behind.
fn take_apart(things: &[Arc<Thing>]) {
    for thing in things {
        thing.cell.lock().unwrap().clear();
        thing.keyed.lock().unwrap().clear();
        thing.bare.lock().unwrap().1 = None;
    }
}

#[test]
fn random_graphs_keep_their_shape() {
    let mut knots = 0;
    for seed in 0..400 {
        let mut random = Random(seed);
        let mut builder = Builder::default();
        for _ in 0..=random.below(4) {
            let depth = random.below(6);
            builder.thing(depth, &mut random);
        }
        builder.connect(&mut random);
        let roots: Vec<Arc<Thing>> = (0..=random.below(4))
            .map(|_| Arc::clone(&builder.all[random.below(builder.all.len())]))
            .collect();
        let mut capture = Capture::new();
        let values: Vec<Value> = roots
            .iter()
            .map(|root| capture.value(root).unwrap())
            .collect();
        let (types, objects) = capture.finish().unwrap();
        knots += usize::from(format!("{objects:?}").contains("knots: [["));
        let restore = Restore::new(Arc::new(types), objects);
        // In any order.
        let mut restored: Vec<Option<Arc<Thing>>> = vec![None; roots.len()];
        let first = random.below(roots.len());
        for step in 0..roots.len() {
            let at = (first + step) % roots.len();
            restored[at] = Some(restore.value(&values[at]).unwrap());
        }
        drop(restore);
        let restored: Vec<_> = restored.into_iter().flatten().collect();
        assert_eq!(shape(&restored), shape(&roots), "seed {seed}");
        take_apart(&builder.all);
        let mut all = restored;
        let mut next = 0;
        while let Some(thing) = all.get(next).cloned() {
            next += 1;
            for link in links(&thing).0 {
                if !all.iter().any(|known| Arc::ptr_eq(known, &link)) {
                    all.push(link);
                }
            }
        }
        take_apart(&all);
        let weak: Vec<_> = all.iter().map(Arc::downgrade).collect();
        drop(all);
        assert!(
            weak.iter().all(|thing| thing.strong_count() == 0),
            "seed {seed}"
        );
    }
    assert!(knots > 100, "{knots} graphs had circles of fixed links");
}
