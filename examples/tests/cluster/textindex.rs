//! The index: built while it was moved, it is the same index.

use anyhow::ensure;
use examples::textindex::TextIndex;
use examples::textindex::client::{TextFile, feed};
use examples::textindex::v1::{
    DumpRequest, Options, ReindexRequest, text_index_client::TextIndexClient,
    text_index_server::TextIndex as _,
};
use tonic::Request;

use crate::fixture::on_cluster;

const SERVER: &str = "textindex/main";

/// Texts of words that repeat at different distances.
fn texts() -> Vec<TextFile> {
    (1..=12_u32)
        .map(|file| {
            let words = (0..6000_u32).map(|n| format!("Word{} ", (n * n + file) % 977));
            TextFile {
                name: format!("file-{file}"),
                text: words.collect::<String>().into_bytes(),
            }
        })
        .collect()
}

#[tokio::test]
async fn a_moved_index_is_the_same_index() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let options = Some(Options {
            keep_case: true,
            min_length: 6,
            stop_words: vec!["Word100".to_owned()],
        });
        let reindex = ReindexRequest { options };
        let plain = TextIndex::default();
        for piece in texts().iter().flat_map(TextFile::pieces) {
            plain.feed(Request::new(piece)).await?;
        }
        plain.reindex(Request::new(reindex.clone())).await?;
        let expected = plain.dump(Request::new(DumpRequest {})).await?.into_inner();

        fixture.deploy("textindex", "1s").await?;
        let mut index = TextIndexClient::new(fixture.connect(SERVER).await?);
        let mut other = index.clone();
        let indexing = async {
            for file in &texts() {
                feed(&mut index, file).await?;
            }
            for _ in 0..3 {
                index.reindex(reindex.clone()).await?;
            }
            anyhow::Ok(index.dump(DumpRequest {}).await?.into_inner())
        };
        let moving = async {
            fixture.busy(SERVER).await?;
            fixture.to_and_fro(SERVER, 3).await
        };
        let (dump, _) = tokio::try_join!(indexing, moving)?;
        ensure!(dump == expected, "{dump:?} instead of {expected:?}");
        // What is done once more after all moves is the same again.
        other.reindex(reindex).await?;
        let again = other.dump(DumpRequest {}).await?.into_inner();
        ensure!(again == expected, "{again:?} instead of {expected:?}");
        Ok(())
    })
    .await
}
