//! The checkpoint: the whole state of one server at one moment, and the container it travels in.
//!
//! # The container
//!
//! | bytes | what |
//! |---|---|
//! | 6 | magic: `HICAM` and a zero byte |
//! | 2 | format version, 1 |
//! | … | body |
//! | 32 | BLAKE3 checksum of all that precedes |
//!
//! Numbers are little-endian. The body is, one after the other and each as
//! [the encoding of values](crate#the-encoding-of-values) has it: `class`, `uuid`, `epoch`,
//! `sequence`, `taken_unix_ms`, `host`, `arch`, `schema_fingerprint`; the type table (a count, and
//! each type as a tag byte and its parts, where types are referred to by number in 32 bits);
//! `globals` (type number in 32 bits, length, bytes); the lists `threads`, `replies` and `clients`,
//! each a count and the fields of its structs in their order here; `clients_forgotten_after_ms`; the section of
//! [tasks](tasks). If anything is shared, the section of [objects](crate::heap#the-encoding) follows; else the body ends there.

pub mod tasks;

use serde_json::json;

use crate::{
    CheckpointError, DecodeError, DecodeErrorKind, Decoder, EncodeError, EncodeErrorKind, Encoder,
    Objects, STACK_CHUNK, STACK_RED_ZONE, State, TypeId, TypeTable, Value, json,
};

use tasks::Tasks;

const MAGIC: &[u8; 6] = b"HICAM\0";
const VERSION: u16 = 1;
const CHECKSUM: usize = 32;
/// How many levels deep branches may be nested.
const MAX_BRANCHES: usize = 1_000;

/// Declares structs that are written and read field by field in their order.
macro_rules! records {
    ($(
        $(#[$doc:meta])*
        pub struct $name:ident {
            $($(#[$field_doc:meta])* pub $field:ident: $ty:ty,)*
        }
    )*) => {$(
        $(#[$doc])*
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Record for $name {
            fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                $(self.$field.write(out)?;)*
                Ok(())
            }

            fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                Ok($name {
                    $($field: Record::read(input)
                        .map_err(|error: DecodeError| error.within(stringify!($name), stringify!($field)))?,)*
                })
            }
        }
    )*};
}

records! {
    /// The whole state of a server at one moment: one consistent cut.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Checkpoint {
        /// The server's class.
        pub class: String,
        /// The server.
        pub uuid: String,
        /// The epoch it was in: grows each time execution passes to another process.
        pub epoch: u64,
        /// Grows with each checkpoint of a server.
        pub sequence: u64,
        /// When it was taken, in milliseconds since 1970 by the host's clock.
        pub taken_unix_ms: u64,
        /// The host it was taken on.
        pub host: String,
        /// That host's architecture, as `std::env::consts::ARCH` has it.
        pub arch: String,
        /// [`ClassSchema::fingerprint`](crate::ClassSchema::fingerprint) of the program that ran.
        pub schema_fingerprint: String,
        /// Every type that a value in here has.
        pub types: TypeTable,
        /// The server's own data; a pointer to it if it is shared with a frame.
        pub globals: Value,
        /// The calls in progress.
        pub threads: Vec<Thread>,
        /// What was answered and may be asked for again.
        pub replies: Vec<Reply>,
        /// The clients and what they have received.
        pub clients: Vec<ClientRow>,
        /// The shortest silence for which a client was ever left out of `clients`, in milliseconds; 0: none was. A
        /// request that is not known here, and was first sent about as long ago, may have been executed.
        pub clients_forgotten_after_ms: u64,
        /// What was started beside the calls.
        pub tasks: Tasks,
        /// What the values point to and share.
        pub objects: Objects,
    }

    /// A call in progress.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Thread {
        /// The client's id.
        pub client: String,
        /// The client's number for the request.
        pub request: u64,
        /// The method's path: `/package.Service/Method`.
        pub method: String,
        /// The functions it is in, the handler first.
        pub frames: Vec<Frame>,
    }

    /// A function in progress.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Frame {
        /// The function's path.
        pub function: String,
        /// The migration point it stands at.
        pub point: u32,
        /// The source file of that point.
        pub file: String,
        /// Its line there.
        pub line: u32,
        /// The fingerprint of the code up to the point.
        pub fingerprint: u64,
        /// Every local that is still needed.
        pub locals: Vec<Local>,
        /// What goes on concurrently in it (`join!`, `select!`): the branches that are not finished. They are then the
        /// innermost.
        pub branches: Vec<Branch>,
    }

    /// A local variable.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Local {
        /// Its name in the source.
        pub name: String,
        /// Its value.
        pub value: Value,
    }

    /// An answer that its client has not acknowledged yet.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Reply {
        /// The client's id.
        pub client: String,
        /// The client's number for the request.
        pub request: u64,
        /// The method's path.
        pub method: String,
        /// The whole response, opaque to the format.
        pub response: Vec<u8>,
    }

    /// A client.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ClientRow {
        /// The client's id.
        pub client: String,
        /// It has received the answers to all requests up to this number.
        pub acked: u64,
        /// How long it has not been heard of, in milliseconds of the server's own time, which stands still while the
        /// server does not run.
        pub silent_ms: u64,
    }
}

/// One of several calls that a function waits for at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its position in the source, from 0.
    pub number: u32,
    /// The functions it is in, outermost first.
    pub frames: Vec<Frame>,
}

// By hand, because frames and branches recurse.
impl Record for Branch {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u32(self.number);
        if out.depth() >= MAX_BRANCHES {
            return Err(EncodeErrorKind::TooDeep.into());
        }
        out.nested(|out| self.frames.write(out))
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let number = input.u32()?;
        if input.depth() >= MAX_BRANCHES {
            return Err(DecodeErrorKind::TooDeep.into());
        }
        let frames = input.nested(Record::read)?;
        Ok(Branch { number, frames })
    }
}

/// A part of a checkpoint's body.
trait Record: Sized {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError>;
    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError>;
}

macro_rules! record_as_state {
    ($($ty:ty)*) => {$(
        impl Record for $ty {
            fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.encode(out)
            }

            fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                <$ty as State>::decode(input)
            }
        }
    )*};
}

record_as_state!(u32 u64 String Vec<u8>);

impl<R: Record> Record for Vec<R> {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len());
        self.iter().try_for_each(|record| record.write(out))
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.length()?;
        let mut records = Vec::with_capacity(input.capacity::<R>(count));
        for _ in 0..count {
            records.push(R::read(input)?);
        }
        Ok(records)
    }
}

impl Record for TypeTable {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.encode(out);
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        TypeTable::decode(input)
    }
}

impl Record for Objects {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        if !self.is_empty() {
            self.encode(out);
        }
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        match input.left() {
            0 => Ok(Objects::default()),
            _ => Objects::decode(input),
        }
    }
}

impl Record for Value {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u32(self.ty.0);
        out.bytes(&self.bytes);
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Value {
            ty: TypeId(input.u32()?),
            bytes: input.bytes()?.to_vec(),
        })
    }
}

impl Checkpoint {
    /// The checkpoint in its container.
    ///
    /// # Errors
    /// [`CheckpointError::UnknownType`]: a value was captured with another table than `types`.
    pub fn encode(&self) -> Result<Vec<u8>, CheckpointError> {
        self.check_types()?;
        let mut out = Encoder::new();
        out.raw(MAGIC);
        out.u16(VERSION);
        self.write(&mut out)?;
        let mut bytes = out.into_bytes();
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        Ok(bytes)
    }

    /// Reads a container, verifying magic number, version and checksum.
    ///
    /// # Errors
    /// The bytes are no checkpoint, one of a newer format, or a damaged one.
    pub fn decode(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let body = verify(bytes)?;
        let mut input = Decoder::new(body);
        let checkpoint = Checkpoint::read(&mut input)?;
        input.finish()?;
        checkpoint.check_types()?;
        Ok(checkpoint)
    }

    /// The checkpoint as JSON: globals, and each thread's frames with function, point and named locals.
    ///
    /// It needs none of the class's types. Shared objects are listed by number, each once; what points to one
    /// is shown as `{"#": number}`, a weak pointer as `{"weak #": number}`. A value whose bytes do not fit its type is shown as an error.
    pub fn to_json(&self) -> serde_json::Value {
        let mut shown = json!({
            "class": self.class,
            "uuid": self.uuid,
            "epoch": self.epoch,
            "sequence": self.sequence,
            "taken_unix_ms": self.taken_unix_ms,
            "host": self.host,
            "arch": self.arch,
            "schema_fingerprint": self.schema_fingerprint,
            "globals": json::shown(&self.types, &self.globals),
            "threads": self.threads.iter().map(|thread| self.thread_json(thread)).collect::<Vec<_>>(),
            "replies": self.replies.iter().map(|reply| json!({
                "client": reply.client,
                "request": reply.request,
                "method": reply.method,
                "bytes": reply.response.len(),
            })).collect::<Vec<_>>(),
            "clients": self.clients.iter().map(|row| json!({
                "client": row.client,
                "acked": row.acked,
                "silent_ms": row.silent_ms,
            })).collect::<Vec<_>>(),
            "clients_forgotten_after_ms": self.clients_forgotten_after_ms,
            "tasks_begun": self.tasks.begun,
            "tasks": self.tasks_json(),
        });
        if !self.objects.is_empty()
            && let Some(shown) = shown.as_object_mut()
        {
            let objects = self
                .objects
                .iter()
                .map(|(number, object)| (format!("#{number}"), json::object(&self.types, object)));
            shown.insert("objects".to_owned(), objects.collect());
        }
        shown
    }

    fn thread_json(&self, thread: &Thread) -> serde_json::Value {
        json!({
            "client": thread.client,
            "request": thread.request,
            "method": thread.method,
            "frames": self.frames_json(&thread.frames),
        })
    }

    fn frames_json(&self, frames: &[Frame]) -> Vec<serde_json::Value> {
        frames.iter().map(|frame| self.frame_json(frame)).collect()
    }

    /// A library's function has no place in the source. Branches are shown where there are any.
    fn frame_json(&self, frame: &Frame) -> serde_json::Value {
        let mut shown = json!({
            "function": frame.function,
            "point": frame.point,
            "locals": self.locals_json(&frame.locals),
        });
        if let Some(shown) = shown.as_object_mut() {
            if !frame.file.is_empty() {
                let at = format!("{}:{}", frame.file, frame.line);
                shown.insert("at".to_owned(), at.into());
            }
            if !frame.branches.is_empty() {
                let branches = frame.branches.iter().map(|branch| {
                    stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || {
                        json!({ "branch": branch.number, "frames": self.frames_json(&branch.frames) })
                    })
                });
                shown.insert("branches".to_owned(), branches.collect());
            }
        }
        shown
    }

    /// A variable that shadows another is numbered.
    fn locals_json(&self, locals: &[Local]) -> serde_json::Value {
        let mut shown = serde_json::Map::new();
        for local in locals {
            let mut name = local.name.clone();
            let mut number = 1;
            while shown.contains_key(&name) {
                number += 1;
                name = format!("{} ({number})", local.name);
            }
            shown.insert(name, json::shown(&self.types, &local.value));
        }
        shown.into()
    }

    /// Every value's type is in the table.
    fn check_types(&self) -> Result<(), CheckpointError> {
        if let Some((number, ty)) = self.objects.unknown_type(&self.types) {
            return Err(CheckpointError::UnknownType {
                what: format!("shared object {number}"),
                ty: ty.0,
                types: self.types.len(),
            });
        }
        self.check_type(&self.globals, || "the globals".to_owned())?;
        self.threads
            .iter()
            .flat_map(|thread| &thread.frames)
            .try_for_each(|frame| self.check_frame(frame))?;
        let mut tasks = self.tasks.rows.iter();
        tasks.try_for_each(|task| self.check_task(task))
    }

    fn check_frame(&self, frame: &Frame) -> Result<(), CheckpointError> {
        for local in &frame.locals {
            self.check_type(&local.value, || {
                format!("`{}` in `{}`", local.name, frame.function)
            })?;
        }
        stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || {
            frame
                .branches
                .iter()
                .flat_map(|branch| &branch.frames)
                .try_for_each(|frame| self.check_frame(frame))
        })
    }

    fn check_type(
        &self,
        value: &Value,
        what: impl FnOnce() -> String,
    ) -> Result<(), CheckpointError> {
        match self.types.get(value.ty) {
            Some(_) => Ok(()),
            None => Err(CheckpointError::UnknownType {
                what: what(),
                ty: value.ty.0,
                types: self.types.len(),
            }),
        }
    }
}

/// The body of a container whose magic number, version and checksum are right.
fn verify(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or(CheckpointError::NotACheckpoint)?;
    let (version, rest) = rest.split_first_chunk().ok_or(CheckpointError::Checksum)?;
    let version = u16::from_le_bytes(*version);
    if version != VERSION {
        return Err(CheckpointError::Version {
            found: version,
            supported: VERSION,
        });
    }
    let (body, checksum) = rest
        .split_last_chunk::<CHECKSUM>()
        .ok_or(CheckpointError::Checksum)?;
    let covered = &bytes[..bytes.len() - CHECKSUM];
    if blake3::hash(covered) != *checksum {
        return Err(CheckpointError::Checksum);
    }
    Ok(body)
}
