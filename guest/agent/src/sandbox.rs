//! The sandbox: all containers of the agent, and what concerns all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use log::{info, warn};
use tokio::sync::{mpsc, watch};

use crate::cgroups::{Directories, Guard};
use crate::container::{Container, Surroundings};
use crate::failure::Failure;
use crate::manners::Manners;
use crate::process::Process;
use crate::protocol::agent::{CreateContainerRequest, CreateSandboxRequest};
use crate::request::check_container;

/// How many OOM events may wait to be fetched; more are dropped and logged.
const OOM_EVENTS: usize = 1024;

enum Slot {
    /// Somebody is making the container of this id.
    Reserved,
    Made(Arc<Container>),
    /// The container could not be made.
    Failed,
}

type Containers = Mutex<HashMap<String, Slot>>;

pub struct Sandbox {
    containers: Containers,
    surroundings: Surroundings,
    oom_events: tokio::sync::Mutex<mpsc::Receiver<String>>,
    is_destroyed: watch::Sender<bool>,
}

impl Sandbox {
    pub fn new(guard: Arc<dyn Guard>, manners: Manners) -> Self {
        let (sender, receiver) = mpsc::channel(OOM_EVENTS);
        let report_oom = move |id: &str| {
            info!("container {id}: OOM");
            if sender.try_send(id.to_owned()).is_err() {
                warn!("container {id}: nobody fetches OOM events, so this one is dropped");
            }
        };
        Self {
            containers: Containers::default(),
            surroundings: Surroundings {
                guard,
                manners,
                directories: Arc::new(Directories::default()),
                report_oom: Arc::new(report_oom),
            },
            oom_events: tokio::sync::Mutex::new(receiver),
            is_destroyed: watch::Sender::new(false),
        }
    }

    /// As in kata-agent, containers do not need it, and it may be called repeatedly.
    pub fn create(&self, request: &CreateSandboxRequest) -> Result<(), Failure> {
        let unsupported = [
            ("dns", !request.dns.is_empty()),
            ("storages", !request.storages.is_empty()),
            ("sandbox_pidns", request.sandbox_pidns),
            ("guest_hook_path", !request.guest_hook_path.is_empty()),
            ("kernel_modules", !request.kernel_modules.is_empty()),
        ];
        if let Some((field, _)) = unsupported.iter().find(|(_, is_given)| *is_given) {
            return Err(Failure::unimplemented(format!(
                "{field} is not supported by this agent. Remedy: leave it out"
            )));
        }
        info!("sandbox {:?} created", request.sandbox_id);
        Ok(())
    }

    pub fn manners(&self) -> Manners {
        self.surroundings.manners
    }

    /// Removes all containers. After that the agent ends.
    pub fn destroy(&self) -> Result<(), Failure> {
        self.lock_containers()
            .retain(|_, slot| !matches!(slot, Slot::Failed));
        let ids: Vec<String> = self.lock_containers().keys().cloned().collect();
        for id in ids {
            self.remove_container(&id)?;
        }
        self.surroundings.directories.wait_removed();
        self.is_destroyed.send_replace(true);
        Ok(())
    }

    pub async fn wait_destroyed(&self) {
        let mut is_destroyed = self.is_destroyed.subscribe();
        // It would only fail if the sandbox were gone, which is borrowed here.
        let _ = is_destroyed.wait_for(|is_destroyed| *is_destroyed).await;
    }

    /// After a failure nothing is left behind, except perhaps the id.
    pub fn create_container(&self, request: CreateContainerRequest) -> Result<(), Failure> {
        let id = request.container_id.clone();
        let spec = check_container(request)?;
        let reservation = Reservation::new(&self.containers, &id, self.manners())?;
        let container = Container::create(&id, &spec, &self.surroundings)?;
        reservation.fill(container);
        Ok(())
    }

    pub fn find_container(&self, id: &str) -> Result<Arc<Container>, Failure> {
        match self.lock_containers().get(id) {
            Some(Slot::Made(container)) => Ok(Arc::clone(container)),
            Some(Slot::Reserved) => Err(Failure::precondition(format!(
                "container {id} is still being created"
            ))),
            Some(Slot::Failed) | None => {
                Err(Failure::not_found(format!("there is no container {id:?}")))
            }
        }
    }

    pub fn find_process(&self, id: &str, exec_id: &str) -> Result<Arc<Process>, Failure> {
        self.find_container(id)?.processes.find(exec_id)
    }

    /// If this fails, the container stays registered, so that removing can be tried again.
    pub fn remove_container(&self, id: &str) -> Result<(), Failure> {
        self.find_container(id)?.remove()?;
        self.lock_containers().remove(id);
        Ok(())
    }

    pub fn count_containers(&self) -> usize {
        let slots = self.lock_containers();
        let there = slots.values().filter(|slot| !matches!(slot, Slot::Failed));
        there.count()
    }

    /// Waits for the next OOM kill and returns the container's id.
    pub async fn next_oom(&self) -> Result<String, Failure> {
        let next = async {
            let id = self.oom_events.lock().await.recv().await;
            id.ok_or_else(|| Failure::internal("there are no more OOM events"))
        };
        tokio::select! {
            id = next => id,
            () = self.wait_destroyed() => Err(Failure::unavailable("the sandbox is destroyed")),
        }
    }

    fn lock_containers(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        lock(&self.containers)
    }
}

fn lock(containers: &Containers) -> MutexGuard<'_, HashMap<String, Slot>> {
    // Nothing that can panic runs under this lock.
    containers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An id that is taken while its container is being made. If it is dropped unfilled, also by a
/// panic, manners decide what becomes of the id.
struct Reservation<'a> {
    containers: &'a Containers,
    id: &'a str,
    manners: Manners,
}

impl<'a> Reservation<'a> {
    fn new(containers: &'a Containers, id: &'a str, manners: Manners) -> Result<Self, Failure> {
        let mut slots = lock(containers);
        match slots.get(id) {
            None => {}
            Some(Slot::Failed) => return Err(Failure::internal("exec fifo exists")),
            Some(Slot::Reserved | Slot::Made(_)) => {
                return Err(Failure::exists(format!(
                    "there is a container {id} already"
                )));
            }
        }
        slots.insert(id.to_owned(), Slot::Reserved);
        Ok(Self {
            containers,
            id,
            manners,
        })
    }

    fn fill(self, container: Container) {
        lock(self.containers).insert(self.id.to_owned(), Slot::Made(Arc::new(container)));
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut slots = lock(self.containers);
        if !matches!(slots.get(self.id), Some(Slot::Reserved)) {
            return;
        }
        if self.manners.keeps_failed_ids() {
            slots.insert(self.id.to_owned(), Slot::Failed);
        } else {
            slots.remove(self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_free_again_after_a_failure_unless_the_agent_behaves_as_kata_does() {
        let containers = Containers::default();
        let reserve = |manners| Reservation::new(&containers, "c1", manners);
        let reservation = reserve(Manners::Considerate).unwrap();
        let second = reserve(Manners::Considerate).err().unwrap();
        assert_eq!(second.code, ttrpc::Code::ALREADY_EXISTS);
        drop(reservation);
        drop(reserve(Manners::OfKata).unwrap());
        let failure = reserve(Manners::OfKata).err().unwrap();
        assert_eq!(failure.message, "exec fifo exists");
    }
}
