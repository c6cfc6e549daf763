//! Places with generations, in chunks that give their memory back when nothing is left in them.
//!
//! Under the process table and the timer wheels, which one long-lived entry must not keep as large as they ever were.
//! Knows nothing of what lies in the places.

/// Places in a chunk. A chunk is what one long-lived entry keeps; 4 KiB in the process table.
const CHUNK: usize = 256;
const GENERATION_SHIFT: u32 = 16;
const NEXT: u64 = (1 << GENERATION_SHIFT) - 1;
/// End of a chunk's list of free places.
const END: u16 = CHUNK as u16;

/// A growing and shrinking set of places. A place's generation counts up each time it is emptied, for ever.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    chunks: Vec<Chunk<T>>,
    /// Chunks with a free place, those without memory included. The last is filled first.
    open: Vec<u32>,
    /// A chunk that holds nothing and has kept its memory, so that one entry that comes and goes costs no allocation.
    spare: Option<u32>,
    live: usize,
}

#[derive(Debug)]
struct Chunk<T> {
    places: Option<Box<[Place<T>]>>,
    free: u16,
    live: u16,
    /// Where generations begin when the chunk gets memory again: past all it has seen.
    generation: u64,
}

#[derive(Debug)]
struct Place<T> {
    value: Option<T>,
    /// Generation of what is here or comes next; below it the next free place of the chunk.
    word: u64,
}

/// A free place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vacancy {
    pub index: u32,
    pub generation: u64,
}

impl<T> Slab<T> {
    /// Without memory.
    pub fn new() -> Slab<T> {
        Slab {
            chunks: Vec::new(),
            open: Vec::new(),
            spare: None,
            live: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.live
    }

    /// The place that [`Slab::insert`] fills next. `first_generation` is that of places that were never used.
    pub fn vacancy(&mut self, first_generation: u64) -> Vacancy {
        let chunk_index = match self.open.last() {
            Some(&index) => index,
            None => {
                let index = u32::try_from(self.chunks.len()).expect("fewer than 2^40 places");
                let generation = first_generation;
                self.chunks.push(Chunk {
                    places: None,
                    free: 0,
                    live: 0,
                    generation,
                });
                self.open.push(index);
                index
            }
        };
        let chunk = &mut self.chunks[chunk_index as usize];
        let free = chunk.free;
        let place = &chunk.places()[usize::from(free)];
        Vacancy {
            index: chunk_index * CHUNK as u32 + u32::from(free),
            generation: place.word >> GENERATION_SHIFT,
        }
    }

    /// Fills the place that [`Slab::vacancy`] named last.
    pub fn insert(&mut self, vacancy: Vacancy, value: T) {
        let (chunk_index, at) = split(vacancy.index);
        let chunk = &mut self.chunks[chunk_index];
        let place = &mut chunk.places()[at];
        debug_assert!(
            place.value.is_none() && place.word >> GENERATION_SHIFT == vacancy.generation
        );
        place.value = Some(value);
        chunk.free = (place.word & NEXT) as u16;
        chunk.live += 1;
        self.live += 1;
        if chunk.free == END {
            self.open.pop();
        }
        if self.spare == Some(chunk_index as u32) {
            self.spare = None;
        }
    }

    /// What lies at `index`, with its generation.
    pub fn get(&self, index: u32) -> Option<(&T, u64)> {
        let (chunk, at) = split(index);
        let place = &self.chunks.get(chunk)?.places.as_ref()?[at];
        place
            .value
            .as_ref()
            .map(|value| (value, place.word >> GENERATION_SHIFT))
    }

    /// What lies at `index`.
    pub fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        let (chunk, at) = split(index);
        self.chunks.get_mut(chunk)?.places.as_mut()?[at]
            .value
            .as_mut()
    }

    /// Empties a place.
    pub fn remove(&mut self, index: u32) -> Option<T> {
        let (chunk_index, at) = split(index);
        let chunk = self.chunks.get_mut(chunk_index)?;
        let place = &mut chunk.places.as_mut()?[at];
        let value = place.value.take()?;
        let generation = (place.word >> GENERATION_SHIFT) + 1;
        place.word = generation << GENERATION_SHIFT | u64::from(chunk.free);
        if chunk.free == END {
            self.open.push(chunk_index as u32);
        }
        chunk.free = at as u16;
        chunk.live -= 1;
        self.live -= 1;
        if chunk.live == 0 {
            match self.spare {
                Some(_) => chunk.give_back(),
                None => self.spare = Some(chunk_index as u32),
            }
        }
        Some(value)
    }

    /// All that lies in it.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let places = self
            .chunks
            .iter()
            .filter_map(|chunk| chunk.places.as_deref());
        places.flatten().filter_map(|place| place.value.as_ref())
    }
}

impl<T> Chunk<T> {
    fn places(&mut self) -> &mut [Place<T>] {
        let generation = self.generation << GENERATION_SHIFT;
        self.places.get_or_insert_with(|| {
            (1..=CHUNK as u64)
                .map(|next| Place {
                    value: None,
                    word: generation | next,
                })
                .collect()
        })
    }

    fn give_back(&mut self) {
        let places = self.places.take().into_iter().flatten();
        let newest = places.map(|place| place.word >> GENERATION_SHIFT).max();
        self.generation = newest.unwrap_or(self.generation);
        self.free = 0;
    }
}

fn split(index: u32) -> (usize, usize) {
    (index as usize / CHUNK, index as usize % CHUNK)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn put(slab: &mut Slab<u32>, value: u32) -> Vacancy {
        let vacancy = slab.vacancy(0);
        slab.insert(vacancy, value);
        vacancy
    }

    fn chunks_with_memory<T>(slab: &Slab<T>) -> usize {
        slab.chunks
            .iter()
            .filter(|chunk| chunk.places.is_some())
            .count()
    }

    #[test]
    fn what_was_put_in_is_found_and_comes_out_once() {
        let mut slab = Slab::new();
        let places: Vec<_> = (0..1000).map(|value| put(&mut slab, value)).collect();
        assert_eq!(slab.len(), 1000);
        for (value, place) in (0..).zip(&places) {
            assert_eq!(slab.get(place.index), Some((&value, place.generation)));
            assert_eq!(slab.remove(place.index), Some(value));
            assert_eq!(slab.remove(place.index), None);
        }
        assert_eq!((slab.len(), slab.iter().count()), (0, 0));
    }

    #[test]
    fn one_entry_keeps_one_chunk() {
        let mut slab = Slab::new();
        let places: Vec<_> = (0..100_000).map(|value| put(&mut slab, value)).collect();
        for place in &places[1..] {
            slab.remove(place.index);
        }
        // Its own and the spare one.
        assert_eq!(chunks_with_memory(&slab), 2);
        assert_eq!(slab.get(places[0].index), Some((&0, 0)));
    }

    #[test]
    fn no_place_and_generation_come_twice() {
        let mut slab = Slab::new();
        let mut seen = std::collections::HashSet::new();
        for round in 0..5 {
            let places: Vec<_> = (0..1000 + round)
                .map(|value| put(&mut slab, value))
                .collect();
            for place in places {
                assert!(
                    seen.insert((place.index, place.generation)),
                    "{place:?} again"
                );
                slab.remove(place.index);
            }
        }
    }
}
