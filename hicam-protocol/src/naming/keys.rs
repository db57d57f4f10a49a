//! The keys of the records in the name service.

use super::{NamingError, Result};

/// All keys of HiCaM start with this.
pub const ROOT: &str = "/hicam/";
/// Prefix of the hosts.
pub const HOSTS: &str = "/hicam/hosts/";
/// Prefix of the names.
pub const NAMES: &str = "/hicam/names/";
/// Prefix of the servers.
pub const SERVERS: &str = "/hicam/servers/";
/// Prefix of the execution tokens.
pub const TOKENS: &str = "/hicam/tokens/";
/// Prefix of the living holders of tokens.
pub const HOLDERS: &str = "/hicam/holders/";
/// Prefix of the bindings.
pub const BINDINGS: &str = "/hicam/bindings/";
/// Prefix of the checkpoint servers.
pub const CHECKPOINT_SERVERS: &str = "/hicam/checkpoint-servers/";

/// Key of a host's advert.
#[must_use]
pub fn host(host: &str) -> String {
    format!("{HOSTS}{host}")
}

/// Key of a server's name; its value is the UUID.
#[must_use]
pub fn name(class: &str, name: &str) -> String {
    format!("{NAMES}{class}/{name}")
}

/// Key of a server's record.
#[must_use]
pub fn server(uuid: &str) -> String {
    format!("{SERVERS}{uuid}")
}

/// Key of a server's execution token.
#[must_use]
pub fn token(uuid: &str) -> String {
    format!("{TOKENS}{uuid}")
}

/// Key of the living holder of a server's token.
#[must_use]
pub fn holder(uuid: &str) -> String {
    format!("{HOLDERS}{uuid}")
}

/// Key of a server's binding.
#[must_use]
pub fn binding(uuid: &str) -> String {
    format!("{BINDINGS}{uuid}")
}

/// Key of a class's checkpoint server.
#[must_use]
pub fn checkpoint_server(class: &str) -> String {
    format!("{CHECKPOINT_SERVERS}{class}")
}

/// Checks that a text can be one part of a key: 1 to 128 letters, digits, `.`, `_`, `-`.
///
/// # Errors
/// [`NamingError::InvalidName`], which names `what` the text was to be.
pub fn check_part(what: &'static str, text: &str) -> Result<()> {
    let valid = (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if valid {
        Ok(())
    } else {
        Err(NamingError::InvalidName {
            what,
            text: text.to_owned(),
        })
    }
}
