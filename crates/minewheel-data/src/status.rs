//! How a number is known, and how its spread is described.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How a value is known, strongest first. A result is as strong as the weakest value it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Somebody read it in the source that the row names.
    Read,
    /// Arithmetic on rows that the note names.
    Derived,
    /// Attributed to a source, not read again.
    Recalled,
    /// Our own estimate, argued in the note.
    Assumption,
}

impl Status {
    /// All statuses, strongest first.
    pub const ALL: [Self; 4] = [Self::Read, Self::Derived, Self::Recalled, Self::Assumption];

    /// Rank: 0 for the strongest, 3 for the weakest.
    pub const fn rank(self) -> u8 {
        self as u8
    }

    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Derived => "derived",
            Self::Recalled => "recalled",
            Self::Assumption => "assumption",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Status {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.word() == word).ok_or(())
    }
}

/// The shape of a value's spread; the meaning of `low` and `high` depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// No spread is known.
    Exact,
    /// Two-piece log-normal: the value is the median, low and high are the 5th and 95th percentile.
    Lognormal,
    /// Two-piece normal: the value is the median, low and high are the 5th and 95th percentile.
    Normal,
    /// Triangular: the value is the mode, low and high are bounds.
    Triangular,
    /// Uniform between low and high.
    Uniform,
}

impl FromStr for Shape {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word {
            "" => Self::Exact,
            "lognormal" => Self::Lognormal,
            "normal" => Self::Normal,
            "triangular" => Self::Triangular,
            "uniform" => Self::Uniform,
            _ => return Err(()),
        })
    }
}
