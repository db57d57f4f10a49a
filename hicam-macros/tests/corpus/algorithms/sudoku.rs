//! A sudoku solver: the cell with the fewest candidates first, by recursion.

use super::{hicam, programs};

#[derive(Clone, Debug, PartialEq, hicam::State)]
pub(crate) struct Grid {
    cells: [[u8; 9]; 9],
}

#[derive(Debug, PartialEq, hicam::State)]
enum Progress {
    Solved,
    Stuck,
    Branch(usize, usize, Vec<u8>),
}

#[hicam::migratable]
impl Grid {
    fn parse(text: &str) -> Option<Grid> {
        let digits: Vec<u8> = text
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| if byte == b'.' { 0 } else { byte - b'0' })
            .collect();
        if digits.len() != 81 {
            return None;
        }
        let mut cells = [[0; 9]; 9];
        for (at, digit) in digits.into_iter().enumerate() {
            cells[at / 9][at % 9] = digit;
        }
        Some(Grid { cells })
    }

    fn candidates(&self, row: usize, column: usize) -> Vec<u8> {
        let (top, left) = (row / 3 * 3, column / 3 * 3);
        (1..=9)
            .filter(|digit| {
                (0..9).all(|i| {
                    self.cells[row][i] != *digit
                        && self.cells[i][column] != *digit
                        && self.cells[top + i / 3][left + i % 3] != *digit
                })
            })
            .collect()
    }

    async fn next(&self) -> Progress {
        let mut best: Option<(usize, usize, Vec<u8>)> = None;
        for row in 0..9 {
            for column in 0..9 {
                if self.cells[row][column] != 0 {
                    continue;
                }
                let candidates = self.candidates(row, column);
                match &best {
                    _ if candidates.is_empty() => return Progress::Stuck,
                    Some((_, _, fewest)) if fewest.len() <= candidates.len() => {}
                    _ => best = Some((row, column, candidates)),
                }
            }
        }
        match best {
            Some((row, column, candidates)) => Progress::Branch(row, column, candidates),
            None => Progress::Solved,
        }
    }

    async fn solve(&mut self, tried: &mut u32) -> bool {
        let (row, column, candidates) = match self.next().await {
            Progress::Solved => return true,
            Progress::Stuck => return false,
            Progress::Branch(row, column, candidates) => (row, column, candidates),
        };
        for digit in candidates {
            self.cells[row][column] = digit;
            *tried += 1;
            if Box::pin(self.solve(tried)).await {
                return true;
            }
        }
        self.cells[row][column] = 0;
        false
    }
}

const PUZZLE: &str = "
    53467.9.2
    672195348
    198342567
    8597614..
    4268537.1
    713924856
    96.537284
    287419635
    34528617.
";

#[hicam::migratable]
async fn sudoku(puzzle: &str) -> Option<(Vec<String>, u32)> {
    let mut grid = Grid::parse(puzzle)?;
    let mut tried = 0;
    if !grid.solve(&mut tried).await {
        return None;
    }
    let mut lines = Vec::new();
    for row in &grid.cells {
        lines.push(row.iter().map(u8::to_string).collect::<String>());
    }
    Some((lines, tried))
}

programs! {
    algorithms::sudoku;
    a_solvable_sudoku: sudoku(PUZZLE);
    a_sudoku_that_is_too_short: sudoku("12") => None;
}
