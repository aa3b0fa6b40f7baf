//! A container: its cgroup, its first process and those executed beside it.

use std::collections::HashMap;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use log::info;
use protobuf::MessageField;
use tokio::runtime::Handle;

use crate::cgroups::oom::{self, OomWatch};
use crate::cgroups::{ContainerCgroup, Directories, Guard, check_resources, kill_processes, stats};
use crate::control::{Control, Message};
use crate::failure::Failure;
use crate::names::{check_id, find_cgroup_path};
use crate::process::Process;
use crate::protocol::agent::CgroupStats;
use crate::protocol::oci::{self, LinuxResources, Spec};
use crate::request::check_process;
use crate::spawned::{Role, Spawned};

enum State {
    /// The first process waits for the word to execute its program.
    Created(Control),
    Started,
    Paused,
    Removed,
}

/// What containers share.
#[derive(Clone)]
pub struct Surroundings {
    pub guard: Arc<dyn Guard>,
    pub directories: Arc<Directories>,
    /// Told a container's id whenever the OOM killer was at work in it.
    pub report_oom: Arc<dyn Fn(&str) + Send + Sync>,
}

/// All methods but the short ones block: they belong on a thread that may (`spawn_blocking`).
/// Fields are dropped in this order: the watch before what it watches.
pub struct Container {
    id: String,
    guard: Arc<dyn Guard>,
    first: Arc<Process>,
    others: Mutex<HashMap<String, Arc<Process>>>,
    /// tokio's, because a panic in a personality must not poison it.
    state: tokio::sync::Mutex<State>,
    _oom_watch: Option<OomWatch>,
    cgroup: ContainerCgroup,
}

impl Container {
    /// Makes cgroup, process, namespaces and mounts; everything but the program's execution. What a
    /// failure or a panic leaves on the way is taken back by drops.
    pub fn create(id: &str, spec: &Spec, surroundings: &Surroundings) -> Result<Self, Failure> {
        let Surroundings {
            guard, directories, ..
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
        let (descriptor, control, streams) = spawned.take()?;
        info!("container {id} created, process {pid}");
        Ok(Self {
            id: id.to_owned(),
            guard: Arc::clone(guard),
            first: Arc::new(Process::new(descriptor, streams)?),
            others: Mutex::default(),
            state: tokio::sync::Mutex::new(State::Created(control)),
            _oom_watch: oom_watch,
            cgroup,
        })
    }

    /// Lets the first process execute its program.
    pub fn start(&self) -> Result<(), Failure> {
        let mut state = self.state.blocking_lock();
        let State::Created(control) = &mut *state else {
            return Err(self.refuse("started", "it was started before"));
        };
        control.send(&Message::Go)?;
        let answer = control.receive()?;
        *state = State::Started;
        match answer {
            None => Ok(()),
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
        if exec_id == self.id || self.lock_others().contains_key(exec_id) {
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
        let (descriptor, _, streams) = spawned.take()?;
        let process = Arc::new(Process::new(descriptor, streams)?);
        self.lock_others().insert(exec_id.to_owned(), process);
        Ok(())
    }

    /// The process of that name; the container's own id, or none, means the first one.
    pub fn find_process(&self, exec_id: &str) -> Result<Arc<Process>, Failure> {
        if exec_id.is_empty() || exec_id == self.id {
            return Ok(Arc::clone(&self.first));
        }
        let found = self.lock_others().get(exec_id).map(Arc::clone);
        found.ok_or_else(|| {
            Failure::not_found(format!("container {} has no process {exec_id:?}", self.id))
        })
    }

    /// Kills every process of the container. A paused one is running again after that.
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

    /// Kills what is left of the container, waits for its end and removes its cgroup. Its mounts go
    /// with the last process of their namespace.
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
            // On v1 a frozen process dies only once it is thawed.
            self.guard.thaw(cgroup)?;
            *state = State::Started;
        }
        self.first.signal(libc::SIGKILL)?;
        let others: Vec<_> = self.lock_others().values().cloned().collect();
        // The first process ends last: the kernel kills all of its pid namespace before.
        let runtime = Handle::current();
        for process in others.iter().chain([&self.first]) {
            runtime.block_on(process.wait())?;
        }
        self.cgroup.remove()?;
        *state = State::Removed;
        info!("container {} removed", self.id);
        Ok(())
    }

    fn lock_others(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Process>>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
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
