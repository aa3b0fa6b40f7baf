//! Mounts of a container, made below its root before that is entered.

use std::fs::{create_dir, metadata, symlink_metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::mount::{MsFlags, mount as call};

use super::cgroup_mount::{self, Place};
use super::mount_options::{MountOptions, parse};
use crate::protocol::oci::Mount;

/// Makes one mount; `places` is for those of type "cgroup".
pub fn mount(root: &Path, mount: &Mount, places: &[Place]) -> Result<()> {
    let options = parse(&mount.options);
    let target = find_target(root, &mount.destination)?;
    match mount.type_.as_str() {
        "cgroup" => cgroup_mount::mount(&target, places, &options)?,
        "bind" => bind(Path::new(&mount.source), &target, &options)?,
        _ if options.is_bind() => bind(Path::new(&mount.source), &target, &options)?,
        kind => call(
            Some(mount.source.as_str()),
            &target,
            Some(kind),
            options.flags,
            Some(options.data.as_str()),
        )
        .with_context(|| format!("type {kind}, options {:?}", mount.options))?,
    }
    for propagation in options.propagation {
        change(&target, propagation).context("set propagation")?;
    }
    Ok(())
}

/// Binds, then sets the other flags, which a bind mount ignores (mount(2)).
pub fn bind(source: &Path, target: &Path, options: &MountOptions) -> Result<()> {
    let flags = options.flags | MsFlags::MS_BIND;
    let how = flags & (MsFlags::MS_BIND | MsFlags::MS_REC);
    call(Some(source), target, None::<&str>, how, None::<&str>)
        .with_context(|| format!("bind {}", source.display()))?;
    if flags != how {
        let flags = flags.difference(MsFlags::MS_REC) | MsFlags::MS_REMOUNT;
        change(target, flags).context("set flags")?;
    }
    Ok(())
}

fn change(target: &Path, flags: MsFlags) -> nix::Result<()> {
    call(None::<&str>, target, None::<&str>, flags, None::<&str>)
}

/// The path of a mount's destination. A missing directory is created, but only on a file system
/// that an earlier mount put there: the root itself may be shared with other containers.
fn find_target(root: &Path, destination: &str) -> Result<PathBuf> {
    let root_device = metadata(root)?.dev();
    let mut target = root.to_owned();
    for name in Path::new(destination).components().skip(1) {
        let parent_device = metadata(&target)?.dev();
        target.push(name);
        match symlink_metadata(&target) {
            Ok(found) if found.is_symlink() => {
                bail!(
                    "{} is a symbolic link, which could lead out of the root",
                    target.display()
                )
            }
            Ok(_) => {}
            Err(_) if parent_device == root_device => bail!(
                "the root has no {destination}, and nothing is created in a root: create \
                 it there, or mount something above it first"
            ),
            Err(_) => {
                create_dir(&target).with_context(|| format!("make {}", target.display()))?;
            }
        }
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_must_exist_and_not_be_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        create_dir(root.join("proc")).unwrap();
        std::os::unix::fs::symlink("/", root.join("away")).unwrap();
        assert_eq!(find_target(root, "/proc").unwrap(), root.join("proc"));
        let missing = find_target(root, "/nowhere").unwrap_err().to_string();
        assert!(missing.contains("has no /nowhere"), "{missing}");
        assert!(!root.join("nowhere").exists());
        let link = find_target(root, "/away/proc").unwrap_err().to_string();
        assert!(link.contains("symbolic link"), "{link}");
    }
}
