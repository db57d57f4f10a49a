//! Which objects depend on one another in circles, and in what order they can be made.

use std::collections::HashMap;

use super::objects::Tied;
use crate::error::EncodeErrorKind;
use crate::{MAX_DEPTH, STACK_CHUNK, STACK_RED_ZONE};

/// A pointer in the content of one object to another that cannot be stored after the object is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) strong: bool,
}

/// The groups of objects that links connect in circles.
///
/// # Errors
/// Strong links alone form a circle: no order of making the objects exists. `name` tells their types.
/// Or more objects than [`MAX_DEPTH`] would have to be in the making at once.
pub(super) fn find(
    count: usize,
    links: &[Link],
    name: impl Fn(u32) -> &'static str,
) -> Result<Vec<Vec<Tied>>, EncodeErrorKind> {
    // Objects are numbered as they are found; if every link leads onwards, there is no circle.
    if links.iter().all(|link| link.from < link.to) {
        return Ok(Vec::new());
    }
    let graph = Graph::new(count, links);
    let mut search = Search::new(&graph);
    let all: Vec<u32> = (1..).take(count).collect();
    let mut knots = Vec::new();
    for component in search.components(&all) {
        let first = component.first().copied().unwrap_or_default();
        if component.len() == 1 && !graph.of(first).iter().any(|(to, _)| *to == first) {
            continue;
        }
        let order = in_order(&graph, &component).map_err(|numbers| {
            let mut types: Vec<&str> = numbers.into_iter().map(&name).collect();
            types.sort_unstable();
            types.dedup();
            EncodeErrorKind::StrongCycle(types.join("`, `"))
        })?;
        for (rank, number) in order.iter().enumerate() {
            search.ranks[*number as usize] = rank;
        }
        let mut knot = Vec::with_capacity(order.len());
        search.untie(component, 0, &mut knot)?;
        knots.push(knot);
    }
    Ok(knots)
}

/// The links by the object they start from.
struct Graph {
    starts: Vec<usize>,
    targets: Vec<(u32, bool)>,
}

impl Graph {
    fn new(count: usize, links: &[Link]) -> Self {
        let mut starts = vec![0; count + 2];
        for link in links {
            starts[link.from as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut targets = vec![(0, false); links.len()];
        for link in links {
            let place = &mut next[link.from as usize];
            targets[*place] = (link.to, link.strong);
            *place += 1;
        }
        Graph { starts, targets }
    }

    fn of(&self, number: u32) -> &[(u32, bool)] {
        let at = number as usize;
        &self.targets[self.starts[at]..self.starts[at + 1]]
    }
}

const UNSEEN: usize = usize::MAX;

/// A search for strongly connected components among some of the objects.
struct Search<'g> {
    graph: &'g Graph,
    /// By number: the search that the object takes part in.
    part_of: Vec<u32>,
    searches: u32,
    order: Vec<usize>,
    lowest: Vec<usize>,
    open: Vec<bool>,
    /// Objects of a knot, each before those that its strong links lead to.
    ranks: Vec<usize>,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Graph) -> Self {
        let size = graph.starts.len() - 1;
        Search {
            graph,
            part_of: vec![0; size],
            searches: 0,
            order: vec![UNSEEN; size],
            lowest: vec![0; size],
            open: vec![false; size],
            ranks: vec![0; size],
        }
    }

    /// Tarjan's algorithm, without recursion. A component comes after those that links lead to from it.
    fn components(&mut self, objects: &[u32]) -> Vec<Vec<u32>> {
        self.searches += 1;
        for number in objects {
            self.part_of[*number as usize] = self.searches;
            self.order[*number as usize] = UNSEEN;
        }
        let graph = self.graph;
        let mut stack = Vec::new();
        let mut next = 0;
        let mut found = Vec::new();
        for root in objects {
            if self.order[*root as usize] != UNSEEN {
                continue;
            }
            let mut path = vec![(*root, 0)];
            while let Some((number, taken)) = path.last_mut() {
                let (number, at) = (*number, *number as usize);
                if *taken == 0 {
                    self.order[at] = next;
                    self.lowest[at] = next;
                    self.open[at] = true;
                    next += 1;
                    stack.push(number);
                }
                if let Some((to, _)) = graph.of(number).get(*taken) {
                    *taken += 1;
                    let target = *to as usize;
                    if self.part_of[target] != self.searches {
                        continue;
                    }
                    if self.order[target] == UNSEEN {
                        path.push((*to, 0));
                    } else if self.open[target] {
                        self.lowest[at] = self.lowest[at].min(self.order[target]);
                    }
                    continue;
                }
                path.pop();
                if let Some((parent, _)) = path.last() {
                    let parent = *parent as usize;
                    self.lowest[parent] = self.lowest[parent].min(self.lowest[at]);
                }
                if self.lowest[at] == self.order[at] {
                    let mut component = Vec::new();
                    while let Some(member) = stack.pop() {
                        self.open[member as usize] = false;
                        component.push(member);
                        if member == number {
                            break;
                        }
                    }
                    found.push(component);
                }
            }
        }
        found
    }

    /// Begins one object of a component; those that are left are made inside it, for they have less circles.
    fn untie(
        &mut self,
        mut component: Vec<u32>,
        depth: usize,
        knot: &mut Vec<Tied>,
    ) -> Result<(), EncodeErrorKind> {
        if depth >= MAX_DEPTH {
            return Err(EncodeErrorKind::TooDeep);
        }
        // No strong link from the component leads to it, so none needs it while it is in the making.
        let first = (0..component.len()).min_by_key(|at| self.ranks[component[*at] as usize]);
        let Some(first) = first else { return Ok(()) };
        let at = knot.len();
        knot.push(Tied {
            number: component.swap_remove(first),
            inside: 0,
        });
        for part in self.components(&component) {
            match part[..] {
                [number] => knot.push(Tied { number, inside: 0 }),
                _ => stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || {
                    self.untie(part, depth + 1, knot)
                })?,
            }
        }
        // There are fewer than 2³² objects.
        knot[at].inside = (knot.len() - at - 1) as u32;
        Ok(())
    }
}

/// The objects of a component, each before those that its strong links lead to; or those that are in a circle.
fn in_order(graph: &Graph, component: &[u32]) -> Result<Vec<u32>, Vec<u32>> {
    let mut waiting: HashMap<u32, usize> = component.iter().map(|number| (*number, 0)).collect();
    let strong = |number: u32| graph.of(number).iter().filter(|(_, strong)| *strong);
    for number in component {
        for (to, _) in strong(*number) {
            if let Some(count) = waiting.get_mut(to) {
                *count += 1;
            }
        }
    }
    let mut order: Vec<u32> = component
        .iter()
        .copied()
        .filter(|number| waiting.get(number) == Some(&0))
        .collect();
    let mut next = 0;
    while let Some(number) = order.get(next).copied() {
        next += 1;
        waiting.remove(&number);
        for (to, _) in strong(number) {
            if let Some(count) = waiting.get_mut(to) {
                *count -= 1;
                if *count == 0 {
                    order.push(*to);
                }
            }
        }
    }
    if waiting.is_empty() {
        Ok(order)
    } else {
        Err(waiting.into_keys().collect())
    }
}
