//! The commands: each calls one function of the library and prints what it returns.

use std::{
    fs,
    io::{IsTerminal as _, Write as _, stderr, stdin},
};

use clap::CommandFactory as _;

use super::{
    args::{Cli, Command, Deploy, Man, Start, StartStore, Stop},
    bar::Bar,
    error::CliError,
    output::{Output, print_json, write},
    show, up,
};
use crate::{
    DeployRequest, Manager, MimanError, StartRequest, StoreRequest, endpoints, view::Check,
};

pub(super) async fn run(cli: Cli) -> Result<(), CliError> {
    let output = Output {
        json: cli.global.json,
    };
    let etcd = cli.global.etcd;
    match cli.command {
        Command::Up(args) => return up::up(args, etcd, output).await,
        Command::Down => return up::down(output).await,
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "miman", &mut script);
            return write(&String::from_utf8_lossy(&script));
        }
        Command::Man(args) => return man(args),
        _ => {}
    }

    let bar = Bar::new();
    let endpoints = endpoints(etcd.as_deref())?;
    let manager = Manager::connect(&endpoints).await?.observed(bar.observer());
    match cli.command {
        Command::Hosts => {
            let hosts = manager.hosts().await?;
            bar.clear();
            output.print(hosts.as_slice(), show::hosts)
        }
        Command::Deploy(args) => deploy(&manager, args, &bar, output).await,
        Command::Install(args) => {
            let installed = manager.install(&args.binary, args.class.as_deref()).await?;
            bar.clear();
            output.print(&installed, show::installed)
        }
        Command::Start(args) => start(&manager, args, &bar, output).await,
        Command::CheckpointServer(args) => checkpoint_server(&manager, args, &bar, output).await,
        Command::Stop(args) => stop(&manager, args, &bar, output).await,
        Command::Servers => {
            let servers = manager.servers().await?;
            bar.clear();
            output.print(servers.as_slice(), show::servers)
        }
        Command::Threads(args) => {
            let threads = manager.threads(&args.server).await?;
            bar.clear();
            output.print(threads.as_slice(), show::threads)
        }
        Command::Checkpoint(args) => {
            let taken = manager.checkpoint(&args.server).await?;
            bar.clear();
            output.print(&taken, show::taken)
        }
        Command::Checkpoints(args) => {
            let checkpoints = manager.checkpoints(args.server.as_deref()).await?;
            bar.clear();
            output.print(checkpoints.as_slice(), show::checkpoints)
        }
        Command::Show(args) => {
            let sequence = args.sequence.unwrap_or(0);
            if let Some(file) = args.save {
                let bytes = manager.fetch_checkpoint(&args.server, sequence).await?;
                bar.clear();
                return tokio::fs::write(&file, bytes)
                    .await
                    .map_err(|cause| CliError::Save { file, cause });
            }
            let checkpoint = manager.show(&args.server, sequence).await?;
            bar.clear();
            print_json(&checkpoint)
        }
        Command::Interval(args) => {
            let interval = manager.set_interval(&args.server, args.interval.0).await?;
            bar.clear();
            output.print(&interval, show::interval)
        }
        Command::Migrate(args) if args.dry_run => {
            let check = manager.migrate_dry_run(&args.server, &args.host).await?;
            bar.clear();
            report(output, &check)
        }
        Command::Check(args) => {
            let check = manager.check(&args.binary, &args.checkpoint).await?;
            bar.clear();
            report(output, &check)
        }
        Command::Upgrade(args) => {
            let upgrade = manager.upgrade(&args.server, &args.binary, args.host.as_deref());
            let migration = upgrade.await?;
            bar.clear();
            output.print(&migration, show::migration)
        }
        Command::Migrate(args) => {
            bar.step(format!("migrating {} to {}", args.server, args.host));
            let migration = manager.migrate(&args.server, &args.host).await?;
            bar.clear();
            output.print(&migration, show::migration)
        }
        Command::Restore(args) => {
            let started = manager
                .restore(
                    &args.server,
                    args.host.as_deref(),
                    args.sequence.unwrap_or(0),
                )
                .await?;
            bar.clear();
            output.print(&started, show::started)
        }
        Command::Up(_) | Command::Down | Command::Completions(_) | Command::Man(_) => Ok(()),
    }
}

async fn deploy(
    manager: &Manager,
    args: Deploy,
    bar: &Bar,
    output: Output,
) -> Result<(), CliError> {
    let deployment = manager
        .deploy(&DeployRequest {
            binary: args.binary,
            class: args.class,
            name: args.name,
            host: args.host,
            interval: args.interval.map(|interval| interval.0),
            store: StoreRequest {
                host: args.checkpoint_host,
                store: args.store.store,
                keep: args.store.keep,
            },
        })
        .await?;
    bar.clear();
    output.print(&deployment, show::deployment)
}

async fn start(manager: &Manager, args: Start, bar: &Bar, output: Output) -> Result<(), CliError> {
    let (class, name) = args
        .server
        .split_once('/')
        .unwrap_or((&args.server, "main"));
    let started = manager
        .start(&StartRequest {
            class: class.to_owned(),
            name: name.to_owned(),
            host: args.host,
            interval: args.interval.map(|interval| interval.0),
        })
        .await?;
    bar.clear();
    output.print(&started, show::started)
}

async fn checkpoint_server(
    manager: &Manager,
    args: StartStore,
    bar: &Bar,
    output: Output,
) -> Result<(), CliError> {
    let server = manager
        .start_checkpoint_server(
            &args.class,
            &StoreRequest {
                host: args.host,
                store: args.store.store,
                keep: args.store.keep,
            },
        )
        .await?;
    bar.clear();
    output.print(&server, show::checkpoint_server)
}

async fn stop(manager: &Manager, args: Stop, bar: &Bar, output: Output) -> Result<(), CliError> {
    let stopped = if args.forget {
        let record = manager.resolve(&args.server).await?;
        if !args.yes {
            bar.clear();
            confirm(&format!(
                "Forget server {} ({})? It cannot be restored.",
                record.full_name(),
                record.uuid
            ))?;
        }
        manager.forget(&record.uuid).await?
    } else {
        manager.stop(&args.server, args.discard).await?
    };
    bar.clear();
    output.print(&stopped, show::stopped)
}

/// Asks on the terminal; without one, nothing is destroyed that was not confirmed by `--yes`.
fn confirm(question: &str) -> Result<(), CliError> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(CliError::Usage(
            "--forget destroys a server and there is no terminal to ask on; add --yes".to_owned(),
        ));
    }
    let mut answer = String::new();
    write!(stderr(), "{question} [y/N] ")
        .and_then(|()| stdin().read_line(&mut answer))
        .map_err(CliError::Output)?;
    if answer.trim().eq_ignore_ascii_case("y") {
        Ok(())
    } else {
        Err(CliError::Usage(
            "not confirmed; nothing was done".to_owned(),
        ))
    }
}

fn man(args: Man) -> Result<(), CliError> {
    if let Some(dir) = args.dir {
        let failed = |cause| MimanError::File {
            action: "write manual pages into",
            path: dir.clone(),
            cause,
        };
        fs::create_dir_all(&dir).map_err(failed)?;
        clap_mangen::generate_to(Cli::command(), &dir).map_err(failed)?;
        return Ok(());
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(CliError::Output)?;
    write(&String::from_utf8_lossy(&page))
}

/// Prints whether a build fits a state. That it does not is a failure of the command.
fn report(output: Output, check: &Check) -> Result<(), CliError> {
    output.print(check, show::check)?;
    if check.fits {
        Ok(())
    } else {
        Err(CliError::Unfit)
    }
}
