//! The clients that a server knows: which of its answers each may still ask for, and when one counts as gone.
//!
//! A client that is not heard of for long is forgotten with the answers kept for it. Exactly-once stands, because a
//! client says with each request how long ago it sent it first: whoever was forgotten had been silent for that long,
//! so a request younger than half of that time was never here, and an older one that is not known is refused. The
//! other half is for clocks that do not run alike.

use super::{calls::Call, core::Core};
use hicam_protocol::metadata::CallIdentity;
use hicam_state::ClientRow;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

/// Into how many steps the time is cut after which a client is forgotten.
const STEPS: u32 = 16;
const SHORTEST_STEP: Duration = Duration::from_millis(1);

/// One client's calls that are in progress, or answered and not yet acknowledged.
#[derive(Default)]
pub(crate) struct Client {
    /// Every number up to this one has been answered and received.
    acked: u64,
    calls: BTreeMap<u64, Arc<Call>>,
    /// When it was last heard of, by the clock of [`Clients`].
    heard: Duration,
}

impl Client {
    /// Drops the answers that the client has. A call still in progress goes when it finishes.
    fn acknowledge(&mut self, ack: u64) {
        if ack <= self.acked {
            return;
        }
        self.acked = ack;
        let later = self.calls.split_off(&ack.saturating_add(1));
        self.calls.retain(|_, call| call.reply().is_none());
        self.calls.extend(later);
    }

    /// Whether some of its calls have not been answered.
    fn is_waiting(&self) -> bool {
        self.calls.values().any(|call| !call.is_released())
    }
}

/// What a server knows of a request.
pub(crate) enum Known {
    /// It is in progress, or its answer is kept.
    Call(Arc<Call>),
    /// The client has received its answer, and those of all up to this number.
    Acknowledged(u64),
    /// It was here and has been forgotten, or was on its way for too long to know.
    Forgotten,
    /// It has not been here.
    No,
}

/// The clients of one server.
#[derive(Default)]
pub(crate) struct Clients {
    rows: HashMap<String, Client>,
    /// How long the server has been awake while it had these clients. It goes on in another process where it stood,
    /// and never faster than time itself: neither a process that was suspended nor another host's clock makes a client
    /// look silent.
    clock: Duration,
    /// The shortest silence for which a client was ever forgotten; `None`: none was.
    forgotten_after: Option<Duration>,
}

impl Clients {
    /// There is word of a client, whatever becomes of it.
    pub(super) fn hear(&mut self, client: &str) {
        if let Some(row) = self.rows.get_mut(client) {
            row.heard = self.clock;
        }
    }

    /// Looks for a request that was sent first `age` ago, and takes in what its client acknowledges with it.
    pub(super) fn find(&mut self, key: &CallIdentity, age: Duration) -> Known {
        let mut acked = key.ack;
        if let Some(row) = self.rows.get_mut(&key.client) {
            row.acknowledge(key.ack);
            if let Some(call) = row.calls.get(&key.request) {
                return Known::Call(Arc::clone(call));
            }
            acked = row.acked;
        }
        if key.request <= acked {
            return Known::Acknowledged(acked);
        }
        match self.forgotten_after {
            Some(silence) if age >= silence / 2 => Known::Forgotten,
            _ => Known::No,
        }
    }

    /// Adds a call of this client.
    pub(super) fn add(&mut self, client: &str, ack: u64, call: &Arc<Call>) {
        let row = self.rows.entry(client.to_owned()).or_default();
        row.heard = self.clock;
        row.acknowledge(ack);
        row.calls.insert(call.request, Arc::clone(call));
    }

    /// A call's answer has left: it is kept until the client says that it has it.
    pub(super) fn answered(&mut self, call: &Call) {
        let Some(row) = call.client.as_ref().and_then(|id| self.rows.get_mut(id)) else {
            return;
        };
        if call.request <= row.acked {
            row.calls.remove(&call.request);
        }
    }

    /// Lets time pass, and forgets the clients that have been silent for so long. Returns how many.
    fn pass(&mut self, time: Duration, silence: Duration) -> usize {
        self.clock += time;
        let (before, now) = (self.rows.len(), self.clock);
        self.rows.retain(|_, row| {
            if row.is_waiting() {
                // It is silent because it waits for us.
                row.heard = now;
            }
            now.saturating_sub(row.heard) < silence
        });
        let forgotten = before - self.rows.len();
        if forgotten > 0 {
            let shortest = self.forgotten_after.map_or(silence, |it| it.min(silence));
            self.forgotten_after = Some(shortest);
        }
        forgotten
    }

    /// Every client by id, with its finished calls.
    pub(super) fn rows(&self) -> Vec<(ClientRow, impl Iterator<Item = &Arc<Call>>)> {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .map(|(id, row)| {
                let silent = self.clock.saturating_sub(row.heard);
                let client = ClientRow {
                    client: id.clone(),
                    acked: row.acked,
                    silent_ms: to_ms(silent),
                };
                (client, row.calls.values())
            })
            .collect();
        rows.sort_unstable_by(|(one, _), (other, _)| one.client.cmp(&other.client));
        rows
    }

    /// For a checkpoint: the shortest silence for which a client was ever forgotten in milliseconds, 0 if none was.
    pub(super) fn forgotten_after_ms(&self) -> u64 {
        // Not 0, which says something else.
        self.forgotten_after.map_or(0, |it| to_ms(it).max(1))
    }

    /// The clients of a checkpoint, without their calls.
    pub(super) fn restored(rows: Vec<ClientRow>, forgotten_after_ms: u64) -> Self {
        let silence = |row: &ClientRow| Duration::from_millis(row.silent_ms);
        let clock = rows.iter().map(silence).max().unwrap_or_default();
        let rows = rows.into_iter().map(|row| {
            let client = Client {
                acked: row.acked,
                calls: BTreeMap::new(),
                heard: clock.saturating_sub(silence(&row)),
            };
            (row.client, client)
        });
        Self {
            rows: rows.collect(),
            clock,
            forgotten_after: (forgotten_after_ms > 0)
                .then(|| Duration::from_millis(forgotten_after_ms)),
        }
    }

    /// Adds a call of an earlier process; its client is as silent as before.
    pub(super) fn add_restored(&mut self, client: &str, call: &Arc<Call>) {
        let row = self.rows.entry(client.to_owned()).or_default();
        row.calls.insert(call.request, Arc::clone(call));
    }
}

fn to_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Forgets the clients that are not heard of any more. Ends with the process.
pub(crate) async fn run_forgetting(core: Arc<Core>) {
    let silence = core.options.forget_clients;
    if silence.is_zero() {
        return;
    }
    let step = (silence / STEPS).max(SHORTEST_STEP);
    loop {
        tokio::select! {
            () = core.shutdown.cancelled() => return,
            () = tokio::time::sleep(step) => {}
        }
        let forgotten = core.gate.tables().clients.pass(step, silence);
        if forgotten > 0 {
            tracing::info!(forgotten, ?silence, "forgot clients that were silent");
        }
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "a failure in a test is a panic")]
mod tests {
    use super::{super::reply::StoredReply, *};

    const HOUR: Duration = Duration::from_secs(3600);
    const MINUTE: Duration = Duration::from_secs(60);

    fn key(request: u64, ack: u64) -> CallIdentity {
        CallIdentity {
            client: "a".to_owned(),
            request,
            ack,
        }
    }

    fn answered(request: u64) -> Arc<Call> {
        let status = tonic::Status::not_found("nothing");
        let reply = StoredReply::from_status(&status);
        Call::answered("a".to_owned(), request, "/s/m", reply)
    }

    fn in_progress(request: u64) -> Arc<Call> {
        Call::new(1, Some("a".to_owned()), request, "/s/m").0
    }

    fn known(clients: &mut Clients, request: u64, age: Duration) -> &'static str {
        match clients.find(&key(request, 0), age) {
            Known::Call(_) => "kept",
            Known::Acknowledged(_) => "acknowledged",
            Known::Forgotten => "forgotten",
            Known::No => "new",
        }
    }

    #[test]
    fn nothing_is_refused_before_anybody_was_forgotten() {
        let mut clients = Clients::default();
        assert_eq!(known(&mut clients, 7, 100 * HOUR), "new");
        clients.add("a", 0, &answered(7));
        assert_eq!(clients.pass(HOUR - MINUTE, HOUR), 0);
        assert_eq!(known(&mut clients, 7, HOUR), "kept");
        assert_eq!(known(&mut clients, 8, HOUR), "new");
    }

    #[test]
    fn a_forgotten_request_is_not_new_again() {
        let mut clients = Clients::default();
        clients.add("a", 0, &answered(7));
        assert_eq!(clients.pass(HOUR, HOUR), 1);
        assert_eq!(known(&mut clients, 7, HOUR), "forgotten");
        assert_eq!(known(&mut clients, 8, Duration::ZERO), "new");
        // Also when the client is known again by another call.
        clients.add("a", 0, &answered(8));
        assert_eq!(known(&mut clients, 7, HOUR), "forgotten");
        assert_eq!(known(&mut clients, 9, HOUR / 2 - MINUTE), "new");
    }

    #[test]
    fn a_sign_of_life_counts_and_so_does_a_call_in_progress() {
        let mut clients = Clients::default();
        clients.add("a", 0, &answered(1));
        for _ in 0..5 {
            assert_eq!(clients.pass(HOUR - MINUTE, HOUR), 0);
            clients.hear("a");
        }
        let call = in_progress(2);
        clients.add("a", 1, &call);
        assert_eq!(clients.pass(100 * HOUR, HOUR), 0);
        call.set_reply(Arc::new(StoredReply::from_status(&tonic::Status::ok(""))));
        // A reply that has not left is waited for as well.
        assert_eq!(clients.pass(100 * HOUR, HOUR), 0);
        call.release();
        clients.answered(&call);
        assert_eq!(clients.pass(HOUR - MINUTE, HOUR), 0);
        assert_eq!(known(&mut clients, 2, HOUR), "kept");
        assert_eq!(clients.pass(MINUTE, HOUR), 1);
        assert_eq!(known(&mut clients, 2, HOUR), "forgotten");
    }

    #[test]
    fn silence_and_what_was_forgotten_survive_a_move() {
        let mut clients = Clients::default();
        clients.add("a", 0, &answered(7));
        clients.pass(HOUR, HOUR);
        clients.add("b", 3, &answered(4));
        clients.pass(40 * MINUTE, HOUR);
        clients.add("c", 0, &answered(1));
        let rows: Vec<_> = clients.rows().into_iter().map(|(row, _)| row).collect();
        let silent: Vec<_> = rows
            .iter()
            .map(|row| (row.client.as_str(), row.silent_ms, row.acked))
            .collect();
        assert_eq!(silent, [("b", 40 * 60_000, 3), ("c", 0, 0)]);

        // The other process would forget much later, and knows what this one has done.
        let mut moved = Clients::restored(rows, clients.forgotten_after_ms());
        assert_eq!(known(&mut moved, 7, HOUR), "forgotten");
        assert_eq!(known(&mut moved, 7, MINUTE), "new");
        assert_eq!(moved.pass(20 * MINUTE, HOUR), 1, "b was silent on both");
        assert_eq!(moved.pass(39 * MINUTE, HOUR), 0);
        assert_eq!(moved.pass(MINUTE, HOUR), 1, "c was silent on this one");
        moved.add("d", 0, &answered(1));
        moved.pass(2 * HOUR, 2 * HOUR);
        assert_eq!(moved.forgotten_after_ms(), 3_600_000, "the shortest counts");
    }
}
