//! Two threads of an agent panic during one call. The selftest has an expectation about the first
//! panic and tells both by their lines: see harness/selftest/cases/agent-cases.ts.

use nix::unistd::dup2_stderr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::thread;

fn known() {
    panic!("the agent panics on purpose, which is known")
}

fn new() {
    panic!("the agent panics on purpose once more, which is new")
}

/// Writes what both have printed to stderr in one piece: the host ends a guest as soon as its agent
/// has panicked, perhaps before it can panic again.
pub fn panic_twice() -> io::Result<()> {
    let stderr = io::stderr().as_fd().try_clone_to_owned()?;
    let (mut reader, writer) = io::pipe()?;
    dup2_stderr(writer)?;
    drop(thread::spawn(known).join());
    drop(thread::spawn(new).join());
    dup2_stderr(&stderr)?;
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed)?;
    File::from(stderr).write_all(&printed)
}
