//! The namespaces of a container, except the pid namespace.

use std::fs::File;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, bail};
use nix::sched::{CloneFlags, setns, unshare};

use crate::protocol::oci::LinuxNamespace;

/// Makes the namespaces without a path, and joins those with one.
pub fn enter(namespaces: &[LinuxNamespace]) -> Result<()> {
    let mut fresh = CloneFlags::empty();
    for namespace in namespaces {
        let flag = find_flag(&namespace.Type)?;
        if namespace.Path.is_empty() {
            fresh |= flag;
            continue;
        }
        let path = &namespace.Path;
        let file = File::open(path).with_context(|| format!("open namespace {path}"))?;
        setns(&file, flag).with_context(|| format!("join namespace {path}"))?;
    }
    unshare(fresh).with_context(|| format!("make namespaces {fresh:?}"))
}

/// Joins every namespace of a container's first process, except the pid namespace, which has been
/// joined before.
pub fn join(first: &OwnedFd) -> Result<()> {
    let all = CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWCGROUP;
    setns(first, all).context("join the container's namespaces")
}

fn find_flag(kind: &str) -> Result<CloneFlags> {
    Ok(match kind {
        "mount" | "mnt" => CloneFlags::CLONE_NEWNS,
        "ipc" => CloneFlags::CLONE_NEWIPC,
        "uts" => CloneFlags::CLONE_NEWUTS,
        "network" | "net" => CloneFlags::CLONE_NEWNET,
        "cgroup" => CloneFlags::CLONE_NEWCGROUP,
        // This process was born in a fresh one.
        "pid" => CloneFlags::empty(),
        other => bail!("unknown namespace {other:?}"),
    })
}
