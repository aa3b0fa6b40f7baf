//! The cgroup mode of a guest: mounted once, then verified.

use crate::cgroup_sets::{CgroupSet, leave_out};
use crate::facts::{Facts, V1_CONTROLLERS, probe, read_words};
use crate::failure::Failure;
use crate::home::Home;
use crate::layout::{Mode, ROOT, make_mount, not_as_asked, plan, verify};
use crate::mountinfo::Mount;
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;

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

pub struct Cgroups {
    home: Home,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    facts: Option<Facts>,
    mode: Option<Mode>,
}

impl State {
    fn facts(&mut self, home: &Home) -> Result<Facts, Failure> {
        if let Some(facts) = &self.facts {
            return Ok(facts.clone());
        }
        let facts = probe(home)?;
        self.facts = Some(facts.clone());
        Ok(facts)
    }
}

impl Cgroups {
    pub fn new(home: Home) -> Self {
        Self {
            home,
            state: Mutex::default(),
        }
    }

    /// Probed on the first call.
    pub fn facts(&self) -> Result<Facts, Failure> {
        self.state.lock().unwrap().facts(&self.home)
    }

    /// Mounts a mode, once in a guest's life: unmounted hierarchies do not reliably disappear.
    pub fn mount(&self, wanted: &MountCgroups) -> Result<Mounted, Failure> {
        check(wanted)?;
        let mut state = self.state.lock().unwrap();
        if let Some(mode) = state.mode {
            let text = format!("the cgroup mode of this guest is already {}", mode.name());
            return Err(Failure::new(Errno::EBUSY, text));
        }
        let facts = state.facts(&self.home)?;
        let v1 = self.home.v1_sets(wanted.mode, &facts)?;
        let v1 = leave_out(v1, &wanted.leave_unmounted)?;
        if wanted.mode == Mode::V1 && v1.is_empty() {
            let text = format!(
                "{} can mount none of the v1 controllers asked for",
                facts.release
            );
            return Err(Failure::unsupported(text));
        }
        state.mode = Some(wanted.mode);
        let steps = plan(wanted.mode, &v1, self.home.v2_options());
        for step in &steps {
            make_mount(step, &self.home)?;
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
             boot with cgroup_disable={} to do without them",
            left_out.join(",")
        )));
    }
    Ok(())
}

/// The controllers the agent is offered. On hybrid those are the ones on v1: that is where runtimes
/// and agents set limits, and they use `unified` for processes at most (systemd says the same of
/// its own hybrid mode). On v2 every controller of the kernel must be there; if v1 still held one,
/// the cell would not be what its name says.
fn offered(mode: Mode, v1: &[CgroupSet], facts: &Facts) -> Result<Vec<String>, Failure> {
    match mode {
        Mode::V1 | Mode::Hybrid => {
            let on_v1 = v1.iter().flat_map(|set| &set.controllers);
            Ok(on_v1.cloned().collect())
        }
        Mode::V2 => {
            let mut controllers = read_words(&format!("{ROOT}/cgroup.controllers"))?;
            if controllers != facts.v2_controllers {
                let expected = &facts.v2_controllers;
                let text =
                    format!("expected the v2 controllers {expected:?}, found {controllers:?}");
                return Err(not_as_asked(text));
            }
            // Not a controller on v2, but every cgroup except the root has cgroup.freeze.
            controllers.push("freezer".into());
            Ok(controllers)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(json: serde_json::Value) -> Result<MountCgroups, serde_json::Error> {
        serde_json::from_value(json)
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
}
