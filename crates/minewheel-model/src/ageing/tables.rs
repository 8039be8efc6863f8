//! The cell laws and the use of a pack, looked up once and typed, from `data/ageing`.
//!
//! ```text
//! field scalar   κ = a·T / L(T)      pack   q(t) = 1 − κ·((1 − w)·L_duty(t) + w·L_duty(T)·t/T)
//! ```
//!
//! with `a` the mean loss a year that cars in the field show at the age `T`, and `L` what a law of the chemistry's mixture loses in
//! the reference duty of those studies. The laws say what use and temperature change, the field gives the level. Laws are power
//! laws and slow down for ever; cohorts of cars do not: their loss a year is as large at nine years as at three. So the share `w`
//! of the loss goes on at the rate of the first `T` years. Beyond the oldest cars of the field ([`AgeingTables::field_reaches_years`])
//! a life is extrapolated, and no law but that of one cell has a knee: failures and knees end a life earlier.

use minewheel_data::loader::Loader;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::units::{DAYS_PER_YEAR, Length};

use super::AgeingError;
use super::duty::{CommuteHours, Day, Duty};
use super::laws::{Form, Graphite, Losses, References};
use super::simulate::{LONGEST_YEARS, Level, life_to, lost_after};

/// Range of the tests that a law rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Temperatures in °C.
    pub celsius: (f64, f64),
    /// States of charge.
    pub soc: (f64, f64),
    /// Depths of discharge.
    pub depth: (f64, f64),
    /// Highest charge rate in 1/h.
    pub charge_rate: f64,
    /// Highest discharge rate in 1/h.
    pub discharge_rate: f64,
}

/// One published law.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Id: the class in the source, in lower case with hyphens.
    pub id: String,
    /// Range of its tests.
    pub tested: Tested,
    form: Form,
    values: Vec<Value>,
    kelvin: f64,
    volt: f64,
    hot_kelvin: f64,
}

impl Cell {
    /// The losses of a day in one draw.
    pub(super) fn losses(&self, tables: &AgeingTables, day: &Day, draw: &Draw<'_>) -> Losses {
        let values: Vec<f64> = self.values.iter().map(|v| draw.of(v)).collect();
        let references = References { kelvin: self.kelvin, volt: self.volt, hot_kelvin: self.hot_kelvin, graphite: &tables.graphite };
        self.form.losses(&values, &references, day)
    }
}

/// The laws of one chemistry and their shares.
#[derive(Debug, Clone)]
struct Mixture {
    chemistry: String,
    /// Index of the cell, and its share.
    parts: Vec<(usize, Value)>,
}

/// All parameters of ageing.
#[derive(Debug, Clone)]
pub struct AgeingTables {
    /// The published laws.
    pub cells: Vec<Cell>,
    mixtures: Vec<Mixture>,
    graphite: Graphite,
    loss_per_year: Value,
    field_years: Value,
    steady_share: Value,
    oldest_years: Value,
    field_m_per_year: Value,
    field_m_per_cycle: Value,
    pack_c: Value,
    charged_to: Value,
    first_life_ends_at: Value,
    hours: [Value; 3],
}

/// How a car uses its pack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarDuty {
    /// Distance a year in m.
    pub m_per_year: f64,
    /// Distance on the usable energy in m.
    pub range_m: f64,
}

impl AgeingTables {
    /// Reads `data/ageing`.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit, or a cell has no form in the model.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, AgeingError> {
        const POTENTIAL: &str = "graphite-potential";
        let laws = Parameters::read(loader, "ageing/cells.csv");
        let pack_use = Parameters::read(loader, "ageing/use.csv");
        let graphite = {
            let of = |property: &str| laws.value(POTENTIAL, property, "1").map(|v| v.best);
            let step = |n: u8| -> Result<_, AgeingError> {
                Ok((of(&format!("step_{n}_height"))?, of(&format!("step_{n}_centre"))?, of(&format!("step_{n}_width"))?))
            };
            Graphite {
                lithiation: (of("lithiation_empty")?, of("lithiation_full")?),
                offset: of("offset")?,
                exponential: (of("exponential_height")?, of("exponential_rate")?),
                steps: [step(1)?, step(2)?, step(3)?, step(4)?],
            }
        };
        let mut cells = Vec::new();
        for id in laws.subjects().filter(|s| *s != POTENTIAL) {
            cells.push(cell(&laws, id)?);
        }
        let mut mixtures = Vec::new();
        for name in pack_use.subjects() {
            let Some(chemistry) = name.strip_prefix("mixture-") else { continue };
            let subject = pack_use.subject(name)?;
            let parts = subject.properties().into_iter().map(|id| Ok((index(&cells, id)?, subject.value(id, "1")?)));
            mixtures.push(Mixture { chemistry: chemistry.to_owned(), parts: parts.collect::<Result<_, AgeingError>>()? });
        }
        let v = |subject: &str, property: &str, unit: &str| pack_use.value(subject, property, unit).map_err(AgeingError::from);
        Ok(Self {
            cells,
            mixtures,
            graphite,
            loss_per_year: v("field", "loss_per_year", "1")?,
            field_years: v("field", "years", "1")?,
            steady_share: v("field", "steady_share", "1")?,
            oldest_years: v("field", "oldest_years", "1")?,
            field_m_per_year: v("field", "distance_per_year", "m")?,
            field_m_per_cycle: v("field", "distance_per_cycle", "m")?,
            pack_c: v("pack", "temperature_c", "1")?,
            charged_to: v("pack", "charged_to", "1")?,
            first_life_ends_at: v("pack", "first_life_ends_at", "1")?,
            hours: [v("day", "out_by", "h")?, v("day", "back_by", "h")?, v("day", "charge_from", "h")?],
        })
    }

    /// A law by its id; the spelling of the source is known too.
    ///
    /// # Errors
    /// No law has the id.
    pub fn cell(&self, id: &str) -> Result<&Cell, AgeingError> {
        let wanted = id.to_lowercase().replace('_', "-");
        Ok(&self.cells[index(&self.cells, &wanted).map_err(|_| self.unknown(id))?])
    }

    fn unknown(&self, seen: &str) -> AgeingError {
        AgeingError::Cell { seen: seen.to_owned(), known: ids(&self.cells) }
    }

    /// Hours of a day with a commute, in a draw.
    pub fn commute_hours(&self, draw: &Draw<'_>) -> CommuteHours {
        let [out, back, charge] = self.hours.map(|v| draw.of(&v));
        CommuteHours { out, back, charge }
    }

    /// Capacity at which a pack's first life ends, in a draw.
    pub fn first_life_ends_at(&self, draw: &Draw<'_>) -> f64 {
        draw.of(&self.first_life_ends_at)
    }

    /// How the cars of the field studies use their packs, in a draw.
    pub fn field_duty(&self, draw: &Draw<'_>) -> CarDuty {
        CarDuty { m_per_year: draw.of(&self.field_m_per_year), range_m: draw.of(&self.field_m_per_cycle) }
    }

    /// The rows that a pack's life rests on.
    pub fn rows(&self, chemistry: &str) -> Vec<RowId> {
        let values = [&self.loss_per_year, &self.field_years, &self.steady_share, &self.field_m_per_year, &self.field_m_per_cycle];
        let values = values.into_iter().chain([&self.pack_c, &self.charged_to, &self.first_life_ends_at]).chain(&self.hours);
        let mixed = self.mixtures.iter().filter(|m| m.chemistry == chemistry).flat_map(|m| &m.parts);
        let laws = mixed.clone().flat_map(|(at, _)| &self.cells[*at].values).map(|v| v.row);
        values.map(|v| v.row).chain(mixed.map(|(_, share)| share.row)).chain(laws).collect()
    }

    /// The days of a car's life between two charges: what it drives in a day, charged again every night.
    ///
    /// # Errors
    /// A car that drives more in a day than its charge holds is taken to charge several times; other faults are refused.
    fn duty(&self, m_per_day: f64, range_m: f64, draw: &Draw<'_>) -> Result<Duty, AgeingError> {
        let charged_to = draw.of(&self.charged_to).clamp(0.0, 1.0);
        Duty::commute(charged_to, (m_per_day / range_m).min(charged_to), draw.of(&self.pack_c), &self.commute_hours(draw))
    }

    /// Age in years of the oldest cars that the field data holds: what a life says beyond it is extrapolated.
    pub fn field_reaches_years(&self) -> f64 {
        self.oldest_years.best
    }

    /// Years that a duty of one day takes a pack from one capacity to a lower one, in a draw.
    ///
    /// The level is that of the field, as for a first life; how the pack came to the first capacity does not matter to it.
    ///
    /// # Errors
    /// The chemistry has no law.
    pub fn years_between(&self, chemistry: &str, duty: &Duty, from: f64, to: f64, draw: &Draw<'_>) -> Result<f64, AgeingError> {
        let mixture = self.mixtures.iter().find(|m| m.chemistry == chemistry);
        let mixture = mixture.ok_or_else(|| AgeingError::Mixture { seen: chemistry.to_owned() })?;
        let field_day = draw.of(&self.field_m_per_year) / DAYS_PER_YEAR;
        let reference = self.duty(field_day, draw.of(&self.field_m_per_cycle), draw)?;
        let field_years = draw.of(&self.field_years);
        let field_days = field_years * DAYS_PER_YEAR;
        let in_the_field = draw.of(&self.loss_per_year) * field_years;
        let (mut years, mut shares) = (0.0, 0.0);
        for (at, share) in &mixture.parts {
            let cell = &self.cells[*at];
            let level = Level {
                scalar: in_the_field / lost_after(cell, self, &reference, field_days, draw),
                steady_share: draw.of(&self.steady_share).clamp(0.0, 1.0),
                steady_per_day: lost_after(cell, self, duty, field_days, draw) / field_days,
            };
            let days = |capacity: f64| {
                let longest = LONGEST_YEARS * DAYS_PER_YEAR;
                if capacity < 1.0 { life_to(cell, self, duty, capacity, &level, draw).unwrap_or(longest) } else { 0.0 }
            };
            years += draw.of(share) * (days(to) - days(from)).max(0.0) / DAYS_PER_YEAR;
            shares += draw.of(share);
        }
        Ok(years / shares)
    }

    /// Years of a pack's first life in a car, in a draw: until its capacity falls to the share of `first_life_ends_at`.
    ///
    /// # Errors
    /// The chemistry has no law.
    pub fn pack_years(&self, chemistry: &str, usage: &CarDuty, draw: &Draw<'_>) -> Result<f64, AgeingError> {
        self.pack_years_to(chemistry, usage, self.first_life_ends_at(draw), draw)
    }

    /// Years in which a car takes a new pack to a capacity, in a draw.
    ///
    /// # Errors
    /// The chemistry has no law.
    pub fn pack_years_to(&self, chemistry: &str, usage: &CarDuty, capacity: f64, draw: &Draw<'_>) -> Result<f64, AgeingError> {
        let duty = self.duty(usage.m_per_year / DAYS_PER_YEAR, usage.range_m, draw)?;
        self.years_between(chemistry, &duty, 1.0, capacity, draw)
    }
}

impl CarDuty {
    /// From a distance a year and a range.
    pub fn new(per_year: Length, range: Length) -> Self {
        Self { m_per_year: per_year.m(), range_m: range.m() }
    }
}

fn ids(cells: &[Cell]) -> String {
    cells.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn index(cells: &[Cell], id: &str) -> Result<usize, AgeingError> {
    cells.iter().position(|c| c.id == id).ok_or_else(|| AgeingError::Cell { seen: id.to_owned(), known: ids(cells) })
}

fn cell(laws: &Parameters, id: &str) -> Result<Cell, AgeingError> {
    let known = || Form::ALL.iter().map(|f| f.1).collect::<Vec<_>>().join(", ");
    let (form, _, names) = Form::ALL.iter().find(|f| f.1 == id).ok_or_else(|| AgeingError::Form { seen: id.to_owned(), known: known() })?;
    let subject = laws.subject(id)?;
    let of = |property: &str| subject.value(property, "1").map(|v| v.best);
    let reference = |property: &str, unit: &str| subject.optional(property, unit).map(|v| v.map_or(f64::NAN, |v| v.best));
    Ok(Cell {
        id: id.to_owned(),
        tested: Tested {
            celsius: (of("lowest_temperature_c")?, of("highest_temperature_c")?),
            soc: (of("lowest_soc")?, of("highest_soc")?),
            depth: (of("lowest_depth")?, of("highest_depth")?),
            charge_rate: of("highest_charge_rate")?,
            discharge_rate: of("highest_discharge_rate")?,
        },
        form: *form,
        values: names.iter().map(|n| subject.value(n, "1")).collect::<Result<_, _>>()?,
        kelvin: reference("reference_temperature", "K")?,
        volt: reference("reference_potential", "1")?,
        hot_kelvin: reference("hot_temperature", "K")?,
    })
}
