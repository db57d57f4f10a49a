//! Whether this build could go on from a checkpoint: its schema is compared, then the whole state is taken in as by the
//! destination of a migration, so that serde types and every frame are decoded too. No user code runs beyond that.

use super::{
    capture,
    core::Core,
    error::{Result, ServerError},
    lifecycle,
};
use hicam_state::SchemaMismatch;
use serde_json::json;
use std::{io::Read as _, io::Write as _, path::Path, sync::Arc};

/// Prints what it finds as JSON on standard output, and ends the process.
///
/// # Errors
/// [`ServerError::System`] if the file cannot be read or the report not written; [`ServerError::Unfit`] if the
/// checkpoint does not fit, which has been reported then.
pub(crate) async fn check(core: &Arc<Core>, file: &Path) -> Result<()> {
    let data = read(file).map_err(|source| ServerError::System {
        what: "the checkpoint cannot be read",
        source,
    })?;
    let checkpoint = lifecycle::decode(data.into()).await?;
    let differences = core.class.schema().differences(&checkpoint);
    let (server, sequence) = (checkpoint.uuid.clone(), checkpoint.sequence);
    let mut problems = Vec::new();
    let mut threads = 0;
    if differences.is_empty() {
        match capture::take_in(core, checkpoint).await {
            Ok(entered) => threads = entered,
            Err(ServerError::Threads { threads }) => problems = threads,
            Err(error) => problems.push(error.chain()),
        }
        capture::discard(core);
    }
    let fits = differences.is_empty() && problems.is_empty();
    let report = json!({
        "class": core.class.name(),
        "server": server,
        "sequence": sequence,
        "fits": fits,
        "threads": threads,
        "differences": differences.iter().map(shown).collect::<Vec<_>>(),
        "problems": problems,
    });
    writeln!(std::io::stdout().lock(), "{report:#}").map_err(|source| ServerError::System {
        what: "the report cannot be written",
        source,
    })?;
    core.exit((!fits).then_some(ServerError::Unfit));
    Ok(())
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut data = Vec::new();
    std::io::stdin().lock().read_to_end(&mut data)?;
    Ok(data)
}

fn shown(difference: &SchemaMismatch) -> serde_json::Value {
    json!({
        "path": difference.path,
        "here": difference.expected,
        "captured": difference.found,
        "advice": difference.advice,
    })
}
