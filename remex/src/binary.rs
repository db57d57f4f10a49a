//! Asks a binary what class it is, and says what a binary that cannot run was built for.

use std::{
    io::{self, Read as _},
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde::Deserialize;
use tokio::{io::AsyncReadExt as _, process::Command};

use crate::error::{RemexError, Result};

/// A schema is text about a program's types; what is longer is not one.
const SCHEMA_LIMIT: u64 = 16 << 20;

/// What `BIN schema` says, as far as the daemon needs it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Identity {
    pub(crate) class: String,
    pub(crate) fingerprint: String,
}

/// Asks the binary at `path`, sent as `class` to `host`, for its schema.
pub(crate) async fn identify(
    path: &Path,
    class: &str,
    host: &str,
    limit: Duration,
) -> Result<Identity> {
    let not_a_class = |detail: String| RemexError::NotAClass {
        class: class.to_owned(),
        detail,
    };
    let mut command = command(path);
    command
        .arg("schema")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = match spawn(&mut command).await {
        Ok(child) => child,
        Err(source) if cannot_run(&source) => {
            return Err(RemexError::CannotRun {
                class: class.to_owned(),
                host: host.to_owned(),
                arch: std::env::consts::ARCH,
                os: std::env::consts::OS,
                format: describe_format(path),
                source,
            });
        }
        Err(source) => {
            return Err(RemexError::Spawn {
                program: path.to_owned(),
                source,
            });
        }
    };
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let output = async {
        let (stdout, stderr) = tokio::join!(read(stdout), read(stderr));
        let status = child.wait().await?;
        Ok::<_, io::Error>((status, stdout?, stderr?))
    };
    let outcome = tokio::time::timeout(limit, output).await;
    let (status, stdout, stderr) = match outcome {
        Ok(Ok(done)) => done,
        Ok(Err(source)) => {
            return Err(RemexError::Spawn {
                program: path.to_owned(),
                source,
            });
        }
        Err(_) => {
            return Err(not_a_class(format!(
                "it did not answer `schema` within {limit:?}"
            )));
        }
    };
    if !status.success() {
        let words = String::from_utf8_lossy(&stderr);
        let last = words.trim().lines().last().unwrap_or_default();
        return Err(not_a_class(format!(
            "`schema` ended with {}: {last:?}",
            describe_exit(status)
        )));
    }
    let identity: Identity = serde_json::from_slice(&stdout)
        .map_err(|error| not_a_class(format!("what `schema` prints is not a schema: {error}")))?;
    if identity.class != class {
        return Err(RemexError::WrongClass {
            expected: class.to_owned(),
            found: identity.class,
        });
    }
    Ok(identity)
}

/// The settings that are the daemon's own, or that it says to each process anew.
const NOT_INHERITED: [&str; 10] = [
    "HICAM_CAPACITY",
    "HICAM_CHECKPOINT_SERVER",
    "HICAM_DIR",
    "HICAM_ETCD",
    "HICAM_HOST",
    "HICAM_INSECURE_LISTEN",
    "HICAM_LISTEN",
    "HICAM_NAME_SERVICE",
    "HICAM_PROCESS",
    "HICAM_REPORT_TO",
];

/// A command that is not part of the daemon's process group, and is killed if the daemon forgets it.
///
/// It inherits the environment, with what it says of quiescing, leases and logs, but not the daemon's own settings.
pub(crate) fn command(path: &Path) -> Command {
    let mut command = Command::new(path);
    for key in NOT_INHERITED {
        command.env_remove(key);
    }
    command.kill_on_drop(true).process_group(0);
    command
}

/// Starts a command, in spite of the short time in which a freshly written binary counts as being written.
///
/// Between `fork` and `exec` any other child of this process holds our open files, also a binary that is being
/// installed; executing it at that moment fails with "text file busy".
pub(crate) async fn spawn(command: &mut Command) -> io::Result<tokio::process::Child> {
    const PATIENCE: u32 = 50;
    let mut attempt = 0;
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == io::ErrorKind::ExecutableFileBusy && attempt < PATIENCE =>
            {
                attempt += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => return other,
        }
    }
}

/// An exit status in words: "exit status 1", "signal 9".
pub(crate) fn describe_exit(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

async fn read(pipe: Option<impl tokio::io::AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(SCHEMA_LIMIT).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// Whether starting failed because of what the file is: a foreign or no executable format, a missing loader.
fn cannot_run(error: &io::Error) -> bool {
    const ENOEXEC: i32 = 8;
    // The file is there, it has just been written: what is not found is the interpreter that it names.
    error.raw_os_error() == Some(ENOEXEC)
        || matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::InvalidInput
        )
}

/// What the file's header says that it is.
fn describe_format(path: &Path) -> String {
    let mut header = [0_u8; 20];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    if read.is_err() || header[..4] != *b"\x7fELF" {
        return match &header[..4] {
            [0xcf, 0xfa, 0xed, 0xfe] => "a macOS executable".to_owned(),
            [b'M', b'Z', ..] => "a Windows executable".to_owned(),
            _ => "not an executable".to_owned(),
        };
    }
    let big_endian = header[5] == 2;
    let machine = [header[18], header[19]];
    let machine = if big_endian {
        u16::from_be_bytes(machine)
    } else {
        u16::from_le_bytes(machine)
    };
    let arch = match machine {
        3 => "x86",
        20 => "powerpc",
        21 => "powerpc64",
        22 => "s390x",
        40 => "arm",
        62 => "x86_64",
        183 => "aarch64",
        243 => "riscv64",
        258 => "loongarch64",
        other => return format!("an ELF executable for machine number {other}"),
    };
    format!("an ELF executable for {arch}")
}
