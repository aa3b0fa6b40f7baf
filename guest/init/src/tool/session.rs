//! One tool from its start to its end, as its host sees it: bytes pass both ways while both are there.

use crate::children::{Ending, Exit};
use crate::entrance::Entrance;
use crate::port::{Arrived, Port};
use crate::waiter::Waiter;
use crate::waiting::{CHUNK_BYTES, LOOK_AGAIN, Waiting, without_blocking};
use nix::errno::Errno;
use nix::sys::eventfd::EventFd;
use std::fs::File;
use std::io::{Read, Write};
use std::sync::Arc;

/// What is read after a tool's end. No terminal and no socket holds as much; others who still write
/// could go on for ever.
const REST_BYTES_MAX: usize = 4 * 1024 * 1024;

pub struct Session {
    /// Our end of the tool's streams, until the tool has ended or the host has left.
    streams: Option<Arc<File>>,
    ending: Arc<Ending>,
    /// Readable once another tool is to be started.
    retired: Arc<EventFd>,
    host: Host,
    to_tool: Waiting,
    to_host: Waiting,
    output_bytes: u64,
    chunk: Vec<u8>,
}

enum Host {
    Expected,
    Here(Arc<Port>),
    Gone,
}

impl Session {
    pub fn new(streams: Arc<File>, ending: Arc<Ending>, retired: Arc<EventFd>) -> Self {
        Self {
            streams: Some(streams),
            ending,
            retired,
            host: Host::Expected,
            to_tool: Waiting::default(),
            to_host: Waiting::default(),
            output_bytes: 0,
            chunk: vec![0; CHUNK_BYTES],
        }
    }

    /// Until the tool has ended, and its host has got its whole output or has left. `tell` is called
    /// at the tool's end, with how many bytes it has output.
    pub fn serve(mut self, entrance: &Entrance, tell: impl FnOnce(&Exit, u64)) -> nix::Result<()> {
        let mut tell = Some(tell);
        let ending = Arc::clone(&self.ending);
        let mut waiter = self.watch(entrance)?;
        loop {
            if let Host::Expected = self.host
                && let Some(host) = entrance.arrived()?
            {
                self.host = Host::Here(host);
                waiter = self.watch(entrance)?;
            }
            let has_moved = self.exchange()?;
            if let Some(exit) = ending.exit()
                && let Some(tell) = tell.take()
            {
                self.read_rest();
                tell(exit, self.output_bytes);
            }
            if tell.is_none() && (self.to_host.is_empty() || matches!(self.host, Host::Gone)) {
                break;
            }
            if self.is_retired() {
                break;
            }
            if !has_moved {
                waiter.wait(matches!(self.host, Host::Here(_)).then_some(LOOK_AGAIN));
            }
        }
        match &self.host {
            Host::Here(host) => entrance.hang_up(host),
            Host::Expected | Host::Gone => Ok(()),
        }
    }

    fn watch(&self, entrance: &Entrance) -> nix::Result<Waiter> {
        let waiter = Waiter::new()?;
        match &self.host {
            Host::Here(host) => waiter.add(host)?,
            Host::Expected | Host::Gone => waiter.add(entrance)?,
        }
        waiter.add(&*self.ending)?;
        waiter.add(&*self.retired)?;
        if let Some(streams) = &self.streams {
            waiter.add(streams)?;
        }
        Ok(waiter)
    }

    fn is_retired(&self) -> bool {
        self.retired.read() != Err(Errno::EAGAIN)
    }

    /// Passes on what can be passed on now. Returns whether that was anything. Without a host the tool
    /// is left to wait.
    fn exchange(&mut self) -> nix::Result<bool> {
        let Host::Here(host) = &self.host else {
            return Ok(false);
        };
        let host = Arc::clone(host);
        let mut has_moved = false;
        if self.to_tool.is_empty() {
            match host.read(&mut self.chunk)? {
                Arrived::Bytes(bytes) => self.to_tool.push(&self.chunk[..bytes]),
                Arrived::Nothing => {}
                Arrived::NoHost => {
                    // The terminal hangs up, a socket reads its end.
                    self.streams = None;
                    self.host = Host::Gone;
                    return Ok(true);
                }
            }
        }
        has_moved |= self.write_to_tool() > 0;
        if self.to_host.is_empty() {
            has_moved |= self.read_from_tool() > 0;
        }
        has_moved |= self.to_host.write_some(|bytes| host.write(bytes))? > 0;
        Ok(has_moved)
    }

    fn write_to_tool(&mut self) -> usize {
        let Some(streams) = &self.streams else {
            self.to_tool.clear();
            return 0;
        };
        let write = |bytes: &[u8]| without_blocking((&**streams).write(bytes));
        match self.to_tool.write_some(write) {
            Ok(written) => written,
            // Nobody reads its input any more.
            Err(_) => {
                self.to_tool.clear();
                0
            }
        }
    }

    /// Returns 0 also if nobody holds the other end any more: a tool may live on without its streams.
    fn read_from_tool(&mut self) -> usize {
        let Some(streams) = &self.streams else {
            return 0;
        };
        let bytes = (&**streams).read(&mut self.chunk).unwrap_or(0);
        self.to_host.push(&self.chunk[..bytes]);
        self.output_bytes += bytes as u64;
        bytes
    }

    /// What the tool wrote before it ended; then hangs up on those it has left behind.
    fn read_rest(&mut self) {
        let mut rest = 0;
        while rest < REST_BYTES_MAX {
            match self.read_from_tool() {
                0 => break,
                bytes => rest += bytes,
            }
        }
        self.streams = None;
    }
}
