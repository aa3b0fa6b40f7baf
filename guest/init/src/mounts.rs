//! The file systems that every program of a guest expects.

use nix::mount::{MsFlags, mount};
use std::fs;

const QUIET: MsFlags = MsFlags::MS_NOSUID
    .union(MsFlags::MS_NODEV)
    .union(MsFlags::MS_NOEXEC);

/// path, type, flags, options
const MOUNTS: [(&str, &str, MsFlags, &str); 7] = [
    ("/proc", "proc", QUIET, ""),
    ("/sys", "sysfs", QUIET, ""),
    // The kernel only mounts it by itself with CONFIG_DEVTMPFS_MOUNT, and never over an initramfs.
    ("/dev", "devtmpfs", MsFlags::MS_NOSUID, "mode=755"),
    (
        "/dev/pts",
        "devpts",
        MsFlags::MS_NOSUID.union(MsFlags::MS_NOEXEC),
        "mode=620,ptmxmode=666",
    ),
    (
        "/dev/shm",
        "tmpfs",
        MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV),
        "mode=1777",
    ),
    (
        "/run",
        "tmpfs",
        MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV),
        "mode=755",
    ),
    (
        "/tmp",
        "tmpfs",
        MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV),
        "mode=1777",
    ),
];

/// Mounts them all. An error names the one that failed.
pub fn mount_basics() -> Result<(), String> {
    for (path, kind, flags, options) in MOUNTS {
        fs::create_dir_all(path).map_err(|error| format!("mkdir {path}: {error}"))?;
        mount(Some(kind), path, Some(kind), flags, Some(options))
            .map_err(|errno| format!("mount {kind} at {path}: {errno}"))?;
    }
    Ok(())
}
