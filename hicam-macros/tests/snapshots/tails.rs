async fn find(queue: &Queue, id: u64) -> Option<u64> {
    let asked = note(id);
    hicam::point().await;
    queue.lock().unwrap().find(asked.id)
}
