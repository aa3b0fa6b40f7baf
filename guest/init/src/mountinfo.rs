//! Mounts as the kernel reports them: proc(5), `/proc/pid/mountinfo`.

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mount {
    pub path: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// Those of the mount, then those of the file system: `rw,nosuid,…,rw,cpuset`.
    pub options: String,
}

impl Mount {
    pub fn has_option(&self, name: &str) -> bool {
        self.options.split(',').any(|option| option == name)
    }
}

pub fn read_mounts() -> std::io::Result<Vec<Mount>> {
    Ok(std::fs::read_to_string("/proc/self/mountinfo")?
        .lines()
        .filter_map(parse_line)
        .collect())
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
fn parse_line(line: &str) -> Option<Mount> {
    let (mount, file_system) = line.split_once(" - ")?;
    let mut mount = mount.split(' ').skip(4);
    let (path, options) = (mount.next()?, mount.next()?);
    let mut file_system = file_system.split(' ');
    let (kind, super_options) = (file_system.next()?, file_system.nth(1)?);
    let options = format!("{options},{super_options}");
    Some(Mount {
        path: unescape(path),
        kind: kind.to_owned(),
        options,
    })
}

/// Spaces, tabs, newlines and backslashes in a path are written as a backslash and three octal
/// digits.
fn unescape(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let octal = after.get(..3).and_then(|it| std::str::from_utf8(it).ok());
        match octal
            .filter(|_| byte == b'\\')
            .and_then(|it| u8::from_str_radix(it, 8).ok())
        {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[3..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_path_type_and_all_options() {
        let line = r"36 35 0:30 / /sys/fs/cgroup/a\040b rw,nosuid shared:1 - cgroup cgroup rw,cpu";
        let mount = parse_line(line).unwrap();
        assert_eq!(mount.path, "/sys/fs/cgroup/a b");
        assert_eq!(
            (mount.kind.as_str(), mount.options.as_str()),
            ("cgroup", "rw,nosuid,rw,cpu")
        );
        assert!(mount.has_option("cpu") && !mount.has_option("cp"));
    }

    #[test]
    fn truncated_lines_are_none() {
        let line = "36 35 0:30 / / rw - cgroup cgroup rw";
        assert!(parse_line(line).is_some());
        for end in 0..line.rfind(' ').unwrap() {
            assert_eq!(parse_line(&line[..end]), None, "{}", &line[..end]);
        }
    }

    #[test]
    fn this_machine_has_a_root() {
        assert!(read_mounts().unwrap().iter().any(|mount| mount.path == "/"));
    }
}
