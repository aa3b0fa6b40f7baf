//! An init that does not bring the guest up. What it does instead is `saboteur=…` on the kernel's
//! command line, which the kernel passes to the first process as an environment variable.

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
        "garble-hello" | "forge-pass" | "nest-hello" => {
            let outcome = channel::open_own().and_then(|port| channel::misuse(deed, port));
            complain(deed, outcome)
        }
        _ => complain(deed, Err(io::Error::other("no such deed"))),
    }
}

/// PID 1 must not end here: that would break the guest in another way than the one asked for.
fn complain(deed: &str, outcome: io::Result<()>) -> ExitCode {
    let _ = writeln!(io::stderr(), "saboteur: {deed}: {outcome:?}");
    wait_for_ever()
}

/// Prints a line that no kernel prints, for ever.
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
