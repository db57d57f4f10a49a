//! A real cluster for a test: `miman up` with real daemons, in a directory of its own.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's failure is a panic, and each test file uses a part of this"
)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// The program under test.
pub(crate) const MIMAN: &str = env!("CARGO_BIN_EXE_miman");

/// Another program of the workspace, beside the one under test.
pub(crate) fn built(program: &str, package: &str) -> String {
    let path = Path::new(MIMAN).with_file_name(program);
    assert!(
        path.is_file(),
        "{} is missing: run `cargo build -p {package}` first",
        path.display()
    );
    path.to_str().unwrap().to_owned()
}

/// What a command has printed and how it has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) command: String,
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Its standard output, which must be there because it must have succeeded.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.stdout
    }

    /// Its JSON.
    pub(crate) fn json(self) -> serde_json::Value {
        let text = self.ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Its error, which must be there, alone, in one line.
    pub(crate) fn error(self, status: i32) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        let mut lines = self.stderr.lines();
        let error = lines.next().unwrap_or_default().to_owned();
        assert_eq!(lines.next(), None, "more than one line: {self:?}");
        for noise in [
            "status: '",
            "self:",
            "Status {",
            "panicked",
            "Os {",
            "\u{1b}",
        ] {
            assert!(!error.contains(noise), "{noise}: {error}");
        }
        error
            .strip_prefix("error: ")
            .unwrap_or_else(|| panic!("{self:?}"))
            .to_owned()
    }
}

/// A directory that commands run with as HICAM_HOME; whatever cluster is up in it ends with it.
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    /// With a cluster.
    pub(crate) fn up(arguments: &[&str]) -> Self {
        built("remex", "remex");
        let home = Self::new();
        home.run(&[&["up", "--detach"], arguments].concat()).ok();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(MIMAN);
        command
            .args(arguments)
            .env("HICAM_HOME", self.path())
            .env("NO_COLOR", "1")
            .env_remove("HICAM_ETCD")
            .env_remove("HICAM_REMEX")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            command: arguments.join(" "),
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// An executable file with this content.
    pub(crate) fn script(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The cluster file.
    pub(crate) fn cluster(&self) -> miman::ClusterFile {
        miman::ClusterFile::read(self.path()).unwrap().unwrap()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if miman::ClusterFile::path(self.path()).exists() {
            self.run(&["down"]);
        }
    }
}
