//! HiCaM's own client of the name service, end to end.

use std::time::Duration;

use hicam_protocol::naming::{
    Binding, CheckpointServerAdvert, ClassAdvert, Holder, HostAdvert, HostChange, NamingError,
    TakeOutcome,
};

use crate::harness::{Service, next, server, soon, token};

const TTL: Duration = Duration::from_secs(10);

fn binding(port: u16, epoch: u64) -> Binding {
    Binding {
        address: format!("http://127.0.0.1:{port}"),
        epoch,
    }
}

pub(crate) async fn servers_are_created_once(service: Service) {
    let names = service.names().await;
    let record = server("u1", "main");
    names.create_server(&record, &token(1, "p1")).await.unwrap();
    // As after an answer that was lost.
    names.create_server(&record, &token(1, "p1")).await.unwrap();

    let taken = names
        .create_server(&server("u2", "main"), &token(1, "p2"))
        .await
        .unwrap_err();
    assert!(
        matches!(&taken, NamingError::NameTaken { uuid, .. } if uuid == "u1"),
        "{taken}"
    );
    assert!(!taken.is_retryable());
    let exists = names
        .create_server(&server("u1", "other"), &token(1, "p2"))
        .await
        .unwrap_err();
    assert!(
        matches!(exists, NamingError::ServerExists { .. }),
        "{exists}"
    );
    let invalid = names
        .create_server(&server("u3", "a/b"), &token(1, "p3"))
        .await
        .unwrap_err();
    assert!(
        matches!(invalid, NamingError::InvalidName { .. }),
        "{invalid}"
    );
    assert_eq!(names.servers().await.unwrap(), [record]);
    assert_eq!(names.token("u1").await.unwrap(), Some(token(1, "p1")));
    assert_eq!(names.token("u2").await.unwrap(), None);

    // Of many that want one name at the same time, one gets it.
    let contenders = (0..20).map(|i| {
        let names = names.clone();
        async move {
            let record = server(&format!("c{i}"), "wanted");
            names.create_server(&record, &token(1, "p")).await.is_ok()
        }
    });
    let created = futures::future::join_all(contenders).await;
    assert_eq!(created.into_iter().filter(|created| *created).count(), 1);
}

pub(crate) async fn servers_are_resolved_updated_and_deleted(service: Service) {
    let names = service.names().await;
    let mut record = server("u1", "main");
    names.create_server(&record, &token(1, "p1")).await.unwrap();
    assert_eq!(names.resolve("u1").await.unwrap(), record);
    assert_eq!(names.resolve("bank/main").await.unwrap(), record);
    for unknown in ["u2", "bank/other", "shop/main"] {
        let error = names.resolve(unknown).await.unwrap_err();
        assert!(
            matches!(&error, NamingError::UnknownServer { server } if server == unknown),
            "{error}"
        );
    }

    record.host = "beta".to_owned();
    names.put_server(&record).await.unwrap();
    assert_eq!(names.server("u1").await.unwrap(), Some(record.clone()));

    let lease = names.lease(TTL).await.unwrap();
    names.advertise("u1", &binding(1, 1), &lease).await.unwrap();
    names.delete_server("u1").await.unwrap();
    names.delete_server("u1").await.unwrap();
    assert!(names.resolve("bank/main").await.is_err());
    assert_eq!(names.binding("u1").await.unwrap(), None);
    assert_eq!(names.token("u1").await.unwrap(), None);
    // One that is deleted does not come back by an update, nor by its process.
    assert!(names.put_server(&record).await.is_err());
    assert!(names.advertise("u1", &binding(1, 1), &lease).await.is_err());
    let again = server("u9", "main");
    names.create_server(&again, &token(1, "p9")).await.unwrap();
}

pub(crate) async fn one_process_takes_the_token(service: Service) {
    let names = service.names().await;
    let mut current = token(1, "p0");
    let record = server("u1", "main");
    names.create_server(&record, &current).await.unwrap();
    for epoch in 2..=5 {
        let takes = (0..100).map(|i| {
            let names = names.clone();
            let expected = current.clone();
            let new = token(epoch, &format!("e{epoch}-p{i}"));
            tokio::spawn(async move {
                let outcome = names.take_token("u1", &expected, &new).await.unwrap();
                (new, outcome)
            })
        });
        let outcomes: Vec<_> = futures::future::join_all(takes)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let winners: Vec<_> = outcomes
            .iter()
            .filter(|(_, outcome)| *outcome == TakeOutcome::Taken)
            .map(|(new, _)| new.clone())
            .collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        current = winners[0].clone();
        assert_eq!(names.token("u1").await.unwrap(), Some(current.clone()));
        for (new, outcome) in outcomes {
            if new != current {
                assert_eq!(outcome, TakeOutcome::Held(current.clone()));
            }
        }
    }
}

pub(crate) async fn a_token_that_is_held_is_told(service: Service) {
    let names = service.names().await;
    let (first, second) = (token(1, "p1"), token(2, "p2"));
    names
        .create_server(&server("u1", "main"), &first)
        .await
        .unwrap();
    let taken = names.take_token("u1", &first, &second).await.unwrap();
    assert_eq!(taken, TakeOutcome::Taken);
    // As after an answer that was lost.
    let again = names.take_token("u1", &first, &second).await.unwrap();
    assert_eq!(again, TakeOutcome::Taken);
    let late = names
        .take_token("u1", &first, &token(2, "p3"))
        .await
        .unwrap();
    assert_eq!(late, TakeOutcome::Held(second.clone()));
    let backwards = names.take_token("u1", &second, &token(2, "p2b")).await;
    assert!(matches!(backwards, Err(NamingError::EpochNotNewer { .. })));
    let unknown = names.take_token("u2", &first, &second).await;
    assert!(matches!(unknown, Err(NamingError::UnknownServer { .. })));

    // The same token in other bytes, as another version may have written it, is the same token.
    let mut client = service.client().await;
    let bytes = r#"{ "host": "alpha", "holder": "p2", "added": 1, "epoch": 2 }"#;
    client.put("/hicam/tokens/u1", bytes, None).await.unwrap();
    let taken = names.take_token("u1", &second, &token(3, "p3")).await;
    assert_eq!(taken.unwrap(), TakeOutcome::Taken);

    client.put("/hicam/tokens/u1", "{}", None).await.unwrap();
    let damaged = names.token("u1").await.unwrap_err();
    assert!(
        damaged.to_string().contains("/hicam/tokens/u1"),
        "{damaged}"
    );
}

pub(crate) async fn bindings_are_fenced_and_watched(service: Service) {
    let names = service.names().await;
    let (first, second) = (token(1, "p1"), token(2, "p2"));
    names
        .create_server(&server("u1", "main"), &first)
        .await
        .unwrap();
    let mut watch = names.watch_binding("u1");
    assert_eq!(next("no binding", &mut watch).await, None);

    let lease = names.lease(TTL).await.unwrap();
    let holder = Holder {
        process: "p1".to_owned(),
        host: "alpha".to_owned(),
        epoch: 1,
    };
    names.hold("u1", &holder, &lease).await.unwrap();
    names.advertise("u1", &binding(1, 1), &lease).await.unwrap();
    assert_eq!(next("advertised", &mut watch).await, Some(binding(1, 1)));
    assert_eq!(names.binding("u1").await.unwrap(), Some(binding(1, 1)));
    names.withdraw("u1", 1).await.unwrap();
    assert_eq!(next("withdrawn", &mut watch).await, None);
    names.withdraw("u1", 1).await.unwrap();
    names.advertise("u1", &binding(1, 1), &lease).await.unwrap();
    assert_eq!(next("readvertised", &mut watch).await, Some(binding(1, 1)));

    // Once the token has passed on, the old holder can change nothing.
    names.take_token("u1", &first, &second).await.unwrap();
    let late = names
        .advertise("u1", &binding(1, 1), &lease)
        .await
        .unwrap_err();
    assert!(
        matches!(&late, NamingError::Superseded { current: 2, holder, .. } if holder == "p2"),
        "{late}"
    );
    let late = names.hold("u1", &holder, &lease).await.unwrap_err();
    assert!(matches!(late, NamingError::Superseded { .. }), "{late}");
    let other = names.lease(TTL).await.unwrap();
    names.advertise("u1", &binding(2, 2), &other).await.unwrap();
    assert_eq!(next("moved", &mut watch).await, Some(binding(2, 2)));
    names.withdraw("u1", 1).await.unwrap();
    assert_eq!(names.binding("u1").await.unwrap(), Some(binding(2, 2)));

    // Holder and binding go with their leases.
    lease.revoke().await.unwrap();
    assert_eq!(names.holder("u1").await.unwrap(), None);
    assert_eq!(names.binding("u1").await.unwrap(), Some(binding(2, 2)));
    other.revoke().await.unwrap();
    assert_eq!(next("gone", &mut watch).await, None);
    let lost = names.advertise("u1", &binding(2, 2), &other).await;
    assert!(matches!(lost, Err(NamingError::LeaseLost { .. })));

    // A later watcher starts with what there is.
    let lease = names.lease(TTL).await.unwrap();
    names.advertise("u1", &binding(3, 2), &lease).await.unwrap();
    let mut watch = names.watch_binding("u1");
    assert_eq!(next("present", &mut watch).await, Some(binding(3, 2)));
}

pub(crate) async fn hosts_and_checkpoint_servers_live_as_long_as_their_lease(service: Service) {
    let names = service.names().await;
    let advert = |host: &str, servers| HostAdvert {
        host: host.to_owned(),
        address: "http://127.0.0.1:1".to_owned(),
        arch: "x86_64".to_owned(),
        os: "linux".to_owned(),
        cores: 2,
        load: 0.5,
        memory_free: 1 << 30,
        capacity: 8,
        servers,
        classes: vec![ClassAdvert {
            class: "bank".to_owned(),
            hash: "00".to_owned(),
        }],
    };
    let alpha = names.lease(TTL).await.unwrap();
    let beta = names.lease(TTL).await.unwrap();
    let mut watch = names.watch_hosts();
    names
        .advertise_host(&advert("alpha", 0), &alpha)
        .await
        .unwrap();
    let change = next("alpha", &mut watch).await;
    assert_eq!(change, HostChange::Present(advert("alpha", 0)));
    names
        .advertise_host(&advert("alpha", 1), &alpha)
        .await
        .unwrap();
    let change = next("alpha's load", &mut watch).await;
    assert_eq!(change, HostChange::Present(advert("alpha", 1)));
    names
        .advertise_host(&advert("beta", 0), &beta)
        .await
        .unwrap();
    let change = next("beta", &mut watch).await;
    assert_eq!(change, HostChange::Present(advert("beta", 0)));
    assert_eq!(names.hosts().await.unwrap().len(), 2);
    assert_eq!(names.host("beta").await.unwrap(), Some(advert("beta", 0)));
    assert_eq!(names.host("gamma").await.unwrap(), None);

    let stored = CheckpointServerAdvert {
        address: "http://127.0.0.1:2".to_owned(),
        host: "alpha".to_owned(),
        store: "memory:".to_owned(),
    };
    names
        .advertise_checkpoint_server("bank", &stored, &alpha)
        .await
        .unwrap();
    let found = names.checkpoint_server("bank").await.unwrap();
    assert_eq!(found, Some(stored));
    assert_eq!(names.checkpoint_server("shop").await.unwrap(), None);

    alpha.revoke().await.unwrap();
    let change = next("alpha's end", &mut watch).await;
    assert_eq!(change, HostChange::Gone("alpha".to_owned()));
    assert_eq!(names.hosts().await.unwrap(), [advert("beta", 0)]);
    assert_eq!(names.checkpoint_server("bank").await.unwrap(), None);
    soon("the loss of a revoked lease", alpha.lost()).await;
}
