//! A streaming RPC. The rest of the server has no error of its own.

#[derive(hicam::State)]
struct Chat {
    words: u64,
}

trait Talk {
    fn talk(&self, request: Streaming<u64>) -> impl Future<Output = Result<u64, u64>> + Send;
}

struct Streaming<T>(T);

#[hicam::conformist(class = "chat")]
impl Talk for Chat {
    async fn talk(&self, request: Streaming<u64>) -> Result<u64, u64> {
        Ok(request.0 + self.words)
    }
}

fn class() -> &'static str {
    <Chat as hicam::Conformist>::CLASS
}

fn main() {}
