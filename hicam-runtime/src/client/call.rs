//! One call: attempts under one request number until one is answered or the time is up.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hicam_protocol::metadata;
use hicam_protocol::naming::Binding;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tokio::time::Instant;
use tonic::Status;
use tonic::body::Body;
use tower::{Service as _, ServiceExt as _};

use super::channel::Shared;
use super::numbers::Number;
use super::outcome::{Outcome, interpret};
use super::stats::count;
use super::whereabouts::Known;
use super::{body, deadline};

/// How long an answer of a process that has been superseded is still waited for: most tell at once where to go.
const GRACE: Duration = Duration::from_millis(250);

/// Bounds of the wait before another attempt when there is no news of the server.
const FIRST_WAIT: Duration = Duration::from_millis(5);
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// Longest time by which repeated *pending* answers lengthen the wait that the server asked for.
const LONGEST_PENDING: Duration = Duration::from_millis(90);

/// After so many *moved* answers without an answer between them the next attempt waits.
const MOVES_AT_ONCE: u32 = 4;

/// Makes a call and returns its answer.
///
/// # Errors
/// `DEADLINE_EXCEEDED` when the time is up; `UNIMPLEMENTED` for a streamed request.
pub(super) async fn run(
    shared: Arc<Shared>,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    count(&shared.counters.calls);
    let begun = Instant::now();
    let (mut head, body) = request.into_parts();
    let limit = deadline::take(&mut head.headers).unwrap_or(shared.patience);
    let method = head.uri.path().to_owned();
    let mut progress = Progress::new();
    let attempts = async {
        let message = body::receive(body).await?;
        let call = Call {
            shared: &shared,
            head,
            message,
            number: shared.numbers.begin(),
            first_sent: OnceLock::new(),
        };
        call.attempts(&mut progress).await
    };
    match tokio::time::timeout(limit, attempts).await {
        Ok(Ok(response)) => {
            shared
                .counters
                .answered(begun.elapsed(), progress.interruption());
            Ok(response)
        }
        Ok(Err(status)) => Err(status),
        Err(_) => {
            count(&shared.counters.deadlines_exceeded);
            Err(Status::deadline_exceeded(format!(
                "{method} of server {} was not answered within {limit:?}: {progress}",
                shared.server
            )))
        }
    }
}

struct Call<'a> {
    shared: &'a Shared,
    head: http::request::Parts,
    message: Bytes,
    number: Number,
    /// By two clocks: one does not count the time for which this machine was suspended, the other may be set.
    first_sent: OnceLock<(Instant, SystemTime)>,
}

/// How far a call has come, for its errors and the statistics.
struct Progress {
    state: State,
    /// What the attempt before the one under way came to.
    before: Option<State>,
    /// When the call first lacked a server that took it.
    interrupted: Option<Instant>,
    /// When the last attempt was sent.
    sent: Instant,
}

impl Progress {
    fn new() -> Self {
        Self {
            state: State::Preparing,
            before: None,
            interrupted: None,
            sent: Instant::now(),
        }
    }

    fn sending_to(&mut self, address: &str) {
        self.sent = Instant::now();
        let before = std::mem::replace(&mut self.state, State::Sent(address.to_owned()));
        if !matches!(before, State::Preparing | State::Sent(_)) {
            self.before = Some(before);
        }
    }

    fn interrupted_at(&mut self, when: Instant) {
        self.interrupted.get_or_insert(when);
    }

    fn interruption(&self) -> Option<Duration> {
        Some(self.sent.saturating_duration_since(self.interrupted?))
    }
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.state.fmt(f)?;
        match (&self.state, &self.before) {
            (State::Sent(_), Some(before)) => write!(f, "; before that, {before}"),
            _ => Ok(()),
        }
    }
}

/// What a call is waiting for.
enum State {
    Preparing,
    Unbound,
    Sent(String),
    Pending(String),
    Moved(String),
    Broken(String, String),
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Preparing => f.write_str("its request was not complete"),
            Self::Unbound => f.write_str(
                "the server is not advertised as serving; `miman servers` shows where it should be",
            ),
            Self::Sent(address) => write!(
                f,
                "it was sent to {address} and may be executed, but its answer did not come in time"
            ),
            Self::Pending(address) => write!(
                f,
                "the server at {address} was withdrawn for a checkpoint or a migration"
            ),
            Self::Moved(address) => write!(
                f,
                "the server had moved away from {address} and its new place was not known"
            ),
            Self::Broken(address, reason) => {
                write!(f, "the connection to {address} failed ({reason})")
            }
        }
    }
}

impl Call<'_> {
    async fn attempts(&self, progress: &mut Progress) -> Result<Response<Body>, Status> {
        let counters = &self.shared.counters;
        let whereabouts = &self.shared.whereabouts;
        let mut wait = Wait::new();
        let mut pending = 0_u32;
        let mut moves = 0_u32;
        loop {
            let known = whereabouts.known();
            let Some(binding) = &known.binding else {
                count(&counters.waits_unbound);
                progress.interrupted_at(Instant::now());
                progress.state = State::Unbound;
                self.await_news(&known, &mut wait).await;
                continue;
            };
            progress.sending_to(&binding.address);
            match self.attempt(binding).await? {
                Outcome::Answer(response) => return Ok(response),
                Outcome::Pending(after) => {
                    count(&counters.retries_pending);
                    progress.interrupted_at(progress.sent);
                    progress.state = State::Pending(binding.address.clone());
                    let longer = (Duration::from_millis(2) * pending).min(LONGEST_PENDING);
                    pending = pending.saturating_add(1);
                    let after = after.max(Duration::from_millis(1)) + longer;
                    whereabouts.news(known.version, after).await;
                }
                Outcome::Moved(place) => {
                    count(&counters.retries_moved);
                    progress.interrupted_at(Instant::now());
                    progress.state = State::Moved(binding.address.clone());
                    moves += 1;
                    let told = !place.address.is_empty() && whereabouts.moved(place);
                    if !told || moves > MOVES_AT_ONCE {
                        self.await_news(&known, &mut wait).await;
                    }
                }
                Outcome::Broken(reason) => {
                    count(&counters.retries_broken);
                    progress.interrupted_at(Instant::now());
                    progress.state = State::Broken(binding.address.clone(), reason);
                    self.await_news(&known, &mut wait).await;
                }
                Outcome::Superseded => {
                    count(&counters.retries_superseded);
                    progress.interrupted_at(Instant::now());
                }
            }
        }
    }

    /// Waits for news of the server; without any for a while, asks the name service.
    async fn await_news(&self, known: &Known, wait: &mut Wait) {
        let whereabouts = &self.shared.whereabouts;
        whereabouts.news(known.version, wait.next()).await;
        let now = whereabouts.known();
        if now.binding.is_none() || now.version == known.version {
            whereabouts.look_up().await;
        }
    }

    async fn attempt(&self, binding: &Binding) -> Result<Outcome, Status> {
        let request = self.request()?;
        let send = self.send(&binding.address, request);
        tokio::pin!(send);
        tokio::select! {
            biased;
            outcome = &mut send => Ok(outcome),
            () = self.shared.whereabouts.superseded(binding.epoch) => {
                match tokio::time::timeout(GRACE, send).await {
                    Ok(outcome) => Ok(outcome),
                    Err(_) => Ok(Outcome::Superseded),
                }
            }
        }
    }

    fn request(&self) -> Result<Request<Body>, Status> {
        let mut headers = self.head.headers.clone();
        self.number.identity().write(&mut headers)?;
        match self.first_sent.get() {
            Some((instant, time)) => {
                metadata::set_age(
                    &mut headers,
                    instant.elapsed().max(time.elapsed().unwrap_or_default()),
                );
            }
            None => _ = self.first_sent.set((Instant::now(), SystemTime::now())),
        }
        if let Some(uuid) = self.shared.whereabouts.uuid()
            && let Ok(uuid) = HeaderValue::from_str(uuid)
        {
            headers.insert(metadata::SERVER, uuid);
        }
        let mut request = Request::new(Body::new(Full::new(self.message.clone())));
        *request.method_mut() = self.head.method.clone();
        *request.uri_mut() = self.head.uri.clone();
        *request.version_mut() = http::Version::HTTP_2;
        *request.headers_mut() = headers;
        Ok(request)
    }

    async fn send(&self, address: &str, request: Request<Body>) -> Outcome {
        let exchange = async {
            let mut connection = self
                .shared
                .pool
                .get(address)
                .map_err(|error| describe(&error))?;
            let ready = connection.ready().await.map_err(|error| describe(&error))?;
            let response = ready
                .call(request)
                .await
                .map_err(|error| describe(&error))?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| describe(&error))?;
            Ok::<_, String>(interpret(head, body))
        };
        exchange.await.unwrap_or_else(Outcome::Broken)
    }
}

/// An error with its sources, on one line.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = source.source();
    }
    text
}

/// Waits that double up to a bound, each shortened by chance so that many clients do not come at once.
struct Wait {
    next: Duration,
}

impl Wait {
    fn new() -> Self {
        Self { next: FIRST_WAIT }
    }

    fn next(&mut self) -> Duration {
        let full = self.next;
        self.next = (full * 2).min(LONGEST_WAIT);
        // A hasher with random keys is the one source of chance that the standard library has.
        let chance = RandomState::new().build_hasher().finish() % 1024;
        full / 2 + full.mul_f64(chance as f64 / 2048.0)
    }
}
