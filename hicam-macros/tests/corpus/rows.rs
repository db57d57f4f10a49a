//! Rows of rows, changed through the loops' own variables.

use super::{hicam, programs};

#[hicam::migratable]
async fn doubled(mut grid: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    for row in &mut grid {
        for cell in row {
            hicam::point().await;
            *cell *= 2;
        }
    }
    for row in grid.iter_mut() {
        for cell in &mut *row {
            hicam::point().await;
            *cell += 1;
        }
        row.push(7);
    }
    grid
}

programs! {
    rows;
    rows_changed: doubled(vec![vec![1, 2], vec![], vec![3]]) => vec![vec![3, 5, 7], vec![7], vec![7, 7]];
}
