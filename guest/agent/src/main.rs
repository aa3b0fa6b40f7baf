//! The reference agent: runs containers in a guest and speaks kata-agent's ttrpc API. Its
//! `--guard=off` personality panics where the guest lacks a cgroup controller, as kata-agent does,
//! and has kata-agent's manners; `--guard=on` refuses, and is considerate. `guest/proto` has the
//! API, `cgroups` and `manners` are where the personalities differ.

mod arguments;
mod cgroups;
mod child;
mod container;
mod control;
mod failure;
mod guest;
mod logger;
mod manners;
mod names;
mod pidfd;
mod process;
mod process_table;
mod request;
mod sandbox;
mod server;
mod service;
mod spawned;

/// Generated from `guest/proto`.
#[allow(clippy::all, clippy::pedantic, dead_code)]
mod protocol {
    include!(concat!(env!("OUT_DIR"), "/protocol.rs"));
}

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(role @ ("container-init" | "container-exec")) =
        arguments.first().map(String::as_str)
    {
        return child::run(role, &arguments[1..]);
    }
    // As kata-agent does; every panic then comes with a backtrace. Errors need none.
    // SAFETY: no other thread runs yet.
    unsafe {
        std::env::set_var("RUST_BACKTRACE", "full");
        std::env::set_var("RUST_LIB_BACKTRACE", "0");
    }
    let arguments = match arguments::parse(&arguments, |name| std::env::var(name).ok()) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("Error: {message}");
            return ExitCode::from(2);
        }
    };
    let outcome = logger::start(arguments.log_level).and_then(|()| server::run(&arguments));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
