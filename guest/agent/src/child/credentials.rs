//! Identity and rights of a container's process: user, groups, capabilities, limits.

use std::str::FromStr;

use anyhow::{Context, Result, bail};
use caps::{CapSet, Capability, CapsHashSet};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};

use crate::protocol::oci::{LinuxCapabilities, POSIXRlimit, Process, User};

/// Sets the OOM killer's preference, through the `/proc` that is mounted now. 0 leaves it alone.
pub fn set_oom_score(process: &Process) -> Result<()> {
    if process.OOMScoreAdj == 0 {
        return Ok(());
    }
    std::fs::write("/proc/self/oom_score_adj", process.OOMScoreAdj.to_string())
        .with_context(|| format!("set OOMScoreAdj={}", process.OOMScoreAdj))
}

/// Sets limits first, while raising them is still allowed; then user and groups, keeping
/// capabilities; then capabilities. Without a Capabilities message the process keeps root's.
pub fn apply(process: &Process) -> Result<()> {
    process.Rlimits.iter().try_for_each(set_limit)?;
    let capabilities = process.Capabilities.as_ref().map(Sets::parse).transpose()?;
    if let Some(sets) = &capabilities {
        let all = caps::runtime::procfs_all_supported(None).unwrap_or_else(|_| caps::all());
        for capability in all.difference(&sets.bounding) {
            caps::drop(None, CapSet::Bounding, *capability)
                .with_context(|| format!("drop {capability}"))?;
        }
        prctl::set_keepcaps(true).context("keep capabilities")?;
    }
    set_user(process.User.get_or_default())?;
    if let Some(sets) = &capabilities {
        sets.apply()?;
    }
    if process.NoNewPrivileges {
        prctl::set_no_new_privs().context("set NoNewPrivileges")?;
    }
    Ok(())
}

fn set_user(user: &User) -> Result<()> {
    let groups: Vec<Gid> = user
        .AdditionalGids
        .iter()
        .copied()
        .map(Gid::from_raw)
        .collect();
    setgroups(&groups).with_context(|| format!("set groups {groups:?}"))?;
    let group = Gid::from_raw(user.GID);
    setresgid(group, group, group).with_context(|| format!("set group {group}"))?;
    let id = Uid::from_raw(user.UID);
    setresuid(id, id, id).with_context(|| format!("set user {id}"))
}

struct Sets {
    bounding: CapsHashSet,
    effective: CapsHashSet,
    inheritable: CapsHashSet,
    permitted: CapsHashSet,
    ambient: CapsHashSet,
}

impl Sets {
    fn parse(capabilities: &LinuxCapabilities) -> Result<Self> {
        Ok(Self {
            bounding: parse_names(&capabilities.Bounding)?,
            effective: parse_names(&capabilities.Effective)?,
            inheritable: parse_names(&capabilities.Inheritable)?,
            permitted: parse_names(&capabilities.Permitted)?,
            ambient: parse_names(&capabilities.Ambient)?,
        })
    }

    fn apply(&self) -> Result<()> {
        // Effective ones must be permitted, so they are set while all are permitted.
        caps::set(None, CapSet::Effective, &self.effective)
            .context("set effective capabilities")?;
        caps::set(None, CapSet::Inheritable, &self.inheritable)
            .context("set inheritable capabilities")?;
        caps::set(None, CapSet::Permitted, &self.permitted)
            .context("set permitted capabilities")?;
        caps::set(None, CapSet::Ambient, &self.ambient).context("set ambient capabilities")
    }
}

fn parse_names(names: &[String]) -> Result<CapsHashSet> {
    let parse =
        |name: &String| Capability::from_str(name).with_context(|| format!("capability {name:?}"));
    names.iter().map(parse).collect()
}

fn set_limit(limit: &POSIXRlimit) -> Result<()> {
    let resource = find_resource(&limit.Type)?;
    setrlimit(resource, limit.Soft, limit.Hard)
        .with_context(|| format!("set {} to {}, {}", limit.Type, limit.Soft, limit.Hard))
}

fn find_resource(name: &str) -> Result<Resource> {
    Ok(match name {
        "RLIMIT_AS" => Resource::RLIMIT_AS,
        "RLIMIT_CORE" => Resource::RLIMIT_CORE,
        "RLIMIT_CPU" => Resource::RLIMIT_CPU,
        "RLIMIT_DATA" => Resource::RLIMIT_DATA,
        "RLIMIT_FSIZE" => Resource::RLIMIT_FSIZE,
        "RLIMIT_LOCKS" => Resource::RLIMIT_LOCKS,
        "RLIMIT_MEMLOCK" => Resource::RLIMIT_MEMLOCK,
        "RLIMIT_MSGQUEUE" => Resource::RLIMIT_MSGQUEUE,
        "RLIMIT_NICE" => Resource::RLIMIT_NICE,
        "RLIMIT_NOFILE" => Resource::RLIMIT_NOFILE,
        "RLIMIT_NPROC" => Resource::RLIMIT_NPROC,
        "RLIMIT_RSS" => Resource::RLIMIT_RSS,
        "RLIMIT_RTPRIO" => Resource::RLIMIT_RTPRIO,
        "RLIMIT_RTTIME" => Resource::RLIMIT_RTTIME,
        "RLIMIT_SIGPENDING" => Resource::RLIMIT_SIGPENDING,
        "RLIMIT_STACK" => Resource::RLIMIT_STACK,
        other => bail!("unknown limit {other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_capabilities_are_checked() {
        let known = parse_names(&["CAP_KILL".into(), "CAP_SYS_ADMIN".into()]).unwrap();
        assert!(known.contains(&Capability::CAP_KILL));
        let unknown = parse_names(&["CAP_FLY".into()]).unwrap_err();
        assert!(format!("{unknown:#}").contains("\"CAP_FLY\""));
    }

    #[test]
    fn names_of_limits_are_checked() {
        assert_eq!(
            find_resource("RLIMIT_NOFILE").unwrap(),
            Resource::RLIMIT_NOFILE
        );
        assert!(find_resource("RLIMIT_FUN").is_err());
    }
}
