//! The workspace under `target/hicam-size`: each example with its attributes and without them, and a package of functions
//! of many points.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::expansions;

/// A version of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// Its functions are not transformed.
    Without,
    /// As it is.
    With,
}

impl Variant {
    /// The name of the package and of its binary.
    pub(super) fn package(self, example: &str) -> String {
        match self {
            Variant::Without => format!("size-{example}-without"),
            Variant::With => format!("size-{example}-with"),
        }
    }

    fn apply(self, source: &str) -> anyhow::Result<String> {
        match self {
            Variant::With => Ok(source.to_owned()),
            Variant::Without => without_attributes(source),
        }
    }
}

/// The workspace that is measured.
#[derive(Debug)]
pub(super) struct Workspace {
    path: PathBuf,
    protoc: PathBuf,
}

impl Workspace {
    /// Writes it from the repository's own manifests and sources.
    pub(super) fn create(root: &Path, path: &Path, examples: &[&str]) -> anyhow::Result<Self> {
        let workspace = Workspace {
            path: path.to_owned(),
            protoc: root.join("target/tools/protoc/bin/protoc"),
        };
        let mut members = vec![expansions::PACKAGE.to_owned()];
        for example in examples {
            for variant in [Variant::Without, Variant::With] {
                workspace.example(root, example, variant)?;
                members.push(variant.package(example));
            }
        }
        workspace.write(
            &format!("{}/Cargo.toml", expansions::PACKAGE),
            &manifest(expansions::PACKAGE, "hicam.workspace = true\n"),
        )?;
        workspace.write(
            &format!("{}/src/lib.rs", expansions::PACKAGE),
            &expansions::source(),
        )?;
        let manifest = workspace_manifest(&read(&root.join("Cargo.toml"))?, root, &members)?;
        workspace.write("Cargo.toml", &manifest)?;
        // The versions of all dependencies are the repository's.
        workspace.write("Cargo.lock", &read(&root.join("Cargo.lock"))?)?;
        Ok(workspace)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The installed protoc.
    pub(super) fn protoc(&self) -> &Path {
        &self.protoc
    }

    /// Makes cargo compile this version again.
    pub(super) fn touch(&self, example: &str, variant: Variant) -> anyhow::Result<()> {
        let package = self.path.join(variant.package(example));
        for file in ["src/lib.rs", "src/main.rs"] {
            let file = package.join(file);
            let text = read(&file)?;
            fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
        }
        Ok(())
    }

    fn example(&self, root: &Path, example: &str, variant: Variant) -> anyhow::Result<()> {
        let from = root.join("examples");
        let package = variant.package(example);
        let library = package.replace('-', "_");
        self.write(
            &format!("{package}/Cargo.toml"),
            &manifest(&package, &dependencies(&read(&from.join("Cargo.toml"))?)?),
        )?;
        // One service of the four.
        let build = read(&from.join("build.rs"))?;
        let all = "[\"bank\", \"render\", \"textindex\", \"echo\"]";
        if !build.contains(all) {
            bail!("examples/build.rs does not list the services as {all}");
        }
        self.write(
            &format!("{package}/build.rs"),
            &build.replace(all, &format!("[\"{example}\"]")),
        )?;
        let proto = format!("proto/{example}.proto");
        self.write(&format!("{package}/{proto}"), &read(&from.join(&proto))?)?;
        let library_source = format!(
            "#![allow(missing_docs)]\npub mod {example};\n\
             pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/examples.bin\"));\n"
        );
        self.write(&format!("{package}/src/lib.rs"), &library_source)?;
        let main = read(&from.join(format!("src/bin/{example}.rs")))?;
        self.write(
            &format!("{package}/src/main.rs"),
            &main.replace("examples::", &format!("{library}::")),
        )?;
        let module = from.join("src").join(example);
        let entries =
            fs::read_dir(&module).with_context(|| format!("cannot read `{}`", module.display()))?;
        for entry in entries {
            let file = entry?.path();
            let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
                bail!("`{}` has a name that is not UTF-8", file.display());
            };
            let source = variant
                .apply(&read(&file)?)
                .with_context(|| format!("in `{}`", file.display()))?;
            self.write(&format!("{package}/src/{example}/{name}"), &source)?;
        }
        Ok(())
    }

    /// Only if it differs: what is there already need not be compiled again.
    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let file = self.path.join(name);
        if fs::read_to_string(&file).is_ok_and(|there| there == text) {
            return Ok(());
        }
        let cannot = || format!("cannot write `{}`", file.display());
        let directory = file.parent().with_context(cannot)?;
        fs::create_dir_all(directory).with_context(cannot)?;
        fs::write(&file, text).with_context(cannot)
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
         publish = false\n\n[dependencies]\n{dependencies}"
    )
}

/// The dependencies and build dependencies of the examples' manifest.
fn dependencies(manifest: &str) -> anyhow::Result<String> {
    let (_, after) = manifest
        .split_once("[dependencies]\n")
        .context("examples/Cargo.toml has no [dependencies]")?;
    let end = after.find("[dev-dependencies]").unwrap_or(after.len());
    Ok(after[..end].to_owned())
}

/// The repository's manifest with these members; its own crates are where they are.
fn workspace_manifest(manifest: &str, root: &Path, members: &[String]) -> anyhow::Result<String> {
    let start = manifest.find("members = [");
    let start = start.context("Cargo.toml has no list of members")?;
    let length = manifest[start..]
        .find(']')
        .context("the list of members has no end")?;
    let list: Vec<_> = members.iter().map(|name| format!("\"{name}\"")).collect();
    let mut text = String::new();
    text.push_str(&manifest[..start]);
    text.push_str(&format!("members = [{}", list.join(", ")));
    text.push_str(&manifest[start + length..]);
    let root = root
        .to_str()
        .context("the repository's path is not UTF-8")?;
    let root = root.replace('\\', "/");
    Ok(text.replace("path = \"", &format!("path = \"{root}/")))
}

/// Without the attributes that transform functions. The name of a conformist class stays, for the runtime.
fn without_attributes(source: &str) -> anyhow::Result<String> {
    let mut kept = String::new();
    let mut classes = String::new();
    let mut class: Option<&str> = None;
    for line in source.lines() {
        let code = line.trim();
        if code.starts_with("#[hicam::migratable") {
            if !code.ends_with(']') {
                bail!("an attribute of several lines: `{code}`");
            }
            continue;
        }
        if let Some(arguments) = code.strip_prefix("#[hicam::conformist(") {
            let name = arguments.split('"').nth(1);
            class = Some(name.with_context(|| format!("no class in `{code}`"))?);
            continue;
        }
        if let (Some(name), Some((_, ty))) = (class, code.split_once(" for "))
            && code.starts_with("impl")
        {
            let ty = ty.trim_end_matches('{').trim();
            classes.push_str(&format!(
                "\nimpl hicam::Conformist for {ty} {{\n    const CLASS: &'static str = \"{name}\";\n}}\n"
            ));
            class = None;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    if let Some(class) = class {
        bail!("no `impl … for …` after the conformist class `{class}`");
    }
    Ok(kept + &classes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::{without_attributes, workspace_manifest};
    use std::path::Path;

    #[test]
    fn attributes_go_and_the_class_stays() {
        let source = "#[derive(hicam::State)]\nstruct Bank;\n#[hicam::conformist(class = \"bank\")]\n\
                      #[tonic::async_trait]\nimpl bank_server::Bank for Bank {\n}\n#[hicam::migratable]\nimpl Bank {}\n";
        let plain = without_attributes(source).unwrap();
        assert!(plain.contains("#[derive(hicam::State)]"));
        assert!(!plain.contains("migratable") && !plain.contains("hicam::conformist"));
        assert!(plain.contains(
            "impl hicam::Conformist for Bank {\n    const CLASS: &'static str = \"bank\";"
        ));
        assert!(
            without_attributes("#[hicam::conformist(class = \"bank\")]\nstruct Bank;").is_err()
        );
        assert!(without_attributes("#[hicam::migratable(\n points = \"awaits\")]").is_err());
    }

    #[test]
    fn crates_are_found_from_the_other_workspace() {
        let manifest = "[workspace]\nmembers = [\n  \"a\",\n]\n[workspace.dependencies]\nb = { path = \"b\" }\n";
        let found =
            workspace_manifest(manifest, Path::new("/repository"), &["c".to_owned()]).unwrap();
        assert_eq!(
            found,
            "[workspace]\nmembers = [\"c\"]\n[workspace.dependencies]\nb = { path = \"/repository/b\" }\n"
        );
        assert!(workspace_manifest("[package]", Path::new("/"), &[]).is_err());
    }
}
