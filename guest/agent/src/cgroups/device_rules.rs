//! Device rules of cgroup v1 (kernel Documentation/admin-guide/cgroup-v1/devices.rst).

use std::path::Path;

use super::control_file::{ControlError, write};
use crate::protocol::oci::LinuxDeviceCgroup;

/// What a container may always do, whatever its rules say, as in rustjail and runc: create any
/// node, and use null, zero, full, random, urandom, tty and pseudo-terminals.
const ALWAYS_ALLOWED: [&str; 10] = [
    "c *:* m",
    "b *:* m",
    "c 1:3 rwm",
    "c 1:5 rwm",
    "c 1:7 rwm",
    "c 1:8 rwm",
    "c 1:9 rwm",
    "c 5:0 rwm",
    "c 5:2 rwm",
    "c 136:* rwm",
];

/// Writes the rules in order, then those that always apply.
pub fn apply(directory: &Path, rules: &[LinuxDeviceCgroup]) -> Result<(), ControlError> {
    for rule in rules {
        let file = if rule.Allow {
            "devices.allow"
        } else {
            "devices.deny"
        };
        write(&directory.join(file), &format_rule(rule))?;
    }
    let allow = directory.join("devices.allow");
    ALWAYS_ALLOWED
        .iter()
        .try_for_each(|rule| write(&allow, rule))
}

fn format_rule(rule: &LinuxDeviceCgroup) -> String {
    let or_all = |number: i64| match number {
        ..0 => "*".to_owned(),
        number => number.to_string(),
    };
    match rule.Type.as_str() {
        // To the kernel "a" means everything, whatever follows.
        "" | "a" => "a".to_owned(),
        kind => format!(
            "{kind} {}:{} {}",
            or_all(rule.Major),
            or_all(rule.Minor),
            rule.Access
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_as_the_kernel_expects_them() {
        let rule = |kind: &str, major, minor, access: &str| LinuxDeviceCgroup {
            Type: kind.into(),
            Major: major,
            Minor: minor,
            Access: access.into(),
            ..Default::default()
        };
        assert_eq!(format_rule(&rule("c", 1, -1, "rw")), "c 1:* rw");
        assert_eq!(format_rule(&rule("b", 8, 0, "m")), "b 8:0 m");
        assert_eq!(format_rule(&rule("a", -1, -1, "rwm")), "a");
    }
}
