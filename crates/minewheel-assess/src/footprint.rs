//! Impacts of one car: totals, stages, places, how much of them each category covers, and how well they are known.
//!
//! With `d` the car's demand, `y` the impact per unit of every product and `x` the activity of every process,
//!
//! ```text
//! impact = dᵀ y = cᵀ x        share of status k = (T_k − T_{k−1}) / T
//! ```
//!
//! where `T_k` counts only chains whose every row is known at least as well as `k`. The coverage of a category is the
//! share of the climate total whose own process reports that category's family in full.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::cards::Families;
use minewheel_data::status::Status;
use minewheel_lca::{
    Activity, CategoryFactors, ColumnId, Demand, FactorId, FlowId, Grade, GradedScores, LoopFactors, Scores, SolveOptions, adjoint, adjoint_by_group,
    adjoint_many, direct_scores, direct_scores_many,
};
use minewheel_model::bill::{Phase, Stage};

use crate::AssessError;
use crate::network::PlacedNetwork;
use crate::tables::Tables;

/// One line of a car's demand, placed in a network.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedLine {
    /// Stage of the life.
    pub stage: Stage,
    /// The part.
    pub part: Arc<str>,
    /// The column that delivers it.
    pub column: ColumnId,
    /// How much of it.
    pub amount: f64,
    /// How well the amount is known.
    pub status: Status,
}

/// Impact by stage, part and place of emission.
#[derive(Debug, Clone, PartialEq)]
pub struct StageImpact {
    /// Stage of the life.
    pub stage: Stage,
    /// The part.
    pub part: Arc<str>,
    /// Place code of the emission; none of a network solved without places.
    pub country: Option<String>,
    /// Kilograms of CO2 equivalents.
    pub kg: f64,
}

/// A total in one category.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryTotal {
    /// The category.
    pub category: String,
    /// Its unit.
    pub unit: String,
    /// Production, use, end of life.
    pub by_phase: [f64; 3],
    /// Share of the climate total whose cards report the category's family in full.
    pub coverage: f64,
}

/// Impacts of one car at best estimates.
#[derive(Debug, Clone)]
pub struct Footprint {
    /// Climate by phase in kg CO2e: production, use, end of life.
    pub by_phase: [f64; 3],
    /// Climate by stage, part and place.
    pub by_stage: Vec<StageImpact>,
    /// Every other category.
    pub categories: Vec<CategoryTotal>,
    /// Share of the climate total by weakest status.
    pub by_status: [f64; 4],
    /// Share of the climate total by impact family covered.
    pub coverage: BTreeMap<String, f64>,
    /// Activity of every process for the whole life.
    pub activity: Activity,
    /// Largest backward error of the solves.
    pub residual: f64,
}

/// Adjoint solutions of a network for every category, shared by all cars.
#[derive(Debug)]
pub struct SolvedNetwork<'n> {
    /// The network.
    pub placed: &'n PlacedNetwork,
    /// The climate category.
    pub climate: Arc<CategoryFactors>,
    /// Climate impact per unit of every column.
    pub scores: Arc<Scores>,
    rest: Arc<Rest>,
}

#[derive(Debug)]
struct Rest {
    direct: Vec<f64>,
    others: Vec<(String, String, Scores)>,
    graded: GradedScores,
    by_place: Option<Vec<(String, Scores)>>,
    loops: LoopFactors,
}

/// The solutions of a network apart from it, cheap to copy.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    climate: Arc<CategoryFactors>,
    scores: Arc<Scores>,
    rest: Arc<Rest>,
}

impl Solution {
    /// Whether it has solutions by place of emission.
    pub(crate) fn is_by_place(&self) -> bool {
        self.rest.by_place.is_some()
    }

    /// The network whose solutions these are, solved.
    pub(crate) fn of<'n>(&self, placed: &'n PlacedNetwork) -> SolvedNetwork<'n> {
        SolvedNetwork { placed, climate: Arc::clone(&self.climate), scores: Arc::clone(&self.scores), rest: Arc::clone(&self.rest) }
    }
}

/// The number of a phase in arrays.
pub const fn phase_index(phase: Phase) -> usize {
    match phase {
        Phase::Production => 0,
        Phase::Use => 1,
        Phase::EndOfLife => 2,
    }
}

impl<'n> SolvedNetwork<'n> {
    /// Solves a network for a climate method and for every category of the method `minewheel`.
    ///
    /// # Errors
    /// The method is unknown, or the network cannot be solved.
    pub fn new(tables: &Tables, placed: &'n PlacedNetwork, method: &str) -> Result<Self, AssessError> {
        Ok(Self::solve(tables, placed, method, false)?.of(placed))
    }

    /// The solutions of a network; with those by place of emission, a footprint tells where.
    ///
    /// # Errors
    /// The method is unknown, or the network cannot be solved.
    pub(crate) fn solve(tables: &Tables, placed: &PlacedNetwork, method: &str, is_by_place: bool) -> Result<Solution, AssessError> {
        let flows = tables.methods.flows().len();
        let background = placed.background.as_deref();
        let factors = |category: &minewheel_data::methods::Category| {
            // The background's flow of a category is its impact.
            let mut values = vec![0.0; flows + background.map_or(0, |b| b.categories.len())];
            if let Some(mapped) = background.and_then(|b| b.category(&category.name)) {
                values[flows + mapped] = 1.0;
            }
            for (flow, value) in &category.factors {
                values[usize::from(flow.0)] = value.best;
            }
            let mut factors = CategoryFactors::new(values);
            for (flow, value) in category.factors.iter().filter(|f| f.1.is_uncertain()) {
                factors = factors.with_uncertain_flow(FlowId(u32::from(flow.0)), FactorId(value.row.0));
            }
            factors
        };
        let climate = factors(
            tables
                .methods
                .category(method, "climate")
                .ok_or_else(|| AssessError::Method { seen: method.to_owned(), known: tables.methods.climate_methods().join(", ") })?,
        );
        let others: Vec<_> =
            tables.methods.categories().iter().filter(|c| c.method == "minewheel" || (c.method == method && c.name != "climate")).collect();
        let direct = direct_scores(&placed.network, &climate);
        let loops = LoopFactors::of(&placed.network)?;
        let network = &placed.network;
        let ((graded, others_solved), by_place) = rayon::join(
            || {
                rayon::join(
                    || -> Result<_, AssessError> {
                        let scores = adjoint(network, &direct)?;
                        Ok((GradedScores::solve_below(network, &climate, scores.clone())?, scores))
                    },
                    || {
                        let categories: Vec<_> = others.iter().map(|c| factors(c)).collect();
                        adjoint_many(network, &direct_scores_many(network, &categories), SolveOptions::default())
                    },
                )
            },
            || is_by_place.then(|| scores_by_place(tables, placed, &direct)).transpose(),
        );
        let ((graded, scores), solved, by_place) = (graded?, others_solved?, by_place?);
        let others = others.iter().zip(solved).map(|(c, s)| (c.name.clone(), c.unit.clone(), s)).collect();
        let rest = Rest { direct, others, graded, by_place, loops };
        Ok(Solution { climate: Arc::new(climate), scores: Arc::new(scores), rest: Arc::new(rest) })
    }

    /// Impact per unit of every column in a category other than climate; `None`: there is no such category.
    pub fn scores_of(&self, category: &str) -> Option<&Scores> {
        self.rest.others.iter().find(|o| o.0 == category).map(|o| &o.2)
    }

    /// Direct climate impact per unit of a column.
    pub fn direct(&self, column: ColumnId) -> f64 {
        self.rest.direct[column.index()]
    }

    /// Share of a demand's climate total by weakest status.
    ///
    /// # Errors
    /// The demand names a column that the network lacks.
    pub fn by_status(&self, demand: &Demand) -> Result<[f64; 4], AssessError> {
        Ok(self.rest.graded.total(demand)?.shares().unwrap_or([0.0; 4]))
    }

    /// The impacts of one car; by place of emission where these are wanted and the network was solved for them.
    ///
    /// # Errors
    /// The network cannot be solved for its demand.
    pub fn footprint(&self, tables: &Tables, lines: &[PlacedLine], has_places: bool) -> Result<Footprint, AssessError> {
        let values = self.scores.values();
        let mut by_phase = [0.0; 3];
        let mut whole = Demand::none();
        let mut parts: BTreeMap<(Stage, Arc<str>), Demand> = BTreeMap::new();
        for line in lines {
            by_phase[phase_index(line.stage.phase())] += line.amount * values[line.column.index()];
            let grade = Grade::new(line.status.rank()).unwrap_or(Grade::WEAKEST);
            whole = whole.and(line.column, line.amount, grade);
            let part = parts.entry((line.stage, Arc::clone(&line.part))).or_default();
            *part = std::mem::take(part).and(line.column, line.amount, grade);
        }
        let total: f64 = by_phase.iter().sum();
        let mut by_stage = Vec::new();
        for ((stage, part), demand) in &parts {
            by_stage.extend(self.stage_impacts(*stage, part, demand, has_places));
        }
        let activity = self.rest.loops.forward(&self.placed.network, &whole)?;
        let mut covered = [0.0; Families::NAMES.len()];
        for (index, amount) in activity.values().iter().enumerate() {
            let climate = amount * self.rest.direct[index];
            for (family, sum) in covered.iter_mut().enumerate() {
                if climate != 0.0 && self.placed.carries(&tables.cards, ColumnId(index as u32), family) {
                    *sum += climate;
                }
            }
        }
        let coverage: BTreeMap<String, f64> = Families::NAMES
            .iter()
            .zip(covered)
            .map(|(name, sum)| ((*name).to_owned(), if total == 0.0 { 0.0 } else { (sum / total).min(1.0) }))
            .collect();
        let categories = self
            .rest
            .others
            .iter()
            .map(|(category, unit, scores)| {
                let mut by_phase = [0.0; 3];
                for line in lines {
                    by_phase[phase_index(line.stage.phase())] += line.amount * scores.values()[line.column.index()];
                }
                let coverage = coverage.get(family_of(category)).copied().unwrap_or(0.0);
                CategoryTotal { category: category.clone(), unit: unit.clone(), by_phase, coverage }
            })
            .collect();
        let by_status = self.rest.graded.total(&whole)?.shares().unwrap_or([0.0; 4]);
        let residual = self.scores.report().residual.max(activity.report().residual);
        Ok(Footprint { by_phase, by_stage, categories, by_status, coverage, activity, residual })
    }

    fn stage_impacts(&self, stage: Stage, part: &Arc<str>, demand: &Demand, has_places: bool) -> Vec<StageImpact> {
        let kg = |scores: &Scores| demand.lines().iter().map(|l| l.amount * scores.values()[l.column.index()]).sum::<f64>();
        let impact = |country: Option<String>, scores: &Scores| StageImpact { stage, part: Arc::clone(part), country, kg: kg(scores) };
        let impacts: Vec<StageImpact> = match self.rest.by_place.as_ref().filter(|_| has_places) {
            Some(places) => places.iter().map(|(country, scores)| impact(Some(country.clone()), scores)).collect(),
            None => vec![impact(None, &self.scores)],
        };
        impacts.into_iter().filter(|impact| impact.kg != 0.0).collect()
    }
}

/// The place code of a column's emissions.
fn emission_place<'t>(tables: &'t Tables, placed: &PlacedNetwork, column: ColumnId) -> &'t str {
    placed.place(column).map_or("WORLD", |p| tables.places.code(p))
}

/// Climate impact per unit of every column that is emitted in each place.
fn scores_by_place(tables: &Tables, placed: &PlacedNetwork, direct: &[f64]) -> Result<Vec<(String, Scores)>, AssessError> {
    let place = |column: usize| emission_place(tables, placed, ColumnId(column as u32));
    let emits = direct.iter().enumerate().filter(|(_, kg)| **kg != 0.0).map(|(column, _)| column);
    let mut places: Vec<&str> = emits.clone().map(place).collect();
    places.sort_unstable();
    places.dedup();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    // Columns that emit nothing count to the first place.
    let mut group = vec![0; direct.len()];
    for column in emits {
        group[column] = places.partition_point(|known| *known < place(column)) as u32;
    }
    let scores = adjoint_by_group(&placed.network, direct, &group, places.len(), SolveOptions::default())?;
    Ok(places.into_iter().map(str::to_owned).zip(scores).collect())
}

/// The impact family whose coverage a category has.
pub(crate) fn family_of(category: &str) -> &'static str {
    match category {
        c if c.starts_with("climate") => "climate",
        c if c.starts_with("energy") => "energy",
        c if c.starts_with("water") => "water",
        c if c.starts_with("metal") => "metals",
        _ => "air",
    }
}
