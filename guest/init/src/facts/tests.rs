use super::*;

const PROC_CGROUPS: &str = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n\
                            cpuset\t0\t1\t1\nmemory\t3\t1\t0\npids\t2\t9\t1\n";

fn row(name: &str, hierarchy: u32, enabled: bool) -> ProcCgroup {
    ProcCgroup {
        name: name.into(),
        hierarchy,
        enabled,
    }
}

#[test]
fn rows_of_proc_cgroups_are_read() {
    let expected = [
        row("cpuset", 0, true),
        row("memory", 3, false),
        row("pids", 2, true),
    ];
    assert_eq!(parse_proc_cgroups(PROC_CGROUPS), expected);
    assert_eq!(parse_proc_cgroups("cpuset 0 1\nmemory x 1 1\n\n"), []);
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
    let found = find_disagreements(&parse_proc_cgroups(PROC_CGROUPS), &mounts);
    assert_eq!(
        found,
        [
            "/proc/cgroups lists cpuset as enabled, but a v1 mount of it fails with EINVAL",
            "/proc/cgroups lists memory as disabled, but a v1 mount of it succeeds",
            "/proc/cgroups lists rdma not at all, but a v1 mount of it succeeds",
        ]
    );
}
