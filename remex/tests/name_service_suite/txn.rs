//! Transactions.

use etcd_client::{Compare, CompareOp, GetOptions, PutOptions, Txn, TxnOp, TxnOpResponse};
use tonic::Code;

use crate::{
    harness::Service,
    kv::{code, revision},
};

pub(crate) async fn every_compare_target_and_result(service: Service) {
    use CompareOp::{Equal, Greater, Less, NotEqual};
    let mut client = service.client().await;
    let lease = client.lease_grant(60, None).await.unwrap().id();
    let options = || Some(PutOptions::new().with_lease(lease));
    // Revisions 2 and 3.
    client.put("k", "m", options()).await.unwrap();
    client.put("k", "m", options()).await.unwrap();

    // Results for a value less than, equal to and greater than the record's.
    let expected = [
        (Equal, [false, true, false]),
        (NotEqual, [true, false, true]),
        (Greater, [true, false, false]),
        (Less, [false, false, true]),
    ];
    for (op, results) in expected {
        for (i, result) in results.into_iter().enumerate() {
            let near = |number: i64| number - 1 + i64::try_from(i).unwrap();
            let value = ["l", "m", "n"][i];
            for compare in [
                Compare::version("k", op, near(2)),
                Compare::create_revision("k", op, near(2)),
                Compare::mod_revision("k", op, near(3)),
                Compare::lease("k", op, near(lease)),
                Compare::value("k", op, value),
            ] {
                let txn = Txn::new().when([compare.clone()]);
                let response = client.txn(txn).await.unwrap();
                assert_eq!(response.succeeded(), result, "{compare:?}");
            }
        }
    }

    // A record that is not there has zeroes, and no value, not even another one.
    for (compare, result) in [
        (Compare::version("none", Equal, 0), true),
        (Compare::create_revision("none", Greater, 0), false),
        (Compare::mod_revision("none", Less, 1), true),
        (Compare::lease("none", Equal, 0), true),
        (Compare::value("none", Equal, ""), false),
        (Compare::value("none", NotEqual, "x"), false),
    ] {
        let txn = Txn::new().when([compare.clone()]);
        let response = client.txn(txn).await.unwrap();
        assert_eq!(response.succeeded(), result, "{compare:?}");
    }

    // A comparison of a range must hold for every key in it; all comparisons must hold.
    client.put("kk", "m", None).await.unwrap();
    let range = |op| Compare::value("k", op, "m").with_prefix();
    assert!(
        client
            .txn(Txn::new().when([range(Equal)]))
            .await
            .unwrap()
            .succeeded()
    );
    let version = Compare::version("k", Equal, 2).with_prefix();
    assert!(
        !client
            .txn(Txn::new().when([version.clone()]))
            .await
            .unwrap()
            .succeeded()
    );
    let both = Txn::new().when([range(Equal), version]);
    assert!(!client.txn(both).await.unwrap().succeeded());
    assert_eq!(revision(&mut client).await, 4);
}

pub(crate) async fn one_revision_and_nested_operations(service: Service) {
    let mut client = service.client().await;
    client.put("old", "1", None).await.unwrap();
    let nested = Txn::new()
        // Comparisons see what was before the transaction.
        .when([Compare::version("new", CompareOp::Equal, 0)])
        .and_then([TxnOp::put("nested", "1", None), TxnOp::get("new", None)])
        .or_else([TxnOp::put("nested", "2", None)]);
    let txn = Txn::new()
        .when([Compare::version("old", CompareOp::Equal, 1)])
        .and_then([
            TxnOp::put("new", "1", None),
            TxnOp::delete("old", None),
            TxnOp::txn(nested),
            TxnOp::get("", Some(GetOptions::new().with_all_keys())),
        ])
        .or_else([TxnOp::put("wrong", "1", None)]);
    let response = client.txn(txn).await.unwrap();
    assert!(response.succeeded());
    assert_eq!(response.header().unwrap().revision(), 3);
    let operations = response.op_responses();
    let TxnOpResponse::Txn(nested) = &operations[2] else {
        panic!("{operations:?}");
    };
    assert!(nested.succeeded());
    let TxnOpResponse::Get(got) = &nested.op_responses()[1] else {
        panic!("{nested:?}");
    };
    // Reads see what the transaction has written so far.
    assert_eq!(got.kvs()[0].mod_revision(), 3);
    let TxnOpResponse::Get(all) = &operations[3] else {
        panic!("{operations:?}");
    };
    assert_eq!(all.count(), 2);
    assert!(all.kvs().iter().all(|kv| kv.mod_revision() == 3));

    // One that only reads makes no revision.
    let read = Txn::new().and_then([TxnOp::get("new", None)]);
    let response = client.txn(read).await.unwrap();
    assert_eq!(response.header().unwrap().revision(), 3);
}

pub(crate) async fn refused_transactions_change_nothing(service: Service) {
    let mut client = service.client().await;
    let twice = [TxnOp::put("k", "1", None), TxnOp::put("k", "2", None)];
    let refused = client.txn(Txn::new().and_then(twice)).await;
    assert_eq!(code(refused), Code::InvalidArgument);

    let deleted = [TxnOp::put("k", "1", None), TxnOp::delete("k", None)];
    let refused = client.txn(Txn::new().and_then(deleted)).await;
    assert_eq!(code(refused), Code::InvalidArgument);

    let nested = Txn::new().and_then([TxnOp::put("k", "2", None)]);
    let nested = [TxnOp::put("k", "1", None), TxnOp::txn(nested)];
    let refused = client.txn(Txn::new().and_then(nested)).await;
    assert_eq!(code(refused), Code::InvalidArgument);

    let no_lease = PutOptions::new().with_lease(4711);
    let no_lease = [
        TxnOp::put("k", "1", None),
        TxnOp::put("l", "1", Some(no_lease)),
    ];
    let refused = client.txn(Txn::new().and_then(no_lease)).await;
    assert_eq!(code(refused), Code::NotFound);

    let many: Vec<TxnOp> = (0..129)
        .map(|i| TxnOp::put(format!("k{i}"), "1", None))
        .collect();
    let refused = client.txn(Txn::new().and_then(many)).await;
    assert_eq!(code(refused), Code::InvalidArgument);
    assert_eq!(revision(&mut client).await, 1);
}
