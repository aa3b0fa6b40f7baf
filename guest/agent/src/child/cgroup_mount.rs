//! Mounts of type "cgroup": they show the container its own cgroup, as in runc and rustjail.

use std::fs::{create_dir, read_to_string};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::mount::{MsFlags, mount as call};

use super::mount_options::MountOptions;
use super::mounts::bind;

/// A hierarchy and a process's place in it.
#[derive(Debug, PartialEq)]
pub struct Place {
    mount_point: PathBuf,
    /// Below the mount point.
    path: String,
}

/// This process's places. Call it before the process gets a cgroup namespace, in which every place
/// looks like the root.
pub fn find_own_places() -> Result<Vec<Place>> {
    let mountinfo = read_to_string("/proc/self/mountinfo").context("read mountinfo")?;
    let own = read_to_string("/proc/self/cgroup").context("read own cgroups")?;
    Ok(find_places(&mountinfo, &own))
}

/// v2: the cgroup itself at `target`. v1: a tmpfs with a directory per hierarchy.
pub fn mount(target: &Path, places: &[Place], options: &MountOptions) -> Result<()> {
    let as_bind = MountOptions {
        flags: options.flags | MsFlags::MS_BIND,
        propagation: Vec::new(),
        data: String::new(),
    };
    if let Some(place) = places
        .iter()
        .find(|place| place.mount_point == Path::new("/sys/fs/cgroup"))
    {
        return bind(&place.mount_point.join(&place.path), target, &as_bind);
    }
    let flags = options.flags.difference(MsFlags::MS_RDONLY);
    call(
        Some("cgroup"),
        target,
        Some("tmpfs"),
        flags,
        Some("mode=755"),
    )
    .context("mount tmpfs")?;
    for place in places {
        let Some(name) = place.mount_point.file_name() else {
            continue;
        };
        let directory = target.join(name);
        create_dir(&directory).with_context(|| format!("make {}", directory.display()))?;
        bind(&place.mount_point.join(&place.path), &directory, &as_bind)?;
    }
    if options.flags.contains(MsFlags::MS_RDONLY) {
        let flags = options.flags | MsFlags::MS_REMOUNT | MsFlags::MS_BIND;
        call(None::<&str>, target, None::<&str>, flags, None::<&str>).context("make read-only")?;
    }
    Ok(())
}

/// Matches the two files by what identifies a hierarchy in both: its controllers or its name. v2
/// has neither.
fn find_places(mountinfo: &str, own: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for line in mountinfo.lines() {
        let Some((mount, file_system)) = line.split_once(" - ") else {
            continue;
        };
        let Some(mount_point) = mount.split(' ').nth(4) else {
            continue;
        };
        let mut words = file_system.split(' ');
        let (kind, options) = (words.next(), words.nth(1).unwrap_or_default());
        let is_this = |controllers: &str| match kind {
            Some("cgroup2") => controllers.is_empty(),
            Some("cgroup") => {
                let mut names = controllers.split(',');
                !controllers.is_empty()
                    && names.all(|name| options.split(',').any(|option| option == name))
            }
            _ => false,
        };
        // Lines of /proc/self/cgroup: number:controllers:path.
        let path = own.lines().find_map(|line| {
            let mut parts = line.splitn(3, ':').skip(1);
            let (controllers, path) = (parts.next()?, parts.next()?);
            is_this(controllers).then(|| path.trim_start_matches('/').to_owned())
        });
        if let Some(path) = path {
            let mount_point = PathBuf::from(mount_point);
            places.push(Place { mount_point, path });
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(mount_point: &str, path: &str) -> Place {
        Place {
            mount_point: mount_point.into(),
            path: path.into(),
        }
    }

    #[test]
    fn places_are_found_in_each_hierarchy() {
        let mountinfo = "\
22 1 0:5 / /dev rw - devtmpfs devtmpfs rw
30 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup none rw,cpu,cpuacct
31 25 0:28 / /sys/fs/cgroup/pids rw - cgroup none rw,pids
33 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 none rw
";
        let own = "3:pids:/kmx/c1\n2:cpu,cpuacct:/kmx/c1\n0::/\n";
        let expected = [
            place("/sys/fs/cgroup/cpu,cpuacct", "kmx/c1"),
            place("/sys/fs/cgroup/pids", "kmx/c1"),
            place("/sys/fs/cgroup/unified", ""),
        ];
        assert_eq!(find_places(mountinfo, own), expected);
    }

    #[test]
    fn v2_has_one_place() {
        let mountinfo = "30 25 0:27 / /sys/fs/cgroup rw - cgroup2 none rw,nsdelegate\n";
        let expected = [place("/sys/fs/cgroup", "kmx/c1")];
        assert_eq!(find_places(mountinfo, "0::/kmx/c1\n"), expected);
    }
}
