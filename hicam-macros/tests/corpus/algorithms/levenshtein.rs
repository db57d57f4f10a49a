//! The edit distance of two texts, with one row of the matrix.

use super::{hicam, programs};

#[hicam::migratable]
async fn levenshtein(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut costs: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut previous = i;
        costs[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substitution = previous + usize::from(ca != *cb);
            previous = costs[j + 1];
            costs[j + 1] = substitution.min(costs[j] + 1).min(previous + 1);
        }
    }
    costs[b.len()]
}

#[hicam::migratable]
async fn closest(word: &str, dictionary: &[&'static str]) -> Option<(&'static str, usize)> {
    let mut best = None;
    for candidate in dictionary {
        let distance = levenshtein(word, candidate).await;
        if best.is_none_or(|(_, least)| distance < least) {
            best = Some((*candidate, distance));
        }
    }
    best
}

programs! {
    algorithms::levenshtein;
    edit_distance: levenshtein("kitten", "sitting") => 3;
    edit_distance_of_letters: levenshtein("größe", "grösse") => 2;
    closest_word: closest("migrate", &["mitigate", "emigrate", "ingrate"]) => Some(("emigrate", 1));
}
