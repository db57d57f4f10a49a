//! The mirror of Debian that this machine's apt is configured for.

use std::process::Command;

use anyhow::{Context as _, ensure};

const ADVICE: &str = "say which mirror of Debian to use with --mirror URL";

/// The mirror from which the machine's own release comes.
pub(super) fn configured() -> anyhow::Result<String> {
    let release = std::fs::read_to_string("/etc/os-release")
        .context("cannot read `/etc/os-release`")
        .context(ADVICE)?;
    let setting = |name: &str| {
        let mut lines = release.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| value.trim_matches('"').to_owned())
    };
    let id = setting("ID").unwrap_or_default();
    ensure!(
        id == "debian",
        "this system is `{id}`, not Debian: {ADVICE}"
    );
    let codename = setting("VERSION_CODENAME")
        .context("`/etc/os-release` has no VERSION_CODENAME")
        .context(ADVICE)?;
    let targets = Command::new("apt-get")
        .args(["indextargets", "--format"])
        .arg("$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)")
        .arg("Created-By: Packages")
        .output()
        .context("cannot execute `apt-get indextargets`")
        .context(ADVICE)?;
    let targets = String::from_utf8_lossy(&targets.stdout).into_owned();
    main_of(&codename, &targets)
        .with_context(|| format!("apt has no source for the main part of {codename}: {ADVICE}"))
}

/// The address of the archive that has the main part of a release.
fn main_of(codename: &str, targets: &str) -> Option<String> {
    targets.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let address = words.next()?;
        let rest: Vec<_> = words.collect();
        let (component, releases) = rest.split_last()?;
        (*component == "main" && releases.contains(&codename))
            .then(|| address.trim_end_matches('/').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::main_of;

    #[test]
    fn the_archive_of_the_release_itself_is_chosen() {
        let targets = "http://security.example/ bookworm-security bookworm-security main\n\
                       http://one.example/debian/ bookworm bookworm contrib\n\
                       http://two.example/debian/ bookworm-updates bookworm-updates main\n\
                       http://three.example/debian/ stable bookworm main\n";
        let found = main_of("bookworm", targets);
        assert_eq!(found.as_deref(), Some("http://three.example/debian"));
        assert_eq!(main_of("sid", targets), None);
        // Before the first `apt-get update` there is no codename.
        let fresh = "http://one.example/debian/ bookworm main\n";
        assert!(main_of("bookworm", fresh).is_some());
    }
}
