//! Installs protoc, which etcd-client's build script needs, without a package manager.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// Copies the vendored protoc and its include files to `target/tools/protoc`, unless they are there. The workspace's
/// `.cargo/config.toml` points `PROTOC` at them; a `PROTOC` of the user's own environment wins.
pub(crate) fn install(root: &Path) -> anyhow::Result<()> {
    let tools = root.join("target/tools/protoc");
    let protoc = protoc_bin_vendored::protoc_bin_path().context(
        "no protoc is vendored for this machine: install one and set PROTOC to its path",
    )?;
    let include = protoc_bin_vendored::include_path().context(
        "the vendored protoc has no include files: install protoc and set PROTOC to its path",
    )?;
    // protoc looks for `../include` beside its own directory.
    copy_file(&protoc, &tools.join("bin/protoc"))?;
    copy_directory(&include, &tools.join("include"))
}

fn copy_directory(from: &Path, to: &Path) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(from).with_context(|| format!("cannot read `{}`", from.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read `{}`", from.display()))?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            copy_file(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Whole or not at all: another build may be reading the file.
fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    let wanted = fs::read(from).with_context(|| format!("cannot read `{}`", from.display()))?;
    if fs::read(to).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let cannot = || format!("cannot write `{}`", to.display());
    let directory = to.parent().with_context(cannot)?;
    fs::create_dir_all(directory).with_context(cannot)?;
    let partial = to.with_extension(format!("partial-{}", std::process::id()));
    // `copy` keeps the permission to execute.
    fs::copy(from, &partial)
        .and_then(|_| fs::rename(&partial, to))
        .with_context(cannot)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::install;
    use std::process::Command;

    #[test]
    fn the_installed_protoc_finds_its_include_files() {
        let root = tempfile::tempdir().unwrap();
        // Twice: what is there already is left alone.
        install(root.path()).unwrap();
        install(root.path()).unwrap();
        let proto = "syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; \
                     message M { google.protobuf.Timestamp at = 1; }";
        std::fs::write(root.path().join("m.proto"), proto).unwrap();
        let status = Command::new(root.path().join("target/tools/protoc/bin/protoc"))
            .current_dir(root.path())
            .args(["--descriptor_set_out=m.bin", "m.proto"])
            .status()
            .unwrap();
        assert!(status.success());
        assert!(root.path().join("m.bin").is_file());
    }
}
