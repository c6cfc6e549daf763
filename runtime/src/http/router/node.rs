//! A tree of paths: each node is what was matched so far, each branch one more segment.
//!
//! Knows nothing of methods or handlers: a leaf is the number of a route.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::pattern::Segment;
use crate::request::percent;

/// What wildcards stand for in a path, in order.
pub type Values<'p> = SmallVec<[Cow<'p, [u8]>; 4]>;

/// Where a path may go on or end.
#[derive(Debug, Default)]
pub struct Node {
    /// The route that ends here.
    leaf: Option<usize>,
    literals: FxHashMap<Box<[u8]>, Node>,
    one: Option<Box<Node>>,
    /// The route that ends here with a slash.
    end: Option<usize>,
    rest: Option<Rest>,
}

#[derive(Clone, Copy, Debug)]
struct Rest {
    route: usize,
    named: bool,
}

impl Node {
    /// Adds a route.
    pub fn add(&mut self, segments: &[Segment], route: usize) {
        let Some((first, others)) = segments.split_first() else {
            self.leaf = Some(route);
            return;
        };
        match first {
            Segment::Literal(text) => {
                let child = self.literals.entry(text.clone()).or_default();
                child.add(others, route);
            }
            Segment::One(_) => self.one.get_or_insert_default().add(others, route),
            Segment::End => self.end = Some(route),
            Segment::Rest(name) => {
                let named = !name.is_empty();
                self.rest = Some(Rest { route, named });
            }
        }
    }

    /// The most specific route of a path. Literals come before wildcards, one segment before many: as no two routes
    /// conflict, the first that is found is the one.
    pub fn find<'p>(&self, path: &'p str, values: &mut Values<'p>) -> Option<usize> {
        self.find_ending(path, "", values)
    }

    /// The route of a path that doesn't end in a slash, were there one; without values.
    pub fn find_longer(&self, path: &str) -> Option<usize> {
        self.find_ending(path, "/", &mut Values::new())
    }

    /// The route of the path and what is behind it, which stays apart so that nobody has to put the two together.
    fn find_ending<'p>(
        &self,
        path: &'p str,
        behind: &'static str,
        values: &mut Values<'p>,
    ) -> Option<usize> {
        if path.is_empty() {
            return match behind {
                "" => self.leaf,
                behind => self.find_ending(behind, "", values),
            };
        }
        if path != "/" {
            let length = memchr::memchr(b'/', &path.as_bytes()[1..]);
            let (segment, others) = path[1..].split_at(length.unwrap_or(path.len() - 1));
            let segment = percent::decode(segment.as_bytes());
            let literal = self.literals.get(&*segment);
            let found = literal.and_then(|child| child.find_ending(others, behind, values));
            if found.is_some() {
                return found;
            }
            if let Some(child) = &self.one {
                values.push(segment);
                let found = child.find_ending(others, behind, values);
                if found.is_some() {
                    return found;
                }
                values.pop();
            }
        } else if self.end.is_some() {
            return self.end;
        }
        let rest = self.rest?;
        if rest.named {
            values.push(percent::decode(&path.as_bytes()[1..]));
        }
        Some(rest.route)
    }

    /// Every route of which some path is also one of the segments'.
    pub fn overlapping(&self, segments: &[Segment], found: &mut Vec<usize>) {
        let Some((first, others)) = segments.split_first() else {
            found.extend(self.leaf);
            return;
        };
        match first {
            Segment::Rest(_) => {
                self.below(found);
                return;
            }
            Segment::End => found.extend(self.end),
            Segment::Literal(text) => {
                let literal = self.literals.get(text);
                for child in literal.into_iter().chain(self.one.as_deref()) {
                    child.overlapping(others, found);
                }
            }
            Segment::One(_) => {
                for child in self.literals.values().chain(self.one.as_deref()) {
                    child.overlapping(others, found);
                }
            }
        }
        found.extend(self.rest.map(|rest| rest.route));
    }

    /// Every route that goes on from here.
    fn below(&self, found: &mut Vec<usize>) {
        found.extend(self.end);
        found.extend(self.rest.map(|rest| rest.route));
        for child in self.literals.values().chain(self.one.as_deref()) {
            found.extend(child.leaf);
            child.below(found);
        }
    }
}
