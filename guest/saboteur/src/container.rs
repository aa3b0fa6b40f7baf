//! The sockets of a container without init (docs/guest-protocol.md, "Ports of a container").

use nix::unistd::{dup2_stderr, dup2_stdout};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Connects as init does; what is printed from now on goes to the console. Returns the control socket.
/// The agent's streams stay open for as long as this process lives.
pub fn connect(folder: &Path) -> io::Result<File> {
    let open = |name: &str| UnixStream::connect(folder.join(name)).map(OwnedFd::from);
    let console = open("console")?;
    dup2_stdout(&console)?;
    dup2_stderr(&console)?;
    let control = open("control")?;
    for name in ["stdout", "stderr"] {
        std::mem::forget(open(name)?);
    }
    Ok(File::from(control))
}
