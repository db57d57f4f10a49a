//! What cannot be captured or is not supported is one error at the user's own code that says what to write instead.
//!
//! Each file of `tests/ui` holds one mistake; the `.stderr` beside it is what the compiler says. After a change of a
//! message: `TRYBUILD=overwrite cargo test -p hicam-macros --test ui`, and read the difference.

#[test]
fn each_mistake_has_one_message() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
