//! Hosts: which there are, what they hold, and which has room.

use futures::future::join_all;
use hicam_protocol::{naming::HostAdvert, remex::DescribeRequest};

use super::Manager;
use crate::{
    error::{MimanError, Result},
    rpc,
    view::{Host, InstalledClass},
};

impl Manager {
    /// The hosts that are advertised, each as its daemon describes itself now, by name.
    ///
    /// # Errors
    /// The name service's errors. A daemon that does not answer is no error: its state is `silent`.
    pub async fn hosts(&self) -> Result<Vec<Host>> {
        let adverts = self.names.hosts().await.map_err(self.naming())?;
        let mut hosts = join_all(adverts.into_iter().map(describe)).await;
        hosts.sort_by(|a, b| a.host.cmp(&b.host));
        Ok(hosts)
    }

    /// One host.
    ///
    /// # Errors
    /// [`MimanError::UnknownHost`]; the name service's errors.
    pub async fn host(&self, host: &str) -> Result<Host> {
        Ok(describe(self.advert(host).await?).await)
    }

    /// The advert of a host.
    pub(super) async fn advert(&self, host: &str) -> Result<HostAdvert> {
        let adverts = self.names.hosts().await.map_err(self.naming())?;
        let mut known: Vec<_> = adverts.iter().map(|advert| advert.host.clone()).collect();
        known.sort();
        adverts
            .into_iter()
            .find(|advert| advert.host == host)
            .ok_or_else(|| MimanError::UnknownHost {
                host: host.to_owned(),
                known,
            })
    }

    /// A host that can run one more server of `class`: the one that was asked for, or the one with the least to do.
    pub(super) async fn room_for(&self, class: &str, wanted: Option<&str>) -> Result<Host> {
        if let Some(wanted) = wanted {
            let host = self.host(wanted).await?;
            check_class(&host, class)?;
            check_room(&host)?;
            return Ok(host);
        }
        let hosts = self.hosts().await?;
        if hosts.is_empty() {
            return Err(MimanError::NoHosts);
        }
        let able: Vec<_> = hosts
            .into_iter()
            .filter(|host| check_class(host, class).is_ok())
            .collect();
        if able.is_empty() {
            return Err(MimanError::ClassNotInstalled {
                class: class.to_owned(),
                host: None,
            });
        }
        able.into_iter()
            .filter(|host| host.state == "up" && check_room(host).is_ok())
            .min_by(|a, b| a.servers.cmp(&b.servers).then(a.load.total_cmp(&b.load)))
            .ok_or(MimanError::AllHostsFull)
    }
}

pub(super) fn check_class(host: &Host, class: &str) -> Result<()> {
    if host
        .classes
        .iter()
        .any(|installed| installed.class == class)
    {
        return Ok(());
    }
    Err(MimanError::ClassNotInstalled {
        class: class.to_owned(),
        host: Some(host.host.clone()),
    })
}

pub(super) fn check_room(host: &Host) -> Result<()> {
    if host.servers < host.capacity {
        return Ok(());
    }
    Err(MimanError::HostFull {
        host: host.host.clone(),
        servers: host.servers,
        capacity: host.capacity,
    })
}

/// What the daemon says of itself now, or its last advert if it does not answer.
async fn describe(advert: HostAdvert) -> Host {
    let question = async {
        let mut remex = rpc::remex(&advert.host, &advert.address).await.ok()?;
        Some(remex.describe(DescribeRequest {}).await.ok()?.into_inner())
    };
    let answer = tokio::time::timeout(rpc::QUESTION, question)
        .await
        .ok()
        .flatten();
    match answer {
        Some(now) => Host {
            host: now.host,
            address: now.address,
            state: "up".to_owned(),
            arch: now.arch,
            os: now.os,
            cores: now.cores,
            load: now.load,
            memory_free: now.memory_free,
            capacity: now.capacity,
            servers: now.servers,
            classes: now
                .classes
                .into_iter()
                .filter(|installed| installed.current)
                .map(|installed| InstalledClass {
                    class: installed.class,
                    hash: installed.hash,
                })
                .collect(),
        },
        None => Host {
            host: advert.host,
            address: advert.address,
            state: "silent".to_owned(),
            arch: advert.arch,
            os: advert.os,
            cores: advert.cores,
            load: advert.load,
            memory_free: advert.memory_free,
            capacity: advert.capacity,
            servers: advert.servers,
            classes: advert
                .classes
                .into_iter()
                .map(|installed| InstalledClass {
                    class: installed.class,
                    hash: installed.hash,
                })
                .collect(),
        },
    }
}
