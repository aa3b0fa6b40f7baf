//! The container's side of the agent: what this program does when it is executed again as a process
//! of a container. Single-threaded, without tokio; errors are reported to the agent as text.

mod cgroup_mount;
mod credentials;
mod default_devices;
mod mount_options;
mod mounts;
mod namespaces;
mod program;
mod root;

use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use nix::sched::{CloneFlags, setns, unshare};
use nix::unistd::{ForkResult, fork, sethostname};
use protobuf::Message as _;

use crate::control::{Control, Message, set_close_on_exec};
use crate::protocol::oci::Spec;

/// Which pid namespace to enter, and what to do then.
enum Role {
    Container,
    /// The descriptor is of the container's first process.
    Exec(OwnedFd),
}

/// Entry point of `agent container-init CONTROL` and `agent container-exec CONTROL PROCESS`.
/// CONTROL and PROCESS are numbers of inherited descriptors.
pub fn run(role: &str, arguments: &[String]) -> ExitCode {
    match inherit(role, arguments).and_then(|(role, control)| fork_into(&role, control)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Later errors go to the agent; without a socket, standard error is all there is.
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn inherit(role: &str, arguments: &[String]) -> Result<(Role, Control)> {
    let descriptors: Vec<i32> = arguments
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?;
    // SAFETY: the agent left these descriptors open for this process.
    let adopt = |number: i32| unsafe { OwnedFd::from_raw_fd(number) };
    let (role, control) = match (role, descriptors.as_slice()) {
        ("container-init", [control]) => (Role::Container, control),
        ("container-exec", [control, first]) => (Role::Exec(adopt(*first)), control),
        _ => bail!("only the agent starts {role}, with descriptors as arguments"),
    };
    if let Role::Exec(first) = &role {
        set_close_on_exec(first.as_fd())?;
    }
    // SAFETY: as above.
    Ok((role, unsafe { Control::inherit(*control) }?))
}

/// A process cannot move into a pid namespace itself, only its children are born there. So this
/// forks, tells the agent the child's id, and leaves the child to the agent.
fn fork_into(role: &Role, mut control: Control) -> Result<()> {
    let entered = match role {
        Role::Container => unshare(CloneFlags::CLONE_NEWPID).context("make a pid namespace"),
        Role::Exec(first) => {
            setns(first, CloneFlags::CLONE_NEWPID).context("enter the container's pid namespace")
        }
    };
    if let Err(error) = entered {
        return control.send(&Message::Failed(format!("{error:#}")));
    }
    // SAFETY: this process has one thread.
    match unsafe { fork() } {
        Ok(ForkResult::Parent { child }) => control.send(&Message::Pid(child.as_raw())),
        Ok(ForkResult::Child) => {
            let Err(error) = become_program(role, &mut control);
            control.send(&Message::Failed(format!("{error:#}")))?;
            std::process::exit(1);
        }
        Err(errno) => control.send(&Message::Failed(format!("fork: {errno}"))),
    }
}

/// Returns only if something fails.
fn become_program(role: &Role, control: &mut Control) -> Result<std::convert::Infallible> {
    let order = match control.receive()? {
        Some(Message::Order(order)) => order,
        Some(other) => bail!("expected an order, found {other:?}"),
        // The agent has dropped this process.
        None => std::process::exit(0),
    };
    let spec = Spec::parse_from_bytes(&order).context("decode the order")?;
    let process = spec.Process.get_or_default();
    // While the guest's /proc is still there to write to.
    credentials::set_oom_score(process)?;
    match role {
        Role::Container => {
            make_container(&spec)?;
            control.send(&Message::Ready)?;
            if control.receive()? != Some(Message::Go) {
                std::process::exit(0);
            }
        }
        Role::Exec(first) => namespaces::join(first)?,
    }
    program::execute(process)
}

fn make_container(spec: &Spec) -> Result<()> {
    let places = cgroup_mount::find_own_places()?;
    namespaces::enter(&spec.Linux.Namespaces)?;
    if !spec.Hostname.is_empty() {
        sethostname(&spec.Hostname).context("set the host name")?;
    }
    let root = root::bind(&spec.Root.Path)?;
    for mount in &spec.Mounts {
        mounts::mount(&root, mount, &places)
            .with_context(|| format!("mount {}", mount.destination))?;
    }
    default_devices::make(&root, &spec.Mounts).context("make default devices")?;
    root::enter(&root, spec.Root.Readonly)
}
