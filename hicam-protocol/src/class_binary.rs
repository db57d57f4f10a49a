//! What a class's binary is asked on its command line by the parts that hold one.

use std::io;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// `BINARY check -`: whether its build can go on from a state.
#[derive(Debug)]
pub struct Check(Child);

/// What the binary has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its report, as JSON; empty if it has said nothing.
    pub report: String,
    /// How it ended, and its last words.
    pub ended: String,
}

impl Check {
    /// Starts the binary that `command` names. It is killed if the check is given up.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn begin(mut command: Command) -> io::Result<Self> {
        let child = command
            .args(["check", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Check(child))
    }

    /// Has it take in `state`, a checkpoint.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub async fn answer(mut self, state: &[u8]) -> io::Result<Answer> {
        if let Some(mut input) = self.0.stdin.take() {
            // A binary that reads no further says why, or its silence is told.
            let _ = input.write_all(state).await;
        }
        let output = self.0.wait_with_output().await?;
        let said = String::from_utf8_lossy(&output.stderr);
        Ok(Answer {
            report: String::from_utf8_lossy(&output.stdout).into_owned(),
            ended: format!("{}: {}", output.status, said.trim()),
        })
    }
}
