//! Places: countries, Chinese provinces, and groups of countries, each with the place it lies in.

use rustc_hash::FxHashMap;

use crate::loader::Loader;
use crate::row::RowId;
use crate::table::{Fault, nearest};

/// Number of a place within a loaded data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(pub u16);

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A country.
    Country,
    /// A province of a country.
    Province,
    /// Several countries.
    Group,
}

/// Usual abbreviations that are no code of ISO 3166, and what they mean.
const USUAL: [(&str, &str); 4] = [("UK", "GB"), ("EU", "EU27"), ("GLO", "WORLD"), ("RoW", "WORLD")];
/// Letters from which on the beginning of a name is taken for it.
const LEAST_OF_A_NAME: usize = 3;

#[derive(Debug, Clone)]
struct Place {
    code: String,
    name: String,
    iso3: String,
    kind: PlaceKind,
    parent: Option<PlaceId>,
    electricity_from: Option<PlaceId>,
    row: RowId,
}

/// A place that is not in `places/places.csv`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{seen}` is not a known place{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub struct UnknownPlace {
    /// The code seen.
    pub seen: String,
    /// The nearest known code.
    pub nearest: Option<String>,
}

/// All places of a data set.
#[derive(Debug, Clone, Default)]
pub struct Places {
    places: Vec<Place>,
    index: FxHashMap<String, PlaceId>,
}

impl Places {
    /// Reads `places/places.csv`.
    pub fn read(loader: &mut Loader<'_>) -> Self {
        let mut all = Self::default();
        let Some(table) = loader.table("places/places.csv") else { return all };
        for row in 0..table.len() {
            let code = table.text(row, "place");
            if let Some(&first) = all.index.get(code) {
                let first_line = table.line(usize::from(first.0));
                loader.fault(&table, row, Some("place"), Fault::Duplicate { key: format!("place `{code}`"), first_line });
            }
            let kind = match table.text(row, "kind") {
                "province" => PlaceKind::Province,
                "group" => PlaceKind::Group,
                _ => PlaceKind::Country,
            };
            all.index.insert(code.to_owned(), PlaceId(row as u16));
            all.places.push(Place {
                code: code.to_owned(),
                name: table.text(row, "name").to_owned(),
                iso3: table.text(row, "iso3").to_owned(),
                kind,
                parent: None,
                electricity_from: None,
                row: loader.row(&table, row),
            });
        }
        for row in 0..table.len() {
            for column in ["parent", "electricity_from"] {
                let code = table.text(row, column);
                if code.is_empty() {
                    continue;
                }
                let found = all.index.get(code).copied();
                if found.is_none_or(|p| usize::from(p.0) == row) {
                    let known: Vec<_> = all.codes().map(str::to_owned).collect();
                    loader.unknown_name(&table, row, column, "other place", known.iter().map(String::as_str));
                } else if column == "parent" {
                    all.places[row].parent = found;
                } else {
                    all.places[row].electricity_from = found;
                }
            }
        }
        for row in 0..table.len() {
            if all.lineage(PlaceId(row as u16)).count() > 6 {
                let fault = Fault::Law {
                    subject: all.places[row].code.clone(),
                    rule: "parents end at WORLD and do not form a ring",
                    seen: "a ring".to_owned(),
                };
                loader.fault(&table, row, Some("parent"), fault);
                all.places[row].parent = None;
            }
        }
        all
    }

    /// The number of a code.
    ///
    /// # Errors
    /// The code is unknown; the error names the nearest one.
    pub fn id(&self, code: &str) -> Result<PlaceId, UnknownPlace> {
        self.index.get(code).copied().ok_or_else(|| UnknownPlace { seen: code.to_owned(), nearest: self.meant(code) })
    }

    /// The code that is meant by another one: a usual abbreviation, three letters of ISO 3166, a name or its beginning, else the
    /// nearest in spelling.
    fn meant(&self, seen: &str) -> Option<String> {
        let is = |text: &str| !text.is_empty() && text.eq_ignore_ascii_case(seen);
        let usual = USUAL.iter().find(|u| is(u.0)).map(|u| u.1.to_owned());
        let begins = |name: &str| seen.len() >= LEAST_OF_A_NAME && name.get(..seen.len()).is_some_and(&is);
        let by = |has: &dyn Fn(&Place) -> bool| {
            let mut found = self.places.iter().filter(|p| has(p)).map(|p| p.code.clone());
            found.next().filter(|_| found.next().is_none())
        };
        usual
            .filter(|code| self.index.contains_key(code))
            .or_else(|| by(&|p| is(&p.code) || is(&p.iso3) || is(&p.name)))
            .or_else(|| by(&|p| begins(&p.name)))
            .or_else(|| nearest(seen, self.codes()))
    }
    /// The code, e.g. `CN-YN`.
    pub fn code(&self, place: PlaceId) -> &str {
        &self.places[usize::from(place.0)].code
    }
    /// The name, e.g. `Yunnan`.
    pub fn name(&self, place: PlaceId) -> &str {
        &self.places[usize::from(place.0)].name
    }
    /// What kind of place it is.
    pub fn kind(&self, place: PlaceId) -> PlaceKind {
        self.places[usize::from(place.0)].kind
    }
    /// The row of the place.
    pub fn row(&self, place: PlaceId) -> RowId {
        self.places[usize::from(place.0)].row
    }
    /// The place whose electricity mix stands in, if the place has none of its own.
    pub fn electricity_from(&self, place: PlaceId) -> Option<PlaceId> {
        self.places[usize::from(place.0)].electricity_from
    }
    /// The place and the places it lies in, nearest first.
    pub fn lineage(&self, place: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        let mut next = Some(place);
        let mut steps = 0;
        std::iter::from_fn(move || {
            let here = next?;
            steps += 1;
            next = if steps > 6 { None } else { self.places[usize::from(here.0)].parent };
            Some(here)
        })
    }
    /// The country a province lies in; the place itself otherwise.
    pub fn country(&self, place: PlaceId) -> PlaceId {
        match self.places[usize::from(place.0)] {
            Place { kind: PlaceKind::Province, parent: Some(parent), .. } => parent,
            _ => place,
        }
    }
    /// All codes in table order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|p| p.code.as_str())
    }
    /// How many places there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Resolves a cell that holds a place code; an unknown one is a violation.
    pub fn resolve(&self, loader: &mut Loader<'_>, table: &crate::table::Table, row: usize, column: &str) -> Option<PlaceId> {
        let code = table.text(row, column);
        let found = self.index.get(code).copied();
        if found.is_none() {
            loader.unknown_name(table, row, column, "place", self.codes());
        }
        found
    }
}
