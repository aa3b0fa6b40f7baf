//! Processes of a cgroup.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill as send};
use nix::unistd::Pid;

use super::control_file::{ControlError, read};
use crate::failure::Failure;

/// Process ids from `cgroup.procs`; none if the cgroup is gone.
pub fn list(directory: &Path) -> Result<Vec<i32>, Failure> {
    match read(&directory.join("cgroup.procs")) {
        Ok(text) => Ok(text.lines().filter_map(|line| line.parse().ok()).collect()),
        Err(ControlError::Missing(_)) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Sends SIGKILL. A process that has already ended is no failure. 0 stands for a process in a pid
/// namespace that the agent cannot see; signalling 0 would hit the agent's own process group.
pub fn kill(pids: &[i32]) {
    for pid in pids.iter().filter(|pid| **pid > 0) {
        let _ = send(Pid::from_raw(*pid), Signal::SIGKILL);
    }
}

/// Kills what `list` returns until it returns nothing. Frozen processes cannot fork, and stay
/// listed until they are thawed, so for them one round is enough.
pub fn kill_until_none(
    list: impl Fn() -> Result<Vec<i32>, Failure>,
    are_frozen: bool,
) -> Result<(), Failure> {
    const ROUNDS: u32 = 200;
    for _ in 0..ROUNDS {
        let pids = list()?;
        kill(&pids);
        if pids.is_empty() || are_frozen {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err(Failure::internal(
        "processes fork faster than they can be killed",
    ))
}
