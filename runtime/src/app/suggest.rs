//! "Did you mean": the known word that is nearest to one that isn't known.
//!
//! Knows nothing of what the words are.

use super::entry::EntryId;

/// The nearest of `known` to `word`, if it is near enough to be a slip of the finger.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters wrong is still a slip; more is another word.
    let length = word.chars().count();
    let farthest = (length / 3).max(1);
    known
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= farthest)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= farthest)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The advice for `word`: "did you mean `x`?", if there is an `x`.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}

/// The advice for the id `text` of an entry: the nearest of `ids`, by name where the namespace is right.
pub(super) fn did_you_mean_id<'a>(
    text: &str,
    ids: impl Iterator<Item = &'a EntryId> + Clone,
) -> Option<String> {
    let (namespace, name) = text.split_once(':').unwrap_or(("", text));
    let siblings = ids.clone().filter(|id| id.namespace() == namespace);
    match nearest(name, siblings.map(EntryId::name)) {
        Some(near) => Some(format!("did you mean `{namespace}:{near}`?")),
        None => {
            let others = ids.filter(|id| id.namespace() != namespace);
            did_you_mean(text, others.map(EntryId::as_str))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let known = ["workers", "queue_size", "local_queue_size"];
        assert_eq!(nearest("worker", known), Some("workers"));
        assert_eq!(nearest("quue_size", known), Some("queue_size"));
        assert_eq!(nearest("max_processes", known), None);
        assert_eq!(nearest("x", ["ab"]), None);
    }

    #[test]
    fn ids_are_compared_by_their_names() {
        let ids = ["app:os", "app:worker", "apq:zebra"].map(|id| EntryId::parse(id).unwrap());
        let advice = |text| did_you_mean_id(text, ids.iter());
        assert_eq!(advice("app:ab"), None);
        let worker = Some("did you mean `app:worker`?".to_string());
        assert_eq!(advice("app:wroker"), worker);
        assert_eq!(advice("ap:worker"), worker);
    }
}
