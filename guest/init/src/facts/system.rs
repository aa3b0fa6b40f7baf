//! What a kernel offers besides cgroups.

use super::probe_folder::{make_mount_point, remove_mount_point};
use super::{list_names, read_text};
use crate::failure::Failure;
use nix::mount::{MsFlags, mount, umount};
use nix::time::{ClockId, clock_getres};
use std::fs;
use std::time::Duration;

/// Whether pressure can be read. With `psi=0` the files may be there and fail
/// (kernel/sched/psi.c: `psi_show`).
pub fn has_psi() -> bool {
    fs::read("/proc/pressure/memory").is_ok()
}

pub fn namespaces() -> Result<Vec<String>, Failure> {
    Ok(list_names("/proc/self/ns")?.into_iter().collect())
}

/// Security modules in the order in which the kernel asks them; none if it cannot tell.
pub fn lsms(folder: &str) -> Result<Vec<String>, Failure> {
    let path = make_mount_point(folder, "security")?;
    let kind = "securityfs";
    let lsms = match mount(
        Some(kind),
        path.as_str(),
        Some(kind),
        MsFlags::empty(),
        None::<&str>,
    ) {
        // A kernel without security modules does not have this file system.
        Err(_) => Vec::new(),
        Ok(()) => {
            let text = read_text(&format!("{path}/lsm"));
            umount(path.as_str())
                .map_err(|errno| Failure::errno(format!("umount {path}"), errno))?;
            let text = text.unwrap_or_default();
            text.split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect()
        }
    };
    remove_mount_point(&path)?;
    Ok(lsms)
}

/// The coarse clock advances with the timer interrupt (kernel/time/posix-timers.c).
pub fn hz() -> Result<u64, Failure> {
    let tick = clock_getres(ClockId::CLOCK_REALTIME_COARSE)
        .map_err(|errno| Failure::errno("clock_getres", errno))?;
    let tick = Duration::from(tick).as_nanos().max(1) as u64;
    Ok((1_000_000_000 + tick / 2) / tick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_has_one_of_the_frequencies_that_kconfig_offers() {
        assert!([100, 250, 300, 1000].contains(&hz().unwrap()));
    }

    #[test]
    fn namespaces_are_those_of_this_process() {
        assert!(namespaces().unwrap().contains(&"user".to_owned()));
    }
}
