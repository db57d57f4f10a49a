//! The index's clients: the index they leave is compared with one built in this process, which never moved.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use examples::textindex::TextIndex;
use examples::textindex::client::TextFile;
use examples::textindex::v1::{
    DumpReply, DumpRequest, Options, ReindexRequest, SearchRequest,
    text_index_client::TextIndexClient, text_index_server::TextIndex as _,
};
use tokio::task::JoinSet;
use tonic::Request;

use crate::tally::Tally;
use examples::measure::Probe;

pub(crate) const SERVER: &str = "textindex/main";

const REINDEX_CLIENTS: usize = 2;
/// Between two calls of the clients that feed and search.
const THINK: Duration = Duration::from_millis(20);

/// The options that the index is built with in turn; the first are those of a fresh index.
fn options() -> [Options; 2] {
    let stop_words = ["the", "of", "and", "to", "or"].map(str::to_owned).to_vec();
    [
        Options::default(),
        Options {
            keep_case: true,
            min_length: 3,
            stop_words,
        },
    ]
}

/// The index as it is when nothing is moved, with each of the options.
pub(crate) async fn reference(files: &[TextFile]) -> anyhow::Result<Vec<DumpReply>> {
    let index = TextIndex::default();
    for piece in files.iter().flat_map(TextFile::pieces) {
        index.feed(Request::new(piece)).await?;
    }
    let mut dumps = Vec::new();
    for options in options() {
        let options = Some(options);
        index
            .reindex(Request::new(ReindexRequest { options }))
            .await?;
        dumps.push(index.dump(Request::new(DumpRequest {})).await?.into_inner());
    }
    Ok(dumps)
}

/// The clients.
pub(crate) struct Load {
    clients: JoinSet<()>,
    pub(crate) probe: Probe,
}

impl Load {
    /// Starts the clients: one feeds the files, again and again, one searches, others have the index rebuilt.
    pub(crate) async fn start(
        etcd: &str,
        files: Arc<Vec<TextFile>>,
        tally: &Arc<Tally>,
    ) -> anyhow::Result<Self> {
        let mut clients = JoinSet::new();
        clients.spawn(feeding(connect(etcd).await?, files, Arc::clone(tally)));
        clients.spawn(searching(connect(etcd).await?, Arc::clone(tally)));
        for _ in 0..REINDEX_CLIENTS {
            clients.spawn(reindexing(connect(etcd).await?, Arc::clone(tally)));
        }
        let probe = Probe::default();
        let index = connect(etcd).await?;
        let (probing, shared) = (probe.clone(), Arc::clone(tally));
        tokio::spawn(async move {
            let call = || {
                let mut index = index.clone();
                async move {
                    let words = vec!["warranty".to_owned()];
                    index.search(SearchRequest { words }).await
                }
            };
            shared.probe("search", probing, call).await;
        });
        Ok(Load { clients, probe })
    }

    /// Waits for the clients, which have been asked to stop, and compares the index with each of the options.
    pub(crate) async fn finish(
        self,
        etcd: &str,
        expected: &[DumpReply],
        tally: &Tally,
    ) -> anyhow::Result<()> {
        self.clients.join_all().await;
        let mut index = connect(etcd).await?;
        for (options, expected) in options().into_iter().zip(expected) {
            let options = Some(options);
            let reindexed = index.reindex(ReindexRequest { options }).await;
            let reindexed = tally.count("reindex", reindexed);
            reindexed.context("the index cannot be rebuilt")?;
            let dump = tally.count("dump", index.dump(DumpRequest {}).await);
            let dump = dump.context("the index cannot be read")?;
            ensure!(
                dump == *expected,
                "the index is not the one built without migration: {dump:?} instead of {expected:?}"
            );
        }
        Ok(())
    }
}

type Client = TextIndexClient<hicam::Channel>;

async fn connect(etcd: &str) -> anyhow::Result<Client> {
    Ok(TextIndexClient::new(
        crate::run::connect(etcd, SERVER).await?,
    ))
}

async fn feeding(mut index: Client, files: Arc<Vec<TextFile>>, tally: Arc<Tally>) {
    // Every file at least once, whatever happens.
    let mut first = true;
    while first || tally.goes_on() {
        for piece in files.iter().flat_map(TextFile::pieces) {
            tally.count("feed", index.feed(piece).await);
            tokio::time::sleep(THINK).await;
        }
        first = false;
    }
}

async fn searching(mut index: Client, tally: Arc<Tally>) {
    let words = [
        "license", "warranty", "software", "freedom", "patent", "source",
    ];
    let mut pairs = words.iter().zip(words.iter().cycle().skip(1)).cycle();
    while let Some((one, other)) = pairs.next().filter(|_| tally.goes_on()) {
        let words = vec![(*one).to_owned(), (*other).to_owned()];
        tally.count("search", index.search(SearchRequest { words }).await);
        tokio::time::sleep(THINK).await;
    }
}

async fn reindexing(mut index: Client, tally: Arc<Tally>) {
    for options in options().iter().cycle() {
        if !tally.goes_on() {
            break;
        }
        let options = Some(options.clone());
        tally.count("reindex", index.reindex(ReindexRequest { options }).await);
    }
}
