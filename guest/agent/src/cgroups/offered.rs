//! What the guest offers: its cgroup mode, and the controllers that are really there.
//!
//! `/proc/cgroups` is no help: it lists controllers as enabled that cannot be mounted (Debian's
//! 6.12), and hides those of v2 (6.12 and later).

use std::fmt;

use cgroups_rs::fs::hierarchies::is_cgroup2_unified_mode;

use super::controller::{ALL, Controller};
use crate::failure::Failure;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    V1,
    /// v1 controllers, and a cgroup2 mount without controllers beside them.
    Hybrid,
    V2,
}

#[derive(Debug, PartialEq)]
pub struct Offered {
    pub mode: Mode,
    pub controllers: Vec<String>,
    kernel: String,
    command_line: String,
}

impl Offered {
    /// Looks at the guest as it is now.
    pub fn detect() -> Result<Self, Failure> {
        let read = |path: &str| {
            std::fs::read_to_string(path)
                .map_err(|error| Failure::file("read", path.as_ref(), &error))
        };
        let (mode, controllers) = if is_cgroup2_unified_mode() {
            (
                Mode::V2,
                parse_v2(&read("/sys/fs/cgroup/cgroup.controllers")?),
            )
        } else {
            parse_mounts(&read("/proc/self/mountinfo")?)
        };
        Ok(Self {
            mode,
            controllers,
            kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            command_line: read("/proc/cmdline")?.trim().to_owned(),
        })
    }

    pub fn has(&self, controller: &Controller) -> bool {
        self.controllers.iter().any(|name| name == controller.name)
    }

    /// The refusal of what needs a missing controller; `wanted` says what that is.
    pub fn refuse(&self, controller: &Controller, wanted: &str) -> Failure {
        Failure::precondition(format!(
            "controller \"{}\" is not offered by this guest ({self}): {wanted}. Remedy: {}",
            controller.name,
            self.find_remedy(controller)
        ))
    }

    fn find_remedy(&self, controller: &Controller) -> String {
        let Controller { name, symbol, .. } = controller;
        if self.has_parameter("cgroup_disable", &[name]) {
            return format!("boot the guest without {name} in cgroup_disable=");
        }
        if self.mode == Mode::V2 {
            return format!(
                "a kernel with {symbol}=y whose {name} is bound to no v1 hierarchy, or a request \
                 that does not need it"
            );
        }
        if self.has_parameter("cgroup_no_v1", &[name, "all"]) {
            return format!("boot the guest without {name} in cgroup_no_v1=, or use cgroup v2");
        }
        let kernel = match controller.v1_symbol {
            Some((v1_symbol, since)) => format!("{symbol}=y and, from {since} on, {v1_symbol}=y"),
            None => format!("{symbol}=y"),
        };
        format!(
            "mount the v1 controller {name} at /sys/fs/cgroup/{name} (it needs a kernel with \
             {kernel}), or use cgroup v2, or a request that does not need it"
        )
    }

    fn has_parameter(&self, parameter: &str, values: &[&str]) -> bool {
        let lists = self.command_line.split_whitespace().filter_map(|word| {
            let (name, list) = word.split_once('=')?;
            (name == parameter).then_some(list)
        });
        lists
            .flat_map(|list| list.split(','))
            .any(|value| values.contains(&value))
    }
}

impl fmt::Display for Offered {
    /// `cgroup v1: cpu, cpuacct; kernel 6.12.117`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::V1 => "v1",
            Mode::Hybrid => "v1 (hybrid)",
            Mode::V2 => "v2",
        };
        let controllers = match self.controllers.as_slice() {
            [] => "no controllers".to_owned(),
            names => names.join(", "),
        };
        write!(
            formatter,
            "cgroup {mode}: {controllers}; kernel {}",
            self.kernel
        )
    }
}

/// Controllers of a root's `cgroup.controllers`, plus the freezer: every v2 cgroup but the root has
/// `cgroup.freeze` (kernel Documentation/admin-guide/cgroup-v2.rst).
fn parse_v2(controllers: &str) -> Vec<String> {
    controllers
        .split_whitespace()
        .chain(["freezer"])
        .map(str::to_owned)
        .collect()
}

/// Mode and v1 controllers from `/proc/self/mountinfo`: the super options after " - cgroup SOURCE".
fn parse_mounts(mountinfo: &str) -> (Mode, Vec<String>) {
    let mut mode = Mode::V1;
    let mut controllers: Vec<String> = Vec::new();
    for line in mountinfo.lines() {
        let Some((_, file_system)) = line.split_once(" - ") else {
            continue;
        };
        let mut words = file_system.split(' ');
        match (words.next(), words.nth(1)) {
            (Some("cgroup2"), _) => mode = Mode::Hybrid,
            (Some("cgroup"), Some(options)) => {
                let names = options.split(',').filter(|option| ALL.contains(option));
                controllers.extend(names.map(str::to_owned));
            }
            _ => {}
        }
    }
    controllers.sort_unstable();
    controllers.dedup();
    (mode, controllers)
}

#[cfg(test)]
mod tests {
    use super::super::controller::{CPUSET, PIDS};
    use super::*;

    const MOUNTS: &str = "\
22 1 0:5 / /dev rw shared:2 - devtmpfs devtmpfs rw,size=4k
30 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:10 - cgroup cgroup rw,cpu,cpuacct
31 25 0:28 / /sys/fs/cgroup/pids rw,nosuid - cgroup none rw,pids
32 25 0:29 / /sys/fs/cgroup/systemd rw - cgroup none rw,xattr,name=systemd
";

    fn offer(mode: Mode, controllers: &[&str], command_line: &str) -> Offered {
        Offered {
            mode,
            controllers: controllers.iter().map(|name| name.to_string()).collect(),
            kernel: "6.12.117".into(),
            command_line: command_line.into(),
        }
    }

    #[test]
    fn v1_controllers_are_the_mounted_ones() {
        let expected = ["cpu", "cpuacct", "pids"].map(str::to_owned).to_vec();
        assert_eq!(parse_mounts(MOUNTS), (Mode::V1, expected.clone()));
        let hybrid = format!("{MOUNTS}33 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n");
        assert_eq!(parse_mounts(&hybrid), (Mode::Hybrid, expected));
    }

    #[test]
    fn v2_always_has_a_freezer() {
        assert_eq!(parse_v2("cpu pids\n"), ["cpu", "pids", "freezer"]);
        assert_eq!(parse_v2("\n"), ["freezer"]);
    }

    #[test]
    fn a_refusal_names_controller_mode_offer_and_remedy() {
        let offered = offer(Mode::V1, &["cpu", "pids"], "console=ttyS0");
        let failure = offered.refuse(&CPUSET, "CPU.Cpus=\"0\" cannot be applied");
        assert_eq!(failure.code, ttrpc::Code::FAILED_PRECONDITION);
        assert_eq!(
            failure.message,
            "controller \"cpuset\" is not offered by this guest (cgroup v1: cpu, pids; kernel \
             6.12.117): CPU.Cpus=\"0\" cannot be applied. Remedy: mount the v1 controller cpuset \
             at /sys/fs/cgroup/cpuset (it needs a kernel with CONFIG_CPUSETS=y and, from 6.12 on, \
             CONFIG_CPUSETS_V1=y), or use cgroup v2, or a request that does not need it"
        );
    }

    #[test]
    fn a_remedy_knows_the_boot_parameters() {
        let disabled = offer(Mode::V2, &["cpu"], "quiet cgroup_disable=memory,pids");
        assert!(disabled.find_remedy(&PIDS).contains("cgroup_disable="));
        assert!(!disabled.find_remedy(&CPUSET).contains("cgroup_disable="));
        let no_v1 = offer(Mode::V1, &[], "cgroup_no_v1=all");
        assert!(no_v1.find_remedy(&PIDS).contains("cgroup_no_v1="));
    }
}
