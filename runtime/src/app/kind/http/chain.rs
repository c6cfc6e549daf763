//! Lists of middleware with their options, and where each is written.
//!
//! Knows nothing of which middleware and options there are.

use std::collections::BTreeMap;

use crate::app::fields::Fields;
use crate::app::node::{Content, Pair};
use crate::app::problem::Place;

/// The most bytes of an option's name that others are below: more than any has, and little enough to be in the names of
/// thousands.
const LONGEST_NAME: usize = 100;

/// Where the parts of a list of middleware are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChainPlaces {
    /// Each name's.
    pub names: Vec<Place>,
    /// Each option's value's.
    pub options: BTreeMap<String, Place>,
}

/// The names and the options of a list.
pub(super) struct Chain {
    pub(super) names: Vec<String>,
    pub(super) options: BTreeMap<String, String>,
    pub(super) places: ChainPlaces,
}

/// Reads the list `names` and the map `options`, which may both be missing.
pub(super) fn read(fields: &mut Fields, names: &'static str, options: &'static str) -> Chain {
    let named = fields.texts(names);
    let mut chain = Chain {
        names: named.iter().map(|(name, _)| name.to_string()).collect(),
        options: BTreeMap::new(),
        places: ChainPlaces {
            names: named.iter().map(|(_, place)| (*place).clone()).collect(),
            options: BTreeMap::new(),
        },
    };
    for pair in fields.pairs(options) {
        chain.add(fields, options, "", pair);
    }
    chain
}

impl Chain {
    /// Adds an option; of a map, each option in it, with a dot between the names: what the command line sets is such a map.
    fn add(&mut self, fields: &Fields, field: &str, above: &str, pair: &Pair) {
        let dot = if above.is_empty() { "" } else { "." };
        let name = format!("{above}{dot}{}", pair.key);
        match &pair.value.content {
            Content::Map(pairs) if name.len() <= LONGEST_NAME => {
                for pair in pairs {
                    self.add(fields, field, &name, pair);
                }
            }
            Content::Scalar(_) if pair.value.is_null() => {}
            Content::Scalar(scalar) => {
                let place = pair.value.place.clone();
                self.places.options.insert(name.clone(), place);
                self.options.insert(name, scalar.text.clone());
            }
            Content::List(_) | Content::Map(_) => {
                let what = format!(
                    "option {name:?} must be a text, and is {}",
                    pair.value.what()
                );
                let problem = fields.error(field, &pair.value.place, what);
                fields.report(problem.advice("separate its parts by commas"));
            }
        }
    }
}
