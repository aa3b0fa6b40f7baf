//! A port to the host, which may be there or not: a stream of bytes that never blocks.

use crate::waiter::Waiter;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{Shutdown, shutdown};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// What reading a port found.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrived {
    Bytes(usize),
    /// There is a host, but it has sent nothing.
    Nothing,
    NoHost,
}

/// A virtio-serial port, whose hosts come and go, or a socket, which has one for its whole life.
pub struct Port {
    file: File,
}

impl Port {
    /// Reads what has arrived. What a host sent before it left is read before `NoHost`.
    pub fn read(&self, buffer: &mut [u8]) -> nix::Result<Arrived> {
        match retry(|| nix::unistd::read(&self.file, buffer)) {
            Ok(0) => Ok(Arrived::NoHost),
            Ok(bytes) => Ok(Arrived::Bytes(bytes)),
            Err(Errno::EAGAIN) => Ok(Arrived::Nothing),
            // Of a socket whose host left before it had read everything.
            Err(Errno::ECONNRESET) => Ok(Arrived::NoHost),
            Err(errno) => Err(errno),
        }
    }

    /// Returns how many bytes were written: 0 if the host accepts none now, or if there is none.
    pub fn write(&self, bytes: &[u8]) -> nix::Result<usize> {
        match retry(|| nix::unistd::write(&self.file, bytes)) {
            // EPIPE: of a socket whose host has left.
            Err(Errno::EAGAIN | Errno::EPIPE) => Ok(0),
            outcome => outcome,
        }
    }

    /// Writes everything; the rest goes to the next host if the present one leaves.
    pub fn write_all(&self, mut bytes: &[u8], waiter: &Waiter) -> nix::Result<()> {
        while !bytes.is_empty() {
            match self.write(bytes)? {
                0 => waiter.wait(None),
                written => bytes = &bytes[written..],
            }
        }
        Ok(())
    }

    pub fn has_host(&self) -> nix::Result<bool> {
        let mut polled = [PollFd::new(self.file.as_fd(), PollFlags::empty())];
        retry(|| poll(&mut polled, PollTimeout::ZERO))?;
        Ok(!polled[0].any().unwrap_or(true))
    }

    /// Lets the host of a socket read the end of the stream once it has read what was written.
    pub fn end_output(&self) -> nix::Result<()> {
        match shutdown(self.file.as_raw_fd(), Shutdown::Write) {
            // It has left.
            Err(Errno::ENOTCONN) => Ok(()),
            outcome => outcome,
        }
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// The file must be non-blocking, and read as 0 bytes while nobody is at its other end.
impl From<File> for Port {
    fn from(file: File) -> Self {
        Self { file }
    }
}

impl TryFrom<UnixStream> for Port {
    type Error = std::io::Error;

    fn try_from(stream: UnixStream) -> std::io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::from(File::from(OwnedFd::from(stream))))
    }
}

fn retry<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn connected() -> (Port, UnixStream) {
        let (ours, host) = UnixStream::pair().unwrap();
        (Port::try_from(ours).unwrap(), host)
    }

    #[test]
    fn a_silent_host_and_none_are_told_apart() {
        let (port, mut host) = connected();
        let mut buffer = [0; 8];
        assert_eq!(port.read(&mut buffer), Ok(Arrived::Nothing));
        assert_eq!(port.has_host(), Ok(true));
        host.write_all(b"last").unwrap();
        drop(host);
        assert_eq!(port.has_host(), Ok(false));
        assert_eq!(port.read(&mut buffer), Ok(Arrived::Bytes(4)));
        assert_eq!(port.read(&mut buffer), Ok(Arrived::NoHost));
    }

    #[test]
    fn a_host_that_left_without_reading_is_none_like_any_other() {
        let (port, host) = connected();
        assert_eq!(port.write(b"unread"), Ok(6));
        drop(host);
        assert_eq!(port.write(b"more"), Ok(0));
        assert_eq!(port.read(&mut [0; 8]), Ok(Arrived::NoHost));
        assert_eq!(port.end_output(), Ok(()));
    }

    #[test]
    fn the_end_of_the_output_comes_after_what_was_written() {
        let (port, mut host) = connected();
        assert_eq!(port.write(b"all"), Ok(3));
        port.end_output().unwrap();
        let mut read = String::new();
        host.read_to_string(&mut read).unwrap();
        assert_eq!(read, "all");
        assert_eq!(port.has_host(), Ok(true));
    }
}
