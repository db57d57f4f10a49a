//! binary-trees: allocate many trees, walk them, drop them.

use super::{hicam, programs};

#[derive(Debug, hicam::State)]
pub(crate) struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

#[hicam::migratable]
async fn bottom_up(depth: u32) -> Tree {
    if depth == 0 {
        return Tree {
            left: None,
            right: None,
        };
    }
    Tree {
        left: Some(Box::new(Box::pin(bottom_up(depth - 1)).await)),
        right: Some(Box::new(Box::pin(bottom_up(depth - 1)).await)),
    }
}

fn count(tree: &Tree) -> u32 {
    let below = |tree: &Option<Box<Tree>>| tree.as_deref().map_or(0, count);
    1 + below(&tree.left) + below(&tree.right)
}

#[hicam::migratable]
async fn binary_trees(n: u32) -> Vec<String> {
    let min_depth = 1;
    let max_depth = n.max(min_depth + 2);
    let mut report = Vec::new();
    {
        let depth = max_depth + 1;
        let stretch = bottom_up(depth).await;
        report.push(format!(
            "stretch tree of depth {depth}\t check: {}",
            count(&stretch)
        ));
    }
    let long_lived = bottom_up(max_depth).await;
    for depth in (min_depth..=max_depth).step_by(2) {
        let iterations = 1 << (max_depth - depth + min_depth);
        let mut check = 0;
        for _ in 0..iterations {
            check += count(&bottom_up(depth).await);
        }
        report.push(format!(
            "{iterations}\t trees of depth {depth}\t check: {check}"
        ));
    }
    report.push(format!(
        "long lived tree of depth {max_depth}\t check: {}",
        count(&long_lived)
    ));
    report
}

programs! {
    algorithms::binary_trees;
    trees: binary_trees(2);
}
