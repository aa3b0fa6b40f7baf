//! Names in requests: ids, and paths below a root.

use std::path::{Component, Path};

use crate::failure::Failure;
use crate::protocol::oci::Linux;

/// Kata's rule for the ids of containers and processes.
pub fn check_id(id: &str) -> Result<(), Failure> {
    let is_inner = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    let starts_well = id.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if id.len() > 1 && starts_well && id.chars().all(is_inner) {
        return Ok(());
    }
    Err(Failure::invalid(format!(
        "invalid id {id:?}: expected at least two letters, digits, \"_\", \".\" or \"-\", the \
         first one a letter or digit"
    )))
}

/// The cgroup's path relative to the root of each hierarchy; the id if the request names none.
pub fn find_cgroup_path(linux: &Linux, id: &str) -> Result<String, Failure> {
    if linux.CgroupsPath.is_empty() {
        return Ok(id.to_owned());
    }
    check_inner_path("OCI.Linux.CgroupsPath", &linux.CgroupsPath)?;
    let path = linux.CgroupsPath.trim_matches('/');
    if path.is_empty() {
        return Err(Failure::invalid(
            "OCI.Linux.CgroupsPath is the root of the hierarchy",
        ));
    }
    Ok(path.to_owned())
}

pub fn check_inner_path(field: &str, path: &str) -> Result<(), Failure> {
    let mut components = Path::new(path).components();
    let is_inner = components.next() == Some(Component::RootDir)
        && components.all(|component| matches!(component, Component::Normal(_)));
    if is_inner {
        return Ok(());
    }
    Err(Failure::invalid(format!(
        "{field}={path:?}: expected an absolute path without \"..\""
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ttrpc::Code;

    #[test]
    fn ids_follow_the_rule() {
        for id in ["c1", "0_a.B-"] {
            check_id(id).unwrap();
        }
        for id in ["", "c", "-c", "a/b", "a b", "é1"] {
            assert_eq!(
                check_id(id).unwrap_err().code,
                Code::INVALID_ARGUMENT,
                "{id}"
            );
        }
    }

    #[test]
    fn a_cgroup_path_is_relative_to_the_root() {
        let find = |path: &str| {
            find_cgroup_path(
                &Linux {
                    CgroupsPath: path.into(),
                    ..Default::default()
                },
                "c1",
            )
        };
        assert_eq!(find(""), Ok("c1".into()));
        assert_eq!(find("/kmx/c2"), Ok("kmx/c2".into()));
        for path in ["/", "kmx/c1", "/kmx/../..", "system.slice:kmx:c1"] {
            assert_eq!(
                find(path).unwrap_err().code,
                Code::INVALID_ARGUMENT,
                "{path}"
            );
        }
    }
}
