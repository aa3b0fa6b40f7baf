//! How a guest ends that cannot go on.

use crate::console::say;
use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::termios::tcdrain;
use std::fmt::Display;

/// Says on the console why the guest cannot go on, and powers off. The host reports that as the
/// reason why the guest did not boot, or why it ended.
pub fn fatal(reason: impl Display) -> ! {
    say(format!("fatal: {reason}"));
    power_off()
}

fn power_off() -> ! {
    nix::unistd::sync();
    // The last line is still on its way through the UART. If there is no console, this fails.
    let _ = tcdrain(std::io::stderr());
    let Err(errno) = reboot(RebootMode::RB_POWER_OFF);
    // If PID 1 ends, the kernel panics, and no host overlooks that.
    say(format!("fatal: cannot power off: {errno}"));
    std::process::exit(1)
}
