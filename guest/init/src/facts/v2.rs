//! What cgroup v2 offers, by enabling every controller.

use super::probe_folder::{make_mount_point, remove_mount_point};
use super::{CGROUP_FLAGS, OK, Outcome, files_of_child, outcome_of, read_words, wait_for};
use crate::failure::Failure;
use nix::mount::{mount as mount_at, umount};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

pub struct OnV2 {
    /// The words of the root's `cgroup.controllers`.
    pub controllers: Vec<String>,
    pub enables: BTreeMap<String, Outcome>,
    pub files: BTreeSet<String>,
}

/// A mount of the v2 hierarchy.
pub struct V2 {
    path: String,
}

pub fn mount(folder: &str) -> Result<V2, Failure> {
    let path = make_mount_point(folder, "v2")?;
    let kind = "cgroup2";
    mount_at(
        Some(kind),
        path.as_str(),
        Some(kind),
        CGROUP_FLAGS,
        None::<&str>,
    )
    .map_err(|errno| Failure::errno(format!("mount {kind}"), errno))?;
    Ok(V2 { path })
}

impl V2 {
    /// Leaves all controllers disabled.
    pub fn probe(&self) -> Result<OnV2, Failure> {
        let controllers = self.controllers()?;
        let enables: BTreeMap<_, _> = controllers
            .iter()
            .map(|name| (name.clone(), self.switch(&format!("+{name}"))))
            .collect();
        let files = files_of_child(&self.path)?;
        for (name, _) in enables.iter().filter(|(_, outcome)| *outcome == OK) {
            self.switch(&format!("-{name}"));
        }
        Ok(OnV2 {
            controllers,
            enables,
            files,
        })
    }

    /// Until v2 has regained the controllers that v1 hierarchies had.
    pub fn wait_for_controllers(&self, expected: &[String]) -> Result<(), Failure> {
        let what = "v2 has not regained the controllers whose v1 mounts were tried";
        wait_for(what, || {
            let found = self.controllers()?;
            let is_whole = expected.iter().all(|name| found.contains(name));
            Ok(is_whole.then_some(()))
        })
    }

    pub fn unmount(self) -> Result<(), Failure> {
        let Self { path } = self;
        umount(path.as_str()).map_err(|errno| Failure::errno(format!("umount {path}"), errno))?;
        remove_mount_point(&path)
    }

    fn controllers(&self) -> Result<Vec<String>, Failure> {
        read_words(&format!("{}/cgroup.controllers", self.path))
    }

    fn switch(&self, word: &str) -> Outcome {
        let written = fs::write(format!("{}/cgroup.subtree_control", self.path), word);
        outcome_of(written.map_err(|error| {
            nix::errno::Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
        }))
    }
}
