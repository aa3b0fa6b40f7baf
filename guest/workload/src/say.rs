//! What a workload says: one JSON object a line, out at once.

use serde_json::Value;
use std::io::{self, Write};

/// An error means that nobody listens any more, which is the end of a workload.
pub fn say(event: Value) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{event}")?;
    stdout.flush()
}
