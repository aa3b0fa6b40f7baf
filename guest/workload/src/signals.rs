//! Workloads that receive signals, with or without a handler.

use crate::say::say;
use nix::libc::c_int;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::{pipe, read, write};
use serde_json::json;
use std::io;
use std::os::fd::{BorrowedFd, IntoRawFd, RawFd};
use std::process;
use std::sync::atomic::{AtomicI32, Ordering};

const SIGNALS: [Signal; 3] = [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGTERM];

/// Blocks the signals and waits for them, as programs with sigwait(3) or signalfd(2) do: they have no
/// handler (SigCgt in /proc/PID/status). They are blocked before `started` is printed, so that none
/// after it is missed.
pub fn wait_signal() -> io::Result<()> {
    let signals = SigSet::from_iter(SIGNALS);
    signals.thread_block()?;
    say(json!({ "event": "started" }))?;
    loop {
        let signal = signals.wait()?;
        say_signal(signal)?;
        if signal == Signal::SIGTERM {
            return Ok(());
        }
    }
}

/// The pipe that the handler writes to; -1 until the handler is installed.
static NOTED: AtomicI32 = AtomicI32::new(-1);

/// Installs a handler for each of the signals. SIGTERM ends the program with `exit_code`, if given.
pub fn handle_signal(exit_code: Option<u8>) -> io::Result<()> {
    let (noted, note_to) = pipe()?;
    NOTED.store(note_to.into_raw_fd(), Ordering::Relaxed);
    let action = SigAction::new(
        SigHandler::Handler(note),
        SaFlags::SA_RESTART,
        SigSet::empty(),
    );
    for signal in SIGNALS {
        // SAFETY: the handler only calls write(2), which signal-safety(7) allows.
        unsafe { sigaction(signal, &action) }?;
    }
    say(json!({ "event": "started" }))?;
    let mut number = [0];
    loop {
        read(&noted, &mut number)?;
        let signal = Signal::try_from(c_int::from(number[0]))?;
        say_signal(signal)?;
        match exit_code {
            Some(code) if signal == Signal::SIGTERM => process::exit(code.into()),
            _ => {}
        }
    }
}

extern "C" fn note(number: c_int) {
    let fd: RawFd = NOTED.load(Ordering::Relaxed);
    // SAFETY: the pipe was opened before the handler was installed, and is never closed.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    // A handful of signals never fills the pipe, and a handler could not report an error anyway.
    let _ = write(fd, &[number as u8]);
}

fn say_signal(signal: Signal) -> io::Result<()> {
    say(json!({ "event": "signal", "name": signal.as_str() }))
}
