//! Options of an OCI mount: flags, propagation, and the rest, which is for the file system.

use nix::mount::MsFlags;

#[derive(Debug, PartialEq)]
pub struct MountOptions {
    pub flags: MsFlags,
    /// Each is set by a call of its own, after the mount.
    pub propagation: Vec<MsFlags>,
    pub data: String,
}

impl MountOptions {
    pub fn is_bind(&self) -> bool {
        self.flags.contains(MsFlags::MS_BIND)
    }
}

pub fn parse(options: &[String]) -> MountOptions {
    let mut flags = MsFlags::empty();
    let mut propagation = Vec::new();
    let mut data = Vec::new();
    for option in options.iter().map(String::as_str) {
        if let Some((flag, is_set)) = find_flag(option) {
            flags.set(flag, is_set);
        } else if let Some(flag) = find_propagation(option) {
            propagation.push(flag);
        } else {
            data.push(option);
        }
    }
    MountOptions {
        flags,
        propagation,
        data: data.join(","),
    }
}

/// The flag, and whether the option sets or clears it (mount(8)).
fn find_flag(option: &str) -> Option<(MsFlags, bool)> {
    Some(match option {
        "defaults" => (MsFlags::empty(), true),
        "bind" => (MsFlags::MS_BIND, true),
        "rbind" => (MsFlags::MS_BIND | MsFlags::MS_REC, true),
        "ro" => (MsFlags::MS_RDONLY, true),
        "rw" => (MsFlags::MS_RDONLY, false),
        "nosuid" => (MsFlags::MS_NOSUID, true),
        "suid" => (MsFlags::MS_NOSUID, false),
        "nodev" => (MsFlags::MS_NODEV, true),
        "dev" => (MsFlags::MS_NODEV, false),
        "noexec" => (MsFlags::MS_NOEXEC, true),
        "exec" => (MsFlags::MS_NOEXEC, false),
        "sync" => (MsFlags::MS_SYNCHRONOUS, true),
        "async" => (MsFlags::MS_SYNCHRONOUS, false),
        "dirsync" => (MsFlags::MS_DIRSYNC, true),
        "noatime" => (MsFlags::MS_NOATIME, true),
        "atime" => (MsFlags::MS_NOATIME, false),
        "nodiratime" => (MsFlags::MS_NODIRATIME, true),
        "diratime" => (MsFlags::MS_NODIRATIME, false),
        "relatime" => (MsFlags::MS_RELATIME, true),
        "norelatime" => (MsFlags::MS_RELATIME, false),
        "strictatime" => (MsFlags::MS_STRICTATIME, true),
        "nostrictatime" => (MsFlags::MS_STRICTATIME, false),
        _ => return None,
    })
}

fn find_propagation(option: &str) -> Option<MsFlags> {
    let (is_recursive, name) = match option.strip_prefix('r') {
        Some(name) => (true, name),
        None => (false, option),
    };
    let flag = match name {
        "private" => MsFlags::MS_PRIVATE,
        "shared" => MsFlags::MS_SHARED,
        "slave" => MsFlags::MS_SLAVE,
        "unbindable" => MsFlags::MS_UNBINDABLE,
        _ => return None,
    };
    let recursive = if is_recursive {
        MsFlags::MS_REC
    } else {
        MsFlags::empty()
    };
    Some(flag | recursive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &str) -> MountOptions {
        let options: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        parse(&options)
    }

    #[test]
    fn flags_propagation_and_data_are_told_apart() {
        let options = parse_words("nosuid ro mode=755 rprivate size=65536k rw slave");
        assert_eq!(options.flags, MsFlags::MS_NOSUID);
        assert_eq!(options.data, "mode=755,size=65536k");
        let propagation = [MsFlags::MS_PRIVATE | MsFlags::MS_REC, MsFlags::MS_SLAVE];
        assert_eq!(options.propagation, propagation);
    }

    #[test]
    fn a_recursive_bind_is_a_bind() {
        let options = parse_words("rbind relatime");
        assert!(options.is_bind());
        assert!(
            options
                .flags
                .contains(MsFlags::MS_REC | MsFlags::MS_RELATIME)
        );
        assert!(!parse_words("relatime").is_bind());
    }
}
