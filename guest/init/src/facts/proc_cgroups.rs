//! `/proc/cgroups`: claims, which the mounts may contradict.

use super::{OK, Outcome, read_text};
use serde::Serialize;
use std::collections::BTreeMap;

const PATH: &str = "/proc/cgroups";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Claim {
    Enabled,
    Disabled,
}

/// What it claims of each controller; nothing of any if this kernel does not have the file.
pub fn read() -> BTreeMap<String, Claim> {
    let text = read_text(PATH).unwrap_or_default();
    rows(&text)
        .map(|row| (row.name.to_owned(), row.claim))
        .collect()
}

/// Controllers in whose hierarchy there are, or were until now, more cgroups than the root.
pub fn with_children() -> Vec<String> {
    let text = read_text(PATH).unwrap_or_default();
    rows(&text)
        .filter(|row| row.hierarchy != 0 && row.cgroups > 1)
        .map(|row| row.name.to_owned())
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Row<'a> {
    name: &'a str,
    /// 0 for v2.
    hierarchy: u32,
    /// In that hierarchy, among them those that were removed and are still being cleaned up
    /// (kernel/cgroup/cgroup.c: `css_free_rwork_fn` counts them down).
    cgroups: u32,
    claim: Claim,
}

/// `#subsys_name hierarchy num_cgroups enabled`
fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let fields: Vec<_> = row.split_whitespace().collect();
        let [name, hierarchy, cgroups, enabled] = fields[..] else {
            return None;
        };
        let claim = match enabled {
            "1" => Claim::Enabled,
            _ => Claim::Disabled,
        };
        Some(Row {
            name,
            hierarchy: hierarchy.parse().ok()?,
            cgroups: cgroups.parse().ok()?,
            claim,
        })
    })
}

/// Where the claims and the mounts disagree, one sentence each.
pub fn find_disagreements(
    claims: &BTreeMap<String, Claim>,
    mounts: &BTreeMap<&'static str, Outcome>,
) -> Vec<String> {
    let sentence = |(name, outcome): (&&str, &Outcome)| {
        let claim = claims.get(*name);
        let claimed = match claim {
            Some(Claim::Enabled) => "as enabled",
            Some(Claim::Disabled) => "as disabled",
            None => "not at all",
        };
        match (claim == Some(&Claim::Enabled), outcome == OK) {
            (true, false) => Some(format!(
                "/proc/cgroups lists {name} {claimed}, but a v1 mount of it fails with {outcome}"
            )),
            (false, true) => Some(format!(
                "/proc/cgroups lists {name} {claimed}, but a v1 mount of it succeeds"
            )),
            _ => None,
        }
    };
    mounts.iter().filter_map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n\
                        cpuset\t0\t1\t1\nmemory\t3\t1\t0\npids\t2\t9\t1\n";

    fn claims(text: &str) -> BTreeMap<String, Claim> {
        rows(text)
            .map(|row| (row.name.to_owned(), row.claim))
            .collect()
    }

    #[test]
    fn rows_are_read_and_others_left_out() {
        let found: Vec<_> = rows(TEXT).collect();
        let row = |name, hierarchy, cgroups, claim| Row {
            name,
            hierarchy,
            cgroups,
            claim,
        };
        let expected = [
            row("cpuset", 0, 1, Claim::Enabled),
            row("memory", 3, 1, Claim::Disabled),
            row("pids", 2, 9, Claim::Enabled),
        ];
        assert_eq!(found, expected);
        assert_eq!(rows("cpuset 0 1\nmemory x 1 1\n\n").count(), 0);
    }

    #[test]
    fn only_differences_are_told() {
        let mounts = BTreeMap::from([
            ("cpuset", "EINVAL".to_owned()),
            ("memory", "ok".to_owned()),
            ("pids", "ok".to_owned()),
            ("misc", "EINVAL".to_owned()),
            ("rdma", "ok".to_owned()),
        ]);
        assert_eq!(
            find_disagreements(&claims(TEXT), &mounts),
            [
                "/proc/cgroups lists cpuset as enabled, but a v1 mount of it fails with EINVAL",
                "/proc/cgroups lists memory as disabled, but a v1 mount of it succeeds",
                "/proc/cgroups lists rdma not at all, but a v1 mount of it succeeds",
            ]
        );
    }
}
