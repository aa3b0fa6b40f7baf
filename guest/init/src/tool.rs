//! A developer's program in the guest: a shell, a debugger's server. Its input and output are the port
//! `kmx.tool`. There is at most one at a time.

mod session;
mod terminal;

use crate::children::{Children, Ending, Exit};
use crate::ending::fatal;
use crate::entrance::Entrance;
use crate::failure::Failure;
use crate::outbox::Outbox;
use crate::patience::wait_for;
use crate::processes::list_pids;
use crate::programs::command;
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getsid};
use serde::Deserialize;
use serde_json::{Value, json};
use session::Session;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};
use terminal::{open_terminal, resize_terminal};

pub use terminal::WindowSize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartTool {
    argv: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    cwd: Option<String>,
    /// Absent: its streams are a socket.
    terminal: Option<WindowSize>,
}

pub struct Tool {
    children: Arc<Children>,
    entrance: Arc<Entrance>,
    last: Mutex<Option<Started>>,
}

struct Started {
    name: String,
    pid: u32,
    ending: Arc<Ending>,
    /// The session's: once it is dropped, the terminal hangs up.
    terminal: Option<Weak<File>>,
    retired: Arc<EventFd>,
    serving: JoinHandle<()>,
}

/// Our end of a tool's streams, and the tool's.
struct Ends {
    ours: Arc<File>,
    theirs: OwnedFd,
    is_terminal: bool,
}

impl Tool {
    pub fn new(children: Arc<Children>, entrance: Entrance) -> Self {
        Self {
            children,
            entrance: Arc::new(entrance),
            last: Mutex::default(),
        }
    }

    /// Starts a tool as the leader of a session, and returns its pid. Its end will be an event. Waits
    /// for the host of the last one to leave the port.
    pub fn start(&self, wanted: StartTool, outbox: &Outbox) -> Result<u32, Failure> {
        let mut last = self.last.lock().unwrap();
        if let Some(running) = last.as_ref().filter(|it| it.ending.exit().is_none()) {
            let (name, pid) = (&running.name, running.pid);
            let text = format!("{name} is already running as the guest's tool, as process {pid}");
            return Err(Failure::new(Errno::EBUSY, text));
        }
        let mut command = command(&wanted.argv, &wanted.env)?;
        let cwd = wanted.cwd.as_deref().unwrap_or("/");
        command.current_dir(cwd);
        let ends = open_ends(wanted.terminal)?;
        if let Some(previous) = last.take() {
            previous.retire();
        }
        self.wait_until_free()?;

        let dup = |error: std::io::Error| Failure::io("dup of a tool's stream", &error);
        command
            .stdin(ends.theirs.try_clone().map_err(dup)?)
            .stdout(ends.theirs.try_clone().map_err(dup)?)
            .stderr(ends.theirs);
        let name = wanted.argv[0].clone();
        let spawned = self.children.spawn_session(&mut command, ends.is_terminal);
        let (child, ending) =
            spawned.map_err(|error| Failure::io(format!("start {name} in {cwd}"), &error))?;
        let pid = child.id();
        let terminal = ends.is_terminal.then(|| Arc::downgrade(&ends.ours));
        let retired = new_eventfd()?;
        let session = Session::new(ends.ours, Arc::clone(&ending), Arc::clone(&retired));
        let serving = self.serve(session, pid, outbox.clone())?;
        *last = Some(Started {
            name,
            pid,
            ending,
            terminal,
            retired,
            serving,
        });
        Ok(pid)
    }

    pub fn resize(&self, size: WindowSize) -> Result<(), Failure> {
        let last = self.last.lock().unwrap();
        let running = last.as_ref().filter(|it| it.ending.exit().is_none());
        let Some(running) = running else {
            return Err(Failure::new(Errno::ESRCH, "no tool is running"));
        };
        let Some(terminal) = &running.terminal else {
            let text = format!("{} was started without a terminal", running.name);
            return Err(Failure::new(Errno::ENOTTY, text));
        };
        // Its host has left, and it is about to end.
        let Some(terminal) = terminal.upgrade() else {
            return Ok(());
        };
        resize_terminal(&terminal, size)
    }

    /// Kills the tool's whole session and waits for the tool's end. Does nothing if none is running.
    pub fn stop(&self) -> Result<(), Failure> {
        let last = self.last.lock().unwrap();
        let Some(running) = last.as_ref() else {
            return Ok(());
        };
        let text = format!("{} was killed, but has not ended", running.name);
        wait_for(&text, || {
            if running.ending.exit().is_none() {
                kill_session(running.pid);
            }
            Ok(running.ending.exit().map(drop))
        })
    }

    /// Whoever is at the port before a tool is started has come for the last one.
    fn wait_until_free(&self) -> Result<(), Failure> {
        wait_for("the last host has not left kmx.tool", || {
            let is_free = self.entrance.clear();
            let is_free = is_free.map_err(|errno| Failure::errno("read kmx.tool", errno))?;
            Ok(is_free.then_some(()))
        })
    }

    fn serve(&self, session: Session, pid: u32, outbox: Outbox) -> Result<JoinHandle<()>, Failure> {
        let entrance = Arc::clone(&self.entrance);
        let tell = move |exit: &Exit, bytes| outbox.send_event(exit_event(pid, exit, bytes));
        let serving = thread::Builder::new().name("tool".into()).spawn(move || {
            if let Err(errno) = session.serve(&entrance, tell) {
                fatal(format!("port kmx.tool: {errno}"));
            }
        });
        serving.map_err(|error| Failure::io("start the thread that serves the tool", &error))
    }
}

impl Started {
    /// Gives up what nobody has read of its output.
    fn retire(self) {
        // This only fails if the counter is full, and then the session is woken anyway.
        let _ = self.retired.write(1);
        // A thread that panics ends the guest.
        let _ = self.serving.join();
    }
}

fn new_eventfd() -> Result<Arc<EventFd>, Failure> {
    let made = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK);
    made.map(Arc::new)
        .map_err(|errno| Failure::errno("eventfd", errno))
}

fn open_ends(terminal: Option<WindowSize>) -> Result<Ends, Failure> {
    if let Some(size) = terminal {
        let (ours, theirs) = open_terminal(size)?;
        return Ok(Ends {
            ours: Arc::new(ours),
            theirs,
            is_terminal: true,
        });
    }
    let pair = UnixStream::pair().and_then(|(ours, theirs)| {
        ours.set_nonblocking(true)?;
        Ok((ours, theirs))
    });
    let (ours, theirs) = pair.map_err(|error| Failure::io("socketpair", &error))?;
    Ok(Ends {
        ours: Arc::new(File::from(OwnedFd::from(ours))),
        theirs: theirs.into(),
        is_terminal: false,
    })
}

/// Jobs of a shell have process groups of their own, so the group of its leader is not enough.
fn kill_session(leader: u32) {
    let leader = Pid::from_raw(leader as i32);
    for pid in list_pids().map(|pid| Pid::from_raw(pid as i32)) {
        if getsid(Some(pid)) == Ok(leader) {
            // This only fails if it has just ended.
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

fn exit_event(pid: u32, Exit { code, signal }: &Exit, output_bytes: u64) -> Value {
    json!({
        "type": "event", "name": "tool-exit", "pid": pid, "code": code, "signal": signal,
        "outputBytes": output_bytes,
    })
}

#[cfg(test)]
mod tests;
