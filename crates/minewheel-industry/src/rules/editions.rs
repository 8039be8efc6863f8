//! Editions of a family of rules: what holds on a day, and a refusal by name outside all of them.

use minewheel_data::loader::Loader;
use minewheel_data::row::RowId;
use minewheel_data::table::{Fault, Table, nearest};
use serde::Serialize;

use super::date::Date;

/// One edition of a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// Its id.
    pub id: String,
    /// The family whose editions follow one another.
    pub family: String,
    /// Its title.
    pub title: String,
    /// Who issued it.
    pub body: String,
    /// Where it holds.
    pub place: String,
    /// Whether it is a draft, which was never in force.
    pub is_draft: bool,
    /// Day of publication.
    pub published: Date,
    /// First day in force; `None`: a draft.
    pub in_force: Option<Date>,
    /// First day on which another edition holds.
    pub replaced: Option<Date>,
    /// The row that describes it.
    pub row: RowId,
    /// What must be known of it.
    pub note: String,
    /// Law of the same act, or beside it, that no clause of the set asks; empty: none that is known here.
    pub left_out: String,
}

impl Edition {
    /// First day on which it can be asked: in force, or for a draft published.
    pub fn first_day(&self) -> Date {
        self.in_force.unwrap_or(self.published)
    }

    /// Whether a day lies between its first day and its replacement.
    pub fn holds_on(&self, day: Date) -> bool {
        self.first_day() <= day && self.replaced.is_none_or(|end| day < end)
    }

    /// `2021-12-10 to 2024-06-18` and the like; the last day is that of the replacement.
    pub fn span(&self) -> String {
        match self.replaced {
            Some(end) => format!("from {} until {end}", self.first_day()),
            None => format!("from {}", self.first_day()),
        }
    }
}

/// A rule set or day that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No edition and no family has that name.
    #[error("no rule set `{seen}`{}; there are: {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The name seen.
        seen: String,
        /// Editions and families.
        known: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// The day lies outside every edition of the family.
    #[error("{date} lies outside every edition of `{family}`: {spans}")]
    OutsideEveryEdition {
        /// The day.
        date: Date,
        /// The family.
        family: String,
        /// The editions in force with their spans.
        spans: String,
    },
    /// The day lies outside the edition that was named.
    #[error("{date} lies outside `{edition}`, which holds {span}{}", other.as_deref().map(|o| format!("; on that day `{o}` holds")).unwrap_or_default())]
    OutsideEdition {
        /// The day.
        date: Date,
        /// The edition.
        edition: String,
        /// When it holds.
        span: String,
        /// The edition that holds on the day.
        other: Option<String>,
    },
    /// A family stands where an edition is wanted.
    #[error("`{seen}` is a family; two editions of one family are compared, and its own are: {editions}")]
    Family {
        /// The family.
        seen: String,
        /// Its editions.
        editions: String,
    },
    /// Editions of two families cannot be set side by side.
    #[error("`{first}` belongs to `{first_family}` and `{second}` to `{second_family}`; wanted two editions of one family")]
    Families {
        /// The first edition.
        first: String,
        /// Its family.
        first_family: String,
        /// The second edition.
        second: String,
        /// Its family.
        second_family: String,
    },
}

/// All editions, in order of table.
#[derive(Debug, Clone, Default)]
pub struct Editions {
    all: Vec<Edition>,
}

impl Editions {
    /// Reads a table of editions. Editions in force of one family must not overlap.
    pub fn read(loader: &mut Loader<'_>, name: &str) -> Self {
        let mut editions = Self::default();
        let Some(table) = loader.table(name) else { return editions };
        for row in 0..table.len() {
            let id = table.text(row, "edition").to_owned();
            if let Some(first) = editions.all.iter().find(|e| e.id == id) {
                let first_line = table.line((first.row.0 - table.first_row()) as usize);
                loader.fault(&table, row, Some("edition"), Fault::Duplicate { key: format!("`{id}`"), first_line });
                continue;
            }
            let is_draft = table.text(row, "kind") == "draft";
            let (published, in_force) = (date_in(loader, &table, row, "published"), date_in(loader, &table, row, "in_force"));
            let replaced = date_in(loader, &table, row, "replaced");
            let Some(published) = published else { continue };
            let edition = Edition {
                id,
                family: table.text(row, "family").to_owned(),
                title: table.text(row, "title").to_owned(),
                body: table.text(row, "body").to_owned(),
                place: table.text(row, "place").to_owned(),
                is_draft,
                published,
                in_force,
                replaced,
                row: loader.row(&table, row),
                note: table.text(row, "note").to_owned(),
                left_out: table.text(row, "left_out").to_owned(),
            };
            if is_draft == in_force.is_some() {
                let wanted = if is_draft { "nothing: a draft is not in force" } else { "the first day in force" };
                let fault = Fault::Law { subject: edition.id.clone(), rule: wanted, seen: table.text(row, "in_force").to_owned() };
                loader.fault(&table, row, Some("in_force"), fault);
            }
            let overlaps = |e: &&Edition| {
                !e.is_draft && !is_draft && e.family == edition.family && (e.holds_on(edition.first_day()) || edition.holds_on(e.first_day()))
            };
            if let Some(other) = editions.all.iter().find(overlaps) {
                let fault = Fault::Law {
                    subject: edition.id.clone(),
                    rule: "editions of one family follow one another",
                    seen: format!("{}, and `{}` {}", edition.span(), other.id, other.span()),
                };
                loader.fault(&table, row, Some("in_force"), fault);
            }
            editions.all.push(edition);
        }
        editions
    }

    /// All of them.
    pub fn all(&self) -> &[Edition] {
        &self.all
    }

    /// The names of all families, in order.
    pub fn families(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for edition in &self.all {
            if !names.contains(&edition.family.as_str()) {
                names.push(&edition.family);
            }
        }
        names
    }

    /// The edition of that id.
    ///
    /// # Errors
    /// There is none; the error names the nearest name.
    pub fn get(&self, id: &str) -> Result<&Edition, RuleError> {
        self.all.iter().find(|e| e.id == id).ok_or_else(|| {
            if self.families().contains(&id) {
                let editions: Vec<&str> = self.all.iter().filter(|e| e.family == id).map(|e| e.id.as_str()).collect();
                return RuleError::Family { seen: id.to_owned(), editions: editions.join(", ") };
            }
            let known: Vec<&str> = self.all.iter().map(|e| e.id.as_str()).chain(self.families()).collect();
            RuleError::Unknown { seen: id.to_owned(), known: known.join(", "), nearest: nearest(id, known.iter().copied()) }
        })
    }

    /// The edition of a family that is in force on a day.
    ///
    /// # Errors
    /// The day lies outside every edition, or no edition belongs to the family.
    pub fn on(&self, family: &str, day: Date) -> Result<&Edition, RuleError> {
        let of: Vec<&Edition> = self.all.iter().filter(|e| e.family == family && !e.is_draft).collect();
        if of.is_empty() {
            return self.get(family);
        }
        of.iter().find(|e| e.holds_on(day)).copied().ok_or_else(|| RuleError::OutsideEveryEdition {
            date: day,
            family: family.to_owned(),
            spans: of.iter().map(|e| format!("`{}` holds {}", e.id, e.span())).collect::<Vec<_>>().join(", "),
        })
    }

    /// The edition that a name and a day mean: the edition itself, or the one of a family that is in force on the day,
    /// without a day the last one.
    ///
    /// # Errors
    /// No such name, or a day on which it does not hold.
    pub fn named(&self, name: &str, day: Option<Date>) -> Result<&Edition, RuleError> {
        if self.families().contains(&name) {
            if let Some(day) = day {
                return self.on(name, day);
            }
            let last = self.all.iter().filter(|e| e.family == name && !e.is_draft).max_by_key(|e| e.first_day());
            return last.map_or_else(|| self.get(name), Ok);
        }
        let edition = self.get(name)?;
        match day {
            Some(date) if !edition.holds_on(date) => Err(RuleError::OutsideEdition {
                date,
                edition: edition.id.clone(),
                span: edition.span(),
                other: self.on(&edition.family, date).ok().map(|e| e.id.clone()),
            }),
            _ => Ok(edition),
        }
    }
}

/// A day from a cell; an empty cell gives `None`, an unreadable one a violation too.
pub fn date_in(loader: &mut Loader<'_>, table: &Table, row: usize, column: &str) -> Option<Date> {
    let text = table.text(row, column);
    if text.is_empty() {
        return None;
    }
    let date = text.parse().ok();
    if date.is_none() {
        let fault = Fault::NotInList { column: column.to_owned(), seen: text.to_owned(), wanted: "a day as YYYY-MM-DD".to_owned(), nearest: None };
        loader.fault(table, row, Some(column), fault);
    }
    date
}
