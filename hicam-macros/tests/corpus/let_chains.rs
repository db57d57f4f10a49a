//! Chains of `let` conditions.

use super::expressions::{add, fallible};
use super::{hicam, programs};

#[hicam::migratable]
async fn pick(n: u32) -> Option<u32> {
    hicam::point().await;
    (n > 2).then_some(n * 2)
}

#[hicam::migratable]
async fn chained(a: Option<u32>, b: Result<u32, String>) -> (u32, String) {
    let mut log = String::new();
    if let Some(x) = a
        && x > 1
        && let Ok(y) = b
    {
        hicam::point().await;
        log.push('1');
        return (x + y, log);
    } else if let Some(x) = a
        && let Some(twice) = pick(x).await
        && add(twice, 1).await > 7
    {
        log.push('2');
        hicam::point().await;
        return (twice, log);
    }
    log.push('3');
    (0, log)
}

#[hicam::migratable]
async fn all_chains() -> Vec<(u32, String)> {
    let mut all = Vec::new();
    for n in 0..6 {
        let b = if n % 2 == 0 { Ok(n) } else { Err("odd".into()) };
        all.push(chained((n > 0).then_some(n), b).await);
    }
    all
}

#[hicam::migratable]
async fn while_chain(mut stack: Vec<u32>) -> Vec<u32> {
    let mut out = Vec::new();
    while let Some(top) = stack.pop()
        && top != 9
        && let Ok(number) = fallible(top).await
    {
        if let Some(next) = pick(number).await
            && next < 20
        {
            stack.push(next / 2 - 1);
        }
        out.push(number);
    }
    out.extend(stack);
    out
}

#[derive(Debug, Clone, hicam::State)]
pub(crate) struct User {
    name: String,
    manager: Option<Box<User>>,
}

#[hicam::migratable]
async fn moved_by_a_chain(user: User) -> Result<String, String> {
    let User { name, manager } = user;
    if let Some(manager) = manager
        && !name.is_empty()
        && let User {
            name: boss,
            manager: None,
        } = *manager
    {
        hicam::point().await;
        return Ok(format!("{name} < {boss}"));
    }
    hicam::point().await;
    Err(name)
}

fn user(name: &str, manager: Option<User>) -> User {
    User {
        name: name.to_owned(),
        manager: manager.map(Box::new),
    }
}

programs! {
    let_chains;
    chains_of_lets: all_chains();
    a_chain_in_while: while_chain(vec![1, 9, 5, 3, 4]);
    a_chain_that_moves: moved_by_a_chain(user("a", Some(user("b", None)))) => Ok("a < b".to_owned());
    a_chain_that_moves_and_fails: moved_by_a_chain(user("", Some(user("b", None)))) => Err(String::new());
}
