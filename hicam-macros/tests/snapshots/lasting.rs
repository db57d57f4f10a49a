async fn lasts(n: u64) -> u64 {
    let list = make(n);
    hicam::point().await;
    if n > 3 {
        keep(list);
    } else {
        look(&list);
        hicam::point().await;
    }
    hicam::point().await;
    n
}
