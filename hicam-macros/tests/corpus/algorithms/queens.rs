//! n queens: backtracking over a board that the calls share.

use super::{hicam, programs};

fn attacked(board: &[usize], column: usize) -> bool {
    let row = board.len();
    board
        .iter()
        .enumerate()
        .any(|(r, &c)| c == column || c.abs_diff(column) == row - r)
}

#[hicam::migratable]
async fn place(n: usize, board: &mut Vec<usize>, solutions: &mut Vec<Vec<usize>>) {
    if board.len() == n {
        solutions.push(board.clone());
        return;
    }
    for column in 0..n {
        if attacked(board, column) {
            continue;
        }
        board.push(column);
        Box::pin(place(n, board, solutions)).await;
        board.pop();
    }
}

#[hicam::migratable]
async fn queens(n: usize) -> Vec<Vec<usize>> {
    let mut solutions = Vec::new();
    place(n, &mut Vec::new(), &mut solutions).await;
    solutions
}

#[hicam::migratable]
async fn count_with_masks(all: u32, columns: u32, left: u32, right: u32) -> u32 {
    if columns == all {
        return 1;
    }
    let mut count = 0;
    let mut free = all & !(columns | left | right);
    while free != 0 {
        let bit = free & free.wrapping_neg();
        free ^= bit;
        count += Box::pin(count_with_masks(
            all,
            columns | bit,
            (left | bit) << 1,
            (right | bit) >> 1,
        ))
        .await;
    }
    count
}

programs! {
    algorithms::queens;
    queens_of_a_board: queens(5);
    queens_with_masks: count_with_masks((1 << 6) - 1, 0, 0, 0) => 4;
}
