//! A copy that the argument may change: whether the method takes it before or borrows it after cannot be seen.

#[derive(Clone, Copy, hicam::State)]
struct Span(u32, u32);

impl Span {
    fn by(self, n: u32) -> u32 {
        self.0 * n
    }
}

#[derive(hicam::State)]
struct Page {
    span: Span,
}

#[hicam::migratable]
impl Page {
    async fn turn(&mut self) -> u32 {
        self.span.0 += 1;
        hicam::point().await;
        2
    }
    async fn read(&mut self) -> u32 {
        self.span.by(self.turn().await)
    }
}

fn main() {}
