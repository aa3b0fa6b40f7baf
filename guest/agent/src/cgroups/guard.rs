//! What a personality decides: how a missing controller is met.

use cgroups_rs::fs::Cgroup;

use crate::failure::Failure;
use crate::protocol::oci::LinuxResources;

pub trait Guard: Send + Sync {
    /// Whether these resources can be applied in this guest at all. Asked before anything is made.
    fn admit(&self, resources: &LinuxResources) -> Result<(), Failure>;

    /// Writes the resources, which were admitted, into the cgroup's control files.
    fn apply(&self, cgroup: &Cgroup, resources: &LinuxResources) -> Result<(), Failure>;

    /// Stops every process of the cgroup where it is; returns when all have stopped.
    fn freeze(&self, cgroup: &Cgroup) -> Result<(), Failure>;

    fn thaw(&self, cgroup: &Cgroup) -> Result<(), Failure>;

    /// Process ids, as the agent sees them, of all that runs in the cgroup.
    fn processes(&self, cgroup: &Cgroup) -> Result<Vec<i32>, Failure>;

    /// Sends SIGKILL to every process of the cgroup.
    fn kill_all(&self, cgroup: &Cgroup) -> Result<(), Failure>;
}
