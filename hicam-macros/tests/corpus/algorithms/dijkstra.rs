//! Shortest paths with a heap of what is to be visited.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use super::{hicam, programs};

#[derive(Clone, Copy, Debug, PartialEq, Eq, hicam::State)]
struct Visit {
    cost: u32,
    node: usize,
}

impl Ord for Visit {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first.
        other
            .cost
            .cmp(&self.cost)
            .then_with(|| self.node.cmp(&other.node))
    }
}

impl PartialOrd for Visit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Clone, Debug, hicam::State)]
pub(crate) struct Edge {
    to: usize,
    cost: u32,
}

type Graph = BTreeMap<usize, Vec<Edge>>;

fn graph(edges: &[(usize, usize, u32)]) -> Graph {
    let mut graph = Graph::new();
    for &(from, to, cost) in edges {
        graph.entry(from).or_default().push(Edge { to, cost });
        graph.entry(to).or_default();
    }
    graph
}

#[hicam::migratable]
async fn shortest(graph: &Graph, start: usize, goal: usize) -> Option<(u32, Vec<usize>)> {
    let mut costs: BTreeMap<usize, u32> = BTreeMap::from([(start, 0)]);
    let mut came_from = BTreeMap::new();
    let mut heap = BinaryHeap::new();
    heap.push(Visit {
        cost: 0,
        node: start,
    });

    while let Some(Visit { cost, node }) = heap.pop() {
        if node == goal {
            let mut path = vec![goal];
            let mut at = goal;
            while let Some(&previous) = came_from.get(&at) {
                path.push(previous);
                at = previous;
            }
            path.reverse();
            return Some((cost, path));
        }
        if costs.get(&node).is_some_and(|&best| cost > best) {
            continue;
        }
        for edge in &graph[&node] {
            let next = Visit {
                cost: cost + edge.cost,
                node: edge.to,
            };
            if costs.get(&next.node).is_none_or(|&best| next.cost < best) {
                costs.insert(next.node, next.cost);
                came_from.insert(next.node, node);
                heap.push(next);
            }
        }
    }
    None
}

#[hicam::migratable]
async fn routes() -> Vec<Option<(u32, Vec<usize>)>> {
    let graph = graph(&[
        (0, 2, 10),
        (0, 1, 1),
        (1, 3, 2),
        (2, 1, 1),
        (2, 3, 3),
        (2, 4, 1),
        (3, 0, 7),
        (3, 4, 2),
    ]);
    let mut found = Vec::new();
    for (from, to) in [(0, 1), (0, 3), (3, 0), (0, 4), (4, 0)] {
        found.push(shortest(&graph, from, to).await);
    }
    found
}

programs! {
    algorithms::dijkstra;
    shortest_paths: routes();
}
