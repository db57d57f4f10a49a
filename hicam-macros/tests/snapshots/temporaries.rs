// points = "awaits"
// The temporary `order()` and what `Some((_, n))` leaves end where the `match` is cut: their types are judged at the end.
// A closure around the same call tells whether `with` takes `order()` by value.
async fn matches() -> u32 {
    match order().with(3) {
        Some((_, n)) => step(n).await,
        None => 0,
    }
}
