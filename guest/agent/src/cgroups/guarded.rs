//! The personality that looks first: it applies what the guest offers and refuses everything else,
//! in a sentence that names the controller, the cgroup mode, what is offered and a remedy.
//!
//! A controller is only needed if a value needs it: a CPU message without `Cpus` and `Mems` does
//! not need cpuset, and "unlimited" needs no controller at all.

use cgroups_rs::fs::Cgroup;
use cgroups_rs::fs::cpu::CpuController;
use cgroups_rs::fs::cpuset::CpuSetController;
use cgroups_rs::fs::devices::DevicesController;
use cgroups_rs::fs::freezer::FreezerController;
use cgroups_rs::fs::hugetlb::HugeTlbController;
use cgroups_rs::fs::memory::MemController;
use cgroups_rs::fs::pid::PidController;
use cgroups_rs::fs::{ControllIdentifier, Controller as _, Subsystem};

use super::control_file::ControlError;
use super::controller::{self, Controller};
use super::guard::Guard;
use super::needs::list_needs;
use super::offered::{Mode, Offered};
use super::{device_rules, freezer, limits, processes};
use crate::failure::Failure;
use crate::protocol::oci::LinuxResources;

pub struct Guarded;

impl Guard for Guarded {
    fn admit(&self, resources: &LinuxResources) -> Result<(), Failure> {
        let offered = Offered::detect()?;
        if offered.mode == Mode::V2 && !resources.Devices.is_empty() {
            return Err(Failure::unimplemented(
                "Linux.Resources.Devices: on cgroup v2 device rules are eBPF programs, which this \
                 agent does not write. Remedy: leave Devices empty, or use cgroup v1",
            ));
        }
        for (name, is_asked_for) in [
            ("BlockIO", resources.BlockIO.is_some()),
            ("Network", resources.Network.is_some()),
        ] {
            if is_asked_for {
                return Err(Failure::unimplemented(format!(
                    "Linux.Resources.{name}: this agent does not apply it. Remedy: leave it out"
                )));
            }
        }
        let mut needs = list_needs(resources).into_iter();
        match needs.find(|need| !offered.has(need.controller)) {
            Some(need) => Err(offered.refuse(need.controller, &need.describe())),
            None => Ok(()),
        }
    }

    fn apply(&self, cgroup: &Cgroup, resources: &LinuxResources) -> Result<(), Failure> {
        let is_v2 = cgroup.v2();
        if let Some(cpu) = resources.CPU.as_ref() {
            with::<CpuSetController>(cgroup, &controller::CPUSET, |found| {
                limits::set_cpuset(found.path(), cpu)
            })?;
            with::<CpuController>(cgroup, &controller::CPU, |found| {
                limits::set_cpu(found.path(), is_v2, cpu)
            })?;
        }
        if let Some(memory) = resources.Memory.as_ref() {
            with::<MemController>(cgroup, &controller::MEMORY, |found| {
                limits::set_memory(found.path(), is_v2, memory)
            })?;
        }
        if let Some(pids) = resources.Pids.as_ref() {
            with::<PidController>(cgroup, &controller::PIDS, |found| {
                limits::set_pids(found.path(), pids)
            })?;
        }
        with::<HugeTlbController>(cgroup, &controller::HUGETLB, |found| {
            limits::set_hugepages(found.path(), is_v2, &resources.HugepageLimits)
        })?;
        if !resources.Devices.is_empty() {
            with::<DevicesController>(cgroup, &controller::DEVICES, |found| {
                device_rules::apply(found.path(), &resources.Devices)
            })?;
        }
        Ok(())
    }

    fn freeze(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        let found = require_freezer(cgroup, "processes cannot be paused")?;
        freezer::freeze(found.path(), cgroup.v2())
    }

    fn thaw(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        let found = require_freezer(cgroup, "processes cannot be resumed")?;
        freezer::thaw(found.path(), cgroup.v2())
    }

    /// Every hierarchy lists the same processes of the container, so the first one will do.
    fn processes(&self, cgroup: &Cgroup) -> Result<Vec<i32>, Failure> {
        match cgroup.subsystems().first() {
            Some(subsystem) => processes::list(subsystem.to_controller().path()),
            None => Ok(Vec::new()),
        }
    }

    /// Freezes the cgroup first if possible, so that nothing can fork; otherwise kills until none
    /// is left.
    fn kill_all(&self, cgroup: &Cgroup) -> Result<(), Failure> {
        let has_freezer = cgroup.controller_of::<FreezerController>().is_some();
        if has_freezer {
            self.freeze(cgroup)?;
        }
        let killed = processes::kill_until_none(|| self.processes(cgroup), has_freezer);
        if has_freezer {
            // On v1 a frozen process only dies once it is thawed.
            self.thaw(cgroup)?;
        }
        killed
    }
}

fn require_freezer<'a>(cgroup: &'a Cgroup, wanted: &str) -> Result<&'a FreezerController, Failure> {
    match cgroup.controller_of() {
        Some(found) => Ok(found),
        None => Err(Offered::detect()?.refuse(&controller::FREEZER, wanted)),
    }
}

/// Passes the controller to `write` if the guest has it. If it has not, [`Guarded::admit`] has made
/// sure that no value needs it. A missing control file is refused like a missing controller.
fn with<'a, T>(
    cgroup: &'a Cgroup,
    controller: &Controller,
    write: impl FnOnce(&'a T) -> Result<(), ControlError>,
) -> Result<(), Failure>
where
    &'a T: From<&'a Subsystem>,
    T: cgroups_rs::fs::Controller + ControllIdentifier + 'a,
{
    let Some(found) = cgroup.controller_of::<T>() else {
        return Ok(());
    };
    match write(found) {
        Ok(()) => Ok(()),
        Err(ControlError::Missing(path)) => {
            let offered = Offered::detect()?;
            Err(Failure::precondition(format!(
                "controller \"{}\" of this guest ({offered}) has no control file {}: the kernel \
                 was built without it, or the controller is not enabled in the parent cgroup. \
                 Remedy: a request that does not need it, or another kernel or cgroup mode",
                controller.name,
                path.display()
            )))
        }
        Err(error) => Err(error.into()),
    }
}
