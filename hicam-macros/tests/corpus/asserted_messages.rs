//! Awaits in what is evaluated only sometimes: the messages of assertions, debug assertions, the guard of `matches!`.

use super::expressions::{add, noted};
use super::{hicam, programs};

#[hicam::migratable]
async fn asserted(n: u32) -> Vec<u32> {
    let mut log = Vec::new();
    assert!(
        noted(n, &mut log).await == n,
        "{n} is {}",
        noted(n + 1, &mut log).await
    );
    assert_eq!(add(n, 1).await, n + 1, "{}", noted(n + 2, &mut log).await);
    debug_assert!(add(n, 0).await == n);
    debug_assert_eq!(add(n, 0).await, n);
    log
}

#[hicam::migratable]
async fn compared(words: Vec<String>) -> (Vec<String>, Vec<u32>) {
    let mut log = Vec::new();
    let known = ["a".to_owned(), "b".to_owned()];
    for (at, word) in words.iter().enumerate() {
        assert_eq!(*word, known[at], "word {}", noted(1, &mut log).await);
        assert_ne!(&words[at], "c", "word {}", noted(2, &mut log).await);
        assert_eq!(&words[..], known, "words {}", noted(3, &mut log).await);
        assert!(!word.is_empty(), "{}", noted(4, &mut log).await);
        debug_assert_ne!(word.len() as u32, add(1, 1).await, "{word}");
        debug_assert!(at < 2, "{at}: {}", noted(5, &mut log).await);
    }
    assert_eq!(words.len(), 2, "{}", noted(6, &mut log).await);
    (words, log)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Shape {
    Square(u32),
    Named { name: String, size: u32 },
}

#[hicam::migratable]
async fn matched(shapes: Vec<Shape>) -> (u32, Vec<u32>, Vec<Shape>) {
    let (mut found, mut log) = (0, Vec::new());
    for shape in &shapes {
        if matches!(shape, Shape::Square(size) if noted(*size, &mut log).await > 2) {
            found += 1;
        }
        let named = matches!(
            shape,
            Shape::Named { name, size: 1 | 2 } if !name.is_empty() && noted(7, &mut log).await == 7
        );
        hicam::point().await;
        found += if named { 10 } else { 0 };
    }
    (found, log, shapes)
}

/// What the message says, if there is one. A task that panics is tokio's.
async fn message(program: impl Future<Output = ()> + Send + 'static) -> String {
    let panicked = tokio::spawn(program).await.unwrap_err().into_panic();
    panicked.downcast_ref::<String>().cloned().unwrap()
}

#[hicam::migratable]
async fn fails_plainly(n: u32) {
    let mut log = vec![1];
    assert!(n == 0, "{n} {}", noted(n, &mut log).await);
}

#[hicam::migratable]
async fn fails_in_comparison(n: u32) {
    let list = vec![n, 2];
    assert_eq!(list, [n, 3], "{n} {sum}", sum = add(n, 2).await);
}

#[hicam::migratable]
async fn fails_in_difference(n: u32) {
    let list = vec![n, 2];
    assert_ne!(
        list.len() as u32,
        add(n, 0).await,
        "{} at {n}",
        add(n, 2).await
    );
}

#[hicam::migratable]
async fn messages() -> Vec<String> {
    let mut all = Vec::new();
    all.push(message(async { fails_plainly(5).await }).await);
    hicam::point().await;
    all.push(message(async { fails_in_comparison(5).await }).await);
    all.push(message(async { fails_in_difference(2).await }).await);
    all
}

programs! {
    asserted_messages;
    messages_of_assertions: asserted(3) => vec![3, 103];
    comparisons_with_messages: compared(vec!["a".to_owned(), "b".to_owned()]);
    matches_with_guards: matched(vec![
        Shape::Square(2),
        Shape::Named { name: "x".to_owned(), size: 2 },
        Shape::Square(3),
        Shape::Named { name: String::new(), size: 1 },
        Shape::Named { name: "y".to_owned(), size: 3 },
    ]);
    assertions_that_fail: messages();
}
