//! The slab by brute force: patterns in every block, threads that free what others made.

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use super::*;

/// A block with the pattern that the test wrote to its first and last bytes.
struct Marked {
    block: NonNull<u8>,
    bytes: usize,
    mark: u64,
}

// SAFETY: a block belongs to no thread.
unsafe impl Send for Marked {}

impl Marked {
    fn new(slab: &Slab, bytes: usize, mark: u64) -> Marked {
        let block = slab.allocate(bytes).expect("the system has memory");
        assert!(block.addr().get().is_multiple_of(BLOCK_STEP));
        let bytes = Slab::block_bytes(bytes).unwrap();
        // SAFETY: the block has that many bytes.
        unsafe {
            block.cast::<u64>().write(mark);
            block.add(bytes - 8).cast::<u64>().write(mark);
        }
        Marked { block, bytes, mark }
    }

    fn free(self, slab: &Slab) {
        // SAFETY: as in `new`; the block is freed once.
        unsafe {
            assert_eq!(self.block.cast::<u64>().read(), self.mark);
            assert_eq!(
                self.block.add(self.bytes - 8).cast::<u64>().read(),
                self.mark
            );
            slab.free(self.block);
        }
    }
}

/// A small generator of pseudo-random numbers, the same in every run.
fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) as usize
}

#[test]
fn sizes_are_rounded_to_the_step() {
    for index in 0..SIZES {
        assert_eq!(size_index(size_bytes(index)), Some(index));
        assert_eq!(
            size_index(size_bytes(index) + 1),
            (index + 1 < SIZES).then_some(index + 1)
        );
    }
    assert_eq!(size_bytes(SIZES - 1), LARGEST_BLOCK);
    assert_eq!(Slab::block_bytes(1), Some(2048));
    assert_eq!(Slab::block_bytes(2048), Some(2048));
    assert_eq!(Slab::block_bytes(2049), Some(2176));
    assert_eq!(Slab::block_bytes(5100), Some(5120));
    assert_eq!(Slab::block_bytes(16384), Some(16384));
    assert_eq!(Slab::block_bytes(16385), Some(18 * 1024));
    assert_eq!(Slab::block_bytes(LARGEST_BLOCK), Some(LARGEST_BLOCK));
    assert_eq!(Slab::block_bytes(LARGEST_BLOCK + 1), None);
    assert!(Slab::new().allocate(LARGEST_BLOCK + 1).is_none());
}

#[test]
fn a_freed_block_is_the_next_handed_out() {
    let slab = Slab::new();
    let (first, second) = (Marked::new(&slab, 5000, 1), Marked::new(&slab, 5000, 2));
    let address = first.block;
    first.free(&slab);
    let again = Marked::new(&slab, 5000, 3);
    assert_eq!(again.block, address);
    assert_eq!(slab.in_use(), 2 * 5120);
    again.free(&slab);
    second.free(&slab);
    assert_eq!(slab.in_use(), 0);
    slab.flush();
    assert_eq!(slab.held(), 0);
}

#[test]
fn little_more_is_held_than_in_use() {
    let slab = Slab::new();
    let blocks: Vec<_> = (0..20_000)
        .map(|mark| Marked::new(&slab, 5200, mark))
        .collect();
    let (held, in_use) = (slab.held(), slab.in_use());
    assert_eq!(in_use, 20_000 * 5248);
    assert!(
        held >= in_use && held - in_use < 200 * 1024,
        "{held} held, {in_use} in use"
    );
    // Every second block freed and made again: nothing more is held.
    let (keep, drop): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|b| b.mark % 2 == 0);
    drop.into_iter().for_each(|block| block.free(&slab));
    let again: Vec<_> = (0..10_000)
        .map(|mark| Marked::new(&slab, 5200, mark))
        .collect();
    assert_eq!(slab.held(), held);
    keep.into_iter()
        .chain(again)
        .for_each(|block| block.free(&slab));
    assert!(slab.held() <= 2 * 1024 * 1024);
    slab.flush();
    assert_eq!((slab.held(), slab.in_use()), (0, 0));
}

#[test]
fn a_swarm_that_moves_to_another_shard_takes_its_memory_along() {
    let mut slab = Slab::new();
    slab.shards = (0..3).map(|_| Shard::new()).collect();
    let index = size_index(5000).unwrap();
    let mut blocks: Vec<_> = (0..20_000)
        .map(|_| slab.allocate_in(0, index).unwrap())
        .collect();
    let held = slab.held();
    let mut state = 5;
    for count in 0..100_000 {
        let at = random(&mut state) % blocks.len();
        // SAFETY: freed once, used by nobody.
        unsafe { slab.free(blocks.swap_remove(at)) };
        // Those who end were made all over; those who begin, first on one other worker and then on a third.
        blocks.push(slab.allocate_in(1 + count / 50_000, index).unwrap());
    }
    let most = held + 2 * 3 * chunk::CHUNK;
    assert!(slab.held() <= most, "{} held, {held} before", slab.held());
    // SAFETY: as above.
    unsafe { blocks.into_iter().for_each(|block| slab.free(block)) };
    assert_eq!(slab.in_use(), 0);
    slab.flush();
    assert_eq!(slab.held(), 0);
}

#[test]
fn shards_that_fill_chunks_side_by_side_leave_each_other_alone() {
    let mut slab = Slab::new();
    slab.shards = (0..2).map(|_| Shard::new()).collect();
    let index = size_index(5000).unwrap();
    let blocks: Vec<_> = (0..3000)
        .map(|count| slab.allocate_in(count % 2, index).unwrap())
        .collect();
    for shard in &slab.shards {
        assert_eq!(shard.sizes[index].0.lock().used, 1500);
    }
    // SAFETY: freed once, used by nobody.
    unsafe { blocks.into_iter().for_each(|block| slab.free(block)) };
}

#[test]
fn an_untouched_block_stays_with_the_system() {
    let slab = Slab::new();
    let blocks: Vec<_> = (0..4).map(|_| slab.allocate(16384).unwrap()).collect();
    let mut resident = [0u8; 512];
    // SAFETY: the chunk that the blocks lie in is mapped, and has 512 pages.
    unsafe {
        let chunk = Chunk::of(blocks[0]);
        assert_eq!(
            libc::mincore(chunk.cast(), chunk::CHUNK, resident.as_mut_ptr()),
            0
        );
        assert_eq!(resident.iter().filter(|&&page| page & 1 == 1).count(), 1);
        blocks.into_iter().for_each(|block| slab.free(block));
    }
}

/// One thread's part: random sizes, made and freed here or by the next thread.
fn churn(slab: &Slab, seed: u64, next: &mpsc::Sender<Marked>, given: &mpsc::Receiver<Marked>) {
    let mut state = seed;
    let mut mine = Vec::new();
    for round in 0..100_000u64 {
        match random(&mut state) % 5 {
            0 | 1 => {
                let bytes = 2048 + random(&mut state) % (14 * 1024);
                mine.push(Marked::new(slab, bytes, seed ^ round));
            }
            2 if !mine.is_empty() => {
                let at = random(&mut state) % mine.len();
                mine.swap_remove(at).free(slab);
            }
            3 if !mine.is_empty() => {
                let at = random(&mut state) % mine.len();
                let _ = next
                    .send(mine.swap_remove(at))
                    .map_err(|back| back.0.free(slab));
            }
            _ => given.try_iter().for_each(|block| block.free(slab)),
        }
        if mine.len() > 400 {
            mine.drain(..).for_each(|block| block.free(slab));
        }
        if round % 20_000 == 0 {
            slab.flush();
        }
    }
    mine.into_iter().for_each(|block| block.free(slab));
}

#[test]
fn threads_free_what_others_made() {
    const THREADS: usize = 4;
    let slab = Arc::new(Slab::new());
    let (senders, mut receivers): (Vec<_>, Vec<_>) = (0..THREADS).map(|_| mpsc::channel()).unzip();
    let threads: Vec<_> = (0..THREADS)
        .map(|index| {
            let (slab, given) = (slab.clone(), receivers.remove(0));
            let next = senders[(index + 1) % THREADS].clone();
            thread::spawn(move || {
                churn(&slab, 77 + index as u64, &next, &given);
                drop(next);
                given
            })
        })
        .collect();
    drop(senders);
    let leftovers: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    leftovers
        .iter()
        .for_each(|given| given.try_iter().for_each(|block| block.free(&slab)));
    assert_eq!(slab.in_use(), 0);
    assert!(slab.held() <= 2 * 1024 * 1024, "{}", slab.held());
    slab.flush();
    assert_eq!(slab.held(), 0);
}

/// Prints what a block costs; run it in release: `cargo test --release -- --ignored figures --nocapture`.
#[test]
#[ignore = "measures, asserts nothing"]
fn figures_of_the_slab() {
    let slab = Arc::new(Slab::new());
    let keep = slab.allocate(5120).unwrap();
    let pairs = |slab: &Slab| {
        let begun = Instant::now();
        for _ in 0..5_000_000 {
            // SAFETY: freed once, used by nobody.
            unsafe { slab.free(slab.allocate(5120).unwrap()) };
        }
        begun.elapsed().as_nanos() as f64 / 5e6
    };
    println!("a pair, one thread: {:.1} ns", pairs(&slab));
    let other = thread::spawn({
        let slab = slab.clone();
        move || pairs(&slab)
    });
    println!(
        "a pair, two threads: {:.1} ns and {:.1} ns",
        pairs(&slab),
        other.join().unwrap()
    );
    for round in ["from the system", "again, after a flush", "again"] {
        let begun = Instant::now();
        let blocks: Vec<_> = (0..100_000u64)
            .map(|m| Marked::new(&slab, 6100, m))
            .collect();
        let made = begun.elapsed().as_nanos() as f64 / 1e5;
        println!(
            "{round}: {made:.0} ns a block, held {} a block",
            slab.held() / 100_000
        );
        blocks.into_iter().for_each(|block| block.free(&slab));
        if round == "from the system" {
            slab.flush();
        }
    }
    // SAFETY: freed once, used by nobody.
    unsafe { slab.free(keep) };
}
