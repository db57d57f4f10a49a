//! Which objects depend on one another in circles.

use crate::error::EncodeErrorKind;

/// A pointer in the content of one object to another that cannot be stored after the object is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) strong: bool,
}

/// The groups of objects that links connect in circles, every object before those it points to.
///
/// # Errors
/// Strong links alone form a circle: no order of making the objects exists. `name` tells their types.
pub(super) fn find(
    count: usize,
    links: &[Link],
    name: impl Fn(u32) -> &'static str,
) -> Result<Vec<Vec<u32>>, EncodeErrorKind> {
    // Objects are numbered as they are found; if every link leads onwards, there is no circle.
    if links.iter().all(|link| link.from < link.to) {
        return Ok(Vec::new());
    }
    let graph = Graph::new(count, links);
    let mut knots = Vec::new();
    for component in components(&graph) {
        let first = component.first().copied().unwrap_or_default();
        let circle = component.len() > 1 || graph.of(first).iter().any(|(to, _)| *to == first);
        if circle {
            knots.push(in_order(&graph, &component).map_err(|numbers| {
                let mut types: Vec<&str> = numbers.into_iter().map(&name).collect();
                types.sort_unstable();
                types.dedup();
                EncodeErrorKind::StrongCycle(types.join("`, `"))
            })?);
        }
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

    fn count(&self) -> u32 {
        // Numbers are of 32 bits.
        (self.starts.len() - 2) as u32
    }
}

/// The strongly connected components, by Tarjan's algorithm without recursion.
fn components(graph: &Graph) -> Vec<Vec<u32>> {
    const UNSEEN: u32 = u32::MAX;
    let size = graph.count() as usize + 1;
    let mut order = vec![UNSEEN; size];
    let mut lowest = vec![0u32; size];
    let mut open = vec![false; size];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut found = Vec::new();
    for root in 1..=graph.count() {
        if order[root as usize] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((number, taken)) = path.last_mut() {
            let (number, at) = (*number, *number as usize);
            if *taken == 0 {
                order[at] = next;
                lowest[at] = next;
                next += 1;
                open[at] = true;
                stack.push(number);
            }
            if let Some((to, _)) = graph.of(number).get(*taken) {
                *taken += 1;
                let target = *to as usize;
                if order[target] == UNSEEN {
                    path.push((*to, 0));
                } else if open[target] {
                    lowest[at] = lowest[at].min(order[target]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                let parent = *parent as usize;
                lowest[parent] = lowest[parent].min(lowest[at]);
            }
            if lowest[at] == order[at] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    open[member as usize] = false;
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

/// The objects of a component, each before those that its strong links lead to; or those that are in a circle.
fn in_order(graph: &Graph, component: &[u32]) -> Result<Vec<u32>, Vec<u32>> {
    let mut waiting: std::collections::HashMap<u32, usize> =
        component.iter().map(|number| (*number, 0)).collect();
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
