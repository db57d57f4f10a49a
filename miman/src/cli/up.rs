//! `miman up`: starts a cluster on this machine and watches it until it is told to end.

use std::path::PathBuf;

use super::{
    args::Up,
    bar::Bar,
    error::CliError,
    output::{Output, note, print_json_line},
    show,
};
use crate::{HostEnd, LocalCluster, LocalOptions, MimanError, home, host_names, kill};

pub(super) async fn up(up: Up, etcd: Option<String>, output: Output) -> Result<(), CliError> {
    let home = home()?;
    let options = LocalOptions {
        hosts: host_names(&up.hosts)?,
        dir: match up.dir {
            Some(dir) => std::path::absolute(&dir).map_err(|cause| MimanError::File {
                action: "find",
                path: dir,
                cause,
            })?,
            None => home.join("hosts"),
        },
        etcd: etcd.filter(|etcd| !etcd.trim().is_empty()),
        capacity: up.capacity,
        remex: up.remex.map_or_else(beside_this_program, Ok)?,
        home,
        detach: up.detach,
    };
    let mut signals = Signals::new().map_err(CliError::Signals)?;
    let bar = Bar::new();
    let observer = bar.observer();
    let mut cluster = tokio::select! {
        cluster = LocalCluster::start(&options, &observer) => cluster?,
        () = signals.next() => return Err(CliError::Interrupted),
    };
    bar.clear();
    let file = cluster.file().clone();
    let printed = if output.json {
        print_json_line(&file)
    } else {
        output.print(&file, show::cluster)
    };
    if up.detach {
        cluster.detach();
        return printed;
    }
    if let Err(error) = printed {
        cluster.stop(&observer).await?;
        return Err(error);
    }
    note(&format!(
        "name service {}; Ctrl-C (or `miman down`) ends the cluster",
        file.etcd
    ));

    let failure = loop {
        tokio::select! {
            () = signals.next() => break None,
            end = cluster.next_end() => {
                if end.name_service || !cluster.is_running() {
                    break Some(ended(end));
                }
                note(&format!(
                    "host `{}` has ended ({}: {}); the others go on; its log is {}",
                    end.host, end.exit, end.last_line, end.log.display()
                ));
            }
        }
    };

    let bar = Bar::new();
    bar.step("ending the cluster (Ctrl-C again ends it at once)");
    let observer = bar.observer();
    tokio::select! {
        stopped = cluster.stop(&observer) => { stopped?; }
        () = signals.next() => kill(&options.home, &file)?,
    }
    match failure {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

pub(super) async fn down(output: Output) -> Result<(), CliError> {
    let home = home()?;
    let bar = Bar::new();
    let stopped = crate::down(&home, &bar.observer()).await?;
    bar.clear();
    output.print(stopped.as_slice(), show::down)
}

fn ended(end: HostEnd) -> MimanError {
    MimanError::HostEnded {
        host: end.host,
        cause: format!("{}: {}", end.exit, end.last_line),
        log: end.log,
    }
}

fn beside_this_program() -> Result<PathBuf, MimanError> {
    std::env::current_exe()
        .map(|program| program.with_file_name(format!("remex{}", std::env::consts::EXE_SUFFIX)))
        .map_err(|cause| MimanError::File {
            action: "find",
            path: PathBuf::from("miman"),
            cause,
        })
}

/// SIGINT, SIGTERM and SIGHUP; made before anything is started, so that none is missed.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            hangup: signal(SignalKind::hangup())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
