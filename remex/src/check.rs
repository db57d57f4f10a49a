//! Whether the build that would run here can take over a captured state: its own binary is asked.

use futures::{Stream, StreamExt as _};
use hicam_protocol::{
    class_binary::{self, Answer},
    remex::{CheckStateHeader, CheckStateReply, CheckStateRequest, check_state_request::Part},
};
use tonic::Status;

use crate::{
    core::Core,
    error::{RemexError, Result},
    names,
};

impl Core {
    /// Takes in a state and has the binary say whether it fits.
    pub(crate) async fn check_state(
        &self,
        mut parts: impl Stream<Item = Result<CheckStateRequest, Status>> + Unpin,
    ) -> Result<CheckStateReply> {
        let (mut header, mut state) = (None, Vec::new());
        while let Some(part) = parts.next().await {
            let part = part.map_err(|status| {
                RemexError::InvalidRequest(format!("the state broke off: {}", status.message()))
            })?;
            match part.part {
                Some(Part::Header(found)) => header = Some(found),
                Some(Part::Data(data)) => state.extend_from_slice(&data),
                None => {}
            }
        }
        let header = header.ok_or_else(|| {
            RemexError::InvalidRequest(
                "a state that is to be checked begins with its header".to_owned(),
            )
        })?;
        names::check("class", &header.class)?;
        names::check_hash(&header.hash)?;
        self.ask(&header, &state).await
    }

    async fn ask(&self, header: &CheckStateHeader, state: &[u8]) -> Result<CheckStateReply> {
        let binary = self
            .binary_for(&header.class, &header.hash, &header.source)
            .await?;
        let command = self.launcher.command(&binary.path);
        let check = class_binary::Check::begin(command).map_err(|source| RemexError::Spawn {
            program: self.launcher.program(&binary.path),
            source,
        })?;
        let silent = |detail: String| RemexError::NoReport {
            class: header.class.clone(),
            host: self.host.clone(),
            detail,
        };
        let Answer { report, ended } =
            tokio::time::timeout(self.timing.prepare, check.answer(state))
                .await
                .map_err(|_| silent(format!("not within {:?}", self.timing.prepare)))?
                .map_err(|error| silent(error.to_string()))?;
        if report.trim().is_empty() {
            return Err(silent(ended));
        }
        Ok(CheckStateReply { report })
    }
}
