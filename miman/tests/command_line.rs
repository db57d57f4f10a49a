//! The command line without a cluster: parsing, help, completions, manual pages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's failure is a panic"
)]

mod support;

use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use miman::cli::{Cli, Command};
use support::Home;

fn parse(line: &str) -> Command {
    Cli::try_parse_from(line.split(' ')).unwrap().command
}

#[test]
fn arguments_are_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn deploy_takes_all_its_options() {
    let Command::Deploy(deploy) = parse(
        "miman deploy target/bank --class bank --name second --host host2 --interval 500ms \
         --checkpoint-host host1 --store s3://bucket/x --keep 3",
    ) else {
        panic!("not deploy");
    };
    assert_eq!(deploy.binary.to_str(), Some("target/bank"));
    assert_eq!(deploy.class.as_deref(), Some("bank"));
    assert_eq!(deploy.name, "second");
    assert_eq!(deploy.host.as_deref(), Some("host2"));
    assert_eq!(deploy.interval.unwrap().0, Some(Duration::from_millis(500)));
    assert_eq!(deploy.checkpoint_host.as_deref(), Some("host1"));
    assert_eq!(deploy.store.store.as_deref(), Some("s3://bucket/x"));
    assert_eq!(deploy.store.keep, Some(3));
}

#[test]
fn deploy_has_defaults() {
    let Command::Deploy(deploy) = parse("miman deploy bank") else {
        panic!("not deploy");
    };
    assert_eq!(deploy.name, "main");
    assert_eq!(deploy.interval, None);
    assert_eq!(deploy.store.store, None);
}

#[test]
fn intervals_are_read() {
    let interval = |text: &str| {
        let Command::Interval(args) = parse(&format!("miman interval bank {text}")) else {
            panic!("not interval");
        };
        args.interval.0
    };
    assert_eq!(interval("off"), None);
    assert_eq!(interval("0"), None);
    assert_eq!(interval("1s"), Some(Duration::from_secs(1)));
    assert_eq!(interval("1.5s"), Some(Duration::from_millis(1500)));
    assert_eq!(interval("2m"), Some(Duration::from_secs(120)));
    assert_eq!(interval("1h"), Some(Duration::from_secs(3600)));
    for bad in ["5", "s", "1x", "-1s", "1 s", "1e9s", "99999999h"] {
        let line = ["miman", "interval", "bank", bad];
        assert!(Cli::try_parse_from(line).is_err(), "{bad}");
    }
}

#[test]
fn global_options_may_follow_the_command() {
    let cli = Cli::try_parse_from("miman servers --json --etcd http://a:1,http://b:2".split(' '))
        .unwrap();
    assert!(cli.global.json);
    assert_eq!(cli.global.etcd.as_deref(), Some("http://a:1,http://b:2"));
}

#[test]
fn wrong_usage_has_status_2() {
    let home = Home::new();
    for line in [
        &["frobnicate"][..],
        &["migrate", "bank"],
        &["up", "--capacity", "0"],
        &["restore", "bank", "--sequence", "last"],
        &["interval", "bank", "soon"],
    ] {
        let ran = home.run(line);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert_eq!(ran.stdout, "", "{ran:?}");
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let mut command = Cli::command();
    command.build();
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        let help = sub.clone().render_long_help().to_string();
        assert!(help.contains("Example:"), "{}", sub.get_name());
        let prints_data = !["completions", "man"].contains(&sub.get_name());
        assert!(help.contains("JSON"), "{}", sub.get_name());
        if prints_data {
            assert!(help.contains("Output"), "{}", sub.get_name());
        }
    }
}

#[test]
fn completions_and_manual_pages_are_printed() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            home.run(&["completions", shell])
                .ok()
                .contains("checkpoint-server")
        );
    }
    let page = home.run(&["man"]).ok();
    assert!(page.contains(".TH") && page.contains("migrate"), "{page}");

    let dir = home.path().join("man1");
    home.run(&["man", "--dir", dir.to_str().unwrap()]).ok();
    assert!(dir.join("miman.1").is_file());
    assert!(dir.join("miman-migrate.1").is_file());
}

#[test]
fn host_names_are_checked() {
    for bad in ["", "a,,b", "a/b", ".a", "-a", "a,a", "0", "1000", "a b"] {
        assert!(miman::host_names(bad).is_err(), "{bad:?}");
    }
    assert_eq!(miman::host_names("1").unwrap(), ["host1"]);
    assert_eq!(miman::host_names("alpha, beta").unwrap(), ["alpha", "beta"]);
}
