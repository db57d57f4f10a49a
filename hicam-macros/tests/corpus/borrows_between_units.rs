//! A borrow that the head of the next statement uses up, of a variable on which a method of unknown kind was called before: it
//! is mentioned again, so none of them has moved it, and it need not rest in a slot.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn last_word(words: Vec<String>) -> u32 {
    let mut sum = words.join(",").len() as u32 * add(1, 1).await;
    let last: Option<&str> = words.last().map(String::as_str);
    match last.and_then(|word| word.chars().next()) {
        Some('b') => sum += add(sum, 2).await,
        _ => sum += add(sum, 3).await,
    }
    let text = format!("{}{}", words.len(), add(1, 1).await);
    sum + text.len() as u32
}

programs! {
    borrows_between_units;
    a_borrow_used_at_once: last_word(vec!["a".into(), "b".into()]);
}
