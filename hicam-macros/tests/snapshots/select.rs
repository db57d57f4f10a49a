async fn chooses(order: Order) -> u64 {
    match order {
        Order::Buy { count } if count > 1 => buy(count).await,
        Order::Sell(name) => sell(name).await,
        Order::Wait => 0,
    }
}
