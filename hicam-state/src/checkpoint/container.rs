//! The container: magic number, version, sections, checksum.
//!
//! | bytes | what |
//! |---|---|
//! | 6 | magic: `HICAM` and a zero byte |
//! | 2 | format version |
//! | … | sections |
//! | 32 | BLAKE3 checksum of all that precedes |
//!
//! A section is its number in 32 bits, flags in 32 bits, the length of its content in 64 bits, and its content. Bit 0 of the
//! flags says that the checkpoint must not be restored by who does not know the section; any other unknown one is passed over.

use std::collections::BTreeMap;

use crate::{CheckpointError, DecodeError, Decoder, EncodeError, Encoder};

const MAGIC: &[u8; 6] = b"HICAM\0";
/// The version that is written, and the newest that is read.
const VERSION: u16 = 1;
const CHECKSUM: usize = 32;
/// Flag of a section: who does not know it must not restore the checkpoint.
const ESSENTIAL: u32 = 1;

/// The sections in the order in which they are written: each at most once, by ascending number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Header = 1,
    Types = 2,
    Globals = 3,
    Threads = 4,
    Replies = 5,
    Clients = 6,
    Objects = 7,
    Tasks = 8,
}

impl Section {
    const ALL: [Section; 8] = [
        Section::Header,
        Section::Types,
        Section::Globals,
        Section::Threads,
        Section::Replies,
        Section::Clients,
        Section::Objects,
        Section::Tasks,
    ];

    fn number(self) -> u32 {
        self as u32
    }

    fn name(self) -> &'static str {
        match self {
            Section::Header => "header",
            Section::Types => "types",
            Section::Globals => "globals",
            Section::Threads => "threads",
            Section::Replies => "replies",
            Section::Clients => "clients",
            Section::Objects => "objects",
            Section::Tasks => "tasks",
        }
    }
}

/// A container that is being written.
pub(super) struct Writer(Encoder);

impl Writer {
    /// Adds a section, which everyone who restores must understand.
    pub(super) fn section(
        &mut self,
        section: Section,
        write: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.0.u32(section.number());
        self.0.u32(ESSENTIAL);
        self.0.record(write)
    }

    /// The whole container.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_bytes();
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        bytes
    }
}

/// The sections of a container whose magic number, version and checksum are right.
pub(super) struct Container<'a> {
    sections: BTreeMap<Section, &'a [u8]>,
}

impl<'a> Container<'a> {
    /// An empty container, with room for so many bytes and some more.
    pub(super) fn writer(room: usize) -> Writer {
        let mut out = Encoder::new();
        out.reserve(room.saturating_add(64 << 10));
        out.raw(MAGIC);
        out.u16(VERSION);
        Writer(out)
    }

    /// Verifies a container and finds its sections.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let mut input = Decoder::new(verify(bytes)?);
        let mut sections = BTreeMap::new();
        let mut last = 0;
        while input.left() > 0 {
            let number = input.u32()?;
            let flags = input.u32()?;
            let length = input.u64()?;
            let length = input.check_length(length)?;
            let content = input.raw(length)?;
            if number <= last {
                return Err(DecodeError::invalid("order of sections", number).into());
            }
            last = number;
            let known = Section::ALL
                .into_iter()
                .find(|section| section.number() == number);
            match known {
                Some(section) => {
                    sections.insert(section, content);
                }
                None if flags & ESSENTIAL == 0 => {}
                None => return Err(CheckpointError::UnknownSection { number }),
            }
        }
        Ok(Container { sections })
    }

    /// Reads a section if it is there.
    pub(super) fn section<T>(
        &self,
        section: Section,
        read: impl FnOnce(&mut Decoder<'a>) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, CheckpointError> {
        let Some(content) = self.sections.get(&section) else {
            return Ok(None);
        };
        let mut input = Decoder::new(content);
        let value = read(&mut input)
            .and_then(|value| input.finish().map(|()| value))
            .map_err(|error| error.within("Checkpoint", section.name()))?;
        Ok(Some(value))
    }

    /// Reads a section that every checkpoint has.
    pub(super) fn needed<T>(
        &self,
        section: Section,
        read: impl FnOnce(&mut Decoder<'a>) -> Result<T, DecodeError>,
    ) -> Result<T, CheckpointError> {
        self.section(section, read)?
            .ok_or(CheckpointError::NoSection {
                name: section.name(),
            })
    }
}

/// What is between the version and the checksum, if all three are right.
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
    let (sections, checksum) = rest
        .split_last_chunk::<CHECKSUM>()
        .ok_or(CheckpointError::Checksum)?;
    let covered = &bytes[..bytes.len() - CHECKSUM];
    if blake3::hash(covered) != *checksum {
        return Err(CheckpointError::Checksum);
    }
    Ok(sections)
}
