//! Device nodes and links that every container has in its `/dev` (runtime-spec, config-linux.md,
//! "Default Devices"), if that is a tmpfs of its own.

use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result};
use nix::sys::stat::{Mode, SFlag, makedev, mknod, umask};

use crate::protocol::oci::Mount;

const NODES: [(&str, u64, u64); 6] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

const LINKS: [(&str, &str); 5] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

pub fn make(root: &Path, mounts: &[Mount]) -> Result<()> {
    let is_fresh = |mount: &Mount| mount.destination == "/dev" && mount.type_ == "tmpfs";
    if !mounts.iter().any(is_fresh) {
        return Ok(());
    }
    let directory = root.join("dev");
    let everybody = Mode::from_bits_truncate(0o666);
    let before = umask(Mode::empty());
    for (name, major, minor) in NODES {
        let path = directory.join(name);
        mknod(&path, SFlag::S_IFCHR, everybody, makedev(major, minor))
            .with_context(|| format!("make /dev/{name}"))?;
    }
    umask(before);
    for (name, target) in LINKS {
        symlink(target, directory.join(name)).with_context(|| format!("make /dev/{name}"))?;
    }
    Ok(())
}
