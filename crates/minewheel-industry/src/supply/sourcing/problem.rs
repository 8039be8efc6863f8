//! The programme of a sourcing: rows of balance, capacity and rules over what every maker makes.
//!
//! Amounts are in parts of what passes a market at the tables' shares, so that coefficients are of order one. A market may end
//! with more made than used only where the car gives something back; to make more than is needed always costs carbon.

use minewheel_assess::tables::Tables;
use minewheel_assess::tiers::{TierNode, Tiers};
use minewheel_data::places::PlaceId;

use super::{PlaceShare, Rules};
use crate::solver::{Program, ProgramError, Solution};

/// Coefficients below this are noise of the network's solve.
const NOISE: f64 = 1e-10;
/// A market through which less than this part of the largest amount could pass stays out.
const REACHED: f64 = 1e-15;

/// Least share by which a change is weighed: smaller makers would rule the sum.
const LEAST_SHARE: f64 = 1e-3;

/// What a row of the programme holds down.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    /// A market's balance.
    Balance,
    /// The works of a country.
    Capacity { market: usize, place: PlaceId },
    /// A rule on a market.
    Rule { market: usize, words: String },
}

/// A maker that rules shut out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Excluded {
    /// Its node.
    pub node: usize,
    /// Whether a ban does it, rather than a list of friends.
    pub is_banned: bool,
}

/// A programme in the making.
pub(super) struct Problem<'a> {
    pub tiers: &'a Tiers,
    tables: &'a Tables,
    /// What amounts of a market are counted in.
    pub scale: Vec<f64>,
    /// Nodes that may supply, by variable.
    pub variables: Vec<usize>,
    /// Nodes that may not.
    pub excluded: Vec<Excluded>,
    rows: Vec<(Vec<(usize, f64)>, f64)>,
    /// What the rows hold down, in their order.
    pub held: Vec<Held>,
    /// By row of a rule: the part of a missing unit that it counts.
    missing: Vec<(usize, f64)>,
}

/// Shares of a country's works in the world's output, with what they could make beyond it.
pub(super) struct Capacity {
    /// Product.
    pub product: String,
    /// Country.
    pub place: PlaceId,
    /// Output and spare, in parts of the world's output.
    pub share: f64,
}

impl<'a> Problem<'a> {
    /// Sets up the rows. `volume`: the buyer's part of the world's need; `None`: one car, no capacity binds.
    pub fn new(tables: &'a Tables, tiers: &'a Tiers, rules: &[Rules], capacities: &[Capacity], volume: Option<f64>) -> Self {
        let turnover = tiers.throughput(|n| tiers.nodes[n].share);
        let makers = |market: usize| tiers.nodes.iter().filter(|n| n.market == market).count().max(1) as f64;
        let even = tiers.throughput(|n| 1.0 / makers(tiers.nodes[n].market));
        let scale: Vec<f64> = turnover.iter().zip(&even).map(|(a, b)| if *a > 0.0 { *a } else { a.abs().max(b.abs()) }).collect();
        let mut problem =
            Self { tiers, tables, scale, variables: Vec::new(), excluded: Vec::new(), rows: Vec::new(), held: Vec::new(), missing: Vec::new() };
        problem.admit(rules);
        problem.balance();
        if let Some(volume) = volume {
            problem.capacity(capacities, volume);
        }
        for rule in rules {
            problem.shares(rule);
        }
        problem
    }

    fn lies_in(&self, place: PlaceId, group: PlaceId) -> bool {
        self.tables.places.lineage(place).any(|p| p == group)
    }

    fn admit(&mut self, rules: &[Rules]) {
        let largest = self.scale.iter().copied().fold(0.0, f64::max);
        for (index, node) in self.tiers.nodes.iter().enumerate().filter(|n| self.scale[n.1.market] > REACHED * largest) {
            let market = &self.tiers.markets[node.market];
            let mut shut = None;
            for rule in rules.iter().filter(|r| r.holds_for(market)) {
                if rule.keeps_placed && market.is_placed && node.share <= 0.0 {
                    shut = shut.or(Some(false));
                }
                if rule.bans.iter().any(|b| self.lies_in(node.place, *b)) {
                    shut = Some(true);
                } else if !rule.friends.is_empty() && !rule.friends.iter().any(|f| self.lies_in(node.place, *f)) {
                    shut = shut.or(Some(false));
                }
            }
            match shut {
                Some(is_banned) => self.excluded.push(Excluded { node: index, is_banned }),
                None => self.variables.push(index),
            }
        }
    }

    /// What one unit of a node's variable takes from every market, in the markets' scales: its own output is less than nought.
    fn column(&self, node: &TierNode) -> Vec<(usize, f64)> {
        let mut uses = vec![(node.market, -1.0)];
        for (market, amount) in node.inputs.iter().filter(|i| self.scale[i.0] > 0.0) {
            let part = amount * self.scale[node.market] / self.scale[*market];
            match uses.iter_mut().find(|u| u.0 == *market) {
                Some(known) => known.1 += part,
                None => uses.push((*market, part)),
            }
        }
        uses.retain(|u| u.1.abs() > NOISE);
        uses
    }

    /// One row a market: what is used of it is at most what is made.
    fn balance(&mut self) {
        let mut rows: Vec<(Vec<(usize, f64)>, f64)> = (0..self.tiers.markets.len())
            .map(|m| (Vec::new(), if self.scale[m] > 0.0 { -self.tiers.markets[m].demand / self.scale[m] } else { 0.0 }))
            .collect();
        for (variable, node) in self.variables.iter().enumerate() {
            for (market, value) in self.column(&self.tiers.nodes[*node]) {
                rows[market].0.push((variable, value));
            }
        }
        self.held = vec![Held::Balance; rows.len()];
        self.rows = rows;
    }

    fn capacity(&mut self, capacities: &[Capacity], volume: f64) {
        for capacity in capacities {
            let of_product = |m: usize| self.tiers.markets[m].product == capacity.product;
            let passing: f64 = (0..self.scale.len()).filter(|m| of_product(*m)).map(|m| self.scale[m]).sum();
            let mut terms = Vec::new();
            let mut at = None;
            for (variable, node) in self.variables.iter().enumerate() {
                let node = &self.tiers.nodes[*node];
                if of_product(node.market) && self.tables.places.country(node.place) == capacity.place {
                    terms.push((variable, self.scale[node.market] / passing));
                    at = Some(node.market);
                }
            }
            if let Some(market) = at {
                self.held.push(Held::Capacity { market, place: capacity.place });
                self.rows.push((terms, capacity.share / volume));
            }
        }
    }

    /// Caps and content: a place's share of each market in scope.
    fn shares(&mut self, rules: &Rules) {
        for market in (0..self.tiers.markets.len()).filter(|m| self.scale[*m] > 0.0) {
            if !rules.holds_for(&self.tiers.markets[market]) {
                continue;
            }
            let all: Vec<usize> = (0..self.variables.len()).filter(|v| self.tiers.nodes[self.variables[*v]].market == market).collect();
            let code = |p: &PlaceShare| self.tables.places.code(p.place).to_owned();
            // A missing unit meets either rule: it is none of the capped place's, and may be of the wanted one.
            let caps = rules.caps.iter().map(|r| (r, 1.0, -r.share, format!("cap {} {}", code(r), r.share)));
            let content = rules.content.iter().map(|r| (r, -1.0, r.share - 1.0, format!("content {} {}", code(r), r.share)));
            for (rule, sign, missing, words) in caps.chain(content).collect::<Vec<_>>() {
                let inside = |v: usize| f64::from(u8::from(self.lies_in(self.tiers.nodes[self.variables[v]].place, rule.place)));
                let terms = all.iter().map(|v| (*v, sign * (inside(*v) - rule.share))).collect();
                self.missing.push((self.rows.len(), missing));
                self.held.push(Held::Rule { market, words });
                self.rows.push((terms, 0.0));
            }
        }
    }

    /// The programme for a weight by unit of a node.
    fn programme(&self, weight: &dyn Fn(usize) -> f64) -> (Program, f64) {
        let costs: Vec<f64> = self.variables.iter().map(|n| weight(*n) * self.scale[self.tiers.nodes[*n].market]).collect();
        let unit = costs.iter().fold(0.0_f64, |m, c| m.max(c.abs())).max(f64::MIN_POSITIVE);
        let mut program = Program::default();
        for cost in costs {
            program.variable(cost / unit);
        }
        for (terms, at_most) in &self.rows {
            program.row(terms.clone(), *at_most);
        }
        (program, unit)
    }

    /// Makes a weight least; duals come back in units of the weight.
    pub fn least(&self, weight: &dyn Fn(usize) -> f64) -> Result<Solution, ProgramError> {
        let (program, unit) = self.programme(weight);
        let mut solution = program.solve()?;
        solution.duals.iter_mut().for_each(|d| *d *= unit);
        solution.objective *= unit;
        Ok(solution)
    }

    /// Among the solutions of the first weight, that of the least second.
    pub fn least_then(&self, first: &dyn Fn(usize) -> f64, limit: f64, then: &dyn Fn(usize) -> f64) -> Result<Solution, ProgramError> {
        let (mut program, _) = self.programme(then);
        let costs: Vec<f64> = self.variables.iter().map(|n| first(*n) * self.scale[self.tiers.nodes[*n].market]).collect();
        let unit = costs.iter().fold(0.0_f64, |m, c| m.max(c.abs()));
        if unit > 0.0 {
            program.row(costs.iter().enumerate().map(|(v, c)| (v, c / unit)).collect(), limit / unit);
        }
        program.solve()
    }

    /// Stays as near to the tables' shares `s` as rules let it: least `Σ (y − s)² / s`, under which those that stay keep their
    /// proportions.
    pub fn nearest(&self) -> Result<Solution, ProgramError> {
        let (mut program, _) = self.programme(&|_| 0.0);
        for (variable, node) in self.variables.iter().enumerate() {
            let node = &self.tiers.nodes[*node];
            // A maker that a car's file passes over counts by its share of the world.
            let share = if node.share > 0.0 { node.share } else { node.world_share };
            let weight = 1.0 / share.max(LEAST_SHARE);
            program.quadratic[variable] = 2.0 * weight;
            program.costs[variable] = -2.0 * weight * node.share;
        }
        program.solve()
    }

    /// What must be missing of every market, in parts of its turnover.
    pub fn gaps(&self) -> Result<Vec<f64>, ProgramError> {
        let (mut program, _) = self.programme(&|_| 0.0);
        let slacks: Vec<usize> = (0..self.tiers.markets.len()).map(|_| program.variable(1.0)).collect();
        for (market, slack) in slacks.iter().enumerate() {
            program.rows[market].terms.push((*slack, -1.0));
        }
        for (row, part) in &self.missing {
            if let Held::Rule { market, .. } = &self.held[*row] {
                program.rows[*row].terms.push((slacks[*market], *part));
            }
        }
        let solution = program.solve()?;
        Ok(slacks.iter().map(|s| solution.x[*s].max(0.0)).collect())
    }

    /// The largest part of the world's need that rules and capacities let a buyer source; `None`: no capacity binds.
    ///
    /// With `t = 1/v`, capacities are linear in `t`: the least `t` is sought.
    pub fn largest_volume(&self, volume: f64) -> Result<Option<f64>, ProgramError> {
        let (mut program, _) = self.programme(&|_| 0.0);
        let inverse = program.variable(1.0);
        for (row, held) in self.held.iter().enumerate() {
            if matches!(held, Held::Capacity { .. }) {
                let share = self.rows[row].1 * volume;
                program.rows[row].terms.push((inverse, -share));
                program.rows[row].at_most = 0.0;
            }
        }
        let t = program.solve()?.x[inverse];
        Ok((t > NOISE.sqrt()).then(|| 1.0 / t))
    }

    /// What a node's first unit would add to the weight at the duals: less than nought if it would help.
    pub fn reduced_cost(&self, node: usize, weight: f64, duals: &[f64]) -> f64 {
        let n = &self.tiers.nodes[node];
        weight * self.scale[n.market] + self.column(n).iter().map(|(market, value)| duals[*market] * value).sum::<f64>()
    }

    /// Amounts of every node for one car.
    pub fn made(&self, solution: &Solution) -> Vec<f64> {
        let mut made = vec![0.0; self.tiers.nodes.len()];
        for (variable, node) in self.variables.iter().enumerate() {
            made[*node] = solution.x[variable].max(0.0) * self.scale[self.tiers.nodes[*node].market];
        }
        made
    }
}
