//! What a personality decides: how a missing controller is met.

use cgroups_rs::fs::Cgroup;

use crate::failure::Failure;
use crate::protocol::oci::LinuxResources;

pub trait Guard: Send + Sync {
    /// Fails if these resources cannot be applied in this guest. Called before anything is made.
    fn admit(&self, resources: &LinuxResources) -> Result<(), Failure>;

    /// Writes admitted resources into the cgroup's control files.
    fn apply(&self, cgroup: &Cgroup, resources: &LinuxResources) -> Result<(), Failure>;

    /// Freezes every process of the cgroup; returns when all are frozen.
    fn freeze(&self, cgroup: &Cgroup) -> Result<(), Failure>;

    fn thaw(&self, cgroup: &Cgroup) -> Result<(), Failure>;

    /// Ids of all processes in the cgroup, as the agent sees them.
    fn processes(&self, cgroup: &Cgroup) -> Result<Vec<i32>, Failure>;

    /// Sends SIGKILL to every process of the cgroup.
    fn kill_all(&self, cgroup: &Cgroup) -> Result<(), Failure>;
}
