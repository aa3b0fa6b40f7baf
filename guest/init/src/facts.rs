//! What this kernel is, and what it really offers: found out by trying, before anything is mounted.

mod kernel_words;
mod mount_options;
mod probe_folder;
mod proc_cgroups;
mod shared_v1;
mod system;
mod v1;
mod v2;

use crate::bytes::Base64;
use crate::failure::{Failure, errno_name};
use crate::home::Home;
use nix::mount::MsFlags;
use nix::sys::sysinfo::sysinfo;
use nix::unistd::{SysconfVar, sysconf};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

pub use v1::V1_CONTROLLERS;
use v2::V2;

pub const CGROUP_FLAGS: MsFlags = MsFlags::MS_NOSUID
    .union(MsFlags::MS_NODEV)
    .union(MsFlags::MS_NOEXEC);

/// How something ended that was tried: `ok`, or an errno name.
type Outcome = String;
const OK: &str = "ok";

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub release: String,
    cmdline: String,
    cpus: u32,
    memory_mib: u64,
    /// Of mount(2), for each controller.
    v1_mounts: BTreeMap<&'static str, Outcome>,
    /// Of mounting a hierarchy that has a name and no controller.
    v1_named: Outcome,
    /// In a child cgroup of each v1 hierarchy.
    v1_files: BTreeSet<String>,
    pub v2_controllers: Vec<String>,
    /// Of enabling each v2 controller for children.
    v2_enables: BTreeMap<String, Outcome>,
    /// In a child cgroup with all v2 controllers.
    v2_files: BTreeSet<String>,
    /// Of asking for each option of cgroup2.
    mount_options: BTreeMap<&'static str, Outcome>,
    proc_cgroups: BTreeMap<String, proc_cgroups::Claim>,
    disagreements: Vec<String>,
    psi: bool,
    swap_accounting: bool,
    namespaces: Vec<String>,
    lsms: Vec<String>,
    hz: u64,
    warnings: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config_gz: Option<Base64>,
}

impl Facts {
    /// In the order in which they should be mounted.
    pub fn mountable_v1(&self) -> impl Iterator<Item = &'static str> {
        V1_CONTROLLERS
            .into_iter()
            .filter(|name| self.mounts_v1(name))
    }

    /// Whether this v1 controller can be mounted; one that init has never heard of cannot.
    pub fn mounts_v1(&self, controller: &str) -> bool {
        self.v1_mounts
            .get(controller)
            .is_some_and(|outcome| outcome == OK)
    }
}

/// Tries everything. No cgroup file system may be mounted yet, and none is left mounted.
///
/// cgroup2 stays mounted throughout, to see the controllers come back that v1 borrowed: a v1
/// hierarchy that lingers would withhold its controller from the mode that is mounted next. v2 comes
/// last: its removed cgroup may go away while others use the guest.
pub fn probe(home: &Home) -> Result<Facts, Failure> {
    let words = kernel_words::KernelWords::listen(home)?;
    let claims = proc_cgroups::read();
    let folder = probe_folder::ProbeFolder::create()?;
    let v2 = v2::mount(folder.path())?;
    let v2_controllers = v2.controllers()?;
    let on_v1 = match home.shares_kernel() {
        true => shared_v1::probe(folder.path())?,
        false => v1::probe(folder.path())?,
    };
    // Meanwhile v2 regains its controllers.
    let mount_options = mount_options::probe();
    let namespaces = system::namespaces()?;
    let lsms = system::lsms(folder.path())?;
    let config_gz = fs::read("/proc/config.gz").ok().map(Base64);
    v2.wait_for_controllers(&v2_controllers)?;
    let on_v2 = match home.take_v2(v2.path()) {
        Ok(()) => v2.probe(&v2_controllers)?,
        Err(failure) => V2::withheld(&v2_controllers, &failure),
    };
    v2.unmount()?;
    folder.remove()?;
    let memory = sysinfo().map_err(|errno| Failure::errno("sysinfo", errno))?;
    let cpus = sysconf(SysconfVar::_NPROCESSORS_ONLN)
        .ok()
        .flatten()
        .unwrap_or(1);
    let disagreements = match home.shares_kernel() {
        // Whether the kernel or the namespace refuses a mount cannot be told.
        true => Vec::new(),
        false => proc_cgroups::find_disagreements(&claims, &on_v1.mounts),
    };
    Ok(Facts {
        release: release(),
        cmdline: read_text("/proc/cmdline")?.trim_end().to_owned(),
        cpus: cpus as u32,
        memory_mib: memory.ram_total() / (1024 * 1024),
        swap_accounting: can_limit_swap(&on_v1.files, &on_v2.files),
        v1_mounts: on_v1.mounts,
        v1_named: on_v1.named,
        v1_files: on_v1.files,
        v2_controllers,
        v2_enables: on_v2.enables,
        v2_files: on_v2.files,
        mount_options,
        proc_cgroups: claims,
        disagreements,
        psi: system::has_psi(),
        namespaces,
        lsms,
        hz: system::hz()?,
        warnings: words.warnings()?,
        config_gz,
    })
}

pub fn release() -> String {
    let names = nix::sys::utsname::uname().expect("uname only fails for a bad address");
    names.release().to_string_lossy().into_owned()
}

/// mm/memcontrol.c: v1's limit is that of memory and swap together.
fn can_limit_swap(v1_files: &BTreeSet<String>, v2_files: &BTreeSet<String>) -> bool {
    v1_files.contains("memory.memsw.limit_in_bytes") || v2_files.contains("memory.swap.max")
}

fn outcome_of(result: nix::Result<()>) -> Outcome {
    match result {
        Ok(()) => OK.to_owned(),
        Err(errno) => errno_name(errno as i32),
    }
}

pub fn read_words(path: &str) -> Result<Vec<String>, Failure> {
    Ok(read_text(path)?
        .split_whitespace()
        .map(str::to_owned)
        .collect())
}

fn read_text(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::io(format!("read {path}"), &error))
}

fn list_names(path: &str) -> Result<BTreeSet<String>, Failure> {
    let entries = fs::read_dir(path).and_then(|entries| {
        entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect()
    });
    entries.map_err(|error| Failure::io(format!("list {path}"), &error))
}

/// The files of a new child cgroup, which is removed again.
fn files_of_child(parent: &str) -> Result<BTreeSet<String>, Failure> {
    let child = format!("{parent}/kmx-probe");
    fs::create_dir(&child).map_err(|error| Failure::io(format!("mkdir {child}"), &error))?;
    let files = list_names(&child);
    fs::remove_dir(&child).map_err(|error| Failure::io(format!("rmdir {child}"), &error))?;
    files
}
