pub trait Audit {
    async fn note(&mut self, text: String) -> usize;
}
