//! The end of a guest.

use crate::console::say;
use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::termios::tcdrain;
use std::fmt::Display;

/// Tells the console why the guest cannot go on, and powers off: the host takes it for a boot
/// failure, or for the end of an instance, with a reason.
pub fn fatal(reason: impl Display) -> ! {
    say(format!("fatal: {reason}"));
    power_off()
}

fn power_off() -> ! {
    nix::unistd::sync();
    // Last words are still on their way through the UART. There may be no console to wait for.
    let _ = tcdrain(std::io::stderr());
    let Err(errno) = reboot(RebootMode::RB_POWER_OFF);
    // The end of PID 1 is a kernel panic, which no host overlooks.
    say(format!("fatal: the kernel does not power off: {errno}"));
    std::process::exit(1)
}
