//! Starting programs, ending them, and reaping whatever has ended.

use crate::message::Request;
use crate::tail::Tail;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, dup2_raw, pipe2};
use std::fs::{File, remove_file};
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// The first descriptor after standard input, output and error: where a program finds the file
/// that it is handed.
const HANDED_OVER: RawFd = 3;

/// Keeps the number free for `start`: no other file of ours gets it, and none can be overwritten.
pub fn reserve_handed_over() -> io::Result<()> {
    let placeholder = File::open("/dev/null")?.into_raw_fd();
    if placeholder == HANDED_OVER {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "expected descriptor {HANDED_OVER} to be free, got {placeholder}"
    )))
}

/// A program that runs in a process group of its own.
#[derive(Debug)]
pub struct Program {
    pub pid: Pid,
    /// What it prints, on standard output and error.
    pub printed: File,
    /// Nobody can print any more.
    pub is_silent: bool,
}

impl Program {
    /// Takes what has been printed so far, and a little more from one that never stops printing.
    pub fn read_output(&mut self, tail: &mut Tail) {
        let mut bytes = [0; 64 * 1024];
        for _ in 0..16 {
            match self.printed.read(&mut bytes) {
                Ok(0) => {
                    self.is_silent = true;
                    return;
                }
                Ok(count) => tail.push(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Nothing more for now.
                Err(_) => return,
            }
        }
    }
}

pub fn start(request: &Request) -> Result<Program, String> {
    let named = |what: &str, error: io::Error| format!("{what}: {error}");
    let [name, parameters @ ..] = request.argv.as_slice() else {
        return Err("no program".into());
    };
    let stdin = match &request.stdin {
        None => Stdio::null(),
        Some(path) => File::open(path)
            .map_err(|error| named(&path.display().to_string(), error))?
            .into(),
    };
    let memory = match &request.memory {
        None => None,
        Some(path) => {
            let open = File::options().read(true).write(true).open(path);
            let file = open.map_err(|error| named(&path.display().to_string(), error))?;
            remove_file(path).map_err(|error| named(&path.display().to_string(), error))?;
            Some(OwnedFd::from(file))
        }
    };
    spawn(name, parameters, stdin, memory).map_err(|error| named(name, error))
}

fn spawn(
    name: &str,
    parameters: &[String],
    stdin: Stdio,
    memory: Option<OwnedFd>,
) -> io::Result<Program> {
    let (printed, output) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
    // Only our end may be non-blocking: nobody expects that of standard output.
    nix::fcntl::fcntl(&output, nix::fcntl::FcntlArg::F_SETFL(OFlag::empty()))?;
    let mut command = Command::new(name);
    command
        .args(parameters)
        .stdin(stdin)
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0);
    if let Some(memory) = memory {
        // SAFETY: dup2 is async-signal-safe, and HANDED_OVER is nobody's (reserve_handed_over).
        unsafe {
            command.pre_exec(move || {
                let copy = dup2_raw(memory.as_fd(), HANDED_OVER)?;
                std::mem::forget(copy);
                Ok(())
            });
        }
    }
    let child = command.spawn()?;
    Ok(Program {
        pid: Pid::from_raw(child.id().cast_signed()),
        printed: printed.into(),
        is_silent: false,
    })
}

/// Ends a program with all processes of its group.
pub fn kill(pid: Pid) {
    // Not there any more: it has just ended, and is reaped next.
    match killpg(pid, Signal::SIGKILL) {
        Ok(()) | Err(Errno::ESRCH | Errno::EPERM) => {}
        Err(error) => eprintln!("spawner: cannot end the group {pid}: {error}"),
    }
}

/// How a program ended: its exit code, or the name of the signal that killed it.
pub type Ending = Result<i32, Signal>;

/// All children that have ended, whoever started them.
pub fn reap() -> io::Result<Vec<(Pid, Ending)>> {
    let mut ended = Vec::new();
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => ended.push((pid, Ok(code))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => ended.push((pid, Err(signal))),
            Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(ended),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
