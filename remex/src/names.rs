//! Which names may become parts of paths and of name service keys.

use crate::error::{RemexError, Result};

/// Refuses a name of a `what` that could leave its directory, look like an option or split a key.
pub(crate) fn check(what: &'static str, name: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let valid = (1..=64).contains(&name.len())
        && name.bytes().all(allowed)
        && !name.starts_with(['.', '-']);
    if valid {
        Ok(())
    } else {
        Err(RemexError::InvalidName {
            what,
            name: name.to_owned(),
        })
    }
}

/// Refuses what is not a BLAKE3 hash in lower-case hexadecimal.
pub(crate) fn check_hash(hash: &str) -> Result<()> {
    if hash.len() == 64
        && hash
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        Ok(())
    } else {
        Err(RemexError::InvalidRequest(format!(
            "{hash:?} is not a BLAKE3 hash: it must be 64 lower-case hexadecimal digits"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::{check, check_hash};

    #[test]
    fn names_that_leave_their_directory_are_refused() {
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "../x",
            ".hidden",
            "-option",
            "a b",
            "é",
            &"x".repeat(65),
        ] {
            assert!(check("class", bad).is_err(), "{bad:?}");
        }
        for good in ["bank", "bank-2", "text_index", "v1.2", "A"] {
            assert!(check("class", good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_hash_is_64_hexadecimal_digits() {
        assert!(check_hash(&"0a".repeat(32)).is_ok());
        for bad in [
            "",
            "current",
            "../../etc/passwd",
            &"0A".repeat(32),
            &"0".repeat(63),
        ] {
            assert!(check_hash(bad).is_err(), "{bad:?}");
        }
    }
}
