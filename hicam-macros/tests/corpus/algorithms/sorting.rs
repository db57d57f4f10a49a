//! Sorting: insertion, merge, quick, heap, and permutations in order.

use super::{hicam, programs};

#[hicam::migratable]
async fn insertion(values: &mut [i32]) {
    for i in 1..values.len() {
        let mut j = i;
        while j > 0 && values[j - 1] > values[j] {
            values.swap(j - 1, j);
            j -= 1;
        }
    }
}

#[hicam::migratable]
async fn merge_sort<T: Ord + Clone + Send + Sync + hicam::State>(values: Vec<T>) -> Vec<T> {
    if values.len() <= 1 {
        return values;
    }
    let mut left = values;
    let right = left.split_off(left.len() / 2);
    let left = Box::pin(merge_sort(left)).await;
    let right = Box::pin(merge_sort(right)).await;

    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] <= right[j] {
            merged.push(left[i].clone());
            i += 1;
        } else {
            merged.push(right[j].clone());
            j += 1;
        }
    }
    merged.extend_from_slice(&left[i..]);
    merged.extend_from_slice(&right[j..]);
    merged
}

#[hicam::migratable]
async fn partition(values: &mut [i32]) -> usize {
    let last = values.len() - 1;
    let pivot = values[last];
    let mut store = 0;
    for i in 0..last {
        if values[i] <= pivot {
            values.swap(i, store);
            store += 1;
        }
    }
    values.swap(store, last);
    store
}

#[hicam::migratable]
async fn quick_sort(values: &mut [i32]) {
    if values.len() <= 1 {
        return;
    }
    let middle = partition(values).await;
    Box::pin(quick_sort(&mut values[..middle])).await;
    Box::pin(quick_sort(&mut values[middle + 1..])).await;
}

#[hicam::migratable]
async fn sift_down(heap: &mut [i32], mut root: usize, end: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            break;
        }
        if child + 1 < end && heap[child] < heap[child + 1] {
            child += 1;
        }
        if heap[root] >= heap[child] {
            break;
        }
        heap.swap(root, child);
        root = child;
    }
}

#[hicam::migratable]
async fn heap_sort(mut values: Vec<i32>) -> Vec<i32> {
    for root in (0..values.len() / 2).rev() {
        let end = values.len();
        sift_down(&mut values, root, end).await;
    }
    for end in (1..values.len()).rev() {
        values.swap(0, end);
        sift_down(&mut values, 0, end).await;
    }
    values
}

#[hicam::migratable]
async fn in_place(mut values: Vec<i32>, quick: bool) -> Vec<i32> {
    if quick {
        quick_sort(&mut values).await;
    } else {
        insertion(&mut values).await;
    }
    values
}

#[hicam::migratable]
async fn permutations(mut items: Vec<u8>) -> Vec<String> {
    let mut all = Vec::new();
    items.sort_unstable();
    loop {
        all.push(String::from_utf8_lossy(&items).into_owned());
        let Some(i) = (1..items.len()).rev().find(|&i| items[i - 1] < items[i]) else {
            return all;
        };
        let j = (i..items.len())
            .rev()
            .find(|&j| items[i - 1] < items[j])
            .unwrap_or(i);
        items.swap(i - 1, j);
        items[i..].reverse();
    }
}

programs! {
    algorithms::sorting;
    insertion_sort: in_place(vec![3, 1, 2, 9, -4, 1], false) => vec![-4, 1, 1, 2, 3, 9];
    quick_sort_in_place: in_place(vec![3, 1, 2, 9, -4, 1, 7, 7], true) => vec![-4, 1, 1, 2, 3, 7, 7, 9];
    merge_sort_of_strings: merge_sort(["d", "a", "c", "b", "e"].map(String::from).to_vec());
    heap_sort_of_numbers: heap_sort(vec![5, 2, 8, 1, 9, 3]) => vec![1, 2, 3, 5, 8, 9];
    permutations_in_order: permutations(b"abca".to_vec());
}
