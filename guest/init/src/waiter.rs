//! Waits for descriptors to change.

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::os::fd::AsFd;
use std::time::Duration;

/// Waits for *changes* of its descriptors (edge-triggered). Level-triggered polling would spin: a
/// virtio port without a host always polls as hang-up, and a host's arrival only shows as a wake-up
/// (Linux drivers/char/virtio_console.c, port_fops_poll). So a caller reads and writes until
/// neither gets any further, and then waits.
pub struct Waiter {
    epoll: Epoll,
}

impl Waiter {
    pub fn new() -> nix::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        })
    }

    pub fn add(&self, descriptor: impl AsFd) -> nix::Result<()> {
        let changes = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
        self.epoll.add(descriptor, EpollEvent::new(changes, 0))
    }

    /// Returns at the next change, at once if there was one since the last wait, or after
    /// `timeout`.
    pub fn wait(&self, timeout: Option<Duration>) {
        let timeout = timeout.map_or(EpollTimeout::NONE, |it| {
            // Rounded up: waking a fraction of a millisecond early would end in a busy loop.
            let milliseconds = it.as_nanos().div_ceil(1_000_000);
            EpollTimeout::try_from(milliseconds).unwrap_or(EpollTimeout::MAX)
        });
        // EINTR is just another wake-up.
        let _ = self.epoll.wait(&mut [EpollEvent::empty(); 4], timeout);
    }
}
