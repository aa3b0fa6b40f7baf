//! An init that does not bring the guest up. What it does instead is `saboteur=…` on the kernel's
//! command line, which the kernel passes to the first process as an environment variable; in a
//! container, which an engine starts, it is in a file.

use crate::channel;
use crate::container;
use crate::deeds::end_guest;
use nix::sys::reboot::RebootMode;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

const FILE: &str = "/kmx/saboteur";

/// What is asked of the first process of a guest.
pub struct Order {
    deed: String,
    /// The folder with a container's sockets.
    ports: Option<PathBuf>,
}

/// `None` if nothing is asked of it, whatever it is the first process of.
pub fn find_order(arguments: &[&str]) -> Option<Order> {
    let of_kernel = std::env::var("saboteur").ok();
    match arguments {
        // docs/guest-protocol.md, "Ports of a container".
        ["--ports", folder] => Some(Order {
            deed: std::fs::read_to_string(FILE).ok()?,
            ports: Some(folder.into()),
        }),
        _ => of_kernel.map(|deed| Order { deed, ports: None }),
    }
}

pub fn run(Order { deed, ports }: &Order) -> ExitCode {
    let deed = deed.as_str();
    // A host waits for a container's connections before it takes the container for started.
    let control = match ports.as_deref().map(container::connect).transpose() {
        Ok(control) => control,
        Err(error) => return complain(deed, Err(error)),
    };
    match deed {
        "exit" => ExitCode::from(3),
        "panic" => panic!("the first process panics on purpose"),
        "abort" => std::process::abort(),
        "reboot" => complain(deed, end_guest(RebootMode::RB_AUTOBOOT)),
        "power-off" => complain(deed, end_guest(RebootMode::RB_POWER_OFF)),
        "silent" => wait_for_ever(),
        "flood" => flood(),
        "garble-hello" | "forge-pass" | "nest-hello" => {
            let port = control.map_or_else(channel::open_own, |it| it.try_clone());
            complain(deed, port.and_then(|port| channel::misuse(deed, port)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_order_it_is_an_ordinary_program() {
        for arguments in [&[][..], &["print-nothing"], &["--ports", "/kmx/ports"]] {
            assert!(find_order(arguments).is_none(), "{arguments:?}");
        }
    }
}
