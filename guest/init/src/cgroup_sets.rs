//! Sets of v1 controllers that share a hierarchy. On a kernel of its own, init mounts each alone; in a
//! container they are as the host has mounted them (`cpu,cpuacct` with systemd), since only the first
//! cgroup namespace can make hierarchies (kernel/cgroup/cgroup-v1.c: `cgroup1_root_to_use`).

use crate::facts::{Facts, V1_CONTROLLERS};
use crate::failure::Failure;
use crate::layout::Mode;
use std::fs;

const OWN_CGROUPS: &str = "/proc/self/cgroup";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CgroupSet {
    /// At least one.
    pub controllers: Vec<String>,
}

impl CgroupSet {
    pub fn of_one(controller: &str) -> Self {
        Self {
            controllers: vec![controller.to_owned()],
        }
    }

    /// As mount(2) takes it, and as systemd names the folder.
    pub fn joined(&self) -> String {
        self.controllers.join(",")
    }
}

/// The sets that the host has mounted, wherever this process may use them. Those first that have the
/// first of `V1_CONTROLLERS`.
pub fn read_shared() -> Result<Vec<CgroupSet>, Failure> {
    let text = fs::read_to_string(OWN_CGROUPS)
        .map_err(|error| Failure::io(format!("read {OWN_CGROUPS}"), &error))?;
    Ok(parse_sets(&text))
}

/// cgroups(7), `/proc/pid/cgroup`: `4:cpu,cpuacct:/`, `1:name=systemd:/`, `0::/`.
fn parse_sets(text: &str) -> Vec<CgroupSet> {
    let mut sets: Vec<_> = text
        .lines()
        .filter_map(|line| line.split(':').nth(1))
        .filter_map(parse_set)
        .collect();
    sets.sort_by_key(|set| set.controllers.iter().filter_map(|it| rank(it)).min());
    sets
}

/// `None` of v2, and of a hierarchy that only has a name.
fn parse_set(words: &str) -> Option<CgroupSet> {
    let names = words
        .split(',')
        .filter(|word| !word.is_empty() && !word.starts_with("name="));
    let controllers: Vec<_> = names.map(str::to_owned).collect();
    (!controllers.is_empty()).then_some(CgroupSet { controllers })
}

fn rank(controller: &str) -> Option<usize> {
    V1_CONTROLLERS.iter().position(|name| *name == controller)
}

/// Those of a cgroup mode in a container. Fails if the host has another mode: a container can neither
/// bind a controller to v1 nor release it.
pub fn shared_sets(mode: Mode, facts: &Facts) -> Result<Vec<CgroupSet>, Failure> {
    let sets = read_shared()?;
    check_mode(mode, &sets)?;
    let usable = |set: &CgroupSet| set.controllers.iter().any(|name| facts.mounts_v1(name));
    Ok(sets.into_iter().filter(usable).collect())
}

fn check_mode(mode: Mode, sets: &[CgroupSet]) -> Result<(), Failure> {
    let on_v1: Vec<_> = sets.iter().map(CgroupSet::joined).collect();
    match mode {
        Mode::V2 if !sets.is_empty() => Err(Failure::unsupported(format!(
            "expected a host with all controllers on v2, found {} on v1: a container on it can \
             have v1 or hybrid",
            on_v1.join(" ")
        ))),
        Mode::V1 | Mode::Hybrid if sets.is_empty() => Err(Failure::unsupported(format!(
            "expected a host with controllers on v1 for cgroup mode {}, found none: a container \
             on it can have v2",
            mode.name()
        ))),
        _ => Ok(()),
    }
}

/// Without those that are to be left unmounted, which only works for whole sets.
pub fn leave_out(sets: Vec<CgroupSet>, left_out: &[String]) -> Result<Vec<CgroupSet>, Failure> {
    let mut kept = Vec::new();
    for set in sets {
        let is_left_out = |name: &String| left_out.contains(name);
        if set.controllers.iter().all(is_left_out) {
            continue;
        }
        if let Some(name) = set.controllers.iter().find(|it| is_left_out(it)) {
            let joined = set.joined();
            return Err(Failure::unsupported(format!(
                "{name} cannot be left unmounted alone: the host has {joined} in one hierarchy"
            )));
        }
        kept.push(set);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Debian 12 with systemd.
    const V2_HOST: &str = "0::/\n";
    /// systemd with `systemd.unified_cgroup_hierarchy=0`.
    const HYBRID_HOST: &str = "\
13:misc:/
12:perf_event:/
11:memory:/
10:rdma:/
9:pids:/
8:cpu,cpuacct:/
7:freezer:/
6:net_cls,net_prio:/
5:blkio:/
4:devices:/
3:hugetlb:/
2:cpuset:/
1:name=systemd:/
0::/
";
    /// `HYBRID_HOST` with `systemd.legacy_systemd_cgroup_controller=1`: v2 is not mounted, and yet there.
    const V1_HOST: &str = "3:cpuset:/a:b\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n";

    fn joined(text: &str) -> Vec<String> {
        parse_sets(text).iter().map(CgroupSet::joined).collect()
    }

    fn left_out(text: &str, names: &[&str]) -> Result<Vec<CgroupSet>, Failure> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        leave_out(parse_sets(text), &names)
    }

    #[test]
    fn sets_are_as_the_host_has_mounted_them_and_in_the_kernels_order() {
        let expected = [
            "cpuset",
            "cpu,cpuacct",
            "blkio",
            "memory",
            "devices",
            "freezer",
            "net_cls,net_prio",
            "perf_event",
            "hugetlb",
            "pids",
            "rdma",
            "misc",
        ];
        assert_eq!(joined(HYBRID_HOST), expected);
        assert_eq!(joined(V1_HOST), ["cpuset", "cpu,cpuacct"]);
        assert!(joined(V2_HOST).is_empty());
    }

    #[test]
    fn names_of_hierarchies_are_no_controllers() {
        assert_eq!(
            joined("2:cpu,name=both:/\n1:name=only:/\n0::/\nno line\n"),
            ["cpu"]
        );
    }

    #[test]
    fn a_container_has_the_mode_of_its_host() {
        let fails = |mode, text: &str| check_mode(mode, &parse_sets(text)).is_err();
        assert!(
            !fails(Mode::V2, V2_HOST) && fails(Mode::V1, V2_HOST) && fails(Mode::Hybrid, V2_HOST)
        );
        for host in [HYBRID_HOST, V1_HOST] {
            assert!(fails(Mode::V2, host) && !fails(Mode::V1, host) && !fails(Mode::Hybrid, host));
        }
        let failure = check_mode(Mode::V2, &parse_sets(V1_HOST)).unwrap_err();
        assert_eq!(failure.code, "UNSUPPORTED");
        assert!(
            failure.message.contains("found cpuset cpu,cpuacct on v1"),
            "{failure:?}"
        );
    }

    #[test]
    fn only_whole_sets_are_left_out() {
        let kept = left_out(V1_HOST, &["cpuacct", "cpu", "pids"]).unwrap();
        assert_eq!(kept, [CgroupSet::of_one("cpuset")]);
        let failure = left_out(V1_HOST, &["cpuset", "cpu"]).unwrap_err();
        assert_eq!(failure.code, "UNSUPPORTED");
        assert!(
            failure
                .message
                .contains("the host has cpu,cpuacct in one hierarchy")
        );
    }
}
