//! The agent's standard output and standard error, forwarded to the host byte for byte.

use crate::failure::Failure;
use crate::port::Port;
use crate::waiter::Waiter;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{ErrorKind, PipeReader, PipeWriter, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::process::Stdio;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

nix::ioctl_read_bad!(fionread, libc::FIONREAD, libc::c_int);

const CHUNK_BYTES: usize = 32 * 1024;

/// One pipe for all agents of a guest's life: bytes are counted from boot, and an agent's
/// descendants that outlive it can still write. It never reaches end of file, since init holds both
/// of its ends.
pub struct Stream {
    reader: PipeReader,
    writer: PipeWriter,
    counts: Mutex<Counts>,
    passed_on: Condvar,
}

#[derive(Default)]
struct Counts {
    /// Bytes read from the pipe.
    read: u64,
    /// Bytes written to the port; lags behind `read` while the host does not read.
    passed_on: u64,
}

impl Stream {
    pub fn new() -> std::io::Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        // Our end only: the agent's writes block, as with any other pipe.
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Self {
            reader,
            writer,
            counts: Mutex::default(),
            passed_on: Condvar::new(),
        })
    }

    /// The end for an agent to write to.
    pub fn writing_end(&self) -> std::io::Result<Stdio> {
        Ok(self.writer.try_clone()?.into())
    }

    /// Passes bytes on for ever. Without a host they pile up until the agent's write(2) blocks.
    pub fn forward(&self, port: &Port) -> Result<std::convert::Infallible, String> {
        let waiter = Waiter::new().map_err(|errno| format!("epoll: {errno}"))?;
        waiter
            .add(port)
            .map_err(|errno| format!("epoll of a port: {errno}"))?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            self.wait_for_bytes();
            let read = self
                .read_and_count(&mut chunk)
                .map_err(|error| format!("read: {error}"))?;
            port.write_all(&chunk[..read], &waiter)
                .map_err(|errno| format!("write: {errno}"))?;
            self.counts.lock().unwrap().passed_on += read as u64;
            self.passed_on.notify_all();
        }
    }

    fn wait_for_bytes(&self) {
        let mut polled = [PollFd::new(self.reader.as_fd(), PollFlags::POLLIN)];
        // EINTR is just another wake-up.
        let _ = poll(&mut polled, PollTimeout::NONE);
    }

    /// Holds the lock throughout, so that every byte is either still in the pipe or counted.
    fn read_and_count(&self, chunk: &mut [u8]) -> std::io::Result<usize> {
        let mut counts = self.counts.lock().unwrap();
        match (&self.reader).read(chunk) {
            Ok(bytes) => {
                counts.read += bytes as u64;
                Ok(bytes)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Waits until everything written to the pipe so far has been passed on. Returns how many bytes
    /// that is since boot.
    pub fn drain(&self, name: &str, timeout: Duration) -> Result<u64, Failure> {
        let counts = self.counts.lock().unwrap();
        let waiting = self
            .bytes_in_pipe()
            .map_err(|errno| Failure::errno("FIONREAD", errno))?;
        let target = counts.read + waiting;
        let waited = self
            .passed_on
            .wait_timeout_while(counts, timeout, |it| it.passed_on < target);
        let passed_on = waited.unwrap().0.passed_on;
        if passed_on < target {
            let text = format!(
                "{} bytes of the agent's {name} are still in the guest after {} ms: \
                 is the host reading its port?",
                target - passed_on,
                timeout.as_millis()
            );
            return Err(Failure::new(Errno::ETIMEDOUT, text));
        }
        Ok(passed_on)
    }

    fn bytes_in_pipe(&self) -> Result<u64, Errno> {
        let mut bytes = 0;
        // SAFETY: FIONREAD writes one int, which outlives the call.
        unsafe { fionread(self.reader.as_raw_fd(), &mut bytes)? };
        Ok(bytes as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::thread;

    const LONG: Duration = Duration::from_secs(60);

    /// A stream that is forwarded to a socket, and the other end of that socket.
    fn forwarded() -> (Arc<Stream>, UnixStream) {
        let (ours, host) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let port = Port::from(File::from(OwnedFd::from(ours)));
        let stream = Arc::new(Stream::new().unwrap());
        let forwarding = Arc::clone(&stream);
        thread::spawn(move || forwarding.forward(&port));
        (stream, host)
    }

    #[test]
    fn drain_counts_everything_written_before_it() {
        let (stream, mut host) = forwarded();
        let reading = thread::spawn(move || {
            let mut bytes = vec![0; 1_000_000];
            host.read_exact(&mut bytes).unwrap();
            bytes
        });
        let mut agent = stream.writer.try_clone().unwrap();
        let written: Vec<u8> = (0..1_000_000u32).map(|it| (it % 251) as u8).collect();
        let mut total = 0;
        for piece in written.chunks(33_333) {
            agent.write_all(piece).unwrap();
            total += piece.len() as u64;
            assert_eq!(stream.drain("stdout", LONG), Ok(total));
        }
        assert_eq!(reading.join().unwrap(), written);
    }

    #[test]
    fn drain_reports_a_host_that_does_not_read() {
        let (stream, host) = forwarded();
        let mut agent = stream.writer.try_clone().unwrap();
        // More than socket and pipe hold, so that the agent blocks.
        let writing = thread::spawn(move || agent.write_all(&vec![b'x'; 2_000_000]));
        let failure = loop {
            if let Err(failure) = stream.drain("stderr", Duration::from_millis(10)) {
                break failure;
            }
        };
        assert_eq!(failure.code, "ETIMEDOUT");
        assert!(
            failure
                .message
                .contains("of the agent's stderr are still in the guest")
        );
        let mut bytes = vec![0; 2_000_000];
        (&host).read_exact(&mut bytes).unwrap();
        writing.join().unwrap().unwrap();
        assert_eq!(stream.drain("stderr", LONG), Ok(2_000_000));
    }

    #[test]
    fn an_empty_stream_drains_at_once() {
        let (stream, _host) = forwarded();
        assert_eq!(stream.drain("stdout", Duration::ZERO), Ok(0));
    }
}
