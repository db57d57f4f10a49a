//! Progress on the terminal: a spinner with the current step, or a bar for what is counted.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{Observer, Progress};

/// Shows progress on standard error while it lives; nothing where that is no terminal.
pub(super) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// An observer that shows what it is told here. Notices are printed, terminal or not.
    pub(super) fn observer(&self) -> Observer {
        let bar = self.bar.clone();
        let uploads: Arc<Mutex<BTreeMap<String, (u64, u64)>>> = Arc::default();
        Observer::new(move |progress| match progress {
            Progress::Step(step) => bar.set_message(step),
            Progress::Notice(notice) => bar.suspend(|| super::output::note(&notice)),
            Progress::Uploaded { host, sent, total } => {
                let mut uploads = uploads.lock().unwrap_or_else(PoisonError::into_inner);
                uploads.insert(host, (sent, total));
                let (sent, total) = uploads
                    .values()
                    .fold((0, 0), |(a, b), (sent, total)| (a + sent, b + total));
                if let Ok(style) =
                    ProgressStyle::with_template("{spinner} {msg} [{bar:30}] {bytes}/{total_bytes}")
                {
                    bar.set_style(style);
                }
                bar.set_length(total);
                bar.set_position(sent);
                if sent >= total {
                    bar.set_style(ProgressStyle::default_spinner());
                }
            }
        })
    }

    /// Says what is going on.
    pub(super) fn step(&self, step: impl Into<String>) {
        self.bar.set_message(step.into());
    }

    /// Takes the bar off the terminal.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}
