//! The battery as a cohort of its own: packs that are replaced, packs that outlive their cars, packs that leave with them.
//!
//! ```text
//! n(c, p)          packs fitted in year p, in cars that entered in year c;   Σ_p n(c, p) = cars of cohort c alive
//! leaving(c, p)  = n(c, p) · exits(c) / cars(c)            goes with its car: exported, or to a dismantler
//! failed(c, p)   = (n − leaving) · h(y − p)                replaced by a pack of year y in the same car
//! made           = fitted in new cars + replacements       scrap of making = made · s / (1 − s)
//! out            = leaving at home + failed                collected · κ, the rest leaves the books as informal
//! second life    = collected · σ, a stock of its own with its own survival; the rest, and what leaves it, is recycled
//! ```
//!
//! | symbol | meaning                                                              | from              |
//! |--------|----------------------------------------------------------------------|-------------------|
//! | `h(a)` | share of packs of age a that fail in a year                          | [`super::survival`] |
//! | `s`    | share of cells that a plant scraps                                   | `fleet/parameters.csv` |
//! | `κ, σ` | share collected formally; share of it that serves again              | `fleet/parameters.csv`, study |
//!
//! Cars and packs fail independently of each other; a car whose pack fails is mended, since cars given up for their pack are
//! among the exits of the car's own curve. Everything is booked in kilowatt-hours as built, per vintage of pack.

use super::cohorts::{CohortError, Cohorts, Drive, Flows, Surroundings, walk};
use super::survival::Survival;

/// What becomes of packs.
#[derive(Debug, Clone)]
pub struct PackRules {
    /// Survival of a pack in a car that lives on.
    pub survival: Survival,
    /// Survival in its second life.
    pub second_survival: Survival,
    /// Energy of a pack by year of fitting in kWh.
    pub kwh: Vec<f64>,
    /// Energy of the packs that are there at the start in kWh.
    pub start_kwh: f64,
    /// Share of cars that leave the register as used exports.
    pub exported: f64,
    /// Share of packs out of cars at home that is collected formally.
    pub collected: f64,
    /// Share of collected packs that serves a second time.
    pub second_life: f64,
    /// Share of cells that a plant scraps.
    pub scrap: f64,
}

/// Ledgers of one series, in kWh as built, by year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PackFlows {
    /// In cars at the end of the year.
    pub in_cars: Vec<f64>,
    /// Fitted in new cars.
    pub fitted: Vec<f64>,
    /// Fitted in place of failed packs.
    pub replacements: Vec<f64>,
    /// Came in with used cars, less those that went out by the table of trade.
    pub traded: Vec<f64>,
    /// Failed in cars that live on.
    pub failed: Vec<f64>,
    /// Left their car at home when it was given up.
    pub outlived: Vec<f64>,
    /// Left the country in cars given up here.
    pub exported: Vec<f64>,
    /// Collected formally.
    pub collected: Vec<f64>,
    /// Out of cars and not collected.
    pub informal: Vec<f64>,
    /// Into a second life.
    pub to_second_life: Vec<f64>,
    /// In a second life at the end of the year.
    pub in_second_life: Vec<f64>,
    /// To recycling, after one life or two.
    pub recycled: Vec<f64>,
    /// Scrap of making, to recycling.
    pub scrap: Vec<f64>,
    /// Packs out of cars, as a number.
    pub packs_out: Vec<f64>,
    /// Mean age of the packs out of cars in years.
    pub age_out: Vec<f64>,
}

/// Packs by car cohort and year of fitting.
struct Fitted {
    /// Packs of car cohort c (rows) fitted in slot p ≥ c (columns); slots before `origin` are older than the first year.
    packs: Vec<Vec<f64>>,
    cars: Vec<f64>,
    origin: usize,
}

impl Fitted {
    fn energy(&self, slot: usize, rules: &PackRules) -> f64 {
        slot.checked_sub(self.origin).map_or(rules.start_kwh, |year| rules.kwh[year])
    }

    /// Cars of the cohort in `slot` alive among cohorts whose oldest is in the first slot.
    fn alive(cohorts: &Cohorts<'_>, slot: usize, slots: usize) -> f64 {
        cohorts.alive(slots - 1 - slot)
    }
}

/// Walks cars and packs through the years.
///
/// # Errors
/// As [`walk`].
pub fn follow(drive: Drive<'_>, cars: &Survival, around: &Surroundings, rules: &PackRules) -> Result<(Flows, PackFlows), CohortError> {
    let before = Cohorts::new(cars, &around.start)?;
    let traded_oldest = |index: usize| around.trade.get(index).into_iter().flatten().map(|a| (a.age + 1).saturating_sub(index + 1)).max();
    let origin = (0..drive.years()).filter_map(traded_oldest).max().unwrap_or(0).max(before.ages());
    let start: Vec<f64> = (0..origin).map(|slot| before.alive(origin - 1 - slot)).collect();
    let mut fitted = Fitted { packs: start.iter().enumerate().map(|(c, n)| one_hot(c, *n)).collect(), cars: start, origin };
    let mut flows = PackFlows::default();
    let mut second: Vec<f64> = Vec::new();
    let inflow_of = |index: usize| match drive {
        Drive::Inflow(inflow) => Some(inflow[index]),
        Drive::Stock(..) => None,
    };
    let cars_flows = walk(drive, cars, around, |index, cohorts| {
        year(index, cohorts, cars, &mut fitted, around.trade.get(index).map_or(&[], Vec::as_slice), rules, &mut flows, inflow_of(index));
        second_life(index, &mut second, rules, &mut flows);
    })?;
    Ok((cars_flows, flows))
}

/// A row of a cohort whose packs were all fitted in its own year.
fn one_hot(slot: usize, count: f64) -> Vec<f64> {
    let mut row = vec![0.0; slot + 1];
    row[slot] = count;
    row
}

/// One year of cars and packs.
#[expect(clippy::too_many_arguments, reason = "one step of a walk: state, what it meets, where it writes")]
fn year(
    index: usize,
    cohorts: &Cohorts<'_>,
    survival: &Survival,
    fitted: &mut Fitted,
    trade: &[super::cohorts::Aged],
    rules: &PackRules,
    flows: &mut PackFlows,
    inflow: Option<f64>,
) {
    let now = fitted.origin + index;
    let slots = now + 1;
    // New cars, with those that do not see the end of their first year.
    let alive_new = Fitted::alive(cohorts, now, slots);
    let traded_new: f64 = trade.iter().filter(|a| a.age == 0).map(|a| a.count).sum();
    let entered = inflow.unwrap_or_else(|| if survival.at(0) > 0.0 { (alive_new - traded_new) / survival.at(0) } else { 0.0 });
    fitted.packs.push(one_hot(now, entered));
    fitted.cars.push(entered);
    let (mut replacements, mut failed, mut outlived, mut exported, mut traded) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut out, mut out_age) = (0.0, 0.0);
    let energies: Vec<f64> = (0..slots).map(|slot| fitted.energy(slot, rules)).collect();
    let hazards: Vec<f64> = (0..slots).map(|slot| rules.survival.hazard(now - slot)).collect();
    for cohort in 0..slots {
        let row = &mut fitted.packs[cohort];
        row.resize(slots, 0.0);
        // Used cars come with packs of their own year, and leave with what their cohort has.
        let count: f64 = trade.iter().filter(|a| a.age == now - cohort).map(|a| a.count).sum();
        if count > 0.0 {
            row[cohort] += count;
            traded += count * energies[cohort];
        } else if count < 0.0 && fitted.cars[cohort] > 0.0 {
            let share = (-count / fitted.cars[cohort]).min(1.0);
            for (packs, energy) in row.iter_mut().zip(&energies) {
                traded -= *packs * share * energy;
                *packs *= 1.0 - share;
            }
        }
        let (had, has) = (fitted.cars[cohort] + count, Fitted::alive(cohorts, cohort, slots));
        fitted.cars[cohort] = has;
        if had <= 0.0 {
            continue;
        }
        let gone = (1.0 - has / had).clamp(0.0, 1.0);
        let mut mended = 0.0;
        for slot in cohort..slots {
            let packs = row[slot];
            if packs == 0.0 {
                continue;
            }
            let (energy, age) = (energies[slot], (now - slot) as f64);
            let leaving = packs * gone;
            let broken = (packs - leaving) * hazards[slot];
            row[slot] = packs - leaving - broken;
            exported += leaving * rules.exported * energy;
            outlived += leaving * (1.0 - rules.exported) * energy;
            failed += broken * energy;
            mended += broken;
            let at_home = leaving * (1.0 - rules.exported) + broken;
            out += at_home;
            out_age += at_home * age;
        }
        row[now] += mended;
        replacements += mended * energies[now];
    }
    let fitted_new = entered * energies[now];
    flows.fitted.push(fitted_new);
    flows.replacements.push(replacements);
    flows.traded.push(traded);
    flows.failed.push(failed);
    flows.outlived.push(outlived);
    flows.exported.push(exported);
    flows.scrap.push((fitted_new + replacements) * rules.scrap / (1.0 - rules.scrap));
    flows.packs_out.push(out);
    flows.age_out.push(if out > 0.0 { out_age / out } else { 0.0 });
    flows.in_cars.push(fitted.packs.iter().map(|row| row.iter().zip(&energies).map(|(n, e)| n * e).sum::<f64>()).sum());
}

/// Packs out of cars: collected or not, serving again or recycled.
fn second_life(index: usize, second: &mut Vec<f64>, rules: &PackRules, flows: &mut PackFlows) {
    let out = flows.outlived[index] + flows.failed[index];
    let collected = out * rules.collected;
    let again = collected * rules.second_life;
    let alive = |second: &[f64], year: usize| -> f64 { second.iter().enumerate().map(|(c, e)| e * rules.second_survival.at(year - c)).sum() };
    let before = if index == 0 { 0.0 } else { flows.in_second_life[index - 1] };
    second.push(again);
    let after = alive(second, index);
    flows.collected.push(collected);
    flows.informal.push(out - collected);
    flows.to_second_life.push(again);
    flows.in_second_life.push(after);
    flows.recycled.push(collected - again + (before + again - after));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::cohorts::{Aged, NegativeInflow};
    use crate::fleet::survival::Curve;

    fn rules(pack_scale: f64, years: usize) -> PackRules {
        PackRules {
            survival: Curve::Weibull { shape: 3.0, scale: pack_scale }.table("pack", 80).unwrap(),
            second_survival: Curve::Weibull { shape: 3.0, scale: 8.0 }.table("second", 80).unwrap(),
            kwh: (0..years).map(|y| 40.0 + y as f64).collect(),
            start_kwh: 30.0,
            exported: 0.1,
            collected: 0.6,
            second_life: 0.3,
            scrap: 0.06,
        }
    }

    fn closes(flows: &PackFlows, start: f64) {
        let mut before = start;
        for i in 0..flows.in_cars.len() {
            let entered = flows.fitted[i] + flows.replacements[i] + flows.traded[i];
            let left = flows.failed[i] + flows.outlived[i] + flows.exported[i];
            let residual = before + entered - left - flows.in_cars[i];
            assert!(residual.abs() <= 1e-9 * (before + entered), "year {i}: {residual}");
            before = flows.in_cars[i];
        }
    }

    #[test]
    fn every_car_has_one_pack_and_every_kilowatt_hour_is_somewhere() {
        let cars = Curve::Weibull { shape: 3.0, scale: 15.0 }.table("car", 80).unwrap();
        let inflow: Vec<f64> = (0..40).map(|y| 1000.0 + 50.0 * f64::from(y)).collect();
        let around = Surroundings {
            start: vec![Aged { age: 2, count: 500.0 }],
            trade: vec![vec![Aged { age: 5, count: 40.0 }], vec![Aged { age: 4, count: -20.0 }]],
        };
        let mut rules = rules(12.0, 40);
        let (flows, packs) = follow(Drive::Inflow(&inflow), &cars, &around, &rules).unwrap();
        closes(&packs, 500.0 * 30.0);
        // With one energy for all vintages, energy in cars is cars times energy.
        rules.kwh = vec![30.0; 40];
        let (_, packs) = follow(Drive::Inflow(&inflow), &cars, &around, &rules).unwrap();
        for (kwh, stock) in packs.in_cars.iter().zip(&flows.stock) {
            assert!((kwh / (30.0 * stock) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn packs_that_never_fail_are_never_replaced_and_leave_as_old_as_their_cars() {
        let cars = Survival::new("car", vec![1.0, 1.0, 0.0]).unwrap();
        let mut rules = rules(12.0, 4);
        rules.survival = Survival::new("pack", vec![1.0; 10]).unwrap();
        let (_, packs) = follow(Drive::Inflow(&[10.0, 0.0, 0.0, 0.0]), &cars, &Surroundings::default(), &rules).unwrap();
        assert_eq!(packs.replacements, [0.0; 4]);
        assert_eq!(packs.age_out, [0.0, 0.0, 2.0, 0.0]);
        assert!((packs.outlived[2] - 10.0 * 40.0 * 0.9).abs() < 1e-9);
    }

    #[test]
    fn a_falling_stock_retires_cars_with_their_packs() {
        let cars = Curve::Weibull { shape: 3.0, scale: 15.0 }.table("car", 80).unwrap();
        let stock = [100.0, 100.0, 50.0, 0.0];
        let (_, packs) = follow(Drive::Stock(&stock, NegativeInflow::Retire), &cars, &Surroundings::default(), &rules(12.0, 4)).unwrap();
        closes(&packs, 0.0);
        assert!(packs.in_cars[3].abs() < 1e-9);
    }
}
