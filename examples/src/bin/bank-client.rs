//! A client of the bank, from the command line.
#![allow(
    clippy::print_stdout,
    reason = "what the user asked for goes to standard output"
)]

use clap::{Parser, Subcommand};
use examples::bank::v1::{
    AuditRequest, BalanceRequest, OpenRequest, SettleRequest, TransferRequest,
    bank_client::BankClient,
};

/// A client of the bank
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The server: class/name or UUID
    #[arg(long, default_value = "bank/main")]
    server: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open an account, or pay into it
    Open {
        /// The account
        account: String,
        /// What is paid in, in cents
        deposit: i64,
    },
    /// Show the balance of an account
    Balance {
        /// The account
        account: String,
    },
    /// Transfer money
    Transfer {
        /// The account to take it off
        from: String,
        /// The account to put it on
        to: String,
        /// How much, in cents
        amount: i64,
        /// The transfer's id in the journal
        #[arg(long)]
        id: Option<String>,
    },
    /// Transfer 1 cent to and fro, in one long call
    Settle {
        /// One account
        from: String,
        /// The other
        to: String,
        /// How often
        #[arg(long, default_value_t = 2000)]
        count: u32,
    },
    /// Show whether the money is all there and every transfer was made once
    Audit,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { server, command } = Arguments::parse();
    let mut bank = BankClient::new(hicam::connect(&server).await?);
    match command {
        Command::Open { account, deposit } => {
            let reply = bank.open(OpenRequest { account, deposit }).await?;
            println!("{}", reply.into_inner().balance);
        }
        Command::Balance { account } => {
            let reply = bank.balance(BalanceRequest { account }).await?;
            println!("{}", reply.into_inner().balance);
        }
        Command::Transfer {
            from,
            to,
            amount,
            id,
        } => {
            let id = id.unwrap_or_else(unique);
            let order = TransferRequest {
                id,
                from: from.clone(),
                to: to.clone(),
                amount,
            };
            let reply = bank.transfer(order).await?.into_inner();
            println!("{from} {}\n{to} {}", reply.from_balance, reply.to_balance);
        }
        Command::Settle { from, to, count } => {
            let batch = unique();
            let entries = (0..count).map(|n| {
                let (from, to) = if n % 2 == 0 {
                    (&from, &to)
                } else {
                    (&to, &from)
                };
                TransferRequest {
                    id: format!("{batch}-{n}"),
                    from: from.clone(),
                    to: to.clone(),
                    amount: 1,
                }
            });
            let entries = entries.collect();
            let reply = bank.settle(SettleRequest { entries }).await?.into_inner();
            println!("settled {}, refused {}", reply.settled, reply.refused);
        }
        Command::Audit => {
            let reply = bank.audit(AuditRequest {}).await?.into_inner();
            let twice = reply.journal.iter().filter(|entry| entry.count != 1);
            println!("accounts         {}", reply.accounts);
            println!("deposited        {}", reply.deposited);
            println!("held             {}", reply.held);
            println!("in transit       {}", reply.in_transit);
            println!("conserved        {}", reply.conserved);
            println!("transfers        {}", reply.journal.len());
            println!("made repeatedly  {}", twice.count());
        }
    }
    Ok(())
}

/// An id that no other run of this program has.
fn unique() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.unwrap_or_default().as_micros();
    format!("{now:x}-{:x}", std::process::id())
}
