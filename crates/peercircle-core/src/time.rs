//! Time as an input: instants and spans the caller gives. The core has no clock (R-32) and no time zone (R-54).

use std::{borrow::Cow, fmt, num::NonZeroI64, str::FromStr};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A moment in UTC, to the millisecond. On the wire: RFC 3339 with a `Z`.
///
/// # Example
/// ```
/// use peercircle_core::{Instant, Span};
/// let start: Instant = "2026-03-02T09:00:00+01:00".parse()?;
/// assert_eq!((start + Span::minutes(90)).to_string(), "2026-03-02T09:30:00Z");
/// # Ok::<(), peercircle_core::InstantError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroI64); // Milliseconds since 1970 plus one, so that an `Option` of it takes no room of its own.

/// The last instant that is accepted: the end of the year 9999.
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// The beginning of 1970.
const FIRST: NonZeroI64 = match NonZeroI64::new(1) {
    Some(one) => one,
    None => NonZeroI64::MAX,
};

impl Instant {
    /// The instant this many milliseconds after 1970, if it lies before the year 10000.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Option<Self> {
        if millis >= 0 && millis <= LAST_MILLIS { Some(Self::nearest(millis)) } else { None }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0.get() - 1
    }

    /// The time since `earlier`, in milliseconds; nothing where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        let millis = self.0.get() - earlier.0.get();
        Span(if millis > 0 { millis } else { 0 })
    }

    /// This instant, or the first or last there is.
    const fn nearest(millis: i64) -> Self {
        let millis = if millis > LAST_MILLIS { LAST_MILLIS } else { millis };
        match NonZeroI64::new(millis + 1) {
            Some(at) if millis > 0 => Self(at),
            Some(_) | None => Self(FIRST),
        }
    }
}

impl Default for Instant {
    /// The beginning of 1970.
    fn default() -> Self {
        Self::nearest(0)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::ops::Add<Span> for Instant {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self::nearest(self.unix_millis().saturating_add(span.0))
    }
}

impl std::ops::Sub<Span> for Instant {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self::nearest(self.unix_millis().saturating_sub(span.0))
    }
}

/// A time that isn't an RFC 3339 instant from 1970 to 9999.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an RFC 3339 instant from 1970 to 9999 such as 2026-03-02T09:00:00Z, got `{got}`")]
pub struct InstantError {
    /// What came.
    pub got: String,
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .and_then(|at| Self::from_unix_millis(at.timestamp_millis()))
            .ok_or_else(|| InstantError { got: text.chars().take(64).collect() })
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = DateTime::<Utc>::from_timestamp_millis(self.unix_millis()).unwrap_or_default();
        f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Instant {
    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time", "pattern": "^(19[7-9][0-9]|[2-9][0-9]{3})-"})
    }
}

/// A length of time, never negative, to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// This many seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        Self(seconds as i64 * 1000)
    }

    /// This many minutes.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes as i64 * 60_000)
    }

    /// This many hours.
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self(hours as i64 * 3_600_000)
    }

    /// This many days of 24 hours.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self(days as i64 * 86_400_000)
    }

    /// Whole seconds, rounded down; at most `u32::MAX`.
    #[must_use]
    pub fn as_seconds(self) -> u32 {
        u32::try_from(self.0 / 1000).unwrap_or(u32::MAX)
    }

    /// Whole days, rounded down; at most `u32::MAX`.
    #[must_use]
    pub fn as_days(self) -> u32 {
        u32::try_from(self.0 / 86_400_000).unwrap_or(u32::MAX)
    }

    /// The longer by `other`.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The shorter by `other`; nothing where `other` is longer.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        let millis = self.0 - other.0;
        Self(if millis > 0 { millis } else { 0 })
    }
}
