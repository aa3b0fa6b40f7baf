//! Which controllers a request needs, and whether it makes sense at all.

use super::controller::{CPU, CPUSET, Controller, DEVICES, HUGETLB, MEMORY, PIDS};
use crate::failure::Failure;
use crate::protocol::oci::{LinuxCPU, LinuxHugepageLimit, LinuxMemory, LinuxResources};

/// A value that takes effect only through a controller.
pub struct Need {
    pub controller: &'static Controller,
    /// The field, e.g. `CPU.Cpus`.
    field: &'static str,
    value: String,
}

impl Need {
    pub fn describe(&self) -> String {
        format!(
            "Linux.Resources.{}={} cannot be applied",
            self.field, self.value
        )
    }
}

/// Refuses values that no kernel can apply.
pub fn check_resources(resources: &LinuxResources) -> Result<(), Failure> {
    for LinuxHugepageLimit { Pagesize, .. } in &resources.HugepageLimits {
        if Pagesize.is_empty()
            || !Pagesize
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric())
        {
            return Err(Failure::invalid(format!(
                "HugepageLimits.Pagesize={Pagesize:?}: expected a size like \"2MB\""
            )));
        }
    }
    let Some(memory) = resources.Memory.as_ref() else {
        return Ok(());
    };
    if memory.Swap > 0 && memory.Limit > 0 && memory.Swap < memory.Limit {
        return Err(Failure::invalid(format!(
            "Memory.Swap={} is below Memory.Limit={}: Swap counts memory and swap together",
            memory.Swap, memory.Limit
        )));
    }
    if memory.Kernel != 0 || memory.KernelTCP != 0 {
        return Err(Failure::unimplemented(
            "Memory.Kernel and Memory.KernelTCP: kernels from 5.16 on have no such limits. \
             Remedy: leave them 0",
        ));
    }
    Ok(())
}

/// All needs, in the order in which an agent looks the controllers up.
pub fn list_needs(resources: &LinuxResources) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Some(cpu) = resources.CPU.as_ref() {
        add_cpu(&mut needs, cpu);
    }
    if let Some(memory) = resources.Memory.as_ref() {
        add_memory(&mut needs, memory);
    }
    let mut add = |controller, field, value: String| {
        needs.push(Need {
            controller,
            field,
            value,
        });
    };
    if let Some(pids) = resources.Pids.as_ref().filter(|pids| pids.Limit > 0) {
        add(&PIDS, "Pids.Limit", pids.Limit.to_string());
    }
    if !resources.HugepageLimits.is_empty() {
        let sizes = resources
            .HugepageLimits
            .iter()
            .map(|limit| limit.Pagesize.as_str());
        add(
            &HUGETLB,
            "HugepageLimits",
            sizes.collect::<Vec<_>>().join(","),
        );
    }
    if !resources.Devices.is_empty() {
        add(
            &DEVICES,
            "Devices",
            format!("({} rules)", resources.Devices.len()),
        );
    }
    needs
}

fn add_cpu(needs: &mut Vec<Need>, cpu: &LinuxCPU) {
    for (field, list) in [("CPU.Cpus", &cpu.Cpus), ("CPU.Mems", &cpu.Mems)] {
        if !list.is_empty() {
            let value = format!("{list:?}");
            needs.push(Need {
                controller: &CPUSET,
                field,
                value,
            });
        }
    }
    let numbers = [
        ("CPU.Shares", i128::from(cpu.Shares)),
        ("CPU.Quota", i128::from(cpu.Quota)),
        ("CPU.Period", i128::from(cpu.Period)),
        ("CPU.RealtimeRuntime", i128::from(cpu.RealtimeRuntime)),
        ("CPU.RealtimePeriod", i128::from(cpu.RealtimePeriod)),
    ];
    add_positive(needs, &CPU, numbers);
}

fn add_memory(needs: &mut Vec<Need>, memory: &LinuxMemory) {
    let numbers = [
        ("Memory.Limit", i128::from(memory.Limit)),
        ("Memory.Reservation", i128::from(memory.Reservation)),
        ("Memory.Swap", i128::from(memory.Swap)),
        ("Memory.Swappiness", i128::from(memory.Swappiness)),
        (
            "Memory.DisableOOMKiller",
            i128::from(memory.DisableOOMKiller),
        ),
    ];
    add_positive(needs, &MEMORY, numbers);
}

/// 0 changes nothing, and -1 lifts a limit: without the controller there is none.
fn add_positive<const N: usize>(
    needs: &mut Vec<Need>,
    controller: &'static Controller,
    numbers: [(&'static str, i128); N],
) {
    let positive = numbers.into_iter().filter(|(_, number)| *number > 0);
    needs.extend(positive.map(|(field, number)| Need {
        controller,
        field,
        value: number.to_string(),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::oci::LinuxPids;
    use protobuf::MessageField;

    fn name_needs(resources: &LinuxResources) -> Vec<(&'static str, &'static str)> {
        let needs = list_needs(resources);
        needs
            .iter()
            .map(|need| (need.controller.name, need.field))
            .collect()
    }

    #[test]
    fn a_cpu_message_without_cpus_does_not_need_cpuset() {
        let cpu = LinuxCPU {
            Shares: 512,
            Quota: -1,
            ..Default::default()
        };
        let resources = LinuxResources {
            CPU: MessageField::some(cpu),
            ..Default::default()
        };
        assert_eq!(name_needs(&resources), [("cpu", "CPU.Shares")]);
    }

    #[test]
    fn empty_messages_and_unlimited_values_need_nothing() {
        let resources = LinuxResources {
            CPU: MessageField::some(LinuxCPU::new()),
            Memory: MessageField::some(LinuxMemory {
                Limit: -1,
                ..Default::default()
            }),
            Pids: MessageField::some(LinuxPids {
                Limit: -1,
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(name_needs(&resources), []);
    }

    #[test]
    fn needs_come_in_the_order_of_an_agent() {
        let resources = LinuxResources {
            CPU: MessageField::some(LinuxCPU {
                Cpus: "0".into(),
                ..Default::default()
            }),
            Memory: MessageField::some(LinuxMemory {
                Limit: 1,
                ..Default::default()
            }),
            Pids: MessageField::some(LinuxPids {
                Limit: 3,
                ..Default::default()
            }),
            ..Default::default()
        };
        let expected = [
            ("cpuset", "CPU.Cpus"),
            ("memory", "Memory.Limit"),
            ("pids", "Pids.Limit"),
        ];
        assert_eq!(name_needs(&resources), expected);
        let first = &list_needs(&resources)[0];
        assert_eq!(
            first.describe(),
            "Linux.Resources.CPU.Cpus=\"0\" cannot be applied"
        );
    }

    #[test]
    fn swap_below_the_limit_is_refused() {
        let memory = LinuxMemory {
            Limit: 10,
            Swap: 5,
            ..Default::default()
        };
        let resources = LinuxResources {
            Memory: MessageField::some(memory),
            ..Default::default()
        };
        assert_eq!(
            check_resources(&resources).unwrap_err().code,
            ttrpc::Code::INVALID_ARGUMENT
        );
    }
}
