//! Which footprints are asked for: the criteria of lists and of requests.
//!
//! Values of one criterion are alternatives; criteria are joined by *and*. Names and words are compared without regard to case.
//! A geography matches a footprint that names the same region, country or subdivision.

use serde_json::Value;

use crate::clock::Moment;

/// Values that one question may have.
const MOST_VALUES: usize = 200;

/// Criteria.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words to look up, in lower case: kind of key, alternatives.
    pub(crate) words: Vec<(&'static str, Vec<String>)>,
    /// Valid on this day.
    pub(crate) on: Option<Moment>,
    /// Validity starts after.
    pub(crate) after: Option<Moment>,
    /// Validity ends before.
    pub(crate) before: Option<Moment>,
    /// The status, in lower case.
    pub(crate) status: Option<String>,
}

/// A criterion that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {seen}, wanted {wanted}")]
pub struct FilterError {
    /// The criterion.
    pub name: String,
    /// What was seen.
    pub seen: String,
    /// What would do.
    pub wanted: &'static str,
}

/// Names of the criteria that look up words, and the kinds of keys they look among.
const WORDS: [(&str, &str); 4] = [("productId", "product"), ("companyId", "company"), ("geography", "place"), ("classification", "class")];

impl Filter {
    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds a criterion; `false` if the name is none.
    ///
    /// # Errors
    /// The value cannot be used.
    pub fn add(&mut self, name: &str, value: &str) -> Result<bool, FilterError> {
        let wrong = |wanted| FilterError { name: name.to_owned(), seen: value.chars().take(60).collect(), wanted };
        if value.contains('\0') {
            return Err(wrong("a text without U+0000"));
        }
        if let Some((_, kind)) = WORDS.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            if self.words.iter().map(|(_, v)| v.len()).sum::<usize>() >= MOST_VALUES {
                return Err(wrong("at most 200 values in one question"));
            }
            match self.words.iter_mut().find(|(k, _)| *k == kind) {
                Some((_, values)) => values.push(value.to_lowercase()),
                None => self.words.push((kind, vec![value.to_lowercase()])),
            }
            return Ok(true);
        }
        let moment = || Moment::read_query(value).ok_or_else(|| wrong("a date and time, as 2025-01-01T00:00:00Z"));
        match name.to_ascii_lowercase().as_str() {
            "validon" => self.on = Some(moment()?),
            "validafter" => self.after = Some(moment()?),
            "validbefore" => self.before = Some(moment()?),
            "status" => self.status = Some(value.to_lowercase()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The criteria of a request, as they stand in the data of its event.
    ///
    /// # Errors
    /// A criterion that cannot be used, or none at all.
    pub fn of_request(data: &Value) -> Result<Self, FilterError> {
        let wrong = |name: &str, seen: &str, wanted| FilterError { name: name.to_owned(), seen: seen.to_owned(), wanted };
        let mut filter = Self::default();
        let fields = data.as_object().ok_or_else(|| wrong("data", "no object", "an object of criteria"))?;
        for (name, value) in fields {
            let values: Vec<&Value> = value.as_array().map_or_else(|| vec![value], |list| list.iter().collect());
            for one in values {
                let text = one.as_str().ok_or_else(|| wrong(name, &one.to_string(), "a text, or a list of texts"))?;
                filter.add(name, text)?;
            }
        }
        if filter == Self::default() {
            return Err(wrong("data", "no criterion", "at least one of productId, companyId, geography, classification, validOn, …"));
        }
        Ok(filter)
    }
}
