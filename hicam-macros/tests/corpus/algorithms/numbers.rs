//! Numbers: big integers, primes, greatest common divisors, continued fractions.

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, Eq, hicam::State)]
pub(crate) struct Big {
    /// Little-endian, base 10⁹.
    digits: Vec<u32>,
}

const BASE: u64 = 1_000_000_000;

#[hicam::migratable]
impl Big {
    fn one() -> Self {
        Big { digits: vec![1] }
    }

    async fn multiply(&mut self, by: u32) {
        let mut carry = 0;
        for digit in &mut self.digits {
            let product = u64::from(*digit) * u64::from(by) + carry;
            *digit = (product % BASE) as u32;
            carry = product / BASE;
        }
        if carry > 0 {
            self.digits.push(carry as u32);
        }
    }

    async fn add(&mut self, other: &Big) {
        let mut carry = 0;
        for i in 0..self.digits.len().max(other.digits.len()) {
            if i == self.digits.len() {
                self.digits.push(0);
            }
            let sum = self.digits[i] + other.digits.get(i).copied().unwrap_or(0) + carry;
            self.digits[i] = sum % BASE as u32;
            carry = u32::from(u64::from(sum) >= BASE);
        }
        if carry > 0 {
            self.digits.push(carry);
        }
    }

    async fn show(&self) -> String {
        let mut text = String::new();
        for (i, digit) in self.digits.iter().rev().enumerate() {
            if i == 0 {
                text = digit.to_string();
            } else {
                text += &format!("{digit:09}");
            }
        }
        text
    }
}

#[hicam::migratable]
async fn factorial(n: u32) -> String {
    let mut product = Big::one();
    for i in 2..=n {
        product.multiply(i).await;
    }
    product.show().await
}

#[hicam::migratable]
async fn fibonacci(n: u32) -> String {
    let (mut a, mut b) = (Big { digits: vec![0] }, Big::one());
    for _ in 0..n {
        let before = b.clone();
        b.add(&a).await;
        a = before;
        std::mem::swap(&mut a, &mut b);
        std::mem::swap(&mut a, &mut b);
    }
    a.show().await
}

#[hicam::migratable]
async fn power_mod(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut result = 1;
    base %= modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    result
}

/// Miller and Rabin's test, exact for 32 bits.
#[hicam::migratable]
async fn is_prime(n: u64) -> bool {
    if n < 2 {
        return false;
    }
    for p in [2, 3, 5, 7] {
        if n % p == 0 {
            return n == p;
        }
    }
    let shift = (n - 1).trailing_zeros();
    let odd = (n - 1) >> shift;
    'witnesses: for a in [2, 3, 5, 7] {
        let mut x = power_mod(a, odd, n).await;
        if x == 1 || x == n - 1 {
            continue;
        }
        for _ in 1..shift {
            x = x * x % n;
            if x == n - 1 {
                continue 'witnesses;
            }
        }
        return false;
    }
    true
}

#[hicam::migratable]
async fn primes_in(candidates: Vec<u64>) -> Vec<u64> {
    let mut primes = Vec::new();
    for candidate in candidates {
        if is_prime(candidate).await {
            primes.push(candidate);
        }
    }
    primes
}

#[hicam::migratable]
async fn factors(mut n: u64) -> Vec<(u64, u32)> {
    let mut factors = Vec::new();
    let mut p = 2;
    while p * p <= n {
        let mut power = 0;
        while n % p == 0 {
            n /= p;
            power += 1;
        }
        if power > 0 {
            factors.push((p, power));
        }
        p += if p == 2 { 1 } else { 2 };
    }
    if n > 1 {
        factors.push((n, 1));
    }
    factors
}

/// The extended Euclidean algorithm, recursively.
#[hicam::migratable]
async fn extended_gcd(a: i64, b: i64) -> (i64, i64, i64) {
    if b == 0 {
        return (a, 1, 0);
    }
    let (gcd, x, y) = Box::pin(extended_gcd(b, a % b)).await;
    (gcd, y, x - a / b * y)
}

#[hicam::migratable]
async fn pascal(rows: usize) -> Vec<Vec<u64>> {
    let mut triangle: Vec<Vec<u64>> = vec![vec![1]];
    while triangle.len() < rows {
        let last = &triangle[triangle.len() - 1];
        let mut row = vec![1];
        for pair in last.windows(2) {
            row.push(pair[0] + pair[1]);
        }
        row.push(1);
        triangle.push(row);
    }
    triangle
}

#[hicam::migratable]
async fn pi_digits(n: usize) -> String {
    let (mut q, mut r, mut t, mut k, mut m, mut x) =
        (1_i128, 0_i128, 1_i128, 1_i128, 3_i128, 3_i128);
    let mut digits = String::new();
    while digits.len() < n {
        if 4 * q + r - t < m * t {
            digits.push_str(&m.to_string());
            (q, r, m) = (10 * q, 10 * (r - m * t), 10 * (3 * q + r) / t - 10 * m);
        } else {
            (q, r, t, k, m, x) = (
                q * k,
                (2 * q + r) * x,
                t * x,
                k + 1,
                (q * (7 * k + 2) + r * x) / (t * x),
                x + 2,
            );
        }
    }
    digits
}

programs! {
    algorithms::numbers;
    a_big_factorial: factorial(21) => "51090942171709440000".to_owned();
    a_big_fibonacci_number: fibonacci(60) => "1548008755920".to_owned();
    primes_by_witnesses: primes_in(vec![1, 2, 9, 97, 341, 561, 7919, 2047, 65537]) => vec![2, 97, 7919, 65537];
    prime_factors: factors(2 * 2 * 3 * 7 * 7 * 13) => vec![(2, 2), (3, 1), (7, 2), (13, 1)];
    greatest_common_divisor: extended_gcd(240, 46) => (2, -9, 47);
    pascals_triangle: pascal(6);
    digits_of_pi: pi_digits(7) => "3141592".to_owned();
}
