//! What cgroup v2 offers, by enabling every controller.

use super::probe_folder::{make_mount_point, remove_mount_point};
use super::{CGROUP_FLAGS, OK, Outcome, files_of_child, outcome_of, read_words};
use crate::failure::Failure;
use crate::patience::wait_for;
use nix::errno::Errno;
use nix::mount::{mount as mount_at, umount};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

pub struct OnV2 {
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
    /// Where it is mounted.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Leaves all controllers disabled.
    pub fn probe(&self, controllers: &[String]) -> Result<OnV2, Failure> {
        let enables = self.enable(controllers);
        let files = files_of_child(&self.path)?;
        let enabled = enables.iter().filter(|(_, outcome)| *outcome == OK);
        self.switch('-', enabled.map(|(name, _)| name))
            .map_err(|errno| Failure::errno("disable the controllers of v2 again", errno))?;
        Ok(OnV2 { enables, files })
    }

    /// What there is if nothing may be tried, for this reason.
    pub fn withheld(controllers: &[String], failure: &Failure) -> OnV2 {
        let refused = |name: &String| (name.clone(), failure.code.clone());
        OnV2 {
            enables: controllers.iter().map(refused).collect(),
            files: BTreeSet::new(),
        }
    }

    /// All at once, and if that fails, one after the other.
    fn enable(&self, controllers: &[String]) -> BTreeMap<String, Outcome> {
        let together = outcome_of(self.switch('+', controllers.iter()));
        let outcome = |name: &String| match together.as_str() {
            OK => together.clone(),
            _ => outcome_of(self.switch('+', std::iter::once(name))),
        };
        controllers
            .iter()
            .map(|name| (name.clone(), outcome(name)))
            .collect()
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

    /// The words of the root's `cgroup.controllers`.
    pub fn controllers(&self) -> Result<Vec<String>, Failure> {
        read_words(&format!("{}/cgroup.controllers", self.path))
    }

    /// Writes `+cpu +memory` to `cgroup.subtree_control`.
    fn switch<'a>(&self, sign: char, names: impl Iterator<Item = &'a String>) -> Result<(), Errno> {
        let words: Vec<_> = names.map(|name| format!("{sign}{name}")).collect();
        let file = format!("{}/cgroup.subtree_control", self.path);
        fs::write(file, words.join(" "))
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))
    }
}
