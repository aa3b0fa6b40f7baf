//! What init says on the kernel's console: for people to read, never protocol.

use std::fmt::Display;
use std::io::Write;

/// Prints one line, in one write(2), so that the kernel's own lines rarely end up within it.
pub fn say(what: impl Display) {
    let line = format!("init: {what}\n");
    // If this fails, there is nobody left to tell.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
