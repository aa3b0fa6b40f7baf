//! What this kernel is, and which cgroup controllers it really has.

use crate::bytes::Base64;
use crate::failure::{Failure, errno_name};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount, umount};
use nix::sys::sysinfo::sysinfo;
use nix::unistd::{SysconfVar, sysconf};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Every controller that ever had a v1 hierarchy (Linux include/linux/cgroup_subsys.h).
pub const V1_CONTROLLERS: [&str; 14] = [
    "cpuset",
    "cpu",
    "cpuacct",
    "blkio",
    "memory",
    "devices",
    "freezer",
    "net_cls",
    "perf_event",
    "net_prio",
    "hugetlb",
    "pids",
    "rdma",
    "misc",
];
pub const CGROUP_FLAGS: MsFlags = MsFlags::MS_NOSUID
    .union(MsFlags::MS_NODEV)
    .union(MsFlags::MS_NOEXEC);

const V2_PROBE: &str = "/run/kmx-probe/v2";
const V1_PROBE: &str = "/run/kmx-probe/v1";
/// A controller whose v1 hierarchy was unmounted returns to v2 about 50 ms later.
const RETURN_TIMEOUT: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(2);
const OK: &str = "ok";

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub release: String,
    cmdline: String,
    cpus: u32,
    memory_mib: u64,
    /// Controller → `ok` or the errno name of mount(2).
    v1_mounts: BTreeMap<&'static str, String>,
    pub v2_controllers: Vec<String>,
    proc_cgroups: Vec<ProcCgroup>,
    disagreements: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config_gz: Option<Base64>,
}

impl Facts {
    /// In the order in which they should be mounted.
    pub fn mountable_v1(&self) -> impl Iterator<Item = &'static str> {
        V1_CONTROLLERS
            .into_iter()
            .filter(|name| self.v1_mounts[name] == OK)
    }
}

/// A row of `/proc/cgroups`: a claim, which the mounts may contradict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ProcCgroup {
    name: String,
    hierarchy: u32,
    enabled: bool,
}

/// Tries every mount. No cgroup file system may be mounted yet, and none is left mounted.
pub fn probe() -> Result<Facts, Failure> {
    let proc_cgroups = parse_proc_cgroups(&read_text("/proc/cgroups").unwrap_or_default());
    let (v1_mounts, v2_controllers) = try_mounts()?;
    let memory = sysinfo().map_err(|errno| Failure::errno("sysinfo", errno))?;
    let cpus = sysconf(SysconfVar::_NPROCESSORS_ONLN)
        .ok()
        .flatten()
        .unwrap_or(1);
    Ok(Facts {
        release: release(),
        cmdline: read_text("/proc/cmdline")?.trim_end().to_owned(),
        cpus: cpus as u32,
        memory_mib: memory.ram_total() / (1024 * 1024),
        disagreements: find_disagreements(&proc_cgroups, &v1_mounts),
        v1_mounts,
        v2_controllers,
        proc_cgroups,
        config_gz: fs::read("/proc/config.gz").ok().map(Base64),
    })
}

pub fn release() -> String {
    let names = nix::sys::utsname::uname().expect("uname only fails for a bad address");
    names.release().to_string_lossy().into_owned()
}

/// How mounting each v1 controller ends, and the controllers of v2.
///
/// cgroup2 stays mounted throughout, to see the controllers come back that v1 borrowed: a v1
/// hierarchy that lingers would withhold its controller from the mode that is mounted next.
fn try_mounts() -> Result<(BTreeMap<&'static str, String>, Vec<String>), Failure> {
    for path in [V2_PROBE, V1_PROBE] {
        fs::create_dir_all(path).map_err(|error| Failure::io(format!("mkdir {path}"), &error))?;
    }
    mount(
        Some("cgroup2"),
        V2_PROBE,
        Some("cgroup2"),
        CGROUP_FLAGS,
        None::<&str>,
    )
    .map_err(|errno| Failure::errno("mount cgroup2", errno))?;
    let v2_controllers = read_words(&format!("{V2_PROBE}/cgroup.controllers"))?;
    let mut v1_mounts = BTreeMap::new();
    for name in V1_CONTROLLERS {
        v1_mounts.insert(name, try_v1_mount(name)?);
    }
    wait_for_return(&v2_controllers)?;
    umount(V2_PROBE).map_err(|errno| Failure::errno(format!("umount {V2_PROBE}"), errno))?;
    for path in [V2_PROBE, V1_PROBE, "/run/kmx-probe"] {
        fs::remove_dir(path).map_err(|error| Failure::io(format!("rmdir {path}"), &error))?;
    }
    Ok((v1_mounts, v2_controllers))
}

fn try_v1_mount(name: &str) -> Result<String, Failure> {
    match mount(
        Some("cgroup"),
        V1_PROBE,
        Some("cgroup"),
        CGROUP_FLAGS,
        Some(name),
    ) {
        Err(errno) => Ok(errno_name(errno as i32)),
        Ok(()) => umount(V1_PROBE)
            .map(|()| OK.to_owned())
            .map_err(|errno| Failure::errno(format!("umount v1 {name}"), errno)),
    }
}

fn wait_for_return(expected: &[String]) -> Result<(), Failure> {
    let deadline = Instant::now() + RETURN_TIMEOUT;
    loop {
        let found = read_words(&format!("{V2_PROBE}/cgroup.controllers"))?;
        let missing: Vec<_> = expected
            .iter()
            .filter(|name| !found.contains(name))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let text = format!(
                "after {} s v2 has not regained {missing:?}, whose v1 mounts were tried",
                RETURN_TIMEOUT.as_secs()
            );
            return Err(Failure::new(Errno::ETIMEDOUT, text));
        }
        sleep(LOOK_AGAIN);
    }
}

pub fn read_words(path: &str) -> Result<Vec<String>, Failure> {
    Ok(read_text(path)?
        .split_whitespace()
        .map(str::to_owned)
        .collect())
}

fn read_text(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::io(format!("read {path}"), &error))
}

/// `#subsys_name hierarchy num_cgroups enabled`
fn parse_proc_cgroups(text: &str) -> Vec<ProcCgroup> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let parsed = rows.filter_map(|row| {
        let fields: Vec<_> = row.split_whitespace().collect();
        let [name, hierarchy, _cgroups, enabled] = fields[..] else {
            return None;
        };
        let hierarchy = hierarchy.parse().ok()?;
        Some(ProcCgroup {
            name: name.to_owned(),
            hierarchy,
            enabled: enabled == "1",
        })
    });
    parsed.collect()
}

/// Where `/proc/cgroups` and the mounts disagree, one sentence each.
fn find_disagreements(
    claims: &[ProcCgroup],
    mounts: &BTreeMap<&'static str, String>,
) -> Vec<String> {
    let sentence = |(name, outcome): (&&str, &String)| {
        let claim = claims.iter().find(|it| it.name == **name);
        let claimed = match claim {
            Some(ProcCgroup { enabled: true, .. }) => "as enabled",
            Some(_) => "as disabled",
            None => "not at all",
        };
        match (claim.is_some_and(|it| it.enabled), outcome == OK) {
            (true, false) => Some(format!(
                "/proc/cgroups lists {name} {claimed}, but a v1 mount of it fails with {outcome}"
            )),
            (false, true) => Some(format!(
                "/proc/cgroups lists {name} {claimed}, but a v1 mount of it succeeds"
            )),
            _ => None,
        }
    };
    mounts.iter().filter_map(sentence).collect()
}

#[cfg(test)]
mod tests;
