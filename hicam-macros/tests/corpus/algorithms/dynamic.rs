//! Dynamic programming: knapsack, common subsequences, change, matrix chains.

use std::collections::HashMap;

use super::{hicam, programs};

#[derive(Debug, Clone, hicam::State)]
pub(crate) struct Item {
    name: &'static str,
    weight: usize,
    value: u32,
}

#[hicam::migratable]
async fn knapsack(items: &[Item], capacity: usize) -> (u32, Vec<&'static str>) {
    let mut best = vec![vec![0; capacity + 1]; items.len() + 1];
    for (i, item) in items.iter().enumerate() {
        for weight in 0..=capacity {
            best[i + 1][weight] = best[i][weight];
            if weight >= item.weight {
                let with = best[i][weight - item.weight] + item.value;
                best[i + 1][weight] = best[i + 1][weight].max(with);
            }
        }
    }
    let mut chosen = Vec::new();
    let mut left = capacity;
    for (i, item) in items.iter().enumerate().rev() {
        if best[i + 1][left] != best[i][left] {
            chosen.push(item.name);
            left -= item.weight;
        }
    }
    chosen.reverse();
    (best[items.len()][capacity], chosen)
}

#[hicam::migratable]
async fn packed() -> (u32, Vec<&'static str>) {
    let items = [
        ("map", 3, 15),
        ("compass", 4, 12),
        ("water", 6, 20),
        ("tin", 2, 6),
    ];
    let items: Vec<Item> = items
        .into_iter()
        .map(|(name, weight, value)| Item {
            name,
            weight,
            value,
        })
        .collect();
    knapsack(&items, 9).await
}

#[hicam::migratable]
async fn common(a: &str, b: &str) -> String {
    let a: Vec<u8> = a.bytes().collect();
    let b: Vec<u8> = b.bytes().collect();
    let mut lengths = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..a.len() {
        for j in 0..b.len() {
            lengths[i + 1][j + 1] = if a[i] == b[j] {
                lengths[i][j] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    let mut out = Vec::new();
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            out.push(a[i - 1]);
            i -= 1;
            j -= 1;
        } else if lengths[i - 1][j] >= lengths[i][j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    out.reverse();
    String::from_utf8_lossy(&out).into_owned()
}

#[hicam::migratable]
async fn change(coins: &[u64], amount: u64) -> u64 {
    let mut ways = vec![0; amount as usize + 1];
    ways[0] = 1;
    for &coin in coins {
        for sum in coin as usize..=amount as usize {
            ways[sum] += ways[sum - coin as usize];
        }
    }
    ways[amount as usize]
}

/// With what has been computed kept in a map that the calls share.
#[hicam::migratable]
async fn chain(
    sizes: &[u64],
    from: usize,
    to: usize,
    known: &mut HashMap<(usize, usize), u64>,
) -> u64 {
    if to - from < 2 {
        return 0;
    }
    if let Some(cost) = known.get(&(from, to)) {
        return *cost;
    }
    let mut best = u64::MAX;
    for split in from + 1..to {
        let left = Box::pin(chain(sizes, from, split, known)).await;
        let right = Box::pin(chain(sizes, split, to, known)).await;
        best = best.min(left + right + sizes[from] * sizes[split] * sizes[to]);
    }
    known.insert((from, to), best);
    best
}

#[hicam::migratable]
async fn matrix_chain(sizes: Vec<u64>) -> (u64, usize) {
    let mut known = HashMap::new();
    let cost = chain(&sizes, 0, sizes.len() - 1, &mut known).await;
    (cost, known.len())
}

programs! {
    algorithms::dynamic;
    a_knapsack: packed() => (35, vec!["map", "water"]);
    a_common_subsequence: common("AGGTAB", "GXTXAYB") => "GTAB".to_owned();
    ways_to_change: change(&[1, 2, 5], 11) => 11;
    a_chain_of_matrices: matrix_chain(vec![40, 20, 30, 10, 30]) => (26_000, 6);
}
