//! Which types are made of the same: they get the same class.
//!
//! Types may name themselves, so that sameness can't be told from the parts up: all types that look alike are put
//! together, and parted where their parts are, until nothing changes. Knows nothing of files.

use std::fmt::Write as _;

use rustc_hash::FxHashMap;

use super::Types;
use super::nodes::FIXED;
use super::shape::{Basic, Field, Shape, TypeNumber};
use super::validator::Shown;

/// How many generic types may be nested in a type for it to be looked into: one that grows for ever is looked into no
/// further.
const MOST_NESTED: u32 = 4;

/// Types of generic types that are made in order to look into them.
const MOST_LOOKED_INTO: u32 = 1 << 12;

/// The classes that were given out.
pub(super) struct Classes {
    next: u32,
    /// The types that have one, as they are in the end.
    known: Vec<TypeNumber>,
}

impl Default for Classes {
    fn default() -> Classes {
        Classes {
            next: FIXED,
            known: Basic::ALL.map(Basic::number).into(),
        }
    }
}

/// A set of types as they are in the end, with the parts of each by place in the set.
#[derive(Default)]
struct Graph {
    numbers: Vec<TypeNumber>,
    places: FxHashMap<TypeNumber, u32>,
    parts: Vec<Vec<u32>>,
    /// What a type is apart from its parts.
    labels: Vec<String>,
    /// Whether the order of its parts means nothing.
    is_set: Vec<bool>,
}

impl Types {
    /// What all types have in common that are made of the same.
    pub(super) fn class(&self, number: TypeNumber) -> u32 {
        if let Some(class) = self.node(number).class.get() {
            return *class;
        }
        self.classify([number].into());
        *self.node(number).class.get().expect("it has just got one")
    }

    /// Gives each type below `end` its class.
    pub(super) fn classify_all(&self, end: TypeNumber) {
        self.classify((0..end).collect());
    }

    fn classify(&self, wanted: Vec<TypeNumber>) {
        let mut classes = self.classes.lock();
        let mut graph = Graph::default();
        for number in &classes.known {
            graph.place(*number);
        }
        for number in &wanted {
            graph.place(self.resolve(*number));
        }
        let mut next = 0;
        while let Some(number) = graph.numbers.get(next) {
            self.look_into(*number, &mut graph);
            next += 1;
        }
        let groups = graph.groups();
        let mut given = FxHashMap::default();
        for (number, group) in graph.numbers.iter().zip(&groups) {
            if let Some(class) = self.node(*number).class.get() {
                given.entry(*group).or_insert(*class);
            }
        }
        for (number, group) in graph.numbers.iter().zip(&groups) {
            let class = *given.entry(*group).or_insert_with(|| {
                classes.next += 1;
                classes.next - 1
            });
            self.node(*number).class.get_or_init(|| class);
        }
        classes.known = graph.numbers;
        for number in wanted {
            let class = self.node(self.resolve(number)).class.get();
            let class = *class.expect("all in the graph have one");
            self.node(number).class.get_or_init(|| class);
        }
    }

    /// Says what a type is and what its parts are.
    fn look_into(&self, number: TypeNumber, graph: &mut Graph) {
        let shape = self.written(number);
        let is_too_deep =
            self.node(number).depth > MOST_NESTED || self.growth.lock().made() > MOST_LOOKED_INTO;
        let (label, parts) = match is_too_deep {
            true => (format!("only {number}"), Vec::new()),
            false => self.label(shape),
        };
        let parts = parts
            .into_iter()
            .map(|part| graph.place(self.resolve(part)));
        let parts = parts.collect();
        graph.parts.push(parts);
        graph.labels.push(label);
        let is_set = matches!(shape, Shape::Union(_) | Shape::Intersection(_));
        graph.is_set.push(is_set);
    }

    /// What a shape is apart from its parts, and the parts.
    fn label(&self, shape: &Shape) -> (String, Vec<TypeNumber>) {
        let label = match shape {
            Shape::Basic(basic) => basic.name().to_owned(),
            Shape::Literal(value) => format!("literal {}", Shown(value)),
            Shape::Optional(_) => "optional".to_owned(),
            Shape::Union(_) => "union".to_owned(),
            Shape::Intersection(_) => "intersection".to_owned(),
            Shape::Tuple { readonly, .. } => format!("tuple {readonly}"),
            Shape::Array { readonly, .. } => format!("array {readonly}"),
            Shape::Map { readonly, .. } => format!("map {readonly}"),
            Shape::Record { fields, readonly } => {
                return sorted(format!("record {readonly}"), fields);
            }
            Shape::Interface { bases, methods } => {
                let (label, mut parts) = sorted("interface".to_owned(), methods);
                parts.extend(bases);
                return (label, parts);
            }
            Shape::Function(signature) => {
                let optional = signature.parameters.iter().map(|it| it.optional);
                let optional: Vec<bool> = optional.collect();
                format!("function {optional:?} {}", signature.rest.is_some())
            }
            Shape::Checked { validators, .. } => {
                let mut label = "checked".to_owned();
                for validator in &**validators {
                    _ = write!(label, " {validator}");
                }
                label
            }
            Shape::Generic { parameters, .. } => {
                let bounds = parameters.iter().map(|it| it.bound.is_some());
                format!("generic {:?}", bounds.collect::<Vec<bool>>())
            }
            Shape::Parameter { index, .. } => return (format!("parameter {index}"), Vec::new()),
            Shape::Broken(why) => why.to_string(),
            _ => unreachable!("a type as it is in the end"),
        };
        (label, shape.parts())
    }
}

/// Adds the names of fields to a label, in an order that doesn't depend on how they are written.
fn sorted(mut label: String, fields: &[Field]) -> (String, Vec<TypeNumber>) {
    let mut fields: Vec<&Field> = fields.iter().collect();
    fields.sort_by(|one, other| one.name.cmp(&other.name));
    for field in &fields {
        _ = write!(label, " {:?} {}", field.name, field.optional);
    }
    (label, fields.iter().map(|field| field.of).collect())
}

impl Graph {
    /// The place of a type, which it gets if it has none.
    fn place(&mut self, number: TypeNumber) -> u32 {
        let next = self.numbers.len() as u32;
        let place = *self.places.entry(number).or_insert(next);
        if place == next {
            self.numbers.push(number);
        }
        place
    }

    /// A number for each place; the same for those that are made of the same.
    fn groups(&self) -> Vec<u32> {
        let mut count = 0;
        let mut by_label = FxHashMap::default();
        let mut groups: Vec<u32> = Vec::with_capacity(self.numbers.len());
        for label in &self.labels {
            groups.push(*by_label.entry(label).or_insert_with(|| {
                count += 1;
                count - 1
            }));
        }
        let mut sizes = vec![0usize; count as usize];
        groups.iter().for_each(|group| sizes[*group as usize] += 1);
        let users = self.users();
        let mut changed: Vec<u32> = (0..self.numbers.len() as u32).collect();
        while !changed.is_empty() {
            let moved = self.part(&changed, &mut groups, &mut sizes);
            let moved = moved.iter().flat_map(|place| &users[*place as usize]);
            changed = moved.copied().collect();
            changed.sort_unstable();
            changed.dedup();
        }
        groups
    }

    /// For each place, whose part it is.
    fn users(&self) -> Vec<Vec<u32>> {
        let mut users = vec![Vec::new(); self.numbers.len()];
        for (user, parts) in self.parts.iter().enumerate() {
            for part in parts {
                users[*part as usize].push(user as u32);
            }
        }
        users
    }

    /// Parts the groups of those whose parts' groups have changed; answers who is in another group now. The largest part
    /// of a group stays what it is if all of the group is looked at; otherwise those that are not.
    fn part(&self, changed: &[u32], groups: &mut [u32], sizes: &mut Vec<usize>) -> Vec<u32> {
        let mut parted: FxHashMap<u32, FxHashMap<Vec<u32>, Vec<u32>>> = FxHashMap::default();
        for place in changed {
            let parts = self.parts[*place as usize].iter();
            let mut look: Vec<u32> = parts.map(|part| groups[*part as usize]).collect();
            if self.is_set[*place as usize] {
                look.sort_unstable();
                look.dedup();
            }
            let group = parted.entry(groups[*place as usize]).or_default();
            group.entry(look).or_default().push(*place);
        }
        let mut moved = Vec::new();
        for (group, looks) in parted {
            let mut looks: Vec<Vec<u32>> = looks.into_values().collect();
            let looked_at: usize = looks.iter().map(Vec::len).sum();
            if looked_at == sizes[group as usize] {
                let largest = (0..looks.len()).max_by_key(|place| looks[*place].len());
                looks.swap_remove(largest.expect("there is one"));
            }
            for look in looks {
                sizes[group as usize] -= look.len();
                let new = sizes.len() as u32;
                sizes.push(look.len());
                look.iter().for_each(|place| groups[*place as usize] = new);
                moved.extend(look);
            }
        }
        moved
    }
}
