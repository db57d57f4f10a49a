//! A setting that fields do not have. The type's users have no error of their own.

#[derive(hicam::State)]
struct Server {
    name: String,
    #[hicam(ignore)]
    connections: u32,
}

#[hicam::migratable]
async fn read(server: Server) -> usize {
    hicam::point().await;
    server.name.len() + server.connections as usize
}

fn main() {}
