//! A study of a fleet: which cars enter where and when, how long they live, what becomes of their packs.
//!
//! ```toml
//! [study]
//! title = "New-energy vehicles in China"
//! place = "CN"
//! from = 2018
//! to = 2050
//! footprint_years = [2020, 2025, 2030, 2040, 2050]   # cars are assessed on the grid of these years, and between them linearly
//! beyond = "refuse"                                  # or "hold": the last footprint year holds for later ones
//!
//! [[product]]
//! name = "bev"
//! car = "byd-dolphin-60"          # a car of the catalogue
//! survival = "china-nev-2023"     # a curve of the tables, or { form = "weibull", shape = 3, scale = 15 }
//! inflow = [[2018, 980000], [2025, 10600000], [2050, 15000000]]   # years between are linear; or `stock`
//!
//! [[product.mix]]                 # in place of `car`: several, by share of the cars that enter
//! car = "byd-seagull-305"
//! chemistry = "lfp"               # the same car with other cells; may be left out
//! share = [[2018, 0.2], [2050, 0.5]]
//! ```
//!
//! In place of `inflow` or `stock` a product may take new cars of a fleet that people own or that is given in all: `[drivers]` and `new_cars`,
//! said in [`super::drivers`].

use std::collections::BTreeMap;

use minewheel_data::parameters::ParameterError;
use minewheel_data::row::Draw;
use serde::Deserialize;

use super::adoption::SharePath;
use super::drivers::{Driving, NewCars};
use super::ranges::{NoRange, Ranges, WANTED};
use super::survival::{Curve, Survival, SurvivalError};
use super::tables::FleetTables;

/// Ages that a curve by formula is written out to.
const AGES: usize = 120;
/// How far shares of a mix may be from one in all, by rounding of the file.
const WHOLE: f64 = 1e-6;
/// Most energy of a vehicle's pack in kWh: ten times that of a bus; more is another unit.
const MOST_KWH: f64 = 5000.0;
/// Most vehicles of a product: more than one for everybody on Earth is another unit.
const MOST_CARS: f64 = 1e10;
/// Longest study in years.
const LONGEST: i32 = 300;

/// Why a study cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StudyError {
    /// Not TOML, or not a study.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// A value that no study has.
    #[error("{file}: `{key}` is {seen}, wanted {wanted}")]
    Value {
        /// The file.
        file: String,
        /// The key.
        key: String,
        /// The value seen.
        seen: String,
        /// What would do.
        wanted: String,
    },
    /// Points that do not reach over the study.
    #[error(
        "{file}: `{key}` of `{product}` runs from {first} to {last}; the study runs from {from} to {to}, and nothing is carried on beyond the points"
    )]
    Reach {
        /// The file.
        file: String,
        /// The product.
        product: String,
        /// The key.
        key: &'static str,
        /// First year with a point.
        first: i32,
        /// Last year with a point.
        last: i32,
        /// First year of the study.
        from: i32,
        /// Last year of the study.
        to: i32,
    },
    /// A curve that is not in the tables.
    #[error("{file}: {error}")]
    Curve {
        /// The file.
        file: String,
        /// What is missing.
        error: ParameterError,
    },
    /// A curve that is none.
    #[error("{file}: {error}")]
    Survival {
        /// The file.
        file: String,
        /// What is wrong.
        error: SurvivalError,
    },
}

/// What to do with years after the last footprint year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beyond {
    /// Refuse the study.
    #[default]
    Refuse,
    /// Hold the last footprint year.
    Hold,
}

/// A curve by name, by formula or by its shares.
#[derive(Debug, Clone, PartialEq)]
pub enum CurveChoice {
    /// A curve of the tables.
    Named(String),
    /// A formula.
    Given(Curve),
    /// Share alive at the end of the year of each age, from age nought; beyond the last nobody is alive.
    Shares(Vec<f64>),
}

impl Default for CurveChoice {
    /// None: the study names none, and another stands in for it.
    fn default() -> Self {
        Self::Named(String::new())
    }
}

impl<'de> Deserialize<'de> for CurveChoice {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        match toml::Value::deserialize(from)? {
            toml::Value::String(name) => Ok(Self::Named(name)),
            shares @ toml::Value::Array(_) => Vec::deserialize(shares).map(Self::Shares).map_err(D::Error::custom),
            formula @ toml::Value::Table(_) => Curve::deserialize(formula).map(Self::Given).map_err(D::Error::custom),
            other => Err(D::Error::custom(format!(
                "a curve is a name of `data/fleet/survival.csv`, {{ form = …, … }} or a list of shares by age, not {}",
                other.type_str()
            ))),
        }
    }
}

/// The head of a study.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What it is about.
    pub title: String,
    /// Where the cars drive.
    pub place: String,
    /// First year.
    pub from: i32,
    /// Last year.
    pub to: i32,
    /// Years whose grid and supply cars are assessed on; empty: no footprint.
    #[serde(default)]
    pub footprint_years: Vec<i32>,
    /// Years after the last of them.
    #[serde(default)]
    pub beyond: Beyond,
    /// Whether a stock that needs a negative inflow is refused.
    #[serde(default)]
    pub strict_inflow: bool,
    /// Profile of charging through the day.
    #[serde(default)]
    pub charging: Option<String>,
}

/// Packs of a product.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackChoice {
    /// Survival of packs in cars that live on; left out: around the end of first life that the ageing model gives.
    pub survival: Option<CurveChoice>,
    /// Energy in kWh by year of fitting; left out: the car's.
    pub kwh: Option<Vec<(i32, f64)>>,
    /// Share of given-up cars that leave as used exports; left out: none.
    pub exported: Option<f64>,
    /// Share collected formally.
    pub collected: Option<f64>,
    /// Share of it that serves again.
    pub second_life: Option<f64>,
    /// Share of cells that a plant scraps.
    pub scrap: Option<f64>,
    /// How packs are recycled: hydro, direct or pyro.
    pub recycling: Option<String>,
}

/// One car of a mix.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// A car of the catalogue.
    pub car: String,
    /// Other cells in that car.
    pub chemistry: Option<String>,
    /// Its share of the cars that enter, by year; linear between.
    pub share: Vec<(i32, f64)>,
}

impl Variant {
    /// Its name within a product.
    pub fn name(&self) -> String {
        self.chemistry.as_ref().map_or_else(|| self.car.clone(), |chemistry| format!("{} ({chemistry})", self.car))
    }
}

/// One kind of car.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// A car of the catalogue; left out where there is a mix.
    #[serde(default)]
    pub car: String,
    /// Other cells in that car.
    pub chemistry: Option<String>,
    /// Several cars, by share of those that enter: sizes and chemistries through the years.
    #[serde(default)]
    pub mix: Vec<Variant>,
    /// How long cars live; left out: as all cars that people own.
    #[serde(default)]
    pub survival: CurveChoice,
    /// Which of the new cars that `[drivers]` gives enter, in place of `inflow`.
    pub new_cars: Option<NewCars>,
    /// What part of these, by year; left out: all of them.
    pub part: Option<Vec<(i32, f64)>>,
    /// Cars that enter, by year; linear between.
    pub inflow: Option<Vec<(i32, f64)>>,
    /// Cars wanted at the end of each year; linear between.
    pub stock: Option<Vec<(i32, f64)>>,
    /// Cars at the end of the year before the first, by age.
    #[serde(default)]
    pub start: Vec<(usize, f64)>,
    /// Used cars in, negative: out, as year, age, number.
    #[serde(default)]
    pub trade: Vec<(i32, usize, f64)>,
    /// Kilometres a car drives in a year; left out: the table's.
    pub km_per_year: Option<f64>,
    /// Whether a plug-in hybrid meets the conditions of energy and fuel that its credit asks for; left out: it has no credits here.
    pub meets_conditions: Option<bool>,
    /// Its packs.
    #[serde(default)]
    pub pack: PackChoice,
}

/// A study as written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Its head.
    pub study: Head,
    /// What drives products that name no number of cars.
    pub drivers: Option<Driving>,
    /// Its cars.
    #[serde(rename = "product")]
    pub products: Vec<Product>,
    /// The share of electric cars, where the drivers ask for its forecast.
    #[serde(skip)]
    pub forecast: Option<SharePath>,
    /// Name of the file.
    #[serde(skip)]
    pub file: String,
    /// Its numbers that have a range.
    #[serde(skip)]
    pub ranges: Ranges,
}

impl Study {
    /// Reads a study.
    ///
    /// # Errors
    /// Not a study, years that do not follow, shares outside nought to one, points that do not reach over the years.
    pub fn read(file: &str, text: &str) -> Result<Self, StudyError> {
        let unreadable = |e: toml::de::Error| StudyError::Unreadable { file: file.to_owned(), reason: e.to_string().trim_end().to_owned() };
        let ranges = Self::ranges_of(file, toml::from_str(text).map_err(unreadable)?)?;
        // Without a range the text itself is read, whose faults have a line.
        let study: Self = if ranges.is_empty() { toml::from_str(text) } else { ranges.best().try_into() }.map_err(unreadable)?;
        study.complete(file, ranges)
    }

    /// As [`Self::read`], of a file that is a table already.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn of_table(file: &str, table: toml::Table) -> Result<Self, StudyError> {
        let unreadable = |e: toml::de::Error| StudyError::Unreadable { file: file.to_owned(), reason: e.to_string().trim_end().to_owned() };
        let ranges = Self::ranges_of(file, table)?;
        let study: Self = ranges.best().try_into().map_err(unreadable)?;
        study.complete(file, ranges)
    }

    fn ranges_of(file: &str, table: toml::Table) -> Result<Ranges, StudyError> {
        Ranges::split(table).map_err(|NoRange { key, seen }| StudyError::Value { file: file.to_owned(), key, seen, wanted: WANTED.to_owned() })
    }

    fn complete(mut self, file: &str, ranges: Ranges) -> Result<Self, StudyError> {
        file.clone_into(&mut self.file);
        self.fill_survival();
        self.check()?;
        self.ranges = ranges;
        for end in [0.0, 1.0] {
            self.drawn(&vec![end; self.ranges.len()])?;
        }
        Ok(self)
    }

    /// The study with every number that has a range at a share of its draws, in the order of its ranges; without a range, as it is.
    ///
    /// # Errors
    /// A number there that no study may have.
    pub fn drawn(&self, shares: &[f64]) -> Result<Self, StudyError> {
        if self.ranges.is_empty() {
            return Ok(self.clone());
        }
        let read: Result<Self, toml::de::Error> = self.ranges.at(shares).try_into();
        let read = read.map_err(|e| StudyError::Unreadable { file: self.file.clone(), reason: e.to_string().trim_end().to_owned() })?;
        let mut drawn = Self { file: self.file.clone(), forecast: self.forecast.clone(), ..read };
        drawn.fill_survival();
        drawn.check()?;
        Ok(drawn)
    }

    /// Products of a fleet that people own live as that fleet does.
    fn fill_survival(&mut self) {
        let Some(ownership) = self.drivers.as_ref().and_then(|d| d.ownership.as_ref()) else { return };
        for product in self.products.iter_mut().filter(|p| p.new_cars.is_some() && p.survival == CurveChoice::default()) {
            product.survival = ownership.survival.clone();
        }
    }

    /// How many years it has.
    pub fn years(&self) -> usize {
        (self.study.to - self.study.from + 1) as usize
    }

    pub(super) fn value(&self, key: impl Into<String>, seen: &dyn std::fmt::Display, wanted: impl Into<String>) -> StudyError {
        StudyError::Value { file: self.file.clone(), key: key.into(), seen: seen.to_string(), wanted: wanted.into() }
    }

    fn check(&self) -> Result<(), StudyError> {
        let head = &self.study;
        if head.to < head.from || head.to - head.from >= LONGEST {
            return Err(self.value("study.to", &head.to, format!("{} to {}", head.from, head.from + LONGEST - 1)));
        }
        if !head.footprint_years.is_sorted_by(|a, b| a < b) {
            return Err(self.value("study.footprint_years", &format!("{:?}", head.footprint_years), "years in rising order"));
        }
        if let Some(&last) = head.footprint_years.last()
            && last < head.to
            && head.beyond == Beyond::Refuse
        {
            let wanted = format!("{last} or earlier, the last of `footprint_years`; or `beyond = \"hold\"`, which holds that year for later ones");
            return Err(self.value("study.to", &head.to, wanted));
        }
        if self.products.is_empty() {
            return Err(self.value("product", &"absent", "at least one [[product]]"));
        }
        self.check_drivers()?;
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for product in &self.products {
            *names.entry(&product.name).or_default() += 1;
            self.check_product(product)?;
        }
        match names.iter().find(|n| *n.1 > 1) {
            Some((name, _)) => Err(self.value("product.name", name, "a name of its own for each product")),
            None => Ok(()),
        }
    }

    fn check_product(&self, product: &Product) -> Result<(), StudyError> {
        let key = |k: &str| format!("{}.{k}", product.name);
        if let (Some(_), true) = (product.new_cars, product.inflow.is_some() || product.stock.is_some()) {
            return Err(self.value(key("new_cars"), &"beside `inflow` or `stock`", "one of `inflow`, `stock` and `new_cars`"));
        }
        if product.new_cars.is_none() && product.inflow.is_some() == product.stock.is_some() {
            let seen = if product.inflow.is_some() { "beside `stock`" } else { "absent, as `stock` is" };
            return Err(self.value(key("inflow"), &seen, "either `inflow` or `stock`"));
        }
        if product.survival == CurveChoice::default() {
            return Err(self.value(key("survival"), &"absent", "a curve of `data/fleet/survival.csv`, a formula or shares by age"));
        }
        self.check_mix(product)?;
        let pack = &product.pack;
        for (name, share) in
            [("pack.exported", pack.exported), ("pack.collected", pack.collected), ("pack.second_life", pack.second_life), ("pack.scrap", pack.scrap)]
        {
            if let Some(share) = share
                && !(0.0..=1.0).contains(&share)
            {
                return Err(self.value(key(name), &share, "a share from 0 to 1"));
            }
        }
        if pack.scrap.is_some_and(|s| s >= 1.0) {
            return Err(self.value(key("pack.scrap"), &1, "a share below 1: a plant that scraps all makes nothing"));
        }
        if let Some(km) = product.km_per_year
            && !(km > 0.0 && km < 500_000.0)
        {
            return Err(self.value(key("km_per_year"), &km, "more than 0 and less than 500000 km"));
        }
        for (name, points) in [("inflow", &product.inflow), ("stock", &product.stock), ("pack.kwh", &pack.kwh)] {
            let Some(points) = points else { continue };
            if points.is_empty() || !points.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(self.value(key(name), &format!("{points:?}"), "points [[year, value], …] in rising order of year"));
            }
            if let Some((year, value)) = points.iter().find(|p| !p.1.is_finite() || p.1 < 0.0) {
                return Err(self.value(key(name), &format!("{value} in {year}"), "0 or more"));
            }
        }
        for (name, points) in [("inflow", &product.inflow), ("stock", &product.stock)] {
            if let Some((year, cars)) = points.iter().flatten().find(|p| p.1 > MOST_CARS) {
                return Err(self.value(key(name), &format!("{cars} in {year}"), format!("at most {MOST_CARS} cars")));
            }
        }
        if let Some((year, kwh)) = pack.kwh.iter().flatten().find(|p| p.1 > MOST_KWH) {
            return Err(self.value(key("pack.kwh"), &format!("{kwh} in {year}"), format!("at most {MOST_KWH} kWh")));
        }
        if let Some((year, ..)) = product.trade.iter().find(|t| !(self.study.from..=self.study.to).contains(&t.0)) {
            return Err(self.value(key("trade"), year, format!("years from {} to {}", self.study.from, self.study.to)));
        }
        if let Some((age, count)) = product.start.iter().find(|s| s.1.is_nan() || s.1 < 0.0) {
            return Err(self.value(key("start"), &format!("{count} of age {age}"), "0 or more"));
        }
        Ok(())
    }

    fn check_drivers(&self) -> Result<(), StudyError> {
        let Some(driving) = &self.drivers else {
            return match self.products.iter().find(|p| p.new_cars.is_some() || p.part.is_some()) {
                Some(p) => Err(self.value(format!("{}.new_cars", p.name), &"without [drivers]", "[drivers], which says how many new cars there are")),
                None => Ok(()),
            };
        };
        if driving.ownership.is_some() == driving.new_cars.is_some() {
            let seen = if driving.ownership.is_some() { "beside `new_cars`" } else { "absent, as `new_cars` is" };
            return Err(self.value("drivers.ownership", &seen, "either [drivers.ownership] or `new_cars`"));
        }
        if driving.adoption.is_some() && driving.electric_share.is_some() {
            return Err(self.value("drivers.electric_share", &"beside [drivers.adoption]", "one of the two"));
        }
        if let Some(ownership) = &driving.ownership {
            if !(ownership.cars > 0.0 && ownership.cars <= 1.0) {
                return Err(self.value("drivers.ownership.cars", &ownership.cars, "more than 0 and at most 1"));
            }
            if !(-0.5..=1.0).contains(&ownership.growth_before) {
                return Err(self.value("drivers.ownership.growth_before", &ownership.growth_before, "a growth a year from -0.5 to 1"));
            }
            if ownership.among.as_ref().is_some_and(Vec::is_empty) {
                return Err(self.value("drivers.ownership.among", &"empty", "saturations per 1,000, or left out"));
            }
        }
        for (name, points) in [("new_cars", &driving.new_cars), ("electric_share", &driving.electric_share)] {
            let most = if name == "electric_share" { 1.0 } else { f64::MAX };
            let Some(points) = points else { continue };
            if points.is_empty() || !points.is_sorted_by(|a, b| a.0 < b.0) || points.iter().any(|p| !(0.0..=most).contains(&p.1)) {
                let wanted = "points [[year, value], …] in rising order of year, 0 or more, shares at most 1";
                return Err(self.value(format!("drivers.{name}"), &format!("{points:?}"), wanted));
            }
        }
        let has_share = driving.adoption.is_some() || driving.electric_share.is_some();
        for product in self.products.iter().filter(|p| p.new_cars.is_some()) {
            let key = |k: &str| format!("{}.{k}", product.name);
            let Some(kind) = product.new_cars else { continue };
            if has_share == (kind == NewCars::All) {
                let wanted = if has_share {
                    "`electric` or `other`, as the drivers have a share"
                } else {
                    "`all`: the drivers have no share of electric cars"
                };
                return Err(self.value(key("new_cars"), &format!("{kind:?}").to_lowercase(), wanted));
            }
            if let Some(ownership) = &driving.ownership {
                if product.survival != ownership.survival {
                    return Err(self.value(
                        key("survival"),
                        &"another than that of [drivers.ownership]",
                        "the same, or none: the products together are that fleet",
                    ));
                }
                if product.new_cars != Some(NewCars::Electric) && !product.start.is_empty() {
                    return Err(self.value(key("start"), &"given", "none: it is what electric cars leave of the fleet"));
                }
            }
            if let Some(points) = &product.part
                && (points.is_empty() || !points.is_sorted_by(|a, b| a.0 < b.0) || points.iter().any(|p| !(0.0..=1.0).contains(&p.1)))
            {
                return Err(self.value(key("part"), &format!("{points:?}"), "points [[year, share], …] in rising order of year, shares from 0 to 1"));
            }
        }
        for kind in [NewCars::Electric, NewCars::Other, NewCars::All] {
            let of: Vec<&Product> = self.products.iter().filter(|p| p.new_cars == Some(kind)).collect();
            let Some(first) = of.first() else { continue };
            for year in self.study.from..=self.study.to {
                let sum: f64 = of.iter().map(|p| p.part.as_ref().map_or(1.0, |points| between(points, year))).sum();
                if (sum - 1.0).abs() > WHOLE {
                    return Err(self.value(
                        format!("{}.part", first.name),
                        &format!("{sum} in all in {year}"),
                        "parts that add up to 1 in every year",
                    ));
                }
            }
        }
        Ok(())
    }

    fn check_mix(&self, product: &Product) -> Result<(), StudyError> {
        let key = |k: &str| format!("{}.{k}", product.name);
        if product.car.is_empty() == product.mix.is_empty() {
            let seen = if product.car.is_empty() { "absent, as `mix` is" } else { "beside `mix`" };
            return Err(self.value(key("car"), &seen, "either `car` or [[product.mix]]"));
        }
        if product.mix.is_empty() {
            return Ok(());
        }
        if let Some(chemistry) = &product.chemistry {
            return Err(self.value(key("chemistry"), chemistry, "the chemistry in each [[product.mix]]"));
        }
        if product.pack.kwh.is_some() {
            return Err(self.value(key("pack.kwh"), &"beside `mix`", "packs of the cars of the mix: one size for all would undo it"));
        }
        let mut names = std::collections::BTreeSet::new();
        for variant in &product.mix {
            if !names.insert(variant.name()) {
                return Err(self.value(key("mix"), &format!("`{}` twice", variant.name()), "each car and chemistry once"));
            }
            if variant.share.is_empty() || !variant.share.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(self.value(key("mix.share"), &format!("{:?}", variant.share), "points [[year, share], …] in rising order of year"));
            }
            if let Some((year, share)) = variant.share.iter().find(|p| !(0.0..=1.0).contains(&p.1)) {
                return Err(self.value(key("mix.share"), &format!("{share} in {year}"), "a share from 0 to 1"));
            }
        }
        for year in self.study.from..=self.study.to {
            let sum: f64 = product.mix.iter().map(|v| between(&v.share, year)).sum();
            if (sum - 1.0).abs() > WHOLE {
                return Err(self.value(key("mix.share"), &format!("{sum} in all in {year}"), "shares that add up to 1 in every year"));
            }
        }
        Ok(())
    }

    /// Values of points for every year of the study, linear between points.
    ///
    /// # Errors
    /// The points do not reach over the study.
    pub fn spread(&self, product: &Product, key: &'static str, points: &[(i32, f64)]) -> Result<Vec<f64>, StudyError> {
        self.reach(&product.name, key, points)
    }

    /// As [`Self::spread`], for what is no product's.
    pub(super) fn reach(&self, product: &str, key: &'static str, points: &[(i32, f64)]) -> Result<Vec<f64>, StudyError> {
        let (from, to) = (self.study.from, self.study.to);
        let (first, last) = (points.first().map_or(to, |p| p.0), points.last().map_or(from, |p| p.0));
        if first > from || last < to {
            return Err(StudyError::Reach { file: self.file.clone(), product: product.to_owned(), key, first, last, from, to });
        }
        Ok((from..=to).map(|year| between(points, year)).collect())
    }

    /// A curve written out by age, in a draw of the tables.
    ///
    /// # Errors
    /// The tables have no such curve, or its parameters make none.
    pub fn curve(&self, tables: &FleetTables, product: &str, choice: &CurveChoice, draw: &Draw<'_>) -> Result<Survival, StudyError> {
        let wrong = |error| StudyError::Survival { file: self.file.clone(), error };
        let curve = match choice {
            CurveChoice::Named(name) => tables.drawn_curve(name, draw).map_err(|error| StudyError::Curve { file: self.file.clone(), error })?,
            CurveChoice::Given(curve) => *curve,
            CurveChoice::Shares(shares) => return Survival::new(product, shares.clone()).map_err(wrong),
        };
        curve.table(product, AGES).map_err(wrong)
    }
}

/// The value of a year between points; the ends hold outside them.
pub fn between(points: &[(i32, f64)], year: i32) -> f64 {
    let after = points.partition_point(|p| p.0 < year);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * f64::from(year - a.0) / f64::from(b.0 - a.0),
        (None, Some(only)) | (Some(only), None) => only.1,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2020\nto = 2030\n[[product]]\nname = \"a\"\ncar = \"byd-dolphin-60\"\nsurvival = \"germany\"\ninflow = [[2020, 10], [2030, 20]]\n";

    fn fault(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        Study::read("s.toml", &GOOD.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn years_between_points_are_linear() {
        let study = Study::read("s.toml", GOOD).unwrap();
        let inflow = study.spread(&study.products[0], "inflow", study.products[0].inflow.as_ref().unwrap()).unwrap();
        assert_eq!((inflow.len(), inflow[0], inflow[5], inflow[10]), (11, 10.0, 15.0, 20.0));
    }

    #[test]
    fn every_fault_of_a_study_names_key_and_value() {
        assert!(fault("to = 2030", "to = 2010").contains("study.to"));
        assert!(fault("title", "titel").contains("titel"));
        assert!(fault("inflow = ", "inflow = [[2020, 1]]\nstock = ").contains("either `inflow` or `stock`"));
        assert!(fault("[2020, 10]", "[2020, 1e12]").contains("at most 10000000000 cars"));
        assert!(fault("[2030, 20]", "[2030, -20]").contains("-20 in 2030"));
        assert!(fault("survival = \"germany\"", "survival = { form = \"weibul\", shape = 2, scale = 3 }").contains("survival"));
        assert!(fault("survival = \"germany\"", "survival = { form = \"weibul\", shape = 2, scale = 3 }").contains("expected one of `weibull`"));
        assert!(fault("survival = \"germany\"", "survival = 12").contains("a list of shares by age, not integer"));
        let rising = Study::read("s.toml", &GOOD.replacen("\"germany\"", "[1, 0.8, 0.9]", 1)).unwrap();
        let tables = FleetTables::read(&minewheel_data::store::Store::embedded(), false).unwrap();
        let curve = |study: &Study| study.curve(&tables, "a", &study.products[0].survival, &Draw::BEST);
        assert!(matches!(curve(&rising), Err(StudyError::Survival { error: SurvivalError::Rises { age: 2, .. }, .. })));
        let falling = Study::read("s.toml", &GOOD.replacen("\"germany\"", "[1, 0.8, 0.3]", 1)).unwrap();
        assert_eq!(curve(&falling).unwrap().at(1), 0.8);
        assert!(
            Study::read("s.toml", &format!("{GOOD}[product.pack]\nkwh = [[2020, 60000], [2030, 60000]]\n")).unwrap_err().to_string().contains("kWh")
        );
        assert!(fault("car = \"byd-dolphin-60\"\n", "").contains("either `car` or [[product.mix]]"));
        let mix = |shares: [&str; 2]| {
            let variant = |car: &str, share: &str| format!("[[product.mix]]\ncar = \"{car}\"\nshare = {share}\n");
            GOOD.replacen("car = \"byd-dolphin-60\"\n", "", 1) + &variant("a", shares[0]) + &variant("b", shares[1])
        };
        let of = |shares| Study::read("s.toml", &mix(shares)).map(|_| ()).map_err(|e| e.to_string());
        assert_eq!(of(["[[2020, 0.4], [2030, 0.6]]", "[[2020, 0.6], [2030, 0.4]]"]), Ok(()));
        assert!(of(["[[2020, 0.4]]", "[[2020, 0.5]]"]).unwrap_err().contains("0.9 in all in 2020"));
        assert!(of(["[[2020, 1.4]]", "[[2020, -0.4]]"]).unwrap_err().contains("1.4 in 2020"));
        let pack = format!("{GOOD}[product.pack]\ncollected = 40\n");
        assert!(Study::read("s.toml", &pack).unwrap_err().to_string().contains("a share from 0 to 1"));
        let years = GOOD.replacen("to = 2030", "to = 2030\nfootprint_years = [2020, 2025]", 1);
        assert!(Study::read("s.toml", &years).unwrap_err().to_string().contains("footprint_years"));
        let short = Study::read("s.toml", &GOOD.replacen("[2030, 20]", "[2029, 20]", 1)).unwrap();
        let points = short.products[0].inflow.clone().unwrap();
        assert!(matches!(short.spread(&short.products[0], "inflow", &points), Err(StudyError::Reach { last: 2029, to: 2030, .. })));
    }
}
