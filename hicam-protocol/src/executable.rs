//! What machine an executable file is for, as its first bytes say.

use std::fmt;

/// How many of a file's first bytes [`Executable::of`] looks at.
pub const HEADER_BYTES: usize = 20;

/// What the header of a file says that it is.
///
/// # Examples
///
/// ```
/// use hicam_protocol::executable::Executable;
///
/// let mut header = b"\x7fELF\x02\x02\x01".to_vec(); // 64 bits, big-endian
/// header.resize(18, 0);
/// header.extend(22_u16.to_be_bytes());
/// let executable = Executable::of(&header);
/// assert_eq!(executable.arch(), Some("s390x"));
/// assert!(!executable.runs_on("x86_64"));
/// assert_eq!(executable.to_string(), "an ELF executable for s390x");
///
/// assert!(Executable::of(b"#!/bin/sh\n").runs_on("x86_64")); // no header says that it does not
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executable {
    /// An ELF executable for the machine of this number.
    Elf(u16),
    /// A macOS executable.
    MacOs,
    /// A Windows executable.
    Windows,
    /// None of these; it may be a script, which has no machine.
    Other,
}

impl Executable {
    /// Reads the first [`HEADER_BYTES`] of a file; fewer if it has no more.
    #[must_use]
    pub fn of(file: &[u8]) -> Self {
        match file {
            [0x7f, b'E', b'L', b'F', _, order, ..] => match file.get(18..HEADER_BYTES) {
                Some(&[first, second]) if *order == 2 => {
                    Self::Elf(u16::from_be_bytes([first, second]))
                }
                Some(&[first, second]) => Self::Elf(u16::from_le_bytes([first, second])),
                _ => Self::Other,
            },
            [0xcf, 0xfa, 0xed, 0xfe, ..] => Self::MacOs,
            [b'M', b'Z', ..] => Self::Windows,
            _ => Self::Other,
        }
    }

    /// The processor architecture, as in [`std::env::consts::ARCH`], where the header says it.
    #[must_use]
    pub fn arch(&self) -> Option<&'static str> {
        let Self::Elf(machine) = self else {
            return None;
        };
        Some(match machine {
            3 => "x86",
            20 => "powerpc",
            21 => "powerpc64",
            22 => "s390x",
            40 => "arm",
            62 => "x86_64",
            183 => "aarch64",
            243 => "riscv64",
            258 => "loongarch64",
            _ => return None,
        })
    }

    /// Whether a processor of this architecture can execute it, as far as the header says: `false` only where it says that
    /// it is for another.
    #[must_use]
    pub fn runs_on(&self, arch: &str) -> bool {
        match self.arch() {
            None => true,
            Some(own) => {
                own == arch || matches!((own, arch), ("x86", "x86_64") | ("arm", "aarch64"))
            }
        }
    }
}

impl fmt::Display for Executable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.arch()) {
            (_, Some(arch)) => write!(f, "an ELF executable for {arch}"),
            (Self::Elf(machine), None) => {
                write!(f, "an ELF executable for machine number {machine}")
            }
            (Self::MacOs, _) => f.write_str("a macOS executable"),
            (Self::Windows, _) => f.write_str("a Windows executable"),
            (Self::Other, _) => f.write_str("not an executable"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Executable;

    #[test]
    fn headers_that_are_cut_off_say_nothing() {
        let whole = [
            0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 183, 0,
        ];
        assert_eq!(Executable::of(&whole), Executable::Elf(183));
        for bytes in 0..whole.len() {
            let cut = whole.get(..bytes).unwrap_or_default();
            assert_eq!(Executable::of(cut), Executable::Other, "{bytes}");
        }
    }

    #[test]
    fn narrow_programs_run_on_wide_processors_of_their_kind() {
        assert!(Executable::Elf(3).runs_on("x86_64"));
        assert!(Executable::Elf(40).runs_on("aarch64"));
        assert!(!Executable::Elf(62).runs_on("x86"));
        assert!(!Executable::Elf(40).runs_on("x86_64"));
        assert!(Executable::Elf(9999).runs_on("x86_64"));
    }
}
