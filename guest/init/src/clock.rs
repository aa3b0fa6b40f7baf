//! The guest's clock since boot.

use nix::time::{ClockId, clock_gettime};

/// Milliseconds since the kernel started.
pub fn uptime_ms() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_BOOTTIME).expect("every kernel has CLOCK_BOOTTIME");
    now.tv_sec() as u64 * 1000 + now.tv_nsec() as u64 / 1_000_000
}
