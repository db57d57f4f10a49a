//! Blocks of passes: a loop with a short body looks at the flag once per block, so that what runs between two looks is
//! a loop as the compiler likes it: counted, without exits. Ranges and slices can be cut into blocks; any other iterator
//! gives blocks of one pass. Which of the two is found by the iterator's type, by autoref specialisation.

use std::ops::{Range, RangeInclusive};
use std::slice::{Iter, IterMut};

/// An iterator of which the next block is wanted.
#[derive(Debug)]
pub struct Passes<'i, I>(pub &'i mut I);

/// An iterator that can be cut into blocks.
pub trait Cut: Iterator {
    /// A block.
    type Block: Iterator<Item = Self::Item>;
    /// The next block, of at most `passes` items, and how many it has; `None` at the end.
    fn cut(&mut self, passes: usize) -> Option<(Self::Block, usize)>;
}

/// The next block of an iterator that can be cut.
pub trait BlockOfPasses {
    /// A block.
    type Block: Iterator;
    /// The next block, of at most `passes` items, and how many it has; `None` at the end.
    fn next_block(self, passes: usize) -> Option<(Self::Block, usize)>;
}

impl<I: Cut> BlockOfPasses for &mut &mut Passes<'_, I> {
    type Block = I::Block;
    #[inline(always)]
    fn next_block(self, passes: usize) -> Option<(I::Block, usize)> {
        self.0.cut(passes)
    }
}

/// The next block of any other iterator.
pub trait OnePass {
    /// One item.
    type Block: Iterator;
    /// The next item as a block; `None` at the end.
    fn next_block(self, passes: usize) -> Option<(Self::Block, usize)>;
}

impl<I: Iterator> OnePass for &mut Passes<'_, I> {
    type Block = std::option::IntoIter<I::Item>;
    #[inline(always)]
    fn next_block(self, _: usize) -> Option<(Self::Block, usize)> {
        self.0.next().map(|item| (Some(item).into_iter(), 1))
    }
}

/// Integers that ranges are cut by.
pub trait Integer: Copy + PartialOrd {
    /// Whether `self..end` has more than `count` elements; `self` is less than `end`.
    fn is_more(self, end: Self, count: usize) -> bool;
    /// `self + count`, which is known to be less than some other value of the type.
    fn plus(self, count: usize) -> Self;
    /// How many elements `self..end` has, where that is known to be few.
    fn few(self, end: Self) -> usize;
}

macro_rules! integers {
    ($($ty:ident as $wide:ident),*) => {$(
        impl Integer for $ty {
            #[inline(always)]
            fn is_more(self, end: Self, count: usize) -> bool {
                end.wrapping_sub(self) as $wide as u128 > count as u128
            }
            #[inline(always)]
            fn plus(self, count: usize) -> Self {
                self.wrapping_add(count as $ty)
            }
            #[inline(always)]
            fn few(self, end: Self) -> usize {
                end.wrapping_sub(self) as $wide as usize
            }
        }
    )*};
}
integers!(
    u8 as u8,
    u16 as u16,
    u32 as u32,
    u64 as u64,
    u128 as u128,
    usize as usize,
    i8 as u8,
    i16 as u16,
    i32 as u32,
    i64 as u64,
    i128 as u128,
    isize as usize
);

impl<T: Integer> Cut for Range<T>
where
    Range<T>: Iterator,
{
    type Block = Range<T>;
    #[inline(always)]
    fn cut(&mut self, passes: usize) -> Option<(Range<T>, usize)> {
        let Range { start, end } = *self;
        if start >= end {
            return None;
        }
        let (cut, passes) = if start.is_more(end, passes) {
            (start.plus(passes), passes)
        } else {
            (end, start.few(end))
        };
        self.start = cut;
        Some((start..cut, passes))
    }
}

impl<T: Integer> Cut for RangeInclusive<T>
where
    RangeInclusive<T>: Iterator<Item = T> + DoubleEndedIterator,
{
    type Block = RangeInclusive<T>;
    #[inline(always)]
    fn cut(&mut self, passes: usize) -> Option<(RangeInclusive<T>, usize)> {
        let range = self;
        if range.is_empty() {
            return None;
        }
        let (start, end) = (*range.start(), *range.end());
        if start.is_more(end, passes - 1) {
            let cut = start.plus(passes);
            *range = cut..=end;
            return Some((start..=start.plus(passes - 1), passes));
        }
        let last = range.clone();
        // The range is left exhausted at its end, as iterating to it would.
        *range = end..=end;
        range.next();
        Some((last, start.few(end) + 1))
    }
}

impl<'s, T> Cut for Iter<'s, T> {
    type Block = Iter<'s, T>;
    #[inline(always)]
    fn cut(&mut self, passes: usize) -> Option<(Iter<'s, T>, usize)> {
        let items = self.as_slice();
        let (block, rest) = items.split_at(passes.min(items.len()));
        *self = rest.iter();
        (!block.is_empty()).then(|| (block.iter(), block.len()))
    }
}

impl<'s, T> Cut for IterMut<'s, T> {
    type Block = IterMut<'s, T>;
    #[inline(always)]
    fn cut(&mut self, passes: usize) -> Option<(IterMut<'s, T>, usize)> {
        let items = std::mem::take(self).into_slice();
        let count = passes.min(items.len());
        let (block, rest) = items.split_at_mut(count);
        *self = rest.iter_mut();
        (count > 0).then(|| (block.iter_mut(), count))
    }
}

/// As [`Iterator::zip`], of iterators that are cut together.
#[derive(Debug, Clone)]
pub struct Zipped<A, B>(A, B);

/// As [`Iterator::zip`].
#[inline]
pub fn zip<A: Iterator, B: IntoIterator>(first: A, second: B) -> Zipped<A, B::IntoIter> {
    Zipped(first, second.into_iter())
}

impl<A: Iterator, B: Iterator> Iterator for Zipped<A, B> {
    type Item = (A::Item, B::Item);
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.1.next()?))
    }
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        Some((self.0.nth(n)?, self.1.nth(n)?))
    }
}

impl<A: Cut, B: Cut> Cut for Zipped<A, B> {
    type Block = std::iter::Zip<A::Block, B::Block>;
    #[inline(always)]
    fn cut(&mut self, passes: usize) -> Option<(Self::Block, usize)> {
        let ((first, left), (second, right)) = (self.0.cut(passes)?, self.1.cut(passes)?);
        // If one is shorter, it has ended.
        Some((first.zip(second), left.min(right)))
    }
}

/// As [`Iterator::enumerate`], of an iterator that is cut.
#[derive(Debug, Clone)]
pub struct Enumerated<I>(I, usize);

/// As [`Iterator::enumerate`].
#[inline]
pub fn enumerate<I: Iterator>(items: I) -> Enumerated<I> {
    Enumerated(items, 0)
}

impl<I: Iterator> Iterator for Enumerated<I> {
    type Item = (usize, I::Item);
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let item = self.0.next()?;
        self.1 += 1;
        Some((self.1 - 1, item))
    }
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        let item = self.0.nth(n)?;
        self.1 += n + 1;
        Some((self.1 - 1, item))
    }
}

impl<I: Cut> Cut for Enumerated<I> {
    type Block = std::iter::Zip<Range<usize>, I::Block>;
    #[inline(always)]
    fn cut(&mut self, passes: usize) -> Option<(Self::Block, usize)> {
        let (block, passes) = self.0.cut(passes)?;
        let from = self.1;
        self.1 += passes;
        Some(((from..self.1).zip(block), passes))
    }
}

#[cfg(test)]
mod tests {
    use super::{BlockOfPasses, OnePass, Passes};

    macro_rules! cut {
        ($iter:expr, $passes:expr) => {{
            let mut iter = $iter;
            let mut all = Vec::new();
            while let Some((block, count)) = (&mut &mut Passes(&mut iter)).next_block($passes) {
                let mut block: Vec<_> = block.collect();
                assert_eq!(block.len(), count);
                assert!(count > 0 && count <= $passes);
                all.append(&mut block);
            }
            all
        }};
    }

    #[test]
    fn blocks_give_the_same_items() {
        for passes in [1, 2, 3, 64] {
            assert_eq!(cut!(3_u64..10, passes), (3..10).collect::<Vec<_>>());
            assert_eq!(cut!(5_u8..5, passes), Vec::<u8>::new());
            #[allow(clippy::reversed_empty_ranges, reason = "that is what is tested")]
            let reversed = 7_i32..2;
            assert_eq!(cut!(reversed, passes), Vec::<i32>::new());
            assert_eq!(cut!(-100_i8..100, passes), (-100..100).collect::<Vec<i8>>());
            assert_eq!(cut!(0_u8..=255, passes), (0..=255).collect::<Vec<u8>>());
            assert_eq!(
                cut!(i8::MIN..=i8::MAX, passes),
                (i8::MIN..=i8::MAX).collect::<Vec<_>>()
            );
            assert_eq!(cut!(4..=4_usize, passes), vec![4]);
            let items = [1, 2, 3, 4, 5];
            assert_eq!(cut!(items.iter(), passes), items.iter().collect::<Vec<_>>());
            let mut changed = items;
            assert_eq!(cut!(changed.iter_mut(), passes).len(), 5);
            let pairs = super::enumerate(super::zip(items.iter(), 10..13_u32));
            let expected: Vec<_> = items.iter().zip(10..13_u32).enumerate().collect();
            assert_eq!(pairs.clone().collect::<Vec<_>>(), expected);
            assert_eq!(cut!(pairs.clone(), passes), expected);
            let mut skipped = pairs;
            assert_eq!(skipped.nth(1), Some(expected[1]));
            assert_eq!(skipped.next(), Some(expected[2]));
            assert_eq!(skipped.next(), None);
            assert_eq!(cut!('a'..'e', passes.min(1)), vec!['a', 'b', 'c', 'd']);
        }
        let mut wide = u64::MAX - 3..u64::MAX;
        assert_eq!(
            (&mut &mut Passes(&mut wide)).next_block(1024),
            Some((u64::MAX - 3..u64::MAX, 3))
        );
        assert_eq!(wide, u64::MAX..u64::MAX);
        let mut wide = i128::MIN..i128::MAX;
        assert_eq!(
            (&mut &mut Passes(&mut wide)).next_block(2),
            Some((i128::MIN..i128::MIN + 2, 2))
        );
    }
}
