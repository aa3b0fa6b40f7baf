//! What cgroup v1 offers in a container: the hierarchies of the host, below the container's own cgroups.

use super::probe_folder::{make_mount_point, remove_mount_point};
use super::v1::{OnV1, V1_CONTROLLERS, mount_v1, try_named, unmount};
use super::{OK, Outcome, files_of_child};
use crate::cgroup_sets::{CgroupSet, read_shared};
use crate::failure::{Failure, errno_name};
use nix::errno::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// kernel/cgroup/cgroup-v1.c, `cgroup1_base_files`: only the root of a hierarchy has it.
const ONLY_IN_ROOT: &str = "release_agent";

/// Tries every hierarchy of the host, and each other controller alone: the kernel tells why there is
/// none. Nothing lingers, since the host's own mounts keep its hierarchies.
pub fn probe(folder: &str) -> Result<OnV1, Failure> {
    let mut outcomes: BTreeMap<String, Outcome> = BTreeMap::new();
    let mut files = BTreeSet::new();
    for set in with_the_rest(read_shared()?) {
        let outcome = try_set(folder, &set, &mut files)?;
        outcomes.extend(set.controllers.into_iter().map(|it| (it, outcome.clone())));
    }
    Ok(OnV1 {
        mounts: V1_CONTROLLERS
            .map(|name| (name, outcomes.remove(name).unwrap_or_default()))
            .into(),
        named: try_named(folder)?,
        files,
    })
}

fn with_the_rest(mut sets: Vec<CgroupSet>) -> Vec<CgroupSet> {
    let is_there = |name: &&str| {
        let mut of_host = sets.iter().flat_map(|set| &set.controllers);
        of_host.any(|other| other == name)
    };
    let rest = V1_CONTROLLERS.iter().filter(|name| !is_there(name));
    let rest: Vec<_> = rest.map(|name| CgroupSet::of_one(name)).collect();
    sets.extend(rest);
    sets
}

/// The errno of mounting it, or else of making a cgroup there.
fn try_set(
    folder: &str,
    set: &CgroupSet,
    files: &mut BTreeSet<String>,
) -> Result<Outcome, Failure> {
    let options = set.joined();
    let path = make_mount_point(folder, &options)?;
    if let Err(errno) = mount_v1(&path, &options) {
        remove_mount_point(&path)?;
        return Ok(errno_name(errno as i32));
    }
    let outcome = match files_of_own_child(&path) {
        Ok(found) => {
            files.extend(found);
            OK.to_owned()
        }
        Err(failure) => failure.code,
    };
    unmount(&path)?;
    Ok(outcome)
}

/// Fails where the engine has made no cgroup for the container: what is mounted then is everybody's.
fn files_of_own_child(path: &str) -> Result<BTreeSet<String>, Failure> {
    if Path::new(path).join(ONLY_IN_ROOT).exists() {
        let text =
            format!("{path} is the root of the host's hierarchy, not the container's cgroup");
        return Err(Failure::new(Errno::EPERM, text));
    }
    files_of_child(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_without_a_hierarchy_are_tried_alone() {
        let both = ["cpu", "cpuacct"].map(str::to_owned).to_vec();
        let of_host = CgroupSet { controllers: both };
        let tried = with_the_rest(vec![of_host.clone()]);
        assert_eq!(tried[0], of_host);
        let mut controllers: Vec<_> = tried.iter().flat_map(|it| &it.controllers).collect();
        controllers.sort();
        let mut expected = V1_CONTROLLERS.to_vec();
        expected.sort();
        assert_eq!(controllers, expected);
    }

    #[test]
    fn the_root_of_a_hierarchy_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ONLY_IN_ROOT), "").unwrap();
        let failure = files_of_own_child(folder.path().to_str().unwrap()).unwrap_err();
        assert_eq!(failure.code, "EPERM");
    }
}
