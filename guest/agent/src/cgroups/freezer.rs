//! Freezes and thaws all processes of a cgroup, and waits until the kernel confirms it.

use std::path::Path;
use std::time::{Duration, Instant};

use super::control_file::{read, write};
use crate::failure::Failure;

/// How long the kernel may take: a process in uninterruptible sleep cannot be frozen.
const LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// Freezes the cgroup at `directory`. If that fails, the cgroup is thawed again.
pub fn freeze(directory: &Path, is_v2: bool) -> Result<(), Failure> {
    if let Err(failure) = change(directory, is_v2, true) {
        // The first failure is the one to report.
        let _ = request(directory, is_v2, false);
        return Err(failure);
    }
    Ok(())
}

pub fn thaw(directory: &Path, is_v2: bool) -> Result<(), Failure> {
    change(directory, is_v2, false)
}

fn change(directory: &Path, is_v2: bool, frozen: bool) -> Result<(), Failure> {
    let started = Instant::now();
    loop {
        // v1 must be asked again: a process may have forked while others were frozen (kernel
        // Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst).
        request(directory, is_v2, frozen)?;
        if is_frozen(directory, is_v2)? == Some(frozen) {
            return Ok(());
        }
        if started.elapsed() > LIMIT {
            let wanted = if frozen { "freeze" } else { "thaw" };
            return Err(Failure::deadline(format!(
                "{} did not {wanted} within {} s",
                directory.display(),
                LIMIT.as_secs()
            )));
        }
        std::thread::sleep(PAUSE);
    }
}

fn request(directory: &Path, is_v2: bool, frozen: bool) -> Result<(), Failure> {
    let (file, value) = match (is_v2, frozen) {
        (true, true) => ("cgroup.freeze", "1"),
        (true, false) => ("cgroup.freeze", "0"),
        (false, true) => ("freezer.state", "FROZEN"),
        (false, false) => ("freezer.state", "THAWED"),
    };
    Ok(write(&directory.join(file), value)?)
}

/// `None` while the kernel is still at it.
fn is_frozen(directory: &Path, is_v2: bool) -> Result<Option<bool>, Failure> {
    if is_v2 {
        let events = read(&directory.join("cgroup.events"))?;
        let line = events.lines().find_map(|line| line.strip_prefix("frozen "));
        return Ok(line.map(|value| value == "1"));
    }
    Ok(match read(&directory.join("freezer.state"))?.as_str() {
        "FROZEN" => Some(true),
        "THAWED" => Some(false),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_state_of_v1_and_v2() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        std::fs::write(path.join("freezer.state"), "FREEZING\n").unwrap();
        assert_eq!(is_frozen(path, false), Ok(None));
        std::fs::write(path.join("freezer.state"), "FROZEN\n").unwrap();
        assert_eq!(is_frozen(path, false), Ok(Some(true)));
        std::fs::write(path.join("cgroup.events"), "populated 1\nfrozen 0\n").unwrap();
        assert_eq!(is_frozen(path, true), Ok(Some(false)));
    }
}
