//! Classes: what a binary says it is, and sending it to the hosts.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt as _, future::join_all, stream};
use hicam_protocol::{
    executable::Executable,
    remex::{InstallClassRequest, InstalledClass, install_class_request::Part},
};
use tokio::process::Command;

use super::Manager;
use crate::{
    error::{MimanError, Result},
    rpc,
    view::{Host, HostInstall, Installed},
};

/// How long a binary may take to print its schema.
const SCHEMA: Duration = Duration::from_secs(20);
const CHUNK: usize = 256 * 1024;

/// A class's binary, read and asked what it is.
#[derive(Debug)]
pub(super) struct Binary {
    pub(super) class: String,
    pub(super) hash: String,
    pub(super) contents: Bytes,
    path: PathBuf,
    machine: Executable,
}

impl Manager {
    /// Sends a class's binary to every host whose processor it is for; a host that has it already is not sent it again.
    ///
    /// The class is what the binary says (`BINARY schema`); if `class` is given, that is what it must say. A binary for
    /// another processor than this machine's is not asked here but by the hosts, so its class must be given.
    ///
    /// # Errors
    /// [`MimanError::NotExecutable`], [`MimanError::NotAClass`], [`MimanError::OtherClass`], [`MimanError::NoHosts`],
    /// [`MimanError::OtherProcessor`]; a host's refusal. A host that does not answer is no error unless no host does.
    pub async fn install(&self, binary: &Path, class: Option<&str>) -> Result<Installed> {
        let binary = self.read_binary(binary, class).await?;
        self.install_binary(&binary).await
    }

    pub(super) async fn read_binary(&self, path: &Path, class: Option<&str>) -> Result<Binary> {
        self.observer
            .step(format!("asking {} for its class", path.display()));
        let path = check_executable(path)?;
        let contents = tokio::fs::read(&path)
            .await
            .map_err(|cause| MimanError::File {
                action: "read",
                path: path.clone(),
                cause,
            })?;
        let machine = Executable::of(&contents);
        let class = match class {
            // The hosts ask it.
            Some(class) if !machine.runs_on(std::env::consts::ARCH) => class.to_owned(),
            None if !machine.runs_on(std::env::consts::ARCH) => {
                return Err(MimanError::NotExecutable {
                    path,
                    cause: format!(
                        "it is {machine}, and this machine's processor is {}, so it cannot be asked for its class: say \
                         with --class what it is",
                        std::env::consts::ARCH
                    ),
                });
            }
            wanted => {
                let found = ask_class(&path).await?;
                if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
                    return Err(MimanError::OtherClass {
                        path,
                        found,
                        wanted: wanted.to_owned(),
                    });
                }
                found
            }
        };
        Ok(Binary {
            class,
            hash: blake3::hash(&contents).to_hex().to_string(),
            contents: contents.into(),
            path,
            machine,
        })
    }

    pub(super) async fn install_binary(&self, binary: &Binary) -> Result<Installed> {
        let hosts = self.hosts().await?;
        if hosts.is_empty() {
            return Err(MimanError::NoHosts);
        }
        let able = |host: &&Host| binary.machine.runs_on(&host.arch);
        let count = hosts.iter().filter(able).count();
        if count == 0 {
            return Err(binary.other_processor(&hosts));
        }
        self.observer
            .step(format!("sending class {} to {count} hosts", binary.class));
        let outcomes = join_all(hosts.iter().map(|host| self.send(binary, host))).await;
        let mut installed = Vec::new();
        let mut unreachable = None;
        for (host, outcome) in hosts.iter().zip(outcomes) {
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(error @ MimanError::Unreachable { .. }) => {
                    self.observer.notice(format!(
                        "host `{}` does not answer: class {} was not sent to it",
                        host.host, binary.class
                    ));
                    unreachable = Some(error);
                    "unreachable"
                }
                Err(error) => return Err(error),
            };
            installed.push(HostInstall {
                host: host.host.clone(),
                outcome: outcome.to_owned(),
            });
        }
        if let Some(error) = unreachable
            && installed.iter().all(|host| host.outcome == "unreachable")
        {
            return Err(error);
        }
        Ok(Installed {
            class: binary.class.clone(),
            hash: binary.hash.clone(),
            bytes: binary.contents.len() as u64,
            hosts: installed,
        })
    }

    async fn send(&self, binary: &Binary, host: &Host) -> Result<&'static str> {
        if !binary.machine.runs_on(&host.arch) {
            return Ok("other processor");
        }
        let there = host
            .classes
            .iter()
            .any(|installed| installed.class == binary.class && installed.hash == binary.hash);
        if there && host.state == "up" {
            return Ok("already there");
        }
        let mut remex = rpc::remex(&host.host, &host.address).await?;
        let total = binary.contents.len() as u64;
        let header = InstallClassRequest {
            part: Some(Part::Header(InstalledClass {
                class: binary.class.clone(),
                hash: binary.hash.clone(),
                bytes: total,
                current: true,
            })),
        };
        let (contents, name, observer) = (
            binary.contents.clone(),
            host.host.clone(),
            self.observer.clone(),
        );
        // Lazily: a host that has it says so at once, and the rest is not sent.
        let data = stream::iter((0..contents.len()).step_by(CHUNK)).map(move |start| {
            let end = contents.len().min(start + CHUNK);
            observer.uploaded(&name, end as u64, total);
            InstallClassRequest {
                part: Some(Part::Data(contents.slice(start..end))),
            }
        });
        let reply = remex
            .install_class(stream::iter([header]).chain(data))
            .await
            .map_err(rpc::failed(format!(
                "installing class {} on host `{}`",
                binary.class, host.host
            )))?
            .into_inner();
        Ok(if reply.already_there {
            "already there"
        } else {
            "uploaded"
        })
    }
}

impl Binary {
    /// Refuses a host whose processor cannot execute it.
    pub(super) fn check_host(&self, host: &Host) -> Result<()> {
        if self.machine.runs_on(&host.arch) {
            return Ok(());
        }
        Err(self.other_processor(std::slice::from_ref(host)))
    }

    fn other_processor(&self, hosts: &[Host]) -> MimanError {
        let hosts = hosts
            .iter()
            .map(|host| format!("{} ({})", host.host, host.arch));
        MimanError::OtherProcessor {
            path: self.path.clone(),
            format: self.machine.to_string(),
            hosts: hosts.collect::<Vec<_>>().join(", "),
        }
    }
}

/// The absolute path of an executable file.
pub(super) fn check_executable(path: &Path) -> Result<PathBuf> {
    let not_executable = |cause: String| MimanError::NotExecutable {
        path: path.to_owned(),
        cause,
    };
    let metadata = path.metadata().map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => not_executable("there is no such file".to_owned()),
        _ => not_executable(cause.to_string()),
    })?;
    if !metadata.is_file() {
        return Err(not_executable("it is not a file".to_owned()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o111 == 0 {
            return Err(not_executable(
                "its permissions do not allow execution".to_owned(),
            ));
        }
    }
    // A bare name would be looked for in PATH.
    std::path::absolute(path).map_err(|cause| not_executable(cause.to_string()))
}

/// Runs `BINARY schema` and reads the class from it.
async fn ask_class(path: &Path) -> Result<String> {
    let not_a_class = |cause: String| MimanError::NotAClass {
        path: path.to_owned(),
        cause,
    };
    let child = Command::new(path)
        .arg("schema")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| MimanError::NotExecutable {
            path: path.to_owned(),
            cause: cause.to_string(),
        })?;
    let output = tokio::time::timeout(SCHEMA, child.wait_with_output())
        .await
        .map_err(|_| not_a_class(format!("did not end within {} s", SCHEMA.as_secs())))?
        .map_err(|cause| not_a_class(format!("failed: {cause}")))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let said = stderr
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .map(|line| format!(" and said \"{line}\""))
            .unwrap_or_default();
        return Err(not_a_class(format!("ended with {}{said}", output.status)));
    }
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| not_a_class("printed no schema".to_owned()))?;
    schema
        .get("class")
        .and_then(serde_json::Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| not_a_class("printed a schema without a class".to_owned()))
}
