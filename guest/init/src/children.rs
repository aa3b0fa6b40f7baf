//! Child processes. PID 1 has to reap every orphan of the guest without losing the exit status of a
//! child that somebody waits for.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, setsid};
use serde::Serialize;
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

nix::ioctl_write_int_bad!(take_terminal, libc::TIOCSCTTY);

/// How a process ended. Exactly one of the two is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exit {
    pub code: Option<i32>,
    /// Name of the signal that killed it.
    pub signal: Option<String>,
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        Self {
            code: status.code(),
            signal: status.signal().map(signal_name),
        }
    }
}

/// `SIGKILL` and the like; `SIG34` and so on for real-time signals, which have no names.
fn signal_name(number: i32) -> String {
    Signal::try_from(number).map_or_else(|_| format!("SIG{number}"), |it| it.as_str().to_owned())
}

/// The end of one child. The descriptor becomes readable when it comes.
#[derive(Debug)]
pub struct Ending {
    exit: OnceLock<Exit>,
    ended: EventFd,
}

impl Ending {
    fn new() -> io::Result<Self> {
        let ended = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        Ok(Self {
            exit: OnceLock::new(),
            ended,
        })
    }

    pub fn exit(&self) -> Option<&Exit> {
        self.exit.get()
    }

    /// Waits for the end; `None` if it does not come in time.
    pub fn wait(&self, timeout: Option<Duration>) -> Option<&Exit> {
        let timeout = timeout.map_or(PollTimeout::NONE, |it| {
            PollTimeout::try_from(it).unwrap_or(PollTimeout::MAX)
        });
        let mut polled = [PollFd::new(self.ended.as_fd(), PollFlags::POLLIN)];
        while poll(&mut polled, timeout) == Err(Errno::EINTR) {}
        self.exit()
    }

    fn settle(&self, exit: Exit) {
        if self.exit.set(exit).is_ok() {
            self.ended
                .write(1)
                .expect("an event counter has room for a first 1");
        }
    }
}

impl AsFd for Ending {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ended.as_fd()
    }
}

/// Children that somebody waits for, by pid. None of them has been reaped, so no pid here can
/// already belong to another process.
#[derive(Default)]
pub struct Children {
    awaited: Mutex<HashMap<i32, Arc<Ending>>>,
    spawned: Condvar,
}

impl Children {
    /// Starts a program in a process group of its own.
    pub fn spawn(&self, command: &mut Command) -> io::Result<(Child, Arc<Ending>)> {
        self.spawn_leader(command.process_group(0))
    }

    /// Starts a program in a session of its own.
    /// `has_terminal`: its standard input is a terminal, which becomes the session's.
    pub fn spawn_session(
        &self,
        command: &mut Command,
        has_terminal: bool,
    ) -> io::Result<(Child, Arc<Ending>)> {
        // SAFETY: between fork and exec there are only system calls and nothing is allocated.
        let command = unsafe {
            command.pre_exec(move || {
                setsid()?;
                if has_terminal {
                    take_terminal(libc::STDIN_FILENO, 0)?;
                }
                Ok(())
            })
        };
        self.spawn_leader(command)
    }

    fn spawn_leader(&self, command: &mut Command) -> io::Result<(Child, Arc<Ending>)> {
        let ending = Arc::new(Ending::new()?);
        // Locked until the child is in the map: the reaper looks there before it reaps.
        let mut awaited = self.lock();
        let child = command.spawn()?;
        awaited.insert(child.id() as i32, Arc::clone(&ending));
        drop(awaited);
        self.spawned.notify_all();
        Ok((child, ending))
    }

    /// Kills a child's whole process group. Does nothing if the child has ended.
    pub fn kill_group(&self, pid: u32) {
        let awaited = self.lock();
        if awaited.contains_key(&(pid as i32)) {
            // This only fails if the group has just ended.
            let _ = killpg(Pid::from_raw(pid as i32), Signal::SIGKILL);
        }
    }

    /// Reaps children for ever.
    pub fn reap(&self) -> ! {
        loop {
            match peek_ended() {
                Some(pid) => self.reap_one(pid),
                None => self.wait_for_a_child(),
            }
        }
    }

    fn reap_one(&self, pid: i32) {
        let mut awaited = self.lock();
        let mut status = 0;
        // SAFETY: `status` outlives the call, which reaps this pid or nothing.
        let reaped = unsafe { libc::waitpid(pid, &mut status, libc::WNOHANG) };
        // Already reaped: the standard library does that for a program that could not be executed.
        if reaped != pid {
            return;
        }
        if let Some(ending) = awaited.remove(&pid) {
            ending.settle(ExitStatus::from_raw(status).into());
        }
    }

    /// Orphans only come from children, so without any children there is nothing to reap.
    fn wait_for_a_child(&self) {
        let awaited = self.lock();
        drop(
            self.spawned
                .wait_while(awaited, |it| it.is_empty())
                .unwrap(),
        );
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i32, Arc<Ending>>> {
        self.awaited.lock().unwrap()
    }
}

/// Waits until a child has ended and returns its pid, without reaping it. `None` without children.
fn peek_ended() -> Option<i32> {
    loop {
        // SAFETY: siginfo_t is plain data, for which zeros are a value, and it outlives the call.
        let (outcome, info) = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let flags = libc::WEXITED | libc::WNOWAIT;
            (libc::waitid(libc::P_ALL, 0, &mut info, flags), info)
        };
        match (outcome, Errno::last()) {
            // SAFETY: waitid filled the fields of a SIGCHLD.
            (0, _) => return Some(unsafe { info.si_pid() }),
            (_, Errno::EINTR) => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::sync::LazyLock;
    use std::thread;

    /// Shared by all tests: the reaper reaps every child of this process.
    pub fn reaped_children() -> Arc<Children> {
        static CHILDREN: LazyLock<Arc<Children>> = LazyLock::new(|| {
            let children = Arc::new(Children::default());
            let reaping = Arc::clone(&children);
            thread::spawn(move || reaping.reap());
            children
        });
        Arc::clone(&CHILDREN)
    }

    #[test]
    fn each_waiter_gets_the_end_of_its_own_child() {
        let children = reaped_children();
        let failed = children.spawn(&mut Command::new("/does/not/exist"));
        assert_eq!(failed.unwrap_err().raw_os_error(), Some(libc::ENOENT));

        let ended: Vec<_> = (0..20)
            .map(|code| {
                let mut command = Command::new("/bin/sh");
                let (_, ending) = children
                    .spawn(command.args(["-c", &format!("exit {code}")]))
                    .unwrap();
                ending
            })
            .collect();
        for (code, ending) in ended.iter().enumerate() {
            let expected = Exit {
                code: Some(code as i32),
                signal: None,
            };
            assert_eq!(ending.wait(None), Some(&expected));
        }

        let (child, ending) = children
            .spawn(Command::new("/bin/sleep").arg("100"))
            .unwrap();
        assert_eq!(ending.wait(Some(Duration::from_millis(1))), None);
        children.kill_group(child.id());
        let expected = Exit {
            code: None,
            signal: Some("SIGKILL".into()),
        };
        assert_eq!(ending.wait(None), Some(&expected));
        assert!(!children.lock().contains_key(&(child.id() as i32)));
    }

    #[test]
    fn signals_without_a_name_are_given_by_number() {
        assert_eq!(signal_name(libc::SIGABRT), "SIGABRT");
        assert_eq!(signal_name(34), "SIG34");
    }
}
