//! Calendar days, as rules name them. No clock: a day is always given.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is not a day; wanted YYYY-MM-DD")]
pub struct NotADate {
    /// The text.
    pub seen: String,
}

impl Date {
    /// A day, or `None` if the calendar has no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// Its year.
    pub const fn year(self) -> i32 {
        self.year
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// Reads `2024-06-18`.
    ///
    /// ```
    /// use minewheel_industry::rules::Date;
    /// assert!("2024-06-18".parse::<Date>().unwrap() < "2026-07-01".parse().unwrap());
    /// assert!("2024-02-30".parse::<Date>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let fail = || NotADate { seen: text.to_owned() };
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return Err(fail()) };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return Err(fail());
        }
        match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) => Self::new(year, month, day).ok_or_else(fail),
            _ => Err(fail()),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl schemars::JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}
