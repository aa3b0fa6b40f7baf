//! The program that scenarios run in containers: it holds memory, spins, forks, opens devices, reads
//! cgroup files, and prints the results as JSON lines.

mod command_line;
mod files;
mod memory;
mod processes;
mod say;
mod signals;
mod time;

use crate::command_line::{HELP, Workload, parse};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

fn main() -> ExitCode {
    let workload = match parse(std::env::args_os().skip(1)) {
        Ok(workload) => workload,
        Err(error) => {
            complain(&format!("{error}; try workload --help"));
            return ExitCode::from(2);
        }
    };
    let outcome = match workload {
        Workload::Exit { code } => return ExitCode::from(code),
        Workload::Help => print(HELP.trim_end().as_bytes()),
        Workload::Sleep => time::sleep(),
        Workload::Spin { threads } => time::spin(threads),
        Workload::Hold { mib, seconds } => memory::hold(mib, seconds),
        Workload::Fork { count, seconds } => processes::fork_many(count, seconds),
        Workload::Tick { every_ms } => time::tick(every_ms),
        Workload::WaitSignal => signals::wait_signal(),
        Workload::HandleSignal { exit_code } => signals::handle_signal(exit_code),
        Workload::Read { paths } => files::read(&paths),
        Workload::Open { path } => files::open(&path),
        Workload::Affinity => processes::affinity(),
        Workload::Print { text } => print(text.as_bytes()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn print(text: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text)?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}

/// Not `eprintln!`, which panics if stderr is closed: the text could be taken for a panic of the agent.
fn complain(text: &str) {
    let _ = io::stderr().write_all(format!("workload: {text}\n").as_bytes());
}
