//! Controllers by name, and what a kernel needs to offer them.

/// What makes a kernel offer a controller: its Kconfig symbol, and for v1 a second symbol with the
/// first version that has it.
pub struct Controller {
    pub name: &'static str,
    pub symbol: &'static str,
    pub v1_symbol: Option<(&'static str, &'static str)>,
}

const fn new(name: &'static str, symbol: &'static str) -> Controller {
    Controller {
        name,
        symbol,
        v1_symbol: None,
    }
}

pub const CPU: Controller = new("cpu", "CONFIG_CGROUP_SCHED");
pub const DEVICES: Controller = new("devices", "CONFIG_CGROUP_DEVICE");
pub const FREEZER: Controller = new("freezer", "CONFIG_CGROUP_FREEZER");
pub const HUGETLB: Controller = new("hugetlb", "CONFIG_CGROUP_HUGETLB");
pub const PIDS: Controller = new("pids", "CONFIG_CGROUP_PIDS");
// Both became optional on v1, and off by default, in kernel commits 1abab1ba0775 and e93d4166b40a.
pub const CPUSET: Controller = Controller {
    v1_symbol: Some(("CONFIG_CPUSETS_V1", "6.12")),
    ..new("cpuset", "CONFIG_CPUSETS")
};
pub const MEMORY: Controller = Controller {
    v1_symbol: Some(("CONFIG_MEMCG_V1", "6.11")),
    ..new("memory", "CONFIG_MEMCG")
};

/// Every controller that a kernel up to 7.3 may have (kernel include/linux/cgroup_subsys.h), by its
/// name in mount options and `cgroup.controllers`.
pub const ALL: [&str; 16] = [
    "cpuset",
    "cpu",
    "cpuacct",
    "io",
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
    "dmem",
];
