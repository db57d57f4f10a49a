async fn sends(log: &Log) -> usize {
    let first = open(log, 1);
    let mut second = open(log, 2);
    let third = open(log, 3);
    for _ in 0..3 {
        hicam::point().await;
        send(second).await;
        second = open(log, 4);
    }
    first.id() + third.id()
}
