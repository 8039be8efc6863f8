//! Published series: one figure a period, with what it counts, how it is rounded and where it stands.
//!
//! A figure that is not published is added up from the parts of its period, or taken as the difference of a longer period
//! and its other parts; the answer says which. Figures in different units (piles and guns) are never added.

use std::collections::BTreeMap;

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::places::Places;
use minewheel_data::row::RowId;
use minewheel_data::source::Sources;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::{Fault, Position, Table, Violation, nearest};
use minewheel_data::units;

use super::period::Period;
use super::report::SHARE;

/// Files of our own series.
const FILES: [&str; 2] = ["market/series.csv", "market/electric-cars.csv"];
const DEFINITIONS: &str = "market/definitions.csv";

/// Whether a figure belongs to a period or to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Over the period.
    Flow,
    /// At its end.
    Stock,
    /// A ratio; never added up.
    Ratio,
}

/// What an indicator counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub indicator: String,
    /// In words.
    pub title: String,
    /// Flow, stock or ratio.
    pub kind: Kind,
    /// What makes a thing count.
    pub event: String,
    /// Which things.
    pub covers: String,
    /// Whether exports are inside: included, excluded, only, or empty.
    pub exports: String,
    /// What must be known.
    pub note: String,
}

/// Which series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Place code.
    pub place: String,
    /// Indicator.
    pub indicator: String,
    /// Company, drive or kind of point; empty: all.
    pub holder: String,
}

impl Key {
    /// A series of a place.
    pub fn new(place: &str, indicator: &str, holder: &str) -> Self {
        Self { place: place.to_owned(), indicator: indicator.to_owned(), holder: holder.to_owned() }
    }
}

/// One published figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Its period.
    pub period: Period,
    /// The figure.
    pub value: f64,
    /// Its unit, or what is counted.
    pub unit: String,
    /// Size of the last printed digit; nought: not known.
    pub resolution: f64,
    /// How it is known; the user's own figures count as read.
    pub status: Status,
    /// The row; `None`: the user's.
    pub row: Option<RowId>,
    /// Key of its source, or the user's file.
    pub source: String,
    /// What must be known of it.
    pub note: String,
}

/// How a figure was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// As published.
    Published,
    /// Added up from parts of the period.
    AddedUp,
    /// A longer period less its other parts.
    Difference,
}

/// A figure for a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// How it was had.
    pub way: Way,
    /// Half the last printed digits of all figures it rests on.
    pub rounding: f64,
    /// The weakest status it rests on.
    pub status: Status,
    /// Keys of the sources.
    pub sources: Vec<String>,
}

/// All series with their definitions.
#[derive(Debug, Clone)]
pub struct Market {
    /// Definitions in order of the table.
    pub definitions: Vec<Definition>,
    /// Places.
    pub places: Places,
    /// Sources.
    pub sources: Sources,
    /// Rows.
    pub rows: Rows,
    series: BTreeMap<Key, Vec<Observation>>,
}

impl Market {
    /// Reads the series of a store, and the user's own table laid over them if one is given.
    ///
    /// # Errors
    /// Every violation of every table.
    pub fn read(store: &Store, check_all: bool, own: Option<(&str, &str, &str)>) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let places = Places::read(&mut loader);
        let definitions = read_definitions(&mut loader);
        let mut series: BTreeMap<Key, Vec<(Observation, Position)>> = BTreeMap::new();
        let mut tables: Vec<_> = FILES.iter().filter_map(|name| loader.table(name)).map(|t| (t, None)).collect();
        let mut faults = Vec::new();
        if let Some((file, text, place)) = own {
            match Table::parse(file, text, 0) {
                Ok(table) => {
                    for column in ["indicator", "period", "value", "unit"] {
                        if table.column(column).is_none() {
                            let at = Position { file: file.into(), line: 1, column: 0 };
                            faults.push(Violation { at, fault: Fault::MissingColumn { column: column.to_owned() } });
                        }
                    }
                    tables.push((table.into(), Some(place)));
                }
                Err(violation) => faults.push(violation),
            }
        }
        for (table, own_place) in &tables {
            for row in 0..table.len() {
                match observation(table, row, &definitions, &places, *own_place, &loader) {
                    Ok((key, found)) => series.entry(key).or_default().push((found, table.violation(row, None, Fault::NoSchema).at)),
                    Err(violation) => faults.push(*violation),
                }
            }
        }
        faults.extend(series.values_mut().flat_map(|s| check(s)));
        let (sources, rows) = match loader.finish_folder("market/") {
            Ok(both) if faults.is_empty() => both,
            found => {
                faults.extend(found.err().unwrap_or_default());
                faults.sort_by(|a, b| a.at.cmp(&b.at));
                return Err(faults);
            }
        };
        let mut series: BTreeMap<Key, Vec<Observation>> =
            series.into_iter().map(|(key, all)| (key, all.into_iter().map(|o| o.0).collect())).collect();
        for observation in series.values_mut().flatten() {
            if let Some(row) = observation.row {
                observation.status = rows.status(row);
            }
        }
        Ok(Self { definitions, places, sources, rows, series })
    }

    /// The definition of an indicator.
    pub fn definition(&self, indicator: &str) -> Option<&Definition> {
        self.definitions.iter().find(|d| d.indicator == indicator)
    }

    /// Every series, in order of place, indicator and holder.
    pub fn series(&self) -> impl Iterator<Item = (&Key, &[Observation])> {
        self.series.iter().map(|(key, all)| (key, all.as_slice()))
    }

    /// The published figures of a series, oldest first.
    pub fn observations(&self, key: &Key) -> &[Observation] {
        self.series.get(key).map_or(&[], Vec::as_slice)
    }

    /// The figure of a series for a period; `None` where neither rows nor their sums and differences give it.
    pub fn figure(&self, key: &Key, period: Period) -> Option<Figure> {
        let all = self.observations(key);
        let kind = self.definition(&key.indicator)?.kind;
        let published = match kind {
            Kind::Stock => all.iter().find(|o| o.period.end() == period.end()),
            _ => all.iter().find(|o| o.period == period),
        };
        if let Some(found) = published {
            return combine(&[(found, 1.0)], Way::Published);
        }
        if kind == Kind::Stock {
            return self.carried_on(key, all, period);
        }
        if kind == Kind::Ratio {
            return None;
        }
        if let Some(parts) = cover(all, period) {
            return combine(&parts.iter().map(|o| (*o, 1.0)).collect::<Vec<_>>(), Way::AddedUp);
        }
        let mut longer: Vec<&Observation> = all.iter().filter(|o| o.period.holds(period)).collect();
        longer.sort_by_key(|o| o.period.months());
        longer.into_iter().find_map(|whole| {
            let before = whole.period.first()..period.first();
            let after = period.end() + 1..whole.period.end() + 1;
            let mut terms = vec![(whole, 1.0)];
            for rest in [before, after].into_iter().filter(|r| !r.is_empty()) {
                terms.extend(cover(all, Period::run(rest.start, rest.end - rest.start))?.into_iter().map(|o| (o, -1.0)));
            }
            combine(&terms, Way::Difference)
        })
    }

    /// A stock from the last one before it and what was added since, where the additions have a series of their own.
    fn carried_on(&self, key: &Key, all: &[Observation], period: Period) -> Option<Figure> {
        let added = self.observations(&Key { indicator: format!("{}-added", key.indicator), ..key.clone() });
        let mut earlier: Vec<&Observation> = all.iter().filter(|o| o.period.end() < period.end()).collect();
        earlier.sort_by_key(|o| -o.period.end());
        earlier.into_iter().find_map(|start| {
            let months = period.end() - start.period.end();
            let since = Period::run(start.period.end() + 1, months);
            let terms = cover(added, since)?;
            combine(&std::iter::once(start).chain(terms).map(|o| (o, 1.0)).collect::<Vec<_>>(), Way::AddedUp)
        })
    }

    /// Growth of a series over the same months a year before, as a share of one.
    pub fn growth(&self, key: &Key, period: Period) -> Option<f64> {
        let (now, before) = (self.figure(key, period)?, self.figure(key, period.year_before())?);
        (now.unit == before.unit && before.value != 0.0).then(|| now.value / before.value - 1.0)
    }
}

/// Signed figures as one; `None` if their units differ.
fn combine(terms: &[(&Observation, f64)], way: Way) -> Option<Figure> {
    let unit = &terms.first()?.0.unit;
    if terms.iter().any(|t| &t.0.unit != unit) {
        return None;
    }
    let mut sources: Vec<String> = terms.iter().map(|t| t.0.source.clone()).collect();
    sources.sort();
    sources.dedup();
    let weakest = terms.iter().map(|t| t.0.status).max()?;
    Some(Figure {
        value: terms.iter().map(|t| t.0.value * t.1).sum(),
        unit: unit.clone(),
        way,
        rounding: terms.iter().map(|t| t.0.resolution / 2.0).sum(),
        status: if way == Way::Published { weakest } else { weakest.max(Status::Derived) },
        sources,
    })
}

/// Observations that fill a period exactly without being it: the longest first, going back where one leads nowhere.
fn cover(all: &[Observation], period: Period) -> Option<Vec<&Observation>> {
    let mut starting: Vec<&Observation> = all.iter().filter(|o| o.period.first() == period.first() && period.holds(o.period)).collect();
    starting.sort_by_key(|o| -o.period.months());
    starting.into_iter().find_map(|o| {
        let left = period.months() - o.period.months();
        if left == 0 {
            return Some(vec![o]);
        }
        let mut rest = cover(all, Period::run(o.period.end() + 1, left))?;
        rest.insert(0, o);
        Some(rest)
    })
}

fn read_definitions(loader: &mut Loader<'_>) -> Vec<Definition> {
    let Some(table) = loader.table(DEFINITIONS) else { return Vec::new() };
    let text = |row: usize, column: &str| table.text(row, column).to_owned();
    (0..table.len())
        .map(|row| Definition {
            indicator: text(row, "indicator"),
            title: text(row, "title"),
            kind: match table.text(row, "kind") {
                "flow" => Kind::Flow,
                "stock" => Kind::Stock,
                _ => Kind::Ratio,
            },
            event: text(row, "event"),
            covers: text(row, "covers"),
            exports: text(row, "exports"),
            note: text(row, "note"),
        })
        .collect()
}

/// One row as an observation.
fn observation(
    table: &Table,
    row: usize,
    definitions: &[Definition],
    places: &Places,
    own_place: Option<&str>,
    loader: &Loader<'_>,
) -> Result<(Key, Observation), Box<Violation>> {
    let fail = |column: &str, fault: Fault| Box::new(table.violation(row, table.column(column), fault));
    let unknown = |column: &str, kind: &'static str, near: Option<String>| {
        fail(column, Fault::Unknown { column: column.to_owned(), kind, seen: table.text(row, column).to_owned(), nearest: near })
    };
    let written = table.text(row, "place");
    let place = if written.is_empty() { own_place.unwrap_or(written) } else { written };
    places.id(place).map_err(|e| unknown("place", "place", e.nearest))?;
    let indicator = table.text(row, "indicator");
    let Some(definition) = definitions.iter().find(|d| d.indicator == indicator) else {
        if indicator == SHARE {
            let rule = "this share is computed: give rows of `nev-wholesale` and `vehicle-wholesale`";
            return Err(fail("indicator", Fault::Law { subject: indicator.to_owned(), rule, seen: "a row of its own".to_owned() }));
        }
        return Err(unknown("indicator", "indicator", nearest(indicator, definitions.iter().map(|d| d.indicator.as_str()))));
    };
    let law = |column: &str, rule: &'static str| {
        fail(column, Fault::Law { subject: format!("{indicator} of {place}"), rule, seen: table.text(row, column).to_owned() })
    };
    let period: Period =
        table.text(row, "period").parse().map_err(|_| law("period", "a period is 2023, 2023-H1, 2023-Q2, 2023-06 or 2023-01..2023-07"))?;
    let number = |column: &str| {
        let seen = table.text(row, column);
        seen.parse::<f64>()
            .ok()
            .filter(|v| v.is_finite())
            .ok_or_else(|| fail(column, Fault::NotANumber { column: column.to_owned(), seen: seen.to_owned() }))
    };
    let value = number("value")?;
    let unit = table.text(row, "unit").to_owned();
    units::Unit::parse(&unit).map_err(|e| fail("unit", e.into()))?;
    if value < 0.0 && definition.kind != Kind::Ratio {
        return Err(law("value", "a count is not below nought"));
    }
    if definition.kind == Kind::Ratio && indicator.ends_with("-share") {
        let share = units::convert(value, &unit, "1").map_err(|e| fail("unit", e.into()))?;
        if !(0.0..=1.0).contains(&share) {
            return Err(law("value", "a share lies between nought and one"));
        }
    }
    let resolution = if table.text(row, "resolution").is_empty() { 0.0 } else { number("resolution")? };
    let is_own = own_place.is_some();
    let found = Observation {
        period,
        value,
        unit,
        resolution,
        status: Status::Read,
        row: (!is_own).then(|| loader.row(table, row)),
        source: if is_own { table.name().to_string() } else { table.text(row, "source").to_owned() },
        note: table.text(row, "note").to_owned(),
    };
    Ok((Key::new(place, indicator, table.text(row, "holder")), found))
}

/// Orders a series and finds what cannot be: a period twice, periods that overlap in part, a unit that changes without a note.
fn check(series: &mut [(Observation, Position)]) -> Vec<Violation> {
    series.sort_by_key(|(o, at)| (o.period, at.file.clone(), at.line));
    let mut faults = Vec::new();
    for (index, (later, at)) in series.iter().enumerate() {
        let mut say = |fault| faults.push(Violation { at: at.clone(), fault });
        let Some((before, before_at)) = index.checked_sub(1).map(|i| &series[i]) else { continue };
        if before.period == later.period {
            say(Fault::Duplicate { key: format!("the period {}", later.period), first_line: before_at.line });
        }
        if before.unit != later.unit && later.note.is_empty() {
            let subject = format!("the series at {}", later.period);
            say(Fault::Law {
                subject,
                rule: "a series that changes its unit says so in a note",
                seen: format!("{} after {}", later.unit, before.unit),
            });
        }
        if let Some((other, _)) = series[..index].iter().find(|(o, _)| o.period.straddles(later.period)) {
            let subject = format!("the period {}", later.period);
            say(Fault::Law { subject, rule: "periods of a series are apart or one holds the other", seen: other.period.to_string() });
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Result<Market, Vec<Violation>> {
        Market::read(&Store::embedded(), true, Some(("mine.csv", text, "CN-SH")))
    }

    fn first(text: &str) -> String {
        own(text).unwrap_err().first().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn our_tables_keep_to_their_schemas() {
        assert!(Market::read(&Store::embedded(), true, None).is_ok());
    }

    #[test]
    fn a_half_year_is_the_year_less_the_other_half() {
        let market = own("indicator,period,value,unit\nnev-production,2023,100,vehicle\nnev-production,2023-H1,40,vehicle\n").unwrap();
        let key = Key::new("CN-SH", "nev-production", "");
        let half = market.figure(&key, "2023-H2".parse().unwrap()).unwrap();
        assert_eq!((half.value, half.way), (60.0, Way::Difference));
        assert_eq!(market.figure(&key, "2023-Q1".parse().unwrap()), None);
    }

    #[test]
    fn months_add_up_to_a_quarter_and_units_never_mix() {
        let text = "indicator,period,value,unit,note\ncharging-points-added,2024-11,1,pile,\ncharging-points-added,2024-12,2,pile,\ncharging-points-added,2025-01,3,gun,guns from here\n";
        let market = own(text).unwrap();
        let key = Key::new("CN-SH", "charging-points-added", "");
        assert_eq!(market.figure(&key, "2024-11..2024-12".parse().unwrap()).unwrap().value, 3.0);
        assert_eq!(market.figure(&key, "2024-11..2025-01".parse().unwrap()), None);
    }

    #[test]
    fn faults_of_a_users_table_are_named() {
        let head = "indicator,period,value,unit\n";
        assert!(first(&format!("{head}electric-car-share,2024,120,percent\n")).contains("a share lies between nought and one"));
        assert!(first(&format!("{head}nev-production,2023-01..2023-03,1,vehicle\nnev-production,2023-03..2023-05,1,vehicle\n")).contains("apart"));
        assert!(first(&format!("{head}nev-production,2023-01,1,vehicle\nnev-production,2023-01,2,vehicle\n")).contains("line 2"));
        assert!(first(&format!("{head}charging-points,2024,1,pile\ncharging-points,2025,1,gun\n")).contains("says so in a note"));
        assert!(first(&format!("{head}nev-prodution,2023,1,vehicle\n")).contains("did you mean `nev-production`"));
        assert!(first(&format!("{head}nev-production,2023-13,1,vehicle\n")).contains("a period is"));
        assert!(first("indicator,period,value\nnev-production,2023,1\n").contains("`unit` is missing"));
    }

    #[test]
    fn the_first_half_of_2023_is_recomputed_from_rows() {
        let market = Market::read(&Store::embedded(), false, None).unwrap();
        let half: Period = "2023-H1".parse().unwrap();
        // Published: +42.4 %, +44.1 %, +160 % ("1.6 times more"), 28.3 % share.
        for (indicator, value, growth, tolerance) in
            [("nev-production", 3_788_000.0, 0.424, 5e-4), ("nev-wholesale", 3_747_000.0, 0.441, 5e-4), ("nev-exports", 534_000.0, 1.6, 0.05)]
        {
            let key = Key::new("CN", indicator, "");
            assert_eq!(market.figure(&key, half).unwrap().value, value);
            assert!((market.growth(&key, half).unwrap() - growth).abs() < tolerance, "{indicator}: {:?}", market.growth(&key, half));
        }
        assert!((super::super::report::share(&market, "CN", half).unwrap().value - 0.283).abs() < 5e-4);
        // Charging points: 5.208 million at the end of 2022 and 1.442 million more.
        let points = market.figure(&Key::new("CN", "charging-points", ""), half).unwrap();
        assert_eq!((points.value, points.way), (6_650_000.0, Way::AddedUp));
    }
}
