//! Functions of every shape: private types, generics, receivers, traits.
#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod inner {
    use std::sync::Arc;

    use hicam::testing::every_point;

    /// A private type's methods, and a function that is more visible than the type it takes.
    #[derive(hicam::State, Clone)]
    struct Counter {
        n: u64,
    }

    #[hicam::migratable]
    impl Counter {
        async fn get(&self) -> u64 {
            self.n
        }
        pub async fn add(&mut self, n: u64) -> u64 {
            hicam::point().await;
            self.n += n;
            self.get().await
        }
        async fn into_inner(self) -> u64 {
            hicam::point().await;
            self.n
        }
        async fn boxed(mut self: Box<Self>, n: u64) -> Self {
            hicam::point().await;
            self.n += n;
            *self
        }
    }

    #[hicam::migratable]
    pub async fn read(counter: &Counter) -> u64 {
        counter.get().await
    }

    #[hicam::migratable]
    async fn receivers(n: u64) -> u64 {
        let mut counter = Counter { n };
        let mut sum = counter.add(2).await + read(&counter).await;
        sum += Counter::into_inner(counter.clone()).await;
        sum += counter.clone().into_inner().await;
        let boxed = Box::new(counter).boxed(3).await;
        hicam::point().await;
        sum + boxed.into_inner().await
    }

    /// A function called as generated variables might be.
    #[hicam::migratable]
    async fn taken(n: u64) -> u64 {
        n
    }
    #[hicam::migratable]
    async fn value(n: u64) -> u64 {
        taken(n).await
    }

    #[hicam::migratable]
    async fn largest<'a, T: PartialOrd + Sync>(items: &'a [T], steps: &'a mut u64) -> Option<u64> {
        let mut best = None;
        for (at, item) in items.iter().enumerate() {
            *steps += 1;
            let better = match best {
                None => true,
                Some(best) => items[best as usize] < *item,
            };
            if better {
                best = Some(at as u64);
            }
            value(*steps).await;
        }
        best
    }

    #[hicam::migratable]
    async fn greet(name: impl Into<String>, n: &impl AsRef<str>) -> String {
        let name: String = name.into();
        hicam::point().await;
        format!("{name}{}", n.as_ref())
    }

    #[hicam::migratable]
    async fn filled<const N: usize>(value: u64) -> [u64; N] {
        let mut all = [0; N];
        for slot in &mut all {
            hicam::point().await;
            *slot = value;
        }
        all
    }

    #[hicam::migratable]
    async fn statics(name: &'static str) -> usize {
        hicam::point().await;
        name.len()
    }

    #[hicam::migratable]
    async fn generic(n: u64) -> String {
        let mut steps = 0;
        let best = largest(&[1, 5, n], &mut steps).await;
        let text = greet("x", &String::from("y")).await;
        let array = filled::<3>(n).await;
        let s = "static";
        let len = statics(s).await;
        format!("{best:?}{steps}{text}{array:?}{len}")
    }

    #[hicam::migratable]
    trait Shape {
        async fn area(&self) -> u64;
        async fn scale(&mut self, by: u64) -> u64;
        fn name(&self) -> String;
        async fn doubled(&self, log: &mut Vec<u64>) -> u64 {
            let area = self.area().await;
            log.push(area);
            hicam::point().await;
            area * 2
        }
    }

    #[derive(hicam::State)]
    struct Square(u64);
    #[derive(hicam::State)]
    struct Rect {
        a: u64,
        b: u64,
    }

    #[hicam::migratable]
    impl Shape for Square {
        async fn area(&self) -> u64 {
            hicam::point().await;
            self.0 * self.0
        }
        async fn scale(&mut self, by: u64) -> u64 {
            self.0 *= by;
            self.area().await
        }
        fn name(&self) -> String {
            "square".into()
        }
    }

    #[hicam::migratable]
    impl Shape for Rect {
        async fn area(&self) -> u64 {
            self.a * self.b
        }
        async fn scale(&mut self, by: u64) -> u64 {
            hicam::point().await;
            self.a *= by;
            self.b *= by;
            self.area().await
        }
        fn name(&self) -> String {
            "rect".into()
        }
        async fn doubled(&self, log: &mut Vec<u64>) -> u64 {
            log.push(0);
            self.area().await + self.area().await
        }
    }

    #[hicam::migratable]
    async fn measure<S: Shape + Sync + Send>(shape: &mut S, log: &mut Vec<u64>) -> u64 {
        let before = shape.area().await;
        let after = shape.scale(2).await;
        before + after + shape.doubled(log).await + shape.name().len() as u64
    }

    #[hicam::migratable]
    async fn shapes(n: u64) -> (u64, Vec<u64>) {
        let (mut square, mut rect) = (Square(n), Rect { a: n, b: 2 });
        let mut log = vec![];
        let sum = measure(&mut square, &mut log).await + measure(&mut rect, &mut log).await;
        (sum, log)
    }

    #[tokio::test]
    async fn signatures_at_every_point() {
        assert!(every_point(|| receivers(4)).await.unwrap() > 10);
        assert!(every_point(|| generic(4)).await.unwrap() > 10);
        assert!(every_point(|| shapes(4)).await.unwrap() > 10);
        let shared = Arc::new(Counter { n: 3 });
        assert_eq!(shared.get().await, 3);
    }
}
