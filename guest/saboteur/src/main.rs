//! Breaks guests on purpose, so that `kmx selftest` can show that the harness notices. One program
//! in three places: a guest's /init, the agent under test, and what containers run.

mod agent;
mod broken_module;
mod channel;
mod container;
mod deeds;
mod fakes;
mod first_process;
mod ttrpc;
mod two_panics;

use nix::sys::reboot::RebootMode;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // In a container of the agent it is PID 1, too, but there nobody has asked for a deed.
    if std::process::id() == 1
        && let Some(order) = first_process::find_order(&words)
    {
        return first_process::run(&order);
    }
    let outcome = match words[..] {
        ["agent", deed] => agent::run(deed),
        ["print-nothing"] => Ok(()),
        ["sleep", seconds] => deeds::sleep(seconds),
        ["fill", folder] => deeds::fill(folder),
        ["stop", pid] => deeds::stop(pid),
        ["print-fakes"] => fakes::print(),
        ["eat-memory"] => deeds::eat_memory(),
        ["eat-memory-unkillable"] => deeds::eat_memory_unkillable(),
        ["reboot"] => deeds::end_guest(RebootMode::RB_AUTOBOOT),
        ["power-off"] => deeds::end_guest(RebootMode::RB_POWER_OFF),
        ["stop-init"] => deeds::stop_init(),
        ["trace-init"] => deeds::trace_init(),
        ["flood-console", mib] => deeds::flood_console(mib),
        ["load-module", deed] => broken_module::load(deed),
        ["channel", deed] => channel::run(deed),
        _ => Err(io::Error::other("no such deed")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = format!("saboteur {}: {error}\n", words.join(" "));
            let _ = io::stderr().write_all(line.as_bytes());
            ExitCode::from(2)
        }
    }
}
