//! Where hosts of the agent or of a tool arrive, one at a time.

use crate::port::{Arrived, Port};
use crate::waiter::Waiter;
use nix::errno::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixListener;
use std::sync::Arc;

const CHUNK_BYTES: usize = 4 * 1024;

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

    pub fn listener(listener: UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self(Kind::Listener(listener)))
    }

    /// Waits until there is a host. Call it again once that one has left.
    pub fn next_host(&self) -> nix::Result<Arc<Port>> {
        let waiter = Waiter::new()?;
        waiter.add(self)?;
        loop {
            if let Some(host) = self.arrived()? {
                return Ok(host);
            }
            waiter.wait(None);
        }
    }

    /// The host, if there is one. Its descriptor changes when one arrives.
    pub fn arrived(&self) -> nix::Result<Option<Arc<Port>>> {
        match &self.0 {
            Kind::Port(port) => Ok(port.has_host()?.then(|| Arc::clone(port))),
            Kind::Listener(listener) => match listener.accept() {
                Ok((stream, _)) => {
                    let port = Port::try_from(stream).map_err(|error| errno_of(&error))?;
                    Ok(Some(Arc::new(port)))
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                Err(error) => Err(errno_of(&error)),
            },
        }
    }

    /// Discards what hosts have sent that nobody served. False while one is still there that cannot be
    /// sent away.
    pub fn clear(&self) -> nix::Result<bool> {
        match &self.0 {
            Kind::Port(port) => {
                let mut chunk = [0; CHUNK_BYTES];
                loop {
                    match port.read(&mut chunk)? {
                        Arrived::Bytes(_) => {}
                        Arrived::Nothing => return Ok(false),
                        Arrived::NoHost => return Ok(true),
                    }
                }
            }
            Kind::Listener(_) => {
                while self.arrived()?.is_some() {}
                Ok(true)
            }
        }
    }

    /// Lets a host know that the agent or tool has ended the connection, where that can be done.
    pub fn hang_up(&self, host: &Port) -> nix::Result<()> {
        match &self.0 {
            Kind::Port(_) => Ok(()),
            Kind::Listener(_) => host.end_output(),
        }
    }
}

impl AsFd for Entrance {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.0 {
            Kind::Port(port) => port.as_fd(),
            Kind::Listener(listener) => listener.as_fd(),
        }
    }
}

fn errno_of(error: &io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
}
