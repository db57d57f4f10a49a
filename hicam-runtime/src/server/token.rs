//! The execution token and the lease: what entitles this process to run its server, and what happens without.

use super::{
    core::{Core, Life, Phase},
    error::{Result, ServerError},
};
use hicam_protocol::naming::{
    Binding, Holder, Lease, NameService, NamingError, ServerRecord, TakeOutcome, Token,
};
use std::{sync::Arc, time::Duration};

/// Pause between attempts to reach the name service.
const RETRY: Duration = Duration::from_millis(200);
/// How long an attempt whose outcome is unknown is repeated before it is given up.
const PATIENCE: Duration = Duration::from_secs(15);

impl Core {
    pub(crate) fn name_service(&self, what: &'static str) -> Result<&NameService> {
        self.naming
            .as_ref()
            .ok_or(ServerError::NoNameService { what })
    }

    fn token_of(&self, epoch: u64) -> Token {
        Token {
            epoch,
            holder: self.options.process.clone(),
            host: self.options.host.clone(),
        }
    }
}

fn held(uuid: &str, token: Token) -> ServerError {
    ServerError::TokenHeld {
        uuid: uuid.to_owned(),
        holder: token.holder,
        host: token.host,
        epoch: token.epoch,
    }
}

/// Takes the token of a server that is to start here, superseding `expected_epoch`; answers the new epoch.
/// A server that does not exist yet is created.
pub(crate) async fn acquire(
    core: &Core,
    naming: &NameService,
    uuid: &str,
    name: &str,
    expected_epoch: u64,
) -> Result<u64> {
    match naming.token(uuid).await? {
        Some(token) if token.epoch == expected_epoch => take(core, naming, uuid, &token).await,
        Some(token) => Err(held(uuid, token)),
        None if expected_epoch == 0 => {
            let record = ServerRecord {
                uuid: uuid.to_owned(),
                class: core.class.name().to_owned(),
                name: name.to_owned(),
                durability: core.durability.to_string(),
                host: core.options.host.clone(),
                hash: String::new(),
                interval_ms: super::core::to_ms(core.identity().interval),
            };
            naming.create_server(&record, &core.token_of(1)).await?;
            Ok(1)
        }
        None => Err(NamingError::UnknownServer {
            server: uuid.to_owned(),
        }
        .into()),
    }
}

/// Takes the token if it still is `expected`; answers the new epoch. An attempt whose answer was lost is repeated,
/// which tells its outcome.
pub(crate) async fn take(
    core: &Core,
    naming: &NameService,
    uuid: &str,
    expected: &Token,
) -> Result<u64> {
    let new = core.token_of(expected.epoch + 1);
    let started = tokio::time::Instant::now();
    loop {
        match naming.take_token(uuid, expected, &new).await {
            Ok(TakeOutcome::Taken) => {
                tracing::info!(uuid, epoch = new.epoch, "took the execution token");
                return Ok(new.epoch);
            }
            Ok(TakeOutcome::Held(token)) => return Err(held(uuid, token)),
            Err(error) if error.is_retryable() && started.elapsed() < PATIENCE => {
                tracing::warn!(uuid, %error, "taking the execution token: trying again");
                tokio::time::sleep(RETRY).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Raises the epoch of a token that this process holds, so that whoever wanted to supersede the old one fails.
///
/// # Errors
/// [`ServerError::TokenHeld`] when it is no longer ours: terminal. A retryable error when nothing is known.
pub(crate) async fn renew(core: &Core, naming: &NameService) -> Result<()> {
    let uuid = core.uuid();
    let token = naming
        .token(&uuid)
        .await?
        .ok_or_else(|| NamingError::UnknownServer {
            server: uuid.clone(),
        })?;
    if token.holder != core.options.process {
        return Err(held(&uuid, token));
    }
    let epoch = take(core, naming, &uuid, &token).await?;
    core.set_epoch(epoch);
    Ok(())
}

/// Says in the name service that this process holds its server and is alive.
pub(crate) async fn hold(core: &Core, naming: &NameService, lease: &Lease) -> Result<()> {
    let holder = Holder {
        process: core.options.process.clone(),
        host: core.options.host.clone(),
        epoch: core.epoch(),
    };
    naming.hold(&core.uuid(), &holder, lease).await?;
    Ok(())
}

/// From now on what this process does depends on this lease.
pub(crate) fn install(core: &Core, lease: Lease) -> Arc<Lease> {
    let lease = Arc::new(lease);
    core.set_lease(Some(Arc::clone(&lease)));
    core.gate.set_lease(Some(Arc::clone(&lease)));
    lease
}

/// The token has just been taken: makes that known before anything runs, under this lease or, if that is lost by
/// then, under another one.
///
/// # Errors
/// Terminal ones only: the token is another process's.
pub(crate) async fn establish(
    core: &Core,
    naming: &NameService,
    lease: Lease,
) -> Result<Arc<Lease>> {
    let mut error = match hold(core, naming, &lease).await {
        Ok(()) => return Ok(install(core, lease)),
        Err(error) => error,
    };
    while error.is_retryable()
        || matches!(error, ServerError::Naming(NamingError::LeaseLost { .. }))
    {
        tracing::warn!(
            error = error.chain(),
            "not registered as holder yet; trying again"
        );
        tokio::time::sleep(RETRY).await;
        match attempt(core, naming).await {
            Ok(lease) => return Ok(lease),
            Err(again) => error = again,
        }
    }
    Err(error)
}

/// Says in the name service where the server serves. What fails now is tried again in the background, for as long
/// as the server serves under this lease and epoch.
pub(crate) async fn advertise(core: &Arc<Core>) {
    if let Err(error) = advertise_once(core).await {
        tracing::warn!(error = error.chain(), "not advertised yet; trying again");
        let core = Arc::clone(core);
        let epoch = core.epoch();
        tokio::spawn(async move {
            while core.phase() == Phase::Serving && core.epoch() == epoch {
                tokio::time::sleep(RETRY).await;
                match advertise_once(&core).await {
                    Err(error) if error.is_retryable() => {}
                    Err(error) => {
                        tracing::error!(error = error.chain(), "this server is not advertised");
                        return;
                    }
                    Ok(()) => return,
                }
            }
        });
    }
}

async fn advertise_once(core: &Core) -> Result<()> {
    let (Some(naming), Some(lease)) = (&core.naming, core.lease()) else {
        return Ok(());
    };
    let binding = Binding {
        address: core.address.clone(),
        epoch: core.epoch(),
    };
    naming.advertise(&core.uuid(), &binding, &lease).await?;
    Ok(())
}

/// Takes the binding out of the name service.
pub(crate) async fn withdraw(core: &Core) -> Result<()> {
    if let Some(naming) = &core.naming {
        naming.withdraw(&core.uuid(), core.epoch()).await?;
    }
    Ok(())
}

/// Keeps what others read about the server in its durable record up to date. Nothing depends on it at once.
pub(crate) fn update_record(core: &Arc<Core>) {
    let Some(naming) = core.naming.clone() else {
        return;
    };
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let (uuid, interval) = {
            let identity = core.identity();
            (identity.uuid.clone(), identity.interval)
        };
        // Remex writes the same record: the change is applied to whatever it has become.
        let update = naming.update_server(&uuid, |record| {
            record.host.clone_from(&core.options.host);
            record.interval_ms = super::core::to_ms(interval);
        });
        if let Err(error) = update.await {
            tracing::warn!(%error, "the record of this server was not updated");
        }
    });
}

/// Stops the server the moment its lease is lost, and lets it go on if the token is still ours and a new lease is
/// to be had. Ends with the process.
pub(crate) async fn watch(core: Arc<Core>, naming: NameService, mut lease: Arc<Lease>) {
    loop {
        tokio::select! {
            () = core.shutdown.cancelled() => return,
            lost = lease.lost() => {
                if core.identity().life != Life::Running {
                    return;
                }
                core.gate.fence();
                tracing::error!(%lost, "stopped serving until the token is certainly ours");
            }
        }
        core.report_health(false).await;
        match reclaim(&core, &naming).await {
            Some(again) => lease = again,
            None => return,
        }
    }
}

async fn reclaim(core: &Arc<Core>, naming: &NameService) -> Option<Arc<Lease>> {
    loop {
        let attempt = {
            // A migration under way finds out first who has the token.
            let _turn = core.transition.lock().await;
            if core.identity().life != Life::Running {
                return None;
            }
            attempt(core, naming).await
        };
        match attempt {
            Ok(lease) => {
                core.gate.unfence();
                core.report_health(true).await;
                advertise(core).await;
                tracing::info!(epoch = core.epoch(), "serving again");
                return Some(lease);
            }
            Err(error) if error.is_retryable() => {}
            Err(ServerError::Naming(NamingError::LeaseLost { .. })) => {}
            Err(error) => {
                tracing::error!(
                    error = error.chain(),
                    "this process may not serve any longer"
                );
                core.exit(Some(error));
                return None;
            }
        }
        tokio::select! {
            () = core.shutdown.cancelled() => return None,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn attempt(core: &Core, naming: &NameService) -> Result<Arc<Lease>> {
    renew(core, naming).await?;
    let lease = naming.lease(core.options.lease).await?;
    hold(core, naming, &lease).await?;
    Ok(install(core, lease))
}
