//! The agent's standard output and standard error, byte for byte on their way to the host.

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

/// One pipe for all agents of a guest's life, so that bytes are counted from its beginning and one
/// agent's descendants that outlive it go on being heard. It has no end: init holds both of its
/// ends.
pub struct Stream {
    reader: PipeReader,
    writer: PipeWriter,
    counts: Mutex<Counts>,
    passed_on: Condvar,
}

#[derive(Default)]
struct Counts {
    /// Bytes taken out of the pipe.
    taken: u64,
    /// Bytes written to the port; behind `taken` while the host does not read.
    passed_on: u64,
}

impl Stream {
    pub fn new() -> std::io::Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        // Our end only: the agent's writes block, as on any other pipe.
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Self {
            reader,
            writer,
            counts: Mutex::default(),
            passed_on: Condvar::new(),
        })
    }

    /// The end to give to an agent.
    pub fn writing_end(&self) -> std::io::Result<Stdio> {
        Ok(self.writer.try_clone()?.into())
    }

    /// Passes bytes on for ever. Without a host they wait, in the end within the agent's write(2).
    pub fn forward(&self, port: &Port) -> Result<std::convert::Infallible, String> {
        let waiter = Waiter::new().map_err(|errno| format!("epoll: {errno}"))?;
        waiter
            .add(port)
            .map_err(|errno| format!("epoll of a port: {errno}"))?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            self.wait_for_bytes();
            let taken = self
                .take(&mut chunk)
                .map_err(|error| format!("read: {error}"))?;
            port.write_all(&chunk[..taken], &waiter)
                .map_err(|errno| format!("write: {errno}"))?;
            self.counts.lock().unwrap().passed_on += taken as u64;
            self.passed_on.notify_all();
        }
    }

    fn wait_for_bytes(&self) {
        let mut polled = [PollFd::new(self.reader.as_fd(), PollFlags::POLLIN)];
        // EINTR is a wake-up like any other.
        let _ = poll(&mut polled, PollTimeout::NONE);
    }

    /// Under the lock, so that no byte is ever between the pipe and the count.
    fn take(&self, chunk: &mut [u8]) -> std::io::Result<usize> {
        let mut counts = self.counts.lock().unwrap();
        match (&self.reader).read(chunk) {
            Ok(bytes) => {
                counts.taken += bytes as u64;
                Ok(bytes)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Waits until all that was written to the pipe so far is passed on; how much that is since
    /// boot.
    pub fn drain(&self, name: &str, timeout: Duration) -> Result<u64, Failure> {
        let counts = self.counts.lock().unwrap();
        let waiting = self
            .bytes_in_pipe()
            .map_err(|errno| Failure::errno("FIONREAD", errno))?;
        let target = counts.taken + waiting;
        let waited = self
            .passed_on
            .wait_timeout_while(counts, timeout, |it| it.passed_on < target);
        let passed_on = waited.unwrap().0.passed_on;
        if passed_on < target {
            let text = format!(
                "{} bytes of the agent's {name} are still here after {} ms: \
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

    /// A stream on its way into a socket, whose other end is given.
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
    fn drain_says_so_when_the_host_does_not_read() {
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
                .contains("of the agent's stderr are still here")
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
