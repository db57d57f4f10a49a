//! Arguments of type `impl Trait`.

use super::{hicam, programs};

#[hicam::migratable]
async fn shout(
    text: impl Into<String> + Send + hicam::State,
    times: impl Copy + Into<u64> + Send + hicam::State,
) -> String {
    hicam::point().await;
    let text: String = text.into();
    hicam::point().await;
    format!("{text}{}", times.into())
}

#[hicam::migratable]
async fn measure(
    words: &(impl AsRef<[String]> + Sync),
    log: &mut (impl Extend<usize> + Send),
) -> usize {
    let mut total = 0;
    for i in 0..words.as_ref().len() {
        let length = words.as_ref()[i].len();
        log.extend([length]);
        hicam::point().await;
        total += length;
    }
    total
}

#[hicam::migratable]
async fn all() -> (String, String, usize, Vec<usize>) {
    let a = shout("a".to_owned(), 1_u8).await;
    let b = shout('b', 2_u32).await;
    let words = vec!["x".to_owned(), "yz".to_owned()];
    let mut log = Vec::new();
    let total = measure(&words, &mut log).await;
    (a, b, total, log)
}

programs! {
    impl_trait;
    impl_trait_arguments: all() => ("a1".to_owned(), "b2".to_owned(), 3, vec![1, 2]);
}
