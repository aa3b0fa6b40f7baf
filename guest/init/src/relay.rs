//! Relays raw bytes between the host at port `kmx.agent` and the agent's unix socket.

use crate::entrance::Entrance;
use crate::failure::errno_name;
use crate::port::{Arrived, Port};
use crate::waiter::Waiter;
use crate::waiting::{CHUNK_BYTES, LOOK_AGAIN, Waiting, without_blocking};
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};
use serde::Serialize;
use std::convert::Infallible;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// Pause between attempts to connect to an agent that does not listen yet.
const TRY_AGAIN: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayState {
    #[default]
    NoHost,
    Connecting,
    Open,
    /// The agent ended the connection. A port cannot be closed from inside a machine, so its host
    /// does not notice: what it sends is discarded until it leaves. In a container it reads the end.
    ClosedByAgent,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RelayStatus {
    /// Connections to the agent so far, the present one included.
    pub connections: u64,
    pub state: RelayState,
    /// Bytes passed on in the present connection, or in the last one.
    pub to_agent_bytes: u64,
    pub to_host_bytes: u64,
    /// While connecting: why the agent's socket does not accept the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    #[serde(skip)]
    socket: Option<PathBuf>,
}

/// The state of the relay, and where the agent listens.
pub struct Relay {
    status: Mutex<RelayStatus>,
    retargeted: EventFd,
}

enum EndedBy {
    Host,
    Agent,
}

impl Relay {
    pub fn new() -> nix::Result<Self> {
        let retargeted = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        Ok(Self {
            status: Mutex::default(),
            retargeted,
        })
    }

    pub fn status(&self) -> RelayStatus {
        self.status.lock().unwrap().clone()
    }

    /// New connections go to this socket from now on.
    pub fn target(&self, socket: PathBuf) {
        self.update(|status| status.socket = Some(socket));
        // This only fails if the counter is full, and then it wakes the relay anyway.
        let _ = self.retargeted.write(1);
    }

    /// Serves one host after another, for ever.
    pub fn serve(&self, entrance: &Entrance) -> nix::Result<Infallible> {
        loop {
            self.update(|status| status.state = RelayState::NoHost);
            let port = entrance.next_host()?;
            self.update(|status| status.state = RelayState::Connecting);
            self.serve_host(&port, entrance)?;
        }
    }

    /// Until it has left.
    fn serve_host(&self, port: &Port, entrance: &Entrance) -> nix::Result<()> {
        let waiter = Waiter::new()?;
        waiter.add(port)?;
        waiter.add(&self.retargeted)?;
        let agent = self.connect(port, &waiter)?;
        self.update(|status| status.problem = None);
        let Some(agent) = agent else { return Ok(()) };
        self.update(|status| {
            status.connections += 1;
            status.state = RelayState::Open;
            status.to_agent_bytes = 0;
            status.to_host_bytes = 0;
        });
        waiter.add(&agent)?;
        let count = |to_agent: usize, to_host: usize| {
            self.update(|status| {
                status.to_agent_bytes += to_agent as u64;
                status.to_host_bytes += to_host as u64;
            });
        };
        if let EndedBy::Agent = pump(port, agent, &waiter, count)? {
            self.update(|status| status.state = RelayState::ClosedByAgent);
            entrance.hang_up(port)?;
            discard_until_gone(port, &waiter)?;
        }
        Ok(())
    }

    /// Connects as soon as the agent accepts; `None` if the host leaves before that.
    fn connect(&self, port: &Port, waiter: &Waiter) -> nix::Result<Option<UnixStream>> {
        while port.has_host()? {
            let socket = self.status().socket;
            let Some(socket) = socket else {
                self.update(|status| status.problem = Some("no agent was started".into()));
                waiter.wait(None);
                continue;
            };
            match connect_to(&socket) {
                Ok(agent) => return Ok(Some(agent)),
                Err(errno) => {
                    let name = errno_name(errno as i32);
                    let problem = format!("connect {}: {name}", socket.display());
                    self.update(|status| status.problem = Some(problem));
                }
            }
            waiter.wait(Some(TRY_AGAIN));
        }
        Ok(None)
    }

    fn update(&self, change: impl FnOnce(&mut RelayStatus)) {
        change(&mut self.status.lock().unwrap());
    }
}

/// Does not block: if the listener's queue is full, connect(2) fails with EAGAIN.
fn connect_to(path: &Path) -> nix::Result<UnixStream> {
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let stream = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
    connect(stream.as_raw_fd(), &UnixAddr::new(path)?)?;
    Ok(stream.into())
}

/// Passes bytes both ways until one side is gone. A side that does not read stops the other.
fn pump(
    port: &Port,
    agent: UnixStream,
    waiter: &Waiter,
    count: impl Fn(usize, usize),
) -> nix::Result<EndedBy> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut to_agent = Waiting::default();
    let mut to_host = Waiting::default();
    loop {
        let mut has_moved = false;
        if to_agent.is_empty() {
            match port.read(&mut chunk)? {
                Arrived::Bytes(bytes) => to_agent.push(&chunk[..bytes]),
                Arrived::Nothing => {}
                Arrived::NoHost => return Ok(EndedBy::Host),
            }
        }
        match to_agent.write_some(|bytes| without_blocking((&agent).write(bytes))) {
            Ok(0) => {}
            Ok(bytes) => {
                has_moved = true;
                count(bytes, 0);
            }
            // The agent no longer reads, but may have sent more: reading on finds the end.
            Err(_) => to_agent.clear(),
        }
        if to_host.is_empty() {
            match (&agent).read(&mut chunk) {
                Ok(0) => return Ok(EndedBy::Agent),
                Ok(bytes) => to_host.push(&chunk[..bytes]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => has_moved = true,
                Err(_) => return Ok(EndedBy::Agent),
            }
        }
        let written = to_host.write_some(|bytes| port.write(bytes))?;
        if written > 0 {
            count(0, written);
        }
        if has_moved || written > 0 {
            continue;
        }
        if !port.has_host()? && !to_agent.is_empty() {
            // The host is gone, and the agent does not accept its last bytes.
            return Ok(EndedBy::Host);
        }
        waiter.wait(Some(LOOK_AGAIN));
    }
}

fn discard_until_gone(port: &Port, waiter: &Waiter) -> Result<(), Errno> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match port.read(&mut chunk)? {
            Arrived::Bytes(_) => {}
            Arrived::Nothing => waiter.wait(None),
            Arrived::NoHost => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
