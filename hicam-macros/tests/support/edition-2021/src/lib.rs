//! Programs of the corpus in the edition of 2021 (`tests/corpus.rs`). Since 2024 the temporaries of the expression at the
//! end of a block end before the block's variables, and after them before it: annotated code must do as its edition does.
