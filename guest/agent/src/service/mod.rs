//! The two ttrpc services.

mod agent;
mod health;

use std::collections::HashMap;
use std::sync::Arc;

use ttrpc::r#async::Service;

use crate::protocol::{agent_ttrpc, health_ttrpc};
use crate::sandbox::Sandbox;

/// Methods of AgentService that this agent does not have. If they stayed registered, the generated
/// code would answer NOT_FOUND; for unregistered ones ttrpc answers UNIMPLEMENTED.
const UNIMPLEMENTED: [&str; 23] = [
    "AddARPNeighbors",
    "AddSwap",
    "AddSwapPath",
    "CopyFile",
    "GetDiagnosticData",
    "GetIPTables",
    "GetVolumeStats",
    "ListInterfaces",
    "ListRoutes",
    "MemAgentCompactSet",
    "MemAgentMemcgSet",
    "MemHotplugByProbe",
    "OnlineCPUMem",
    "RemoveStaleVirtiofsShareMounts",
    "ReseedRandomDev",
    "ResizeVolume",
    "SetGuestDateTime",
    "SetIPTables",
    "SetPolicy",
    "TtyWinResize",
    "UpdateEphemeralMounts",
    "UpdateInterface",
    "UpdateRoutes",
];

/// Both services by their full names, as a ttrpc server expects them.
pub fn make_services(sandbox: Arc<Sandbox>) -> HashMap<String, Service> {
    let mut services =
        agent_ttrpc::create_agent_service(Arc::new(agent::AgentService::new(sandbox)));
    for service in services.values_mut() {
        service
            .methods
            .retain(|name, _| !UNIMPLEMENTED.contains(&name.as_str()));
    }
    services.extend(health_ttrpc::create_health(Arc::new(health::Health)));
    services
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroups::Guarded;
    use crate::manners::Manners;

    #[test]
    fn every_method_is_either_registered_or_listed_as_missing() {
        let sandbox = || Arc::new(Sandbox::new(Arc::new(Guarded), Manners::Considerate));
        let all = agent_ttrpc::create_agent_service(Arc::new(agent::AgentService::new(sandbox())));
        let services = make_services(sandbox());
        let name = "grpc.AgentService";
        for method in UNIMPLEMENTED {
            assert!(all[name].methods.contains_key(method), "{method}");
            assert!(!services[name].methods.contains_key(method), "{method}");
        }
        let count = services[name].methods.len();
        assert_eq!(count + UNIMPLEMENTED.len(), all[name].methods.len());
        assert!(services["grpc.Health"].methods.contains_key("Check"));
    }
}
