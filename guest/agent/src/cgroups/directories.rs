//! The directories of containers' cgroups in every hierarchy: made, joined, removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cgroups_rs::fs::{Cgroup, hierarchies};
use log::warn;

use super::control_file::write;
use crate::failure::Failure;

/// Remembers which directories the agent made, so that it removes those and no others. One lock
/// for making and removing: a parent must not vanish while a child of it is made.
#[derive(Default)]
pub struct Directories {
    made: Mutex<BTreeSet<PathBuf>>,
}

/// A container's cgroup. Dropping it removes what is left of it.
pub struct ContainerCgroup {
    cgroup: Cgroup,
    directories: Arc<Directories>,
}

impl Directories {
    /// Makes the cgroup at `path`, relative to the root of each hierarchy. On v2, cgroups-rs
    /// enables every controller of the root on the way down; what cannot be enabled shows when it
    /// is used.
    pub fn make(self: &Arc<Self>, path: &str) -> Result<ContainerCgroup, Failure> {
        let cgroup = Cgroup::load(hierarchies::auto(), path);
        let leaves = list_directories(&cgroup);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = leaves.iter().find(|leaf| made.contains(*leaf)) {
            return Err(Failure::exists(format!(
                "cgroup {} belongs to another container: give each its own CgroupsPath",
                leaf.display()
            )));
        }
        let depth = Path::new(path).components().count();
        for leaf in &leaves {
            let missing = leaf
                .ancestors()
                .skip(1)
                .take(depth - 1)
                .filter(|path| !path.exists());
            made.extend(missing.map(Path::to_owned));
        }
        made.extend(leaves);
        // From here on a drop cleans up, which takes the lock.
        drop(made);
        let directories = Arc::clone(self);
        let made = ContainerCgroup {
            cgroup,
            directories,
        };
        let created = made.cgroup.create();
        created.map_err(|error| Failure::internal(format!("make cgroup {path:?}: {error}")))?;
        Ok(made)
    }

    fn remove(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        for leaf in list_directories(cgroup) {
            remove_tree(&leaf)?;
            made.remove(&leaf);
            for parent in leaf.ancestors().skip(1) {
                // Fails while another container's cgroup is in it: that one will take it along.
                if !made.contains(parent) || std::fs::remove_dir(parent).is_err() {
                    break;
                }
                made.remove(parent);
            }
        }
        Ok(())
    }
}

impl ContainerCgroup {
    pub fn cgroup(&self) -> &Cgroup {
        &self.cgroup
    }

    /// Moves a process into every hierarchy.
    pub fn add(&self, pid: i32) -> Result<(), Failure> {
        for directory in list_directories(&self.cgroup) {
            write(&directory.join("cgroup.procs"), &pid.to_string())?;
        }
        Ok(())
    }

    /// Removes the directories; the cgroup must be without processes.
    pub fn remove(&self) -> Result<(), Failure> {
        self.directories.remove(&self.cgroup)
    }
}

impl Drop for ContainerCgroup {
    fn drop(&mut self) {
        if let Err(failure) = self.remove() {
            warn!("{failure}");
        }
    }
}

/// The cgroup's directory in each hierarchy, once each: controllers may share a hierarchy.
fn list_directories(cgroup: &Cgroup) -> Vec<PathBuf> {
    let paths = cgroup
        .subsystems()
        .iter()
        .map(|subsystem| subsystem.to_controller().path().to_owned());
    paths.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Removes a cgroup with those that its own processes made in it.
fn remove_tree(directory: &Path) -> Result<(), Failure> {
    if let Ok(entries) = std::fs::read_dir(directory) {
        for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
            remove_tree(&entry.path())?;
        }
    }
    // A process that was reaped may hold its cgroup busy for a moment longer.
    const ROUNDS: u32 = 100;
    for round in 1.. {
        match std::fs::remove_dir(directory) {
            Ok(()) => break,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) && round < ROUNDS => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(Failure::file("remove", directory, &error)),
        }
    }
    Ok(())
}
