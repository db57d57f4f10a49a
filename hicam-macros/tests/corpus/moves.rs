//! Values that are moved, and given anew, on some paths.

use super::collections::by_reference;
use super::{hicam, programs};

#[hicam::migratable]
async fn continues_with_slot(n: u32) -> Vec<u32> {
    let mut buffer = Vec::new();
    let mut all = Vec::new();
    for i in 0..n {
        buffer.push(i);
        if i % 2 == 0 {
            continue;
        }
        let sent = take_len(buffer).await;
        buffer = vec![sent];
        if i == 7 {
            break;
        }
        all.push(sent);
    }
    all.extend(buffer);
    all
}

#[hicam::migratable]
pub(super) async fn take_len(v: Vec<u32>) -> u32 {
    let n = v.len();
    hicam::point().await;
    n as u32
}

#[hicam::migratable]
async fn moved_in_one_branch(n: u32) -> u32 {
    let mut total = 0;
    for i in 0..n {
        let v: Vec<u32> = (0..i).collect();
        total += if i % 2 == 0 {
            take_len(v).await
        } else {
            hicam::point().await;
            v.iter().sum::<u32>()
        };
    }
    total
}

#[hicam::migratable]
async fn closures(words: Vec<String>) -> usize {
    let n = by_reference(&words).await;
    let longest = words.iter().map(|n| n.len()).max().unwrap_or(n);
    let v = vec![1_u32, 2];
    let sent = take_len(v).await;
    let total: u32 = [1_u32, 2].iter().map(|v| v + sent).sum();
    hicam::point().await;
    longest + total as usize + words.iter().filter(|v| !v.is_empty()).count()
}

#[hicam::migratable]
async fn joined(parts: Vec<String>, with: &str) -> String {
    let joined = parts.join(with);
    hicam::point().await;
    joined
}

#[hicam::migratable]
async fn swept_up(lines: Vec<String>) -> (Vec<String>, usize) {
    let mut paragraphs = Vec::new();
    let mut current = Vec::new();
    for line in lines {
        if line.is_empty() {
            if !current.is_empty() {
                paragraphs.push(joined(current, " ").await);
                current = Vec::new();
            }
            continue;
        }
        current.push(line);
    }
    let rest = current.len();
    if rest > 0 {
        paragraphs.push(joined(current, "+").await);
    }
    (paragraphs, rest)
}

#[hicam::migratable]
async fn options_out(mut pending: Option<String>, n: u32) -> (Vec<String>, Option<String>) {
    let mut out = Vec::new();
    for i in 0..n {
        if let Some(text) = pending.take() {
            hicam::point().await;
            out.push(text);
        } else if i == 2 {
            pending = Some(format!("again {i}"));
        }
        let swapped = std::mem::take(&mut out);
        hicam::point().await;
        out = swapped;
    }
    (out, std::mem::replace(&mut pending, None))
}

#[hicam::migratable]
async fn reused_name(n: u32) -> Vec<u32> {
    let data = vec![n];
    let data = take_len(data).await;
    let data = vec![data, n];
    hicam::point().await;
    let mut data = {
        let data: Vec<u32> = data.into_iter().map(|x| x + 1).collect();
        hicam::point().await;
        data
    };
    data.push(n);
    data
}

#[hicam::migratable]
async fn moved_and_returned(name: String, early: bool) -> (String, Option<String>) {
    let copy = name.clone();
    if early {
        hicam::point().await;
        return (name, None);
    }
    let boxed = Box::new(name);
    hicam::point().await;
    (copy, Some(*boxed))
}

#[hicam::migratable]
async fn set_late_in_a_loop(inputs: Vec<u32>) -> Vec<String> {
    let mut out = Vec::new();
    for input in inputs {
        let label: String;
        let count;
        if input > 2 {
            label = "big".to_owned();
            count = take_len(vec![input; 3]).await;
        } else {
            hicam::point().await;
            count = 1;
            label = String::from("small");
        }
        hicam::point().await;
        out.push(format!("{label}{count}"));
    }
    out
}

#[hicam::migratable]
async fn consumed_by_an_arm(mut jobs: Vec<(u8, Vec<u32>)>) -> (u32, Vec<Vec<u32>>) {
    let mut total = 0;
    let mut kept = Vec::new();
    let mut scratch = Vec::new();
    while let Some((kind, job)) = jobs.pop() {
        match kind {
            0 => total += take_len(job).await,
            1 => {
                scratch.extend(job);
                total += take_len(scratch).await;
                scratch = Vec::new();
            }
            2 => kept.push(job),
            _ => {
                let copy = job.clone();
                hicam::point().await;
                if copy.is_empty() {
                    drop(job);
                } else {
                    kept.push(job);
                }
                hicam::point().await;
                scratch = copy;
            }
        }
    }
    kept.push(scratch);
    (total, kept)
}

#[hicam::migratable]
async fn closures_that_move(n: u32) -> Vec<u32> {
    let list: Vec<u32> = (0..n).collect();
    let make = move || list.iter().map(|x| x * 2).collect::<Vec<_>>();
    let doubled = make();
    hicam::point().await;
    let factor = take_len(doubled.clone()).await;
    let scaled: Vec<u32> = doubled.iter().map(|x| x * factor).collect();
    hicam::point().await;
    scaled
}

/// What was moved is assigned again before it is used: its slot is empty at the end of the first stretch.
#[hicam::migratable]
async fn moved_at_once(n: usize) -> (u32, String, String) {
    let mut text = "a".repeat(n);
    let mut other = String::new();
    let mut total = 0;
    for i in 0..n {
        let held = text;
        total += take_len(vec![1; held.len()]).await;
        text = format!("{i}");
        other = text;
        text = String::from("b");
        hicam::point().await;
    }
    (total, text, other)
}

#[hicam::migratable]
async fn moved_where_it_is_made(n: usize) -> (String, u32) {
    let mut last;
    let mut total = 0;
    let mut count = 0;
    loop {
        let mut name = format!("name {count}");
        last = name;
        hicam::point().await;
        count += 1;
        if count >= n {
            break;
        }
        name = last.clone();
        total += take_len(vec![1; name.len()]).await;
    }
    (last, total)
}

#[hicam::migratable]
async fn set_in_a_block(n: usize) -> (usize, String) {
    let text: String;
    let size: usize;
    {
        text = "x".repeat(n);
        size = text.len();
        hicam::point().await;
    }
    hicam::point().await;
    (size, text)
}

/// Alive at every point, but gone between two stretches of code.
#[hicam::migratable]
async fn gone_between_points(words: Vec<String>) -> (String, usize) {
    let mut held = String::from("-");
    let mut total = 0;
    for word in words {
        let longer = (held + &word, word.len());
        {
            held = word.to_uppercase();
            for i in 0..2 {
                total += longer.0.len() * i + longer.1;
            }
        }
        total += held.len();
    }
    (held, total)
}

#[hicam::migratable]
async fn set_where_points_could_be(n: usize) -> String {
    let mut out = String::new();
    for i in 0..n {
        let size: usize;
        if out.is_empty() {
            size = async { n }.await;
        } else {
            size = i;
        }
        hicam::point().await;
        out.push_str(&size.to_string());
    }
    out
}

programs! {
    moves;
    slots_and_jumps: continues_with_slot(9);
    branches_that_move: moved_in_one_branch(6);
    closures_and_shadows: closures(vec!["abc".into(), String::new()]);
    paragraphs: swept_up(["a", "b", "", "", "c", "d", "e"].map(String::from).to_vec());
    paragraphs_that_end: swept_up(["a", ""].map(String::from).to_vec());
    options_taken: options_out(Some("first".into()), 5);
    a_name_used_again: reused_name(4);
    moved_early: moved_and_returned("x".into(), true);
    moved_late: moved_and_returned("x".into(), false);
    late_in_a_loop: set_late_in_a_loop(vec![1, 3, 2]);
    arms_that_consume: consumed_by_an_arm(vec![(9, vec![4]), (1, vec![1]), (2, vec![5]), (1, vec![2, 3]), (0, vec![1]), (7, vec![])]);
    moved_into_closures: closures_that_move(4);
    moved_and_made_again: moved_at_once(3);
    moved_where_made: moved_where_it_is_made(3);
    set_in_a_block_with_a_point: set_in_a_block(2) => (2, "xx".to_owned());
    gone_between_two_points: gone_between_points(vec!["a".into(), "bc".into()]);
    set_in_an_awaited_block: set_where_points_could_be(3) => "312".to_owned();
}
