//! Graphs of objects with links of every kind; which pointers and cells they are made of, the module around says.

use std::collections::HashMap;

use hicam_macros::State;

use super::{Lock, Once, Strong, Weak, open};
use crate::Random;

type Both = (Weak<Thing>, Strong<Thing>);
/// A label, and the numbers of what strong and weak links lead to.
pub(crate) type Seen = (u32, Vec<usize>, Vec<Option<usize>>);

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub(crate) struct Thing {
    label: u32,
    strong: Vec<Strong<Thing>>,
    weak: Vec<Weak<Thing>>,
    cell: Lock<Vec<Strong<Thing>>>,
    once: Once<Weak<Thing>>,
    keyed: Lock<HashMap<u32, Both>>,
    bare: Lock<(u8, Option<Strong<Thing>>)>,
}

#[derive(Default)]
pub(crate) struct Builder {
    /// Every object so far.
    pub(crate) all: Vec<Strong<Thing>>,
    /// Objects in the making.
    open: Vec<Weak<Thing>>,
    labels: u32,
}

impl Builder {
    /// An object; others are made inside it, which may point to it.
    pub(crate) fn thing(&mut self, depth: usize, random: &mut Random) -> Strong<Thing> {
        let thing = Strong::new_cyclic(|this| {
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
                    strong.push(Strong::clone(&self.all[random.below(self.all.len())]));
                }
            }
            let mut weak: Vec<Weak<Thing>> = (0..random.below(3))
                .map(|_| Weak::clone(&self.open[random.below(self.open.len())]))
                .collect();
            if random.below(2) == 0 && !self.all.is_empty() {
                weak.push(Strong::downgrade(&self.all[random.below(self.all.len())]));
            }
            self.open.pop();
            self.labels += 1;
            Thing {
                label: self.labels,
                strong,
                weak,
                cell: Lock::default(),
                once: Once::new(),
                keyed: Lock::default(),
                bare: Lock::default(),
            }
        });
        self.all.push(Strong::clone(&thing));
        thing
    }

    /// Links that are made when all objects exist.
    pub(crate) fn connect(&self, random: &mut Random) {
        let mut any = || Strong::clone(&self.all[random.below(self.all.len())]);
        for _ in 0..self.all.len() / 3 {
            open(&any().cell).push(any());
            // Some are set twice, which is no matter.
            let _ = any().once.set(Strong::downgrade(&any()));
            let (to, key) = (any(), any());
            let entry = (Strong::downgrade(&any()), any());
            open(&to.keyed).insert(key.label, entry);
            open(&any().bare).1 = Some(any());
        }
    }
}

/// All strong and weak links of an object, in an order of its own.
pub(crate) fn links(thing: &Thing) -> (Vec<Strong<Thing>>, Vec<Weak<Thing>>) {
    let mut strong = thing.strong.clone();
    let mut weak = thing.weak.clone();
    strong.extend(open(&thing.cell).iter().cloned());
    weak.push(thing.once.get().cloned().unwrap_or_default());
    let keyed = open(&thing.keyed);
    let mut keys: Vec<_> = keyed.keys().collect();
    keys.sort_unstable();
    for key in keys {
        weak.push(Weak::clone(&keyed[key].0));
        strong.push(Strong::clone(&keyed[key].1));
    }
    strong.extend(open(&thing.bare).1.clone());
    (strong, weak)
}

/// What can be seen of a graph from some of its objects: for each object that they hold, in the order in which they are
/// found, its label and the objects it points to.
pub(crate) fn shape(roots: &[Strong<Thing>]) -> Vec<Seen> {
    let mut found: Vec<Strong<Thing>> = Vec::new();
    let mut numbers = HashMap::new();
    let mut number = |thing: &Strong<Thing>, found: &mut Vec<Strong<Thing>>| {
        *numbers.entry(Strong::as_ptr(thing)).or_insert_with(|| {
            found.push(Strong::clone(thing));
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
pub(crate) fn take_apart(things: &[Strong<Thing>]) {
    for thing in things {
        open(&thing.cell).clear();
        open(&thing.keyed).clear();
        open(&thing.bare).1 = None;
    }
}

/// Every object that strong links lead to.
pub(crate) fn reached(mut all: Vec<Strong<Thing>>) -> Vec<Strong<Thing>> {
    let mut next = 0;
    while let Some(thing) = all.get(next).cloned() {
        next += 1;
        for link in links(&thing).0 {
            if !all.iter().any(|known| Strong::ptr_eq(known, &link)) {
                all.push(link);
            }
        }
    }
    all
}

/// A graph, and some of its objects.
pub(crate) fn random(random: &mut Random) -> (Builder, Vec<Strong<Thing>>) {
    let mut builder = Builder::default();
    for _ in 0..=random.below(4) {
        let depth = random.below(6);
        builder.thing(depth, random);
    }
    builder.connect(random);
    let roots = (0..=random.below(4))
        .map(|_| Strong::clone(&builder.all[random.below(builder.all.len())]))
        .collect();
    (builder, roots)
}

/// What is left of a graph that was taken apart is an error.
pub(crate) fn assert_gone(all: Vec<Strong<Thing>>, seed: u64) {
    take_apart(&all);
    let weak: Vec<_> = all.iter().map(Strong::downgrade).collect();
    drop(all);
    assert!(
        weak.iter().all(|thing| thing.strong_count() == 0),
        "seed {seed}"
    );
}
