//! The picture's own random numbers: their state travels with the call, so a moved picture is the same picture.

use super::geometry::Vector;

/// SplitMix64: 64 bits of state, the same sequence on every machine.
#[derive(Clone, Debug, hicam::State)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least 0, below 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A direction, every one as likely as any other. By rejection: sine and cosine differ between platforms.
    pub(super) fn direction(&mut self) -> Vector {
        loop {
            let point = Vector::new(
                self.unit() * 2.0 - 1.0,
                self.unit() * 2.0 - 1.0,
                self.unit() * 2.0 - 1.0,
            );
            let square = point.dot(point);
            if square > 1e-12 && square <= 1.0 {
                return point * (1.0 / square.sqrt());
            }
        }
    }
}
