//! What cgroup v1 offers, by mounting every controller.

use super::probe_folder::{make_mount_point, remove_mount_point};
use super::{
    CGROUP_FLAGS, OK, Outcome, files_of_child, outcome_of, proc_cgroups, read_text, wait_for,
};
use crate::failure::Failure;
use nix::errno::Errno;
use nix::mount::{mount, umount};
use std::collections::{BTreeMap, BTreeSet};

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
/// `blkio` is `io` on v2, and `perf_event` is on v2 without being listed.
const ON_V2_BY_ANOTHER_NAME: [&str; 2] = ["blkio", "perf_event"];
const NAMED: &str = "kmx-probe";

pub struct OnV1 {
    pub mounts: BTreeMap<&'static str, Outcome>,
    pub named: Outcome,
    pub files: BTreeSet<String>,
}

/// Controllers return to v2 a while later.
///
/// A cgroup that was removed exists for some grace periods of RCU. Until then a v2 one keeps its
/// controllers from v1 (EBUSY), and a v1 one keeps its hierarchy, even if that is unmounted. So the
/// hierarchies stay mounted side by side until their children are gone, and those that v2 never had
/// come first.
pub fn probe(folder: &str, on_v2: &[String]) -> Result<OnV1, Failure> {
    let named = try_named(folder)?;
    let mut mounts = BTreeMap::new();
    let mut files = BTreeSet::new();
    let (busy, free): (Vec<_>, Vec<_>) = V1_CONTROLLERS.into_iter().partition(|name| {
        on_v2.iter().any(|other| other == name) || ON_V2_BY_ANOTHER_NAME.contains(name)
    });
    for name in free.into_iter().chain(busy) {
        let (outcome, found) = try_controller(folder, name)?;
        mounts.insert(name, outcome);
        files.extend(found);
    }
    let mounted = mounts.iter().filter(|(_, outcome)| *outcome == OK);
    unmount_childless(folder, mounted.map(|(name, _)| *name).collect())?;
    wait_for("the named v1 hierarchy has not gone away", || {
        Ok((!is_named_there()?).then_some(()))
    })?;
    Ok(OnV1 {
        mounts,
        named,
        files,
    })
}

/// Leaves the hierarchy mounted if it could be mounted.
fn try_controller(folder: &str, name: &str) -> Result<(Outcome, BTreeSet<String>), Failure> {
    let path = make_mount_point(folder, name)?;
    let what = format!("v2 has not released {name}");
    let outcome = wait_for(&what, || match mount_v1(&path, name) {
        Err(Errno::EBUSY) => Ok(None),
        result => Ok(Some(outcome_of(result))),
    })?;
    if outcome == OK {
        return Ok((outcome, files_of_child(&path)?));
    }
    remove_mount_point(&path)?;
    Ok((outcome, BTreeSet::new()))
}

fn unmount_childless(folder: &str, mut mounted: Vec<&str>) -> Result<(), Failure> {
    wait_for("removed v1 cgroups have not gone away", || {
        let with_children = proc_cgroups::with_children();
        let (left, childless): (Vec<_>, Vec<_>) = mounted
            .iter()
            .partition(|name| with_children.iter().any(|other| other == *name));
        for name in childless {
            unmount(&format!("{folder}/{name}"))?;
        }
        mounted = left;
        Ok(mounted.is_empty().then_some(()))
    })
}

fn try_named(folder: &str) -> Result<Outcome, Failure> {
    let path = make_mount_point(folder, "named")?;
    let outcome = outcome_of(mount_v1(&path, &format!("none,name={NAMED}")));
    if outcome == OK {
        unmount(&path)?;
    } else {
        remove_mount_point(&path)?;
    }
    Ok(outcome)
}

fn mount_v1(path: &str, options: &str) -> nix::Result<()> {
    mount(
        Some("cgroup"),
        path,
        Some("cgroup"),
        CGROUP_FLAGS,
        Some(options),
    )
}

fn unmount(path: &str) -> Result<(), Failure> {
    umount(path).map_err(|errno| Failure::errno(format!("umount {path}"), errno))?;
    remove_mount_point(path)
}

fn is_named_there() -> Result<bool, Failure> {
    let text = read_text("/proc/self/cgroup")?;
    Ok(text.contains(&format!(":name={NAMED}:")))
}
