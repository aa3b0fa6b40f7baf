//! The container's root directory.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, chroot, pivot_root};

/// Makes the directory a mount of this namespace only. It may be the root of other containers, too,
/// so nothing is ever written into it.
pub fn bind(path: &str) -> Result<PathBuf> {
    let root = std::fs::canonicalize(path).with_context(|| format!("find root {path}"))?;
    change_mount("/", MsFlags::MS_PRIVATE | MsFlags::MS_REC).context("make all mounts private")?;
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(&root), &root, None::<&str>, flags, None::<&str>)
        .with_context(|| format!("bind root {path}"))?;
    Ok(root)
}

/// Makes the directory this process's `/`, and removes the guest's root from view.
pub fn enter(root: &Path, is_readonly: bool) -> Result<()> {
    chdir(root).context("change into the root")?;
    match pivot_root(".", ".") {
        Ok(()) => umount2(".", MntFlags::MNT_DETACH).context("unmount the guest's root")?,
        // pivot_root(2) does not work in an initramfs: mount over it instead.
        Err(Errno::EINVAL) => {
            mount(Some("."), "/", None::<&str>, MsFlags::MS_MOVE, None::<&str>)
                .context("move the root")?;
            chroot(".").context("change the root")?;
        }
        Err(errno) => return Err(errno).context("pivot the root"),
    }
    chdir("/").context("change into the root")?;
    if is_readonly {
        let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
        change_mount("/", flags).context("make the root read-only")?;
    }
    Ok(())
}

fn change_mount(target: &str, flags: MsFlags) -> nix::Result<()> {
    mount(None::<&str>, target, None::<&str>, flags, None::<&str>)
}
