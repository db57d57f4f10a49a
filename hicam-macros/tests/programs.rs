//! Small programs, each run without interruption and then captured at every point it passes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_late_init,
    clippy::needless_range_loop,
    clippy::explicit_counter_loop,
    reason = "programs as people write them, and tests may fail"
)]

use hicam::testing::every_point;

/// Runs a program at every point, and compares it with its plain value.
macro_rules! programs {
    ($($name:ident: $call:expr => $value:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                assert_eq!($call.await, $value, "as ordinary code");
                match every_point(|| $call).await {
                    Ok(points) => assert!(points > 0),
                    Err(error) => panic!("{error}"),
                }
            }
        )*
    };
}

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
async fn step(n: u64, v: Vec<u64>, acc: &mut u64) -> Result<u64, String> {
    let w = v.len() as u64;
    drop(v);
    *acc += w;
    hicam::point().await;
    tokio::time::sleep(std::time::Duration::from_micros(1)).await;
    if n == 1000 {
        return Err("too far".into());
    }
    Ok(n * 2 + w)
}

#[hicam::migratable]
async fn depth(n: u64, trail: &mut Vec<u64>) -> u64 {
    if n == 0 {
        return trail.iter().sum();
    }
    trail.push(n);
    let below = depth(n - 1, trail).await;
    below + n
}

#[hicam::migratable]
async fn moved_and_reassigned(k: u64) -> Result<String, String> {
    let mut acc = 0;
    let mut out = Vec::new();
    let mut batch = Vec::new();
    let label = Default::default();
    for i in 0..k {
        batch.push(i);
        match i % 3 {
            0 => {
                let r = step(i, batch, &mut acc).await?;
                batch = Vec::new();
                out.push(r);
            }
            1 => acc += 1,
            _ => {
                let x = batch.iter().sum::<u64>();
                let r = x + depth(i, &mut out).await;
                out.push(r);
            }
        }
    }
    let s: String = label;
    Ok(format!("{s}{acc} {out:?} {batch:?}"))
}

#[hicam::migratable]
async fn early_error(limit: u64) -> Result<u64, String> {
    let mut acc = 0;
    let mut total = 0;
    for n in 998..limit {
        total += step(n, vec![n], &mut acc).await?;
    }
    Ok(total)
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
async fn by_reference(words: &[String]) -> usize {
    let mut total = 0;
    for word in words {
        total += word.len();
        hicam::point().await;
        total += word.chars().count();
    }
    for (i, word) in words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .iter()
        .enumerate()
        .map(|(i, w)| (i, w.len()))
        .collect::<Vec<_>>()
    {
        total += i * word;
    }
    total
}

#[hicam::migratable]
async fn owns_and_lends(n: usize) -> usize {
    let words: Vec<String> = (0..n).map(|i| "x".repeat(i)).collect();
    let total = by_reference(&words).await;
    let mut more = 0;
    for word in &words {
        more += word.len() + by_reference(&words[..1]).await;
    }
    total + more + words.len()
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

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum Shape {
    Dot,
    Line(u32),
    Box { w: u32, h: u32 },
}

#[hicam::migratable]
async fn patterns(shapes: Vec<Shape>) -> u32 {
    let mut area = 0;
    for shape in shapes {
        let part = match shape {
            Shape::Dot => 1,
            Shape::Line(n) if n > 3 => {
                hicam::point().await;
                n * 2
            }
            Shape::Line(n) => n,
            Shape::Box { w, mut h } => {
                let mut sum = 0;
                while h > 0 {
                    sum += w;
                    h -= 1;
                }
                sum
            }
        };
        if let Some(half) = part.checked_div(2) {
            hicam::point().await;
            area += half;
        } else {
            area += 1000;
        }
        area += part;
    }
    area
}

#[hicam::migratable]
async fn add(a: u32, b: u32) -> u32 {
    hicam::point().await;
    a + b
}

#[hicam::migratable]
async fn fallible(n: u32) -> Result<u32, std::num::ParseIntError> {
    let text = format!("{n}");
    hicam::point().await;
    text.parse()
}

#[derive(Debug, PartialEq)]
struct Wrapped(String);
impl From<std::num::ParseIntError> for Wrapped {
    fn from(error: std::num::ParseIntError) -> Self {
        Wrapped(error.to_string())
    }
}

#[hicam::migratable]
async fn expression_positions(x: u32) -> Result<u32, Wrapped> {
    let mut seen = Vec::from([add(x, 1).await, add(x + 1, add(x, x).await).await]);
    seen.push(x + add(1, 2).await * add(3, 4).await);
    let pair = (fallible(x).await?, seen.len(), fallible(7).await? + 1);
    let ok = x > 1 && add(x, 1).await > 2 || fallible(0).await? == 0;
    if add(x, x).await > 4 && ok {
        seen.push(pair.0);
    }
    while add(seen.len() as u32, 0).await < 9 {
        seen.push(fallible(pair.2).await?);
    }
    Ok(match add(x, 10).await {
        10 => 0,
        n => n + seen.iter().sum::<u32>(),
    })
}

#[hicam::migratable]
async fn shadowing(x: String) -> String {
    let x = format!("{x}1");
    hicam::point().await;
    let x = format!("{x}2");
    let y = {
        let x = x.len();
        hicam::point().await;
        x + 1
    };
    hicam::point().await;
    let x = format!("{x}3 {y}");
    hicam::point().await;
    x
}

#[hicam::migratable]
async fn late(flag: bool) -> String {
    let text;
    if flag {
        hicam::point().await;
        text = String::from("yes");
    } else {
        text = add(1, 2).await.to_string();
    }
    hicam::point().await;
    let n: u32;
    n = text.len() as u32;
    hicam::point().await;
    format!("{text}{n}")
}

#[hicam::migratable]
async fn borrows_between_points(words: Vec<String>) -> usize {
    let first = words.first();
    let mut n = first.map_or(0, |word| word.len());
    let name = words[0].as_str();
    if name.len() > 1 {
        hicam::point().await;
        n += 1;
    }
    let longest = words.iter().max_by_key(|word| word.len());
    let longest = longest.map(|word| word.len()).unwrap_or(0);
    n += add(longest as u32, 1).await as usize;
    n + words.len()
}

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
async fn take_len(v: Vec<u32>) -> u32 {
    let n = v.len();
    hicam::point().await;
    n as u32
}

#[derive(hicam::State)]
struct Counter {
    total: std::sync::Mutex<u64>,
    names: Vec<String>,
}

#[hicam::migratable]
impl Counter {
    async fn count(&self, n: u64) -> u64 {
        for i in 0..n {
            self.bump(i).await;
        }
        let mut length = 0;
        for name in &self.names {
            length += name.len() as u64;
        }
        self.get() + length
    }

    async fn bump(&self, by: u64) {
        let mut total = self.total.lock().unwrap();
        *total += by;
        drop(total);
    }

    fn get(&self) -> u64 {
        *self.total.lock().unwrap()
    }
}

#[hicam::migratable]
async fn methods(n: u64) -> u64 {
    let counter = CounterOf { n: 0 };
    let mut counter = counter;
    for i in 0..n {
        counter.add(i).await;
    }
    counter.n + counter.twice().await
}

#[derive(Debug, hicam::State)]
struct CounterOf {
    n: u64,
}

#[hicam::migratable]
impl CounterOf {
    async fn add(&mut self, i: u64) {
        self.n += i;
        hicam::point().await;
        self.n += 1;
    }
    async fn twice(&self) -> u64 {
        hicam::point().await;
        self.n * 2
    }
}

#[hicam::migratable]
async fn option_question(n: Option<u32>) -> Option<u32> {
    let n = n?;
    hicam::point().await;
    let m = n.checked_add(1)?;
    let k = checked(m).await?;
    Some(k)
}

#[hicam::migratable]
async fn checked(n: u32) -> Option<u32> {
    hicam::point().await;
    n.checked_sub(5)
}

#[hicam::migratable]
async fn mutual_even(n: u32) -> bool {
    if n == 0 {
        true
    } else {
        mutual_odd(n - 1).await
    }
}

#[hicam::migratable]
async fn mutual_odd(n: u32) -> bool {
    if n == 0 {
        false
    } else {
        mutual_even(n - 1).await
    }
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
async fn generic<T: Clone + Send + hicam::State>(value: T, n: usize) -> Vec<T> {
    let mut all = Vec::new();
    for _ in 0..n {
        all.push(value.clone());
        hicam::point().await;
    }
    all
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
async fn mutable_elements(mut grid: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    for row in grid.iter_mut() {
        for cell in row.iter_mut() {
            *cell += 1;
            hicam::point().await;
            *cell *= 2;
        }
        row.push(0);
    }
    for (i, j) in (0..2)
        .flat_map(|i| (0..2).map(move |j| (i, j)))
        .collect::<Vec<(usize, usize)>>()
    {
        if i == j {
            continue;
        }
        add_to(&mut grid[i], &j).await;
    }
    grid
}

#[hicam::migratable]
async fn add_to(row: &mut Vec<u32>, by: &usize) {
    for cell in row.iter_mut() {
        *cell += *by as u32;
        hicam::point().await;
    }
}

#[hicam::migratable]
async fn ordered_map(n: u32) -> String {
    let mut map = std::collections::BTreeMap::new();
    for i in 0..n {
        map.insert(i * 7 % 5, format!("{i}"));
    }
    let mut text = String::new();
    for (key, value) in &map {
        hicam::point().await;
        text.push_str(value);
        text.push_str(&add(*key, 1).await.to_string());
    }
    text
}

#[hicam::migratable]
async fn loops_in_expressions(n: u32) -> (u32, Vec<u32>) {
    let mut log = vec![];
    let total = add(
        {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            log.push(sum);
            sum
        },
        if n > 2 {
            add(n, 1).await
        } else {
            log.len() as u32
        },
    )
    .await;
    let mut tries = 0;
    let last = 'search: loop {
        for i in 0.. {
            tries += 1;
            if add(i, tries).await > 9 {
                break 'search i;
            }
            if i == 3 {
                continue 'search;
            }
        }
    };
    log.push(tries);
    (total + last, log)
}

#[hicam::migratable]
async fn floats_and_signs() -> (u64, u64, i128, char) {
    let nan = f64::from_bits(0x7ff8_0000_0000_1234);
    let zero = -0.0_f64;
    let big = i128::MIN;
    let letter = 'ß';
    hicam::point().await;
    (nan.to_bits(), zero.to_bits(), big, letter)
}

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

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Node {
    value: u32,
    next: Option<Box<Node>>,
}

#[hicam::migratable]
async fn linked(n: u32) -> (u32, Option<Node>) {
    let mut head = None;
    for value in 0..n {
        head = Some(Node {
            value,
            next: head.map(Box::new),
        });
        hicam::point().await;
    }
    let mut sum = 0;
    let mut rest = head.clone();
    while let Some(node) = rest {
        sum += add(node.value, 1).await;
        if sum > 100 {
            return (sum, head);
        }
        rest = node.next.map(|next| *next);
    }
    (sum, head)
}

#[hicam::migratable]
async fn question_in_a_loop(texts: Vec<&'static str>) -> Result<Vec<u32>, String> {
    let mut all = Vec::new();
    let mut rest = texts.into_iter();
    while let Some(text) = rest.next() {
        let number = text
            .parse::<u32>()
            .map_err(|error| format!("{text}: {error}"))?;
        let number = match number {
            0 => continue,
            n if n > 90 => return Err(format!("{n} is too large")),
            n => add(n, all.len() as u32).await,
        };
        all.push(number);
    }
    Ok(all)
}

#[hicam::migratable]
async fn values_of_blocks(n: u32) -> String {
    let text = {
        let prefix = format!("<{n}>");
        let body = if n > 2 {
            let inner = add(n, n).await;
            format!("{inner}")
        } else {
            String::from("small")
        };
        prefix + &body
    };
    let numbers = [add(1, n).await, 7, add(n, 2).await];
    let (first, rest) = (numbers[0], &numbers[1..]);
    let sum: u32 = rest.iter().sum();
    let shown = format!("{text} {first} {sum}");
    hicam::point().await;
    let Some(last) = numbers.last().copied() else {
        return shown;
    };
    hicam::point().await;
    format!("{shown} {last}")
}

programs! {
    labelled_jumps: outer_jumps(6) => outer_jumps(6).await;
    branches_that_move: moved_in_one_branch(6) => moved_in_one_branch(6).await;
    a_linked_list: linked(5) => linked(5).await;
    a_linked_list_left_early: linked(20) => linked(20).await;
    questions: question_in_a_loop(vec!["3", "0", "4", "5"]) => Ok(vec![3, 5, 7]);
    questions_refused: question_in_a_loop(vec!["3", "x", "4"]) => Err("x: invalid digit found in string".to_owned());
    questions_returned: question_in_a_loop(vec!["3", "91"]) => Err("91 is too large".to_owned());
    blocks: values_of_blocks(3) => "<3>6 4 12 5".to_owned();
    recursion_with_boxes: fibonacci(4) => (3, vec![4, 3, 2, 1, 0, 1, 2, 1, 0]);
    methods_of_shared_state: shared_state(4) => 9;
    closures_and_shadows: closures(vec!["abc".into(), String::new()]) => closures(vec!["abc".into(), String::new()]).await;
    borrowed_mutably: mutable_elements(vec![vec![1, 2], vec![3]]) => vec![vec![5, 7, 1], vec![8, 0]];
    maps_in_order: ordered_map(9) => ordered_map(9).await;
    loops_as_operands: loops_in_expressions(4) => loops_in_expressions(4).await;
    bits_are_kept: floats_and_signs() => (0x7ff8_0000_0000_1234, 1 << 63, i128::MIN, 'ß');
    scalar_loop: scalar(6) => 55;
    nested_loops: nested(7) => nested(7).await;
    unwinds_and_restores: moved_and_reassigned(14) => moved_and_reassigned(14).await;
    an_early_error: early_error(1003) => Err("too far".to_owned());
    vector_by_value: by_value_vector(vec!["a".into(), String::new(), "bc".into()]) => "a-bc-".to_owned();
    slices: owns_and_lends(4) => owns_and_lends(4).await;
    loop_values: value_of_loop(50) => 38;
    match_arms: patterns(vec![Shape::Dot, Shape::Line(5), Shape::Line(2), Shape::Box { w: 3, h: 4 }]) => 37;
    expressions: expression_positions(3) => expression_positions(3).await;
    shadowed: shadowing("a".into()) => "a123 4".to_owned();
    late_initialised: late(true) => "yes3".to_owned();
    late_initialised_by_call: late(false) => "31".to_owned();
    borrows: borrows_between_points(vec!["ab".into(), "cde".into()]) => 9;
    slots_and_jumps: continues_with_slot(9) => continues_with_slot(9).await;
    methods_of_a_local: methods(4) => methods(4).await;
    options: option_question(Some(9)) => Some(5);
    options_none: option_question(Some(1)) => None;
    mutual_recursion: mutual_even(5) => false;
    while_let_loop: while_let(vec![1, 4]) => while_let(vec![1, 4]).await;
    generics: generic(String::from("x"), 3) => vec!["x".to_owned(); 3];
    static_strings: statics("bob") => "hello bob!".to_owned();
}

#[hicam::migratable]
async fn shared_state(n: u64) -> u64 {
    let counter = Counter {
        total: std::sync::Mutex::new(1),
        names: vec!["ab".into()],
    };
    counter.count(n).await
}
