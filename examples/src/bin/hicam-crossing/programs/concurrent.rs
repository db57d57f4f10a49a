//! Several calls at once, and tasks.

use crate::effects::note;

#[hicam::migratable]
async fn steps(name: &'static str, count: u32) -> Vec<u32> {
    let mut seen = Vec::new();
    for step in 0..count {
        seen.push(step * step);
        hicam::point().await;
    }
    note(name);
    seen
}

#[hicam::migratable]
pub(crate) async fn joined(rounds: u32) -> Vec<(Vec<u32>, usize, i128)> {
    let mut all = Vec::new();
    for round in 0..rounds {
        let (long, short, own) = tokio::join!(steps("long", round + 2), steps("short", 1), async {
            i128::from(round) << 100
        });
        all.push((long, short.len(), own));
    }
    all
}

#[hicam::migratable]
pub(crate) async fn selected(rounds: u32) -> Vec<String> {
    let mut chosen = Vec::new();
    for round in 0..rounds {
        let text = tokio::select! {
            biased;
            list = steps("guarded", round), if round % 2 == 0 => format!("guarded {list:?}"),
            list = steps("other", round + 1) => {
                hicam::point().await;
                format!("other {list:?}")
            }
        };
        chosen.push(text);
    }
    chosen
}

#[hicam::migratable]
pub(crate) async fn spawned(count: u32) -> Vec<Vec<u32>> {
    let first = hicam::spawn(steps("first", count));
    let mut handles = Vec::new();
    for n in 0..count {
        handles.push(hicam::spawn(steps("later", n)));
    }
    let mut all = vec![steps("own", 2).await];
    for handle in handles {
        all.push(handle.await.unwrap_or_default());
    }
    all.push(first.await.unwrap_or_default());
    all
}
