//! Calls in calls: frames of callers and callees, references passed down, errors passed up.

use crate::effects::note;

#[hicam::migratable]
pub(crate) async fn hanoi(discs: u32) -> (Vec<(char, char)>, u64) {
    let mut moves = Vec::new();
    let mut count = 0;
    tower(discs, 'a', 'b', 'c', &mut moves, &mut count).await;
    (moves, count)
}

#[hicam::migratable]
async fn tower(
    discs: u32,
    from: char,
    over: char,
    to: char,
    moves: &mut Vec<(char, char)>,
    count: &mut u64,
) {
    if discs == 0 {
        return;
    }
    Box::pin(tower(discs - 1, from, to, over, moves, count)).await;
    moves.push((from, to));
    *count += 1;
    note(format_args!("{from} → {to}"));
    Box::pin(tower(discs - 1, over, from, to, moves, count)).await;
}

#[derive(Clone, Debug, PartialEq, hicam::State)]
pub(crate) struct Order {
    id: String,
    amount: i64,
}

pub(crate) fn orders() -> Vec<Order> {
    let amounts = [5, -2, 40, 1_000_000_000_000, 0, 7];
    let orders = amounts.iter().enumerate();
    orders
        .map(|(n, amount)| Order {
            id: format!("order {n}"),
            amount: *amount,
        })
        .collect()
}

#[hicam::migratable]
pub(crate) async fn settlement(orders: Vec<Order>) -> (i64, Vec<Result<i64, String>>) {
    let mut total = 0;
    let mut results = Vec::new();
    for order in orders {
        let result = settle(&order, &mut total).await;
        note(format_args!("{}: {result:?}", order.id));
        results.push(result);
    }
    (total, results)
}

#[hicam::migratable]
async fn settle(order: &Order, total: &mut i64) -> Result<i64, String> {
    let amount = checked(order).await?;
    let fee = if amount > 6 {
        hicam::point().await;
        amount / 10
    } else {
        0
    };
    *total += amount - fee;
    Ok(*total)
}

#[hicam::migratable]
async fn checked(order: &Order) -> Result<i64, String> {
    let Some(amount) = order.amount.checked_mul(10) else {
        return Err(format!("{}: too much", order.id));
    };
    hicam::point().await;
    match amount {
        0 => Err(format!("{}: nothing", order.id)),
        amount if amount < 0 => Err(format!("{}: {amount} is negative", order.id)),
        amount => Ok(amount),
    }
}
