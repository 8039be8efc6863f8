//! A plan under yearly budgets and targets: which works does what, and when.
//!
//! ```text
//! max Σ_y A_y − P·Σ_y z_y      A_y = done before + Σ_{i, t + L_i ≤ y} a_i · x_it      Σ_t x_it ≤ 1,  x ∈ {0, 1}
//! Σ_{τ ≤ t} spent_τ ≤ Σ_{τ ≤ t} B_τ                                                  A_y + z_y ≥ T_y
//! ```
//!
//! | symbol | meaning                                                        | unit      | from           |
//! |--------|----------------------------------------------------------------|-----------|----------------|
//! | `x_it` | whether measure `i` is decided in year `t`                     | –         | sought         |
//! | `a_i`, `L_i` | what it avoids in a year, years to its effect            | kg CO2e   | [`super::measures`] |
//! | `B`    | budget: investment, and what a measure costs every year after  | USD       | the programme  |
//! | `T_y`  | target, in parts of the suppliers' footprint, for all cars     | kg CO2e   | the programme  |
//! | `z_y`  | what is missed of it                                           | kg CO2e   | sought         |
//!
//! What is not spent in a year may be spent later; savings flow to the works, not to the budget. Where no plan meets every
//! target, 1.02 of the least miss is allowed, since the last of it may cost much of what is avoided. Of the relaxation `0 ≤ x ≤ 1`
//! the whole part is kept; what it leaves in pieces, and the next best, is decided by depth-first branch and bound, then filled by
//! worth for money and improved by exchanges, none of which misses more. The bound is the most that any plan avoids whose
//! misses add to no more than this one's:
//!
//! ```text
//! max Σ_y A_y   with the rows above,  0 ≤ x ≤ 1,  Σ_y z_y ≤ Σ_y z_y of the plan
//! ```
//!
//! The gap to it is reported, not assumed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::SuppliersError;
use super::measures::{CurveStep, LEAST_KG, MeasureLine, curve, worth};
use super::programme::{FILES, Programme};
use super::rollup::RollUp;
use super::tables::SupplierTables;
use crate::solver::Program;

/// A part of a measure above this counts as whole, below one less it as none.
const WHOLE: f64 = 0.99;
/// Measures that branch and bound decides: what the relaxation leaves in pieces is a handful.
const MOST_BRANCHED: usize = 14;
/// Weight of a missed kilogram against an avoided one in the relaxation: enough that targets go first.
const MISSED: f64 = 1e3;
/// What a plan may miss where targets are out of reach, in parts of the least.
const MORE_MISSED: f64 = 1.02;
/// Rounds in which a plan that misses something is sought anew from its own bound.
const MOST_ROUNDS: usize = 3;
/// A gap that needs no further round.
const NEAR: f64 = 5e-3;
/// Choices, a measure in a year: their exchange is tried pair by pair.
const MOST_CHOICES: usize = 50_000;
/// Passes over all exchanges.
const MOST_PASSES: usize = 4;
/// Rounding of sums of money.
const CENT: f64 = 1e-6;

/// A measure that is decided.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Decision {
    /// The year of the decision.
    pub year: i32,
    /// From when it has effect.
    pub effective_year: i32,
    /// The measure.
    #[serde(flatten)]
    pub measure: MeasureLine,
}

/// One year of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlanYear {
    /// The year.
    pub year: i32,
    /// Budget in USD.
    pub budget_usd: f64,
    /// Spent in USD: investments, and what measures in effect cost.
    pub spent_usd: f64,
    /// Saved by works in USD.
    pub saved_usd: f64,
    /// Avoided in kg CO2e.
    pub abated_kg: f64,
    /// The target in kg CO2e.
    pub target_kg: Option<f64>,
    /// What is missed of it.
    pub missed_kg: f64,
    /// The suppliers' footprint in kg CO2e a car.
    pub suppliers_kg_per_car: f64,
    /// Electricity less, in kWh.
    pub electricity_saved_kwh: f64,
    /// Heat less, in MJ.
    pub heat_saved_mj: f64,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Plan {
    /// The programme.
    pub programme: String,
    /// Whether it is made up.
    pub is_synthetic: bool,
    /// The car.
    pub car: String,
    /// Suppliers.
    pub suppliers: usize,
    /// Measures to choose from.
    pub measures: usize,
    /// Decisions, by year.
    pub decisions: Vec<Decision>,
    /// Years.
    pub years: Vec<PlanYear>,
    /// Avoided over all years, in kg CO2e.
    pub abated_kg: f64,
    /// What no plan exceeds that misses no more of its targets, by a relaxation.
    pub bound_kg: f64,
    /// How far the plan is below the bound, in parts of it.
    pub gap: f64,
    /// Whether every target is met.
    pub meets_targets: bool,
    /// Whether the relaxation could meet them; if not, no plan can.
    pub targets_within_reach: bool,
    /// The curve of abatement by cost.
    pub curve: Vec<CurveStep>,
    /// What must be known to read it.
    pub notices: Vec<String>,
}

/// A choice open to the plan: a measure in a year.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    measure: usize,
    /// Year of the decision, by number.
    at: usize,
    /// First year of effect, by number; beyond the last: none.
    effect: usize,
    /// Avoided in a year of effect, in kg CO2e.
    abated: f64,
    /// Avoided over all years.
    value: f64,
    /// Spent up to each year.
    spent: Vec<f64>,
}

/// What is decided so far.
struct Ledger<'o> {
    options: &'o [Choice],
    budget: Vec<f64>,
    spent: Vec<f64>,
    /// Avoided in each year, in kg CO2e.
    abated: Vec<f64>,
    /// What is to be avoided in each year, in kg CO2e.
    needs: &'o [Option<f64>],
    /// Year by measure.
    chosen: BTreeMap<usize, usize>,
}

impl Ledger<'_> {
    fn fits(&self, option: usize, freed: Option<usize>) -> bool {
        let o = &self.options[option];
        (0..self.budget.len()).all(|y| {
            let back = freed.map_or(0.0, |f| self.options[f].spent[y]);
            self.spent[y] + o.spent[y] - back <= self.budget[y] + CENT
        })
    }

    fn add(&mut self, option: usize) {
        let o = &self.options[option];
        self.spent.iter_mut().zip(&o.spent).for_each(|(s, c)| *s += c);
        self.abated[o.effect..].iter_mut().for_each(|a| *a += o.abated);
        self.chosen.insert(o.measure, option);
    }

    fn remove(&mut self, option: usize) {
        let o = &self.options[option];
        self.spent.iter_mut().zip(&o.spent).for_each(|(s, c)| *s -= c);
        self.abated[o.effect..].iter_mut().for_each(|a| *a -= o.abated);
        self.chosen.remove(&o.measure);
    }

    /// What is missed of all targets together, in kg CO2e.
    fn missed(&self) -> f64 {
        self.needs.iter().zip(&self.abated).filter_map(|(n, a)| n.map(|n| (n - a).max(0.0))).sum()
    }

    fn value(&self) -> f64 {
        self.chosen.values().map(|o| self.options[*o].value).sum()
    }
}

/// Plans.
///
/// # Errors
/// There is no budget, a number is missing, or the relaxation is not solved.
pub fn plan(tables: &SupplierTables, programme: &Programme, car: &super::car::SuppliedCar, sum: &RollUp) -> Result<Plan, SuppliersError> {
    let worth = worth(tables, programme, car)?;
    let years: Vec<i32> = years_of(programme);
    if programme.budget.is_empty() || years.is_empty() {
        return Err(SuppliersError::NoBudget);
    }
    let budget = cumulative(&years, &programme.budget);
    let base = sum.suppliers_kg * programme.head.cars_per_year;
    let targets: Vec<Option<f64>> = years.iter().map(|y| programme.target.get(y).map(|t| t * base)).collect();
    let done: Vec<f64> = years.iter().map(|y| done_by(&worth, *y)).collect();
    let open: Vec<usize> = (0..worth.len()).filter(|m| worth[*m].done_year.is_none() && worth[*m].abated_kg_per_year > LEAST_KG).collect();
    let choices = open.len() * years.len();
    if choices > MOST_CHOICES {
        let reason = format!("{} measures over {} years are {choices} choices; wanted: at most {MOST_CHOICES}", open.len(), years.len());
        return Err(SuppliersError::File { file: FILES[3].to_owned(), reason });
    }
    let options = options(&worth, &open, &years);
    let needs: Vec<Option<f64>> = targets.iter().zip(&done).map(|(t, d)| t.map(|t| (t - d).max(0.0))).collect();
    let mut relaxed = relax(&options, &open, &budget, &needs, None)?;
    let targets_within_reach = relaxed.missed <= base * CENT;
    // The least miss may be bought with much of what is avoided; a little more of it is let go for that.
    if !targets_within_reach {
        relaxed = relax(&options, &open, &budget, &needs, Some(relaxed.missed * MORE_MISSED))?;
    }
    let (ledger, bound) = settle(&options, &open, &budget, &needs, relaxed, base * CENT)?;
    let abated_before: f64 = done.iter().sum();
    let value = ledger.value();
    let mut decisions: Vec<Decision> = ledger
        .chosen
        .values()
        .map(|o| &options[*o])
        .map(|o| Decision { year: years[o.at], effective_year: years[0] + o.effect as i32, measure: worth[o.measure].clone() })
        .collect();
    decisions.sort_by(|a, b| a.year.cmp(&b.year).then_with(|| b.measure.abated_kg_per_year.total_cmp(&a.measure.abated_kg_per_year)));
    let years = plan_years(programme, sum, &years, &worth, &decisions, &targets);
    let meets_targets = years.iter().all(|y| y.missed_kg <= base * CENT);
    let mut notices = sum.notices.clone();
    let of_done = worth.iter().filter(|m| m.done_year.is_some()).count();
    let without_effect = worth.len() - of_done - open.len();
    if of_done + without_effect > 0 {
        notices.push(format!(
            "of {} measures {} can be planned: {of_done} are done, {without_effect} avoid less than {LEAST_KG} kg a year",
            worth.len(),
            open.len()
        ));
    }
    notices.push("measures of one works count one after the other, so the plan avoids at least what is counted".to_owned());
    Ok(Plan {
        programme: programme.head.name.clone(),
        is_synthetic: programme.head.is_synthetic,
        car: sum.car.clone(),
        suppliers: programme.suppliers.len(),
        measures: open.len(),
        decisions,
        years,
        abated_kg: abated_before + value,
        bound_kg: abated_before + bound,
        gap: gap(value, bound),
        meets_targets,
        targets_within_reach,
        curve: curve(&worth),
        notices,
    })
}

/// How far below its bound a plan is, in parts of it.
fn gap(value: f64, bound: f64) -> f64 {
    if bound > 0.0 { ((bound - value) / bound).max(0.0) } else { 0.0 }
}

/// The plan that a relaxation leads to, and its bound. A plan that misses something has a bound of its own, whose relaxation leads to
/// a further plan; the nearest to its bound is taken. What adds to no more than `least` kg is not missed.
fn settle<'o>(
    options: &'o [Choice],
    open: &[usize],
    budget: &[f64],
    needs: &'o [Option<f64>],
    mut relaxed: Relaxed,
    least: f64,
) -> Result<(Ledger<'o>, f64), SuppliersError> {
    let mut best: Option<(Ledger<'o>, f64)> = None;
    for _ in 0..MOST_ROUNDS {
        let nothing = || vec![0.0; budget.len()];
        let mut ledger = Ledger { options, spent: nothing(), budget: budget.to_vec(), abated: nothing(), needs, chosen: BTreeMap::new() };
        choose(&mut ledger, &relaxed.parts);
        fill(&mut ledger);
        exchange(&mut ledger);
        fill(&mut ledger);
        let missed = ledger.missed();
        if missed > least {
            relaxed = relax(options, open, budget, needs, Some(missed))?;
        }
        let found = gap(ledger.value(), relaxed.bound);
        if best.as_ref().is_none_or(|(other, bound)| found < gap(other.value(), *bound)) {
            best = Some((ledger, relaxed.bound));
        }
        if missed <= least || found <= NEAR {
            break;
        }
    }
    Ok(best.expect("there is at least one round"))
}

/// Every year from the first to the last that a budget or a target names.
fn years_of(programme: &Programme) -> Vec<i32> {
    let named = || programme.budget.keys().chain(programme.target.keys());
    match (named().min(), named().max()) {
        (Some(first), Some(last)) => (*first..=*last).collect(),
        _ => Vec::new(),
    }
}

fn cumulative(years: &[i32], budget: &BTreeMap<i32, f64>) -> Vec<f64> {
    let mut sum = 0.0;
    years
        .iter()
        .map(|y| {
            sum += budget.get(y).copied().unwrap_or(0.0);
            sum
        })
        .collect()
}

/// What measures that are done avoid in a year.
fn done_by(worth: &[MeasureLine], year: i32) -> f64 {
    worth.iter().filter(|m| m.done_year.is_some_and(|d| d <= year)).map(|m| m.abated_kg_per_year).sum()
}

fn options(worth: &[MeasureLine], open: &[usize], years: &[i32]) -> Vec<Choice> {
    let mut all = Vec::new();
    for &measure in open {
        let m = &worth[measure];
        for at in 0..years.len() {
            let effect = at + m.lead_years.ceil() as usize;
            // A measure without effect within the plan only costs.
            if effect >= years.len() {
                continue;
            }
            let yearly = (-m.saving_usd_per_year).max(0.0);
            let spent =
                (0..years.len()).map(|y| if y < at { 0.0 } else { m.investment_usd + yearly * (y + 1).saturating_sub(effect) as f64 }).collect();
            let abated = m.abated_kg_per_year;
            all.push(Choice { measure, at, effect, abated, value: abated * (years.len() - effect) as f64, spent });
        }
    }
    all
}

struct Relaxed {
    parts: Vec<f64>,
    bound: f64,
    missed: f64,
}

/// The relaxation, in units of the largest worth and of the whole budget: targets first, or what is avoided alone where no more than
/// `may_miss` kg of them is missed.
fn relax(options: &[Choice], open: &[usize], budget: &[f64], needs: &[Option<f64>], may_miss: Option<f64>) -> Result<Relaxed, SuppliersError> {
    let unit = options.iter().map(|o| o.value).fold(0.0, f64::max);
    if unit <= 0.0 {
        return Ok(Relaxed { parts: vec![0.0; options.len()], bound: 0.0, missed: needs.iter().flatten().sum() });
    }
    let money = budget.last().copied().unwrap_or(0.0).max(1.0);
    let mut program = Program::default();
    for option in options {
        program.variable(-option.value / unit);
    }
    for measure in open {
        let terms: Vec<(usize, f64)> = options.iter().enumerate().filter(|o| o.1.measure == *measure).map(|o| (o.0, 1.0)).collect();
        if !terms.is_empty() {
            program.row(terms, 1.0);
        }
    }
    for (year, limit) in budget.iter().enumerate() {
        program.row(options.iter().enumerate().map(|(i, o)| (i, o.spent[year] / money)).filter(|t| t.1 != 0.0).collect(), limit / money);
    }
    let mut slacks = Vec::new();
    for (year, need) in needs.iter().enumerate().filter_map(|(y, n)| n.map(|n| (y, n))) {
        let slack = program.variable(if may_miss.is_some() { 0.0 } else { MISSED });
        slacks.push(slack);
        let effect = options.iter().enumerate().filter(|o| o.1.effect <= year).map(|(i, o)| (i, -o.abated / unit));
        program.row(effect.chain([(slack, -1.0)]).collect(), -need / unit);
    }
    if let Some(limit) = may_miss {
        program.row(slacks.iter().map(|s| (*s, 1.0)).collect(), limit / unit);
    }
    let solution = program.solve()?;
    let missed = unit * slacks.iter().map(|s| solution.x[*s].max(0.0)).sum::<f64>();
    let parts: Vec<f64> = solution.x[..options.len()].iter().map(|x| x.clamp(0.0, 1.0)).collect();
    let bound = parts.iter().zip(options).map(|(x, o)| x * o.value).sum();
    Ok(Relaxed { parts, bound, missed })
}

/// Keeps the whole part of the relaxation and decides its pieces by branch and bound.
fn choose(ledger: &mut Ledger<'_>, parts: &[f64]) {
    for (option, _) in parts.iter().enumerate().filter(|p| *p.1 >= WHOLE) {
        if ledger.fits(option, None) {
            ledger.add(option);
        }
    }
    let mut pieces: Vec<usize> = (0..parts.len()).filter(|o| parts[*o] < WHOLE && parts[*o] > 1.0 - WHOLE).collect();
    pieces.retain(|o| !ledger.chosen.contains_key(&ledger.options[*o].measure));
    pieces.sort_by(|a, b| ledger.options[*b].value.total_cmp(&ledger.options[*a].value));
    pieces.truncate(MOST_BRANCHED);
    let mut best = (-MISSED * ledger.missed(), Vec::new());
    branch(ledger, &pieces, 0.0, &mut Vec::new(), &mut best);
    for option in best.1 {
        ledger.add(option);
    }
}

fn branch(ledger: &mut Ledger<'_>, left: &[usize], value: f64, taken: &mut Vec<usize>, best: &mut (f64, Vec<usize>)) {
    let worth = value - MISSED * ledger.missed();
    if worth > best.0 {
        *best = (worth, taken.clone());
    }
    let Some((&first, rest)) = left.split_first() else { return };
    if value + left.iter().map(|o| ledger.options[*o].value).sum::<f64>() <= best.0 {
        return;
    }
    if !ledger.chosen.contains_key(&ledger.options[first].measure) && ledger.fits(first, None) {
        ledger.add(first);
        taken.push(first);
        branch(ledger, rest, value + ledger.options[first].value, taken, best);
        taken.pop();
        ledger.remove(first);
    }
    branch(ledger, rest, value, taken, best);
}

/// Options by worth for money, the best first.
fn by_worth(options: &[Choice]) -> Vec<usize> {
    let price = |o: &Choice| o.value / o.spent.last().copied().unwrap_or(0.0).max(CENT);
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by(|a, b| price(&options[*b]).total_cmp(&price(&options[*a])).then(a.cmp(b)));
    order
}

/// Takes what still fits.
fn fill(ledger: &mut Ledger<'_>) {
    for option in by_worth(ledger.options) {
        if !ledger.chosen.contains_key(&ledger.options[option].measure) && ledger.fits(option, None) {
            ledger.add(option);
        }
    }
}

/// Puts another option in the place of a chosen one where that avoids more: earlier years, or another measure.
fn exchange(ledger: &mut Ledger<'_>) {
    let order = by_worth(ledger.options);
    for _ in 0..MOST_PASSES {
        let mut has_changed = false;
        for &option in &order {
            let (measure, value) = (ledger.options[option].measure, ledger.options[option].value);
            let own = ledger.chosen.get(&measure).copied();
            let out = match own {
                Some(own) => (value > ledger.options[own].value && ledger.fits(option, Some(own))).then_some(own),
                None => ledger
                    .chosen
                    .values()
                    .copied()
                    .filter(|c| ledger.options[*c].value < value && ledger.fits(option, Some(*c)))
                    .min_by(|a, b| ledger.options[*a].value.total_cmp(&ledger.options[*b].value)),
            };
            if let Some(out) = out {
                let missed = ledger.missed();
                ledger.remove(out);
                ledger.add(option);
                if ledger.missed() > missed + CENT {
                    ledger.remove(option);
                    ledger.add(out);
                } else {
                    has_changed = true;
                }
            }
        }
        if !has_changed {
            break;
        }
    }
}

fn plan_years(
    programme: &Programme,
    sum: &RollUp,
    years: &[i32],
    worth: &[MeasureLine],
    decisions: &[Decision],
    targets: &[Option<f64>],
) -> Vec<PlanYear> {
    let cars = programme.head.cars_per_year;
    years
        .iter()
        .zip(targets)
        .map(|(&year, target)| {
            let in_effect = || decisions.iter().filter(move |d| d.effective_year <= year).map(|d| &d.measure);
            let done = || worth.iter().filter(move |m| m.done_year.is_some_and(|d| d <= year));
            let abated: f64 = in_effect().chain(done()).map(|m| m.abated_kg_per_year).sum();
            let invested: f64 = decisions.iter().filter(|d| d.year == year).map(|d| d.measure.investment_usd).sum();
            let yearly: f64 = in_effect().map(|m| (-m.saving_usd_per_year).max(0.0)).sum();
            PlanYear {
                year,
                budget_usd: programme.budget.get(&year).copied().unwrap_or(0.0),
                spent_usd: invested + yearly,
                saved_usd: in_effect().map(|m| m.saving_usd_per_year.max(0.0)).sum(),
                abated_kg: abated,
                target_kg: *target,
                missed_kg: target.map_or(0.0, |t| (t - abated).max(0.0)),
                suppliers_kg_per_car: sum.suppliers_kg - abated / cars,
                electricity_saved_kwh: in_effect().map(|m| m.electricity_saved_kwh).sum(),
                heat_saved_mj: in_effect().map(|m| m.heat_saved_mj).sum(),
            }
        })
        .collect()
}
