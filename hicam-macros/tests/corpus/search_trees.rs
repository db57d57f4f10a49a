//! A search tree whose insertion chooses a place, and lends it.

use std::cmp::Ordering;

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Tree {
    value: i32,
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

#[hicam::migratable]
impl Tree {
    fn leaf(value: i32) -> Self {
        Tree {
            value,
            left: None,
            right: None,
        }
    }

    async fn insert(&mut self, value: i32) -> bool {
        if value == self.value {
            return false;
        }
        let child = if value < self.value {
            &mut self.left
        } else {
            &mut self.right
        };
        if let Some(child) = child {
            return Box::pin(child.insert(value)).await;
        }
        *child = Some(Box::new(Tree::leaf(value)));
        true
    }

    async fn in_order(&self, out: &mut Vec<i32>) {
        if let Some(left) = &self.left {
            Box::pin(left.in_order(out)).await;
        }
        out.push(self.value);
        if let Some(right) = &self.right {
            Box::pin(right.in_order(out)).await;
        }
    }

    async fn contains(&self, value: i32) -> bool {
        let child = match value.cmp(&self.value) {
            Ordering::Equal => return true,
            Ordering::Less => &self.left,
            Ordering::Greater => &self.right,
        };
        match child {
            Some(child) => Box::pin(child.contains(value)).await,
            None => false,
        }
    }
}

#[hicam::migratable]
async fn sorted(values: Vec<i32>) -> (Vec<i32>, u32, bool) {
    let mut tree = Tree::leaf(5);
    let mut inserted = 0;
    for value in values {
        if tree.insert(value).await {
            inserted += 1;
        }
    }
    let mut out = Vec::new();
    tree.in_order(&mut out).await;
    (
        out,
        inserted,
        tree.contains(4).await && !tree.contains(7).await,
    )
}

programs! {
    search_trees;
    a_search_tree: sorted(vec![3, 8, 5, 4, 9, 1, 8]);
}
