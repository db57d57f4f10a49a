//! Methods of a user's types.

use super::{hicam, programs};

#[derive(hicam::State)]
pub(crate) struct Counter {
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
async fn shared_state(n: u64) -> u64 {
    let counter = Counter {
        total: std::sync::Mutex::new(1),
        names: vec!["ab".into()],
    };
    counter.count(n).await
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
pub(crate) struct CounterOf {
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

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Light {
    Red { waited: u32 },
    Green,
    Off,
}

#[hicam::migratable]
impl Light {
    const LIMIT: u32 = 2;

    async fn next(&mut self) -> bool {
        hicam::point().await;
        match self {
            Light::Red { waited } => {
                *waited += 1;
                if *waited > Self::LIMIT {
                    *self = Light::Green;
                }
            }
            Light::Green => {
                *self = Self::after_green(3).await;
            }
            Light::Off => return false,
        }
        true
    }

    async fn after_green(n: u32) -> Self {
        hicam::point().await;
        if n > 10 {
            Light::Off
        } else {
            Light::Red { waited: n - 3 }
        }
    }

    fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }
}

#[hicam::migratable]
async fn lights(steps: u32) -> (Vec<Light>, u32) {
    let mut light = Light::after_green(3).await;
    let mut seen = Vec::new();
    let mut stopped = 0;
    for step in 0..steps {
        if !light.next().await {
            stopped += 1;
        }
        seen.push(light.clone());
        if step == steps - 2 {
            light = Light::Off;
        }
        if light.is_off() {
            stopped += 10;
        }
    }
    (seen, stopped)
}

programs! {
    methods;
    methods_of_shared_state: shared_state(4) => 9;
    methods_of_a_local: methods(4);
    methods_of_an_enum: lights(8);
}
