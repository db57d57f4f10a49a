//! Width and precision as variables of a format string.

use super::{hicam, programs};

#[hicam::migratable]
async fn aligned(n: u32) -> Vec<String> {
    let (width, precision) = (n as usize + 4, 2);
    let float = f64::from(n) / 3.0;
    hicam::point().await;
    let mut out = vec![format!(
        "{float:.precision$}|{float:>width$.precision$}|{n:0width$}"
    )];
    let digits = 1;
    hicam::point().await;
    out.push(format!("{:.*}|{:.digits$}", digits, float, float));
    out
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Name(String);

#[hicam::migratable]
impl Name {
    /// `self` in a format string, where it is a value.
    async fn shown(mut self, log: &mut Vec<String>) -> String {
        hicam::point().await;
        log.push(format!("{self:?}"));
        self.0.push('!');
        hicam::point().await;
        format!("{self:>12?} and {:?}, not {{self}}", self.0)
    }
}

#[hicam::migratable]
async fn own_names() -> (String, Vec<String>) {
    let mut log = Vec::new();
    let shown = Name::shown(Name("n".into()), &mut log).await;
    (shown, log)
}

programs! {
    format_arguments;
    aligned_numbers: aligned(2);
    self_in_format_strings: own_names();
}
