//! Years of a duty, day by day or in parts of a day.

use minewheel_data::row::Draw;
use minewheel_data::units::{DAYS_PER_YEAR, ZERO_CELSIUS_K};

use super::AgeingError;
use super::duty::{Day, Duty, within};
use super::laws::{Driver, Knee, Losses, Term};
use super::tables::{AgeingTables, Cell};

/// Longest life simulated in years.
pub const LONGEST_YEARS: f64 = 60.0;
/// Longest step in days where nothing but the falling throughput changes from day to day: it moves a life by a thousandth.
const LONGEST_STEP_DAYS: f64 = 91.25;
/// Fall of capacity after which coefficients, whose rates fall with it, are computed anew.
const REFRESH: f64 = 1e-3;
/// Capacity at which a simulation ends: beyond it no law says anything.
const LEAST_CAPACITY: f64 = 0.05;

/// Capacity at the end of a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearOfLife {
    /// The year, 1 for the first.
    pub year: u32,
    /// Capacity over that of the new cell.
    pub capacity: f64,
    /// Equivalent full cycles so far.
    pub cycles: f64,
}

/// A condition outside the tests that a law rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outside {
    /// What is outside.
    pub quantity: &'static str,
    /// The value of the duty that lies farthest out.
    pub seen: f64,
    /// Range of the tests.
    pub tested: (f64, f64),
}

/// What a result must not be read without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warning {
    /// Outside the tests of the law.
    Outside(Outside),
    /// Capacity rose above that of the new cell: an artefact of the fit.
    Gain {
        /// Highest capacity.
        capacity: f64,
    },
    /// The simulation ended early, with nothing left.
    Spent {
        /// The year.
        year: u32,
    },
}

/// A cell on its way: one number a loss, and the cycles over their scale that bring the knee. The knee's own loss is
/// nought to all digits for years, so it cannot carry the state.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    lost: [f64; 3],
    knee: f64,
    capacity: f64,
    cycles: f64,
}

/// `y' = k·((y/k)^(1/p) + Δx)^p`: exact while `k` holds.
fn advance(lost: f64, dx: f64, term: &Term) -> f64 {
    if dx <= 0.0 || term.k == 0.0 {
        return lost;
    }
    if lost == 0.0 {
        return term.k * dx.powf(term.p);
    }
    let ratio = lost / term.k;
    // A coefficient that changed its sign has no point of the old curve to go on from.
    if ratio <= 0.0 { lost } else { term.k * (ratio.powf(1.0 / term.p) + dx).powf(term.p) }
}

/// Loss at the knee after `x` cycles over its scale.
fn knee_loss(x: f64, knee: &Knee) -> f64 {
    1.0 - 2.0 / (1.0 + x.powf(knee.p).exp())
}

impl State {
    const NEW: Self = Self { lost: [0.0; 3], knee: 0.0, capacity: 1.0, cycles: 0.0 };

    fn step(&mut self, days: f64, day: &Day, losses: &Losses) {
        // Throughput counts per nominal capacity: an aged cell moves less for the same swing.
        let cycles = day.cycles * days * self.capacity;
        let mut sum = 0.0;
        for (lost, term) in self.lost.iter_mut().zip(&losses.terms) {
            let dx = match term.driver {
                Driver::Time => days,
                Driver::Throughput => cycles,
            };
            *lost = advance(*lost, dx / term.per, term);
            sum += term.sign * *lost;
        }
        self.capacity = 1.0 - sum;
        if let Some(knee) = &losses.knee {
            if knee.scale > 0.0 {
                self.knee += cycles / knee.scale;
            }
            self.capacity = self.capacity.min(knee.capacity - knee_loss(self.knee, knee));
        }
        self.cycles += cycles;
    }
}

/// The losses of each day of a duty, kept in step with the capacity.
struct Coefficients<'a> {
    cell: &'a Cell,
    tables: &'a AgeingTables,
    days: &'a [Day],
    draw: &'a Draw<'a>,
    losses: Vec<(f64, Losses)>,
}

impl<'a> Coefficients<'a> {
    fn new(cell: &'a Cell, tables: &'a AgeingTables, days: &'a [Day], draw: &'a Draw<'a>) -> Self {
        let losses = days.iter().map(|day| (1.0, cell.losses(tables, day, draw))).collect();
        Self { cell, tables, days, draw, losses }
    }

    fn of(&mut self, at: usize, capacity: f64) -> &Losses {
        let (known, losses) = &mut self.losses[at];
        if (*known - capacity).abs() > REFRESH && self.days[at].depth > 0.0 {
            *known = capacity;
            *losses = self.cell.losses(self.tables, &self.days[at].aged(capacity), self.draw);
        }
        losses
    }
}

/// Capacity at the end of each of `years` years of a duty, in steps of `step_h` hours.
///
/// # Errors
/// Years outside 1 to 60, or a step longer than a day.
pub fn simulate(
    cell: &Cell,
    tables: &AgeingTables,
    duty: &Duty,
    years: u32,
    step_h: f64,
    draw: &Draw<'_>,
) -> Result<(Vec<YearOfLife>, Vec<Warning>), AgeingError> {
    const HOURS: f64 = super::duty::HOURS as f64;
    within("years", f64::from(years), 1.0, LONGEST_YEARS)?;
    within("the step in hours", step_h, 0.01, HOURS)?;
    let mut coefficients = Coefficients::new(cell, tables, duty.days(), draw);
    let steps = (HOURS / step_h).ceil();
    let (mut state, mut highest) = (State::NEW, 1.0_f64);
    let (mut lives, mut warnings) = (Vec::new(), outside(cell, duty));
    'life: for year in 1..=years {
        for day in 0..DAYS_PER_YEAR as usize {
            let at = (day + (year as usize - 1) * DAYS_PER_YEAR as usize) % duty.days().len();
            for _ in 0..steps as usize {
                let losses = coefficients.of(at, state.capacity);
                state.step(1.0 / steps, &duty.days()[at], losses);
            }
            highest = highest.max(state.capacity);
            if state.capacity < LEAST_CAPACITY {
                warnings.push(Warning::Spent { year });
                break 'life;
            }
        }
        lives.push(YearOfLife { year, capacity: state.capacity, cycles: state.cycles });
    }
    if highest > 1.0 {
        warnings.push(Warning::Gain { capacity: highest });
    }
    Ok((lives, warnings))
}

/// How the losses of a law become those of packs in the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Field loss over that of the law, at the age of the field's cars.
    pub scalar: f64,
    /// Share of the loss that goes on at a constant rate; the rest slows down as the law says.
    pub steady_share: f64,
    /// The constant rate: what the law loses of the duty by the age of the field's cars, over that age, a day.
    pub steady_per_day: f64,
}

impl Level {
    /// The law as it is.
    pub const LAW: Self = Self { scalar: 1.0, steady_share: 0.0, steady_per_day: 0.0 };

    fn remaining(&self, lost_by_law: f64, days: f64) -> f64 {
        1.0 - self.scalar * ((1.0 - self.steady_share) * lost_by_law + self.steady_share * self.steady_per_day * days)
    }
}

/// Days until a duty of one day has taken a cell to a capacity, at a level; `None` beyond 60 years.
///
/// Coefficients are those of the new cell's rates: the rates of a day's driving hardly enter any law.
pub fn life_to(cell: &Cell, tables: &AgeingTables, duty: &Duty, capacity: f64, level: &Level, draw: &Draw<'_>) -> Option<f64> {
    let day = duty.days().first()?;
    let losses = cell.losses(tables, day, draw);
    let (mut state, mut days) = (State::NEW, 0.0);
    let mut before = 1.0;
    while days < LONGEST_YEARS * DAYS_PER_YEAR {
        state.step(LONGEST_STEP_DAYS, day, &losses);
        let after = level.remaining(1.0 - state.capacity, days + LONGEST_STEP_DAYS);
        if after < capacity {
            return Some(days + LONGEST_STEP_DAYS * (before - capacity) / (before - after));
        }
        days += LONGEST_STEP_DAYS;
        before = after;
    }
    None
}

/// Share of capacity lost after some days of a duty of one day, at the rates of the new cell.
pub(super) fn lost_after(cell: &Cell, tables: &AgeingTables, duty: &Duty, days: f64, draw: &Draw<'_>) -> f64 {
    let Some(day) = duty.days().first() else { return 0.0 };
    let losses = cell.losses(tables, day, draw);
    let mut state = State::NEW;
    let steps = (days / LONGEST_STEP_DAYS).ceil().max(1.0);
    for _ in 0..steps as usize {
        state.step(days / steps, day, &losses);
    }
    1.0 - state.capacity
}

/// What of a duty lies outside the tests of a law.
fn outside(cell: &Cell, duty: &Duty) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut check = |quantity, of: &dyn Fn(&Day) -> (f64, f64), tested: (f64, f64)| {
        let low = duty.days().iter().map(|d| of(d).0).fold(f64::INFINITY, f64::min);
        let high = duty.days().iter().map(|d| of(d).1).fold(f64::NEG_INFINITY, f64::max);
        if low < tested.0 - 1e-9 {
            found.push(Warning::Outside(Outside { quantity, seen: low, tested }));
        } else if high > tested.1 + 1e-9 {
            found.push(Warning::Outside(Outside { quantity, seen: high, tested }));
        }
    };
    let extremes = |of: &[f64]| (of.iter().copied().fold(f64::INFINITY, f64::min), of.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    let range = &cell.tested;
    check(
        "temperature in °C",
        &|d| {
            let (low, high) = extremes(&d.kelvin);
            (low - ZERO_CELSIUS_K, high - ZERO_CELSIUS_K)
        },
        range.celsius,
    );
    check("state of charge", &|d| extremes(&d.soc), range.soc);
    // A cell at rest was in no cycling test, and needs none.
    if duty.days().iter().any(|d| d.depth > 0.0) {
        check("depth of discharge", &|d| (d.depth, d.depth), range.depth);
        check("charge rate per hour", &|d| (0.0, d.charge_rate), (0.0, range.charge_rate));
        check("discharge rate per hour", &|d| (0.0, d.discharge_rate), (0.0, range.discharge_rate));
    }
    found
}
