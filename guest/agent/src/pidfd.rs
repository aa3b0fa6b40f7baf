//! Process file descriptors: each stands for one process for good, while a process id may be
//! reused. nix does not wrap the two system calls, so they are made directly.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};

/// A descriptor for one of our children; it may have ended, but not been reaped.
pub fn open(pid: i32) -> nix::Result<OwnedFd> {
    // SAFETY: no memory is passed.
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let descriptor = Errno::result(descriptor)?;
    // SAFETY: the kernel has just made it, for nobody else; every descriptor fits into an i32.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor as i32) })
}

pub fn send_signal(process: BorrowedFd<'_>, signal: i32) -> nix::Result<()> {
    let no_info = std::ptr::null::<libc::siginfo_t>();
    let descriptor = process.as_raw_fd();
    // SAFETY: a null pointer makes the kernel fill in the same information as for kill(2).
    let result =
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, descriptor, signal, no_info, 0) };
    Errno::result(result).map(drop)
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Exit {
    Code(i32),
    /// Number of the signal that killed it.
    Signal(i32),
}

/// Waits for a child's end and reaps it.
pub fn reap(process: BorrowedFd<'_>) -> nix::Result<Exit> {
    loop {
        match waitid(Id::PIDFd(process.as_fd()), WaitPidFlag::WEXITED) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(Exit::Code(code)),
            Ok(WaitStatus::Signaled(_, signal, _)) => return Ok(Exit::Signal(signal as i32)),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn an_exit_code_and_a_signal_are_told_apart() {
        let mut child = Command::new("/bin/sh")
            .args(["-c", "exit 3"])
            .spawn()
            .unwrap();
        let process = open(child.id() as i32).unwrap();
        assert_eq!(reap(process.as_fd()), Ok(Exit::Code(3)));
        assert!(child.wait().is_err(), "the shell was reaped already");

        let mut shell = Command::new("/bin/sh");
        let mut child = shell
            .args(["-c", "read line"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let process = open(child.id() as i32).unwrap();
        send_signal(process.as_fd(), libc::SIGKILL).unwrap();
        assert_eq!(reap(process.as_fd()), Ok(Exit::Signal(libc::SIGKILL)));
        assert!(child.wait().is_err(), "the shell was reaped already");
    }
}
