//! A workload's output: one JSON object per line, flushed at once.

use serde_json::Value;
use std::io::{self, Write};

/// An error means that stdout is closed, which ends the workload.
pub fn say(event: Value) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{event}")?;
    stdout.flush()
}
