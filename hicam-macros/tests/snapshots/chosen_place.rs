async fn chosen(left: bool, pair: &mut Pair) {
    let side = if left { &mut pair.left } else { &mut pair.right };
    send(side).await;
    side.count += 1;
}
