//! What the agent and a container's process tell each other before the container's program runs:
//! tagged messages over a socket pair. End of file means "the program was executed", since exec
//! closes the process's end.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use anyhow::{Context, Result, bail};

#[derive(Debug, PartialEq)]
pub enum Message {
    /// Process → agent: the process's id, as the agent sees it.
    Pid(i32),
    /// Agent → process: what to become (an encoded protocol message).
    Order(Vec<u8>),
    /// Process → agent: namespaces and mounts are in place.
    Ready,
    /// Agent → process: execute the program.
    Go,
    /// Process → agent: what went wrong. The process ends after that.
    Failed(String),
}

/// One end.
pub struct Control(UnixStream);

impl Control {
    /// Both ends, closed on exec.
    pub fn pair() -> std::io::Result<(Self, Self)> {
        let (left, right) = UnixStream::pair()?;
        Ok((Self(left), Self(right)))
    }

    /// Takes over an inherited end.
    ///
    /// # Safety
    /// The descriptor must be open, and nothing else may own it.
    pub unsafe fn inherit(descriptor: RawFd) -> Result<Self> {
        // SAFETY: the caller guarantees it.
        let owned = unsafe { OwnedFd::from_raw_fd(descriptor) };
        set_close_on_exec(owned.as_fd())?;
        Ok(Self(UnixStream::from(owned)))
    }

    pub fn descriptor(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    pub fn send(&mut self, message: &Message) -> Result<()> {
        let (tag, payload): (u8, &[u8]) = match message {
            Message::Pid(pid) => (1, &pid.to_be_bytes()),
            Message::Order(order) => (2, order),
            Message::Ready => (3, &[]),
            Message::Go => (4, &[]),
            Message::Failed(text) => (5, text.as_bytes()),
        };
        let mut frame = vec![tag];
        frame.extend(u32::try_from(payload.len())?.to_be_bytes());
        frame.extend(payload);
        self.0
            .write_all(&frame)
            .context("write to the control socket")
    }

    /// The next message; `None` at the end of the stream.
    pub fn receive(&mut self) -> Result<Option<Message>> {
        let mut header = [0; 5];
        match self.0.read_exact(&mut header) {
            Ok(()) => {}
            // The stream may end within a header; the other side is gone all the same.
            Err(error) if is_gone(error.kind()) => return Ok(None),
            Err(error) => return Err(error).context("read from the control socket"),
        }
        let [tag, length @ ..] = header;
        let mut payload = vec![0; u32::from_be_bytes(length) as usize];
        self.0
            .read_exact(&mut payload)
            .context("read from the control socket")?;
        Ok(Some(match tag {
            1 => Message::Pid(i32::from_be_bytes(payload.as_slice().try_into()?)),
            2 => Message::Order(payload),
            3 => Message::Ready,
            4 => Message::Go,
            5 => Message::Failed(String::from_utf8_lossy(&payload).into_owned()),
            other => bail!("message {other} on the control socket"),
        }))
    }
}

fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset)
}

pub fn set_close_on_exec(descriptor: BorrowedFd<'_>) -> Result<()> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    fcntl(descriptor, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).context("set close-on-exec")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_as_they_were_sent() {
        let (mut agent, mut process) = Control::pair().unwrap();
        let messages = [
            Message::Pid(77),
            Message::Order(vec![0, 1, 255]),
            Message::Ready,
            Message::Go,
            Message::Failed("mount proc: EPERM".into()),
        ];
        for message in &messages {
            agent.send(message).unwrap();
        }
        drop(agent);
        for message in messages {
            assert_eq!(process.receive().unwrap(), Some(message));
        }
        assert_eq!(process.receive().unwrap(), None);
    }

    #[test]
    fn a_message_cut_short_is_an_error() {
        let (mut agent, mut process) = Control::pair().unwrap();
        agent.0.write_all(&[2, 0, 0, 0, 9, 1]).unwrap();
        drop(agent);
        assert!(process.receive().is_err());
    }

    #[test]
    fn an_unknown_message_is_an_error() {
        let (mut agent, mut process) = Control::pair().unwrap();
        agent.0.write_all(&[9, 0, 0, 0, 0]).unwrap();
        assert!(process.receive().is_err());
    }
}
