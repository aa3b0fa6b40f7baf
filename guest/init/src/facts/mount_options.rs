//! Which mount options of cgroup2 the kernel knows.

use super::{Outcome, outcome_of};
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// kernel/cgroup/cgroup.c, `cgroup2_fs_parameters` of Linux 7.3.
const OPTIONS: [&str; 6] = [
    "nsdelegate",
    "favordynmods",
    "memory_localevents",
    "memory_recursiveprot",
    "memory_hugetlb_accounting",
    "pids_localevents",
];

/// include/uapi/linux/mount.h: `FSOPEN_CLOEXEC`.
const FSOPEN_CLOEXEC: libc::c_uint = 1;
/// The same file: `FSCONFIG_SET_FLAG`.
const SET_FLAG: libc::c_uint = 0;

/// Asks for each option of a mount that is never made: mounting would turn it on for everybody, and
/// since Linux 6.18 `favordynmods` stays on for good. What the kernel says of an unknown option goes
/// to whoever opened the file system, and not to its log as with mount(2).
pub fn probe() -> BTreeMap<&'static str, Outcome> {
    OPTIONS
        .map(|option| (option, outcome_of(ask_for(option))))
        .into()
}

fn ask_for(option: &str) -> nix::Result<()> {
    let context = open_file_system(c"cgroup2")?;
    let option = CString::new(option).expect("an option has no NUL");
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: the descriptor is open, the key ends with NUL, and a flag has no value.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_fsconfig,
            context.as_raw_fd(),
            SET_FLAG,
            option.as_ptr(),
            none,
            0,
        )
    };
    Errno::result(answer).map(drop)
}

fn open_file_system(kind: &std::ffi::CStr) -> nix::Result<OwnedFd> {
    // SAFETY: the name ends with NUL.
    let opened = unsafe { libc::syscall(libc::SYS_fsopen, kind.as_ptr(), FSOPEN_CLOEXEC) };
    // SAFETY: the kernel has just opened this descriptor, and nothing else owns it.
    Errno::result(opened).map(|fd| unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
