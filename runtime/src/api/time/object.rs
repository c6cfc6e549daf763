//! Times and locations as objects that programs hold: plain memory, with the location's name behind it.
//!
//! Knows nothing of what can be asked of them.

use crate::api::Call;
use crate::lua::{Answer, Class, Object, Outcome, Raise};

use super::instant::Instant;
use super::location::Location;

/// A time: an instant, and where its clocks are.
#[derive(Clone, Debug)]
pub(super) struct Time {
    pub(super) at: Instant,
    pub(super) location: Location,
}

/// A time at the local zone that 64 bits of nanoseconds since 1970 can tell: what clocks and timers give, in as little
/// memory as there can be.
#[derive(Clone, Copy)]
struct Stamp(i64);

impl Object for Stamp {
    const CLASS: Class = Class::Time;
}

/// Any other time. The name of its location is behind it.
///
/// Neither this nor [`Place`] has gaps, in which there could be anything: two VMs that are to be a template are compared
/// word by word.
#[derive(Clone, Copy)]
struct Placed {
    seconds: i64,
    nanos: u64,
    place: Place,
}

const _: () = assert!(size_of::<Placed>() == size_of::<(i64, u64, u32, i32)>());

impl Object for Placed {
    const CLASS: Class = Class::Time;
}

impl Placed {
    fn new(at: Instant, place: Place) -> Placed {
        Placed {
            seconds: at.seconds,
            nanos: at.nanos.into(),
            place,
        }
    }

    fn instant(&self) -> Instant {
        Instant {
            seconds: self.seconds,
            nanos: self.nanos as u32,
        }
    }
}

/// A location, but for its name.
#[derive(Clone, Copy)]
struct Place {
    kind: Kind,
    /// Seconds east of UTC, of one that is fixed; else 0.
    offset: i32,
}

/// Which sort of location it is.
#[derive(Clone, Copy)]
#[repr(u32)]
enum Kind {
    Utc,
    Local,
    Named,
    Fixed,
}

/// A location by itself. Its name is behind it.
#[derive(Clone, Copy)]
struct Lone(Place);

impl Object for Lone {
    const CLASS: Class = Class::Location;
}

impl Place {
    fn of(location: &Location) -> (Place, &str) {
        let (kind, offset, name) = match location {
            Location::Utc => (Kind::Utc, 0, ""),
            Location::Local(_) => (Kind::Local, 0, ""),
            Location::Named(_, name) => (Kind::Named, 0, name.as_str()),
            Location::Fixed(name, offset) => (Kind::Fixed, *offset, name.as_str()),
        };
        (Place { kind, offset }, name)
    }

    /// The location. One that the time zone database had, and has no more, is taken for UTC.
    fn location(self, name: &[u8]) -> Location {
        let name = || String::from_utf8_lossy(name);
        match self.kind {
            Kind::Utc => Location::Utc,
            Kind::Local => Location::local(),
            Kind::Named => Location::named(&name()).unwrap_or(Location::Utc),
            Kind::Fixed => Location::Fixed(name().into_owned(), self.offset),
        }
    }
}

impl Call<'_> {
    /// The instant of the time that is an argument.
    pub(super) fn instant(&self, index: i32) -> Result<Instant, Raise> {
        if let Some(Stamp(nanos)) = self.lua.object(index) {
            return Ok(Instant::from_nanos(*nanos));
        }
        match self.lua.object::<Placed>(index) {
            Some(placed) => Ok(placed.instant()),
            None => Err(self.wrong_type(index, "time")),
        }
    }

    /// The time that is an argument.
    pub(super) fn time(&self, index: i32) -> Result<Time, Raise> {
        let at = self.instant(index)?;
        let location = match self.lua.object::<Placed>(index) {
            Some(placed) => {
                let name = self.lua.object_bytes::<Placed>(index);
                placed.place.location(name.unwrap_or_default())
            }
            None => Location::local(),
        };
        Ok(Time { at, location })
    }

    /// The location that is an argument.
    pub(super) fn location(&self, index: i32) -> Result<Location, Raise> {
        match self.lua.object::<Lone>(index) {
            Some(Lone(place)) => {
                let name = self.lua.object_bytes::<Lone>(index);
                Ok(place.location(name.unwrap_or_default()))
            }
            None => Err(self.wrong_type(index, "location")),
        }
    }

    /// The same, where none is the local zone.
    pub(super) fn location_or_local(&self, index: i32) -> Result<Location, Raise> {
        match self.lua.is_nothing(index) {
            true => Ok(Location::local()),
            false => self.location(index),
        }
    }

    /// Pushes a time of the local zone.
    pub(super) fn push_stamp(&mut self, nanos: i64) {
        self.lua.push_object(Stamp(nanos));
    }

    fn push_time(&mut self, time: &Time) {
        let (place, name) = Place::of(&time.location);
        match (place.kind, time.at.to_nanos()) {
            (Kind::Local, Some(nanos)) => self.push_stamp(nanos),
            _ => {
                let placed = Placed::new(time.at, place);
                self.lua.push_object_with(placed, name.as_bytes(), 0);
            }
        }
    }

    /// Answers the time of an instant at a location, or an error if there is no such instant.
    pub(super) fn answer_time(&mut self, at: Option<Instant>, location: Location) -> Outcome {
        let Some(at) = at else {
            return self.invalid("time out of range");
        };
        self.push_time(&Time { at, location });
        Ok(Answer::Values(1))
    }

    /// Answers a location.
    pub(super) fn answer_location(&mut self, location: &Location) -> Outcome {
        let (place, name) = Place::of(location);
        self.lua.push_object_with(Lone(place), name.as_bytes(), 0);
        Ok(Answer::Values(1))
    }
}
