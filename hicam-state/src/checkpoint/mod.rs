//! The checkpoint: the whole state of one server at one moment, and the container it travels in.
//!
//! The container, the encoding of values and the schema are specified byte by byte in `docs/state-format.md`.
//! A container is a magic number and a version, sections, and a checksum ([`container`]); a section holds records, each with
//! its length before it ([`record`]).

mod container;
mod frames;
mod record;
pub mod tasks;
mod view;

use crate::{
    CheckpointError, DecodeError, Decoder, EncodeError, Encoder, Objects, STACK_CHUNK,
    STACK_RED_ZONE, TypeId, TypeTable, Value,
};
use container::{Container, Section};
pub use frames::{Branch, Frame, Local};
use record::{Record, records};
use tasks::Tasks;

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

records! {
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

impl Checkpoint {
    /// The checkpoint in its container.
    ///
    /// # Errors
    /// [`CheckpointError::UnknownType`]: a value was captured with another table than `types`.
    pub fn encode(&self) -> Result<Vec<u8>, CheckpointError> {
        self.check_types()?;
        let mut out = Container::writer(self.globals.bytes.len());
        out.section(Section::Header, |out| self.write_header(out))?;
        out.section(Section::Types, |out| self.types.write(out))?;
        out.section(Section::Globals, |out| self.globals.write(out))?;
        out.section(Section::Threads, |out| self.threads.write(out))?;
        out.section(Section::Replies, |out| self.replies.write(out))?;
        out.section(Section::Clients, |out| {
            self.clients_forgotten_after_ms.write(out)?;
            self.clients.write(out)
        })?;
        if !self.objects.is_empty() {
            out.section(Section::Objects, |out| {
                self.objects.encode(out);
                Ok(())
            })?;
        }
        if self.tasks != Tasks::default() {
            out.section(Section::Tasks, |out| self.tasks.write(out))?;
        }
        Ok(out.finish())
    }

    /// Reads a container, verifying magic number, version and checksum.
    ///
    /// # Errors
    /// The bytes are no checkpoint, one of a newer format, or a damaged one.
    pub fn decode(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let container = Container::read(bytes)?;
        let mut checkpoint = container.needed(Section::Header, Checkpoint::read_header)?;
        checkpoint.types = container.needed(Section::Types, TypeTable::read)?;
        checkpoint.globals = container.needed(Section::Globals, Value::read)?;
        checkpoint.threads = container.needed(Section::Threads, Record::read)?;
        checkpoint.replies = container.needed(Section::Replies, Record::read)?;
        (checkpoint.clients_forgotten_after_ms, checkpoint.clients) = container
            .needed(Section::Clients, |input| {
                Ok((u64::read(input)?, Record::read(input)?))
            })?;
        if let Some(objects) = container.section(Section::Objects, Objects::decode)? {
            checkpoint.objects = objects;
        }
        if let Some(tasks) = container.section(Section::Tasks, Tasks::read)? {
            checkpoint.tasks = tasks;
        }
        checkpoint.check_types()?;
        Ok(checkpoint)
    }

    /// What the checkpoint is of, as one record.
    fn write_header(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.record(|out| {
            self.class.write(out)?;
            self.uuid.write(out)?;
            self.epoch.write(out)?;
            self.sequence.write(out)?;
            self.taken_unix_ms.write(out)?;
            self.host.write(out)?;
            self.arch.write(out)?;
            self.schema_fingerprint.write(out)
        })
    }

    /// A checkpoint of which only the header is there.
    fn read_header(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.record(|input| {
            Ok(Checkpoint {
                class: Record::read(input)?,
                uuid: Record::read(input)?,
                epoch: Record::read(input)?,
                sequence: Record::read(input)?,
                taken_unix_ms: Record::read(input)?,
                host: Record::read(input)?,
                arch: Record::read(input)?,
                schema_fingerprint: Record::read(input)?,
                types: TypeTable::new(),
                globals: Value {
                    ty: TypeId(0),
                    bytes: Vec::new(),
                },
                threads: Vec::new(),
                replies: Vec::new(),
                clients: Vec::new(),
                clients_forgotten_after_ms: 0,
                tasks: Tasks::default(),
                objects: Objects::default(),
            })
        })
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
