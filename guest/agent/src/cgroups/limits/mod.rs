//! OCI resources as values of control files. Both personalities write them here; they only differ
//! in how they look a controller up.
//!
//! 0 means "leave alone" and -1 "unlimited" (runtime-spec, config-linux.md), except for pids, where
//! 0 is unlimited, too.

mod cpu;
mod memory;

use std::path::Path;

use super::control_file::{ControlError, set};
use crate::protocol::oci::{LinuxHugepageLimit, LinuxPids};

pub use cpu::{set_cpu, set_cpuset};
pub use memory::set_memory;

type Outcome = Result<(), ControlError>;

/// `pids.max`: the name is the same on v1 and v2.
pub fn set_pids(directory: &Path, pids: &LinuxPids) -> Outcome {
    match pids.Limit {
        ..=0 => set_exactly(directory, "pids.max", "max"),
        limit => set_exactly(directory, "pids.max", limit),
    }
}

/// One limit per page size; the kernel rounds it down to whole pages.
pub fn set_hugepages(directory: &Path, is_v2: bool, limits: &[LinuxHugepageLimit]) -> Outcome {
    let name = if is_v2 { "max" } else { "limit_in_bytes" };
    for limit in limits {
        let path = directory.join(format!("hugetlb.{}.{name}", limit.Pagesize));
        set(&path, &limit.Limit.to_string(), |found| {
            let Ok(found) = found.parse::<u64>() else {
                return false;
            };
            found <= limit.Limit && limit.Limit - found < parse_page_size(&limit.Pagesize)
        })?;
    }
    Ok(())
}

/// Bytes of a page size, written as in the names of hugetlb's files: "2MB". 1 if it is none.
fn parse_page_size(name: &str) -> u64 {
    let units = [("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30)];
    let parse =
        |(unit, bytes): (&str, u64)| Some(name.strip_suffix(unit)?.parse::<u64>().ok()? * bytes);
    units.into_iter().find_map(parse).unwrap_or(1)
}

fn set_exactly(directory: &Path, file: &str, value: impl ToString) -> Outcome {
    let value = value.to_string();
    set(&directory.join(file), &value, |found| found == value)
}

#[cfg(test)]
mod testing {
    use std::fs;

    /// A directory that looks like a cgroup with these control files.
    pub fn make_cgroup(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(directory.path().join(name), text).unwrap();
        }
        directory
    }

    pub fn look(directory: &tempfile::TempDir, file: &str) -> String {
        fs::read_to_string(directory.path().join(file)).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{look, make_cgroup};
    use super::*;

    #[test]
    fn pids_at_or_below_zero_are_unlimited() {
        for (limit, text) in [(5, "5"), (0, "max"), (-1, "max")] {
            let cgroup = make_cgroup(&[("pids.max", "")]);
            set_pids(
                cgroup.path(),
                &LinuxPids {
                    Limit: limit,
                    ..Default::default()
                },
            )
            .unwrap();
            assert_eq!(look(&cgroup, "pids.max"), text);
        }
    }

    #[test]
    fn page_sizes_are_read_from_names() {
        assert_eq!(parse_page_size("2MB"), 2 << 20);
        assert_eq!(parse_page_size("1GB"), 1 << 30);
        assert_eq!(parse_page_size("2M"), 1);
    }
}
