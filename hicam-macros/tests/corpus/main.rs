//! The corpus: programs as people write them, by topic. Each is compiled twice, from the same file: in [`plain`] the
//! attributes change nothing, in [`marked`] they are HiCaM's. A program must give the same when it runs
//!
//! 1. without attributes,
//! 2. with attributes, as ordinary code,
//! 3. with attributes, captured and restored at each migration point that it passes.
//!
//! Effects count: a program that has some returns a log of them.
//!
//! A topic file registers its programs at its end, with their topic's path, a name, a call, and where that says more
//! than the comparison, the value. Files that are in [`marked`] alone hold what plain Rust refuses.

#![allow(
    clippy::all,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "programs as people write them, awkward ones too, each compiled twice; and tests may fail"
)]

mod harness;

/// The programs as ordinary code.
#[path = "."]
mod plain {
    /// What the programs know as `hicam`: all of it but the transformation.
    pub(crate) mod hicam {
        pub(crate) use ::hicam::*;
        pub(crate) use plain_attributes::migratable;
    }
    pub(crate) use crate::harness::plain_programs as programs;

    pub(crate) mod algorithms {
        pub(crate) use super::{hicam, programs};

        pub(crate) mod binary_trees;
        pub(crate) mod chat;
        pub(crate) mod dijkstra;
        pub(crate) mod dynamic;
        pub(crate) mod exchange;
        pub(crate) mod fannkuch;
        pub(crate) mod graphs;
        pub(crate) mod json;
        pub(crate) mod k_nucleotide;
        pub(crate) mod ledger;
        pub(crate) mod levenshtein;
        pub(crate) mod lru;
        pub(crate) mod machine;
        pub(crate) mod mandelbrot;
        pub(crate) mod matrix;
        pub(crate) mod nbody;
        pub(crate) mod numbers;
        pub(crate) mod queens;
        pub(crate) mod route_guide;
        pub(crate) mod sorting;
        pub(crate) mod spectral_norm;
        pub(crate) mod sudoku;
        pub(crate) mod texts;
        pub(crate) mod workflow;
    }
    pub(crate) mod adaptors;
    pub(crate) mod asserted_messages;
    pub(crate) mod async_blocks;
    pub(crate) mod awaited_receivers;
    pub(crate) mod borrowed_in_a_branch;
    pub(crate) mod borrowed_patterns;
    pub(crate) mod borrowed_places;
    pub(crate) mod borrowed_tuples;
    pub(crate) mod borrows_between_units;
    pub(crate) mod boxes;
    pub(crate) mod branches;
    pub(crate) mod calls;
    pub(crate) mod captures;
    pub(crate) mod chained_heads;
    pub(crate) mod chosen_places;
    pub(crate) mod closures_in_heads;
    pub(crate) mod collections;
    pub(crate) mod conditional_statements;
    pub(crate) mod const_generics;
    pub(crate) mod dead_borrows;
    pub(crate) mod diverging;
    pub(crate) mod drains;
    pub(crate) mod drop_order;
    pub(crate) mod drop_order_of_slots;
    pub(crate) mod drops;
    pub(crate) mod ended_borrows;
    pub(crate) mod errors;
    pub(crate) mod expressions;
    pub(crate) mod foreign;
    pub(crate) mod foreign_literals;
    pub(crate) mod format_arguments;
    pub(crate) mod generics;
    pub(crate) mod guard_operands;
    pub(crate) mod guards;
    pub(crate) mod guards_of_references;
    pub(crate) mod guards_that_borrow;
    pub(crate) mod hash_map_values;
    pub(crate) mod hash_maps;
    pub(crate) mod hazards;
    pub(crate) mod headers;
    pub(crate) mod hoisted_temporaries;
    pub(crate) mod idle_async_blocks;
    pub(crate) mod impl_trait;
    pub(crate) mod impl_trait_inside;
    pub(crate) mod inferred;
    pub(crate) mod items_left;
    pub(crate) mod iterators;
    pub(crate) mod joins;
    pub(crate) mod labelled_blocks;
    pub(crate) mod left_behind;
    pub(crate) mod let_chains;
    pub(crate) mod let_else;
    pub(crate) mod lifetimes;
    pub(crate) mod locks_in_heads;
    pub(crate) mod looked_at;
    pub(crate) mod loops;
    pub(crate) mod lost_branches;
    pub(crate) mod macro_arguments;
    pub(crate) mod messages;
    pub(crate) mod methods;
    pub(crate) mod moves;
    pub(crate) mod names;
    pub(crate) mod nested_heads;
    pub(crate) mod numbered;
    pub(crate) mod observed_drops;
    pub(crate) mod order;
    pub(crate) mod outlived;
    pub(crate) mod owned_self;
    pub(crate) mod partial_moves;
    pub(crate) mod places_as_receivers;
    pub(crate) mod question_operands;
    pub(crate) mod rc;
    pub(crate) mod receivers;
    pub(crate) mod reissued;
    pub(crate) mod replaced;
    pub(crate) mod rows;
    pub(crate) mod scrutinees;
    pub(crate) mod search_trees;
    pub(crate) mod selects;
    pub(crate) mod self_as_argument;
    pub(crate) mod services {
        use super::drop_order;
        pub(crate) use super::{hicam, programs};

        mod errors;
        pub(crate) mod generics;
        pub(crate) mod orders;
        pub(crate) mod requests;
        pub(crate) mod texts;
    }
    pub(crate) mod shadowed_in_macros;
    pub(crate) mod shared_self;
    pub(crate) mod sharing;
    pub(crate) mod spawned;
    pub(crate) mod static_names;
    pub(crate) mod tails;
    pub(crate) mod taken;
    pub(crate) mod temporaries;
    pub(crate) mod temporary_receivers;
    pub(crate) mod timers;
    pub(crate) mod traits;
    pub(crate) mod upper_case;
    pub(crate) mod visibility;
    pub(crate) mod wholes;
}

/// The programs, transformed.
#[path = "."]
mod marked {
    pub(crate) use crate::harness::marked_programs as programs;
    pub(crate) use ::hicam;

    mod algorithms {
        pub(crate) use super::{hicam, programs};

        mod binary_trees;
        mod chat;
        mod dijkstra;
        mod dynamic;
        mod exchange;
        mod fannkuch;
        mod graphs;
        mod json;
        mod k_nucleotide;
        mod ledger;
        mod levenshtein;
        mod lru;
        mod machine;
        mod mandelbrot;
        mod matrix;
        mod nbody;
        mod numbers;
        mod queens;
        mod route_guide;
        mod sorting;
        mod spectral_norm;
        mod sudoku;
        mod texts;
        mod workflow;
    }
    mod adaptors;
    mod asserted_messages;
    mod async_blocks;
    mod awaited_receivers;
    mod borrowed_in_a_branch;
    mod borrowed_patterns;
    mod borrowed_places;
    mod borrowed_tuples;
    mod borrows_between_units;
    mod boxes;
    mod branches;
    mod calls;
    mod captures;
    mod chained_heads;
    mod chosen_places;
    mod closures_in_heads;
    mod collections;
    mod conditional_statements;
    mod const_generics;
    mod dead_borrows;
    mod diverging;
    mod drains;
    mod drop_order;
    mod drop_order_of_slots;
    mod drops;
    mod ended_borrows;
    mod errors;
    mod expressions;
    mod foreign;
    mod foreign_literals;
    mod format_arguments;
    mod generics;
    mod guard_operands;
    mod guards;
    mod guards_of_references;
    mod guards_that_borrow;
    mod hash_map_values;
    mod hash_maps;
    mod hazards;
    mod headers;
    mod hoisted_temporaries;
    mod idle_async_blocks;
    mod impl_trait;
    mod impl_trait_inside;
    mod inferred;
    mod items_left;
    mod iterators;
    mod joins;
    mod labelled_blocks;
    mod left_behind;
    mod let_chains;
    mod let_else;
    mod lifetimes;
    mod locks_in_heads;
    mod looked_at;
    mod loops;
    mod lost_branches;
    mod macro_arguments;
    mod messages;
    mod methods;
    mod moves;
    mod names;
    mod nested_heads;
    mod numbered;
    mod observed_drops;
    mod order;
    pub(crate) mod outlived;
    mod owned_self;
    mod partial_moves;
    mod places_as_receivers;
    mod question_operands;
    mod rc;
    mod receivers;
    mod recursion;
    mod reissued;
    mod replaced;
    mod rows;
    mod scrutinees;
    mod search_trees;
    mod selects;
    mod self_as_argument;
    mod services {
        use super::drop_order;
        pub(crate) use super::{hicam, programs};

        mod errors;
        mod generics;
        mod orders;
        mod requests;
        mod texts;
    }
    mod shadowed_in_macros;
    mod shared_self;
    mod sharing;
    mod spawned;
    mod static_names;
    mod tails;
    mod taken;
    mod temporaries;
    mod temporary_receivers;
    mod timers;
    mod traits;
    mod upper_case;
    mod visibility;
    mod wholes;
}
