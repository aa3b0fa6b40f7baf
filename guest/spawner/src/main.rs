//! PID 1 of the container in which kmx runs QEMU: starts programs for kmx, and ends with it.
//!
//! `spawner FOLDER`. kmx listens on FOLDER/owner; once that connection ends, kmx is gone, and with
//! PID 1 the kernel ends everything in the container. FOLDER/spawn is ours: each connection to it
//! starts one program (`message.rs`) and is answered when the program has started and when it has
//! ended. A connection that kmx closes, or half of it, ends its program.

mod connection;
mod message;
mod programs;
mod tail;

use crate::connection::Connection;
use crate::programs::reserve_handed_over;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: spawner FOLDER");
        return ExitCode::from(2);
    };
    match serve(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spawner: {}: {error}", Path::new(&folder).display());
            ExitCode::FAILURE
        }
    }
}

/// Returns once the owner is gone, or the engine asks for the end.
fn serve(folder: &Path) -> io::Result<()> {
    reserve_handed_over()?;
    let mut signals = receive_signals()?;
    let listener = UnixListener::bind(folder.join("spawn"))?;
    let mut owner = UnixStream::connect(folder.join("owner"))?;
    owner.write_all(b"ready\n")?;
    let mut connections: Vec<Connection> = Vec::new();
    loop {
        let readable = wait(&signals, &owner, &listener, &connections)?;
        if readable.owner && has_ended(&mut owner)? {
            return Ok(());
        }
        if readable.signal && take_signals(&mut signals)? {
            return Ok(());
        }
        for (connection, (spoken, printed)) in connections.iter_mut().zip(readable.connections) {
            if printed {
                connection.read_output();
            }
            if spoken {
                connection.read_request();
            }
        }
        // Each time: a signal that comes while another one is pending is not delivered.
        for (pid, status) in programs::reap()? {
            for connection in &mut connections {
                connection.program_ended(pid, status);
            }
        }
        connections.retain(|connection| !connection.is_done());
        if readable.listener {
            connections.push(Connection::new(listener.accept()?.0));
        }
    }
}

/// Blocked, so that they wait to be read, even in PID 1, which would otherwise ignore them.
fn receive_signals() -> io::Result<SignalFd> {
    let mut mask = SigSet::empty();
    mask.add(Signal::SIGCHLD);
    mask.add(Signal::SIGTERM);
    mask.thread_block()?;
    Ok(SignalFd::with_flags(
        &mask,
        SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK,
    )?)
}

/// Whether one of them asks for the end.
fn take_signals(signals: &mut SignalFd) -> io::Result<bool> {
    let mut is_asked = false;
    while let Some(signal) = signals.read_signal()? {
        is_asked |= signal.ssi_signo == Signal::SIGTERM as u32;
    }
    Ok(is_asked)
}

/// The owner says nothing: whatever is readable is its end.
fn has_ended(owner: &mut UnixStream) -> io::Result<bool> {
    match owner.read(&mut [0; 64]) {
        Ok(0) => Ok(true),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(true),
        Err(error) => Err(error),
    }
}

struct Readable {
    signal: bool,
    owner: bool,
    listener: bool,
    /// Of each connection: itself, and what its program prints.
    connections: Vec<(bool, bool)>,
}

fn wait(
    signals: &SignalFd,
    owner: &UnixStream,
    listener: &UnixListener,
    connections: &[Connection],
) -> io::Result<Readable> {
    let mut polled = vec![
        PollFd::new(signals.as_fd(), PollFlags::POLLIN),
        PollFd::new(owner.as_fd(), PollFlags::POLLIN),
        PollFd::new(listener.as_fd(), PollFlags::POLLIN),
    ];
    let mut places = Vec::new();
    for connection in connections {
        let mut place = |fd| {
            polled.push(PollFd::new(fd, PollFlags::POLLIN));
            polled.len() - 1
        };
        places.push((
            connection.spoken().map(&mut place),
            connection.printed().map(&mut place),
        ));
    }
    while poll(&mut polled, PollTimeout::NONE) == Err(Errno::EINTR) {}
    let is_ready = |place: usize| polled[place].any().unwrap_or(true);
    Ok(Readable {
        signal: is_ready(0),
        owner: is_ready(1),
        listener: is_ready(2),
        connections: places
            .into_iter()
            .map(|(spoken, printed)| (spoken.is_some_and(is_ready), printed.is_some_and(is_ready)))
            .collect(),
    })
}
