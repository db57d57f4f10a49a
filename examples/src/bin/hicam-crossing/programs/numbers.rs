//! Numbers and characters: each bit of them counts.

use crate::effects::note;

/// Zeros of both signs, infinities, the smallest and largest numbers, quiet and signalling NaNs with payloads.
pub(crate) fn odd_floats() -> Vec<f64> {
    let mut floats = vec![
        0.0,
        -0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::EPSILON,
        0.1,
        1.0 / 3.0,
    ];
    let bits = [
        0x0000_0000_0000_0001,
        0x8000_0000_0000_0001,
        0x7ff8_0000_0000_0000,
        0xfff8_0000_0000_0001,
        0x7ff8_dead_beef_cafe,
        0x7ff0_0000_0000_0001,
        0xfff4_0123_4567_89ab,
    ];
    floats.extend(bits.map(f64::from_bits));
    floats
}

/// Returns bits, since not all of these equal themselves.
#[hicam::migratable]
pub(crate) async fn floats(values: Vec<f64>) -> (Vec<u64>, Vec<u32>, (u64, u64)) {
    let negative_zero = -0.0_f64;
    let nan = f32::from_bits(0xffc1_2345);
    let mut wide = Vec::new();
    let mut narrow = Vec::new();
    for value in &values {
        let kept = *value;
        hicam::point().await;
        wide.push(kept.to_bits());
        narrow.push(f32::from_bits(nan.to_bits() ^ wide.len() as u32));
        note(format_args!("{:016x}", kept.to_bits()));
    }
    let sum: f64 = values.iter().filter(|value| value.is_finite()).sum();
    hicam::point().await;
    let narrow = narrow.into_iter().map(f32::to_bits).collect();
    (wide, narrow, (negative_zero.to_bits(), sum.to_bits()))
}

#[hicam::migratable]
pub(crate) async fn integers(rounds: u8) -> (i128, u128, i64, u16, bool) {
    let mut lowest = i128::MIN;
    let mut highest = u128::MAX;
    let mut mixed = 0x0123_4567_89ab_cdef_i64;
    let mut short = 0xff00_u16;
    let mut odd = false;
    for round in 0..rounds {
        lowest = lowest.wrapping_mul(3).wrapping_add(i128::from(round));
        hicam::point().await;
        highest = highest.rotate_left(u32::from(round)) ^ u128::from(short);
        mixed = mixed.wrapping_mul(-7).rotate_right(11);
        short = short.swap_bytes().wrapping_add(u16::from(round));
        odd = !odd;
        note(format_args!("{round}: {lowest} {highest}"));
    }
    (lowest, highest, mixed, short, odd)
}

/// What every machine can hold in its `usize` and `isize`.
#[hicam::migratable]
pub(crate) async fn sizes(count: usize) -> (Vec<usize>, isize, usize) {
    let mut sizes = vec![u32::MAX as usize];
    let mut least = i32::MIN as isize;
    let mut index = 0_usize;
    while index < count {
        sizes.push(index * 1000);
        hicam::point().await;
        least += index as isize;
        index += 2;
        note(least);
    }
    (sizes, least, index)
}

#[hicam::migratable]
pub(crate) async fn characters(text: String) -> (String, Vec<u32>, Option<char>) {
    let mut last = None;
    let mut codes = Vec::new();
    let mut turned = String::new();
    for character in text.chars() {
        let before = last.replace(character);
        hicam::point().await;
        codes.push(character as u32);
        turned.insert(0, character);
        note(before.map_or(0, u32::from));
    }
    (turned, codes, last)
}

/// Bodies that attract each other, with what IEEE 754 says exactly: sums, products, quotients and roots.
#[hicam::migratable]
pub(crate) async fn planets(steps: u32) -> Vec<[u64; 3]> {
    let mut bodies = vec![
        ([0.0, 0.0, 0.0], [0.0, 0.01, 0.0], 1000.0),
        ([10.0, 0.5, -1.0], [0.0, 9.7, 0.25], 1.0),
        ([-30.0, 0.0, 2.0], [0.1, -5.6, 0.0], 2.5),
    ];
    for _ in 0..steps {
        for i in 0..bodies.len() {
            let (here, _, _) = bodies[i];
            let mut pull = [0.0; 3];
            for (j, (there, _, mass)) in bodies.iter().enumerate() {
                if i != j {
                    let away = [0, 1, 2].map(|axis| there[axis] - here[axis]);
                    let square: f64 = away.iter().map(|x| x * x).sum();
                    let factor = mass / (square * square.sqrt());
                    for (pull, away) in pull.iter_mut().zip(away) {
                        *pull += away * factor;
                    }
                }
            }
            hicam::point().await;
            let (_, speed, _) = &mut bodies[i];
            for (speed, pull) in speed.iter_mut().zip(pull) {
                *speed += pull * 0.01;
            }
        }
        for (place, speed, _) in &mut bodies {
            for (place, speed) in place.iter_mut().zip(*speed) {
                *place += speed * 0.01;
            }
        }
        note(bodies[1].0[0].to_bits());
    }
    let places = bodies.into_iter().map(|(place, _, _)| place);
    places.map(|place| place.map(f64::to_bits)).collect()
}

/// Holds its argument, and what it reckons with it, to the end.
#[hicam::migratable]
pub(crate) async fn wide(size: usize) -> usize {
    let mut sum = 0;
    for step in 0..3 {
        sum += step;
        half(size, sum).await;
    }
    size + sum
}

#[hicam::migratable]
async fn half(size: usize, sum: usize) -> usize {
    hicam::point().await;
    size / 2 + sum
}
