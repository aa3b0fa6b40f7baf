//! What init says on the kernel's console: evidence for a reader, never protocol.

use std::fmt::Display;
use std::io::Write;

/// One line. It leaves in one write(2), so that the kernel's own lines rarely fall into it.
pub fn say(what: impl Display) {
    let line = format!("init: {what}\n");
    // A console that cannot be written to leaves nobody to tell.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
