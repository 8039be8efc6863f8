//! The answer of a sourcing: whether it can be, what it costs, and what binds.

use std::collections::BTreeMap;

use minewheel_data::places::PlaceId;
use minewheel_data::status::Status;
use serde::Serialize;

use super::problem::{Held, Problem};
use super::{Objective, Part, Rules, Solver, SourcingError, reach_of_rules};
use crate::solver::{ProgramError, Solution};
use crate::supply::reach_notice;

/// A part of a market's turnover below this counts as supplied.
const SUPPLIED: f64 = 1e-5;
/// What is nought to the solver's tolerance, in parts of the largest.
const TOLERANCE: f64 = 1e-6;
/// What an objective is taken for at least when its rest is told from nought: a kg CO2e or a USD by car.
const LEAST_OBJECTIVE: f64 = 1.0;
/// How far below the largest volume the solution lies that stands for it: at the limit itself nothing is left to choose.
const BELOW_LARGEST: f64 = 0.999;
/// How far least cost may be exceeded while carbon is made least.
const COST_SLACK: f64 = 1e-6;
/// A hundredth of a market.
const HUNDREDTH: f64 = 0.01;

/// A market without enough supply.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Gap {
    /// The product.
    pub product: String,
    /// Its tier.
    pub tier: String,
    /// The share of what passes the market that nobody may or can make.
    pub lacks_share: f64,
    /// The same for one car.
    pub lacks: f64,
    /// In this unit.
    pub unit: String,
}

/// What a rule or a country's works hold back.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Binding {
    /// The tier.
    pub tier: String,
    /// The product.
    pub product: String,
    /// The rule: `ban CN`, `not a friend CN`, `cap CN 0.5`, `content US 0.6`, `capacity KR`.
    pub rule: String,
    /// By how much the objective would fall if one hundredth of the market were free of it, in kg CO2e or USD by car.
    pub gain_per_percent: f64,
}

/// Climate and cost of production.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Totals {
    /// Climate in kg CO2e by car.
    pub climate_kg: f64,
    /// Cost over making every priced product in China, in USD by car.
    pub cost_over_china_usd: f64,
}

/// One way to source.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Solved {
    /// What was made least.
    pub objective: Objective,
    /// Climate and cost.
    #[serde(flatten)]
    pub totals: Totals,
    /// Climate over the open market, in kg CO2e by car.
    pub extra_climate_kg: f64,
    /// Cost over the open market, in USD by car.
    pub extra_cost_usd: f64,
    /// What binds, the dearest first; empty for the nearest.
    pub binding: Vec<Binding>,
    /// The tier whose rule or capacity is dearest.
    pub binding_tier: Option<String>,
}

/// One market, open and sourced.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SourcedTier {
    /// The tier.
    pub tier: String,
    /// The product.
    pub product: String,
    /// The unit.
    pub unit: String,
    /// What passes it for one car at the open market's shares.
    pub open_amount: f64,
    /// What passes it as sourced.
    pub amount: f64,
    /// Shares by country on the open market.
    pub open_shares: BTreeMap<String, f64>,
    /// Shares by country as sourced.
    pub shares: BTreeMap<String, f64>,
    /// The part that changed its country.
    pub moved_share: f64,
    /// How well the open shares are known.
    pub status: Status,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SourcingReport {
    /// The car.
    pub car: String,
    /// Whose supply.
    pub part: Part,
    /// The year.
    pub year: i32,
    /// The rules in words.
    pub rules: Vec<String>,
    /// The buyer's part of the world's need.
    pub volume: f64,
    /// Whether every market finds enough makers at that volume.
    pub is_feasible: bool,
    /// The largest part of the world's need that can be sourced so; none where no capacity binds, nought where a rule leaves
    /// a market without any maker.
    pub largest_volume: Option<f64>,
    /// The volume that the solutions are for; none if there is no solution.
    pub solved_volume: Option<f64>,
    /// Markets that lack supply at the volume asked.
    pub gaps: Vec<Gap>,
    /// The open market.
    pub open: Totals,
    /// The nearest to it that countries' works leave at the solved volume without any rule: what capacities do by themselves.
    pub without_rules: Option<Totals>,
    /// Ways to source: least carbon, least cost, nearest to the open market.
    pub solutions: Vec<Solved>,
    /// Which of them the tiers below show.
    pub objective: Objective,
    /// Markets, open and sourced.
    pub tiers: Vec<SourcedTier>,
    /// Products without a price: their place changes no cost here.
    pub unpriced: Vec<String>,
    /// Products with a price for which no table says what a place adds.
    pub without_premium: Vec<String>,
    /// Products whose makers no table names: no rule reaches them.
    pub of_unknown_origin: Vec<String>,
    /// The weakest status of shares and premiums.
    pub weakest_status: Status,
    /// What must be known to read it.
    pub notices: Vec<String>,
}

/// Solves and reports.
pub(super) fn report(solver: &Solver<'_>, year: i32) -> Result<SourcingReport, SourcingError> {
    let (tables, tiers, question) = (solver.tables, solver.tiers, solver.question);
    let open_made = tiers.made();
    let open = totals(solver, &open_made);
    let asked = solver.problem(Some(solver.volume));
    let gaps = gaps(&asked)?;
    let largest_volume = match asked.largest_volume(solver.volume) {
        Ok(found) => found,
        Err(ProgramError::Infeasible) => Some(0.0),
        Err(other) => return Err(other.into()),
    };
    let is_feasible = gaps.is_empty();
    let solved_volume = match largest_volume {
        _ if is_feasible => Some(solver.volume),
        Some(largest) if largest > TOLERANCE => Some(largest * BELOW_LARGEST),
        _ => None,
    };
    let mut solutions = Vec::new();
    let mut shown = None;
    let without_rules = solved_volume.map(|volume| nearest_without_rules(solver, volume)).transpose()?;
    if let Some(volume) = solved_volume {
        let problem = if is_feasible { asked } else { solver.problem(Some(volume)) };
        for objective in Objective::ALL {
            let (made, binding) = solve(solver, &problem, objective)?;
            let totals = totals(solver, &made);
            solutions.push(Solved {
                objective,
                extra_climate_kg: totals.climate_kg - open.climate_kg,
                extra_cost_usd: totals.cost_over_china_usd - open.cost_over_china_usd,
                totals,
                binding_tier: binding.first().map(|b| b.tier.clone()),
                binding,
            });
            if objective == question.objective {
                shown = Some(made);
            }
        }
    }
    let rules = question.rules.iter().flat_map(|r| words(solver, r)).collect();
    let shares = tiers.markets.iter().map(|m| m.status).max().unwrap_or(Status::Read);
    let mut notices = notices(solver, is_feasible, largest_volume, solved_volume);
    notices.extend(tables.supply.reach(year)?.map(|last| reach_notice(last, year)));
    notices.extend(
        (!tiers.of_unknown_origin.is_empty())
            .then(|| format!("{} products have no maker in the tables: no rule reaches them (`of_unknown_origin`)", tiers.of_unknown_origin.len())),
    );
    Ok(SourcingReport {
        car: question.car.id.clone(),
        part: question.part,
        year,
        rules,
        volume: solver.volume,
        is_feasible,
        largest_volume,
        solved_volume,
        gaps,
        open,
        without_rules,
        solutions,
        objective: question.objective,
        tiers: sourced_tiers(solver, &open_made, shown.as_deref()),
        unpriced: solver.costs.unpriced.clone(),
        without_premium: solver.costs.without_premium.clone(),
        of_unknown_origin: tiers.of_unknown_origin.clone(),
        weakest_status: shares.max(solver.costs.status).max(tables.rows.weakest([])),
        notices,
    })
}

/// Solves for one objective: amounts, and what binds.
pub(super) fn solve(solver: &Solver<'_>, problem: &Problem<'_>, objective: Objective) -> Result<(Vec<f64>, Vec<Binding>), ProgramError> {
    let carbon = |n: usize| solver.tiers.nodes[n].kg_co2e;
    let cost = |n: usize| solver.costs.usd[n];
    match objective {
        Objective::Carbon => {
            let solution = problem.least(&carbon)?;
            Ok((problem.made(&solution), binding(solver, problem, &carbon, &solution)))
        }
        Objective::Cost => {
            let cheapest = problem.least(&cost)?;
            let limit = cheapest.objective * (1.0 + COST_SLACK) + COST_SLACK;
            let solution = problem.least_then(&cost, limit, &carbon)?;
            Ok((problem.made(&solution), binding(solver, problem, &cost, &cheapest)))
        }
        Objective::Nearest => Ok((problem.made(&problem.nearest()?), Vec::new())),
    }
}

fn nearest_without_rules(solver: &Solver<'_>, volume: f64) -> Result<Totals, ProgramError> {
    let problem = Problem::new(solver.tables, solver.tiers, &[], solver.capacities, Some(volume));
    Ok(totals(solver, &problem.made(&problem.nearest()?)))
}

fn totals(solver: &Solver<'_>, made: &[f64]) -> Totals {
    let usd: f64 = made.iter().zip(&solver.costs.usd).map(|(x, c)| x * c).sum();
    // Least cost is met up to the slack that least carbon may use: below it stands nothing.
    let is_slack = usd.abs() <= 2.0 * COST_SLACK;
    Totals { climate_kg: solver.tiers.climate_kg(made), cost_over_china_usd: if is_slack { 0.0 } else { usd } }
}

pub(super) fn gaps(problem: &Problem<'_>) -> Result<Vec<Gap>, ProgramError> {
    let mut found: Vec<Gap> = Vec::new();
    for (market, share) in problem.gaps()?.into_iter().enumerate().filter(|g| g.1 > SUPPLIED) {
        let m = &problem.tiers.markets[market];
        let lacks = share * problem.scale[market];
        found.push(Gap { product: m.product.clone(), tier: m.tier.clone(), lacks_share: share, lacks, unit: m.unit.clone() });
    }
    found.sort_by(|a, b| b.lacks_share.total_cmp(&a.lacks_share).then_with(|| a.product.cmp(&b.product)));
    Ok(found)
}

/// What binds, the dearest first: one line a market and rule.
fn binding(solver: &Solver<'_>, problem: &Problem<'_>, weight: &dyn Fn(usize) -> f64, solution: &Solution) -> Vec<Binding> {
    let mut found: Vec<Binding> = Vec::new();
    let code = |p: PlaceId| solver.tables.places.code(p);
    let mut add = |market: usize, rule: String, gain: f64| {
        let m = &problem.tiers.markets[market];
        found.push(Binding { tier: m.tier.clone(), product: m.product.clone(), rule, gain_per_percent: gain * HUNDREDTH });
    };
    for (held, dual) in problem.held.iter().zip(&solution.duals) {
        match held {
            Held::Capacity { market, place } => add(*market, format!("capacity {}", code(*place)), *dual),
            Held::Rule { market, words } => add(*market, words.clone(), *dual),
            Held::Balance => {}
        }
    }
    for market in 0..problem.tiers.markets.len() {
        let shut = problem.excluded.iter().filter(|e| problem.tiers.nodes[e.node].market == market);
        let best = shut.map(|e| (e, -problem.reduced_cost(e.node, weight(e.node), &solution.duals))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((excluded, gain)) = best {
            let place = code(problem.tiers.nodes[excluded.node].place);
            add(market, format!("{} {place}", if excluded.is_banned { "ban" } else { "not a friend" }), gain);
        }
    }
    let scale = solution.objective.abs().max(LEAST_OBJECTIVE);
    found.retain(|b| b.gain_per_percent > TOLERANCE * scale * HUNDREDTH);
    found.sort_by(|a, b| b.gain_per_percent.total_cmp(&a.gain_per_percent).then_with(|| a.product.cmp(&b.product)));
    found
}

/// Shares of a market by country.
fn shares_of(solver: &Solver<'_>, market: usize, made: &[f64]) -> (f64, BTreeMap<String, f64>) {
    let mut by_country: BTreeMap<String, f64> = BTreeMap::new();
    for (node, amount) in solver.tiers.nodes.iter().zip(made).filter(|n| n.0.market == market) {
        *by_country.entry(solver.tables.places.code(solver.tables.places.country(node.place)).to_owned()).or_default() += amount;
    }
    let total: f64 = by_country.values().sum();
    if total > 0.0 {
        for amount in by_country.values_mut() {
            *amount /= total;
        }
    }
    by_country.retain(|_, share| *share > SUPPLIED);
    (total, by_country)
}

fn sourced_tiers(solver: &Solver<'_>, open: &[f64], made: Option<&[f64]>) -> Vec<SourcedTier> {
    let mut all = Vec::new();
    for (index, market) in solver.tiers.markets.iter().enumerate() {
        let (open_amount, open_shares) = shares_of(solver, index, open);
        let (amount, shares) = made.map_or((0.0, BTreeMap::new()), |m| shares_of(solver, index, m));
        if open_amount <= 0.0 && amount <= 0.0 {
            continue;
        }
        let gained: f64 = shares.iter().map(|(place, share)| (share - open_shares.get(place).copied().unwrap_or(0.0)).max(0.0)).sum();
        all.push(SourcedTier {
            tier: market.tier.clone(),
            product: market.product.clone(),
            unit: market.unit.clone(),
            open_amount,
            amount,
            open_shares,
            shares,
            moved_share: gained,
            status: market.status,
        });
    }
    all
}

/// Rules in words.
fn words(solver: &Solver<'_>, rules: &Rules) -> Vec<String> {
    let code = |p: &PlaceId| solver.tables.places.code(*p).to_owned();
    let list = |places: &[PlaceId]| places.iter().map(code).collect::<Vec<_>>().join(", ");
    let mut each = Vec::new();
    if !rules.bans.is_empty() {
        each.push(format!("none from {}", list(&rules.bans)));
    }
    if !rules.friends.is_empty() {
        each.push(format!("only from {}", list(&rules.friends)));
    }
    each.extend(rules.caps.iter().map(|c| format!("at most {} from {}", c.share, code(&c.place))));
    each.extend(rules.content.iter().map(|c| format!("at least {} from {}", c.share, code(&c.place))));
    let scope: Vec<&str> = rules.tiers.iter().chain(&rules.products).map(String::as_str).collect();
    let scope = if scope.is_empty() { "every tier".to_owned() } else { scope.join(", ") };
    each.into_iter().map(|rule| format!("{scope}: {rule}")).collect()
}

fn notices(solver: &Solver<'_>, is_feasible: bool, largest: Option<f64>, solved: Option<f64>) -> Vec<String> {
    let mut notices = Vec::new();
    if !is_feasible {
        notices.push(match (largest, solved) {
            (Some(largest), Some(_)) => format!(
                "not enough for {:.1} % of the world's need; up to {:.1} % can be sourced so, which the solutions are for",
                100.0 * solver.volume,
                100.0 * largest
            ),
            _ => "some market has no maker left, at any volume".to_owned(),
        });
    }
    if solver.tiers.throughput(|n| solver.tiers.nodes[n].share).iter().any(|w| *w < 0.0) {
        notices.push("the car gives back more of some product than it takes: the open market is credited for it, a sourcing is not".to_owned());
    }
    let code = |p: &PlaceId| solver.tables.places.code(*p);
    for (place, within, has_maker) in reach_of_rules(solver.tables, &solver.question.rules, solver.tiers) {
        if !within.is_empty() {
            let within = within.iter().map(code).collect::<Vec<_>>().join(", ");
            notices.push(format!("rules on {0} miss makers of {0} that some tables count within {within}", code(&place)));
        } else if !has_maker {
            notices.push(format!("no maker in this supply is counted in {0}; what {0} makes of it is in the rest, WORLD", code(&place)));
        }
    }
    notices.push(
        "capacity: a country's output and its spare, as if all other buyers gave way; counted for battery materials and rare earths".to_owned(),
    );
    notices.push("cost: premiums of places over China on priced products; the rest is named under `unpriced` and `without_premium`".to_owned());
    notices
}
