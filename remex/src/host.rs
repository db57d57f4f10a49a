//! The advert of this host in the name service: what it is, and how much is going on.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hicam_protocol::{
    naming::{ClassAdvert, HostAdvert, Lease, NameService},
    remex,
};
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::{
    core::Core,
    error::{RemexError, Result, chain},
    peers,
};

/// How busy this machine is. What the system does not tell counts as nothing: no load, no free memory.
pub(crate) struct Gauge(Option<Mutex<System>>);

impl Gauge {
    pub(crate) fn new() -> Self {
        let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        match System::new_with_specifics(memory) {
            Ok(system) => Self(Some(Mutex::new(system))),
            Err(error) => {
                tracing::warn!(%error, "this system does not tell how much memory is free");
                Self(None)
            }
        }
    }

    /// Bytes available to new processes.
    fn memory_free(&self) -> u64 {
        let Some(system) = &self.0 else { return 0 };
        let mut system = system.lock().unwrap_or_else(PoisonError::into_inner);
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        system.available_memory()
    }

    /// Load average over one minute.
    fn load() -> f64 {
        System::load_average().map_or(0.0, |load| load.one)
    }
}

impl Core {
    /// What is advertised now.
    pub(crate) fn advert(&self) -> HostAdvert {
        let classes = self
            .classes
            .list()
            .into_iter()
            .filter(|installed| installed.current)
            .map(|installed| ClassAdvert {
                class: installed.class,
                hash: installed.hash,
            })
            .collect();
        HostAdvert {
            host: self.host.clone(),
            address: self.address.clone(),
            arch: std::env::consts::ARCH.to_owned(),
            os: std::env::consts::OS.to_owned(),
            cores: cores(),
            load: Gauge::load(),
            memory_free: self.gauge.memory_free(),
            capacity: self.capacity,
            servers: self.servers(),
            classes,
        }
    }

    /// The same for who asks the daemon itself, with all binaries.
    pub(crate) fn description(&self) -> remex::HostDescription {
        let advert = self.advert();
        let classes = self
            .classes
            .list()
            .into_iter()
            .map(|installed| remex::InstalledClass {
                class: installed.class,
                hash: installed.hash,
                bytes: installed.bytes,
                current: installed.current,
            })
            .collect();
        remex::HostDescription {
            host: advert.host,
            address: advert.address,
            arch: advert.arch,
            os: advert.os,
            cores: advert.cores,
            load: advert.load,
            memory_free: advert.memory_free,
            capacity: advert.capacity,
            servers: advert.servers,
            classes,
        }
    }
}

/// Refuses a host name under which another daemon is alive.
pub(crate) async fn check_free(
    naming: &NameService,
    host: &str,
    address: &str,
    limit: Duration,
) -> Result<()> {
    let Some(other) = naming.host(host).await? else {
        return Ok(());
    };
    if other.address == address {
        return Ok(());
    }
    let described = peers::within(limit, async {
        peers::remex(&other.address)
            .await?
            .describe(remex::DescribeRequest {})
            .await
    })
    .await;
    // A daemon that was killed leaves its advert behind until the lease expires.
    match described {
        Ok(description) if description.host == host => Err(RemexError::HostTaken {
            host: host.to_owned(),
            address: other.address,
        }),
        _ => Ok(()),
    }
}

/// Makes the first advert, under a new lease.
pub(crate) async fn advertise(core: &Core) -> Result<Lease> {
    let lease = core.naming.lease(core.timing.lease).await?;
    core.naming.advertise_host(&core.advert(), &lease).await?;
    Ok(lease)
}

/// Keeps the advert alive and true until the daemon stops, then deletes it.
pub(crate) async fn keep_advertised(core: Arc<Core>, mut lease: Lease) {
    let mut failing = false;
    loop {
        tokio::select! {
            () = core.stopping.cancelled() => break,
            () = core.changed.notified() => {}
            () = tokio::time::sleep(core.timing.advert) => {}
        }
        let refreshed = async {
            if lease.is_lost() {
                lease = core.naming.lease(core.timing.lease).await?;
            }
            core.naming.advertise_host(&core.advert(), &lease).await
        };
        match refreshed.await {
            Ok(()) if failing => {
                failing = false;
                tracing::info!("the host is advertised again");
            }
            Ok(()) => {}
            Err(error) => {
                if !failing {
                    tracing::warn!(error = %chain(&error), "cannot advertise the host, trying again");
                }
                failing = true;
            }
        }
    }
    if let Err(error) = lease.revoke().await {
        tracing::debug!(error = %chain(&error), "the advert of the host runs out by itself");
    }
}

fn cores() -> u32 {
    std::thread::available_parallelism()
        .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}
