//! The personality that is wrong on purpose: **it panics where the guest lacks a controller**.
//!
//! It looks controllers up as kata-agent's rustjail does (rustjail/src/cgroups/fs/mod.rs): in the
//! same order, each with an `unwrap()` on the result of `controller_of()`. That is the bug of
//! kata-containers#10603, kept alive here so that the harness has something real to find. The
//! `unwrap()`s below are intentional; [`super::guarded`] shows how to do without them.
//!
//! One thing differs from rustjail: a pids limit is applied. kata-agent drops it when it converts
//! the message, and asks for the pids controller when there is no such message instead.

use cgroups_rs::fs::Cgroup;
use cgroups_rs::fs::Controller as _;
use cgroups_rs::fs::cpu::CpuController;
use cgroups_rs::fs::cpuset::CpuSetController;
use cgroups_rs::fs::devices::DevicesController;
use cgroups_rs::fs::freezer::FreezerController;
use cgroups_rs::fs::hugetlb::HugeTlbController;
use cgroups_rs::fs::memory::MemController;
use cgroups_rs::fs::pid::PidController;
use log::warn;

use super::guard::Guard;
use super::{device_rules, freezer, limits, processes};
use crate::failure::Failure;
use crate::protocol::oci::{LinuxCPU, LinuxMemory, LinuxPids, LinuxResources};

pub struct Unguarded;

impl Guard for Unguarded {
    /// Checks nothing: that is the point.
    fn admit(&self, _resources: &LinuxResources) -> Result<(), Failure> {
        Ok(())
    }

    /// Even an empty message makes it look up the controllers for that message.
    fn apply(&self, cgroup: &Cgroup, resources: &LinuxResources) -> Result<(), Failure> {
        if let Some(cpu) = resources.CPU.as_ref() {
            set_cpu_resources(cgroup, cpu)?;
        }
        if let Some(memory) = resources.Memory.as_ref() {
            set_memory_resources(cgroup, memory)?;
        }
        if let Some(pids) = resources.Pids.as_ref() {
            set_pids_resources(cgroup, pids)?;
        }
        set_collected_resources(cgroup, resources)
    }

    fn freeze(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        let controller: &FreezerController = cgroup.controller_of().unwrap();
        freezer::freeze(controller.path(), cgroup.v2())
    }

    fn thaw(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        let controller: &FreezerController = cgroup.controller_of().unwrap();
        freezer::thaw(controller.path(), cgroup.v2())
    }

    fn processes(&self, cgroup: &Cgroup) -> Result<Vec<i32>, Failure> {
        let controller: &MemController = cgroup.controller_of().unwrap();
        processes::list(controller.path())
    }

    fn kill_all(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        self.freeze(cgroup)?;
        let pids = self.processes(cgroup)?;
        processes::kill(&pids);
        self.thaw(cgroup)
    }
}

fn set_cpu_resources(cgroup: &Cgroup, cpu: &LinuxCPU) -> Result<(), Failure> {
    let cpuset_controller: &CpuSetController = cgroup.controller_of().unwrap();
    limits::set_cpuset(cpuset_controller.path(), cpu)?;
    let cpu_controller: &CpuController = cgroup.controller_of().unwrap();
    limits::set_cpu(cpu_controller.path(), cgroup.v2(), cpu)?;
    Ok(())
}

fn set_memory_resources(cgroup: &Cgroup, memory: &LinuxMemory) -> Result<(), Failure> {
    let mem_controller: &MemController = cgroup.controller_of().unwrap();
    limits::set_memory(mem_controller.path(), cgroup.v2(), memory)?;
    Ok(())
}

fn set_pids_resources(cgroup: &Cgroup, pids: &LinuxPids) -> Result<(), Failure> {
    let pid_controller: &PidController = cgroup.controller_of().unwrap();
    limits::set_pids(pid_controller.path(), pids)?;
    Ok(())
}

/// What rustjail only "collects": without a controller it is dropped with a warning.
fn set_collected_resources(cgroup: &Cgroup, resources: &LinuxResources) -> Result<(), Failure> {
    if !resources.HugepageLimits.is_empty() {
        match cgroup.controller_of::<HugeTlbController>() {
            Some(controller) => {
                limits::set_hugepages(controller.path(), cgroup.v2(), &resources.HugepageLimits)?;
            }
            None => warn!("HugepageLimits dropped: no hugetlb controller"),
        }
    }
    if !resources.Devices.is_empty() {
        match cgroup.controller_of::<DevicesController>() {
            Some(controller) => device_rules::apply(controller.path(), &resources.Devices)?,
            None => warn!("Devices dropped: no devices controller"),
        }
    }
    for (name, is_asked_for) in [
        ("BlockIO", resources.BlockIO.is_some()),
        ("Network", resources.Network.is_some()),
    ] {
        if is_asked_for {
            warn!("{name} dropped: this agent does not apply it");
        }
    }
    Ok(())
}
