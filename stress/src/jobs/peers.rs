//! The same jobs here and on the BEAM, in turn, so that both see the same machine.

use super::{Bench, PATIENCE};
use crate::beam::Beam;
use crate::error::StressError;
use crate::figures::{median, progress, rate};
use crate::table::{Row, Verdict};

/// What is compared.
#[derive(Clone, Copy)]
enum Figure {
    /// Events a second: ours must be at least this many times theirs.
    Rate(f64),
    /// Seconds: ours must be at most this many times theirs.
    Seconds(f64),
}

/// One job on both sides.
struct Peer {
    what: &'static str,
    app: &'static str,
    /// The app's sizes: variable and value.
    sizes: &'static [(&'static str, u64)],
    /// The BEAM's job, which takes the same sizes in the same order.
    beam: &'static str,
    figure: Figure,
}

/// The jobs, with what is asked of the ratios.
const PEERS: &[Peer] = &[
    Peer {
        what: "spawn, first message, exit seen",
        app: "stress/apps/spawn",
        sizes: &[("COUNT", 100_000)],
        beam: "spawn",
        figure: Figure::Rate(1.0),
    },
    Peer {
        what: "ping-pong, inbox and message objects",
        app: "stress/apps/ping-pong",
        sizes: &[("COUNT", 1_000_000)],
        beam: "ping_pong",
        figure: Figure::Rate(0.7),
    },
    Peer {
        what: "ping-pong, listen",
        app: "stress/apps/ping-pong-listen",
        sizes: &[("COUNT", 1_000_000)],
        beam: "ping_pong",
        figure: Figure::Rate(1.2),
    },
    Peer {
        what: "ring of 1,000, hops",
        app: "stress/apps/ring",
        sizes: &[("COUNT", 1_000), ("HOPS", 1_000_000)],
        beam: "ring",
        figure: Figure::Rate(0.7),
    },
    Peer {
        what: "fan-in, 1,000 senders of small tables",
        app: "stress/apps/fan-in",
        sizes: &[("COUNT", 1_000), ("EACH", 1_000)],
        beam: "fan_in",
        figure: Figure::Rate(0.7),
    },
    Peer {
        what: "tree of 1,111,111 processes",
        app: "stress/apps/tree",
        sizes: &[("LEAVES", 1_000_000)],
        beam: "tree",
        figure: Figure::Seconds(1.5),
    },
];

impl Figure {
    fn name(self) -> &'static str {
        match self {
            Self::Rate(_) => "rate",
            Self::Seconds(_) => "elapsed_s",
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            Self::Rate(_) => rate(value),
            Self::Seconds(_) => format!("{value:.2} s"),
        }
    }

    fn must(self) -> String {
        match self {
            Self::Rate(least) => format!("≥ {least} ×"),
            Self::Seconds(most) => format!("≤ {most} ×"),
        }
    }

    fn holds(self, ratio: f64) -> bool {
        match self {
            Self::Rate(least) => ratio >= least,
            Self::Seconds(most) => ratio <= most,
        }
    }
}

/// Measures every job in every round, ours and then theirs; without a BEAM only ours.
pub fn run(bench: &Bench, rounds: usize) -> Result<Vec<Row>, StressError> {
    let rounds = rounds.max(1);
    let beam = Beam::find(&bench.moondust)?;
    if beam.is_none() {
        progress("no `erl` and `erlc` here (Debian: erlang-base): only our own figures");
    }
    let mut ours = vec![Vec::new(); PEERS.len()];
    let mut theirs = vec![Vec::new(); PEERS.len()];
    for round in 1..=rounds {
        for (at, peer) in PEERS.iter().enumerate() {
            progress(&format!("{}, round {round} of {rounds}", peer.what));
            ours[at].push(our_figure(bench, peer)?);
            if let Some(beam) = &beam {
                let sizes: Vec<u64> = peer.sizes.iter().map(|(_, size)| *size).collect();
                theirs[at].push(beam.figure(peer.beam, &sizes, peer.figure.name())?);
            }
        }
    }
    Ok(PEERS
        .iter()
        .enumerate()
        .map(|(at, peer)| row(peer, &ours[at], &theirs[at]))
        .collect())
}

fn our_figure(bench: &Bench, peer: &Peer) -> Result<f64, StressError> {
    let values: Vec<String> = peer
        .sizes
        .iter()
        .map(|(_, size)| size.to_string())
        .collect();
    let variables: Vec<(&str, &str)> = peer
        .sizes
        .iter()
        .zip(&values)
        .map(|((name, _), value)| (*name, value.as_str()))
        .collect();
    bench
        .moondust
        .result_of(peer.app, &variables, PATIENCE)?
        .figure(peer.figure.name())
}

fn row(peer: &Peer, ours: &[f64], theirs: &[f64]) -> Row {
    let figure = peer.figure;
    let our_median = median(ours);
    if theirs.is_empty() {
        return Row::shown(peer.what, figure.text(our_median));
    }
    let their_median = median(theirs);
    let ratio = our_median / their_median;
    Row::new(
        peer.what,
        figure.must(),
        format!(
            "{ratio:.2} × ({}, the BEAM {})",
            figure.text(our_median),
            figure.text(their_median)
        ),
        Verdict::should(figure.holds(ratio)),
    )
}
