//! The mounts of each cgroup mode: planned, made and verified.

use crate::facts::CGROUP_FLAGS;
use crate::failure::Failure;
use crate::mountinfo::{Mount, read_mounts};
use crate::patience::wait_for;
use nix::errno::Errno;
use nix::mount::mount;
use nix::sys::statfs::{CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, FsType, TMPFS_MAGIC, statfs};
use serde::Deserialize;
use std::fs;

pub const ROOT: &str = "/sys/fs/cgroup";
const UNIFIED: &str = "/sys/fs/cgroup/unified";

/// - `V1`: a tmpfs with one folder per controller, each a hierarchy of its own.
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
    option: &'static str,
}

impl Step {
    fn new(path: impl Into<String>, kind: &'static str, option: &'static str) -> Self {
        Self {
            path: path.into(),
            kind,
            option,
        }
    }

    fn magic(&self) -> FsType {
        match self.kind {
            "cgroup2" => CGROUP2_SUPER_MAGIC,
            "cgroup" => CGROUP_SUPER_MAGIC,
            _ => TMPFS_MAGIC,
        }
    }
}

pub fn plan(mode: Mode, v1: &[&'static str]) -> Vec<Step> {
    if mode == Mode::V2 {
        return vec![Step::new(ROOT, "cgroup2", "nsdelegate")];
    }
    let mut steps = vec![Step::new(ROOT, "tmpfs", "mode=755")];
    steps.extend(
        v1.iter()
            .map(|name| Step::new(format!("{ROOT}/{name}"), "cgroup", name)),
    );
    if mode == Mode::Hybrid {
        steps.push(Step::new(UNIFIED, "cgroup2", "nsdelegate"));
    }
    steps
}

pub fn make_mount(step: &Step) -> Result<(), Failure> {
    let Step { path, kind, option } = step;
    if path != ROOT {
        fs::create_dir(path).map_err(|error| Failure::io(format!("mkdir {path}"), &error))?;
    }
    let late = format!("{option} could not be mounted at {path}: v2 has not released it");
    wait_for(&late, || {
        match mount(
            Some(*kind),
            path.as_str(),
            Some(*kind),
            CGROUP_FLAGS,
            Some(*option),
        ) {
            // v2 keeps a controller until the cgroup is gone that probing facts has removed.
            Err(Errno::EBUSY) => Ok(None),
            Err(errno) => {
                let doing = format!("mount {kind} {option} at {path}");
                Err(Failure::errno(doing, errno))
            }
            Ok(()) => Ok(Some(())),
        }
    })?;
    if (*kind, *option) == ("cgroup", "memory") {
        count_memory_of_children(path)?;
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
                step.kind, step.option
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
    mount.path == step.path && mount.kind == step.kind && mount.has_option(step.option)
}

pub fn not_as_asked(what: String) -> Failure {
    Failure::unsupported(format!("the cgroup mode was mounted, but {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_own_mounts() {
        let v1 = ["cpu", "pids"];
        let tmpfs = Step::new(ROOT, "tmpfs", "mode=755");
        let folders = v1.map(|name| Step::new(format!("/sys/fs/cgroup/{name}"), "cgroup", name));
        let in_v1 = [vec![tmpfs], folders.to_vec()].concat();
        assert_eq!(plan(Mode::V1, &v1), in_v1);
        let unified = Step::new("/sys/fs/cgroup/unified", "cgroup2", "nsdelegate");
        assert_eq!(plan(Mode::Hybrid, &v1), [in_v1, vec![unified]].concat());
        assert_eq!(
            plan(Mode::V2, &v1),
            [Step::new(ROOT, "cgroup2", "nsdelegate")]
        );
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
