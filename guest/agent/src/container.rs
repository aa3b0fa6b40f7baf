//! A container: its cgroup, its first process, and those executed in it later.

use std::os::fd::AsFd;
use std::sync::Arc;

use log::info;
use protobuf::MessageField;
use tokio::runtime::Handle;

use crate::cgroups::oom::{self, OomWatch};
use crate::cgroups::{ContainerCgroup, Directories, Guard, check_resources, kill_processes, stats};
use crate::control::{Control, Message};
use crate::failure::Failure;
use crate::manners::Manners;
use crate::names::{check_id, find_cgroup_path};
use crate::process::Process;
use crate::process_table::ProcessTable;
use crate::protocol::agent::CgroupStats;
use crate::protocol::oci::{self, LinuxResources, Spec};
use crate::request::check_process;
use crate::spawned::{Role, Spawned};

/// What came of a start.
#[derive(Debug, PartialEq)]
pub enum Start {
    Done,
    /// The first process ended while it waited to be started.
    TooLate,
}

enum State {
    /// The first process waits to be told to execute its program.
    Created(Control),
    Started,
    Paused,
    Removed,
}

/// What containers share.
#[derive(Clone)]
pub struct Surroundings {
    pub guard: Arc<dyn Guard>,
    pub manners: Manners,
    pub directories: Arc<Directories>,
    /// Called with a container's id whenever the OOM killer was at work in it.
    pub report_oom: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Most methods block, so call them on a thread that may (`spawn_blocking`). Fields are dropped in
/// this order: the watch before what it watches.
pub struct Container {
    id: String,
    guard: Arc<dyn Guard>,
    manners: Manners,
    first: Arc<Process>,
    pub processes: ProcessTable,
    /// tokio's, because a panic in a personality must not poison it.
    state: tokio::sync::Mutex<State>,
    _oom_watch: Option<OomWatch>,
    cgroup: ContainerCgroup,
}

impl Container {
    /// Makes cgroup, process, namespaces and mounts: everything short of executing the program.
    /// After a failure or a panic, drops undo what was done.
    pub fn create(id: &str, spec: &Spec, surroundings: &Surroundings) -> Result<Self, Failure> {
        let Surroundings {
            guard,
            manners,
            directories,
            ..
        } = surroundings;
        let resources = spec.Linux.Resources.as_ref();
        if let Some(resources) = resources {
            guard.admit(resources)?;
        }
        let cgroup = directories.make(&find_cgroup_path(&spec.Linux, id)?)?;
        let mut spawned = Spawned::spawn(&Role::Container)?;
        cgroup.add(spawned.pid)?;
        if let Some(resources) = resources {
            guard.apply(cgroup.cgroup(), resources)?;
        }
        spawned.order(spec)?;
        spawned.expect_ready()?;
        let report = {
            let (id, report) = (id.to_owned(), Arc::clone(&surroundings.report_oom));
            move || report(&id)
        };
        let oom_watch = oom::watch(cgroup.cgroup(), report)?;
        if oom_watch.is_none() {
            info!("container {id}: no memory controller, so no OOM events");
        }
        let pid = spawned.pid;
        let (descriptor, control, streams) = spawned.into_parts()?;
        let first = Arc::new(Process::new(descriptor, streams)?);
        info!("container {id} created, process {pid}");
        Ok(Self {
            id: id.to_owned(),
            guard: Arc::clone(guard),
            manners: *manners,
            processes: ProcessTable::new(id, Arc::clone(&first), *manners),
            first,
            state: tokio::sync::Mutex::new(State::Created(control)),
            _oom_watch: oom_watch,
            cgroup,
        })
    }

    /// Tells the first process to execute its program.
    pub fn start(&self) -> Result<Start, Failure> {
        let mut state = self.state.blocking_lock();
        let State::Created(control) = &mut *state else {
            return Err(self.refuse("started", "it was started before"));
        };
        // Sending fails if the process has ended and nobody has noticed yet.
        if self.first.has_exited() || control.send(&Message::Go).is_err() {
            return Ok(Start::TooLate);
        }
        let answer = control.receive()?;
        *state = State::Started;
        match answer {
            None => Ok(Start::Done),
            Some(Message::Failed(text)) => Err(Failure::internal(text)),
            Some(other) => Err(Failure::internal(format!("unexpected {other:?}"))),
        }
    }

    /// Executes one more process in the container's namespaces and cgroup.
    pub fn execute(&self, exec_id: &str, process: oci::Process) -> Result<(), Failure> {
        check_id(exec_id)?;
        check_process(&process)?;
        let state = self.state.blocking_lock();
        self.require_running(&state, "given a process")?;
        if self.processes.is_taken(exec_id) {
            return Err(Failure::exists(format!(
                "container {} has a process {exec_id} already",
                self.id
            )));
        }
        let mut spawned = Spawned::spawn(&Role::Exec(self.first.descriptor().as_fd()))?;
        self.cgroup.add(spawned.pid)?;
        let order = Spec {
            Process: MessageField::some(process),
            ..Default::default()
        };
        spawned.order(&order)?;
        spawned.expect_executed()?;
        let (descriptor, _, streams) = spawned.into_parts()?;
        let process = Arc::new(Process::new(descriptor, streams)?);
        self.processes.insert(exec_id, process);
        Ok(())
    }

    /// Kills every process of the container. A paused container is no longer paused after that.
    pub fn kill_all(&self) -> Result<(), Failure> {
        let mut state = self.state.blocking_lock();
        self.guard.kill_all(self.cgroup.cgroup())?;
        if matches!(*state, State::Paused) {
            *state = State::Started;
        }
        Ok(())
    }

    pub fn pause(&self) -> Result<(), Failure> {
        let mut state = self.state.blocking_lock();
        self.require_running(&state, "paused")?;
        self.guard.freeze(self.cgroup.cgroup())?;
        *state = State::Paused;
        Ok(())
    }

    pub fn resume(&self) -> Result<(), Failure> {
        let mut state = self.state.blocking_lock();
        if !matches!(*state, State::Paused) {
            return Err(self.refuse("resumed", "it is not paused"));
        }
        self.guard.thaw(self.cgroup.cgroup())?;
        *state = State::Started;
        Ok(())
    }

    pub fn update(&self, resources: &LinuxResources) -> Result<(), Failure> {
        let _state = self.state.blocking_lock();
        check_resources(resources)?;
        self.guard.admit(resources)?;
        self.guard.apply(self.cgroup.cgroup(), resources)
    }

    pub fn stats(&self) -> CgroupStats {
        stats::collect(self.cgroup.cgroup())
    }

    /// Kills what is left of the container, waits for its end and removes its cgroup, or has that
    /// done later. Its mounts go with the last process of their namespace.
    pub fn remove(&self) -> Result<(), Failure> {
        let mut state = self.state.blocking_lock();
        if matches!(*state, State::Removed) {
            return Err(Failure::not_found(format!(
                "container {} is removed",
                self.id
            )));
        }
        let cgroup = self.cgroup.cgroup();
        kill_processes(&self.guard.processes(cgroup)?);
        if matches!(*state, State::Paused) {
            // On v1 a frozen process only dies once it is thawed.
            self.guard.thaw(cgroup)?;
            *state = State::Started;
        }
        self.first.signal(libc::SIGKILL)?;
        let runtime = Handle::current();
        for process in self.processes.all().iter().chain([&self.first]) {
            runtime.block_on(process.wait())?;
        }
        self.cgroup.remove(self.manners.cgroup_outlives_removal())?;
        *state = State::Removed;
        info!("container {} removed", self.id);
        Ok(())
    }

    fn require_running(&self, state: &State, what: &str) -> Result<(), Failure> {
        match state {
            State::Created(_) => Err(self.refuse(what, "it was not started")),
            State::Paused => Err(self.refuse(what, "it is paused")),
            State::Removed => Err(self.refuse(what, "it is removed")),
            State::Started if self.first.has_exited() => Err(self.refuse(what, "it has ended")),
            State::Started => Ok(()),
        }
    }

    fn refuse(&self, what: &str, why: &str) -> Failure {
        Failure::precondition(format!("container {} cannot be {what}: {why}", self.id))
    }
}
