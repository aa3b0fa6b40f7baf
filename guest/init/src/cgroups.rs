//! The cgroup mode of a guest: mounted once, then checked to be what it claims to be.

use crate::facts::{CGROUP_FLAGS, Facts, V1_CONTROLLERS, probe, read_words};
use crate::failure::Failure;
use crate::mountinfo::{Mount, read_mounts};
use nix::mount::mount;
use nix::sys::statfs::{CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, FsType, TMPFS_MAGIC, statfs};
use serde::{Deserialize, Serialize};
use std::fs;
use std::sync::Mutex;

const ROOT: &str = "/sys/fs/cgroup";
const UNIFIED: &str = "/sys/fs/cgroup/unified";

/// - `V1`: a tmpfs with one folder a controller, each a hierarchy of its own.
/// - `Hybrid`: the same, and cgroup2 at `unified` with the controllers that have no v1 mount. That is
///   what systemd calls hybrid; on kernels that took `cpuset` and `memory` out of v1, those two are
///   found there and nowhere else.
/// - `V2`: cgroup2 and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    V1,
    Hybrid,
    V2,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Hybrid => "hybrid",
            Self::V2 => "v2",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MountCgroups {
    mode: Mode,
    #[serde(default)]
    leave_unmounted: Vec<String>,
}

#[derive(Serialize)]
pub struct Mounted {
    controllers: Vec<String>,
    mounts: Vec<Mount>,
}

/// One mount of a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
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

#[derive(Default)]
pub struct Cgroups {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    facts: Option<Facts>,
    mode: Option<Mode>,
}

impl State {
    fn facts(&mut self) -> Result<Facts, Failure> {
        if let Some(facts) = &self.facts {
            return Ok(facts.clone());
        }
        let facts = probe()?;
        self.facts = Some(facts.clone());
        Ok(facts)
    }
}

impl Cgroups {
    /// Probed at the first call.
    pub fn facts(&self) -> Result<Facts, Failure> {
        self.state.lock().unwrap().facts()
    }

    /// Mounts a mode, once in a guest's life: hierarchies do not go away reliably.
    pub fn mount(&self, wanted: &MountCgroups) -> Result<Mounted, Failure> {
        check(wanted)?;
        let mut state = self.state.lock().unwrap();
        if let Some(mode) = state.mode {
            let text = format!("the cgroup mode of this guest is {} already", mode.name());
            return Err(Failure {
                code: "EBUSY".into(),
                message: text,
            });
        }
        let facts = state.facts()?;
        let left_out = |name: &&str| wanted.leave_unmounted.iter().any(|it| it == name);
        let v1: Vec<_> = facts
            .mountable_v1()
            .filter(|name| !left_out(name))
            .collect();
        if wanted.mode == Mode::V1 && v1.is_empty() {
            let text = format!(
                "{} can mount no v1 controller that v1 is asked for",
                facts.release
            );
            return Err(Failure::unsupported(text));
        }
        state.mode = Some(wanted.mode);
        let steps = plan(wanted.mode, &v1);
        for step in &steps {
            take(step)?;
        }
        let mounts = verify(&steps)?;
        let controllers = offered(wanted.mode, &v1, &facts)?;
        Ok(Mounted {
            controllers,
            mounts,
        })
    }
}

fn check(wanted: &MountCgroups) -> Result<(), Failure> {
    let left_out = &wanted.leave_unmounted;
    if let Some(unknown) = left_out
        .iter()
        .find(|it| !V1_CONTROLLERS.contains(&it.as_str()))
    {
        let text =
            format!("leaveUnmounted: expected some of {V1_CONTROLLERS:?}, found {unknown:?}");
        return Err(Failure::bad_request(text));
    }
    if wanted.mode == Mode::V2 && !left_out.is_empty() {
        return Err(Failure::unsupported(format!(
            "v2 mounts all its controllers at once, so {left_out:?} cannot be left unmounted; \
             boot with cgroup_disable={} to be without",
            left_out.join(",")
        )));
    }
    Ok(())
}

fn plan(mode: Mode, v1: &[&'static str]) -> Vec<Step> {
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

fn take(step: &Step) -> Result<(), Failure> {
    let Step { path, kind, option } = step;
    if path != ROOT {
        fs::create_dir(path).map_err(|error| Failure::io(format!("mkdir {path}"), &error))?;
    }
    mount(
        Some(*kind),
        path.as_str(),
        Some(*kind),
        CGROUP_FLAGS,
        Some(*option),
    )
    .map_err(|errno| Failure::errno(format!("mount {kind} {option} at {path}"), errno))?;
    if (*kind, *option) == ("cgroup", "memory") {
        count_memory_of_children(path)?;
    }
    Ok(())
}

/// Before Linux 5.11 a v1 memory limit does not cover child cgroups unless told to, at the root and
/// before there are any. Every distribution's PID 1 does, and so does kata-agent as PID 1; later kernels
/// take it as said.
fn count_memory_of_children(memory: &str) -> Result<(), Failure> {
    let path = format!("{memory}/memory.use_hierarchy");
    fs::write(&path, "1").map_err(|error| Failure::io(format!("write 1 to {path}"), &error))
}

/// The mounts of cgroups as they are now: an error if they are not the steps.
fn verify(steps: &[Step]) -> Result<Vec<Mount>, Failure> {
    let mut mounts =
        read_mounts().map_err(|error| Failure::io("read /proc/self/mountinfo", &error))?;
    mounts.retain(|mount| mount.path == ROOT || mount.path.starts_with(&format!("{ROOT}/")));
    for step in steps {
        let path = step.path.as_str();
        let found =
            statfs(path).map_err(|errno| Failure::errno(format!("statfs {path}"), errno))?;
        let is_told = mounts.iter().any(|mount| is_step(mount, step));
        if found.filesystem_type() != step.magic() || !is_told {
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

/// What the agent is offered. On v2 every controller the kernel has must be there: one that v1 still
/// held would make the cell another one than it is called.
fn offered(mode: Mode, v1: &[&str], facts: &Facts) -> Result<Vec<String>, Failure> {
    let on_v1 = v1.iter().map(|&name| name.to_owned());
    match mode {
        Mode::V1 => Ok(on_v1.collect()),
        Mode::Hybrid => Ok(on_v1
            .chain(read_words(&format!("{UNIFIED}/cgroup.controllers"))?)
            .collect()),
        Mode::V2 => {
            let mut controllers = read_words(&format!("{ROOT}/cgroup.controllers"))?;
            if controllers != facts.v2_controllers {
                let expected = &facts.v2_controllers;
                let text =
                    format!("expected the v2 controllers {expected:?}, found {controllers:?}");
                return Err(not_as_asked(text));
            }
            // No controller, but what `freezer` was on v1: cgroup.freeze, in every cgroup but the root.
            controllers.push("freezer".into());
            Ok(controllers)
        }
    }
}

fn not_as_asked(what: String) -> Failure {
    Failure::unsupported(format!("the cgroup mode was mounted, but {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(json: serde_json::Value) -> Result<MountCgroups, serde_json::Error> {
        serde_json::from_value(json)
    }

    #[test]
    fn each_mode_has_its_mounts() {
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
    fn a_mode_is_one_of_three_and_controllers_have_known_names() {
        for mode in ["v1", "hybrid", "v2"] {
            let wanted = wanted(serde_json::json!({ "mode": mode })).unwrap();
            assert_eq!((wanted.mode.name(), check(&wanted)), (mode, Ok(())));
        }
        let error = wanted(serde_json::json!({ "mode": "v3" })).err().unwrap();
        assert!(
            error
                .to_string()
                .contains("expected one of `v1`, `hybrid`, `v2`")
        );
        let unknown = wanted(serde_json::json!({ "mode": "v1", "leaveUnmounted": ["cpusets"] }));
        let failure = check(&unknown.unwrap()).unwrap_err();
        assert_eq!(failure.code, "BAD_REQUEST");
        assert!(failure.message.contains(r#"found "cpusets""#));
    }

    #[test]
    fn v2_leaves_nothing_unmounted_and_says_what_to_do() {
        let wanted =
            wanted(serde_json::json!({ "mode": "v2", "leaveUnmounted": ["memory", "pids"] }));
        let failure = check(&wanted.unwrap()).unwrap_err();
        assert_eq!(failure.code, "UNSUPPORTED");
        assert!(
            failure
                .message
                .contains("boot with cgroup_disable=memory,pids")
        );
    }

    #[test]
    fn a_mount_is_a_step_only_if_path_type_and_option_fit() {
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
