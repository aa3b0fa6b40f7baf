//! Standard input, output and error of a running program, served side by side.

use crate::children::Ending;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

/// The most that is read from a stream in one go, and therefore after a program's end: its
/// descendants may go on writing for ever.
const PASS_BYTES_MAX: usize = 1024 * 1024;

/// The three streams of one program.
pub struct Pipes {
    stdin: Option<Feed>,
    stdout: Option<Capture<ChildStdout>>,
    stderr: Option<Capture<ChildStderr>>,
}

impl Pipes {
    /// `cap` is how many bytes of each output are kept.
    pub fn new(child: &mut Child, input: Vec<u8>, cap: usize) -> Self {
        Self {
            stdin: child.stdin.take().map(|pipe| Feed { pipe, rest: input }),
            stdout: child.stdout.take().map(|pipe| Capture::new(pipe, cap)),
            stderr: child.stderr.take().map(|pipe| Capture::new(pipe, cap)),
        }
    }

    pub fn make_non_blocking(&self) -> nix::Result<()> {
        let stdin = self.stdin.as_ref().map(|it| it.pipe.as_fd());
        let stdout = self.stdout.as_ref().map(|it| it.pipe.as_fd());
        let stderr = self.stderr.as_ref().map(|it| it.pipe.as_fd());
        for pipe in [stdin, stdout, stderr].into_iter().flatten() {
            fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        Ok(())
    }

    /// Writes and reads until the program has ended. False if it has not ended by the deadline.
    pub fn serve(&mut self, ending: &Ending, deadline: Instant) -> bool {
        while ending.exit().is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.wait(ending, left);
            if self.stdin.as_mut().is_some_and(Feed::write_some) {
                self.stdin = None;
            }
            self.read_some();
        }
        true
    }

    fn wait(&self, ending: &Ending, timeout: Duration) {
        let mut polled = vec![PollFd::new(ending.as_fd(), PollFlags::POLLIN)];
        let stdin = self
            .stdin
            .as_ref()
            .map(|it| PollFd::new(it.pipe.as_fd(), PollFlags::POLLOUT));
        let stdout = self.stdout.as_ref().filter(|it| !it.ended);
        let stderr = self.stderr.as_ref().filter(|it| !it.ended);
        polled.extend(stdin);
        polled.extend(stdout.map(|it| PollFd::new(it.pipe.as_fd(), PollFlags::POLLIN)));
        polled.extend(stderr.map(|it| PollFd::new(it.pipe.as_fd(), PollFlags::POLLIN)));
        // Rounded up: waking a fraction of a millisecond early would end in a busy loop. EINTR is
        // just another wake-up.
        let timeout = timeout + Duration::from_millis(1);
        let _ = poll(
            &mut polled,
            PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX),
        );
    }

    fn read_some(&mut self) {
        if let Some(capture) = &mut self.stdout {
            capture.read_some();
        }
        if let Some(capture) = &mut self.stderr {
            capture.read_some();
        }
    }

    /// Reads the rest of what the program had written when it ended.
    pub fn finish(mut self) -> (Captured, Captured) {
        self.read_some();
        let stdout = self.stdout.map(|it| it.captured).unwrap_or_default();
        (
            stdout,
            self.stderr.map(|it| it.captured).unwrap_or_default(),
        )
    }
}

struct Feed {
    pipe: ChildStdin,
    rest: Vec<u8>,
}

impl Feed {
    /// True once everything is written, or the program no longer reads.
    fn write_some(&mut self) -> bool {
        while !self.rest.is_empty() {
            match self.pipe.write(&self.rest) {
                Ok(written) => drop(self.rest.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return true,
            }
        }
        true
    }
}

#[derive(Default)]
pub struct Captured {
    pub kept: Vec<u8>,
    pub truncated: bool,
}

/// Reads on beyond the cap and discards: a program must not block on a full pipe.
struct Capture<P> {
    pipe: P,
    captured: Captured,
    cap: usize,
    ended: bool,
}

impl<P: Read> Capture<P> {
    fn new(pipe: P, cap: usize) -> Self {
        Self {
            pipe,
            captured: Captured::default(),
            cap,
            ended: false,
        }
    }

    fn read_some(&mut self) {
        let mut chunk = vec![0; 64 * 1024];
        let mut bytes = 0;
        while !self.ended && bytes < PASS_BYTES_MAX {
            match self.pipe.read(&mut chunk) {
                Ok(0) => self.ended = true,
                Ok(read) => {
                    self.keep(&chunk[..read]);
                    bytes += read;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.ended = true,
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.cap - self.captured.kept.len();
        self.captured.truncated |= bytes.len() > room;
        self.captured
            .kept
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}
