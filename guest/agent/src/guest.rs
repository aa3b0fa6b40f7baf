//! What the agent knows about its guest and about itself.

use std::fs::read_to_string;
use std::path::Path;

use crate::protocol::agent::{AgentDetails, GuestDetailsRequest, GuestDetailsResponse};

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const MEMORY: &str = "/sys/devices/system/memory";

/// Answers what is asked for. Without memory hotplug the block size is 0.
pub fn describe(request: &GuestDetailsRequest) -> GuestDetailsResponse {
    let block_size = || {
        let text = read_to_string(format!("{MEMORY}/block_size_bytes")).unwrap_or_default();
        u64::from_str_radix(text.trim(), 16).unwrap_or_default()
    };
    let has_probe = || Path::new(MEMORY).join("probe").exists();
    let details = AgentDetails {
        version: VERSION.into(),
        init_daemon: std::process::id() == 1,
        ..Default::default()
    };
    GuestDetailsResponse {
        mem_block_size_bytes: if request.mem_block_size {
            block_size()
        } else {
            0
        },
        support_mem_hotplug_probe: request.mem_hotplug_probe && has_probe(),
        agent_details: Some(details).into(),
        ..Default::default()
    }
}

/// The agent's metrics in Prometheus text format.
pub fn format_metrics(containers: usize) -> String {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let find = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
    };
    let gauges = [
        (
            "containers",
            "Containers that are registered.",
            Some(containers as u64),
        ),
        ("threads", "Threads of the agent.", find("Threads:")),
        (
            "resident_bytes",
            "Memory of the agent.",
            find("VmRSS:").map(|kib| kib * 1024),
        ),
    ];
    let mut text = String::new();
    for (name, help, value) in gauges {
        // Whatever the kernel does not tell is left out.
        if let Some(value) = value {
            let name = format!("kmx_agent_{name}");
            text += &format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_in_prometheus_text_format() {
        let text = format_metrics(3);
        assert!(text.contains("# TYPE kmx_agent_containers gauge\nkmx_agent_containers 3\n"));
        assert!(text.contains("\nkmx_agent_threads "), "{text}");
    }
}
