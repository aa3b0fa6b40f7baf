//! A container: an engine has set up file systems and network, and the host listens on unix sockets in
//! a folder that both see.

use super::Ports;
use crate::entrance::Entrance;
use crate::failure::errno_name;
use crate::layout::ROOT;
use crate::port::Port;
use crate::{console, kernel_log};
use nix::errno::Errno;
use nix::mount::{MntFlags, umount2};
use nix::sched::{CloneFlags, unshare};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

/// include/linux/proc_ns.h, `PROC_CGROUP_INIT_INO`: the namespace that the kernel starts with.
const FIRST_CGROUP_NAMESPACE: &str = "cgroup:[4026531835]";
/// Engines name a container's cgroup after its id, in hexadecimal.
const ID_LENGTH: usize = 64;
/// The host connects as a user of its own; who may at all is decided by the folder.
const ANYBODY: u32 = 0o666;

pub fn bring_up(folder: &Path) -> Result<Ports, String> {
    // Without it, what init says goes to the engine's log.
    if let Ok(console) = UnixStream::connect(folder.join("console")) {
        console::move_to(console).map_err(|error| format!("console: {error}"))?;
    }
    kernel_log::remember_level();
    enter_own_namespace()?;
    detach_mounts_of_engine()?;
    // Before hello, so that a host that has heard it can connect.
    let agent = listen(&folder.join("agent"))?;
    let tool = listen(&folder.join("tool"))?;
    Ok(Ports {
        control: connect(&folder.join("control"))?,
        agent,
        tool,
        agent_stdout: connect(&folder.join("stdout"))?,
        agent_stderr: connect(&folder.join("stderr"))?,
    })
}

fn read_namespace() -> Result<String, String> {
    let path = "/proc/self/ns/cgroup";
    let link = fs::read_link(path).map_err(|error| format!("read {path}: {}", name_of(&error)))?;
    Ok(link.to_string_lossy().into_owned())
}

/// In the kernel's first namespace a mount reaches everybody's cgroups, and a new v1 hierarchy takes
/// its controller away from the host. Podman 4 leaves containers there on hosts with v1, whatever its
/// Docker API is asked for (pkg/specgen/namespaces.go: `ParseCgroupNamespace`): then init leaves it,
/// unless that is no help, because the cgroups are not the container's own.
fn enter_own_namespace() -> Result<(), String> {
    if read_namespace()? != FIRST_CGROUP_NAMESPACE {
        return Ok(());
    }
    let path = "/proc/self/cgroup";
    let cgroups =
        fs::read_to_string(path).map_err(|error| format!("read {path}: {}", name_of(&error)))?;
    check_cgroups(&cgroups)?;
    unshare(CloneFlags::CLONE_NEWCGROUP).map_err(|errno| {
        let name = errno_name(errno as i32);
        format!("enter a cgroup namespace: {name}: does the container have CAP_SYS_ADMIN?")
    })
}

/// `cgroups` as in cgroups(7), `/proc/pid/cgroup`.
fn check_cgroups(cgroups: &str) -> Result<(), String> {
    let is_own = |line: &str| line.split(['/', '-', '.', ':']).any(is_id);
    match cgroups.lines().find(|line| !is_own(line)) {
        None if !cgroups.is_empty() => Ok(()),
        found => Err(format!(
            "expected a cgroup namespace of the container's own, found the host's, and cgroups that \
             are not the container's own ({}): start it with --cgroupns private, by an engine that \
             may make cgroups",
            found.unwrap_or("none")
        )),
    }
}

fn is_id(word: &str) -> bool {
    word.len() == ID_LENGTH && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// They are for reading only, and in the way of the mode that the host asks for.
fn detach_mounts_of_engine() -> Result<(), String> {
    loop {
        match umount2(ROOT, MntFlags::MNT_DETACH) {
            Ok(()) => {}
            // Nothing is mounted there, or no longer.
            Err(Errno::EINVAL | Errno::ENOENT) => return Ok(()),
            Err(errno) => {
                let name = errno_name(errno as i32);
                return Err(format!(
                    "detach the engine's mounts at {ROOT}: {name}: does the container have \
                     CAP_SYS_ADMIN?"
                ));
            }
        }
    }
}

fn connect(path: &Path) -> Result<Port, String> {
    let connected = UnixStream::connect(path).and_then(Port::try_from);
    connected.map_err(|error| {
        let (path, name) = (path.display(), name_of(&error));
        format!("connect {path}: {name}: does the host listen there?")
    })
}

fn listen(path: &Path) -> Result<Entrance, String> {
    let failure = |doing: &str, error: &std::io::Error| {
        format!("{doing} {}: {}", path.display(), name_of(error))
    };
    let listener = UnixListener::bind(path).map_err(|error| failure("listen at", &error))?;
    fs::set_permissions(path, Permissions::from_mode(ANYBODY))
        .map_err(|error| failure("chmod", &error))?;
    Entrance::listener(listener).map_err(|error| failure("listen at", &error))
}

fn name_of(error: &std::io::Error) -> String {
    error
        .raw_os_error()
        .map_or_else(|| error.to_string(), errno_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cgroup_namespace_of_the_host_is_only_left_from_cgroups_of_the_containers_own() {
        let id = "1b5b1d43bd097f675ad100e0a12b34773253ac639c7e94b9d1c1f2dfff68f902";
        let of_podman =
            format!("1:cpu:/libpod_parent/libpod-{id}\n0::/libpod_parent/libpod-{id}\n");
        let of_docker = format!("0::/system.slice/docker-{id}.scope\n");
        assert_eq!(check_cgroups(&of_podman), Ok(()));
        assert_eq!(check_cgroups(&of_docker), Ok(()));
        let shared = format!("{of_podman}2:pids:/user.slice\n");
        let reason = check_cgroups(&shared).unwrap_err();
        assert!(reason.contains("(2:pids:/user.slice)"), "{reason}");
        assert!(check_cgroups("").unwrap_err().contains("(none)"));
    }

    #[test]
    fn anybody_who_sees_the_folder_can_connect_to_the_agent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent");
        let _listener = listen(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, ANYBODY);
        assert!(UnixStream::connect(&path).is_ok());
        let reason = listen(&path).err().unwrap();
        assert!(reason.ends_with("EADDRINUSE"), "{reason}");
    }

    #[test]
    fn a_host_that_does_not_listen_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let reason = connect(&folder.path().join("control")).err().unwrap();
        assert!(
            reason.ends_with("/control: ENOENT: does the host listen there?"),
            "{reason}"
        );
    }
}
