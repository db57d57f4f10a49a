//! Graphs: topological order, minimum spanning tree, all shortest paths, strongly connected components.

use std::collections::{BTreeMap, BTreeSet};

use super::{hicam, programs};

/// Kahn's algorithm; an error is the set of tasks on a cycle.
#[hicam::migratable]
async fn topological(
    dependencies: Vec<(&'static str, &'static str)>,
) -> Result<Vec<&'static str>, BTreeSet<&'static str>> {
    let mut after: BTreeMap<&'static str, BTreeSet<&'static str>> = BTreeMap::new();
    let mut waiting: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (before, then) in dependencies {
        waiting.entry(before).or_insert(0);
        if after.entry(before).or_default().insert(then) {
            *waiting.entry(then).or_insert(0) += 1;
        }
    }
    let mut ready: BTreeSet<&'static str> = BTreeSet::new();
    for (task, count) in &waiting {
        if *count == 0 {
            ready.insert(task);
        }
    }
    let mut order = Vec::new();
    while let Some(task) = ready.pop_first() {
        order.push(task);
        waiting.remove(task);
        for next in after.remove(task).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(next);
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

#[derive(Debug, hicam::State)]
struct UnionFind {
    parents: Vec<usize>,
    ranks: Vec<u32>,
}

#[hicam::migratable]
impl UnionFind {
    fn new(n: usize) -> Self {
        UnionFind {
            parents: (0..n).collect(),
            ranks: vec![0; n],
        }
    }

    async fn find(&mut self, mut x: usize) -> usize {
        while self.parents[x] != x {
            self.parents[x] = self.parents[self.parents[x]];
            x = self.parents[x];
        }
        x
    }

    async fn union(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a).await, self.find(b).await);
        if a == b {
            return false;
        }
        match self.ranks[a].cmp(&self.ranks[b]) {
            std::cmp::Ordering::Less => self.parents[a] = b,
            std::cmp::Ordering::Greater => self.parents[b] = a,
            std::cmp::Ordering::Equal => {
                self.parents[b] = a;
                self.ranks[a] += 1;
            }
        }
        true
    }
}

#[hicam::migratable]
async fn kruskal(n: usize, mut edges: Vec<(u32, usize, usize)>) -> (u32, Vec<(usize, usize)>) {
    edges.sort_unstable();
    let mut sets = UnionFind::new(n);
    let mut total = 0;
    let mut tree = Vec::with_capacity(n - 1);
    for (weight, a, b) in edges {
        if sets.union(a, b).await {
            total += weight;
            tree.push((a, b));
        }
    }
    (total, tree)
}

#[hicam::migratable]
async fn floyd_warshall(mut distances: Vec<Vec<Option<i32>>>) -> Vec<Vec<Option<i32>>> {
    let n = distances.len();
    for k in 0..n {
        for i in 0..n {
            let Some(first) = distances[i][k] else {
                continue;
            };
            for j in 0..n {
                let Some(second) = distances[k][j] else {
                    continue;
                };
                let through = first + second;
                if distances[i][j].is_none_or(|direct| through < direct) {
                    distances[i][j] = Some(through);
                }
            }
        }
    }
    distances
}

#[derive(Debug, Default, hicam::State)]
struct Tarjan {
    edges: Vec<Vec<usize>>,
    index: usize,
    indices: Vec<Option<usize>>,
    low: Vec<usize>,
    stack: Vec<usize>,
    components: Vec<Vec<usize>>,
}

#[hicam::migratable]
impl Tarjan {
    async fn visit(&mut self, v: usize) {
        self.indices[v] = Some(self.index);
        self.low[v] = self.index;
        self.index += 1;
        self.stack.push(v);
        for w in self.edges[v].clone() {
            if self.indices[w].is_none() {
                Box::pin(self.visit(w)).await;
                self.low[v] = self.low[v].min(self.low[w]);
            } else if self.stack.contains(&w) {
                self.low[v] = self.low[v].min(self.indices[w].unwrap_or(usize::MAX));
            }
        }
        if Some(self.low[v]) == self.indices[v] {
            let mut component = Vec::new();
            while let Some(w) = self.stack.pop() {
                component.push(w);
                if w == v {
                    break;
                }
            }
            component.sort_unstable();
            self.components.push(component);
        }
    }
}

#[hicam::migratable]
async fn components(edges: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let n = edges.len();
    let mut tarjan = Tarjan {
        edges,
        indices: vec![None; n],
        low: vec![0; n],
        ..Tarjan::default()
    };
    for v in 0..n {
        if tarjan.indices[v].is_none() {
            tarjan.visit(v).await;
        }
    }
    tarjan.components
}

programs! {
    algorithms::graphs;
    tasks_in_order: topological(vec![("wake", "dress"), ("dress", "go"), ("eat", "go"), ("wake", "eat")]) => Ok(vec!["wake", "dress", "eat", "go"]);
    tasks_on_a_cycle: topological(vec![("a", "b"), ("b", "c"), ("c", "b")]) => Err(BTreeSet::from(["b", "c"]));
    minimum_spanning_tree: kruskal(5, vec![(4, 0, 1), (1, 1, 2), (3, 0, 2), (7, 3, 4), (2, 2, 3), (9, 0, 4)]);
    all_shortest_paths: floyd_warshall(vec![
        vec![Some(0), Some(3), None, Some(7)],
        vec![None, Some(0), Some(-2), None],
        vec![None, None, Some(0), Some(2)],
        vec![None, Some(1), None, Some(0)],
    ]);
    strongly_connected: components(vec![vec![1], vec![2], vec![0], vec![1, 4], vec![3, 5], vec![]]);
}
