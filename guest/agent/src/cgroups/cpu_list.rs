//! Lists of CPUs or memory nodes: "0-1,3".

use std::collections::BTreeSet;

/// More than any kernel has (CONFIG_NR_CPUS is at most 8192): limits the memory that a range costs.
const MAX_NUMBER: usize = 1 << 16;

/// Whether two lists name the same numbers: the kernel writes "0,1" as "0-1".
pub fn same_cpus(left: &str, right: &str) -> bool {
    parse(left).is_some_and(|left| Some(left) == parse(right))
}

/// `None` if the text is no such list.
fn parse(list: &str) -> Option<BTreeSet<usize>> {
    let mut numbers = BTreeSet::new();
    for part in list.trim().split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let last: usize = last
            .trim()
            .parse()
            .ok()
            .filter(|number| *number < MAX_NUMBER)?;
        let first: usize = first.trim().parse().ok()?;
        numbers.extend(first..=last);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        assert!(same_cpus("0-1,3", "3,1,0"));
        assert!(same_cpus("0\n", "0-0"));
        assert!(!same_cpus("0-1", "0"));
    }

    #[test]
    fn nonsense_equals_nothing() {
        for list in ["a", "0-", "0-99999999", "-1"] {
            assert!(!same_cpus(list, list), "{list}");
        }
    }
}
