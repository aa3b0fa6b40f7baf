//! CPU time and CPUs.

use std::path::Path;

use nix::errno::Errno;

use super::{Outcome, set_exactly};
use crate::cgroups::control_file::{read, set};
use crate::cgroups::cpu_list::same_cpus;
use crate::protocol::oci::LinuxCPU;

const MAX_SHARES: u64 = 262_144;

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

/// The v2 weight (1 to 10000) for v1 shares (2 to 262144): weight = 1 + (shares - 2) * 9999 /
/// 262142, a straight line between the ends of both ranges, as in crun (crun.1.md, "CGROUP v2"),
/// rustjail and cgroups-rs. The default of 1024 becomes 39, not v2's default of 100.
fn convert_shares(shares: u64) -> u64 {
    1 + (shares.clamp(2, MAX_SHARES) - 2) * 9999 / 262_142
}

#[cfg(test)]
mod tests {
    use super::super::testing::{look, make_cgroup};
    use super::*;
    use crate::cgroups::control_file::ControlError;

    #[test]
    fn shares_become_weights_on_a_straight_line() {
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
}
