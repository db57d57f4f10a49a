//! Texts: searching, compressing, wrapping, a trie, Huffman's code.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::{hicam, programs};

/// Knuth, Morris and Pratt's search.
#[hicam::migratable]
async fn search(text: &str, pattern: &str) -> Vec<usize> {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let mut failure = vec![0; pattern.len()];
    let mut k = 0;
    for i in 1..pattern.len() {
        while k > 0 && pattern[k] != pattern[i] {
            k = failure[k - 1];
        }
        if pattern[k] == pattern[i] {
            k += 1;
        }
        failure[i] = k;
    }
    let mut found = Vec::new();
    let mut matched = 0;
    for (i, c) in text.iter().enumerate() {
        while matched > 0 && pattern[matched] != *c {
            matched = failure[matched - 1];
        }
        if pattern[matched] == *c {
            matched += 1;
        }
        if matched == pattern.len() {
            found.push(i + 1 - matched);
            matched = failure[matched - 1];
        }
    }
    found
}

#[hicam::migratable]
async fn compress(text: &str) -> Vec<u16> {
    let mut codes: HashMap<Vec<u8>, u16> = (0..=255).map(|byte| (vec![byte as u8], byte)).collect();
    let mut current = Vec::new();
    let mut out = Vec::new();
    for byte in text.bytes() {
        current.push(byte);
        if !codes.contains_key(&current) {
            let next = codes.len() as u16;
            codes.insert(current.clone(), next);
            current.pop();
            out.push(codes[&current]);
            current = vec![byte];
        }
    }
    if !current.is_empty() {
        out.push(codes[&current]);
    }
    out
}

#[hicam::migratable]
async fn decompress(codes: &[u16]) -> Option<String> {
    let mut entries: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let mut out: Vec<u8> = Vec::new();
    let mut previous: Option<Vec<u8>> = None;
    for code in codes {
        let entry = match (entries.get(usize::from(*code)), &previous) {
            (Some(entry), _) => entry.clone(),
            (None, Some(previous)) => {
                let mut entry = previous.clone();
                entry.push(previous[0]);
                entry
            }
            (None, None) => return None,
        };
        out.extend_from_slice(&entry);
        if let Some(mut previous) = previous.take() {
            previous.push(entry[0]);
            entries.push(previous);
        }
        previous = Some(entry);
    }
    String::from_utf8(out).ok()
}

#[hicam::migratable]
async fn there_and_back(text: &str) -> (usize, Option<String>) {
    let codes = compress(text).await;
    let back = decompress(&codes).await;
    (codes.len(), back)
}

#[hicam::migratable]
async fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.len() + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[derive(Debug, Default, hicam::State)]
struct Trie {
    children: BTreeMap<char, Trie>,
    ends: bool,
}

#[hicam::migratable]
impl Trie {
    fn insert(&mut self, word: &str) {
        let mut node = self;
        for c in word.chars() {
            node = node.children.entry(c).or_default();
        }
        node.ends = true;
    }

    async fn collect(&self, prefix: &mut String, out: &mut Vec<String>) {
        if self.ends {
            out.push(prefix.clone());
        }
        for (c, child) in &self.children {
            prefix.push(*c);
            Box::pin(child.collect(prefix, out)).await;
            prefix.pop();
        }
    }
}

#[hicam::migratable]
async fn completions(words: &[&'static str], start: &str) -> Vec<String> {
    let mut trie = Trie::default();
    for word in words {
        trie.insert(word);
    }
    let mut out = Vec::new();
    let mut prefix = String::new();
    trie.collect(&mut prefix, &mut out).await;
    out.retain(|word| word.starts_with(start));
    out
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, hicam::State)]
enum Code {
    Leaf(char),
    Node(Box<Code>, Box<Code>),
}

#[hicam::migratable]
async fn assign(code: Code, prefix: String, table: &mut BTreeMap<char, String>) {
    match code {
        Code::Leaf(c) => {
            table.insert(c, prefix);
        }
        Code::Node(left, right) => {
            Box::pin(assign(*left, format!("{prefix}0"), table)).await;
            Box::pin(assign(*right, prefix + "1", table)).await;
        }
    }
}

#[hicam::migratable]
async fn huffman(text: &str) -> (BTreeMap<char, String>, String) {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let mut heap = BinaryHeap::new();
    for (c, count) in counts {
        heap.push(Reverse((count, Code::Leaf(c))));
    }
    while heap.len() > 1 {
        if let (Some(Reverse((m, a))), Some(Reverse((n, b)))) = (heap.pop(), heap.pop()) {
            hicam::point().await;
            heap.push(Reverse((m + n, Code::Node(Box::new(a), Box::new(b)))));
        }
    }
    let mut table = BTreeMap::new();
    if let Some(Reverse((_, code))) = heap.pop() {
        assign(code, String::new(), &mut table).await;
    }
    let mut bits = String::new();
    for c in text.chars() {
        bits += &table[&c];
    }
    (table, bits)
}

#[hicam::migratable]
async fn roman(mut n: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut out = String::new();
    for (value, numeral) in NUMERALS {
        while n >= value {
            out.push_str(numeral);
            n -= value;
        }
    }
    out
}

programs! {
    algorithms::texts;
    a_pattern_found: search("abababcababab", "abab") => vec![0, 2, 7, 9];
    texts_compressed: there_and_back("abababababab");
    a_text_wrapped: wrap("the quick brown fox jumps over it", 10);
    completions_of_a_word: completions(&["tea", "ten", "to", "inn", "i"], "te") => vec!["tea".to_owned(), "ten".into()];
    huffmans_code: huffman("abracadabra");
    a_roman_number: roman(1994) => "MCMXCIV".to_owned();
}
