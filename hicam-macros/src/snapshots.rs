//! Each lowering's expansion, kept in `tests/snapshots/<name>.expanded.rs` beside the code it is made from, so that a
//! change of a lowering can be read. They are compared as formatted text.
//!
//! After a change: `HICAM_UPDATE_SNAPSHOTS=1 cargo test -p hicam-macros --lib snapshots`, and read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens as _;

use crate::migratable;

const UPDATE: &str = "HICAM_UPDATE_SNAPSHOTS";

/// These show everything that an item becomes, the others the body alone, which is where they differ.
const WHOLE: [&str; 3] = ["function", "interface", "spawnable"];

#[test]
fn expansions_are_the_reviewed_ones() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let update = std::env::var_os(UPDATE).is_some();
    let mut wrong = Vec::new();
    let sources = sources(&directory);
    assert!(
        !sources.is_empty(),
        "no snapshots in {}",
        directory.display()
    );
    for source in sources {
        let name = source.file_stem().and_then(|name| name.to_str());
        let name = name.expect("files have names of ASCII");
        let kept = source.with_extension("expanded.rs");
        let found = expansion(name, &source);
        if update {
            fs::write(&kept, &found).expect("snapshots can be written");
        } else if fs::read_to_string(&kept).unwrap_or_default() != found {
            wrong.push(name.to_owned());
        }
    }
    assert!(
        wrong.is_empty(),
        "other expansions than those in tests/snapshots: {wrong:?}. To see the difference, run this test with \
         {UPDATE}=1 and ask git"
    );
}

/// Every snapshot is of a source that is still there.
#[test]
fn no_snapshot_is_left_over() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let sources = sources(&directory);
    for file in files(&directory) {
        let of = file.to_string_lossy().replace(".expanded.rs", ".rs");
        assert!(sources.contains(&PathBuf::from(of)), "{}", file.display());
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the directory of snapshots can be read");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry of the directory").path())
        .collect();
    files.sort();
    files
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut files = files(directory);
    files.retain(|file| !file.to_string_lossy().ends_with(".expanded.rs"));
    files
}

fn expansion(name: &str, source: &Path) -> String {
    let text = fs::read_to_string(source).expect("a snapshot's source can be read");
    let first = text.lines().next().unwrap_or_default();
    let arguments = first.strip_prefix("// ").unwrap_or_default();
    let arguments = syn::parse_str(arguments).expect("the attribute's arguments");
    let item: proc_macro2::TokenStream = text.parse().expect("Rust");
    let expanded = migratable::expand(arguments, item);
    let mut file: syn::File = syn::parse2(expanded).expect("an expansion is a list of items");
    if !WHOLE.contains(&name) {
        file.items = file.items.into_iter().filter_map(body).collect();
    }
    let note = "// Written by the test `expansions_are_the_reviewed_ones`.\n\n";
    format!("{note}{}", prettyplease::unparse(&file))
}

/// The body's function, without what is the same for all.
fn body(item: syn::Item) -> Option<syn::Item> {
    let is_body = |name: &syn::Ident| name.to_string().starts_with("__hicam_body_");
    match item {
        syn::Item::Fn(mut item) if is_body(&item.sig.ident) => {
            item.attrs.clear();
            item.block.stmts.retain(is_own);
            Some(syn::Item::Fn(item))
        }
        syn::Item::Impl(mut item) => {
            item.items.retain_mut(|member| match member {
                syn::ImplItem::Fn(method) if is_body(&method.sig.ident) => {
                    method.attrs.clear();
                    method.block.stmts.retain(is_own);
                    true
                }
                _ => false,
            });
            (!item.items.is_empty()).then_some(syn::Item::Impl(item))
        }
        _ => None,
    }
}

fn is_own(statement: &syn::Stmt) -> bool {
    !statement
        .to_token_stream()
        .to_string()
        .starts_with("use :: hicam")
}
