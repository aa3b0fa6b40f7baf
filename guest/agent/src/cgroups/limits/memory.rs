//! Memory and swap.

use std::path::Path;

use super::{Outcome, set_exactly};
use crate::cgroups::control_file::{read, set};
use crate::protocol::oci::LinuxMemory;

/// Limit, swap, reservation, swappiness and the OOM killer's switch.
pub fn set_memory(directory: &Path, is_v2: bool, memory: &LinuxMemory) -> Outcome {
    if is_v2 {
        set_memory_v2(directory, memory)?;
    } else {
        set_memory_v1(directory, memory)?;
    }
    // v2 has neither file, so both fail there with "no such file".
    if memory.Swappiness != 0 {
        set_exactly(directory, "memory.swappiness", memory.Swappiness)?;
    }
    if memory.DisableOOMKiller {
        set(&directory.join("memory.oom_control"), "1", |found| {
            found.lines().any(|line| line == "oom_kill_disable 1")
        })?;
    }
    Ok(())
}

fn set_memory_v1(directory: &Path, memory: &LinuxMemory) -> Outcome {
    let limit = ("memory.limit_in_bytes", memory.Limit);
    // Unlimited memory would still be limited by what memory and swap may be together.
    let swap = match (memory.Limit, memory.Swap) {
        (-1, 0) if directory.join("memory.memsw.limit_in_bytes").exists() => -1,
        (_, swap) => swap,
    };
    let swap = ("memory.memsw.limit_in_bytes", swap);
    // Memory's limit must never be above that of memory and swap, not even in between.
    let current = read(&directory.join(limit.0))?
        .parse::<i64>()
        .unwrap_or(i64::MAX);
    let is_growing = swap.1 == -1 || swap.1 > current;
    let ordered = if is_growing {
        [swap, limit]
    } else {
        [limit, swap]
    };
    for (file, bytes) in ordered {
        if bytes != 0 {
            set_bytes(directory, file, &bytes.max(-1).to_string())?;
        }
    }
    if memory.Reservation != 0 {
        let value = memory.Reservation.max(-1).to_string();
        set_bytes(directory, "memory.soft_limit_in_bytes", &value)?;
    }
    Ok(())
}

fn set_memory_v2(directory: &Path, memory: &LinuxMemory) -> Outcome {
    let in_words = |bytes: i64| match bytes {
        ..0 => "max".to_owned(),
        bytes => bytes.to_string(),
    };
    if memory.Swap != 0 || memory.Limit == -1 && directory.join("memory.swap.max").exists() {
        // OCI counts memory and swap together, v2 counts swap alone.
        let limit = match memory.Limit {
            0 => read(&directory.join("memory.max"))?.parse().unwrap_or(-1),
            limit => limit,
        };
        let swap = match (limit, memory.Swap) {
            (_, -1) | (-1, 0) => -1,
            (-1, swap) => swap,
            (limit, swap) => (swap - limit).max(0),
        };
        set_bytes(directory, "memory.swap.max", &in_words(swap))?;
    }
    if memory.Limit != 0 {
        set_bytes(directory, "memory.max", &in_words(memory.Limit))?;
    }
    if memory.Reservation != 0 {
        set_bytes(directory, "memory.low", &in_words(memory.Reservation))?;
    }
    Ok(())
}

/// Bytes are rounded down to whole pages; v1 shows "unlimited" (-1) as a huge number.
fn set_bytes(directory: &Path, file: &str, value: &str) -> Outcome {
    set(&directory.join(file), value, |found| {
        match (value, found.parse::<u64>()) {
            ("-1", Ok(found)) => found >= i64::MAX as u64 - page_size(),
            (_, Ok(found)) => value.parse::<u64>().is_ok_and(|wanted| {
                found <= wanted
                    && (wanted - found < page_size() || found >= i64::MAX as u64 - page_size())
            }),
            (_, Err(_)) => found == value,
        }
    })
}

fn page_size() -> u64 {
    use nix::unistd::{SysconfVar, sysconf};
    // sysconf(3) never fails for the page size; the fallback only makes the check stricter.
    sysconf(SysconfVar::PAGE_SIZE)
        .ok()
        .flatten()
        .map_or(1, |size| size as u64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{look, make_cgroup};
    use super::*;

    #[test]
    fn v2_swap_is_what_memory_and_swap_leave() {
        let cgroup = make_cgroup(&[("memory.max", ""), ("memory.swap.max", "")]);
        let memory = LinuxMemory {
            Limit: 8192,
            Swap: 20_480,
            ..Default::default()
        };
        set_memory(cgroup.path(), true, &memory).unwrap();
        assert_eq!(look(&cgroup, "memory.max"), "8192");
        assert_eq!(look(&cgroup, "memory.swap.max"), "12288");
    }

    #[test]
    fn v2_memory_is_unlimited_in_words() {
        let cgroup = make_cgroup(&[("memory.max", "")]);
        let memory = LinuxMemory {
            Limit: -1,
            ..Default::default()
        };
        set_memory(cgroup.path(), true, &memory).unwrap();
        assert_eq!(look(&cgroup, "memory.max"), "max");
    }
}
