//! What cgroup v1 offers, by mounting every controller.

use super::mount_options::v1_refusal;
use super::probe_folder::{make_mount_point, remove_mount_point};
use super::{CGROUP_FLAGS, OK, Outcome, files_of_child, outcome_of, proc_cgroups, read_text};
use crate::failure::{Failure, errno_name};
use crate::patience::wait_for;
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
const NAMED: &str = "kmx-probe";

pub struct OnV1 {
    pub mounts: BTreeMap<&'static str, Outcome>,
    pub named: Outcome,
    pub files: BTreeSet<String>,
}

struct Hierarchy {
    path: String,
    controllers: Vec<&'static str>,
}

/// Mounts all controllers that the kernel does not refuse, in one hierarchy: one for each would take
/// far longer. If that fails, each is mounted alone. They return to v2 a while later.
pub fn probe(folder: &str) -> Result<OnV1, Failure> {
    let named = try_named(folder)?;
    let mut mounts: BTreeMap<_, _> = V1_CONTROLLERS
        .map(|name| (name, outcome_of(v1_refusal(name).map_or(Ok(()), Err))))
        .into();
    let hierarchies = mount_offered(folder, &mut mounts)?;
    let mut files = BTreeSet::new();
    for hierarchy in &hierarchies {
        files.extend(files_of_child(&hierarchy.path)?);
    }
    unmount_childless(hierarchies)?;
    wait_for("the named v1 hierarchy has not gone away", || {
        Ok((!is_named_there()?).then_some(()))
    })?;
    Ok(OnV1 {
        mounts,
        named,
        files,
    })
}

/// Those that are `ok` so far; what turns out otherwise is corrected.
fn mount_offered(
    folder: &str,
    mounts: &mut BTreeMap<&'static str, Outcome>,
) -> Result<Vec<Hierarchy>, Failure> {
    let mut offered = V1_CONTROLLERS.to_vec();
    offered.retain(|name| mounts[name] == OK);
    // Without any name, mount(2) takes all controllers.
    if offered.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(hierarchy) = mount_together(folder, &offered)? {
        return Ok(vec![hierarchy]);
    }
    let mut alone = Vec::new();
    for name in offered {
        match mount_together(folder, &[name])? {
            Ok(hierarchy) => alone.push(hierarchy),
            Err(errno) => drop(mounts.insert(name, errno_name(errno as i32))),
        }
    }
    Ok(alone)
}

/// The errno is that of mount(2).
fn mount_together(
    folder: &str,
    controllers: &[&'static str],
) -> Result<nix::Result<Hierarchy>, Failure> {
    let path = make_mount_point(folder, controllers[0])?;
    if let Err(errno) = mount_v1(&path, &controllers.join(",")) {
        remove_mount_point(&path)?;
        return Ok(Err(errno));
    }
    let controllers = controllers.to_vec();
    Ok(Ok(Hierarchy { path, controllers }))
}

/// Unmounts each hierarchy as soon as its child is gone. A cgroup that was removed exists for some grace
/// periods of RCU, and so long its hierarchy outlives its mount: it would stay for good.
fn unmount_childless(mut mounted: Vec<Hierarchy>) -> Result<(), Failure> {
    wait_for("removed v1 cgroups have not gone away", || {
        let with_children = proc_cgroups::with_children();
        let (left, childless) = std::mem::take(&mut mounted)
            .into_iter()
            .partition::<Vec<_>, _>(|hierarchy| {
                let mut controllers = hierarchy.controllers.iter();
                controllers.any(|name| with_children.iter().any(|other| other == name))
            });
        for Hierarchy { path, .. } in childless {
            unmount(&path)?;
        }
        mounted = left;
        Ok(mounted.is_empty().then_some(()))
    })
}

pub fn try_named(folder: &str) -> Result<Outcome, Failure> {
    let path = make_mount_point(folder, "named")?;
    let outcome = outcome_of(mount_v1(&path, &format!("none,name={NAMED}")));
    if outcome == OK {
        unmount(&path)?;
    } else {
        remove_mount_point(&path)?;
    }
    Ok(outcome)
}

pub fn mount_v1(path: &str, options: &str) -> nix::Result<()> {
    mount(
        Some("cgroup"),
        path,
        Some("cgroup"),
        CGROUP_FLAGS,
        Some(options),
    )
}

pub fn unmount(path: &str) -> Result<(), Failure> {
    umount(path).map_err(|errno| Failure::errno(format!("umount {path}"), errno))?;
    remove_mount_point(path)
}

fn is_named_there() -> Result<bool, Failure> {
    let text = read_text("/proc/self/cgroup")?;
    Ok(text.contains(&format!(":name={NAMED}:")))
}
