//! The agent under test, as init sees it: a child process with two streams and a socket.

use crate::children::{Children, Ending, Exit};
use crate::failure::Failure;
use crate::kernel_log::{self, KernelLog};
use crate::outbox::Outbox;
use crate::programs::command;
use crate::relay::Relay;
use crate::streams::Stream;
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartAgent {
    pub argv: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    socket: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drained {
    stdout_bytes: u64,
    stderr_bytes: u64,
    #[serde(flatten)]
    kernel_log: KernelLog,
}

pub struct Agent {
    pub children: Arc<Children>,
    pub relay: Arc<Relay>,
    stdout: Arc<Stream>,
    stderr: Arc<Stream>,
    started: Mutex<Option<Started>>,
}

struct Started {
    pid: u32,
    ending: Arc<Ending>,
}

impl Agent {
    pub fn new(
        children: Arc<Children>,
        stdout: Arc<Stream>,
        stderr: Arc<Stream>,
        relay: Arc<Relay>,
    ) -> Self {
        Self {
            children,
            relay,
            stdout,
            stderr,
            started: Mutex::default(),
        }
    }

    /// Starts the agent and returns its pid. Its end will be an event.
    pub fn start(&self, wanted: StartAgent, outbox: &Outbox) -> Result<u32, Failure> {
        let mut started = self.started.lock().unwrap();
        if let Some(Started { pid, ending }) = &*started
            && ending.exit().is_none()
        {
            let text = format!("the agent is already running, as process {pid}");
            return Err(Failure::new(Errno::EBUSY, text));
        }
        remove_stale(&wanted.socket)?;
        let mut command = command(&wanted.argv, &wanted.env)?;
        let pipe = |error: std::io::Error| Failure::io("dup of a pipe", &error);
        command
            .stdin(Stdio::null())
            .stdout(self.stdout.writing_end().map_err(pipe)?)
            .stderr(self.stderr.writing_end().map_err(pipe)?);
        let (child, ending) = self
            .children
            .spawn(&mut command)
            .map_err(|error| Failure::io(format!("start {}", wanted.argv[0]), &error))?;
        let pid = child.id();
        *started = Some(Started {
            pid,
            ending: Arc::clone(&ending),
        });
        self.relay.target(wanted.socket);
        let outbox = outbox.clone();
        let watching = thread::Builder::new().name("agent".into()).spawn(move || {
            if let Some(exit) = ending.wait(None) {
                outbox.send_event(exit_event(pid, exit));
            }
        });
        watching.map_err(|error| Failure::io("start the thread that watches the agent", &error))?;
        Ok(pid)
    }

    pub fn drain(&self) -> Result<Drained, Failure> {
        Ok(Drained {
            stdout_bytes: self.stdout.drain("stdout", DRAIN_TIMEOUT)?,
            stderr_bytes: self.stderr.drain("stderr", DRAIN_TIMEOUT)?,
            kernel_log: kernel_log::read()?,
        })
    }

    /// The event of the last agent's end, if it has ended, for a host that has missed it.
    pub fn exit_event(&self) -> Option<Value> {
        let started = self.started.lock().unwrap();
        let Started { pid, ending } = started.as_ref()?;
        Some(exit_event(*pid, ending.exit()?))
    }
}

fn exit_event(pid: u32, Exit { code, signal }: &Exit) -> Value {
    json!({ "type": "event", "name": "agent-exit", "pid": pid, "code": code, "signal": signal })
}

/// A previous agent's socket would make the next one's bind(2) fail.
fn remove_stale(socket: &PathBuf) -> Result<(), Failure> {
    match fs::remove_file(socket) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::io(
            format!("remove the old {}", socket.display()),
            &error,
        )),
        _ => Ok(()),
    }
}
