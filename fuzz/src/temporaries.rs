//! What programs make temporaries of. It is the same for both of their versions, because none of it can be captured.

/// The module that is in front of all programs.
pub(crate) const TEMPORARIES: &str = r#"
mod temporaries {
    /// Where orders note that they have ended. Not in an `Arc`: that is refused where it is not mentioned again.
    pub type Sold = tokio::sync::Mutex<Vec<u64>>;

    /// Whether the lock is free, and what has ended.
    pub fn seen(sold: &Sold) -> u64 {
        sold.try_lock().map_or(0, |sold| crate::digest(&*sold))
    }

    /// Its drop is seen.
    pub struct Order<'s> {
        parts: Vec<u64>,
        name: String,
        sold: &'s Sold,
    }

    pub fn order(sold: &Sold) -> Order<'_> {
        Order { parts: Vec::new(), name: String::new(), sold }
    }

    impl Drop for Order<'_> {
        fn drop(&mut self) {
            if let Ok(mut sold) = self.sold.try_lock() {
                sold.push(self.parts.len() as u64);
            }
        }
    }

    impl Order<'_> {
        pub fn with(mut self, part: u64) -> Self {
            self.parts.push(part);
            self
        }

        pub fn maybe(mut self, part: Option<u64>) -> Self {
            self.parts.extend(part);
            self
        }

        pub fn and(mut self, parts: &[u64]) -> Self {
            self.parts.extend(parts.iter().take(5));
            self
        }

        pub fn named(mut self, name: impl Into<String>) -> Self {
            self.name = name.into();
            self
        }

        pub fn sum(self) -> u64 {
            let start = seen(self.sold) + self.name.len() as u64;
            self.parts.iter().fold(start, |sum, part| sum.wrapping_mul(3) ^ part)
        }

        pub fn is_large(self) -> bool {
            self.sum() % 7 > 3
        }

        pub fn made<T: From<u8>>(self) -> T {
            T::from((self.sum() % 100) as u8)
        }

        pub fn checked<T: TryFrom<u64>>(self) -> Result<T, Unsold> {
            let least = self.parts.len() as u64;
            if least < 1 {
                return Err(Unsold(least));
            }
            self.sum().try_into().map_err(|_| Unsold(least))
        }

        pub fn found<T: From<u8>>(self) -> Option<(T, String)> {
            let name = self.name.clone();
            (!self.parts.is_empty()).then(|| (self.made(), name))
        }

        pub fn pair(self) -> (u64, String) {
            let name = format!("{} {}", self.name, self.parts.len());
            (self.sum(), name)
        }

        pub fn parts(mut self) -> Vec<u64> {
            std::mem::take(&mut self.parts)
        }
    }

    /// An error, and its end is not waited for.
    #[derive(Debug)]
    pub struct Unsold(pub u64);

    impl std::fmt::Display for Unsold {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "unsold: {}", self.0)
        }
    }

    impl std::error::Error for Unsold {}

    /// Patterns take parts of it.
    pub struct Taken {
        pub text: String,
        pub lines: Vec<String>,
        pub generation: u64,
    }

    pub fn taken(text: &str, generation: u64) -> Option<(Taken, u64)> {
        let lines = text.split(' ').map(str::to_owned).collect();
        let text = text.to_owned();
        let length = text.len() as u64;
        (length > 0).then(|| (Taken { text, lines, generation }, length))
    }
}
"#;
