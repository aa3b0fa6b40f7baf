//! The mounts of each cgroup mode: planned, made and verified.

use crate::cgroup_sets::CgroupSet;
use crate::facts::CGROUP_FLAGS;
use crate::failure::Failure;
use crate::home::Home;
use crate::mountinfo::{Mount, read_mounts};
use crate::patience::wait_for;
use nix::errno::Errno;
use nix::mount::{MntFlags, mount, umount2};
use nix::sys::statfs::{CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, FsType, TMPFS_MAGIC, statfs};
use serde::Deserialize;
use std::fs;
use std::os::unix::fs::symlink;

pub const ROOT: &str = "/sys/fs/cgroup";
const UNIFIED: &str = "/sys/fs/cgroup/unified";

/// - `V1`: a tmpfs with one folder per hierarchy. Each controller has its own, except where a host has
///   several in one: then there are links, as systemd makes them.
/// - `Hybrid`: the same, plus cgroup2 at `unified` with the controllers that have no v1 mount. This
///   is what systemd calls hybrid; a kernel without `cpuset` and `memory` on v1 has the two only
///   there.
/// - `V2`: cgroup2 and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    V1,
    Hybrid,
    V2,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Hybrid => "hybrid",
            Self::V2 => "v2",
        }
    }
}

/// One mount of a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    path: String,
    kind: &'static str,
    /// Those of mount(2), each of which the kernel must list.
    options: String,
}

impl Step {
    fn new(path: impl Into<String>, kind: &'static str, options: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            kind,
            options: options.into(),
        }
    }

    fn options(&self) -> impl Iterator<Item = &str> {
        self.options.split(',').filter(|option| !option.is_empty())
    }

    fn magic(&self) -> FsType {
        match self.kind {
            "cgroup2" => CGROUP2_SUPER_MAGIC,
            "cgroup" => CGROUP_SUPER_MAGIC,
            _ => TMPFS_MAGIC,
        }
    }
}

/// `v2_options` are those of cgroup2.
pub fn plan(mode: Mode, v1: &[CgroupSet], v2_options: &str) -> Vec<Step> {
    if mode == Mode::V2 {
        return vec![Step::new(ROOT, "cgroup2", v2_options)];
    }
    let mut steps = vec![Step::new(ROOT, "tmpfs", "mode=755")];
    steps.extend(v1.iter().map(|set| {
        let joined = set.joined();
        Step::new(format!("{ROOT}/{joined}"), "cgroup", joined)
    }));
    if mode == Mode::Hybrid {
        steps.push(Step::new(UNIFIED, "cgroup2", v2_options));
    }
    steps
}

pub fn make_mount(step: &Step, home: &Home) -> Result<(), Failure> {
    let Step {
        path,
        kind,
        options,
    } = step;
    if path != ROOT {
        fs::create_dir(path).map_err(|error| Failure::io(format!("mkdir {path}"), &error))?;
    }
    let late = format!("{options} could not be mounted at {path}: v2 has not released it");
    wait_for(&late, || {
        match mount(
            Some(*kind),
            path.as_str(),
            Some(*kind),
            CGROUP_FLAGS,
            Some(options.as_str()),
        ) {
            // v2 keeps a controller until the cgroup is gone that probing facts has removed.
            Err(Errno::EBUSY) => Ok(None),
            Err(errno) => {
                let doing = format!("mount {kind} {options} at {path}");
                Err(Failure::errno(doing, errno))
            }
            Ok(()) => Ok(Some(())),
        }
    })?;
    match *kind {
        "cgroup" => complete_v1(step),
        // What is not the guest's own must not stay in its sight.
        "cgroup2" => home.take_v2(path).inspect_err(|_| detach(path)),
        _ => Ok(()),
    }
}

fn detach(path: &str) {
    // This only fails if somebody else has unmounted it.
    let _ = umount2(path, MntFlags::MNT_DETACH);
}

fn complete_v1(step: &Step) -> Result<(), Failure> {
    if step.options().any(|name| name == "memory") {
        count_memory_of_children(&step.path)?;
    }
    // The only one of a hierarchy has its folder.
    for name in step.options().filter(|name| *name != step.options) {
        let link = format!("{ROOT}/{name}");
        symlink(&step.options, &link)
            .map_err(|error| Failure::io(format!("link {link}"), &error))?;
    }
    Ok(())
}

/// Before Linux 5.11 a v1 memory limit does not cover child cgroups unless the root is told so
/// before there are any. Every distribution's PID 1 does that, and so does kata-agent as PID 1;
/// later kernels accept the write and always behave that way.
fn count_memory_of_children(memory: &str) -> Result<(), Failure> {
    let path = format!("{memory}/memory.use_hierarchy");
    fs::write(&path, "1").map_err(|error| Failure::io(format!("write 1 to {path}"), &error))
}

/// Returns the cgroup mounts as they are now. Fails if they are not exactly those of the steps.
pub fn verify(steps: &[Step]) -> Result<Vec<Mount>, Failure> {
    let mut mounts =
        read_mounts().map_err(|error| Failure::io("read /proc/self/mountinfo", &error))?;
    mounts.retain(|mount| mount.path == ROOT || mount.path.starts_with(&format!("{ROOT}/")));
    for step in steps {
        let path = step.path.as_str();
        let found =
            statfs(path).map_err(|errno| Failure::errno(format!("statfs {path}"), errno))?;
        let is_listed = mounts.iter().any(|mount| is_step(mount, step));
        if found.filesystem_type() != step.magic() || !is_listed {
            return Err(not_as_asked(format!(
                "{path} is not {} {}",
                step.kind, step.options
            )));
        }
    }
    match mounts
        .iter()
        .find(|mount| !steps.iter().any(|step| is_step(mount, step)))
    {
        Some(other) => Err(not_as_asked(format!("{} is mounted as well", other.path))),
        None => Ok(mounts),
    }
}

fn is_step(mount: &Mount, step: &Step) -> bool {
    mount.path == step.path
        && mount.kind == step.kind
        && step.options().all(|option| mount.has_option(option))
}

pub fn not_as_asked(what: String) -> Failure {
    Failure::unsupported(format!("the cgroup mode was mounted, but {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_own_mounts() {
        let both = ["cpu", "cpuacct"].map(str::to_owned).to_vec();
        let v1 = [CgroupSet { controllers: both }, CgroupSet::of_one("pids")];
        let in_v1 = [
            Step::new(ROOT, "tmpfs", "mode=755"),
            Step::new("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "cpu,cpuacct"),
            Step::new("/sys/fs/cgroup/pids", "cgroup", "pids"),
        ];
        let plan = |mode| plan(mode, &v1, "nsdelegate");
        assert_eq!(plan(Mode::V1), in_v1);
        let unified = Step::new("/sys/fs/cgroup/unified", "cgroup2", "nsdelegate");
        assert_eq!(plan(Mode::Hybrid), [&in_v1[..], &[unified]].concat());
        assert_eq!(plan(Mode::V2), [Step::new(ROOT, "cgroup2", "nsdelegate")]);
    }

    #[test]
    fn a_mount_matches_a_step_only_in_path_type_and_option() {
        let step = Step::new("/sys/fs/cgroup/cpu", "cgroup", "cpu");
        let mount = |path: &str, kind: &str, options: &str| Mount {
            path: path.into(),
            kind: kind.into(),
            options: options.into(),
        };
        assert!(is_step(
            &mount("/sys/fs/cgroup/cpu", "cgroup", "rw,nosuid,rw,cpu"),
            &step
        ));
        assert!(!is_step(
            &mount("/sys/fs/cgroup/cpu", "cgroup", "rw,nosuid,rw,cpuacct"),
            &step
        ));
        assert!(!is_step(
            &mount("/sys/fs/cgroup/cpu", "cgroup2", "rw,cpu"),
            &step
        ));
        assert!(!is_step(
            &mount("/sys/fs/cgroup/cpuacct", "cgroup", "rw,cpu"),
            &step
        ));
    }
}
