//! What mounts of a file system could be asked for, without making any.

use super::{Outcome, outcome_of};
use nix::errno::Errno;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
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

/// Asks for each option of cgroup2. A mount with it would turn it on for everybody, and since Linux
/// 6.18 `favordynmods` stays on for good.
pub fn probe() -> BTreeMap<&'static str, Outcome> {
    OPTIONS
        .map(|option| (option, outcome_of(ask(c"cgroup2", option))))
        .into()
}

/// Why the kernel refuses to mount a v1 hierarchy with this controller; none if it does not, or if
/// only mount(2) can tell (before Linux 5.2).
pub fn v1_refusal(controller: &str) -> Option<Errno> {
    ask(c"cgroup", controller)
        .err()
        .filter(|errno| *errno != Errno::ENOSYS)
}

/// How the kernel answers to an option of a mount that is not made. It checks it as for mount(2), and
/// says what is wrong to whoever opened the file system, and not in its log.
fn ask(file_system: &CStr, option: &str) -> nix::Result<()> {
    let context = open(file_system)?;
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

fn open(file_system: &CStr) -> nix::Result<OwnedFd> {
    // SAFETY: the name ends with NUL.
    let opened = unsafe { libc::syscall(libc::SYS_fsopen, file_system.as_ptr(), FSOPEN_CLOEXEC) };
    // SAFETY: the kernel has just opened this descriptor, and nothing else owns it.
    Errno::result(opened).map(|fd| unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
