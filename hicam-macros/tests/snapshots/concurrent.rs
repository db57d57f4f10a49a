async fn fetches(jobs: &Jobs, wanted: u64) -> u64 {
    let first = tokio::select! {
        biased;
        found = find(jobs, wanted) => found,
        Some(cached) = look(jobs), if wanted > 0 => cached,
    };
    let (one, two) = tokio::join!(find(jobs, first), count(jobs));
    one + two
}
