//! Bindings of a pattern that borrow from its scrutinee: the pattern gives them again where the program goes on.

use std::collections::BTreeMap;

use super::expressions::add;
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
        let child = Box::new(Tree::leaf(value));
        if value < self.value {
            match &mut self.left {
                Some(left) => Box::pin(left.insert(value)).await,
                None => {
                    self.left = Some(child);
                    true
                }
            }
        } else if value > self.value {
            if let Some(right) = &mut self.right {
                return Box::pin(right.insert(value)).await;
            }
            self.right = Some(child);
            true
        } else {
            false
        }
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
}

#[hicam::migratable]
async fn walked() -> Vec<i32> {
    let mut tree = Tree::leaf(5);
    tree.left = Some(Box::new(Tree::leaf(3)));
    tree.right = Some(Box::new(Tree {
        value: 8,
        left: Some(Box::new(Tree::leaf(6))),
        right: None,
    }));
    let mut out = Vec::new();
    for value in [7, 1, 6, 9] {
        if tree.insert(value).await {
            out.push(value);
        }
    }
    tree.in_order(&mut out).await;
    out
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Above { field: String, limit: u32 },
}

type Record = BTreeMap<String, u32>;

#[hicam::migratable]
async fn accepts(filter: &Filter, record: &Record, log: &mut Vec<String>) -> bool {
    match filter {
        Filter::All(filters) => {
            for filter in filters {
                if !Box::pin(accepts(filter, record, log)).await {
                    return false;
                }
            }
            true
        }
        Filter::Any(filters) => {
            for filter in filters.iter() {
                if Box::pin(accepts(filter, record, log)).await {
                    return true;
                }
            }
            false
        }
        Filter::Not(filter) => !Box::pin(accepts(filter, record, log)).await,
        Filter::Above { field, limit } => {
            hicam::point().await;
            let found = record.get(field).copied();
            log.push(format!("{field} {found:?} {limit}"));
            add(found.unwrap_or(0), 0).await > *limit
        }
    }
}

fn above(field: &str, limit: u32) -> Filter {
    Filter::Above {
        field: field.to_owned(),
        limit,
    }
}

#[hicam::migratable]
async fn filtered() -> (Vec<bool>, Vec<String>) {
    let filter = Filter::All(vec![
        Filter::Any(vec![above("a", 3), above("b", 3)]),
        Filter::Not(Box::new(above("c", 0))),
    ]);
    let records = vec![
        Record::from([("a".to_owned(), 4)]),
        Record::from([("b".to_owned(), 4), ("c".to_owned(), 1)]),
        Record::new(),
    ];
    let mut log = Vec::new();
    let mut accepted = Vec::new();
    for record in &records {
        accepted.push(accepts(&filter, record, &mut log).await);
    }
    (accepted, log)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Job {
    name: String,
    retries: Option<u32>,
}

#[hicam::migratable]
async fn of_a_field(job: &mut Job) -> u32 {
    let mut total = 0;
    if let Some(retries) = &mut job.retries {
        *retries += 1;
        hicam::point().await;
        *retries *= 2;
        total = *retries;
    }
    match &job.name {
        name if name.is_empty() => total,
        name => add(name.len() as u32, total).await,
    }
}

#[hicam::migratable]
async fn jobs() -> (Vec<Job>, u32) {
    let mut jobs = vec![
        Job {
            name: "a".to_owned(),
            retries: Some(1),
        },
        Job {
            name: String::new(),
            retries: None,
        },
    ];
    let mut total = 0;
    for job in &mut jobs {
        total += of_a_field(job).await;
    }
    (jobs, total)
}

programs! {
    borrowed_patterns;
    methods_of_a_tree: walked();
    a_tree_of_filters: filtered();
    patterns_of_fields: jobs();
}
