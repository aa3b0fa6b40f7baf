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
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

/// include/linux/proc_ns.h, `PROC_CGROUP_INIT_INO`: the namespace that the kernel starts with.
const FIRST_CGROUP_NAMESPACE: &str = "cgroup:[4026531835]";
/// The host connects as a user of its own; who may at all is decided by the folder.
const ANYBODY: u32 = 0o666;

pub fn bring_up(folder: &Path) -> Result<Ports, String> {
    // Without it, what init says goes to the engine's log.
    if let Ok(console) = UnixStream::connect(folder.join("console")) {
        console::move_to(console).map_err(|error| format!("console: {error}"))?;
    }
    kernel_log::remember_level();
    check_namespace(&read_namespace()?)?;
    detach_mounts_of_engine()?;
    // Before hello, so that a host that has heard it can connect.
    let agent = listen(&folder.join("agent"))?;
    Ok(Ports {
        control: connect(&folder.join("control"))?,
        agent: Entrance::listener(agent),
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
/// its controller away from the host.
fn check_namespace(link: &str) -> Result<(), String> {
    if link != FIRST_CGROUP_NAMESPACE {
        return Ok(());
    }
    Err(
        "expected a cgroup namespace of the container's own, found the host's: start it with \
         --cgroupns private"
            .into(),
    )
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

fn listen(path: &Path) -> Result<UnixListener, String> {
    let failure = |doing: &str, error: &std::io::Error| {
        format!("{doing} {}: {}", path.display(), name_of(error))
    };
    let listener = UnixListener::bind(path).map_err(|error| failure("listen at", &error))?;
    fs::set_permissions(path, Permissions::from_mode(ANYBODY))
        .map_err(|error| failure("chmod", &error))?;
    Ok(listener)
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
    fn the_cgroup_namespace_of_the_host_is_refused() {
        assert_eq!(check_namespace("cgroup:[4026532277]"), Ok(()));
        let reason = check_namespace(FIRST_CGROUP_NAMESPACE).unwrap_err();
        assert!(reason.contains("--cgroupns private"), "{reason}");
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
