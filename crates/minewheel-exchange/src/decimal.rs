//! Decimals as they travel: text, kept as sent.
//!
//! A footprint writes numbers as strings so that no program on the way rounds them. [`Decimal`] checks the text and
//! keeps it; [`Decimal::to_f64`] is for reckoning, never for sending on.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A decimal number kept as the text that came: an optional sign, digits, and digits behind a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

/// Which decimals a property may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Any.
    Any,
    /// Above nought.
    Positive,
    /// Nought or above.
    NotNegative,
    /// Nought or below.
    NotPositive,
}

impl Decimal {
    /// Reads a decimal; `None` if the text is not one.
    ///
    /// ```
    /// use minewheel_exchange::decimal::Decimal;
    /// assert_eq!(Decimal::read("1.50").map(|d| d.to_string()), Some("1.50".to_owned()));
    /// assert_eq!(Decimal::read("1e3"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (is_digits(whole) && fraction.is_none_or(is_digits)).then(|| Self(text.to_owned()))
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest floating-point number.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// Whether the number may stand where `sign` is asked for. A nought with a minus is a nought.
    pub fn is(&self, sign: Sign) -> bool {
        let is_nought = self.0.bytes().all(|b| !b.is_ascii_digit() || b == b'0');
        let is_negative = self.0.starts_with('-');
        match sign {
            Sign::Any => true,
            Sign::Positive => !is_nought && !is_negative,
            Sign::NotNegative => is_nought || !is_negative,
            Sign::NotPositive => is_nought || is_negative,
        }
    }
}

impl Sign {
    /// The sign in words.
    pub fn wanted(self) -> &'static str {
        match self {
            Self::Any => "a decimal in a string, as \"12.5\"",
            Self::Positive => "a decimal above 0 in a string, as \"12.5\"",
            Self::NotNegative => "a decimal of at least 0 in a string, as \"12.5\"",
            Self::NotPositive => "a decimal of at most 0 in a string, as \"-12.5\"",
        }
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a decimal")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Sign};

    #[test]
    fn only_plain_digits_are_decimals() {
        for good in ["0", "-0", "+1", "12.50", "-0.001", "00012"] {
            assert!(Decimal::read(good).is_some(), "{good}");
        }
        for bad in ["", "-", ".5", "5.", "1e3", "1,5", " 1", "NaN", "inf", "0x1", "1.2.3", "١"] {
            assert!(Decimal::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_sign_is_judged_by_the_digits_not_by_rounding() {
        let is = |text: &str, sign| Decimal::read(text).is_some_and(|d| d.is(sign));
        // 1e-400 is nought as a floating-point number and is not nought here.
        let tiny = format!("0.{}1", "0".repeat(399));
        assert!(is(&tiny, Sign::Positive));
        assert!(!is(&tiny, Sign::NotPositive));
        assert!(is("-0.00", Sign::NotNegative) && is("+0", Sign::NotPositive) && !is("0.0", Sign::Positive));
        assert!(is("-1", Sign::NotPositive) && !is("-1", Sign::NotNegative));
    }
}
