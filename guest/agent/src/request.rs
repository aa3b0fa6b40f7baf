//! Checks requests for containers and processes. Whatever this agent does not support is refused: a
//! request is carried out completely or not at all.

use std::path::Path;

use crate::cgroups::check_resources;
use crate::failure::Failure;
use crate::names::{check_id, check_inner_path};
use crate::protocol::agent::CreateContainerRequest;
use crate::protocol::oci::{Linux, Process, Spec};

/// Checks everything that can be checked without changing the guest, and returns the configuration.
pub fn check_container(mut request: CreateContainerRequest) -> Result<Spec, Failure> {
    check_id(&request.container_id)?;
    refuse_unsupported(&[
        ("devices", !request.devices.is_empty()),
        ("storages", !request.storages.is_empty()),
        ("shared_mounts", !request.shared_mounts.is_empty()),
        ("sandbox_pidns", request.sandbox_pidns),
        ("string_user", request.string_user.is_some()),
        ("stdin_port", request.stdin_port.is_some()),
        ("stdout_port", request.stdout_port.is_some()),
        ("stderr_port", request.stderr_port.is_some()),
    ])?;
    let spec = request.OCI.take().ok_or_else(|| missing("OCI"))?;
    let root = Path::new(&spec.Root.as_ref().ok_or_else(|| missing("OCI.Root"))?.Path);
    if !root.is_absolute() || !root.is_dir() {
        return Err(Failure::invalid(format!(
            "OCI.Root.Path={root:?}: expected the absolute path of a directory"
        )));
    }
    check_process(
        spec.Process
            .as_ref()
            .ok_or_else(|| missing("OCI.Process"))?,
    )?;
    refuse_unsupported(&[("OCI.Hooks", spec.Hooks.is_some())])?;
    for mount in &spec.Mounts {
        check_inner_path("OCI.Mounts.destination", &mount.destination)?;
    }
    let linux = spec.Linux.as_ref().ok_or_else(|| missing("OCI.Linux"))?;
    check_linux(linux)?;
    let has_uts = linux
        .Namespaces
        .iter()
        .any(|namespace| namespace.Type == "uts");
    if !spec.Hostname.is_empty() && !has_uts {
        return Err(Failure::invalid(
            "OCI.Hostname needs a uts namespace in OCI.Linux.Namespaces",
        ));
    }
    Ok(spec)
}

pub fn check_process(process: &Process) -> Result<(), Failure> {
    if process.Args.first().is_none_or(String::is_empty) {
        return Err(Failure::invalid(
            "Process.Args is empty: expected a program",
        ));
    }
    if !process.Cwd.starts_with('/') {
        return Err(Failure::invalid(format!(
            "Process.Cwd={:?} is not absolute",
            process.Cwd
        )));
    }
    refuse_unsupported(&[
        ("Process.Terminal", process.Terminal),
        (
            "Process.ApparmorProfile",
            !process.ApparmorProfile.is_empty(),
        ),
        ("Process.SelinuxLabel", !process.SelinuxLabel.is_empty()),
    ])
}

fn check_linux(linux: &Linux) -> Result<(), Failure> {
    refuse_unsupported(&[
        ("OCI.Linux.UIDMappings", !linux.UIDMappings.is_empty()),
        ("OCI.Linux.GIDMappings", !linux.GIDMappings.is_empty()),
        ("OCI.Linux.Sysctl", !linux.Sysctl.is_empty()),
        ("OCI.Linux.Devices", !linux.Devices.is_empty()),
        (
            "OCI.Linux.RootfsPropagation",
            !linux.RootfsPropagation.is_empty(),
        ),
        ("OCI.Linux.MaskedPaths", !linux.MaskedPaths.is_empty()),
        ("OCI.Linux.ReadonlyPaths", !linux.ReadonlyPaths.is_empty()),
        ("OCI.Linux.MountLabel", !linux.MountLabel.is_empty()),
    ])?;
    for namespace in &linux.Namespaces {
        match namespace.Type.as_str() {
            "mount" | "mnt" | "ipc" | "uts" | "network" | "net" | "cgroup" => {}
            "pid" if namespace.Path.is_empty() => {}
            other => {
                return Err(Failure::unimplemented(format!(
                    "OCI.Linux.Namespaces: {other:?}: expected mount, ipc, uts, network or cgroup"
                )));
            }
        }
    }
    if !linux
        .Namespaces
        .iter()
        .any(|namespace| matches!(namespace.Type.as_str(), "mount" | "mnt"))
    {
        return Err(Failure::invalid(
            "OCI.Linux.Namespaces: expected at least mount",
        ));
    }
    check_resources(linux.Resources.get_or_default())
}

fn refuse_unsupported(fields: &[(&str, bool)]) -> Result<(), Failure> {
    match fields.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((field, _)) => Err(Failure::unimplemented(format!(
            "{field} is not supported by this agent. Remedy: leave it out"
        ))),
    }
}

fn missing(field: &str) -> Failure {
    Failure::invalid(format!("{field} is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::oci::{LinuxNamespace, Mount, Root};
    use protobuf::MessageField;
    use ttrpc::Code;

    fn make_request() -> CreateContainerRequest {
        let namespace = LinuxNamespace {
            Type: "mount".into(),
            ..Default::default()
        };
        let spec = Spec {
            Process: MessageField::some(Process {
                Args: vec!["/bin/true".into()],
                Cwd: "/".into(),
                ..Default::default()
            }),
            Root: MessageField::some(Root {
                Path: "/".into(),
                ..Default::default()
            }),
            Linux: MessageField::some(Linux {
                Namespaces: vec![namespace],
                ..Default::default()
            }),
            ..Default::default()
        };
        CreateContainerRequest {
            container_id: "c1".into(),
            OCI: MessageField::some(spec),
            ..Default::default()
        }
    }

    fn refuse(change: impl FnOnce(&mut CreateContainerRequest)) -> Failure {
        let mut request = make_request();
        change(&mut request);
        check_container(request).unwrap_err()
    }

    #[test]
    fn the_least_that_a_container_needs_is_enough() {
        check_container(make_request()).unwrap();
    }

    #[test]
    fn missing_and_wrong_fields_are_named() {
        let no_root = refuse(|request| request.OCI.mut_or_insert_default().Root = None.into());
        assert_eq!(no_root.message, "OCI.Root is missing");
        let no_directory = refuse(|request| {
            let root = request
                .OCI
                .mut_or_insert_default()
                .Root
                .mut_or_insert_default();
            root.Path = "/no/such".into();
        });
        assert!(
            no_directory.message.contains("\"/no/such\""),
            "{no_directory}"
        );
        let escape = refuse(|request| {
            let mount = Mount {
                destination: "/proc/../..".into(),
                ..Default::default()
            };
            request.OCI.mut_or_insert_default().Mounts.push(mount);
        });
        assert!(escape.message.contains("/proc/../.."), "{escape}");
        let shared = refuse(|request| {
            let linux = request
                .OCI
                .mut_or_insert_default()
                .Linux
                .mut_or_insert_default();
            linux.Namespaces.clear();
        });
        assert!(shared.message.contains("at least mount"), "{shared}");
    }

    #[test]
    fn unsupported_fields_are_refused() {
        let terminal = refuse(|request| {
            let spec = request.OCI.mut_or_insert_default();
            spec.Process.mut_or_insert_default().Terminal = true;
        });
        assert_eq!(terminal.code, Code::UNIMPLEMENTED);
        assert!(terminal.message.contains("Process.Terminal"), "{terminal}");
    }
}
