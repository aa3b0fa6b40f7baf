//! Where hosts of the agent arrive, one at a time.

use crate::port::Port;
use crate::waiter::Waiter;
use nix::errno::Errno;
use std::io;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

pub struct Entrance(Kind);

enum Kind {
    /// Hosts open and close it; nobody can do so from inside.
    Port(Arc<Port>),
    /// Each host has a connection of its own.
    Listener(UnixListener),
}

impl Entrance {
    pub fn port(port: Port) -> Self {
        Self(Kind::Port(Arc::new(port)))
    }

    pub fn listener(listener: UnixListener) -> Self {
        Self(Kind::Listener(listener))
    }

    /// Waits until there is a host. Call it again once that one has left.
    pub fn next_host(&self) -> nix::Result<Arc<Port>> {
        match &self.0 {
            Kind::Port(port) => {
                let waiter = Waiter::new()?;
                waiter.add(port)?;
                while !port.has_host()? {
                    waiter.wait(None);
                }
                Ok(Arc::clone(port))
            }
            Kind::Listener(listener) => {
                let (stream, _) = listener.accept().map_err(|error| errno_of(&error))?;
                let port = Port::try_from(stream).map_err(|error| errno_of(&error))?;
                Ok(Arc::new(port))
            }
        }
    }

    /// Lets a host know that the agent has ended the connection, where that can be done.
    pub fn hang_up(&self, host: &Port) -> nix::Result<()> {
        match &self.0 {
            Kind::Port(_) => Ok(()),
            Kind::Listener(_) => host.end_output(),
        }
    }
}

fn errno_of(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
}
