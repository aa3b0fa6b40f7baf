//! Watches a container's memory cgroup for kills by the OOM killer.
//!
//! The kernel notifies, so an idle container costs nothing: on v2 a file that is polled for POLLPRI
//! (`memory.events`), on v1 an eventfd that was registered for `memory.oom_control` (kernel
//! Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst). v1 notifies when the limit is
//! reached, just before the kill.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use cgroups_rs::fs::Cgroup;
use cgroups_rs::fs::Controller as _;
use cgroups_rs::fs::memory::MemController;
use log::warn;
use nix::sys::eventfd::{EfdFlags, EventFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::JoinHandle;

use super::control_file::write;
use crate::failure::Failure;

/// The watch ends when this is dropped.
pub struct OomWatch(JoinHandle<()>);

impl Drop for OomWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Calls `report` once for each OOM. `None` if the guest has no memory controller, since then
/// nothing limits memory. Must be called within a tokio runtime.
pub fn watch(
    cgroup: &Cgroup,
    report: impl Fn() + Send + 'static,
) -> Result<Option<OomWatch>, Failure> {
    let Some(memory) = cgroup.controller_of::<MemController>() else {
        return Ok(None);
    };
    let directory = memory.path().to_owned();
    let task = if cgroup.v2() {
        watch_v2(&directory.join("memory.events"), report)
    } else {
        watch_v1(directory.clone(), report)
    };
    let task = task.map_err(|error| Failure::file("watch for OOM in", &directory, &error))?;
    Ok(Some(OomWatch(task)))
}

fn watch_v2(path: &Path, report: impl Fn() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    let mut file = File::open(path)?;
    // Reading arms the notification.
    let mut known = count_kills(&mut file)?;
    // SAFETY: a file keeps its descriptor open as long as it lives.
    let file = unsafe { AsyncFd::register_with_interest(file, Interest::PRIORITY) }?;
    Ok(tokio::spawn(async move {
        let mut file = file;
        loop {
            let Ok(mut ready) = file.ready_mut(Interest::PRIORITY).await else {
                return;
            };
            ready.clear_ready();
            let Ok(kills) = count_kills(ready.get_inner_mut()) else {
                // ENODEV: the cgroup was removed.
                return;
            };
            if kills > known {
                known = kills;
                report();
            }
        }
    }))
}

fn count_kills(file: &mut File) -> std::io::Result<u64> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut text)?;
    let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
    Ok(line
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_default())
}

fn watch_v1(
    directory: PathBuf,
    report: impl Fn() + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let control = File::open(directory.join("memory.oom_control"))?;
    let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
    let event = EventFd::from_value_and_flags(0, flags)?;
    let registration = format!("{} {}", event.as_raw_fd(), control.as_raw_fd());
    if let Err(error) = write(&directory.join("cgroup.event_control"), &registration) {
        return Err(std::io::Error::other(Failure::from(error).message));
    }
    // SAFETY: an eventfd keeps its descriptor open as long as it lives.
    let event = unsafe { AsyncFd::register_with_interest(event, Interest::READABLE) }?;
    Ok(tokio::spawn(async move {
        loop {
            let Ok(mut ready) = event.readable().await else {
                return;
            };
            match ready.get_inner().read() {
                // Removing the cgroup also notifies.
                Ok(_) if directory.exists() => report(),
                Ok(_) => return,
                Err(nix::errno::Errno::EAGAIN) => ready.clear_ready(),
                Err(error) => return warn!("OOM events of {}: {error}", directory.display()),
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn kills_are_counted_anew_from_the_start_of_the_file() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"low 0\noom 2\noom_kill 1\noom_group_kill 0\n")
            .unwrap();
        assert_eq!(count_kills(&mut file).unwrap(), 1);
        assert_eq!(count_kills(&mut file).unwrap(), 1);
    }
}
