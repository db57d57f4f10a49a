//! What happens, in order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use examples::cluster::Cluster;
use examples::textindex::client::read_directory;
use hicam::client::Connector;

use crate::migrate::{kill_and_restore, round_and_round};
use crate::report::Report;
use crate::tally::Tally;
use crate::{Options, bank, index, picture};

/// The interval of automatic checkpoints.
const INTERVAL: &str = "1s";
/// The load goes on for this long after the last event.
const AFTER: Duration = Duration::from_secs(1);

/// A channel to a server, wherever it is.
pub(crate) async fn connect(etcd: &str, server: &str) -> anyhow::Result<hicam::Channel> {
    let channel = Connector::new().etcd(etcd).connect(server).await;
    channel.with_context(|| format!("cannot connect to {server}"))
}

/// Everything on a cluster that is up.
pub(crate) async fn run(
    options: &Options,
    programs: &Path,
    cluster: &Cluster,
) -> anyhow::Result<Report> {
    let tally = Arc::new(Tally::new());
    let etcd = cluster.etcd();
    tally.say(format_args!(
        "up: hosts {}, name service {etcd}",
        cluster.hosts().join(" and ")
    ));

    let files = read_directory(&options.texts)?;
    ensure!(
        !files.is_empty(),
        "there is no file in `{}`: give another directory with --texts",
        options.texts.display()
    );
    let files = Arc::new(files);
    let request = picture::request(options.samples);
    let (expected_picture, expected_index) =
        tokio::try_join!(picture::reference(request), index::reference(&files))?;
    tally.say(format_args!(
        "computed without migration: a picture of {} rays, an index of {} words in {} files",
        expected_picture.rays,
        expected_index.first().map_or(0, |index| index.words),
        files.len()
    ));

    let classes = ["bank", "render", "textindex"];
    for machine in &options.machines {
        for class in classes {
            let program = machine.programs.join(class);
            let hosts = cluster.install(&program, class).await?;
            ensure!(
                hosts.contains(&machine.name),
                "{class} of {} was installed on {} only",
                machine.name,
                hosts.join(" and ")
            );
        }
    }
    // Beside machines of other kinds all begin here, so that each passes over every border in each round.
    let all_here = !options.machines.is_empty();
    let hosts = cluster.hosts().iter();
    let hosts = hosts.take(if all_here { 1 } else { usize::MAX }).cycle();
    for (class, host) in classes.iter().zip(hosts) {
        let program = programs.join(format!("{class}{}", std::env::consts::EXE_SUFFIX));
        let deployed = cluster.deploy(&program, host, INTERVAL).await?.started;
        tally.say(format_args!(
            "deployed {} on {}",
            deployed.server, deployed.host
        ));
    }

    let bank = bank::Load::start(etcd, &tally).await?;
    let picture = picture::Load::start(etcd, request, &tally).await?;
    let index = index::Load::start(etcd, Arc::clone(&files), &tally).await?;
    tally.say("clients at work");

    let round_trips = options.round_trips;
    let moving = async {
        tokio::try_join!(
            async {
                let server = bank::SERVER;
                let moves =
                    round_and_round(cluster, server, &bank.probe, round_trips, &tally).await?;
                kill_and_restore(cluster, server, &bank.probe, &tally).await?;
                anyhow::Ok(moves)
            },
            round_and_round(
                cluster,
                picture::SERVER,
                &picture.probe,
                round_trips,
                &tally
            ),
            round_and_round(cluster, index::SERVER, &index.probe, round_trips, &tally),
        )
    };
    let (mut moves, more, yet_more) = tokio::select! {
        moves = moving => moves?,
        () = tally.failure() => {
            // The others fail soon too, if there is more to know.
            tokio::time::sleep(AFTER).await;
            tally.check()?;
            bail!("a call failed");
        }
    };
    moves.extend(more);
    moves.extend(yet_more);
    tokio::time::sleep(AFTER).await;
    tally.stop();

    tally.say("clients stop; checking");
    for server in [bank::SERVER, picture::SERVER, index::SERVER] {
        let checkpoints = cluster.checkpoints(server).await?;
        let last = checkpoints.iter().max_by_key(|one| one.sequence);
        let last = last.with_context(|| format!("{server} has no stable checkpoint"))?;
        tally.say(format_args!(
            "{server}: last stable checkpoint is number {} with {} threads in {} bytes",
            last.sequence, last.threads, last.bytes
        ));
    }
    let pictures = picture
        .finish(&expected_picture, options.picture.as_deref())
        .await?;
    tally.say(format_args!(
        "{pictures} pictures, all identical to the one computed without migration"
    ));
    index.finish(etcd, &expected_index, &tally).await?;
    tally.say("the index equals the one built without migration");
    let bank = bank.finish(etcd, &tally).await?;
    tally.check()?;
    let verdict = &bank.verdict;
    ensure!(
        verdict.is_clean(),
        "the bank's audit: conserved {}, duplicated {:?}, lost {:?}, unknown {:?}",
        verdict.conserved,
        verdict.duplicated,
        verdict.lost,
        verdict.unknown
    );
    tally.say(format_args!(
        "the audit holds: each of {} acknowledged transfers was made once, and no money is missing",
        bank.acknowledged
    ));
    Ok(Report {
        moves,
        calls: tally.calls(),
    })
}
