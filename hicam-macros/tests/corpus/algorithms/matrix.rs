//! Matrices: multiplication, powers by squaring, Gaussian elimination.

use super::{hicam, programs};

type Matrix = Vec<Vec<i64>>;

#[hicam::migratable]
async fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let (rows, inner, columns) = (a.len(), b.len(), b[0].len());
    let mut product = vec![vec![0; columns]; rows];
    for i in 0..rows {
        for j in 0..columns {
            for k in 0..inner {
                product[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    product
}

fn identity(n: usize) -> Matrix {
    let row = |i| (0..n).map(|j| i64::from(i == j)).collect();
    (0..n).map(row).collect()
}

#[hicam::migratable]
async fn power(mut base: Matrix, mut exponent: u32) -> Matrix {
    let mut result = identity(base.len());
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = multiply(&result, &base).await;
        }
        base = multiply(&base, &base).await;
        exponent /= 2;
    }
    result
}

/// Solves `a · x = b`; `None` if `a` is singular.
#[hicam::migratable]
async fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for column in 0..n {
        let pivot =
            (column..n).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))?;
        if a[pivot][column].abs() < 1e-9 {
            return None;
        }
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..n {
            let factor = a[row][column] / a[column][column];
            for k in column..n {
                a[row][k] -= factor * a[column][k];
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = vec![0.0; n];
    for row in (0..n).rev() {
        let mut sum = b[row];
        for k in row + 1..n {
            sum -= a[row][k] * x[k];
        }
        x[row] = sum / a[row][row];
    }
    Some(x)
}

#[hicam::migratable]
async fn of_texts(a: &str, b: &str) -> Matrix {
    let parse = |text: &str| -> Matrix {
        let row = |row: &str| {
            row.split(',')
                .filter_map(|cell| cell.parse().ok())
                .collect()
        };
        text.split(';').map(row).collect()
    };
    let (a, b) = (parse(a), parse(b));
    multiply(&a, &b).await
}

programs! {
    algorithms::matrix;
    a_product: of_texts("1,2;3,4;5,6", "1,0,2;0,1,3") => vec![vec![1, 2, 8], vec![3, 4, 18], vec![5, 6, 28]];
    a_power: power(vec![vec![1, 1], vec![1, 0]], 10) => vec![vec![89, 55], vec![55, 34]];
    a_system_of_equations: solve(vec![vec![0.0, 2.0, 1.0], vec![1.0, -2.0, -3.0], vec![-1.0, 1.0, 2.0]], vec![-8.0, 0.0, 3.0]);
    a_singular_system: solve(vec![vec![1.0, 2.0], vec![2.0, 4.0]], vec![1.0, 2.0]) => None;
}
