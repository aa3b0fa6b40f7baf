//! The methods a host may call, with their parameters: docs/guest-protocol.md, "Messages".

use crate::agent::StartAgent;
use crate::cgroups::MountCgroups;
use crate::failure::Failure;
use crate::files::{InstallFile, ListDirectory, ReadFile, WriteFile};
use crate::outbox::Then;
use crate::processes::Kill;
use crate::programs::Program;
use crate::requests::Guest;
use crate::restore::Restored;
use crate::tool::{StartTool, WindowSize};
use crate::{files, processes, programs, restore};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A call as it travels: its name in `method`, its parameters in `params`.
#[derive(Deserialize)]
#[serde(
    tag = "method",
    content = "params",
    rename_all = "kebab-case",
    deny_unknown_fields
)]
pub enum Method {
    Facts {},
    MountCgroups(MountCgroups),
    StartAgent(StartAgent),
    Relay {},
    Drain {},
    Run(Program),
    ReadFile(ReadFile),
    WriteFile(WriteFile),
    InstallFile(InstallFile),
    ListDirectory(ListDirectory),
    Processes {},
    Kill(Kill),
    StartTool(StartTool),
    ResizeTool(WindowSize),
    StopTool {},
    PrepareToSave {},
    Restored(Restored),
}

impl Method {
    /// Refuses unknown methods, parameters that do not fit the method, and an attachment where the
    /// method has no use for one.
    pub fn parse(name: &str, params: Value, attachment: &[u8]) -> Result<Self, Failure> {
        let method = Self::deserialize(json!({ "method": name, "params": params }))
            .map_err(|error| Failure::bad_request(format!("request {name}: {error}")))?;
        match method {
            Self::InstallFile(_) => Ok(method),
            _ if attachment.is_empty() => Ok(method),
            _ => Err(Failure::bad_request(format!(
                "nothing can be attached to {name}"
            ))),
        }
    }

    /// What follows once the call has succeeded and its answer is on its way.
    pub fn then(&self) -> Then {
        match self {
            Self::PrepareToSave {} => Then::LeaveConnection,
            _ => Then::Continue,
        }
    }

    /// Does what the host asks; blocks for as long as that takes.
    pub fn call(self, guest: &Guest, attachment: &[u8]) -> Result<Value, Failure> {
        match self {
            Self::Facts {} => result(guest.cgroups.facts()?),
            Self::MountCgroups(wanted) => result(guest.cgroups.mount(&wanted)?),
            Self::StartAgent(wanted) => {
                let pid = guest.agent.start(wanted, &guest.outbox)?;
                Ok(json!({ "pid": pid }))
            }
            Self::Relay {} => result(guest.agent.relay.status()),
            Self::Drain {} => result(guest.agent.drain()?),
            Self::Run(program) => result(programs::run(&guest.agent.children, program)?),
            Self::ReadFile(wanted) => result(files::read_file(&wanted)?),
            Self::WriteFile(wanted) => done(files::write_file(&wanted)),
            Self::InstallFile(wanted) => done(files::install_file(&wanted, attachment)),
            Self::ListDirectory(wanted) => result(files::list_directory(&wanted)?),
            Self::Processes {} => result(processes::list_processes()),
            Self::Kill(wanted) => done(processes::kill_processes(&wanted)),
            Self::StartTool(wanted) => {
                let pid = guest.tool.start(wanted, &guest.outbox)?;
                Ok(json!({ "pid": pid }))
            }
            Self::ResizeTool(size) => done(guest.tool.resize(size)),
            Self::StopTool {} => done(guest.tool.stop()),
            Self::PrepareToSave {} => {
                guest.home.check_savable()?;
                result(restore::prepare_to_save())
            }
            Self::Restored(wanted) => {
                guest.home.check_savable()?;
                done(restore::refresh(&wanted))
            }
        }
    }
}

fn result(value: impl Serialize) -> Result<Value, Failure> {
    Ok(serde_json::to_value(value).expect("results are plain values with text keys"))
}

fn done(outcome: Result<(), Failure>) -> Result<Value, Failure> {
    outcome.map(|()| json!({}))
}
