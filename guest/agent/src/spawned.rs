//! A process that is to become one of a container's: started by the agent, not yet set up.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

use crate::control::{Control, Message};
use crate::failure::Failure;
use crate::pidfd::{self, Exit};

/// What the process starts as.
pub enum Role<'a> {
    /// The first process of a new pid namespace.
    Container,
    /// A further process of the container. The descriptor is of the container's first process.
    Exec(BorrowedFd<'a>),
}

/// The agent's ends of the process's streams.
pub struct Streams {
    pub stdin: OwnedFd,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
}

/// Killed and reaped when dropped, unless `into_parts` has handed it on.
pub struct Spawned {
    pub pid: i32,
    process: Option<OwnedFd>,
    control: Option<Control>,
    streams: Option<Streams>,
}

impl Spawned {
    /// Executes this program again as a container's process. It enters its pid namespace and then
    /// waits for its order.
    pub fn spawn(role: &Role) -> Result<Self> {
        let (mut control, theirs) = Control::pair().context("make a control socket")?;
        let (stdin, our_stdin) = std::io::pipe().context("make a pipe")?;
        let (our_stdout, stdout) = std::io::pipe().context("make a pipe")?;
        let (our_stderr, stderr) = std::io::pipe().context("make a pipe")?;
        // The command owns the process's ends of the pipes and is dropped with this statement: an
        // end that stayed open here would keep a stream from ever ending.
        let mut first = make_command(role, &theirs, [stdin.into(), stdout.into(), stderr.into()])
            .spawn()
            .context("start /proc/self/exe")?;
        drop(theirs);
        let answer = control.receive();
        // The first process only forks the real one and ends; the agent, being a subreaper, becomes
        // the parent.
        first.wait().context("wait for the first process")?;
        let pid = match answer? {
            Some(Message::Pid(pid)) => pid,
            Some(Message::Failed(text)) => bail!(text),
            _ => bail!("the process ended before it had forked"),
        };
        let process = pidfd::open(pid).with_context(|| format!("open process {pid}"))?;
        Ok(Self {
            pid,
            process: Some(process),
            control: Some(control),
            streams: Some(Streams {
                stdin: our_stdin.into(),
                stdout: our_stdout.into(),
                stderr: our_stderr.into(),
            }),
        })
    }

    /// Tells the process what to become.
    pub fn order(&mut self, order: &impl protobuf::Message) -> Result<()> {
        let bytes = order.write_to_bytes().context("encode the order")?;
        self.control()?.send(&Message::Order(bytes))
    }

    /// Waits until the process has made its namespaces and mounts.
    pub fn expect_ready(&mut self) -> Result<()> {
        match self.control()?.receive()? {
            Some(Message::Ready) => Ok(()),
            answer => Err(self.explain(answer)),
        }
    }

    /// Waits until the process has executed its program. If it was killed on the way, that looks
    /// the same, and only its exit status shows it.
    pub fn expect_executed(&mut self) -> Result<()> {
        match self.control()?.receive()? {
            None => Ok(()),
            answer => Err(self.explain(answer)),
        }
    }

    /// Hands on the parts of a process that is set up.
    pub fn into_parts(mut self) -> Result<(OwnedFd, Control, Streams), Failure> {
        match (
            self.process.take(),
            self.control.take(),
            self.streams.take(),
        ) {
            (Some(process), Some(control), Some(streams)) => Ok((process, control, streams)),
            _ => Err(Failure::internal("the process was handed on twice")),
        }
    }

    fn control(&mut self) -> Result<&mut Control> {
        self.control.as_mut().context("the process was handed on")
    }

    fn explain(&mut self, answer: Option<Message>) -> anyhow::Error {
        match answer {
            Some(Message::Failed(text)) => anyhow!(text),
            Some(other) => anyhow!("unexpected {other:?} from the process"),
            None => anyhow!("the process ended before it was ready: {}", self.end()),
        }
    }

    /// How the process ended, or that it has not.
    fn end(&mut self) -> String {
        match self
            .process
            .take()
            .map(|process| pidfd::reap(process.as_fd()))
        {
            Some(Ok(Exit::Signal(libc::SIGKILL))) => {
                "killed by signal 9 (the OOM killer's: is the memory limit too small?)".into()
            }
            Some(Ok(Exit::Signal(signal))) => format!("killed by signal {signal}"),
            Some(Ok(Exit::Code(code))) => format!("exit code {code}"),
            Some(Err(errno)) => format!("how is unknown ({errno})"),
            None => "it was handed on".into(),
        }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            // It may have ended already; what matters is that it is reaped.
            let _ = pidfd::send_signal(process.as_fd(), libc::SIGKILL);
            let _ = pidfd::reap(process.as_fd());
        }
    }
}

fn make_command(role: &Role, control: &Control, streams: [OwnedFd; 3]) -> Command {
    let mut command = Command::new("/proc/self/exe");
    let mut inherited = vec![control.descriptor()];
    match role {
        Role::Container => command.arg("container-init"),
        Role::Exec(first) => {
            inherited.push(first.as_raw_fd());
            command.arg("container-exec")
        }
    };
    command.args(inherited.iter().map(ToString::to_string));
    let [stdin, stdout, stderr] = streams.map(Stdio::from);
    command
        .env_clear()
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr);
    let inherit = move || {
        for descriptor in &inherited {
            // SAFETY: `control` and the role's descriptor outlive the spawn.
            let descriptor = unsafe { BorrowedFd::borrow_raw(*descriptor) };
            fcntl(descriptor, FcntlArg::F_SETFD(FdFlag::empty()))?;
        }
        Ok(())
    };
    // SAFETY: fcntl(2) may be called between fork and exec.
    unsafe { command.pre_exec(inherit) };
    command
}
