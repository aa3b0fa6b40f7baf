//! The directories of containers' cgroups in every hierarchy: created, joined and removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cgroups_rs::fs::{Cgroup, hierarchies};
use log::warn;

use super::control_file::write;
use crate::failure::Failure;

/// Remembers which directories the agent made, so that it removes those and no others. Creating and
/// removing share a lock: a parent must not vanish while a child is being created in it.
#[derive(Default)]
pub struct Directories {
    known: Mutex<Known>,
    removed: Condvar,
}

#[derive(Default)]
struct Known {
    made: BTreeSet<PathBuf>,
    /// Leaves of containers that are gone; they will be removed a little later.
    leftover: BTreeSet<PathBuf>,
}

/// A container's cgroup. Dropping it removes it, unless it was removed before or will be later.
pub struct ContainerCgroup {
    cgroup: Cgroup,
    directories: Arc<Directories>,
    is_settled: AtomicBool,
}

impl Directories {
    /// Makes the cgroup at `path`, relative to the root of each hierarchy. On v2, cgroups-rs
    /// enables every controller of the root on the way down; one that cannot be enabled fails when
    /// it is used.
    pub fn make(self: &Arc<Self>, path: &str) -> Result<ContainerCgroup, Failure> {
        let cgroup = Cgroup::load(hierarchies::auto(), path);
        let leaves = list_directories(&cgroup);
        let mut known = self.wait_while(|known| known.is_leftover(&leaves));
        let made = &mut known.made;
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
        // From here on a drop cleans up, which needs the lock.
        drop(known);
        let made = ContainerCgroup {
            cgroup,
            directories: Arc::clone(self),
            is_settled: AtomicBool::new(false),
        };
        let created = made.cgroup.create();
        created.map_err(|error| Failure::internal(format!("make cgroup {path:?}: {error}")))?;
        Ok(made)
    }

    /// Waits until nothing is left that was to be removed later.
    pub fn wait_removed(&self) {
        drop(self.wait_while(|known| !known.leftover.is_empty()));
    }

    /// Removes them in the background, after `wait` has returned.
    fn remove_later(self: &Arc<Self>, leaves: Vec<PathBuf>, wait: impl FnOnce() + Send + 'static) {
        self.lock().leftover.extend(leaves.iter().cloned());
        let directories = Arc::clone(self);
        std::thread::spawn(move || {
            wait();
            if let Err(failure) = directories.remove(&leaves) {
                warn!("{failure}");
            }
            let mut known = directories.lock();
            known.leftover.retain(|leaf| !leaves.contains(leaf));
            directories.removed.notify_all();
        });
    }

    fn remove(&self, leaves: &[PathBuf]) -> Result<(), Failure> {
        let made = &mut self.lock().made;
        for leaf in leaves {
            remove_tree(leaf)?;
            made.remove(leaf);
            for parent in leaf.ancestors().skip(1) {
                // Fails while it holds another container's cgroup, whose removal will remove it,
                // too.
                if !made.contains(parent) || std::fs::remove_dir(parent).is_err() {
                    break;
                }
                made.remove(parent);
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, condition: impl Fn(&Known) -> bool) -> MutexGuard<'_, Known> {
        let waited = self
            .removed
            .wait_while(self.lock(), |known| condition(known));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn is_leftover(&self, leaves: &[PathBuf]) -> bool {
        leaves.iter().any(|leaf| self.leftover.contains(leaf))
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

    /// Removes the directories, after `delay` and in the background if that is not zero; the cgroup
    /// must be without processes.
    pub fn remove(&self, delay: Duration) -> Result<(), Failure> {
        let leaves = list_directories(&self.cgroup);
        if delay.is_zero() {
            self.directories.remove(&leaves)?;
        } else {
            let wait = move || std::thread::sleep(delay);
            self.directories.remove_later(leaves, wait);
        }
        self.is_settled.store(true, Ordering::Release);
        Ok(())
    }
}

impl Drop for ContainerCgroup {
    fn drop(&mut self) {
        if *self.is_settled.get_mut() {
            return;
        }
        if let Err(failure) = self.remove(Duration::ZERO) {
            warn!("{failure}");
        }
    }
}

/// The cgroup's directories, one per hierarchy: controllers may share a hierarchy.
fn list_directories(cgroup: &Cgroup) -> Vec<PathBuf> {
    let paths = cgroup
        .subsystems()
        .iter()
        .map(|subsystem| subsystem.to_controller().path().to_owned());
    paths.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Removes a cgroup and those that its processes made in it.
fn remove_tree(directory: &Path) -> Result<(), Failure> {
    if let Ok(entries) = std::fs::read_dir(directory) {
        for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
            remove_tree(&entry.path())?;
        }
    }
    // A process that was reaped may keep its cgroup busy for a moment.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_leftover_stays_until_its_time_comes_and_is_then_removed_with_its_parent() {
        let folder = tempfile::tempdir().unwrap();
        let parent = folder.path().join("kmx");
        let leaf = parent.join("c1");
        std::fs::create_dir_all(&leaf).unwrap();
        let directories = Arc::new(Directories::default());
        directories.lock().made = BTreeSet::from([parent.clone(), leaf.clone()]);
        let (go, told_to_go) = channel::<()>();
        let wait = move || told_to_go.recv().unwrap();
        directories.remove_later(vec![leaf.clone()], wait);
        assert!(leaf.exists() && directories.lock().is_leftover(&[leaf]));
        go.send(()).unwrap();
        directories.wait_removed();
        assert!(!parent.exists());
        assert!(directories.lock().made.is_empty());
    }
}
