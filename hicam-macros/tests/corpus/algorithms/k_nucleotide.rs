//! k-nucleotide: how often each sequence of k letters occurs in a strand of DNA.

use std::collections::HashMap;

use super::{hicam, programs};

const DNA: &str = "GGTATTTTAATTTATAGTGGTATTAAAGGTATT";

#[hicam::migratable]
async fn count(dna: &[u8], k: usize) -> HashMap<Vec<u8>, u32> {
    let mut counts = HashMap::new();
    for window in dna.windows(k) {
        *counts.entry(window.to_vec()).or_insert(0) += 1;
    }
    counts
}

#[hicam::migratable]
async fn frequencies(dna: &[u8], k: usize) -> Vec<String> {
    let counts = count(dna, k).await;
    let total: u32 = counts.values().sum();
    let mut sorted: Vec<(Vec<u8>, u32)> = counts.into_iter().collect();
    sorted.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    let mut lines = Vec::with_capacity(sorted.len());
    for (sequence, n) in &sorted {
        let name = String::from_utf8_lossy(sequence);
        let percent = f64::from(*n) * 100.0 / f64::from(total);
        lines.push(format!("{name} {percent:.3}"));
    }
    lines
}

#[hicam::migratable]
async fn k_nucleotide() -> Vec<String> {
    let mut report = Vec::new();
    for k in [1, 2] {
        report.extend(frequencies(DNA.as_bytes(), k).await);
    }
    for fragment in ["GGT", "GGTA", "GGTATT", "CCC"] {
        let counts = count(DNA.as_bytes(), fragment.len()).await;
        let n = counts.get(fragment.as_bytes()).copied().unwrap_or(0);
        report.push(format!("{n}\t{fragment}"));
    }
    report
}

programs! {
    algorithms::k_nucleotide;
    nucleotides: k_nucleotide();
}
