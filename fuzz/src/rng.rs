//! Random numbers that are the same everywhere and for ever: SplitMix64.

/// A generator of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Rng(seed)
    }

    /// The seed of one of many programs.
    pub(crate) fn seed_of(run: u64, program: u64) -> u64 {
        // Short, because people type it.
        Rng::new(run ^ Rng::new(program).next()).next() >> 16
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number less than `bound`, or 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        all.get(self.below(all.len()))
    }

    /// One of these, each as likely as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, all: &[(usize, T)]) -> Option<T> {
        let sum = all.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(sum);
        for (weight, choice) in all {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return Some(*choice),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    /// Seeds in reports must mean the same programs in later versions.
    #[test]
    fn numbers_do_not_change() {
        let mut rng = Rng::new(1);
        assert_eq!(rng.next(), 0x910A_2DEC_8902_5CC1);
        assert_eq!(rng.next(), 0xBEEB_8DA1_658E_EC67);
    }

    #[test]
    fn weights_are_kept() {
        let mut rng = Rng::new(3);
        let found: Vec<_> = (0..1000)
            .filter_map(|_| rng.weighted(&[(1, 'a'), (0, 'b'), (3, 'c')]))
            .collect();
        assert_eq!(found.len(), 1000);
        assert!(!found.contains(&'b'));
        let rare = found.iter().filter(|letter| **letter == 'a').count();
        assert!((150..350).contains(&rare), "{rare}");
    }
}
