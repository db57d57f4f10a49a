//! When values are dropped, and in which order: each writes its number into a log where it is made and where it ends.

#![allow(unused, reason = "values that are only dropped are the topic")]

use std::sync::{Arc, Mutex};

use ::hicam::__private::state::{DecodeError, Decoder, EncodeError, Encoder, TypeId, TypeTable};

use super::{hicam, programs};

pub(crate) type Log = Arc<Mutex<Vec<u32>>>;

/// Its drop is seen.
#[derive(Debug)]
pub(crate) struct Noted(pub(crate) u32, pub(crate) Log);

impl Noted {
    pub(crate) fn id(&self) -> u32 {
        self.0
    }
    pub(crate) fn by(self, n: u32) -> Noted {
        Noted(self.0 * 10 + n, Arc::clone(&self.1))
    }
    pub(crate) fn set(&mut self, n: u32) -> &mut Self {
        self.0 = n;
        self
    }
    pub(crate) fn me(&self) -> &Self {
        self
    }
}
impl Drop for Noted {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}
impl hicam::State for Noted {
    fn describe(types: &mut TypeTable) -> TypeId {
        <(u32, Log)>::describe(types)
    }
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        (self.0, Arc::clone(&self.1)).encode(out)
    }
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let (number, log) = hicam::State::decode(input)?;
        Ok(Noted(number, log))
    }
}
pub(crate) fn log() -> Log {
    Arc::new(Mutex::new(Vec::new()))
}
pub(crate) fn mk(n: u32, log: &Log) -> Noted {
    say(log, n + 1000);
    Noted(n, Arc::clone(log))
}
pub(crate) fn say(log: &Log, n: u32) {
    log.lock().unwrap().push(n);
}
pub(crate) fn out(log: Log) -> Vec<u32> {
    let v = log.lock().unwrap().clone();
    v
}

#[hicam::migratable]
pub(crate) async fn step(log: &Log, n: u32) -> u32 {
    say(log, n);
    hicam::point().await;
    say(log, n + 1);
    n
}
#[hicam::migratable]
pub(crate) async fn made(n: u32, log: &Log) -> Noted {
    hicam::point().await;
    mk(n, log)
}
#[hicam::migratable]
pub(crate) async fn eat(n: Noted, log: &Log) -> u32 {
    hicam::point().await;
    say(log, 7000 + n.0);
    n.0
}
#[hicam::migratable]
pub(crate) async fn look(n: &Noted, log: &Log) -> u32 {
    hicam::point().await;
    say(log, 8000 + n.0);
    n.0
}
#[hicam::migratable]
pub(crate) async fn fails(log: &Log) -> Result<u32, String> {
    hicam::point().await;
    say(log, 666);
    Err("no".into())
}
pub(crate) fn id_of(n: &Noted) -> u32 {
    n.0
}

#[hicam::migratable]
async fn bound_to_nothing() -> Vec<u32> {
    let l = log();
    let _ = &mk(1, &l);
    step(&l, 20).await;
    step(&l, 30).await;
    let _ = made(3, &l).await;
    step(&l, 40).await;
    let _y = made(4, &l).await;
    step(&l, 50).await;
    made(5, &l).await;
    step(&l, 60).await;
    out(l)
}
#[hicam::migratable]
async fn assigned_to_nothing_and_ended() -> Vec<u32> {
    let l = log();
    let a = mk(1, &l);
    let _ = a;
    step(&l, 20).await;
    let b = mk(2, &l);
    _ = b;
    step(&l, 30).await;
    _ = mk(3, &l);
    step(&l, 40).await;
    _ = made(4, &l).await;
    step(&l, 50).await;
    out(l)
}
#[hicam::migratable]
async fn let_be(l: &Log) -> u32 {
    let a = mk(1, l);
    let _ = a;
    step(l, 20).await;
    let b = mk(2, l);
    _ = b;
    step(l, 30).await;
    match b {
        _ => {
            step(l, 40).await;
        }
    }
    step(l, 60).await
}
#[hicam::migratable]
async fn assigned_to_nothing() -> Vec<u32> {
    let l = log();
    let_be(&l).await;
    out(l)
}
#[hicam::migratable]
async fn replaced(l: &Log) -> u32 {
    let mut a = mk(1, l);
    a = made(2, l).await;
    step(l, 20).await;
    a = mk(3, l);
    step(l, 30).await;
    let mut b = mk(9, l);
    b = made(4, l).await;
    step(l, 40).await;
    b = {
        step(l, 50).await;
        mk(5, l)
    };
    step(l, 60).await;
    id_of(&a) + id_of(&b)
}
#[hicam::migratable]
async fn assigned_again() -> Vec<u32> {
    let l = log();
    replaced(&l).await;
    out(l)
}
#[hicam::migratable]
async fn parameters(l: &Log, a: Noted, _: Noted, _c: Noted, d: Noted) -> u32 {
    let _x = mk(9, l);
    step(l, 20).await;
    let y = mk(10, l);
    drop(d);
    step(l, 30).await;
    let _z = mk(11, l);
    1
}
#[hicam::migratable]
async fn of_parameters() -> Vec<u32> {
    let l = log();
    parameters(&l, mk(1, &l), mk(2, &l), mk(3, &l), mk(4, &l)).await;
    out(l)
}
#[hicam::migratable]
async fn blocks(l: &Log) -> u32 {
    let a = mk(1, l);
    let b = mk(2, l);
    let n = async move {
        let c = mk(3, l);
        step(l, 20).await;
        let q = c.id();
        b.id() + a.id() + q + c.id()
    }
    .await;
    step(l, 30).await;
    let d = mk(4, l);
    let m = async {
        step(l, 40).await;
        id_of(&d)
    }
    .await;
    step(l, 50).await;
    let e = mk(5, l);
    let k = async {
        step(l, 60).await;
        drop(e);
        step(l, 70).await;
        1
    }
    .await;
    step(l, 80).await;
    n + m + k
}
#[hicam::migratable]
async fn of_blocks() -> Vec<u32> {
    let l = log();
    blocks(&l).await;
    out(l)
}
#[hicam::migratable]
async fn operands(l: &Log) -> Result<u32, String> {
    fn three(a: Noted, b: u32, c: Noted, d: u32) -> u32 {
        b + d + a.id() + c.id()
    }
    let n = three(mk(1, l), step(l, 20).await, mk(2, l), step(l, 30).await);
    step(l, 40).await;
    let m = three(mk(3, l), step(l, 50).await, mk(4, l), fails(l).await?);
    Ok(n + m)
}
#[hicam::migratable]
async fn of_operands() -> Vec<u32> {
    let l = log();
    operands(&l).await;
    out(l)
}
#[hicam::migratable]
async fn calls(l: &Log) -> Result<u32, String> {
    let n = eat(mk(1, l), l).await + eat(made(2, l).await, l).await;
    let k = look(&mk(3, l), l).await + look(&made(4, l).await, l).await;
    step(l, 20).await;
    look(&mk(5, l), l).await;
    step(l, 30).await;
    let q = look(&mk(6, l), l).await + look(&mk(7, l), l).await + fails(l).await?;
    Ok(n + k + q)
}
#[hicam::migratable]
async fn of_calls() -> Vec<u32> {
    let l = log();
    calls(&l).await;
    out(l)
}
#[hicam::migratable]
async fn loops(l: &Log) -> u32 {
    let mut last = None;
    for i in 0..4 {
        let _it = mk(i, l);
        if i == 1 {
            continue;
        }
        step(l, 20).await;
        let o = mk(i + 10, l);
        if i == 2 {
            step(l, 30).await;
            last = Some(o);
            continue;
        }
        if i == 3 {
            break;
        }
        step(l, 40).await;
    }
    step(l, 50).await;
    for x in vec![mk(50, l), mk(51, l), mk(52, l)] {
        step(l, 60).await;
        if x.id() == 51 {
            break;
        }
    }
    step(l, 70).await;
    let mut v = vec![mk(60, l), mk(61, l)];
    while let Some(x) = v.pop() {
        step(l, 80).await;
    }
    last.map_or(0, |x| x.id())
}
#[hicam::migratable]
async fn of_loops() -> Vec<u32> {
    let l = log();
    loops(&l).await;
    out(l)
}
#[hicam::migratable]
async fn matches(l: &Log) -> u32 {
    match Some(mk(1, l)) {
        Some(x) => {
            step(l, 20).await;
        }
        None => {}
    }
    if let Some(x) = Some(mk(2, l)) {
        step(l, 30).await;
    }
    step(l, 35).await;
    let a = Some(mk(3, l));
    match a {
        Some(ref x) if x.id() == 3 => {
            step(l, 40).await;
        }
        _ => {}
    }
    step(l, 50).await;
    let b = Some(mk(4, l));
    if let Some(x) = &b {
        step(l, x.id() * 100).await;
    }
    step(l, 60).await;
    let c = Some(mk(5, l));
    let Some(d) = c else {
        step(l, 1).await;
        return 0;
    };
    step(l, 70).await;
    let e: Result<Noted, Noted> = Err(mk(6, l));
    match e {
        Ok(x) => {
            step(l, 71).await;
        }
        Err(y) => {
            step(l, 72).await;
        }
    }
    step(l, 80).await;
    let (f, g) = (mk(7, l), made(8, l).await);
    step(l, 90).await;
    1
}
#[hicam::migratable]
async fn of_matches() -> Vec<u32> {
    let l = log();
    matches(&l).await;
    out(l)
}

#[hicam::migratable]
async fn awaited_and_borrowed(l: &Log) -> u32 {
    match id_of(&made(1, l).await) {
        1 => {
            step(l, 20).await;
        }
        _ => {}
    }
    step(l, 30).await;
    if let 2 = id_of(&made(2, l).await) {
        step(l, 40).await;
    }
    step(l, 50).await;
    for i in 0..id_of(&made(1, l).await) {
        step(l, 60).await;
    }
    step(l, 70).await;
    let k = match &made(3, l).await {
        x if x.0 == 3 => id_of(x),
        _ => 0,
    };
    step(l, 80).await;
    let a = eat(made(4, l).await, l).await + look(&made(5, l).await, l).await;
    step(l, 90).await;
    let b = [
        look(&made(6, l).await, l).await,
        look(&made(7, l).await, l).await,
    ];
    step(l, 95).await;
    say(l, look(&made(8, l).await, l).await);
    step(l, 96).await;
    look(&made(9, l).await, l).await
}
#[hicam::migratable]
async fn of_what_was_awaited() -> Vec<u32> {
    let l = log();
    awaited_and_borrowed(&l).await;
    out(l)
}

#[hicam::migratable]
impl Noted {
    pub(crate) async fn see(&self, l: &Log) -> u32 {
        hicam::point().await;
        say(l, 9000 + self.0);
        self.0
    }
    pub(crate) async fn into_it(self, l: &Log) -> u32 {
        hicam::point().await;
        say(l, 9500 + self.0);
        self.0
    }
}
#[hicam::migratable]
async fn receivers(l: &Log) -> u32 {
    mk(4, l).see(l).await;
    step(l, 40).await;
    mk(5, l).into_it(l).await;
    step(l, 50).await;
    made(6, l).await.into_it(l).await + mk(7, l).see(l).await
}
#[hicam::migratable]
async fn of_receivers() -> Vec<u32> {
    let l = log();
    receivers(&l).await;
    out(l)
}

#[hicam::migratable]
async fn parameters_in_parts(
    (a, _): (u32, u32),
    _: Noted,
    l: &Log,
    (b, c): (Noted, Noted),
    _unused: Noted,
    [d, e]: [Noted; 2],
) -> u32 {
    let x = mk(20, l);
    step(l, 30).await;
    drop(e);
    step(l, 40).await
}
#[hicam::migratable]
async fn of_parameters_in_parts() -> Vec<u32> {
    let l = log();
    parameters_in_parts(
        (1, 1),
        mk(2, &l),
        &l,
        (mk(3, &l), mk(4, &l)),
        mk(5, &l),
        [mk(6, &l), mk(7, &l)],
    )
    .await;
    out(l)
}

#[hicam::migratable]
async fn taken_by_a_block(l: &Log) -> u32 {
    let a = mk(1, l);
    let b = mk(2, l);
    let c = mk(3, l);
    let n = async move {
        step(l, 20).await;
        let s = (id_of(&c), id_of(&a));
        step(l, 30).await;
        id_of(&b) + s.0
    }
    .await;
    step(l, 40).await;
    let (_, d) = (mk(4, l), mk(5, l));
    step(l, 50).await;
    let (e, _) = (mk(6, l), made(7, l).await);
    step(l, 60).await;
    let _ = (mk(8, l), mk(9, l));
    step(l, 70).await;
    let _: &Noted = &mk(10, l);
    step(l, 80).await;
    let _ = &made(11, l).await;
    step(l, 90).await;
    n
}
#[hicam::migratable]
async fn of_what_a_block_takes() -> Vec<u32> {
    let l = log();
    taken_by_a_block(&l).await;
    out(l)
}

#[hicam::migratable]
async fn several_calls(l: &Log) -> Result<u32, String> {
    let r: Result<u32, String> = async {
        let a = mk(1, l);
        step(l, 20).await;
        let b = made(2, l).await;
        fails(l).await?;
        Ok(id_of(&a) + id_of(&b))
    }
    .await;
    step(l, 30).await;
    let r2: Result<u32, String> = 'x: {
        let a = mk(3, l);
        step(l, 40).await;
        if a.0 == 3 {
            break 'x Err("e".to_string());
        }
        step(l, 50).await;
        Ok(1)
    };
    step(l, 60).await;
    let shared = mk(4, l);
    let f = |x: u32| x + 1;
    let (x, y) = tokio::join!(eat(mk(5, l), l), look(&shared, l));
    step(l, 70).await;
    let z = tokio::select! {
        biased;
        v = eat(mk(6, l), l) => { step(l, 80).await; v }
        w = look(&shared, l) => { step(l, 81).await; w }
    };
    step(l, 90).await;
    let t = tokio::time::timeout(std::time::Duration::from_secs(9), eat(mk(8, l), l)).await;
    step(l, 91).await;
    let t = tokio::try_join!(async { fails(l).await.map(|x| x) }, fails(l));
    step(l, 92).await;
    fails(l).await?;
    r
}
#[hicam::migratable]
async fn of_several_calls() -> Vec<u32> {
    let l = log();
    several_calls(&l).await;
    out(l)
}

#[hicam::migratable]
async fn assigned(l: &Log) -> u32 {
    let mut opt = Some(mk(1, l));
    opt = None;
    step(l, 20).await;
    opt = Some(made(2, l).await);
    step(l, 30).await;
    let old = opt.replace(mk(3, l));
    step(l, 40).await;
    drop(old);
    let t = std::mem::take(&mut opt);
    step(l, 50).await;
    let mut v = vec![mk(4, l), mk(5, l)];
    v[0] = made(6, l).await;
    step(l, 60).await;
    v.clear();
    step(l, 70).await;
    let mut s = (mk(7, l), 3);
    s.0 = made(8, l).await;
    step(l, 80).await;
    s = (mk(9, l), step(l, 85).await);
    step(l, 90).await;
    s.1 + id_of(&s.0)
}
#[hicam::migratable]
async fn by_assignment() -> Vec<u32> {
    let l = log();
    assigned(&l).await;
    out(l)
}

programs! {
    drop_order;
    ends_bound_to_nothing: bound_to_nothing();
    ends_assigned_to_nothing_and_ended: assigned_to_nothing_and_ended();
    ends_assigned_to_nothing: assigned_to_nothing();
    ends_assigned_again: assigned_again();
    ends_of_parameters: of_parameters();
    ends_of_blocks: of_blocks();
    ends_of_operands: of_operands();
    ends_of_calls: of_calls();
    ends_of_loops: of_loops();
    ends_of_matches: of_matches();
    ends_of_what_was_awaited: of_what_was_awaited();
    ends_of_receivers: of_receivers();
    ends_of_parameters_in_parts: of_parameters_in_parts();
    ends_of_what_a_block_takes: of_what_a_block_takes();
    ends_of_several_calls: of_several_calls();
    ends_by_assignment: by_assignment();
}
