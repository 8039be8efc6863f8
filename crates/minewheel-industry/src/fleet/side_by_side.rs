//! The stock model on many series of the same years at once, in one table.
//!
//! ```text
//! stock(y, s) = Σ_c size(c, s) · S(y − c, s)       equations as in `cohorts`, for cars that only enter, new
//! ```
//!
//! | symbol       | meaning                                     | from             |
//! |--------------|---------------------------------------------|------------------|
//! | `size(c, s)` | cars of series `s` that entered in year `c` | inflow, or stock |
//! | `S(a, s)`    | share of series `s` alive at age `a`        | [`Shares`]       |
//!
//! A table holds the values of all series of the first year, then of the second (`[year × series]`). Eight neighbouring series walk
//! through the years together, so that the sums over cohorts run over series and no year waits for a single long sum. No start and no
//! used cars: [`super::cohorts::walk`] has both.

use std::borrow::Cow;

use super::cohorts::{CohortError, NegativeInflow, ROUNDING};
use super::survival::Survival;

/// Series that walk together.
const LANES: usize = 8;

type Lanes = [f64; LANES];

/// Survival of many series by age, `[age × series]`.
#[derive(Debug, Clone)]
pub struct Shares {
    ages: usize,
    series: usize,
    values: Vec<f64>,
}

impl Shares {
    /// One curve a series; beyond the last age of a curve nobody is alive.
    pub fn new<'s>(curves: impl ExactSizeIterator<Item = &'s Survival> + Clone) -> Self {
        let (series, ages) = (curves.len(), curves.clone().map(|c| c.shares().len()).max().unwrap_or(0));
        let mut values = vec![0.0; ages * series];
        for (at, curve) in curves.enumerate() {
            for (age, share) in curve.shares().iter().enumerate() {
                values[age * series + at] = *share;
            }
        }
        Self { ages, series, values }
    }

    /// How many series.
    pub fn series(&self) -> usize {
        self.series
    }
}

/// What drives the stocks, `[year × series]`.
#[derive(Debug, Clone, Copy)]
pub enum Tables<'a> {
    /// Cars that enter.
    Inflow(&'a [f64]),
    /// The stock wanted at the end of each year, and what to do where it needs a negative inflow.
    Stock(&'a [f64], NegativeInflow),
}

/// What comes of it, `[year × series]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowTables<'a> {
    /// Cars at the end of the year.
    pub stock: Cow<'a, [f64]>,
    /// Cars that entered.
    pub inflow: Cow<'a, [f64]>,
    /// Cars that left, with those retired early.
    pub outflow: Vec<f64>,
    /// Cars retired so that the wanted stock is met; `None` where there are none at all.
    pub extra_retirement: Option<Vec<f64>>,
}

/// Why a series has no stock.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum TableError {
    /// The table is no whole number of years.
    #[error("{values} values are no whole number of years of {series} series")]
    Shape {
        /// Values seen.
        values: usize,
        /// Series of the survival shares.
        series: usize,
    },
    /// One series cannot be.
    #[error("series {series}: {error}")]
    Series {
        /// Its number in the table.
        series: usize,
        /// Why.
        error: CohortError,
    },
}

/// Stock and outflow from inflow, or inflow and outflow from stock, of many series.
///
/// # Errors
/// A table that is no whole number of years; the first series in whose stock a negative inflow is refused, or whose cars all leave at once.
///
/// ```
/// use minewheel_industry::fleet::side_by_side::{Shares, Tables, run};
/// use minewheel_industry::fleet::survival::Survival;
/// let (short, long) = (Survival::new("a", vec![1.0, 0.5])?, Survival::new("b", vec![1.0, 1.0, 1.0])?);
/// let shares = Shares::new([&short, &long].into_iter());
/// let flows = run(Tables::Inflow(&[10.0, 1.0, 0.0, 1.0, 0.0, 1.0]), &shares)?;
/// assert_eq!(*flows.stock, [10.0, 1.0, 5.0, 2.0, 0.0, 3.0]);
/// assert_eq!(flows.outflow, [0.0, 0.0, 5.0, 0.0, 5.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run<'a>(drive: Tables<'a>, shares: &Shares) -> Result<FlowTables<'a>, TableError> {
    let (Tables::Inflow(given) | Tables::Stock(given, _)) = drive;
    let series = shares.series;
    if series == 0 || given.len() % series != 0 {
        return Err(TableError::Shape { values: given.len(), series });
    }
    let mut found = Found { other: vec![0.0; given.len()], outflow: vec![0.0; given.len()], extra: None };
    let mut lanes = Walk { sizes: vec![[0.0; LANES]; given.len() / series], shares: vec![[0.0; LANES]; given.len() / series] };
    for first in (0..series).step_by(LANES) {
        lanes.walk(drive, shares, first, &mut found)?;
    }
    let (given, other) = (Cow::Borrowed(given), Cow::Owned(found.other));
    let (stock, inflow) = if matches!(drive, Tables::Inflow(_)) { (other, given) } else { (given, other) };
    Ok(FlowTables { stock, inflow, outflow: found.outflow, extra_retirement: found.extra })
}

struct Found {
    /// Stock where inflow is given, inflow where stock is.
    other: Vec<f64>,
    outflow: Vec<f64>,
    extra: Option<Vec<f64>>,
}

/// Eight series by year and by age.
struct Walk {
    sizes: Vec<Lanes>,
    shares: Vec<Lanes>,
}

impl Walk {
    fn walk(&mut self, drive: Tables<'_>, shares: &Shares, first: usize, found: &mut Found) -> Result<(), TableError> {
        let series = shares.series;
        let width = LANES.min(series - first);
        let row = |table: &[f64], year: usize| -> Lanes {
            let values = &table[year * series + first..][..width];
            values.try_into().unwrap_or_else(|_| std::array::from_fn(|lane| values.get(lane).copied().unwrap_or(0.0)))
        };
        for (age, kept) in self.shares.iter_mut().enumerate() {
            *kept = if age < shares.ages { row(&shares.values, age) } else { [0.0; LANES] };
        }
        let entry = self.shares.first().copied().unwrap_or([0.0; LANES]);
        let mut before = [0.0; LANES];
        for year in 0..self.sizes.len() {
            let survivors = survivors(&self.sizes[..year], &self.shares[1..=year]);
            let (stock, inflow) = match drive {
                Tables::Inflow(inflow) => {
                    let inflow = row(inflow, year);
                    (std::array::from_fn(|lane| survivors[lane] + inflow[lane] * entry[lane]), inflow)
                }
                Tables::Stock(wanted, negative) => {
                    let wanted = row(wanted, year);
                    let missing: Lanes = std::array::from_fn(|lane| wanted[lane] - survivors[lane]);
                    let is_plain = (0..LANES).all(|lane| missing[lane] == 0.0 || (missing[lane] > 0.0 && entry[lane] > 0.0));
                    let inflow = if is_plain {
                        std::array::from_fn(|lane| if missing[lane] > 0.0 { missing[lane] / entry[lane] } else { 0.0 })
                    } else {
                        let met = self.meet(year, wanted, survivors, entry, negative);
                        let (inflow, extra) = met.map_err(|(lane, error)| TableError::Series { series: first + lane, error })?;
                        let all = found.extra.get_or_insert_with(|| vec![0.0; wanted_len(drive)]);
                        all[year * series + first..][..width].copy_from_slice(&extra[..width]);
                        inflow
                    };
                    (wanted, inflow)
                }
            };
            self.sizes[year] = inflow;
            let outflow: Lanes = std::array::from_fn(|lane| before[lane] + inflow[lane] - stock[lane]);
            before = stock;
            let other = if matches!(drive, Tables::Inflow(_)) { stock } else { inflow };
            found.other[year * series + first..][..width].copy_from_slice(&other[..width]);
            found.outflow[year * series + first..][..width].copy_from_slice(&outflow[..width]);
        }
        Ok(())
    }

    /// Inflow and extra retirement of a year in which a stock lies below the survivors, or nobody survives the year of entry.
    fn meet(
        &mut self,
        year: usize,
        wanted: Lanes,
        survivors: Lanes,
        entry: Lanes,
        negative: NegativeInflow,
    ) -> Result<(Lanes, Lanes), (usize, CohortError)> {
        let (mut inflow, mut extra) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            let missing = wanted[lane] - survivors[lane];
            if missing >= 0.0 {
                if missing > 0.0 && entry[lane] <= 0.0 {
                    return Err((lane, CohortError::NoEntry { index: year, wanted: wanted[lane] }));
                }
                inflow[lane] = if missing > 0.0 { missing / entry[lane] } else { 0.0 };
                continue;
            }
            if negative == NegativeInflow::Refuse && -missing > ROUNDING * survivors[lane].abs() {
                return Err((lane, CohortError::Negative { index: year, wanted: wanted[lane], survivors: survivors[lane] }));
            }
            let kept = wanted[lane] / survivors[lane];
            self.sizes[..year].iter_mut().for_each(|size| size[lane] *= kept);
            extra[lane] = -missing;
        }
        Ok((inflow, extra))
    }
}

fn wanted_len(drive: Tables<'_>) -> usize {
    let (Tables::Inflow(given) | Tables::Stock(given, _)) = drive;
    given.len()
}

/// `Σ_c size(c) · S(y − c)`; `shares` begins at age one. Two sums side by side, as a sum waits for the one before it.
fn survivors(sizes: &[Lanes], shares: &[Lanes]) -> Lanes {
    let (mut even, mut odd) = ([0.0; LANES], [0.0; LANES]);
    let (newest, oldest) = (sizes.rchunks_exact(2), shares.chunks_exact(2));
    let (rest, last) = (newest.remainder(), oldest.remainder());
    for (size, share) in newest.zip(oldest) {
        for lane in 0..LANES {
            even[lane] += size[1][lane] * share[0][lane];
            odd[lane] += size[0][lane] * share[1][lane];
        }
    }
    for (size, share) in rest.iter().zip(last) {
        for lane in 0..LANES {
            even[lane] += size[lane] * share[lane];
        }
    }
    std::array::from_fn(|lane| even[lane] + odd[lane])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::cohorts::{Drive, Surroundings, walk};
    use crate::fleet::survival::Curve;
    use proptest::prelude::*;

    const YEARS: usize = 40;

    proptest! {
        #[test]
        fn a_table_agrees_with_its_series_one_by_one(
            values in prop::collection::vec(0.0..1e6, YEARS * 11),
            curves in prop::collection::vec((1.0..5.0, 3.0..25.0, 1_usize..60), 11),
        ) {
            let curves: Vec<Survival> = curves.iter().map(|(shape, scale, ages)| Curve::Weibull { shape: *shape, scale: *scale }.table("x", *ages).unwrap()).collect();
            let shares = Shares::new(curves.iter());
            for is_stock in [false, true] {
                let tables = if is_stock { Tables::Stock(&values, NegativeInflow::Retire) } else { Tables::Inflow(&values) };
                let found = run(tables, &shares).unwrap();
                for (series, curve) in curves.iter().enumerate() {
                    let one: Vec<f64> = (0..YEARS).map(|year| values[year * 11 + series]).collect();
                    let drive = if is_stock { Drive::Stock(&one, NegativeInflow::Retire) } else { Drive::Inflow(&one) };
                    let wanted = walk(drive, curve, &Surroundings::default(), |_, _| ()).unwrap();
                    for year in 0..YEARS {
                        let at = year * 11 + series;
                        let extra = found.extra_retirement.as_ref().map_or(0.0, |extra| extra[at]);
                        let pairs = [(found.stock[at], wanted.stock[year]), (found.inflow[at], wanted.inflow[year]), (found.outflow[at], wanted.outflow[year])];
                        for (a, b) in pairs.into_iter().chain([(extra, wanted.extra_retirement[year])]) {
                            prop_assert!((a - b).abs() <= 1e-9 * 1e6, "{a} {b}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_refused_inflow_names_series_and_year_and_a_crooked_table_its_size() {
        let curve = Curve::Weibull { shape: 3.0, scale: 15.0 }.table("x", 40).unwrap();
        let shares = Shares::new([&curve, &curve].into_iter());
        let error = run(Tables::Stock(&[1.0, 1.0, 2.0, 2.0, 3.0, 0.5], NegativeInflow::Refuse), &shares).unwrap_err();
        assert!(matches!(error, TableError::Series { series: 1, error: CohortError::Negative { index: 2, .. } }));
        assert_eq!(run(Tables::Inflow(&[1.0; 3]), &shares).unwrap_err(), TableError::Shape { values: 3, series: 2 });
    }
}
