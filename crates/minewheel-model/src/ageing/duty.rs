//! A duty: days of hourly states of charge and temperatures, repeated, and the stress they put on a cell.
//!
//! ```text
//! depth   d = max s − min s          cycles a day  n = ½·Σ|Δs|         rate  C = Σ|Δs| / 24 h
//! charge rate, discharge rate: mean of the rising and of the falling hours alone
//! rates are per nominal capacity: they fall with the capacity left
//! ```

use minewheel_data::units::ZERO_CELSIUS_K;

use super::AgeingError;

/// Hours of a day.
pub const HOURS: usize = 24;
/// Coldest and hottest cell in °C.
const CELSIUS: (f64, f64) = (-40.0, 80.0);

/// One hour of a duty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hour {
    /// State of charge at the start of the hour, 0 to 1.
    pub soc: f64,
    /// Temperature of the cell in °C.
    pub celsius: f64,
}

/// What one day does to a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// State of charge by hour.
    pub soc: [f64; HOURS],
    /// Temperature in K by hour.
    pub kelvin: [f64; HOURS],
    /// Highest less lowest state of charge.
    pub depth: f64,
    /// Equivalent full cycles.
    pub cycles: f64,
    /// Mean rate in 1/h.
    pub rate: f64,
    /// Mean rate in 1/h of the hours that charge.
    pub charge_rate: f64,
    /// Mean rate in 1/h of the hours that discharge.
    pub discharge_rate: f64,
}

impl Day {
    /// Mean over the hours of something that follows from temperature in K and state of charge.
    pub fn mean(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        if self.is_constant() {
            return of(self.kelvin[0], self.soc[0]);
        }
        self.kelvin.iter().zip(&self.soc).map(|(t, s)| of(*t, *s)).sum::<f64>() / HOURS as f64
    }

    /// The day as a cell of a lower capacity feels it: the same swing moves less charge, so rates fall with it.
    #[must_use]
    pub fn aged(&self, capacity: f64) -> Self {
        let by = |rate: f64| rate * capacity;
        Self { rate: by(self.rate), charge_rate: by(self.charge_rate), discharge_rate: by(self.discharge_rate), ..*self }
    }

    fn is_constant(&self) -> bool {
        let same = |of: &[f64; HOURS]| of.iter().all(|v| v.total_cmp(&of[0]).is_eq());
        same(&self.soc) && same(&self.kelvin)
    }
}

/// Hours of the clock at which a day's two drives are over and its charge begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommuteHours {
    /// The way out is over.
    pub out: f64,
    /// The way back is over.
    pub back: f64,
    /// The charge begins.
    pub charge: f64,
}

/// Days that repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    days: Vec<Day>,
}

impl Duty {
    /// Storage at one state of charge and temperature in °C.
    ///
    /// # Errors
    /// A number that no cell can have.
    pub fn storage(soc: f64, celsius: f64) -> Result<Self, AgeingError> {
        Self::new(&[Hour { soc, celsius }; HOURS])
    }

    /// A duty of whole days; the last hour leads back to the first.
    ///
    /// # Errors
    /// Not whole days, or a number that no cell can have.
    pub fn new(hours: &[Hour]) -> Result<Self, AgeingError> {
        if hours.is_empty() || !hours.len().is_multiple_of(HOURS) {
            return Err(AgeingError::Profile { seen: hours.len() });
        }
        for hour in hours {
            within("the state of charge", hour.soc, 0.0, 1.0)?;
            within("the cell's temperature in °C", hour.celsius, CELSIUS.0, CELSIUS.1)?;
        }
        let days = hours.chunks(HOURS).enumerate().map(|(at, day)| {
            let next = hours[(at + 1) * HOURS % hours.len()].soc;
            day_of(day, next)
        });
        Ok(Self { days: days.collect() })
    }

    /// One day of driving: full in the morning, driven to and fro, charged at night to `charged_to`.
    ///
    /// # Errors
    /// Hours out of order, a day's use beyond what the charge holds, or a number that no cell can have.
    pub fn commute(charged_to: f64, depth: f64, celsius: f64, hours: &CommuteHours) -> Result<Self, AgeingError> {
        within("a day's use as a share of the pack", depth, 0.0, charged_to)?;
        within("the hour at which the way out is over", hours.out, 0.0, hours.back)?;
        within("the hour at which the way back is over", hours.back, hours.out, hours.charge)?;
        within("the hour at which the charge begins", hours.charge, hours.back, (HOURS - 1) as f64)?;
        let soc = |hour: f64| match hour {
            h if h < hours.out => charged_to,
            h if h < hours.back => charged_to - depth / 2.0,
            h if h < hours.charge => charged_to - depth,
            h => charged_to - depth * (HOURS as f64 - h) / (HOURS as f64 - hours.charge + 1.0),
        };
        Self::new(&std::array::from_fn::<_, HOURS, _>(|hour| Hour { soc: soc(hour as f64), celsius }))
    }

    /// Its days, in order.
    pub fn days(&self) -> &[Day] {
        &self.days
    }
}

/// Refuses a number outside a range.
pub(super) fn within(quantity: &'static str, seen: f64, minimum: f64, maximum: f64) -> Result<(), AgeingError> {
    if (minimum..=maximum).contains(&seen) { Ok(()) } else { Err(AgeingError::Range { quantity, seen, minimum, maximum }) }
}

fn day_of(hours: &[Hour], next: f64) -> Day {
    let mut day = Day { soc: [0.0; HOURS], kelvin: [0.0; HOURS], depth: 0.0, cycles: 0.0, rate: 0.0, charge_rate: 0.0, discharge_rate: 0.0 };
    for (at, hour) in hours.iter().enumerate() {
        day.soc[at] = hour.soc;
        day.kelvin[at] = hour.celsius + ZERO_CELSIUS_K;
    }
    let change = |at: usize| hours.get(at + 1).map_or(next, |h| h.soc) - hours[at].soc;
    let changes: Vec<f64> = (0..HOURS).map(change).collect();
    let mean = |of: Vec<f64>| if of.is_empty() { 0.0 } else { of.iter().sum::<f64>() / of.len() as f64 };
    day.charge_rate = mean(changes.iter().copied().filter(|c| *c > 0.0).collect());
    day.discharge_rate = -mean(changes.iter().copied().filter(|c| *c < 0.0).collect());
    let moved: f64 = changes.iter().map(|c| c.abs()).sum();
    day.cycles = moved / 2.0;
    day.rate = moved / HOURS as f64;
    let extreme = |pick: fn(f64, f64) -> f64| day.soc.iter().copied().fold(next, pick);
    day.depth = extreme(f64::max) - extreme(f64::min);
    day
}
