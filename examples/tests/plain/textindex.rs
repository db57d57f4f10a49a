//! The index: what is fed is found, reindexing is the same as indexing, order does not matter.

use examples::textindex::TextIndex;
use examples::textindex::client::{TextFile, feed, read_directory};
use examples::textindex::v1::{
    DumpReply, DumpRequest, FeedRequest, Options, ReindexRequest, SearchRequest,
    text_index_client::TextIndexClient, text_index_server::TextIndexServer,
};
use tonic::{Code, transport::Channel};

use crate::serve::{Serving, serve};

async fn index_of(files: &[TextFile]) -> (Serving, TextIndexClient<Channel>) {
    let serving = serve(TextIndexServer::new(TextIndex::default())).await;
    let mut client = TextIndexClient::new(serving.channel.clone());
    for file in files {
        feed(&mut client, file).await.unwrap();
    }
    (serving, client)
}

fn file(name: &str, text: &str) -> TextFile {
    TextFile {
        name: name.to_owned(),
        text: text.as_bytes().to_vec(),
    }
}

async fn search(client: &mut TextIndexClient<Channel>, words: &[&str]) -> Vec<(String, Vec<u32>)> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let reply = client.search(SearchRequest { words }).await.unwrap();
    let matches = reply.into_inner().matches;
    matches
        .into_iter()
        .map(|found| {
            let positions = found.words.into_iter().flat_map(|word| word.positions);
            (found.file, positions.collect())
        })
        .collect()
}

async fn dump(client: &mut TextIndexClient<Channel>) -> DumpReply {
    client.dump(DumpRequest {}).await.unwrap().into_inner()
}

async fn reindex(client: &mut TextIndexClient<Channel>, options: Options) {
    let options = Some(options);
    client.reindex(ReindexRequest { options }).await.unwrap();
}

fn texts() -> [TextFile; 3] {
    [
        file("a", "The quick brown fox; the END."),
        file("b", "A brown study, the study of brown."),
        file(
            "c",
            &"filler words to take more than one breath ".repeat(200),
        ),
    ]
}

#[tokio::test]
async fn words_are_found_with_their_positions() {
    let (_serving, mut client) = index_of(&texts()).await;
    let found = search(&mut client, &["THE"]).await;
    assert_eq!(
        found,
        [("a".to_owned(), vec![0, 4]), ("b".to_owned(), vec![3])]
    );
    let found = search(&mut client, &["brown", "study"]).await;
    assert_eq!(found, [("b".to_owned(), vec![1, 6, 2, 4])]);
    assert!(search(&mut client, &["brown", "absent"]).await.is_empty());
    let nothing = client.search(SearchRequest { words: vec![] }).await;
    assert_eq!(nothing.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_index_does_not_depend_on_the_order_of_feeding() {
    let (_one, mut client) = index_of(&texts()).await;
    let mut turned = texts();
    turned.reverse();
    let (_other, mut other) = index_of(&turned).await;
    let expected = dump(&mut client).await;
    assert_eq!(dump(&mut other).await, expected);
    assert_eq!((expected.files, expected.postings), (3, 6 + 7 + 1600));
    // Fed again, a file replaces what was there.
    feed(&mut other, &turned[1]).await.unwrap();
    assert_eq!(dump(&mut other).await, expected);
    feed(&mut other, &file("a", "different")).await.unwrap();
    assert_ne!(dump(&mut other).await.digest, expected.digest);
}

#[tokio::test]
async fn reindexing_applies_the_options_and_comes_back_to_the_same() {
    let (_serving, mut client) = index_of(&texts()).await;
    let first = dump(&mut client).await;
    let options = Options {
        keep_case: true,
        min_length: 4,
        stop_words: vec!["brown".to_owned()],
    };
    reindex(&mut client, options.clone()).await;
    let second = dump(&mut client).await;
    assert_eq!(second.options, Some(options));
    assert_ne!(second.digest, first.digest);
    assert!(search(&mut client, &["brown"]).await.is_empty());
    assert!(search(&mut client, &["the"]).await.is_empty());
    assert_eq!(search(&mut client, &["study"]).await.len(), 1);
    // A file fed now is indexed like the others.
    feed(&mut client, &file("d", "fox Quickly")).await.unwrap();
    assert!(search(&mut client, &["fox"]).await.is_empty());
    assert_eq!(search(&mut client, &["Quickly"]).await.len(), 1);
    feed(&mut client, &file("d", "")).await.unwrap();
    reindex(&mut client, Options::default()).await;
    assert_eq!(dump(&mut client).await.digest, first.digest);
}

#[tokio::test]
async fn reindexing_while_files_are_fed_misses_none() {
    let texts = texts();
    let (_serving, client) = index_of(&texts[..1]).await;
    let (_plain, mut plain) = index_of(&texts).await;
    let reindexing = (0..8).map(|_| {
        let mut client = client.clone();
        async move { reindex(&mut client, Options::default()).await }
    });
    let feeding = texts[1..].iter().map(|file| {
        let mut client = client.clone();
        async move { feed(&mut client, file).await.unwrap() }
    });
    futures::join!(
        futures::future::join_all(reindexing),
        futures::future::join_all(feeding)
    );
    assert_eq!(
        dump(&mut client.clone()).await.digest,
        dump(&mut plain).await.digest
    );
}

#[tokio::test]
async fn pieces_out_of_order_are_refused() {
    let (_serving, mut client) = index_of(&[]).await;
    let piece = |offset: u64, last: bool| FeedRequest {
        file: "f".to_owned(),
        offset,
        data: b"one two".to_vec(),
        last,
    };
    let refusal = client.feed(piece(3, false)).await.unwrap_err();
    assert_eq!(refusal.code(), Code::FailedPrecondition);
    client.feed(piece(0, false)).await.unwrap();
    let refusal = client.feed(piece(3, true)).await.unwrap_err();
    assert_eq!(refusal.code(), Code::FailedPrecondition);
    assert!(search(&mut client, &["one"]).await.is_empty());
    client.feed(piece(7, true)).await.unwrap();
    // Pieces are joined before they are split into words.
    assert_eq!(search(&mut client, &["twoone"]).await.len(), 1);
    let refusal = client.feed(piece(14, true)).await.unwrap_err();
    assert_eq!(refusal.code(), Code::FailedPrecondition);
}

#[test]
fn a_directory_is_read_whole_and_in_order() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("sub")).unwrap();
    std::fs::write(directory.path().join("z"), "last").unwrap();
    std::fs::write(directory.path().join("sub/x"), vec![b'x'; 100_000]).unwrap();
    let files = read_directory(directory.path()).unwrap();
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["sub/x", "z"]);
    let pieces = files[0].pieces();
    assert_eq!(pieces.len(), 2);
    assert_eq!(pieces[1].offset, 65_536);
    assert!(!pieces[0].last && pieces[1].last);
    assert!(read_directory(&directory.path().join("absent")).is_err());
}
