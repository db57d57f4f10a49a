//! Variables that rest in slots are dropped where plain Rust drops them: in the order of their declarations, whichever way
//! their scope is left, and where something else is assigned to them.

#![allow(unused, reason = "values that are only dropped are the topic")]

use super::drop_order::{Log, Noted, eat, log, look, mk, out, say, step};
use super::{hicam, programs};

fn id(n: &Noted) -> u32 {
    n.0
}
#[hicam::migratable]
async fn broken_out_of() -> Vec<u32> {
    let log = log();
    {
        let mut a = mk(1, &log);
        let b = mk(2, &log);
        'l: for i in 0..3 {
            let c = mk(10 + i, &log);
            step(&log, 20).await;
            eat(a, &log).await;
            a = mk(30 + i, &log);
            let d = mk(40 + i, &log);
            if i == 1 {
                say(&log, id(&a));
                break 'l;
            }
            say(&log, 5);
        }
        say(&log, 6);
    }
    out(log)
}
#[hicam::migratable]
async fn returns_early(n: u32, log: &Log) -> Result<u32, u32> {
    let mut a = mk(1, log);
    let b = mk(2, log);
    let mut c = mk(3, log);
    for i in 0..n {
        let d = mk(4 + i, log);
        eat(a, log).await;
        a = mk(60 + i, log);
        if i == 1 {
            return Err(id(&a) + id(&b));
        }
        eat(c, log).await;
        c = mk(70 + i, log);
        if i == 2 {
            Err(5u32)?;
        }
    }
    Ok(id(&c))
}
#[hicam::migratable]
async fn returned_from() -> Vec<u32> {
    let log = log();
    for n in [1, 2, 4] {
        let r = returns_early(n, &log).await;
        say(&log, r.unwrap_or_else(|e| 500 + e));
    }
    out(log)
}
#[hicam::migratable]
async fn shadowed_names() -> Vec<u32> {
    let log = log();
    {
        let a = mk(1, &log);
        let a = mk(id(&a) + 1, &log);
        step(&log, 20).await;
        let a = mk(look(&a, &log).await + 1, &log);
        let mut a2 = mk(9, &log);
        for i in 0..2 {
            eat(a2, &log).await;
            a2 = mk(10 + i, &log);
        }
        let a2 = {
            say(&log, id(&a2));
            mk(7, &log)
        };
        say(&log, id(&a2));
    }
    out(log)
}
#[hicam::migratable]
async fn bound_by_patterns() -> Vec<u32> {
    let log = log();
    for i in 0..3 {
        let pair = (mk(1, &log), Some(mk(2, &log)));
        match pair {
            (one, Some(two)) if i == 0 => {
                let x = mk(3, &log);
                step(&log, 20).await;
                eat(one, &log).await;
            }
            (one, two) => {
                let y = mk(4, &log);
                let z = two;
                step(&log, 30).await;
                say(&log, id(&one));
            }
        }
        let opt = Some(mk(5, &log));
        if let Some(v) = opt {
            let w = mk(6, &log);
            step(&log, 40).await;
            look(&v, &log).await;
        }
        let (p, q) = (mk(7, &log), mk(8, &log));
        step(&log, 50).await;
        look(&q, &log).await;
    }
    out(log)
}
#[hicam::migratable]
async fn made_in_blocks() -> Vec<u32> {
    let log = log();
    {
        let h = {
            let t = mk(1, &log);
            step(&log, 10).await;
            (mk(2, &log), t)
        };
        let v = vec![
            mk(3, &log),
            mk(eat(mk(4, &log), &log).await, &log),
            mk(5, &log),
        ];
        step(&log, 20).await;
        let k: Vec<Noted> = v.into_iter().rev().collect();
        step(&log, 30).await;
        look(&k[0], &log).await;
        look(&h.0, &log).await;
    }
    out(log)
}
#[hicam::migratable]
async fn takes(a: Noted, (b, c): (Noted, Noted), _: Noted, _d: Noted, log: &Log) -> u32 {
    let e = mk(90, log);
    step(log, 80).await;
    eat(b, log).await;
    step(log, 81).await;
    id(&a)
}
#[hicam::migratable]
async fn taken_as_arguments() -> Vec<u32> {
    let log = log();
    let r = takes(
        mk(1, &log),
        (mk(2, &log), mk(3, &log)),
        mk(4, &log),
        mk(5, &log),
        &log,
    )
    .await;
    say(&log, r);
    out(log)
}
#[hicam::migratable]
async fn taken_from_an_option() -> Vec<u32> {
    let log = log();
    let mut slot = Some(mk(1, &log));
    let mut other = None;
    while let Some(v) = slot.take() {
        let t = mk(2, &log);
        step(&log, 10).await;
        if id(&v) < 3 {
            slot = Some(mk(id(&v) + 1, &log));
        }
        other = Some(v);
        step(&log, 20).await;
    }
    drop(other);
    out(log)
}

#[hicam::migratable]
async fn behind_a_return(n: u32, log: &Log) -> u32 {
    let mut a = mk(1, log);
    let _b = mk(97, log);
    hicam::point().await;
    let c = if n == 2 {
        a.set(104);
        if n == 3 {
            hicam::point().await;
            return 5;
        }
        7
    } else {
        3
    };
    say(log, id(&a));
    c
}
#[hicam::migratable]
async fn kept_behind_a_return() -> Vec<u32> {
    let log = log();
    behind_a_return(2, &log).await;
    out(log)
}
#[hicam::migratable]
async fn idle(log: &Log) -> u32 {
    let a = mk(55, log);
    let b = mk(
        {
            hicam::point().await;
            1
        },
        log,
    );
    let n = async { 2789u32 }.await;
    say(log, n);
    4
}
#[hicam::migratable]
async fn beside_an_idle_block() -> Vec<u32> {
    let log = log();
    idle(&log).await;
    out(log)
}

#[hicam::migratable]
async fn replaces(mut p: Noted, log: &Log) -> u32 {
    hicam::point().await;
    p = mk(2, log);
    say(log, 50);
    hicam::point().await;
    drop(p);
    hicam::point().await;
    4
}
#[hicam::migratable]
async fn replaces_in_each_pass(mut p: Noted, log: &Log) -> u32 {
    for i in 0..3 {
        hicam::point().await;
        p = mk(20 + i, log);
        say(log, 50);
        hicam::point().await;
        step(log, 70).await;
    }
    eat(p, log).await;
    4
}
#[hicam::migratable]
async fn replaced() -> Vec<u32> {
    let log = log();
    replaces(mk(1, &log), &log).await;
    say(&log, 999);
    replaces_in_each_pass(mk(1, &log), &log).await;
    out(log)
}
#[hicam::migratable]
async fn hides(mut x: Noted, log: &Log) -> u32 {
    for i in 0..2 {
        eat(x, log).await;
        x = mk(10 + i, log);
    }
    let x = mk(id(&x) + 20, log);
    hicam::point().await;
    let x = mk(id(&x) + 20, log);
    hicam::point().await;
    id(&x)
}
#[hicam::migratable]
async fn hidden_by_others() -> Vec<u32> {
    let log = log();
    say(&log, 999);
    hides(mk(1, &log), &log).await;
    out(log)
}

#[hicam::migratable]
async fn set_late() -> Vec<u32> {
    let log = log();
    {
        let p0 = mk(1, &log);
        let late: Noted;
        let n = mk(3, &log);
        step(&log, 10).await;
        late = mk(2, &log);
        say(&log, 5);
    }
    out(log)
}

#[hicam::migratable]
async fn set_late_and_read() -> Vec<u32> {
    let log = log();
    {
        let p0 = mk(1, &log);
        let late: Noted;
        let n = mk(3, &log);
        step(&log, 10).await;
        late = mk(2, &log);
        step(&log, 10).await;
        look(&late, &log).await;
        say(&log, 5);
    }
    out(log)
}

#[hicam::migratable]
async fn set_again() -> Vec<u32> {
    let log = log();
    {
        let p0 = mk(1, &log);
        let mut a = mk(2, &log);
        let n = mk(3, &log);
        for i in 0..2 {
            step(&log, 10).await;
            eat(a, &log).await;
            a = mk(20 + i, &log);
        }
        let m = mk(4, &log);
        say(&log, id(&a));
    }
    {
        let p0 = mk(1, &log);
        let mut a = mk(2, &log);
        let mut n = mk(3, &log);
        for i in 0..2 {
            step(&log, 10).await;
            eat(a, &log).await;
            a = mk(20 + i, &log);
            eat(n, &log).await;
            n = mk(30 + i, &log);
        }
        let m = mk(4, &log);
        if log.lock().unwrap().len() % 2 == 0 {
            say(&log, id(&a) + id(&n));
        }
    }
    {
        let p0 = mk(1, &log);
        let mut a = mk(2, &log);
        let mut n = mk(3, &log);
        for i in 0..2 {
            step(&log, 10).await;
            eat(a, &log).await;
            a = mk(20 + i, &log);
            eat(n, &log).await;
            n = mk(30 + i, &log);
        }
        let m = mk(4, &log);
        if log.lock().unwrap().len() % 2 == 0 {
            let b = a.by(3);
            say(&log, b.id());
        }
        match id(&n) {
            31 => say(&log, 5),
            _ => {}
        }
    }
    out(log)
}

#[hicam::migratable]
async fn sets_its_parameter(mut a: Noted, b: Noted, log: &Log) -> u32 {
    let c = mk(9, log);
    for i in 0..2 {
        step(log, 10).await;
        eat(a, log).await;
        a = mk(20 + i, log);
    }
    id(&a)
}

#[hicam::migratable]
async fn set_again_as_a_parameter() -> Vec<u32> {
    let log = log();
    let n = sets_its_parameter(mk(1, &log), mk(2, &log), &log).await;
    say(&log, n);
    out(log)
}

programs! {
    drop_order_of_slots;
    slots_broken_out_of: broken_out_of();
    slots_returned_from: returned_from();
    slots_of_one_name: shadowed_names();
    slots_bound_by_patterns: bound_by_patterns();
    slots_made_in_blocks: made_in_blocks();
    slots_taken_as_arguments: taken_as_arguments();
    slots_taken_from_an_option: taken_from_an_option();
    slots_behind_a_return: kept_behind_a_return();
    slots_beside_an_idle_block: beside_an_idle_block();
    slots_replaced: replaced();
    slots_hidden_by_others: hidden_by_others();
    slots_set_late: set_late();
    slots_set_late_and_read: set_late_and_read();
    slots_set_again: set_again();
    slots_of_parameters: set_again_as_a_parameter();
}
