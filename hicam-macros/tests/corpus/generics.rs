//! Generic functions and types.

use super::{hicam, programs};

#[hicam::migratable]
async fn generic<T: Clone + Send + hicam::State>(value: T, n: usize) -> Vec<T> {
    let mut all = Vec::new();
    for _ in 0..n {
        all.push(value.clone());
        hicam::point().await;
    }
    all
}

pub(crate) trait Weigh {
    const UNIT: &'static str;
    type Label: Clone + Send + Sync + hicam::State + ToString;

    fn weight(&self) -> u64;
    fn label(&self) -> Self::Label;
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Stone {
    grams: u64,
}

impl Weigh for Stone {
    const UNIT: &'static str = "g";
    type Label = String;

    fn weight(&self) -> u64 {
        self.grams
    }
    fn label(&self) -> String {
        format!("stone of {}", self.grams)
    }
}

impl Weigh for u32 {
    const UNIT: &'static str = "u";
    type Label = u32;

    fn weight(&self) -> u64 {
        u64::from(*self) * 2
    }
    fn label(&self) -> u32 {
        *self
    }
}

#[hicam::migratable]
async fn weigh<T>(items: Vec<T>) -> (u64, Vec<String>)
where
    T: Weigh + Send + Sync + hicam::State,
{
    let mut total = 0;
    let mut labels = Vec::new();
    for item in items {
        total += item.weight();
        let label = item.label();
        hicam::point().await;
        labels.push(format!("{}{}", label.to_string(), T::UNIT));
    }
    (total, labels)
}

#[hicam::migratable]
async fn weigh_both() -> ((u64, Vec<String>), (u64, Vec<String>)) {
    let stones = weigh(vec![Stone { grams: 3 }, Stone { grams: 4 }]).await;
    let numbers = weigh(vec![5_u32, 6]).await;
    (stones, numbers)
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Stack<T> {
    items: Vec<T>,
    high_water: usize,
}

#[hicam::migratable]
impl<T: Clone + PartialOrd + Send + Sync + hicam::State> Stack<T> {
    fn new() -> Self {
        Stack {
            items: Vec::new(),
            high_water: 0,
        }
    }

    async fn push(&mut self, item: T) -> usize {
        self.items.push(item);
        hicam::point().await;
        self.high_water = self.high_water.max(self.items.len());
        self.items.len()
    }

    async fn pop_greater(&mut self, than: &T) -> Option<T> {
        while let Some(item) = self.items.pop() {
            if item > *than {
                return Some(item);
            }
        }
        None
    }
}

#[hicam::migratable]
async fn stacks() -> (Stack<String>, Option<String>, Option<f64>) {
    let mut texts = Stack::new();
    for text in vec!["b", "d", "a"] {
        texts.push(text.to_owned()).await;
    }
    let than = "b".to_owned();
    let greater = texts.pop_greater(&than).await;
    let mut floats = Stack::new();
    floats.push(0.5).await;
    floats.push(-1.0).await;
    let limit = 0.0;
    let float = floats.pop_greater(&limit).await;
    (texts, greater, float)
}

#[hicam::migratable]
async fn convert<A, B>(values: Vec<A>) -> Result<Vec<B>, String>
where
    A: Send + hicam::State,
    B: TryFrom<A> + Send + hicam::State,
{
    let mut converted = Vec::with_capacity(values.len());
    for value in values {
        let Ok(value) = B::try_from(value) else {
            return Err(format!("after {}", converted.len()));
        };
        converted.push(value);
        hicam::point().await;
    }
    Ok(converted)
}

#[hicam::migratable]
async fn conversions() -> (Result<Vec<u8>, String>, Result<Vec<i64>, String>) {
    let small = convert::<i32, u8>(vec![1, 255, 256]).await;
    let wide = convert(vec![1_u32, u32::MAX]).await;
    (small, wide)
}

programs! {
    generics;
    generics: generic(String::from("x"), 3) => vec!["x".to_owned(); 3];
    generics_with_associated_types: weigh_both();
    generic_stacks: stacks();
    generic_conversions: conversions() => (Err("after 2".to_owned()), Ok(vec![1, 4_294_967_295]));
}
