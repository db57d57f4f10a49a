//! `Rc`, which cannot leave its thread: alive at the heads of loops, between two awaits.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

use super::{hicam, programs};

#[derive(Debug, hicam::State)]
pub(crate) struct Node {
    value: u32,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

impl Node {
    fn new(value: u32) -> Rc<Node> {
        Rc::new(Node {
            value,
            parent: RefCell::default(),
            children: RefCell::default(),
        })
    }

    fn adopt(self: &Rc<Node>, child: &Rc<Node>) {
        *child.parent.borrow_mut() = Rc::downgrade(self);
        self.children.borrow_mut().push(Rc::clone(child));
    }
}

#[hicam::migratable]
async fn tree() -> (u32, Vec<u32>, usize, bool) {
    hicam::point().await;
    let found = {
        let root = Node::new(0);
        let mut all = vec![Rc::clone(&root)];
        for value in 1..7 {
            let node = Node::new(value);
            all[value as usize / 2].adopt(&node);
            all.push(node);
        }
        let leaf = Rc::clone(&all[6]);
        drop(all);
        let mut path = Vec::new();
        let mut at = Rc::clone(&leaf);
        while let Some(up) = {
            let up = at.parent.borrow().upgrade();
            up
        } {
            path.push(at.value);
            at = up;
        }
        let same = Rc::ptr_eq(&at, &root);
        (leaf.value, path, Rc::strong_count(&root), same)
    };
    hicam::point().await;
    found
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Link {
    value: u64,
    next: Option<Rc<RefCell<Link>>>,
}

fn link(value: u64, next: Option<Rc<RefCell<Link>>>) -> Rc<RefCell<Link>> {
    Rc::new(RefCell::new(Link { value, next }))
}

#[hicam::migratable]
async fn list(n: u64) -> Vec<u64> {
    let values = {
        let mut first: Option<Rc<RefCell<Link>>> = None;
        for value in 0..n {
            let next = first.take();
            first = Some(link(value, next));
        }
        // Reversed in place.
        let mut reversed = None;
        let mut rest = first;
        while let Some(link) = rest {
            rest = std::mem::replace(&mut link.borrow_mut().next, reversed);
            reversed = Some(link);
        }
        let mut values = Vec::new();
        let mut at = reversed.clone();
        while let Some(link) = at {
            values.push(link.borrow().value * 10 + Rc::strong_count(&link) as u64);
            at = link.borrow().next.clone();
        }
        drop(reversed);
        values
    };
    hicam::point().await;
    values
}

#[hicam::migratable]
async fn ring() -> (Vec<u64>, usize, usize) {
    let seen = {
        let first = link(1, None);
        let mut last = Rc::clone(&first);
        for value in 2..5 {
            let next = link(value, None);
            last.borrow_mut().next = Some(Rc::clone(&next));
            last = next;
        }
        last.borrow_mut().next = Some(Rc::clone(&first));
        let watch = Rc::downgrade(&first);
        let mut seen = Vec::new();
        let mut at = Rc::clone(&last);
        for _ in 0..6 {
            seen.push(at.borrow().value);
            let next = at.borrow().next.clone();
            at = next.unwrap_or_else(|| Rc::clone(&first));
        }
        let counts = (Rc::strong_count(&first), Rc::weak_count(&first));
        last.borrow_mut().next = None;
        drop((at, last, first));
        assert!(watch.upgrade().is_none());
        (seen, counts.0, counts.1)
    };
    hicam::point().await;
    seen
}

#[hicam::migratable]
async fn one_in_several_places() -> (Vec<u32>, bool, usize) {
    let result = {
        let one = Rc::new(Cell::new(1));
        let two = Rc::clone(&one);
        let list = vec![Rc::clone(&one), Rc::new(Cell::new(1)), Rc::clone(&two)];
        let by_name: HashMap<String, Rc<Cell<u32>>> = list
            .iter()
            .enumerate()
            .map(|(at, cell)| (format!("n{at}"), Rc::clone(cell)))
            .collect();
        let pair = (7, Some(Rc::clone(&list[1])));
        for add in 0..4 {
            one.set(one.get() + add);
            by_name["n1"].set(by_name["n1"].get() * 2);
            two.set(two.get() + 100);
        }
        let (_, other) = &pair;
        let other = other.as_ref().map_or(0, |cell| cell.get());
        let values = list.iter().map(|cell| cell.get()).chain([other]).collect();
        (values, Rc::ptr_eq(&one, &list[2]), Rc::strong_count(&two))
    };
    hicam::point().await;
    result
}

#[derive(Debug, Clone, hicam::State)]
pub(crate) enum Shape {
    Dot,
    Group(Vec<Rc<Shape>>),
    Named { name: Rc<str>, of: Rc<Shape> },
}

#[hicam::migratable]
async fn own_types() -> (usize, bool, String) {
    let result = {
        let name: Rc<str> = Rc::from("origin");
        let dot = Rc::new(Shape::Named {
            name: Rc::clone(&name),
            of: Rc::new(Shape::Dot),
        });
        let group = Rc::new(Shape::Group(vec![Rc::clone(&dot), Rc::clone(&dot)]));
        let whole = Shape::Group(vec![group, dot]);
        let mut waiting = vec![Rc::new(whole)];
        let (mut dots, mut names) = (0, Vec::new());
        while let Some(shape) = waiting.pop() {
            match &*shape {
                Shape::Dot => dots += 1,
                Shape::Group(parts) => waiting.extend(parts.iter().cloned()),
                Shape::Named { name, of } => {
                    names.push(Rc::clone(name));
                    waiting.push(Rc::clone(of));
                }
            }
        }
        let same = names.iter().all(|other| Rc::ptr_eq(other, &name));
        (dots, same, names.concat())
    };
    hicam::point().await;
    result
}

#[hicam::migratable]
async fn slices_and_text(words: Vec<String>) -> (Vec<usize>, bool) {
    let result = {
        let words: Rc<[Rc<str>]> = words.iter().map(|word| Rc::from(word.as_str())).collect();
        let again = Rc::clone(&words);
        let mut lengths: HashMap<Rc<str>, usize> = HashMap::new();
        let mut seen: HashSet<Rc<str>> = HashSet::new();
        for at in 0..words.len() {
            let word = Rc::clone(&words[at]);
            seen.insert(Rc::clone(&word));
            *lengths.entry(word).or_default() += again[at].len();
        }
        let sorted: BTreeMap<Rc<str>, usize> = lengths.into_iter().collect();
        let same = sorted
            .keys()
            .all(|key| words.iter().any(|word| Rc::ptr_eq(word, key)));
        (sorted.into_values().chain([seen.len()]).collect(), same)
    };
    hicam::point().await;
    result
}

#[derive(Debug, hicam::State)]
pub(crate) struct Worker {
    ledger: Arc<Mutex<Vec<u32>>>,
    peers: RefCell<Vec<Weak<Worker>>>,
    number: u32,
}

/// What an `Arc` in the graph points to is the same object for the caller, who waits meanwhile.
#[hicam::migratable]
async fn work(ledger: Arc<Mutex<Vec<u32>>>) -> usize {
    let workers: Vec<Rc<Worker>> = (0..3)
        .map(|number| {
            Rc::new(Worker {
                ledger: Arc::clone(&ledger),
                peers: RefCell::default(),
                number,
            })
        })
        .collect();
    for worker in &workers {
        for peer in &workers {
            worker.peers.borrow_mut().push(Rc::downgrade(peer));
        }
    }
    let mut turns = VecDeque::from_iter(workers.iter().map(Rc::clone));
    let mut count = 0;
    while let Some(worker) = turns.pop_front() {
        for peer in worker.peers.take() {
            let number = peer.upgrade().map_or(100, |peer| peer.number);
            ledger.lock().unwrap().push(number);
            worker.ledger.lock().unwrap().push(worker.number);
            count += 1;
        }
    }
    count
}

#[hicam::migratable]
async fn arcs_inside() -> (Vec<u32>, usize, usize) {
    let ledger = Arc::new(Mutex::new(Vec::new()));
    let count = work(Arc::clone(&ledger)).await;
    hicam::point().await;
    let strong = Arc::strong_count(&ledger);
    let values = ledger.lock().unwrap().clone();
    (values, count, strong)
}

#[hicam::migratable]
async fn moved_and_made_again() -> (Vec<u32>, usize) {
    let result = {
        let keep = Rc::new(RefCell::new(Vec::new()));
        let mut buffer = Rc::new(Cell::new(0));
        let mut sent: Vec<Rc<Cell<u32>>> = Vec::new();
        for i in 0..4 {
            buffer.set(i * i);
            for _ in 0..2 {
                buffer.set(buffer.get() + 1);
            }
            sent.push(buffer);
            keep.borrow_mut().push(i);
            buffer = Rc::clone(&sent[0]);
        }
        let total = Rc::strong_count(&buffer);
        (sent.iter().map(|cell| cell.get()).collect(), total)
    };
    hicam::point().await;
    result
}

/// The last mention of `owner` is before the loop, but `watch` sees it until its scope ends.
#[hicam::migratable]
async fn dead_but_in_scope() -> (u32, bool) {
    let (sum, watch) = {
        let owner = Rc::new(5);
        let watch = Rc::downgrade(&owner);
        let mut sum = 0;
        for i in 0..3 {
            sum += i + watch.upgrade().map_or(100, |five| *five);
        }
        (sum, watch.upgrade().is_some())
    };
    hicam::point().await;
    (sum, watch)
}

/// One that is gone before the loop.
#[hicam::migratable]
async fn dead_before() -> (u32, usize) {
    let result = {
        let one = Rc::new(Cell::new(1));
        let other = Rc::clone(&one);
        let watch = Rc::downgrade(&one);
        drop(one);
        let mut sum = 0;
        for i in 0..3 {
            sum += i + other.get();
            other.set(sum);
        }
        (sum, watch.strong_count())
    };
    hicam::point().await;
    result
}

#[hicam::migratable]
async fn owned_loops_over_rcs() -> (u32, usize) {
    let result = {
        let one = Rc::new(Cell::new(1));
        let list = vec![Rc::clone(&one), Rc::new(Cell::new(7)), Rc::clone(&one)];
        let mut sum = 0;
        for (at, cell) in list.into_iter().enumerate() {
            for _ in 0..=at {
                cell.set(cell.get() + 1);
                sum += one.get();
            }
        }
        (sum, Rc::strong_count(&one))
    };
    hicam::point().await;
    result
}

#[hicam::migratable]
async fn borrowed_loops_over_rcs() -> u32 {
    let sum = {
        let one = Rc::new(Cell::new(1));
        let list = vec![Rc::clone(&one), Rc::new(Cell::new(7)), one];
        let mut sum = 0;
        for cell in &list {
            let mut left = 2;
            while left > 0 {
                left -= 1;
                cell.set(cell.get() + 1);
                sum += list[0].get();
            }
        }
        for cell in list.iter().rev() {
            sum = sum * 3 + cell.get();
        }
        sum
    };
    hicam::point().await;
    sum
}

/// A graph in each of several passes of a loop that waits.
#[hicam::migratable]
async fn within_a_loop_that_waits(rounds: u32) -> Vec<u32> {
    let mut results = Vec::new();
    for round in 0..rounds {
        let sum = {
            let base = Rc::new(round);
            let copies = [Rc::clone(&base), base];
            let mut sum = 0;
            for copy in copies {
                sum += *copy + Rc::strong_count(&copy) as u32;
            }
            sum
        };
        hicam::point().await;
        results.push(sum);
    }
    results
}

/// No `.await` in it at all.
#[hicam::migratable]
async fn without_waiting(n: u32) -> (u32, usize) {
    let counter = Rc::new(Cell::new(0));
    let clones: Vec<_> = (0..n).map(|_| Rc::clone(&counter)).collect();
    for clone in &clones {
        clone.set(clone.get() + 1);
        if clone.get() == 2 {
            continue;
        }
    }
    (counter.get(), Rc::strong_count(&counter))
}

#[derive(Debug, hicam::State)]
pub(crate) struct Lazy {
    name: OnceCell<Rc<str>>,
    from: Option<Weak<Lazy>>,
}

/// Made by `new_cyclic`, so that each is in the other before either exists.
#[hicam::migratable]
async fn knots() -> (Vec<String>, bool) {
    let result = {
        let this = Rc::new_cyclic(|this| Lazy {
            name: OnceCell::new(),
            from: Some(Weak::clone(this)),
        });
        let mut names = Vec::new();
        for i in 0..3 {
            let up = this.from.as_ref().and_then(Weak::upgrade);
            let name = this.name.get_or_init(|| Rc::from("first"));
            names.push(format!("{name} {i} {}", up.is_some()));
        }
        let same = this.from.as_ref().and_then(Weak::upgrade);
        (names, same.is_some_and(|same| Rc::ptr_eq(&same, &this)))
    };
    hicam::point().await;
    result
}

#[hicam::migratable]
async fn generic<T: Clone + hicam::State>(value: T, times: usize) -> Vec<T>
where
    T: Send,
{
    let shared = Rc::new(RefCell::new(Vec::new()));
    let one = Rc::new(value);
    for _ in 0..times {
        let other = Rc::clone(&shared);
        other.borrow_mut().push((*one).clone());
    }
    shared.take()
}

/// Values that can be anywhere and values that cannot, in one frame.
#[hicam::migratable]
async fn beside_others() -> (u32, String, Vec<u32>) {
    let mut text = String::from("a");
    let numbers = vec![3, 4, 5];
    let result = {
        let rc = Rc::new(Cell::new(1));
        let arc = Arc::new(Mutex::new(2));
        let holder = (Rc::new(Arc::clone(&arc)), Rc::clone(&rc));
        let mut left = numbers.clone();
        while let Some(number) = left.pop() {
            text.push('b');
            *arc.lock().unwrap() += number;
            rc.set(rc.get() + *holder.0.lock().unwrap());
        }
        assert!(Arc::ptr_eq(&arc, &holder.0));
        holder.1.get()
    };
    hicam::point().await;
    (result, text, numbers)
}

programs! {
    rc;
    a_tree_of_rc: tree() => (6, vec![6, 3, 1], 2, true);
    a_list_that_is_turned_round: list(5);
    a_ring_of_rc: ring() => (vec![4, 1, 2, 3, 4, 1], 2, 1);
    one_rc_in_several_places: one_in_several_places();
    rc_in_own_types: own_types() => (3, true, "originoriginorigin".to_owned());
    rc_of_slices_and_text: slices_and_text(["b", "a", "b", "cc"].map(String::from).to_vec());
    arcs_in_a_graph_of_rc: arcs_inside();
    an_rc_that_is_moved_and_made_again: moved_and_made_again();
    an_rc_that_is_dead_but_in_scope: dead_but_in_scope() => (18, true);
    an_rc_that_is_gone: dead_before();
    loops_that_own_rcs: owned_loops_over_rcs();
    loops_that_borrow_rcs: borrowed_loops_over_rcs();
    rc_within_a_loop_that_waits: within_a_loop_that_waits(3);
    rc_without_waiting: without_waiting(4) => (4, 5);
    rc_in_knots: knots();
    rc_of_any_type: generic(String::from("x"), 3);
    rc_beside_others: beside_others();
}
