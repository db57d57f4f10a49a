//! Loops: `for`, `while`, `while let`, `loop` with a value, labels.

use super::expressions::add;
use super::moves::take_len;
use super::{hicam, programs};

#[hicam::migratable]
async fn scalar(n: u64) -> u64 {
    let mut total = 0;
    for i in 0..n {
        total += i * i;
    }
    total
}

#[hicam::migratable]
async fn nested(n: u32) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for i in 0..n {
        let mut j = i;
        while j > 0 {
            if (i + j) % 3 == 0 {
                j -= 1;
                continue;
            }
            pairs.push((i, j));
            if j > 3 {
                break;
            }
            j -= 1;
        }
    }
    pairs
}

#[hicam::migratable]
async fn by_value_vector(words: Vec<String>) -> String {
    let mut joined = String::new();
    for word in words {
        if word.is_empty() {
            continue;
        }
        joined.push_str(&word);
        hicam::point().await;
        joined.push('-');
    }
    joined
}

#[hicam::migratable]
async fn value_of_loop(n: u64) -> u64 {
    let mut i = 0;
    let found = loop {
        i += 1;
        if i * i > n {
            break i;
        }
    };
    let label = 'outer: loop {
        let mut j = 0;
        loop {
            j += 1;
            if j == 3 {
                break 'outer j * 10;
            }
        }
    };
    found + label
}

#[hicam::migratable]
async fn while_let(mut stack: Vec<u32>) -> u32 {
    let mut sum = 0;
    while let Some(top) = stack.pop() {
        if top > 2 {
            stack.push(top - 2);
            stack.push(top - 1);
        }
        hicam::point().await;
        sum += top;
    }
    let Some(last) = Some(sum) else { return 0 };
    last
}

#[hicam::migratable]
async fn outer_jumps(n: u32) -> Vec<u32> {
    let mut pending = Vec::new();
    let mut done = Vec::new();
    'rows: for row in 0..n {
        let mut width = row;
        for column in 0..n {
            pending.push(row * 10 + column);
            if column > row {
                continue 'rows;
            }
            if row + column == 7 {
                break 'rows;
            }
            if column == 2 {
                width += take_len(pending).await;
                pending = vec![width];
            }
            hicam::point().await;
        }
        done.push(width);
    }
    done.extend(pending);
    done
}

#[hicam::migratable]
async fn inclusive(n: u8) -> Vec<u8> {
    let mut all = Vec::new();
    // The last value of the type: the range is exhausted without passing its end.
    for i in n..=u8::MAX {
        all.push(i);
    }
    for i in 3..=2 {
        all.push(i);
    }
    for i in n..=n {
        all.push(i);
    }
    all
}

#[hicam::migratable]
async fn ranges_of_types() -> (i64, String, usize) {
    let mut sum = 0_i64;
    for i in -2..2_i64 {
        sum = sum * 10 + i;
    }
    let mut letters = String::new();
    for letter in 'x'..='z' {
        letters.push(letter);
        hicam::point().await;
    }
    let bounds = 2..5;
    let mut count = 0;
    for i in bounds.clone() {
        count += i;
    }
    (sum, letters, count + bounds.len())
}

#[hicam::migratable]
async fn collatz(start: u64) -> (u32, u64) {
    let (mut n, mut steps, mut highest) = (start, 0, start);
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        highest = highest.max(n);
        steps += 1;
    }
    (steps, highest)
}

#[hicam::migratable]
async fn sieve(n: usize) -> Vec<usize> {
    let mut composite = vec![false; n + 1];
    let mut primes = Vec::new();
    for i in 2..=n {
        if composite[i] {
            continue;
        }
        primes.push(i);
        let mut multiple = i * i;
        while multiple <= n {
            composite[multiple] = true;
            multiple += i;
        }
    }
    primes
}

#[hicam::migratable]
async fn state_machine(input: Vec<char>) -> Result<Vec<String>, usize> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut at = 0;
    'scan: loop {
        let Some(&c) = input.get(at) else { break };
        at += 1;
        match c {
            ' ' if word.is_empty() => continue 'scan,
            ' ' => {
                words.push(word);
                word = String::new();
            }
            '"' => loop {
                match input.get(at) {
                    None => return Err(at),
                    Some('"') => {
                        at += 1;
                        continue 'scan;
                    }
                    Some(c) => word.push(*c),
                }
                at += 1;
            },
            '.' => break 'scan,
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

#[hicam::migratable]
async fn patterns_in_heads(pairs: Vec<(u32, Option<String>)>) -> (u32, String) {
    let mut total = 0;
    let mut text = String::new();
    for (mut n, name) in pairs {
        while n > 0 {
            total += n;
            n -= 1;
        }
        if let Some(name) = name {
            hicam::point().await;
            text += &name;
        }
        for _ in 0..2 {
            text.push('.');
        }
    }
    (total, text)
}

#[hicam::migratable]
async fn break_out_of_three(n: u32) -> (u32, u32, u32) {
    'a: for a in 1.. {
        'b: for b in a..n {
            for c in b..n {
                if a * a + b * b == c * c && a > 3 {
                    return (a, b, c);
                }
                if a * a + b * b < c * c {
                    continue 'b;
                }
            }
        }
        if a > n {
            break 'a;
        }
    }
    (0, 0, 0)
}

#[hicam::migratable]
async fn while_with_calls(limit: u32) -> Vec<u32> {
    let mut seen = vec![0];
    while add(seen.len() as u32, 1).await < limit && add(seen[0], 0).await == 0 {
        let next = add(*seen.last().unwrap_or(&0), 2).await;
        seen.push(next);
    }
    seen
}

#[hicam::migratable]
async fn two_loops_share_a_buffer(rounds: u32) -> Vec<Vec<u32>> {
    let mut done = Vec::new();
    let mut buffer = Vec::with_capacity(4);
    for round in 0..rounds {
        for i in 0..round {
            buffer.push(i);
        }
        if round % 2 == 1 {
            done.push(buffer);
            buffer = Vec::new();
        }
    }
    while let Some(last) = buffer.pop() {
        done.push(vec![last]);
    }
    done
}

#[hicam::migratable(points = "awaits")]
async fn only_awaits(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        for j in 0..n {
            sum += i ^ j;
        }
        if i % 2 == 0 {
            hicam::point().await;
        }
    }
    sum
}

#[hicam::migratable(points = "loops")]
async fn only_loops(n: u64) -> u64 {
    let mut sum = only_awaits(n).await;
    let more = only_awaits(2).await;
    for i in 0..n {
        sum += only_awaits(i).await + more;
    }
    hicam::point().await;
    sum
}

programs! {
    loops;
    scalar_loop: scalar(6) => 55;
    nested_loops: nested(7);
    vector_by_value: by_value_vector(vec!["a".into(), String::new(), "bc".into()]) => "a-bc-".to_owned();
    loop_values: value_of_loop(50) => 38;
    while_let_loop: while_let(vec![1, 4]);
    labelled_jumps: outer_jumps(6);
    inclusive_ranges: inclusive(251) => vec![251, 252, 253, 254, 255, 251];
    ranges_of_other_types: ranges_of_types();
    collatz_steps: collatz(11);
    sieve_of_eratosthenes: sieve(30) => vec![2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
    a_state_machine: state_machine("ab \"c d\" e.f".chars().collect());
    a_state_machine_in_error: state_machine("ab \"c d".chars().collect()) => Err(7);
    patterns_of_loops: patterns_in_heads(vec![(2, Some("a".into())), (0, None), (1, Some("b".into()))]);
    a_break_out_of_three_loops: break_out_of_three(6) => (0, 0, 0);
    calls_in_a_condition: while_with_calls(6);
    a_buffer_of_two_loops: two_loops_share_a_buffer(5);
    points_at_awaits_alone: only_awaits(5);
    points_at_loops_alone: only_loops(4);
}
