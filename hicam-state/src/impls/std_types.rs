//! `State` for ranges, times, addresses and the small types of the standard library.

use std::cmp::Reverse;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ops::{Range, RangeFrom, RangeInclusive};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::private::{enumeration, field, structure, variant};
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, TypeId, TypeTable};

impl<T: State> State for Reverse<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.0.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(input).map(Reverse)
    }

    fn placeholder() -> Option<Self> {
        T::placeholder().map(Reverse)
    }
}

impl<T: Send + 'static> State for PhantomData<T> {
    fn describe(types: &mut TypeTable) -> TypeId {
        <()>::describe(types)
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(PhantomData)
    }

    fn placeholder() -> Option<Self> {
        Some(PhantomData)
    }
}

impl<T: State> State for Range<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Self>(|types| {
            structure(
                "Range",
                vec![field::<T>("start", types), field::<T>("end", types)],
            )
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.start.encode(out)?;
        self.end.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(T::decode(input)?..T::decode(input)?)
    }

    fn placeholder() -> Option<Self> {
        Some(T::placeholder()?..T::placeholder()?)
    }
}

impl<T: State> State for RangeFrom<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Self>(|types| structure("RangeFrom", vec![field::<T>("start", types)]))
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.start.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(T::decode(input)?..)
    }
}

/// An inclusive range ends by becoming exhausted, which no accessor tells: `3..=3` before and after
/// its one step differ in that alone. The types are named one by one because the bound that says
/// a range can be stepped through is not stable.
macro_rules! inclusive_ranges {
    ($($($ty:ident)* => |$range:ident| $exhaust:expr;)*) => {$($(
        impl State for RangeInclusive<$ty> {
            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Self>(|types| {
                    let start = field::<$ty>("start", types);
                    let end = field::<$ty>("end", types);
                    let exhausted = field::<bool>("exhausted", types);
                    structure("RangeInclusive", vec![start, end, exhausted])
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.start().encode(out)?;
                self.end().encode(out)?;
                (self.start() <= self.end() && self.is_empty()).encode(out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let start = $ty::decode(input)?;
                let end = $ty::decode(input)?;
                let one = start == end;
                #[allow(unused_mut, reason = "a range of floats has no steps")]
                let mut $range = start..=end;
                let exhausted = bool::decode(input)?;
                if exhausted && !(one && $exhaust) {
                    return Err(DecodeError::invalid("RangeInclusive", "an exhausted one with elements"));
                }
                Ok($range)
            }
        }
    )*)*};
}

inclusive_ranges! {
    // The one step of a range of one element exhausts it.
    u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize char Ipv4Addr Ipv6Addr
        => |range| range.next().is_some();
    f32 f64 => |range| false;
}

impl State for Duration {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Duration>(|types| {
            structure(
                "Duration",
                vec![field::<u64>("secs", types), field::<u32>("nanos", types)],
            )
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u64(self.as_secs());
        out.u32(self.subsec_nanos());
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let secs = input.u64()?;
        match input.u32()? {
            nanos @ 0..1_000_000_000 => Ok(Duration::new(secs, nanos)),
            nanos => Err(DecodeError::invalid(
                "part of a second",
                format_args!("{nanos} ns"),
            )),
        }
    }

    fn placeholder() -> Option<Self> {
        Some(Duration::ZERO)
    }
}

/// Captured as the time from 1970 and whether it is before.
impl State for SystemTime {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<SystemTime>(|types| {
            let before = field::<bool>("before_1970", types);
            let distance = field::<Duration>("distance", types);
            structure("SystemTime", vec![before, distance])
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        let (before, distance) = match self.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(distance) => (false, distance),
            Err(error) => (true, error.duration()),
        };
        before.encode(out)?;
        distance.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let before = bool::decode(input)?;
        let distance = Duration::decode(input)?;
        let time = if before {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        time.ok_or_else(|| {
            DecodeError::invalid("SystemTime of this host", format_args!("{distance:?}"))
        })
    }

    fn placeholder() -> Option<Self> {
        Some(SystemTime::UNIX_EPOCH)
    }
}

/// One moment by both clocks.
#[derive(Clone, Copy)]
struct Moment {
    instant: Instant,
    wall: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Moment {
            instant: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    /// The moment by which instants are translated.
    ///
    /// It stays the same as long as both clocks go alike: instants keep their exact distances, and
    /// one restored in the same process is the one it was. It is taken anew when the wall clock was set.
    fn reference() -> Self {
        const TOLERANCE: Duration = Duration::from_millis(10);
        static REFERENCE: Mutex<Option<Moment>> = Mutex::new(None);
        let now = Moment::now();
        let mut reference = REFERENCE.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = reference.filter(|moment| {
            moment.wall_of(now.instant).is_some_and(|wall| {
                let drift = now
                    .wall
                    .duration_since(wall)
                    .unwrap_or_else(|error| error.duration());
                drift <= TOLERANCE
            })
        });
        *reference.insert(kept.unwrap_or(now))
    }

    fn wall_of(self, instant: Instant) -> Option<SystemTime> {
        match instant.checked_duration_since(self.instant) {
            Some(after) => self.wall.checked_add(after),
            None => self.wall.checked_sub(self.instant.duration_since(instant)),
        }
    }

    fn instant_of(self, wall: SystemTime) -> Option<Instant> {
        match wall.duration_since(self.wall) {
            Ok(after) => self.instant.checked_add(after),
            Err(error) => self.instant.checked_sub(error.duration()),
        }
    }
}

/// Captured as the wall clock's time at that instant, and translated back by the restoring host's.
impl State for Instant {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Instant>(|types| {
            structure("Instant", vec![field::<SystemTime>("wall", types)])
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        Moment::reference()
            .wall_of(*self)
            .ok_or_else(|| {
                EncodeError::other("the wall clock cannot tell the time of this instant")
            })?
            .encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let wall = SystemTime::decode(input)?;
        Moment::reference().instant_of(wall).ok_or_else(|| {
            DecodeError::other("an instant lies before this host's clock began, or too far ahead")
        })
    }

    fn placeholder() -> Option<Self> {
        Some(Instant::now())
    }
}

impl State for tokio::time::Instant {
    fn describe(types: &mut TypeTable) -> TypeId {
        Instant::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.into_std().encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Instant::decode(input).map(tokio::time::Instant::from_std)
    }

    fn placeholder() -> Option<Self> {
        Some(tokio::time::Instant::from_std(Instant::now()))
    }
}

/// Addresses whose text is exact.
macro_rules! addresses {
    ($($ty:ident)*) => {$(
        impl State for $ty {
            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$ty>(|types| {
                    structure(stringify!($ty), vec![field::<String>("0", types)])
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                out.str(&self.to_string());
                Ok(())
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let text = input.str()?;
                text.parse().map_err(|_| DecodeError::invalid(stringify!($ty), format_args!("`{text}`")))
            }
        }
    )*};
}

addresses! { Ipv4Addr Ipv6Addr IpAddr SocketAddrV4 }

/// Its text lacks the flow information.
impl State for SocketAddrV6 {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<SocketAddrV6>(|types| {
            let ip = field::<Ipv6Addr>("ip", types);
            let port = field::<u16>("port", types);
            let flowinfo = field::<u32>("flowinfo", types);
            let scope_id = field::<u32>("scope_id", types);
            structure("SocketAddrV6", vec![ip, port, flowinfo, scope_id])
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.ip().encode(out)?;
        out.u16(self.port());
        out.u32(self.flowinfo());
        out.u32(self.scope_id());
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(SocketAddrV6::new(
            Ipv6Addr::decode(input)?,
            input.u16()?,
            input.u32()?,
            input.u32()?,
        ))
    }
}

impl State for SocketAddr {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<SocketAddr>(|types| {
            let v4 = variant("V4", vec![field::<SocketAddrV4>("0", types)]);
            let v6 = variant("V6", vec![field::<SocketAddrV6>("0", types)]);
            enumeration("SocketAddr", vec![v4, v6])
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        match self {
            SocketAddr::V4(address) => {
                out.u32(0);
                address.encode(out)
            }
            SocketAddr::V6(address) => {
                out.u32(1);
                address.encode(out)
            }
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        match input.u32()? {
            0 => SocketAddrV4::decode(input).map(SocketAddr::V4),
            1 => SocketAddrV6::decode(input).map(SocketAddr::V6),
            variant => Err(DecodeError::invalid("SocketAddr", variant)),
        }
    }
}
