//! A machine: the kernel has just started init, and there is nothing else yet.

use super::Ports;
use crate::console::say;
use crate::entrance::Entrance;
use crate::virtio_ports::open_ports;
use crate::{kernel_log, modules, mounts, network};
use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::termios::tcdrain;
use std::time::Duration;

const PORTS: [&str; 5] = [
    "kmx.control",
    "kmx.agent",
    "kmx.agent.stdout",
    "kmx.agent.stderr",
    "kmx.tool",
];
/// A loaded host may take seconds to announce its ports.
const PORTS_TIMEOUT: Duration = Duration::from_secs(20);

/// What needs no host.
pub fn prepare() -> Result<(), String> {
    mounts::mount_basics()?;
    kernel_log::remember_level();
    nix::unistd::sethostname("kmx").map_err(|errno| format!("sethostname: {errno}"))?;
    if let Err(error) = network::bring_loopback_up() {
        say(format!("cannot bring up the loopback interface: {error}"));
    }
    modules::load_modules();
    Ok(())
}

pub fn bring_up() -> Result<Ports, String> {
    prepare()?;
    let [control, agent, agent_stdout, agent_stderr, tool] = open_ports(PORTS, PORTS_TIMEOUT)?;
    Ok(Ports {
        control,
        agent: Entrance::port(agent),
        agent_stdout,
        agent_stderr,
        tool: Entrance::port(tool),
    })
}

pub fn power_off() -> ! {
    nix::unistd::sync();
    // The last line is still on its way through the UART. If there is no console, this fails.
    let _ = tcdrain(std::io::stderr());
    let Err(errno) = reboot(RebootMode::RB_POWER_OFF);
    // If PID 1 ends, the kernel panics, and no host overlooks that.
    say(format!("fatal: cannot power off: {errno}"));
    std::process::exit(1)
}
