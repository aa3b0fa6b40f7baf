//! Makes each restored copy of a saved guest a guest of its own.

use crate::bytes::Base64;
use crate::clock::uptime_ms;
use crate::failure::Failure;
use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_settime};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Linux include/uapi/linux/random.h: adds entropy and credits it.
const RNDADDENTROPY: libc::c_ulong = 0x4008_5203;
/// The same file: reseeds at once, so that numbers no longer depend on the saved guest's state.
const RNDRESEEDCRNG: libc::c_ulong = 0x5207;
const RANDOM: &str = "/dev/urandom";
/// The size of a ChaCha20 key, which is what the kernel's generator is seeded with.
const SEED_BYTES: usize = 32;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Restored {
    /// The host's wall clock, milliseconds since 1970.
    unix_time_ms: u64,
    /// Random bytes that no other copy gets.
    seed: Base64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prepared {
    uptime_ms: u64,
}

/// Nothing needs preparing here. Only the channel has to: once this is answered, it leaves the
/// connection.
pub fn prepare_to_save() -> Prepared {
    Prepared {
        uptime_ms: uptime_ms(),
    }
}

/// Sets the wall clock and gives the kernel random numbers of its own.
pub fn refresh(Restored { unix_time_ms, seed }: &Restored) -> Result<(), Failure> {
    let now = TimeSpec::from_duration(Duration::from_millis(*unix_time_ms));
    clock_settime(ClockId::CLOCK_REALTIME, now)
        .map_err(|errno| Failure::errno("clock_settime", errno))?;
    if seed.0.len() != SEED_BYTES {
        let found = seed.0.len();
        let text = format!("expected a seed of {SEED_BYTES} bytes, found {found}");
        return Err(Failure::bad_request(text));
    }
    let device = OpenOptions::new()
        .write(true)
        .open(RANDOM)
        .map_err(|error| Failure::io(format!("open {RANDOM}"), &error))?;
    add_entropy(&device, &seed.0).map_err(|errno| Failure::errno("RNDADDENTROPY", errno))?;
    reseed(&device).map_err(|errno| Failure::errno("RNDRESEEDCRNG", errno))
}

/// `struct rand_pool_info` with its buffer.
#[repr(C)]
struct PoolInfo {
    entropy_bits: libc::c_int,
    bytes: libc::c_int,
    buffer: [u8; SEED_BYTES],
}

fn add_entropy(device: &File, seed: &[u8]) -> Result<(), Errno> {
    let mut info = PoolInfo {
        entropy_bits: (SEED_BYTES * 8) as libc::c_int,
        bytes: SEED_BYTES as libc::c_int,
        buffer: [0; SEED_BYTES],
    };
    info.buffer.copy_from_slice(seed);
    // SAFETY: the kernel reads `bytes` bytes of the buffer, and `info` outlives the call.
    Errno::result(unsafe { libc::ioctl(device.as_raw_fd(), RNDADDENTROPY as _, &info) }).map(drop)
}

fn reseed(device: &File) -> Result<(), Errno> {
    // SAFETY: this ioctl has no argument.
    Errno::result(unsafe { libc::ioctl(device.as_raw_fd(), RNDRESEEDCRNG as _, 0) }).map(drop)
}
