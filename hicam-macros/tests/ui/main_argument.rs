//! A durability that there is not.

#[derive(hicam::State)]
struct Bank {
    accounts: u64,
}

#[hicam::main(Bank, durability = "always")]
async fn main(server: hicam::Server<Bank>) -> Result<(), std::io::Error> {
    drop(server);
    Ok(())
}
