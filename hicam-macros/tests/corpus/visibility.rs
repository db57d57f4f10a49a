//! Types and functions as private as they can be.

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Private {
    n: u32,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum Outcome {
    Fine(Private),
    Bad,
}

#[hicam::migratable]
impl Private {
    async fn inherited(&mut self, by: u32) -> Outcome {
        hicam::point().await;
        self.n += by;
        if self.n > 100 {
            Outcome::Bad
        } else {
            Outcome::Fine(self.clone())
        }
    }

    #[allow(unreachable_pub, reason = "people write it so")]
    pub async fn public(&self, other: &Private) -> u32 {
        hicam::point().await;
        self.n + other.n
    }

    pub(crate) async fn of_the_crate(&self) -> Outcome {
        hicam::point().await;
        Outcome::Bad
    }
}

#[hicam::migratable]
async fn free(mut private: Private, outcomes: &mut Vec<Outcome>) -> Private {
    outcomes.push(private.inherited(1).await);
    outcomes.push(private.of_the_crate().await);
    let copy = private.clone();
    private.n += private.public(&copy).await;
    private
}

mod inner {
    use super::hicam;

    #[derive(Debug, Clone, PartialEq, hicam::State)]
    pub(super) struct Hidden(pub(super) u8);

    #[hicam::migratable]
    impl Hidden {
        pub(super) async fn up(&self) -> Hidden {
            hicam::point().await;
            Hidden(self.0 + step().await)
        }
    }

    #[hicam::migratable]
    async fn step() -> u8 {
        hicam::point().await;
        1
    }

    #[hicam::migratable]
    pub(in super::super) async fn outward(hidden: u8) -> u8 {
        let hidden = Hidden(hidden);
        hidden.up().await.0
    }
}

#[hicam::migratable]
async fn run() -> (u32, String, u8) {
    let mut outcomes = Vec::new();
    let private = free(Private { n: 3 }, &mut outcomes).await;
    let hidden = inner::Hidden(3);
    let hidden = hidden.up().await;
    let outward = inner::outward(hidden.0).await;
    (private.n, format!("{outcomes:?}"), outward)
}

programs! {
    visibility;
    private_types: run() => (12, "[Fine(Private { n: 4 }), Bad]".to_owned(), 5);
}
