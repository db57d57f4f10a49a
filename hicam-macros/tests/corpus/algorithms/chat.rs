//! A chat server's commands: lines are parsed, rooms are locked, members are told, batches are delivered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, RwLock};

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Command {
    Join { room: String },
    Leave { room: String },
    Say { room: String, text: String },
    Whisper(String, String),
    Rename(String),
    Quit,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum ChatError {
    Empty,
    Unknown(String),
    Missing(&'static str),
    NotIn { room: String, user: String },
}

impl std::fmt::Display for ChatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ChatError::Empty => f.write_str("empty line"),
            ChatError::Unknown(word) => write!(f, "unknown command {word}"),
            ChatError::Missing(what) => write!(f, "{what} is missing"),
            ChatError::NotIn { room, user } => write!(f, "{user} is not in {room}"),
        }
    }
}

impl std::error::Error for ChatError {}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Room {
    members: BTreeSet<String>,
    history: Vec<(String, String)>,
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Chat {
    rooms: RwLock<BTreeMap<String, Arc<Mutex<Room>>>>,
    inboxes: Mutex<HashMap<String, Vec<String>>>,
    delivered: AtomicU64,
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Lines(Vec<String>);

#[hicam::migratable]
impl Lines {
    async fn send(&mut self, line: &str) {
        if let Some(last) = self.0.last_mut() {
            last.push('|');
        }
        hicam::point().await;
        self.0.push(line.to_owned());
    }
}

#[hicam::migratable]
async fn parse(line: &str) -> Result<Command, ChatError> {
    let mut words = line.trim().splitn(3, ' ').map(str::to_owned);
    let command = words
        .next()
        .filter(|word| !word.is_empty())
        .ok_or(ChatError::Empty)?;
    let first = words.next();
    let rest = words.next();
    let parsed = match command.as_str() {
        "/join" => Command::Join {
            room: first.ok_or(ChatError::Missing("room"))?,
        },
        "/leave" => Command::Leave {
            room: first.ok_or(ChatError::Missing("room"))?,
        },
        "/nick" => Command::Rename(first.ok_or(ChatError::Missing("name"))?),
        "/msg" => {
            let to = first.ok_or(ChatError::Missing("user"))?;
            Command::Whisper(to, rest.ok_or(ChatError::Missing("text"))?)
        }
        "/quit" => Command::Quit,
        word if word.starts_with('/') => return Err(ChatError::Unknown(word.to_owned())),
        room => {
            let mut text = String::new();
            let words: Vec<String> = first.into_iter().chain(rest).collect();
            for word in words.iter().filter(|word| !word.is_empty()) {
                let separator = if text.is_empty() { "" } else { " " };
                write!(text, "{separator}{word}").unwrap();
            }
            Command::Say {
                room: room.to_owned(),
                text,
            }
        }
    };
    hicam::point().await;
    Ok(parsed)
}

#[hicam::migratable]
impl Chat {
    async fn room(&self, name: &str) -> Arc<Mutex<Room>> {
        if let Some(room) = self.rooms.read().await.get(name) {
            return Arc::clone(room);
        }
        hicam::point().await;
        let mut rooms = self.rooms.write().await;
        Arc::clone(rooms.entry(name.to_owned()).or_default())
    }

    async fn deliver(&self, to: &str, text: String) -> usize {
        let mut inboxes = self.inboxes.lock().await;
        let inbox = inboxes.entry(to.to_owned()).or_default();
        inbox.push(text);
        self.delivered.fetch_add(1, Ordering::Relaxed);
        inbox.len()
    }

    async fn say(&self, user: &str, room: String, text: String) -> Result<usize, ChatError> {
        let room_ref = self.room(&room).await;
        let members: Vec<String> = {
            let mut room_state = room_ref.lock().await;
            if !room_state.members.contains(user) {
                return Err(ChatError::NotIn {
                    room,
                    user: user.to_owned(),
                });
            }
            room_state.history.push((user.to_owned(), text.clone()));
            room_state
                .members
                .iter()
                .filter(|member| *member != user)
                .cloned()
                .collect()
        };
        let mut told = 0;
        for member in &members {
            let line = format!("[{room}] {user}: {text}");
            if self.deliver(member, line).await > 0 {
                told += 1;
            }
        }
        Ok(told)
    }

    async fn run(
        &self,
        user: &mut String,
        line: &str,
        out: &mut Lines,
    ) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
        match parse(line).await? {
            Command::Join { room } => {
                let joined = self.room(&room).await;
                let fresh = joined.lock().await.members.insert(user.clone());
                out.send(&format!(
                    "{} {room}",
                    if fresh { "joined" } else { "already in" }
                ))
                .await;
            }
            Command::Leave { room } => {
                let left = self
                    .room(&room)
                    .await
                    .lock()
                    .await
                    .members
                    .remove(user.as_str());
                if !left {
                    return Err(Box::new(ChatError::NotIn {
                        room,
                        user: user.clone(),
                    }));
                }
                out.send("left").await;
            }
            Command::Say { room, text } => {
                let told = self.say(user, room, text).await?;
                out.send(&told.to_string()).await;
            }
            Command::Whisper(to, text) if to == *user => {
                out.send(text.as_str()).await;
            }
            Command::Whisper(to, text) => {
                let waiting = self.deliver(&to, text).await;
                out.send(&format!("{to} has {waiting}")).await;
            }
            Command::Rename(name) => {
                let old = std::mem::replace(user, name);
                out.send(&format!("{old} is {user} now")).await;
            }
            Command::Quit => return Ok(false),
        }
        Ok(true)
    }

    async fn session(&self, name: &str, script: &str) -> Vec<String> {
        let mut user = name.to_owned();
        let mut out = Lines::default();
        for (number, line) in script.lines().enumerate() {
            let outcome = self.run(&mut user, line, &mut out).await;
            match outcome {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let text = format!("{number}: {error}");
                    out.send(&text).await;
                }
            }
        }
        let mut inbox = self.inboxes.lock().await.remove(&user).unwrap_or_default();
        for batch in inbox.chunks(2) {
            let joined = batch.join(" + ");
            out.send(&joined).await;
        }
        inbox.clear();
        out.0
    }
}

#[hicam::migratable]
async fn chats() -> (Vec<Vec<String>>, u64, usize) {
    let chat = Chat::default();
    let scripts = [
        ("ann", "/join rust\n/join rust\nrust hello there all\n"),
        (
            "bob",
            "/join rust\nrust hi\nrust  how are\n\n/dance now\n/msg ann psst, a secret\n/msg\n",
        ),
        (
            "ann",
            "/nick anna\n/msg anna to me\nrust again\n/nick ann\n/leave rust\n/leave rust\n/quit\nrust never\n",
        ),
    ];
    let mut all = Vec::new();
    for (name, script) in scripts {
        all.push(chat.session(name, script).await);
    }
    let rooms = chat.rooms.read().await.len();
    (all, chat.delivered.load(Ordering::Relaxed), rooms)
}

programs! {
    algorithms::chat;
    a_chat: chats();
}
