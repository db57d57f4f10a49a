//! A client of the index, from the command line.
#![allow(
    clippy::print_stdout,
    reason = "what the user asked for goes to standard output"
)]

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use examples::textindex::client::{feed, read_directory};
use examples::textindex::v1::{
    DumpRequest, Options, ReindexRequest, SearchRequest, text_index_client::TextIndexClient,
};

/// A client of the text index
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The server: class/name or UUID
    #[arg(long, default_value = "textindex/main")]
    server: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Feed every file below a directory
    Feed {
        /// The directory
        directory: PathBuf,
    },
    /// Show the files that contain every word, and how often
    Search {
        /// The words
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Build the index again
    Reindex {
        /// Tell capital letters from small ones
        #[arg(long)]
        keep_case: bool,
        /// Leave out shorter words
        #[arg(long, default_value_t = 0)]
        min_length: u32,
        /// Leave out this word; may be given again
        #[arg(long = "stop-word")]
        stop_words: Vec<String>,
    },
    /// Show sizes and digest of the index
    Dump,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { server, command } = Arguments::parse();
    let mut index = TextIndexClient::new(hicam::connect(&server).await?);
    match command {
        Command::Feed { directory } => {
            for file in read_directory(&directory)? {
                feed(&mut index, &file).await?;
                println!("{}", file.name);
            }
        }
        Command::Search { words } => {
            let reply = index.search(SearchRequest { words }).await?;
            for found in reply.into_inner().matches {
                let words = found.words.iter();
                let counts: Vec<_> = words
                    .map(|word| format!("{} {}", word.word, word.positions.len()))
                    .collect();
                println!("{}: {}", found.file, counts.join(", "));
            }
        }
        Command::Reindex {
            keep_case,
            min_length,
            stop_words,
        } => {
            let options = Some(Options {
                keep_case,
                min_length,
                stop_words,
            });
            let reply = index
                .reindex(ReindexRequest { options })
                .await?
                .into_inner();
            println!(
                "{} files, {} words, {} postings",
                reply.files, reply.words, reply.postings
            );
        }
        Command::Dump => {
            let reply = index.dump(DumpRequest {}).await?.into_inner();
            println!(
                "{} files, {} words, {} postings, digest {}",
                reply.files, reply.words, reply.postings, reply.digest
            );
        }
    }
    Ok(())
}
