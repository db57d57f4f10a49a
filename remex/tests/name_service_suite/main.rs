//! One suite for the name service, run against the embedded one and against a real etcd.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod etcd_process;
mod harness;
mod kv;
mod lease;
mod naming;
mod outage;
mod proxy;
mod txn;
mod watch;

/// Makes a test of each function for the kind of name service.
macro_rules! tests {
    ($kind:ident: $($module:ident::$test:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                crate::harness::run(crate::harness::Kind::$kind, crate::$module::$test).await;
            }
        )*
    };
}

/// Makes every test twice.
macro_rules! suite {
    ($($tests:tt)*) => {
        mod embedded {
            tests!(Embedded: $($tests)*);
        }
        mod etcd {
            tests!(Etcd: $($tests)*);
        }
    };
}

suite! {
    kv::revisions_count_changes,
    kv::ranges_prefixes_limits_and_sorting,
    kv::put_options,
    kv::past_revisions_can_be_read,
    kv::compacted_revisions_are_refused,
    kv::status_is_told,
    txn::every_compare_target_and_result,
    txn::one_revision_and_nested_operations,
    txn::refused_transactions_change_nothing,
    lease::expiry_deletes_and_is_watched,
    lease::keep_alive_prolongs,
    lease::revoke_and_queries,
    lease::a_put_moves_a_key_to_another_lease,
    watch::history_then_news,
    watch::filters_and_previous_values,
    watch::several_watchers_on_one_stream,
    watch::compacted_history_is_told,
    watch::ranges_are_watched,
    naming::servers_are_created_once,
    naming::servers_are_resolved_updated_and_deleted,
    naming::one_process_takes_the_token,
    naming::a_token_that_is_held_is_told,
    naming::bindings_are_fenced_and_watched,
    naming::hosts_and_checkpoint_servers_live_as_long_as_their_lease,
    outage::nothing_there_is_told_promptly,
    outage::a_stopped_service_is_told_promptly,
    outage::a_silent_service_is_told_promptly,
    outage::a_lease_is_lost_before_it_expires,
    outage::a_lease_survives_a_broken_connection,
    outage::a_lease_ended_elsewhere_is_lost,
    outage::a_watch_misses_nothing_across_a_broken_connection,
    outage::a_watch_recovers_from_compaction,
    outage::a_watch_follows_a_replaced_service,
}
