//! The architectures: what each is called by whom.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A processor that this machine does not have.
#[derive(Debug)]
pub(super) struct Architecture {
    /// As in `std::env::consts::ARCH`.
    pub(super) name: &'static str,
    /// For what rustc compiles.
    pub(super) target: &'static str,
    /// What Debian calls it.
    pub(super) debian: &'static str,
    /// What the GNU tools call it.
    pub(super) gnu: &'static str,
    /// Whether it has 64 bits; a host of a cluster must.
    pub(super) wide: bool,
    /// What is special about it.
    pub(super) is: &'static str,
}

const S390X: Architecture = Architecture {
    name: "s390x",
    target: "s390x-unknown-linux-gnu",
    debian: "s390x",
    gnu: "s390x-linux-gnu",
    wide: true,
    is: "64 bits, big-endian",
};

const AARCH64: Architecture = Architecture {
    name: "aarch64",
    target: "aarch64-unknown-linux-gnu",
    debian: "arm64",
    gnu: "aarch64-linux-gnu",
    wide: true,
    is: "64 bits, little-endian",
};

const ARMHF: Architecture = Architecture {
    name: "arm",
    target: "armv7-unknown-linux-gnueabihf",
    debian: "armhf",
    gnu: "arm-linux-gnueabihf",
    wide: false,
    is: "32 bits, little-endian",
};

pub(super) const ALL: [&Architecture; 3] = [&S390X, &AARCH64, &ARMHF];

/// The one of this name.
pub(super) fn named(name: &str) -> anyhow::Result<&'static Architecture> {
    let mut all = ALL.into_iter();
    all.find(|one| one.name == name).with_context(|| {
        let known = ALL.map(|one| one.name).join(", ");
        format!("there are {known}")
    })
}

impl Architecture {
    /// The packages with its C compiler and its libraries.
    pub(super) fn packages(&self) -> [String; 3] {
        let Self { debian, gnu, .. } = self;
        [
            format!("libstd-rust-dev:{debian}"),
            format!("gcc-{gnu}"),
            format!("libc6-dev-{debian}-cross"),
        ]
    }

    /// Where its C library is, in Debian's root.
    pub(super) fn libraries(&self, root: &Path) -> PathBuf {
        root.join("usr").join(self.gnu)
    }

    /// The name of its emulator.
    pub(super) fn emulator(&self) -> String {
        format!("qemu-{}-static", self.name)
    }

    /// The environment variable in which cargo looks for its `LINKER` or `RUNNER`.
    pub(super) fn cargo_variable(&self, what: &str) -> String {
        let target = self.target.to_uppercase().replace('-', "_");
        format!("CARGO_TARGET_{target}_{what}")
    }
}
