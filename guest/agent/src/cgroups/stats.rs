//! A container's statistics, from its control files. For a controller that the guest does not offer
//! there is no message. A file that the kernel does not have counts as 0: which files there are
//! differs from version to version.

use std::collections::HashMap;
use std::path::Path;

use cgroups_rs::fs::Cgroup;
use cgroups_rs::fs::Controller as _;
use cgroups_rs::fs::cpu::CpuController;
use cgroups_rs::fs::cpuacct::CpuAcctController;
use cgroups_rs::fs::memory::MemController;
use cgroups_rs::fs::pid::PidController;
use protobuf::MessageField;

use super::control_file::read;
use crate::protocol::agent::{
    CgroupStats, CpuStats, CpuUsage, MemoryData, MemoryStats, PidsStats, ThrottlingData,
};

pub fn collect(cgroup: &Cgroup) -> CgroupStats {
    let is_v2 = cgroup.v2();
    let cpu = cgroup
        .controller_of::<CpuController>()
        .map(|found| found.path());
    let accounting = cgroup
        .controller_of::<CpuAcctController>()
        .map(|found| found.path());
    let memory = cgroup
        .controller_of::<MemController>()
        .map(|found| found.path());
    let pids = cgroup
        .controller_of::<PidController>()
        .map(|found| found.path());
    let cpu_stats = if is_v2 {
        cpu.map(collect_cpu_v2)
    } else {
        (cpu.is_some() || accounting.is_some()).then(|| collect_cpu_v1(cpu, accounting))
    };
    let memory_stats = memory.map(|path| match is_v2 {
        true => collect_memory_v2(path),
        false => collect_memory_v1(path),
    });
    CgroupStats {
        cpu_stats: cpu_stats.into(),
        memory_stats: memory_stats.into(),
        pids_stats: pids.map(collect_pids).into(),
        ..Default::default()
    }
}

fn collect_cpu_v1(cpu: Option<&Path>, accounting: Option<&Path>) -> CpuStats {
    let throttling = cpu.map(|path| {
        let stat = read_keys(&path.join("cpu.stat"));
        ThrottlingData {
            periods: pick(&stat, "nr_periods"),
            throttled_periods: pick(&stat, "nr_throttled"),
            throttled_time: pick(&stat, "throttled_time"),
            ..Default::default()
        }
    });
    let usage = accounting.map(|path| {
        let stat = read_keys(&path.join("cpuacct.stat"));
        let percpu = read(&path.join("cpuacct.usage_percpu")).unwrap_or_default();
        CpuUsage {
            total_usage: read_number(&path.join("cpuacct.usage")),
            percpu_usage: percpu.split_whitespace().flat_map(str::parse).collect(),
            usage_in_usermode: pick(&stat, "user") * nanoseconds_per_tick(),
            usage_in_kernelmode: pick(&stat, "system") * nanoseconds_per_tick(),
            ..Default::default()
        }
    });
    CpuStats {
        cpu_usage: usage.into(),
        throttling_data: throttling.into(),
        ..Default::default()
    }
}

fn collect_cpu_v2(path: &Path) -> CpuStats {
    let stat = read_keys(&path.join("cpu.stat"));
    let nanoseconds = |key: &str| pick(&stat, key) * 1000;
    CpuStats {
        cpu_usage: MessageField::some(CpuUsage {
            total_usage: nanoseconds("usage_usec"),
            usage_in_usermode: nanoseconds("user_usec"),
            usage_in_kernelmode: nanoseconds("system_usec"),
            ..Default::default()
        }),
        throttling_data: MessageField::some(ThrottlingData {
            periods: pick(&stat, "nr_periods"),
            throttled_periods: pick(&stat, "nr_throttled"),
            throttled_time: nanoseconds("throttled_usec"),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn collect_memory_v1(path: &Path) -> MemoryStats {
    let part = |prefix: &str| MemoryData {
        usage: read_number(&path.join(format!("{prefix}.usage_in_bytes"))),
        max_usage: read_number(&path.join(format!("{prefix}.max_usage_in_bytes"))),
        failcnt: read_number(&path.join(format!("{prefix}.failcnt"))),
        limit: read_number(&path.join(format!("{prefix}.limit_in_bytes"))),
        ..Default::default()
    };
    // Missing if the kernel has no swap accounting, or no limit on kernel memory.
    let optional = |prefix: &str| {
        let exists = path.join(format!("{prefix}.usage_in_bytes")).exists();
        MessageField::from_option(exists.then(|| part(prefix)))
    };
    let stats = read_keys(&path.join("memory.stat"));
    MemoryStats {
        cache: pick(&stats, "cache"),
        usage: MessageField::some(part("memory")),
        swap_usage: optional("memory.memsw"),
        kernel_usage: optional("memory.kmem"),
        use_hierarchy: read_number(&path.join("memory.use_hierarchy")) == 1,
        stats,
        ..Default::default()
    }
}

fn collect_memory_v2(path: &Path) -> MemoryStats {
    let events = read_keys(&path.join("memory.events"));
    let swap = path
        .join("memory.swap.current")
        .exists()
        .then(|| MemoryData {
            usage: read_number(&path.join("memory.swap.current")),
            max_usage: read_number(&path.join("memory.swap.peak")),
            limit: read_number(&path.join("memory.swap.max")),
            ..Default::default()
        });
    let stats = read_keys(&path.join("memory.stat"));
    MemoryStats {
        cache: pick(&stats, "file"),
        usage: MessageField::some(MemoryData {
            usage: read_number(&path.join("memory.current")),
            max_usage: read_number(&path.join("memory.peak")),
            // How often the limit was hit, like v1's failcnt.
            failcnt: pick(&events, "max"),
            limit: read_number(&path.join("memory.max")),
            ..Default::default()
        }),
        swap_usage: swap.into(),
        use_hierarchy: true,
        stats,
        ..Default::default()
    }
}

fn collect_pids(path: &Path) -> PidsStats {
    let limit = read_number(&path.join("pids.max"));
    PidsStats {
        current: read_number(&path.join("pids.current")),
        limit: if limit == u64::MAX { 0 } else { limit },
        ..Default::default()
    }
}

/// A file with one number. "max" is the largest number there is; a missing file is 0.
fn read_number(path: &Path) -> u64 {
    match read(path).unwrap_or_default().as_str() {
        "max" => u64::MAX,
        text => text.parse().unwrap_or_default(),
    }
}

/// A file of lines "key number"; other lines are skipped.
fn read_keys(path: &Path) -> HashMap<String, u64> {
    let text = read(path).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| {
        let (key, number) = line.split_once(' ')?;
        Some((key.to_owned(), number.parse().ok()?))
    });
    pairs.collect()
}

fn pick(keys: &HashMap<String, u64>, key: &str) -> u64 {
    keys.get(key).copied().unwrap_or_default()
}

/// cpuacct.stat counts in USER_HZ (kernel Documentation/admin-guide/cgroup-v1/cpuacct.rst).
fn nanoseconds_per_tick() -> u64 {
    use nix::unistd::{SysconfVar, sysconf};
    let hertz = sysconf(SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100);
    1_000_000_000 / hertz as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn v2_memory_copes_with_missing_files() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::write(path.join("memory.current"), "4096\n").unwrap();
        fs::write(path.join("memory.max"), "max\n").unwrap();
        fs::write(path.join("memory.stat"), "anon 1\nfile 2\nodd\nkey value\n").unwrap();
        let stats = collect_memory_v2(path);
        assert_eq!(stats.usage.usage, 4096);
        assert_eq!(stats.usage.limit, u64::MAX);
        assert_eq!((stats.cache, stats.stats.len()), (2, 2));
        assert!(stats.swap_usage.is_none());
    }

    #[test]
    fn v1_cpu_has_messages_only_for_controllers_that_are_there() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("cpuacct.usage"), "77").unwrap();
        fs::write(directory.path().join("cpuacct.usage_percpu"), "70 7 \n").unwrap();
        let stats = collect_cpu_v1(None, Some(directory.path()));
        assert_eq!(stats.cpu_usage.total_usage, 77);
        assert_eq!(stats.cpu_usage.percpu_usage, [70, 7]);
        assert!(stats.throttling_data.is_none());
    }

    #[test]
    fn no_pids_limit_is_0() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("pids.max"), "max\n").unwrap();
        fs::write(directory.path().join("pids.current"), "3\n").unwrap();
        let stats = collect_pids(directory.path());
        assert_eq!((stats.current, stats.limit), (3, 0));
    }
}
