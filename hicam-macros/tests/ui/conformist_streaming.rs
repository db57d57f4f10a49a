//! A streaming RPC.

struct Chat;

trait Talk {
    async fn talk(&self, request: Streaming<u64>) -> Result<u64, u64>;
}

struct Streaming<T>(T);

#[hicam::conformist(class = "chat")]
impl Talk for Chat {
    async fn talk(&self, request: Streaming<u64>) -> Result<u64, u64> {
        Ok(request.0)
    }
}

fn main() {}
