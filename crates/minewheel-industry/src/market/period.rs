//! Periods: months, quarters, halves, years, and runs of months.

use std::fmt;
use std::str::FromStr;

/// Months in a year.
const MONTHS: i32 = 12;

/// A run of whole months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: i32,
    months: i32,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period; wanted 2023, 2023-H1, 2023-Q2, 2023-06 or 2023-01..2023-07")]
pub struct NoPeriod(pub String);

/// How a span of time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Halves of a year.
    Half,
    /// Years.
    Year,
}

impl Step {
    /// Its length in months.
    pub const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::Year => MONTHS,
        }
    }
}

impl Period {
    /// From the first month to the last.
    pub fn span(from: Self, to: Self) -> Option<Self> {
        (to.end() >= from.first).then(|| Self { first: from.first, months: to.end() - from.first + 1 })
    }
    /// A calendar year.
    pub const fn year(year: i32) -> Self {
        Self { first: year * MONTHS, months: MONTHS }
    }
    /// The run from month number `first`, `months` long.
    pub(crate) const fn run(first: i32, months: i32) -> Self {
        Self { first, months }
    }
    /// Number of the first month since year nought.
    pub(crate) const fn first(self) -> i32 {
        self.first
    }
    /// Number of the last month.
    pub(crate) const fn end(self) -> i32 {
        self.first + self.months - 1
    }
    /// How many months.
    pub const fn months(self) -> i32 {
        self.months
    }
    /// The calendar year in which it ends.
    pub const fn last_year(self) -> i32 {
        self.end().div_euclid(MONTHS)
    }
    /// Its middle as a decimal year.
    pub fn middle(self) -> f64 {
        (f64::from(self.first) + f64::from(self.months) / 2.0) / f64::from(MONTHS)
    }
    /// The same months a year earlier.
    #[must_use]
    pub const fn year_before(self) -> Self {
        Self { first: self.first - MONTHS, months: self.months }
    }
    /// As many months, right before.
    #[must_use]
    pub const fn before(self) -> Self {
        Self { first: self.first - self.months, months: self.months }
    }
    /// Whether all of `other` lies within.
    pub const fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.end() <= self.end()
    }
    /// Whether the two share some months but neither holds the other.
    pub const fn straddles(self, other: Self) -> bool {
        self.first <= other.end() && other.first <= self.end() && !self.holds(other) && !other.holds(self)
    }
    /// The pieces of a step that lie within, aligned to the calendar.
    pub fn cut(self, step: Step) -> Vec<Self> {
        let length = step.months();
        let start = self.first.div_euclid(length) * length;
        (start..=self.end()).step_by(length as usize).map(|first| Self { first, months: length }).filter(|p| self.holds(*p)).collect()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.div_euclid(MONTHS), self.first.rem_euclid(MONTHS));
        let text = match self.months {
            1 => format!("{year}-{:02}", month + 1),
            3 if month % 3 == 0 => format!("{year}-Q{}", month / 3 + 1),
            6 if month % 6 == 0 => format!("{year}-H{}", month / 6 + 1),
            MONTHS if month == 0 => year.to_string(),
            _ => format!("{year}-{:02}..{}-{:02}", month + 1, self.end().div_euclid(MONTHS), self.end().rem_euclid(MONTHS) + 1),
        };
        f.pad(&text)
    }
}

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let fail = || NoPeriod(text.to_owned());
        if let Some((from, to)) = text.split_once("..") {
            return Self::span(from.parse().map_err(|_| fail())?, to.parse().map_err(|_| fail())?).ok_or_else(fail);
        }
        let (year, rest) = text.split_once('-').map_or((text, ""), |(y, r)| (y, r));
        if year.len() != 4 {
            return Err(fail());
        }
        let first = year.parse::<i32>().map_err(|_| fail())? * MONTHS;
        let part = |letter: char, length: i32| {
            let number = rest.strip_prefix(letter)?.parse::<i32>().ok()?;
            (1..=MONTHS / length).contains(&number).then(|| Self { first: first + (number - 1) * length, months: length })
        };
        if rest.is_empty() {
            return Ok(Self { first, months: MONTHS });
        }
        let month = || {
            let number = rest.parse::<i32>().ok().filter(|n| rest.len() == 2 && (1..=MONTHS).contains(n))?;
            Some(Self { first: first + number - 1, months: 1 })
        };
        part('H', 6).or_else(|| part('Q', 3)).or_else(month).ok_or_else(fail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_written_as_it_is_read() {
        for text in ["2023", "2023-H1", "2023-H2", "2023-Q3", "2023-06", "2023-01..2023-07", "2022-11..2023-02"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("2023-01..2023-06".parse::<Period>().unwrap(), "2023-H1".parse::<Period>().unwrap());
        for text in ["", "23", "2023-13", "2023-H3", "2023-Q0", "2023-6", "2023-07..2023-01", "2023-00", "x"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn halves_of_a_span_are_those_wholly_inside() {
        let span: Period = "2023-01..2024-09".parse().unwrap();
        let halves: Vec<String> = span.cut(Step::Half).iter().map(ToString::to_string).collect();
        assert_eq!(halves, ["2023-H1", "2023-H2", "2024-H1"]);
    }

    #[test]
    fn overlapping_runs_straddle_and_nested_ones_do_not() {
        let p = |t: &str| t.parse::<Period>().unwrap();
        assert!(p("2023-01..2023-03").straddles(p("2023-03..2023-05")));
        assert!(!p("2023").straddles(p("2023-H1")) && !p("2023-H1").straddles(p("2023-H2")));
    }
}
