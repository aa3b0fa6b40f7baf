//! An init that brings no guest up. The deed comes as `saboteur=…` on the kernel's command line,
//! which the kernel hands to its first process as a variable of the environment.

use crate::channel;
use crate::deeds::end_guest;
use nix::sys::reboot::RebootMode;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

pub fn run(deed: &str) -> ExitCode {
    match deed {
        "exit" => ExitCode::from(3),
        "panic" => panic!("the first process panics on purpose"),
        "abort" => std::process::abort(),
        "reboot" => complain(deed, end_guest(RebootMode::RB_AUTOBOOT)),
        "power-off" => complain(deed, end_guest(RebootMode::RB_POWER_OFF)),
        "silent" => wait_for_ever(),
        "flood" => flood(),
        "garble-hello" | "forge-pass" => {
            let outcome = channel::open_own().and_then(|port| channel::misuse(deed, port));
            complain(deed, outcome)
        }
        _ => complain(deed, Err(io::Error::other("no such deed"))),
    }
}

/// The end of PID 1 would be another deed than the one that was asked for.
fn complain(deed: &str, outcome: io::Result<()>) -> ExitCode {
    let _ = writeln!(io::stderr(), "saboteur: {deed}: {outcome:?}");
    wait_for_ever()
}

/// A line that no kernel prints, for ever.
fn flood() -> ExitCode {
    let line = "flood ".repeat(100) + "\n";
    let mut console = io::stdout().lock();
    while console.write_all(line.as_bytes()).is_ok() {}
    ExitCode::FAILURE
}

fn wait_for_ever() -> ExitCode {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
