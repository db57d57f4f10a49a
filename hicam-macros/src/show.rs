//! `HICAM_EXPAND=1`: while a crate is compiled, the expansion of each annotated item is written, formatted, to
//! `target/hicam-expand/<crate>/<module>/<item>.rs`, and the compiler's messages say where.
//!
//! `HICAM_EXPAND=settle` writes only items whose name contains `settle`. An expansion mentions the variable with
//! `option_env!`, so cargo compiles the crate again when it is set or changed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The variable that asks for expansions.
pub(crate) const VARIABLE: &str = "HICAM_EXPAND";

/// The expansion as it goes to the compiler; written to a file too if the user asked for it.
pub(crate) fn expansion(name: &str, expansion: TokenStream) -> TokenStream {
    if !proc_macro::is_available() {
        return expansion;
    }
    if let Ok(wanted) = std::env::var(VARIABLE)
        && is_wanted(&wanted, name)
    {
        let place = Place::of_this_call();
        let source = format(&place.heading(name), &expansion);
        // Nothing depends on the file, so what hinders it is no error of the program.
        match place.write(name, &source) {
            Ok(file) => eprintln!("hicam: `{name}` expanded in {}", file.display()),
            Err(error) => {
                eprintln!("hicam: cannot write the expansion of `{name}`: {error}\n{source}")
            }
        }
    }
    quote! {
        #expansion
        const _: ::core::option::Option<&'static str> = ::core::option_env!(#VARIABLE);
    }
}

/// What an `impl` block is called.
pub(crate) fn impl_name(item: &syn::ItemImpl) -> String {
    let ty = words(&item.self_ty);
    match &item.trait_ {
        Some((path, _)) => format!("impl_{}_for_{ty}", words(path)),
        None => format!("impl_{ty}"),
    }
}

fn words(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

fn is_wanted(wanted: &str, name: &str) -> bool {
    match wanted {
        "" | "0" => false,
        "1" => true,
        part => name.contains(part),
    }
}

/// Where an item stands, and where its expansion goes.
struct Place {
    source: String,
    line: usize,
    /// `None` if cargo's target directory cannot be found.
    directory: Option<PathBuf>,
}

impl Place {
    fn of_this_call() -> Self {
        let span = proc_macro::Span::call_site();
        let source = span.file();
        let package = std::env::var("CARGO_CRATE_NAME").unwrap_or_else(|_| "crate".to_owned());
        let directory = target(std::env::args()).map(|target| {
            target
                .join("hicam-expand")
                .join(package)
                .join(module(&source))
        });
        Place {
            source,
            line: span.line(),
            directory,
        }
    }

    fn heading(&self, name: &str) -> String {
        format!("// Expansion of `{name}` ({}:{})\n", self.source, self.line)
    }

    fn write(&self, name: &str, source: &str) -> std::io::Result<PathBuf> {
        let directory = self.directory.as_ref().ok_or_else(|| {
            std::io::Error::other("the compiler was not told of a directory that cargo made")
        })?;
        fs::create_dir_all(directory)?;
        let file = directory.join(format!("{name}.rs"));
        fs::write(&file, source)?;
        Ok(file)
    }
}

/// Cargo's target directory: that which has cargo's tag, above the directory that the compiler writes to.
fn target(mut arguments: impl Iterator<Item = String>) -> Option<PathBuf> {
    let out = loop {
        let argument = arguments.next()?;
        if argument == "--out-dir" {
            break arguments.next()?;
        }
        if let Some(directory) = argument.strip_prefix("--out-dir=") {
            break directory.to_owned();
        }
    };
    let above = Path::new(&out).ancestors();
    above
        .filter(|directory| directory.join("CACHEDIR.TAG").is_file())
        .last()
        .map(Path::to_owned)
}

/// `src/ledger/mod.rs` is `ledger`, `src/bin/bank.rs` is `bin/bank`.
fn module(source: &str) -> PathBuf {
    let names = Path::new(source).with_extension("");
    let names: Vec<_> = names.iter().filter_map(|name| name.to_str()).collect();
    let after = names
        .iter()
        .rposition(|&name| name == "src")
        .map_or(0, |at| at + 1);
    let last = names.len().saturating_sub(1);
    let inner = names.iter().enumerate().skip(after);
    inner
        .filter(|&(at, &name)| {
            let is_root = at == last && matches!(name, "mod" | "lib" | "main");
            !is_root
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || "-_".contains(c))
        })
        .map(|(_, name)| name)
        .collect()
}

/// As rustfmt would have it, if there is a rustfmt.
fn format(heading: &str, expansion: &TokenStream) -> String {
    let text = expansion.to_string();
    let formatted = rustfmt(&text).unwrap_or(text);
    format!("{heading}{formatted}")
}

fn rustfmt(text: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=120"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    // rustfmt reads all of its input before it writes.
    let written = input.write_all(text.as_bytes());
    drop(input);
    let output = child.wait_with_output().ok()?;
    if written.is_err() || !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout)
        .ok()
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::{impl_name, is_wanted, module, target};
    use std::path::Path;

    #[test]
    fn which_items_are_wanted() {
        assert!(is_wanted("1", "settle"));
        assert!(is_wanted("set", "settle"));
        assert!(!is_wanted("0", "settle"));
        assert!(!is_wanted("", "settle"));
        assert!(!is_wanted("apply", "settle"));
    }

    #[test]
    fn names_of_blocks() {
        let name = |text: &str| impl_name(&syn::parse_str(text).unwrap());
        assert_eq!(name("impl Bank {}"), "impl_Bank");
        assert_eq!(
            name("impl<T> bank_server::Bank for ledger::Of<T> {}"),
            "impl_bank_server_Bank_for_ledger_Of_T"
        );
    }

    #[test]
    fn directories_are_named_by_module() {
        for (source, expected) in [
            ("src/lib.rs", ""),
            ("examples/src/bank/mod.rs", "bank"),
            ("examples/src/bin/bank.rs", "bin/bank"),
            (
                "hicam-macros/tests/programs.rs",
                "hicam-macros/tests/programs",
            ),
            ("../other/src/../ledger.rs", "ledger"),
        ] {
            assert_eq!(module(source), Path::new(expected), "{source}");
        }
    }

    #[test]
    fn the_target_directory_is_the_tagged_one() {
        let here = std::env::current_exe().unwrap();
        let out = here.parent().unwrap().to_str().unwrap().to_owned();
        let tagged = target(["rustc", "--out-dir", &out].map(str::to_owned).into_iter()).unwrap();
        assert!(Path::new(&out).starts_with(&tagged));
        assert!(tagged.join("CACHEDIR.TAG").is_file());
        let joined = target([format!("--out-dir={out}")].into_iter());
        assert_eq!(joined.as_deref(), Some(tagged.as_path()));
        assert_eq!(target(["rustc".to_owned()].into_iter()), None);
    }
}
