//! Waiting for descriptors to change.

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::os::fd::AsFd;
use std::time::Duration;

/// Waits for *changes* of its descriptors (edge-triggered). A level would not do: a virtio port
/// without a host polls as hang-up without end (Linux drivers/char/virtio_console.c,
/// port_fops_poll), and the arrival of a host is only seen as a wake-up. So: try until the
/// descriptor has no more, then wait.
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
            // Rounded up: a millisecond too early would be waited for again and again.
            let milliseconds = it.as_nanos().div_ceil(1_000_000);
            EpollTimeout::try_from(milliseconds).unwrap_or(EpollTimeout::MAX)
        });
        // EINTR is a wake-up like any other.
        let _ = self.epoll.wait(&mut [EpollEvent::empty(); 4], timeout);
    }
}
