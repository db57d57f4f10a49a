//! What goes where: data on standard output as a table or JSON, everything else on standard error.

use std::io::{Write as _, stderr, stdout};

use comfy_table::{Table, presets};
use serde::Serialize;

use super::error::CliError;

/// How a command's data is printed.
#[derive(Clone, Copy)]
pub(super) struct Output {
    pub(super) json: bool,
}

impl Output {
    /// Prints `data` as JSON, or the table of it.
    pub(super) fn print<T: Serialize + ?Sized>(
        self,
        data: &T,
        table: impl FnOnce(&T) -> Table,
    ) -> Result<(), CliError> {
        if self.json {
            return print_json(data);
        }
        let table = table(data);
        let mut text = table.trim_fmt();
        text.push('\n');
        write(&text)
    }
}

/// Prints JSON over several lines.
pub(super) fn print_json<T: Serialize + ?Sized>(data: &T) -> Result<(), CliError> {
    let mut text =
        serde_json::to_string_pretty(data).map_err(|error| CliError::Output(error.into()))?;
    text.push('\n');
    write(&text)
}

/// Prints JSON in one line, for a reader that must not wait for the end of the output.
pub(super) fn print_json_line<T: Serialize + ?Sized>(data: &T) -> Result<(), CliError> {
    let mut text = serde_json::to_string(data).map_err(|error| CliError::Output(error.into()))?;
    text.push('\n');
    write(&text)
}

/// Writes to standard output.
pub(super) fn write(text: &str) -> Result<(), CliError> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(CliError::Output)
}

/// Tells the user something on standard error.
pub(super) fn note(text: &str) {
    // Nobody can be told that standard error is closed.
    _ = writeln!(stderr(), "{text}");
}

/// Reports a failure on standard error, in one line.
pub(super) fn complain(error: &CliError) {
    let mut text = String::new();
    for line in error.to_string().lines().map(str::trim) {
        if !(text.is_empty() || line.is_empty()) {
            text.push_str(if text.ends_with(':') { " " } else { " | " });
        }
        text.push_str(line);
    }
    note(&format!("error: {text}"));
}

/// A table without lines: as easy for `awk` as for the eye.
pub(super) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}
