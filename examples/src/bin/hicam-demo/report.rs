//! The table of the migrations and the last line.

use std::fmt;

use crate::migrate::Moved;

/// What the demonstration has shown.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) moves: Vec<Moved>,
    pub(crate) calls: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<15} {:<15} {:>12} {:>8} {:>13} {:>13}",
            "server", "from → to", "state bytes", "threads", "pause: server", "client"
        )?;
        for Moved {
            migration,
            client_pause,
        } in &self.moves
        {
            let way = format!("{} → {}", migration.from, migration.to);
            writeln!(
                f,
                "{:<15} {way:<15} {:>12} {:>8} {:>10.1} ms {:>10.1} ms",
                migration.server,
                migration.bytes,
                migration.threads,
                migration.pause_us as f64 / 1000.0,
                client_pause.as_secs_f64() * 1000.0
            )?;
        }
        write!(
            f,
            "\ndemo ok: {} migrations, {} calls, 0 failed, 0 duplicated, 0 lost",
            self.moves.len(),
            self.calls
        )
    }
}
