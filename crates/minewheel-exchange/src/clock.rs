//! Days and hours: RFC 3339 in, microseconds since 1970 inside.

use jiff::{Timestamp, tz::TimeZone};

/// A point in time in microseconds since 1970-01-01T00:00:00Z. Sorts and compares in both databases as a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// This moment.
    pub fn now() -> Self {
        Self(Timestamp::now().as_microsecond())
    }

    /// Reads the `date-time` of RFC 3339, with seconds and with an offset.
    pub fn read(text: &str) -> Option<Self> {
        let has_date_and_time = text.len() >= "2025-01-01T00:00:00Z".len() && matches!(text.as_bytes().get(10), Some(b'T' | b't'));
        let has_seconds = text.as_bytes().get(16) == Some(&b':');
        if !has_date_and_time || !has_seconds || text.contains('[') {
            return None;
        }
        text.parse::<Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }

    /// As [`Moment::read`] for a query: a `+` of an offset that was decoded to a blank counts, and seconds may be left out.
    pub fn read_query(text: &str) -> Option<Self> {
        let text = text.trim().replace(' ', "+");
        Self::read(&text).or_else(|| {
            let (day, time) = text.split_at_checked(16)?;
            Self::read(&format!("{day}:00{time}"))
        })
    }

    /// The moment a number of calendar years later, in UTC; 29 February becomes 28 February.
    #[must_use]
    pub fn years_later(self, years: i64) -> Self {
        let moved = Timestamp::from_microsecond(self.0)
            .ok()
            .and_then(|t| t.to_zoned(TimeZone::UTC).checked_add(jiff::Span::new().try_years(years).ok()?).ok())
            .map(|z| z.timestamp().as_microsecond());
        Self(moved.unwrap_or(i64::MAX))
    }

    /// The moment a number of seconds later.
    #[must_use]
    pub fn seconds_later(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from this moment to a later one.
    pub fn seconds_to(self, later: Self) -> i64 {
        later.0.saturating_sub(self.0) / 1_000_000
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn a_date_needs_time_seconds_and_offset() {
        for good in ["2025-01-01T00:00:00Z", "2025-01-01T00:00:00.123Z", "2025-01-01T01:00:00+01:00"] {
            assert!(Moment::read(good).is_some(), "{good}");
        }
        for bad in ["", "2025-01-01", "2025-01-01T00:00Z", "2025-01-01 00:00:00Z", "2025-13-01T00:00:00Z", "yesterday", "2025-01-01T00:00:00"] {
            assert!(Moment::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_query_may_lose_its_plus_and_its_seconds() {
        assert_eq!(Moment::read_query("2025-01-01T01:00:00 01:00"), Moment::read("2025-01-01T00:00:00Z"));
        assert_eq!(Moment::read_query("2025-04-01T00:00Z"), Moment::read("2025-04-01T00:00:00Z"));
        assert_eq!(Moment::read_query("ünsinn-und-mehr-davon"), None);
    }

    #[test]
    fn three_years_after_a_leap_day_is_the_last_of_february() {
        let leap = Moment::read("2024-02-29T00:00:00Z").map(|m| m.years_later(3).to_string());
        assert_eq!(leap.as_deref(), Some("2027-02-28T00:00:00Z"));
    }
}
