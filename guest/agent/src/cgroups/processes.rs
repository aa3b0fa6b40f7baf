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

/// Sends SIGKILL. One that is gone already is what was wanted. 0 stands for a process of a pid
/// namespace that the agent cannot see; signalling it would hit the agent's own group.
pub fn kill(pids: &[i32]) {
    for pid in pids.iter().filter(|pid| **pid > 0) {
        let _ = send(Pid::from_raw(*pid), Signal::SIGKILL);
    }
}

/// Kills what `list` finds until that is nothing new. Frozen processes stay listed and cannot
/// fork, so one round is enough for them.
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
        "processes go on forking faster than they are killed",
    ))
}
