//! A process of a container: its streams, signals and end.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use log::error;
use nix::errno::Errno;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::{Mutex, watch};

use crate::failure::{Failure, describe_error};
use crate::pidfd::{self, Exit};
use crate::spawned::Streams;

/// The most that one read of a stream returns; ttrpc's limit for a message is 4 MiB.
const MAX_READ_BYTES: usize = 1 << 20;

/// Nothing is buffered here: what nobody reads stays in the pipe (64 KiB), and once that is full
/// the process blocks.
pub struct Process {
    descriptor: Arc<OwnedFd>,
    exit: watch::Receiver<Option<Exit>>,
    stdin: Mutex<Option<Sender>>,
    stdout: Mutex<Receiver>,
    stderr: Mutex<Receiver>,
}

#[derive(Clone, Copy)]
pub enum Output {
    Stdout,
    Stderr,
}

impl Process {
    /// Takes over a child and waits for its end from now on. Must be called in a tokio runtime.
    pub fn new(descriptor: OwnedFd, streams: Streams) -> Result<Self, Failure> {
        let fail = |error: std::io::Error| {
            Failure::internal(format!("watch a process: {}", describe_error(&error)))
        };
        let descriptor = Arc::new(descriptor);
        let process = Self {
            exit: watch_exit(Arc::clone(&descriptor)).map_err(fail)?,
            stdin: Mutex::new(Some(Sender::from_owned_fd(streams.stdin).map_err(fail)?)),
            stdout: Mutex::new(Receiver::from_owned_fd(streams.stdout).map_err(fail)?),
            stderr: Mutex::new(Receiver::from_owned_fd(streams.stderr).map_err(fail)?),
            descriptor,
        };
        Ok(process)
    }

    pub fn descriptor(&self) -> &OwnedFd {
        &self.descriptor
    }

    pub fn has_exited(&self) -> bool {
        self.exit.borrow().is_some()
    }

    /// Waits for the process's end. Any number of callers may wait.
    pub async fn wait(&self) -> Result<Exit, Failure> {
        let mut exit = self.exit.clone();
        let exit = exit.wait_for(Option::is_some).await;
        let exit = exit.ok().and_then(|exit| *exit);
        exit.ok_or_else(|| Failure::internal("the process's exit status was lost"))
    }

    /// Signalling a process that has already ended is no error, as in kata-agent.
    pub fn signal(&self, signal: i32) -> Result<(), Failure> {
        match pidfd::send_signal(self.descriptor.as_fd(), signal) {
            Ok(()) | Err(Errno::ESRCH) => Ok(()),
            Err(Errno::EINVAL) => Err(Failure::invalid(format!("{signal} is not a signal"))),
            Err(errno) => Err(Failure::internal(format!("send signal {signal}: {errno}"))),
        }
    }

    /// Waits for output and returns at most `max_bytes` of it; nothing at the end of the stream.
    pub async fn read(&self, output: Output, max_bytes: usize) -> Result<Vec<u8>, Failure> {
        if max_bytes == 0 {
            return Err(Failure::invalid("len=0: ask for at least one byte"));
        }
        let stream = match output {
            Output::Stdout => &self.stdout,
            Output::Stderr => &self.stderr,
        };
        let mut data = Vec::with_capacity(max_bytes.min(MAX_READ_BYTES));
        let mut stream = stream.lock().await;
        match stream.read_buf(&mut data).await {
            Ok(_) => Ok(data),
            Err(error) => Err(Failure::internal(format!(
                "read output: {}",
                describe_error(&error)
            ))),
        }
    }

    /// Returns once all data is in the pipe.
    pub async fn write_stdin(&self, data: &[u8]) -> Result<(), Failure> {
        let mut stdin = self.stdin.lock().await;
        let stream = stdin.as_mut();
        let stream = stream.ok_or_else(|| Failure::precondition("standard input is closed"))?;
        match stream.write_all(data).await {
            Ok(()) => Ok(()),
            Err(error) => Err(Failure::internal(format!(
                "write standard input: {}",
                describe_error(&error)
            ))),
        }
    }

    pub async fn close_stdin(&self) {
        self.stdin.lock().await.take();
    }
}

/// A task that waits for the process's end and reaps it, whether or not anybody asks.
fn watch_exit(descriptor: Arc<OwnedFd>) -> std::io::Result<watch::Receiver<Option<Exit>>> {
    let (sender, receiver) = watch::channel(None);
    // A process descriptor becomes readable when the process ends (pidfd_open(2)).
    // SAFETY: the descriptor stays open as long as it has an owner, and this is one.
    let ended = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) }?;
    tokio::spawn(async move {
        let exit = match ended.readable().await {
            Ok(_) => pidfd::reap(ended.get_ref().as_fd()),
            Err(error) => return error!("wait for a process: {error}"),
        };
        match exit {
            Ok(exit) => drop(sender.send(Some(exit))),
            Err(errno) => error!("reap a process: {errno}"),
        }
    });
    Ok(receiver)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    /// `Process` reaps the shell, so the `Child` is never waited for.
    #[allow(clippy::zombie_processes)]
    pub fn start(script: &str) -> Process {
        let mut child = Command::new("/bin/sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let descriptor = pidfd::open(child.id() as i32).unwrap();
        let streams = Streams {
            stdin: child.stdin.take().unwrap().into(),
            stdout: child.stdout.take().unwrap().into(),
            stderr: child.stderr.take().unwrap().into(),
        };
        Process::new(descriptor, streams).unwrap()
    }

    #[tokio::test]
    async fn a_process_reads_writes_and_ends() {
        let process = start("cat; echo done >&2; exit 4");
        process.write_stdin(b"hello").await.unwrap();
        assert_eq!(process.read(Output::Stdout, 3).await.unwrap(), b"hel");
        process.close_stdin().await;
        assert_eq!(process.read(Output::Stdout, 100).await.unwrap(), b"lo");
        assert_eq!(process.read(Output::Stdout, 100).await.unwrap(), b"");
        assert_eq!(process.read(Output::Stderr, 100).await.unwrap(), b"done\n");
        let closed = process.write_stdin(b"more").await.unwrap_err();
        assert_eq!(closed.code, ttrpc::Code::FAILED_PRECONDITION);
        assert_eq!(process.wait().await, Ok(Exit::Code(4)));
    }

    #[tokio::test]
    async fn several_callers_may_wait_and_a_signal_after_the_end_is_no_error() {
        let process = start("read line");
        assert_eq!(
            process.signal(4711).unwrap_err().code,
            ttrpc::Code::INVALID_ARGUMENT
        );
        process.signal(libc::SIGTERM).unwrap();
        let exits = tokio::join!(process.wait(), process.wait());
        let exit = Exit::Signal(libc::SIGTERM);
        assert_eq!(exits, (Ok(exit), Ok(exit)));
        assert!(process.has_exited());
        process.signal(libc::SIGTERM).unwrap();
    }
}
