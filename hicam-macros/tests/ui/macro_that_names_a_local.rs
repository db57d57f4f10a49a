#[hicam::migratable]
async fn sums() -> u32 {
    let k = 3u32;
    macro_rules! add {
        ($e:expr) => {
            $e + k
        };
    }
    let a = add!(1);
    hicam::point().await;
    a + add!(2)
}

/// These name no local.
#[hicam::migratable]
async fn others(n: u32) -> u32 {
    let k = 3u32;
    macro_rules! more {
        ($k:expr) => {{
            let n = $k;
            n + 1
        }};
    }
    let a = more!(k);
    hicam::point().await;
    a + more!(2) + n
}

fn main() {}
