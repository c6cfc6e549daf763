//! Who needs whom: levels in which everything comes after what it needs, and the circles in which nothing does.
//!
//! Knows nothing of what the members are, and changes nothing.

use std::collections::BTreeMap;

/// Each member with those that it needs. Needs that are no members count as met.
pub(super) type Needs<K> = BTreeMap<K, Vec<K>>;

/// Members in levels: the first needs nobody, each later one only members of levels before it.
///
/// The error is a circle: each needs the next, and the last the first.
pub(super) fn levels<K: Ord + Clone>(needs: &Needs<K>) -> Result<Vec<Vec<K>>, Vec<K>> {
    let mut levels = Vec::new();
    let mut left: Vec<&K> = needs.keys().collect();
    let mut placed = std::collections::BTreeSet::new();
    while !left.is_empty() {
        let met = |key: &K| placed.contains(key) || !needs.contains_key(key);
        let (level, later): (Vec<&K>, Vec<&K>) =
            left.iter().partition(|key| needs[key].iter().all(met));
        if level.is_empty() {
            return Err(circle(needs, &later));
        }
        placed.extend(level.iter().map(|key| (*key).clone()));
        levels.push(level.into_iter().cloned().collect());
        left = later;
    }
    Ok(levels)
}

/// All circles that have no member in common.
pub(super) fn circles<K: Ord + Clone>(mut needs: Needs<K>) -> Vec<Vec<K>> {
    let mut circles = Vec::new();
    while let Err(circle) = levels(&needs) {
        needs.retain(|key, _| !circle.contains(key));
        circles.push(circle);
    }
    circles
}

/// A circle among `stuck`, each of which needs another of them. Begins with its least member.
fn circle<K: Ord + Clone>(needs: &Needs<K>, stuck: &[&K]) -> Vec<K> {
    let mut path: Vec<&K> = Vec::new();
    let mut at = stuck[0];
    let begin = loop {
        if let Some(begin) = path.iter().position(|key| *key == at) {
            break begin;
        }
        path.push(at);
        let next = needs[at].iter().find(|key| stuck.contains(key));
        at = next.expect("whoever is stuck needs somebody who is stuck");
    };
    let mut circle: Vec<K> = path[begin..].iter().map(|key| (*key).clone()).collect();
    let least = (0..circle.len()).min_by_key(|&i| &circle[i]).unwrap_or(0);
    circle.rotate_left(least);
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(pairs: &[(&'static str, &[&'static str])]) -> Needs<&'static str> {
        pairs.iter().map(|(k, v)| (*k, v.to_vec())).collect()
    }

    #[test]
    fn everything_comes_after_what_it_needs() {
        let needs = needs(&[
            ("api", &["db", "host"]),
            ("db", &["host", "elsewhere"]),
            ("host", &[]),
            ("log", &[]),
        ]);
        assert_eq!(
            levels(&needs).unwrap(),
            vec![vec!["host", "log"], vec!["db"], vec!["api"]]
        );
        assert_eq!(circles(needs), Vec::<Vec<&str>>::new());
    }

    #[test]
    fn circles_are_named_without_those_who_wait_for_them() {
        let needs = needs(&[
            ("a", &["d"]),
            ("d", &["c"]),
            ("c", &["b"]),
            ("b", &["d"]),
            ("self", &["self"]),
        ]);
        assert_eq!(levels(&needs).unwrap_err(), ["b", "d", "c"]);
        assert_eq!(circles(needs), vec![vec!["b", "d", "c"], vec!["self"]]);
    }
}
