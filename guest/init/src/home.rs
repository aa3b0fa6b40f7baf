//! Where init lives: a machine of its own, or a container on a kernel that is the host's. What the
//! two do differently is asked here; the rest of init does not know.

mod container;
pub mod machine;

use crate::cgroup_sets::{CgroupSet, shared_sets};
use crate::entrance::Entrance;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::layout::Mode;
use crate::own_v2;
use crate::port::Port;
use std::path::PathBuf;

/// What an engine is told to start init with. A kernel gives it whatever it did not understand
/// itself, but never this.
const PORTS_FLAG: &str = "--ports";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    Machine,
    Container {
        /// The folder of the host in which it listens.
        ports: PathBuf,
    },
}

/// The ports of docs/guest-protocol.md, apart from the console.
pub struct Ports {
    pub control: Port,
    pub agent: Entrance,
    pub agent_stdout: Port,
    pub agent_stderr: Port,
    pub tool: Entrance,
}

impl Home {
    /// `arguments` are those after the program's name.
    pub fn find(arguments: &[String]) -> Self {
        match arguments {
            [flag, ports] if flag == PORTS_FLAG => Self::Container {
                ports: ports.into(),
            },
            _ => Self::Machine,
        }
    }

    /// Sets up what programs expect, and connects to the host.
    pub fn bring_up(&self) -> Result<Ports, String> {
        match self {
            Self::Machine => machine::bring_up(),
            Self::Container { ports } => container::bring_up(ports),
        }
    }

    /// The control channel has no host any more. A machine waits for the next one; a container ends,
    /// and with its PID 1 everything else in it.
    pub fn host_left(&self) {
        match self {
            Self::Machine => {}
            Self::Container { .. } => std::process::exit(0),
        }
    }

    /// Ends the guest after `fatal` has said why.
    pub fn end(&self) -> ! {
        match self {
            Self::Machine => machine::power_off(),
            Self::Container { .. } => std::process::exit(1),
        }
    }

    /// Whether others run on the same kernel, so that what it says and offers is not ours alone.
    pub fn shares_kernel(&self) -> bool {
        matches!(self, Self::Container { .. })
    }

    /// The v1 hierarchies of a cgroup mode. Fails if the kernel is shared and has another mode.
    pub fn v1_sets(&self, mode: Mode, facts: &Facts) -> Result<Vec<CgroupSet>, Failure> {
        match self {
            Self::Machine => Ok(facts.mountable_v1().map(CgroupSet::of_one).collect()),
            Self::Container { .. } => shared_sets(mode, facts),
        }
    }

    /// How cgroup2 is mounted. Options only count in the first cgroup namespace (kernel/cgroup/cgroup.c:
    /// `cgroup_get_tree`, `apply_cgroup_root_flags`); elsewhere the host has chosen them.
    pub fn v2_options(&self) -> &'static str {
        match self {
            Self::Machine => "nsdelegate",
            Self::Container { .. } => "",
        }
    }

    /// Makes the cgroup usable that is seen as the root of v2, which is mounted at `path`.
    pub fn take_v2(&self, path: &str) -> Result<(), Failure> {
        match self {
            Self::Machine => Ok(()),
            Self::Container { .. } => own_v2::take(path),
        }
    }

    /// Fails where a guest cannot be saved, so that none was restored either.
    pub fn check_savable(&self) -> Result<(), Failure> {
        match self {
            Self::Machine => Ok(()),
            Self::Container { .. } => Err(Failure::unsupported(
                "a container is neither saved nor restored: start another one",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(arguments: &[&str]) -> Home {
        let arguments: Vec<_> = arguments.iter().map(|&it| it.to_owned()).collect();
        Home::find(&arguments)
    }

    #[test]
    fn only_an_engine_says_where_the_ports_are() {
        let ports = PathBuf::from("/kmx/ports");
        assert_eq!(find(&["--ports", "/kmx/ports"]), Home::Container { ports });
        for of_a_kernel in [&[][..], &["quiet"], &["--ports"], &["a", "--ports", "b"]] {
            assert_eq!(find(of_a_kernel), Home::Machine);
        }
    }

    #[test]
    fn a_container_is_not_saved() {
        assert_eq!(find(&[]).check_savable(), Ok(()));
        let failure = find(&["--ports", "/x"]).check_savable().unwrap_err();
        assert_eq!(failure.code, "UNSUPPORTED");
    }
}
