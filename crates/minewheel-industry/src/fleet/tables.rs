//! Tables that only the fleet reads: survival curves, what becomes of packs, charging through the day, pairs of cars by segment.

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::places::Places;
use minewheel_data::row::{Draw, Value};
use minewheel_data::source::Sources;
use minewheel_data::store::Store;
use minewheel_data::table::{Fault, Violation};

use super::survival::Curve;

const SURVIVAL: &str = "fleet/survival.csv";
const PARAMETERS: &str = "fleet/parameters.csv";
const PROFILES: &str = "fleet/profiles.csv";
const POLICY: &str = "fleet/policy.csv";
const SEGMENTS: &str = "fleet/segments.csv";
/// How far the shares of a day may be from one by rounding.
const DAY_TOLERANCE: f64 = 1e-3;
/// Hours of a day.
pub const HOURS: usize = 24;

/// How charging spreads over a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its id.
    pub name: String,
    /// `weekday`, `weekend`, or `any`.
    pub day: String,
    /// Share of the day's energy by hour, adding up to one.
    pub shares: [f64; HOURS],
}

/// A year in which a binding target becomes stricter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStep {
    /// Place code.
    pub place: String,
    /// The year.
    pub year: i32,
    /// The year in which it was law.
    pub known_in: i32,
}

/// A battery car and a fuel car that a buyer of one size of car weighs against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Size of car, with its make where there are two.
    pub name: String,
    /// Battery car of the catalogue.
    pub battery: String,
    /// Fuel car of the catalogue.
    pub fuel: String,
}

/// All of them.
#[derive(Debug, Clone)]
pub struct FleetTables {
    /// Survival curves by name.
    pub survival: Parameters,
    /// What becomes of packs, how cars are used, points, adoption.
    pub parameters: Parameters,
    /// Charging through the day.
    pub profiles: Vec<Profile>,
    /// Steps of policy.
    pub policy: Vec<PolicyStep>,
    /// Pairs of cars, in order of the table.
    pub segments: Vec<Segment>,
    /// Places.
    pub places: Places,
    /// Sources.
    pub sources: Sources,
    /// Rows.
    pub rows: Rows,
}

impl FleetTables {
    /// Reads them.
    ///
    /// # Errors
    /// Every violation of these tables.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let places = Places::read(&mut loader);
        let survival = Parameters::read(&mut loader, SURVIVAL);
        let parameters = Parameters::read(&mut loader, PARAMETERS);
        let profiles = read_profiles(&mut loader);
        let policy = read_policy(&mut loader, &places);
        let segments = read_segments(&mut loader);
        let names: Vec<String> = survival.subjects().map(str::to_owned).collect();
        for name in names {
            if let Err(error) = curve_of(&survival, &name, &Draw::BEST) {
                loader.fault_in(SURVIVAL, Fault::Model { reason: error.to_string() });
            }
        }
        let (sources, rows) = loader.finish_folder("fleet/")?;
        Ok(Self { survival, parameters, profiles, policy, segments, places, sources, rows })
    }

    /// The survival curve of a name.
    ///
    /// # Errors
    /// There is none; the error names the nearest.
    pub fn curve(&self, name: &str) -> Result<Curve, ParameterError> {
        self.drawn_curve(name, &Draw::BEST)
    }

    /// As [`Self::curve`], in a draw.
    ///
    /// # Errors
    /// As [`Self::curve`].
    pub fn drawn_curve(&self, name: &str, draw: &Draw<'_>) -> Result<Curve, ParameterError> {
        curve_of(&self.survival, name, draw)
    }

    /// The rows of a curve.
    pub fn curve_rows(&self, name: &str) -> Vec<Value> {
        let Ok(subject) = self.survival.subject(name) else { return Vec::new() };
        subject.properties().into_iter().filter_map(|p| ["1", "year"].iter().find_map(|u| subject.value(p, u).ok())).collect()
    }

    /// The profiles of a name, in order of the table.
    pub fn profile(&self, name: &str) -> Vec<&Profile> {
        self.profiles.iter().filter(|p| p.name == name).collect()
    }
}

/// A curve by the properties that its subject has.
fn curve_of(survival: &Parameters, name: &str, draw: &Draw<'_>) -> Result<Curve, ParameterError> {
    let subject = survival.subject(name)?;
    let number = |property: &str, unit: &str| subject.value(property, unit).map(|v| draw.of(&v));
    let has = |property: &str| subject.properties().contains(&property);
    if has("early_scale") {
        return Ok(Curve::TwoPart {
            share: number("share", "1")?,
            early_shape: number("early_shape", "1")?,
            early_scale: number("early_scale", "year")?,
            shape: number("shape", "1")?,
            scale: number("scale", "year")?,
        });
    }
    if has("median") {
        return Ok(Curve::LogNormal { median: number("median", "year")?, sigma: number("sigma", "1")? });
    }
    if has("middle") {
        return Ok(Curve::Logistic { middle: number("middle", "year")?, width: number("width", "year")? });
    }
    if has("mean") {
        return Ok(Curve::Normal { mean: number("mean", "year")?, deviation: number("deviation", "year")? });
    }
    if has("life") {
        return Ok(Curve::Power { life: number("life", "year")?, power: number("power", "1")? });
    }
    Ok(Curve::Weibull { shape: number("shape", "1")?, scale: number("scale", "year")? })
}

fn read_profiles(loader: &mut Loader<'_>) -> Vec<Profile> {
    let mut all: Vec<Profile> = Vec::new();
    let Some(table) = loader.table(PROFILES) else { return all };
    for row in 0..table.len() {
        let (name, day) = (table.text(row, "profile"), table.text(row, "day"));
        let (hour, share) = (loader.number_in(&table, row, "hour"), loader.number_in(&table, row, "share"));
        let at = all.iter().position(|p| p.name == name && p.day == day).unwrap_or_else(|| {
            all.push(Profile { name: name.to_owned(), day: day.to_owned(), shares: [0.0; HOURS] });
            all.len() - 1
        });
        if let (Some(hour), Some(share)) = (hour, share)
            && let Some(slot) = all[at].shares.get_mut(hour as usize)
        {
            *slot = share;
        }
    }
    for profile in &mut all {
        let sum: f64 = profile.shares.iter().sum();
        if (sum - 1.0).abs() > DAY_TOLERANCE {
            loader.fault_in(PROFILES, Fault::Shares { whole: format!("`{}` {}", profile.name, profile.day), sum });
        } else {
            profile.shares.iter_mut().for_each(|s| *s /= sum);
        }
    }
    all
}

fn read_policy(loader: &mut Loader<'_>, places: &Places) -> Vec<PolicyStep> {
    let mut all = Vec::new();
    let Some(table) = loader.table(POLICY) else { return all };
    for row in 0..table.len() {
        let place = table.text(row, "place");
        if places.id(place).is_err() {
            loader.unknown_name(&table, row, "place", "place", places.codes());
            continue;
        }
        let (year, known_in) = (loader.number_in(&table, row, "year"), loader.number_in(&table, row, "known_in"));
        if let (Some(year), Some(known_in)) = (year, known_in) {
            all.push(PolicyStep { place: place.to_owned(), year: year as i32, known_in: known_in as i32 });
        }
    }
    all
}

fn read_segments(loader: &mut Loader<'_>) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    let Some(table) = loader.table(SEGMENTS) else { return all };
    for row in 0..table.len() {
        let text = |column: &str| table.text(row, column).to_owned();
        let segment = Segment { name: text("segment"), battery: text("battery"), fuel: text("fuel") };
        if let Some(first) = all.iter().position(|s| s.name == segment.name) {
            let key = format!("`{}`", segment.name);
            loader.fault(&table, row, Some("segment"), Fault::Duplicate { key, first_line: table.line(first) });
            continue;
        }
        all.push(segment);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_tables_keep_to_their_schemas_and_every_curve_is_one() {
        let tables = FleetTables::read(&Store::embedded(), true).unwrap();
        for name in tables.survival.subjects() {
            let table = tables.curve(name).unwrap().table(name, 100).unwrap();
            assert!((8.0..36.0).contains(&table.mean_life()), "{name}: {}", table.mean_life());
        }
        assert!(tables.profile("home-7kw").len() == 2 && tables.policy.len() > 100);
    }

    #[test]
    fn mean_lives_are_those_that_the_study_prints() {
        // Nakamoto 2019 prints mean life beside scale and shape.
        let tables = FleetTables::read(&Store::embedded(), false).unwrap();
        for (name, mean) in [("germany", 13.7), ("united-states", 16.2), ("japan", 13.3), ("spain", 18.0)] {
            let ours = tables.curve(name).unwrap().table(name, 120).unwrap().mean_life();
            assert!((ours - mean).abs() < 0.15, "{name}: {ours} against {mean}");
        }
    }
}
