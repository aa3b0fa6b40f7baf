//! What init says: for people to read, never protocol.

use std::fmt::Display;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::OnceLock;

/// Where there is no kernel's console.
static SOCKET: OnceLock<UnixStream> = OnceLock::new();

/// From now on, init speaks to this socket. A host that does not read misses what does not fit into it.
pub fn move_to(socket: UnixStream) -> std::io::Result<()> {
    socket.set_nonblocking(true)?;
    SOCKET.get_or_init(|| socket);
    Ok(())
}

/// Prints one line, in one write(2), so that the kernel's own lines rarely end up within it.
pub fn say(what: impl Display) {
    let line = format!("init: {what}\n");
    // If this fails, there is nobody left to tell.
    let _ = match SOCKET.get() {
        Some(mut socket) => socket.write_all(line.as_bytes()),
        None => std::io::stderr().write_all(line.as_bytes()),
    };
}
