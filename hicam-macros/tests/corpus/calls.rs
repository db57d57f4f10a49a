//! Calls: arguments by value and by reference, recursion, what a callee does to its caller's data.

use super::{hicam, programs};

#[hicam::migratable]
async fn boxed_recursion(n: u64, log: &mut Vec<u64>) -> u64 {
    log.push(n);
    if n < 2 {
        return n;
    }
    Box::pin(boxed_recursion(n - 1, log)).await
        + std::boxed::Box::pin(boxed_recursion(n - 2, log)).await
}

#[hicam::migratable]
async fn fibonacci(n: u64) -> (u64, Vec<u64>) {
    let mut log = Vec::new();
    let value = boxed_recursion(n, &mut log).await;
    (value, log)
}

#[hicam::migratable]
async fn statics(name: &str) -> String {
    let greeting = "hello";
    hicam::point().await;
    let text = greet(name, "!").await;
    format!("{greeting} {text}")
}

#[hicam::migratable]
async fn greet(name: &str, end: &str) -> String {
    hicam::point().await;
    format!("{name}{end}")
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Account {
    owner: String,
    balance: i64,
    history: Vec<i64>,
}

#[hicam::migratable]
async fn change(account: &mut Account, by: i64) -> Option<i64> {
    hicam::point().await;
    let after = account.balance.checked_add(by)?;
    if after < 0 {
        return None;
    }
    record(&mut account.history, by).await;
    account.balance = after;
    Some(after)
}

#[hicam::migratable]
async fn record(history: &mut Vec<i64>, by: i64) {
    history.push(by);
    hicam::point().await;
    if history.len() > 3 {
        history.remove(0);
    }
}

#[hicam::migratable]
async fn transfer(from: &mut Account, to: &mut Account, amount: i64, log: &mut Vec<String>) {
    let Some(left) = change(from, -amount).await else {
        log.push(format!("{} cannot pay {amount}", from.owner));
        return;
    };
    let got = change(to, amount).await;
    log.push(format!("{}:{left} {}:{got:?}", from.owner, to.owner));
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Pair {
    left: Account,
    right: Account,
}

fn account(owner: &str, balance: i64) -> Account {
    Account {
        owner: owner.to_owned(),
        balance,
        ..Account::default()
    }
}

#[hicam::migratable]
async fn two_lent_at_once(amounts: Vec<i64>) -> (Pair, Vec<String>) {
    let mut pair = Pair {
        left: account("l", 50),
        right: account("r", 5),
    };
    let mut log = Vec::new();
    for amount in amounts {
        transfer(&mut pair.left, &mut pair.right, amount, &mut log).await;
    }
    transfer(&mut pair.right, &mut pair.left, 1, &mut log).await;
    (pair, log)
}

#[hicam::migratable]
async fn lent_elements(mut accounts: Vec<Account>) -> (Vec<Account>, Vec<Option<i64>>) {
    let mut results = Vec::new();
    for i in 0..accounts.len() {
        results.push(change(&mut accounts[i], -10).await);
    }
    results.push(change(&mut accounts[0], 100).await);
    (accounts, results)
}

/// Lends again what it was lent, and what that contains.
#[hicam::migratable]
async fn relend(pair: &mut Pair, depth: u32) -> i64 {
    if depth == 0 {
        return pair.left.balance;
    }
    pair.left.balance += 1;
    change(&mut pair.right, 1).await;
    let below = Box::pin(relend(pair, depth - 1)).await;
    below + pair.right.balance
}

#[hicam::migratable]
async fn lent_through_many(depth: u32) -> (i64, Pair) {
    let mut pair = Pair {
        left: account("l", 0),
        right: account("r", 0),
    };
    let sum = relend(&mut pair, depth).await;
    (sum, pair)
}

#[hicam::migratable]
async fn by_reference_and_value(
    words: &[String],
    (first, mut second): (usize, usize),
    mut suffix: String,
    _unused: Vec<u8>,
    out: &mut String,
) {
    while second < words.len() {
        out.push_str(&words[first]);
        out.push_str(&words[second]);
        suffix.push('.');
        second += 1;
        hicam::point().await;
    }
    out.push_str(&suffix);
}

#[hicam::migratable]
async fn parameters_of_all_kinds() -> String {
    let words: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
    let mut out = String::new();
    by_reference_and_value(&words, (0, 1), "x".into(), vec![1], &mut out).await;
    by_reference_and_value(&words[1..3], (0, 0), "y".into(), vec![], &mut out).await;
    out
}

#[hicam::migratable]
async fn nothing(log: &mut Vec<u8>) {
    log.push(1);
}

#[hicam::migratable]
async fn unit_calls() -> Vec<u8> {
    let mut log = vec![];
    nothing(&mut log).await;
    let unit = nothing(&mut log).await;
    hicam::point().await;
    assert_eq!(unit, (), "the unit value is kept");
    log
}

#[hicam::migratable]
async fn ackermann(m: u64, n: u64) -> u64 {
    match (m, n) {
        (0, n) => n + 1,
        (m, 0) => Box::pin(ackermann(m - 1, 1)).await,
        (m, n) => {
            let inner = Box::pin(ackermann(m, n - 1)).await;
            Box::pin(ackermann(m - 1, inner)).await
        }
    }
}

#[hicam::migratable]
async fn hanoi(n: u32, from: char, to: char, via: char, moves: &mut Vec<(char, char)>) -> u32 {
    if n == 0 {
        return 0;
    }
    let before = Box::pin(hanoi(n - 1, from, via, to, moves)).await;
    moves.push((from, to));
    before + 1 + Box::pin(hanoi(n - 1, via, to, from, moves)).await
}

#[hicam::migratable]
async fn towers(n: u32) -> (u32, Vec<(char, char)>) {
    let mut moves = Vec::new();
    let count = hanoi(n, 'a', 'c', 'b', &mut moves).await;
    (count, moves)
}

#[hicam::migratable]
async fn is_even(n: u32, log: &mut Vec<bool>) -> bool {
    log.push(true);
    n == 0 || Box::pin(is_odd(n - 1, log)).await
}

#[hicam::migratable]
async fn is_odd(n: u32, log: &mut Vec<bool>) -> bool {
    log.push(false);
    n != 0 && Box::pin(is_even(n - 1, log)).await
}

#[hicam::migratable]
async fn parity(n: u32) -> (bool, Vec<bool>) {
    let mut log = Vec::new();
    (is_even(n, &mut log).await, log)
}

programs! {
    calls;
    recursion_with_boxes: fibonacci(4) => (3, vec![4, 3, 2, 1, 0, 1, 2, 1, 0]);
    static_strings: statics("bob") => "hello bob!".to_owned();
    two_loans_at_once: two_lent_at_once(vec![20, 40, 10]);
    elements_lent: lent_elements(vec![account("a", 30), account("b", 3)]);
    a_loan_lent_again: lent_through_many(3);
    parameters: parameters_of_all_kinds() => "abacadx...bbbcy..".to_owned();
    units: unit_calls() => vec![1, 1];
    ackermann_function: ackermann(2, 2) => 7;
    towers_of_hanoi: towers(4);
    even_and_odd: parity(4) => (true, vec![true, false, true, false, true]);
}
