//! OCI resources as values of control files. Both personalities write them here; they differ only
//! in how they come by a controller.
//!
//! Everywhere 0 means "leave alone" and -1 "unlimited" (runtime-spec, config-linux.md); pids are
//! the exception, there 0 is unlimited too.

use std::path::Path;

use nix::errno::Errno;

use super::control_file::{ControlError, read, set};
use super::cpu_list::same_cpus;
use crate::protocol::oci::{LinuxCPU, LinuxHugepageLimit, LinuxMemory, LinuxPids};

type Outcome = Result<(), ControlError>;

/// `cpuset.cpus` and `cpuset.mems`: the names are the same on v1 and v2.
pub fn set_cpuset(directory: &Path, cpu: &LinuxCPU) -> Outcome {
    for (file, list) in [("cpuset.cpus", &cpu.Cpus), ("cpuset.mems", &cpu.Mems)] {
        if !list.is_empty() {
            set(&directory.join(file), list, |found| same_cpus(found, list))?;
        }
    }
    Ok(())
}

/// Shares, quota, period and real-time bandwidth.
pub fn set_cpu(directory: &Path, is_v2: bool, cpu: &LinuxCPU) -> Outcome {
    if is_v2 {
        set_cpu_v2(directory, cpu)?;
    } else {
        set_cpu_v1(directory, cpu)?;
    }
    // Only v1 has these, and only with CONFIG_RT_GROUP_SCHED.
    if cpu.RealtimePeriod != 0 {
        set_exactly(directory, "cpu.rt_period_us", cpu.RealtimePeriod)?;
    }
    if cpu.RealtimeRuntime != 0 {
        set_exactly(directory, "cpu.rt_runtime_us", cpu.RealtimeRuntime)?;
    }
    Ok(())
}

fn set_cpu_v1(directory: &Path, cpu: &LinuxCPU) -> Outcome {
    if cpu.Shares != 0 {
        // The kernel clamps shares (kernel/sched/sched.h, MIN_SHARES and MAX_SHARES).
        let shares = cpu.Shares.clamp(2, MAX_SHARES);
        set_exactly(directory, "cpu.shares", shares)?;
    }
    let set_quota = || match cpu.Quota {
        0 => Ok(()),
        quota => set_exactly(directory, "cpu.cfs_quota_us", quota.max(-1)),
    };
    if cpu.Period == 0 {
        return set_quota();
    }
    let set_period = || set_exactly(directory, "cpu.cfs_period_us", cpu.Period);
    match set_period() {
        // A shorter period with the old quota may ask for more than the parent has.
        Err(error) if cpu.Quota != 0 && error.errno() == Some(Errno::EINVAL as i32) => {
            set_quota()?;
            set_period()
        }
        Err(error) => Err(error),
        Ok(()) => set_quota(),
    }
}

fn set_cpu_v2(directory: &Path, cpu: &LinuxCPU) -> Outcome {
    if cpu.Shares != 0 {
        set_exactly(directory, "cpu.weight", convert_shares(cpu.Shares))?;
    }
    if cpu.Quota == 0 && cpu.Period == 0 {
        return Ok(());
    }
    let path = directory.join("cpu.max");
    let current = read(&path)?;
    let (quota, period) = current.split_once(' ').unwrap_or((&current, "100000"));
    let quota = match cpu.Quota {
        0 => quota.to_owned(),
        ..0 => "max".to_owned(),
        wanted => wanted.to_string(),
    };
    let period = match cpu.Period {
        0 => period.to_owned(),
        wanted => wanted.to_string(),
    };
    let value = format!("{quota} {period}");
    set(&path, &value, |found| found == value)
}

const MAX_SHARES: u64 = 262_144;

/// The v2 weight (1 to 10000) for v1 shares (2 to 262144): weight = 1 + (shares - 2) * 9999 / 262142.
/// The straight line through both ranges' ends, as in crun (crun.1.md, "CGROUP v2"), rustjail and
/// cgroups-rs; note that the default of 1024 becomes 39, not v2's default of 100.
pub fn convert_shares(shares: u64) -> u64 {
    1 + (shares.clamp(2, MAX_SHARES) - 2) * 9999 / 262_142
}

/// Limit, swap, reservation, swappiness and the OOM killer's switch.
pub fn set_memory(directory: &Path, is_v2: bool, memory: &LinuxMemory) -> Outcome {
    if is_v2 {
        set_memory_v2(directory, memory)?;
    } else {
        set_memory_v1(directory, memory)?;
    }
    // v2 has neither file: there, asking for either ends with "no such file".
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
    // Unlimited memory below a limit of memory and swap would still be limited.
    let swap = match (memory.Limit, memory.Swap) {
        (-1, 0) if directory.join("memory.memsw.limit_in_bytes").exists() => -1,
        (_, swap) => swap,
    };
    let swap = ("memory.memsw.limit_in_bytes", swap);
    // At every moment memory's limit must not be above that of memory and swap.
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

/// `pids.max`: the name is the same on v1 and v2.
pub fn set_pids(directory: &Path, pids: &LinuxPids) -> Outcome {
    match pids.Limit {
        ..=0 => set_exactly(directory, "pids.max", "max"),
        limit => set_exactly(directory, "pids.max", limit),
    }
}

/// One limit per page size; the kernel rounds it down to whole pages.
pub fn set_hugepages(directory: &Path, is_v2: bool, limits: &[LinuxHugepageLimit]) -> Outcome {
    let name = if is_v2 { "max" } else { "limit_in_bytes" };
    for limit in limits {
        let path = directory.join(format!("hugetlb.{}.{name}", limit.Pagesize));
        set(&path, &limit.Limit.to_string(), |found| {
            let Ok(found) = found.parse::<u64>() else {
                return false;
            };
            found <= limit.Limit && limit.Limit - found < parse_page_size(&limit.Pagesize)
        })?;
    }
    Ok(())
}

/// Bytes of a page size as in names of hugetlb's files: "2MB"; 1 for what is no such name.
fn parse_page_size(name: &str) -> u64 {
    let units = [("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30)];
    let parse =
        |(unit, bytes): (&str, u64)| Some(name.strip_suffix(unit)?.parse::<u64>().ok()? * bytes);
    units.into_iter().find_map(parse).unwrap_or(1)
}

fn set_exactly(directory: &Path, file: &str, value: impl ToString) -> Outcome {
    let value = value.to_string();
    set(&directory.join(file), &value, |found| found == value)
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
    use super::*;
    use std::fs;

    /// A directory with control files as the kernel makes them.
    fn make_cgroup(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(directory.path().join(name), text).unwrap();
        }
        directory
    }

    fn look(directory: &tempfile::TempDir, file: &str) -> String {
        fs::read_to_string(directory.path().join(file)).unwrap()
    }

    #[test]
    fn shares_become_weights_along_a_line() {
        let pairs = [
            (0, 1),
            (2, 1),
            (1024, 39),
            (262_143, 9999),
            (262_144, 10_000),
            (u64::MAX, 10_000),
        ];
        for (shares, weight) in pairs {
            assert_eq!(convert_shares(shares), weight, "{shares}");
        }
    }

    #[test]
    fn v2_quota_and_period_share_a_file() {
        let cgroup = make_cgroup(&[("cpu.max", "max 100000\n"), ("cpu.weight", "100")]);
        let quota = LinuxCPU {
            Quota: 20_000,
            ..Default::default()
        };
        set_cpu(cgroup.path(), true, &quota).unwrap();
        assert!(look(&cgroup, "cpu.max").starts_with("20000 100000"));
    }

    #[test]
    fn v1_quota_below_zero_is_unlimited() {
        let cgroup = make_cgroup(&[
            ("cpu.cfs_quota_us", ""),
            ("cpu.cfs_period_us", ""),
            ("cpu.shares", ""),
        ]);
        let cpu = LinuxCPU {
            Quota: -1,
            Period: 50_000,
            Shares: 1,
            ..Default::default()
        };
        set_cpu(cgroup.path(), false, &cpu).unwrap();
        assert_eq!(look(&cgroup, "cpu.cfs_quota_us"), "-1");
        assert_eq!(look(&cgroup, "cpu.cfs_period_us"), "50000");
        assert_eq!(look(&cgroup, "cpu.shares"), "2");
    }

    #[test]
    fn a_file_that_the_kernel_lacks_is_named() {
        let cgroup = make_cgroup(&[]);
        let cpu = LinuxCPU {
            RealtimeRuntime: 1,
            ..Default::default()
        };
        let error = set_cpu(cgroup.path(), false, &cpu).unwrap_err();
        assert!(
            matches!(error, ControlError::Missing(path) if path.ends_with("cpu.rt_runtime_us"))
        );
    }

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

    #[test]
    fn pids_at_or_below_zero_are_unlimited() {
        for (limit, text) in [(5, "5"), (0, "max"), (-1, "max")] {
            let cgroup = make_cgroup(&[("pids.max", "")]);
            set_pids(
                cgroup.path(),
                &LinuxPids {
                    Limit: limit,
                    ..Default::default()
                },
            )
            .unwrap();
            assert_eq!(look(&cgroup, "pids.max"), text);
        }
    }

    #[test]
    fn page_sizes_are_read_from_names() {
        assert_eq!(parse_page_size("2MB"), 2 << 20);
        assert_eq!(parse_page_size("1GB"), 1 << 30);
        assert_eq!(parse_page_size("2M"), 1);
    }
}
