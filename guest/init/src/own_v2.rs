//! The container's own cgroup on v2: that it is one, and that it can have children with controllers.

use crate::facts::read_words;
use crate::failure::Failure;
use crate::patience::wait_for;
use nix::errno::Errno;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Documentation/admin-guide/cgroup-v2.rst: the root does not have it.
const ONLY_BELOW_ROOT: &str = "cgroup.events";
/// Where init and everything that it starts run.
const CHILD: &str = "kmx-init";

/// Makes the cgroup at `path`, where the container sees its root, usable for others: a cgroup with
/// processes cannot enable controllers for its children, so all go to a child of their own. Fails,
/// and has changed nothing, if the cgroup is also somebody else's.
pub fn take(path: &str) -> Result<(), Failure> {
    let not_own = |why: &str| {
        let text = format!("{path} is not a cgroup of the container alone: {why}");
        Failure::new(Errno::EPERM, text)
    };
    if !Path::new(path).join(ONLY_BELOW_ROOT).exists() {
        return Err(not_own("it is the root of the host's hierarchy"));
    }
    let list = format!("{path}/cgroup.procs");
    let pids = read_words(&list)?;
    if has_strangers(&pids) {
        return Err(not_own("processes outside of the container are in it"));
    }
    if read_words(&format!("{path}/cgroup.controllers"))?.is_empty() {
        return Ok(());
    }
    let child = format!("{path}/{CHILD}");
    match fs::create_dir(&child) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(Failure::io(format!("mkdir {child}"), &error));
        }
        _ => {}
    }
    wait_for("processes have not stopped starting others", || {
        let pids = read_words(&list)?;
        for pid in &pids {
            move_to(&child, pid)?;
        }
        Ok(pids.is_empty().then_some(()))
    })
}

/// kernel/cgroup/cgroup.c, `cgroup_procs_show`: the pid of one in no namespace of the reader is 0.
fn has_strangers(pids: &[String]) -> bool {
    pids.iter().any(|pid| pid == "0")
}

fn move_to(cgroup: &str, pid: &str) -> Result<(), Failure> {
    let file = format!("{cgroup}/cgroup.procs");
    match fs::write(&file, pid) {
        // It has ended meanwhile.
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        outcome => outcome.map_err(|error| Failure::io(format!("write {pid} to {file}"), &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with files like those of a cgroup.
    fn cgroup(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn refusal(folder: &tempfile::TempDir) -> String {
        let failure = take(folder.path().to_str().unwrap()).unwrap_err();
        assert_eq!(failure.code, "EPERM");
        assert!(!folder.path().join(CHILD).exists());
        failure.message
    }

    #[test]
    fn the_root_of_the_hierarchy_is_refused() {
        let folder = cgroup(&[("cgroup.procs", "1\n"), ("cgroup.controllers", "cpu\n")]);
        assert!(refusal(&folder).contains("root of the host's hierarchy"));
    }

    #[test]
    fn a_cgroup_with_processes_of_others_is_refused() {
        let files = [
            ("cgroup.events", ""),
            ("cgroup.procs", "0\n1\n"),
            ("cgroup.controllers", "cpu\n"),
        ];
        assert!(refusal(&cgroup(&files)).contains("outside of the container"));
    }

    #[test]
    fn without_controllers_processes_stay_where_they_are() {
        let files = [
            ("cgroup.events", ""),
            ("cgroup.procs", "1\n"),
            ("cgroup.controllers", "\n"),
        ];
        let folder = cgroup(&files);
        assert_eq!(take(folder.path().to_str().unwrap()), Ok(()));
        assert!(!folder.path().join(CHILD).exists());
    }
}
