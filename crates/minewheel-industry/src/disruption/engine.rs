//! One run, day by day, on a [`Layout`] that all runs of a study share. The equations are in [`super`].
//!
//! Everything that a day needs is allocated before the first. Products whose orders are served in full skip the second look at them, and
//! works look for their tightest input only on days when a pool is short. Neither changes a figure by more than the rounding of a sum:
//! the tests hold a run against the equations written down without order or shortcut.

use super::events::Events;
use super::layout::Layout;
use super::parameters::RunParameters;
use super::study::{Rationing, ShockKind};
use super::system::System;

/// What a run gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Cars built each day.
    pub built: Vec<f64>,
    /// Cars built with another chemistry.
    pub switched: f64,
    /// Cars waiting at the end.
    pub waiting: f64,
    /// Most cars waiting.
    pub most_waiting: f64,
    /// First day on which fewer cars were built than planned.
    pub first_shortage: Option<usize>,
    /// Day after which every day built at least what was planned.
    pub recovered: Option<usize>,
    /// For each product, car-days lost to it as the tightest input of a plant.
    pub lost_to: Vec<f64>,
    /// Drawn from strategic stocks, by pool.
    pub strategic: Vec<f64>,
    /// Climate of all cars built, in kg CO2e.
    pub kg_co2e: f64,
    /// Climate of as many cars at base flows, in kg CO2e.
    pub base_kg_co2e: f64,
    /// Largest gap of a product's balance over its throughput.
    pub mass_error: f64,
    /// Lowest stock, over the base use of its pool.
    pub lowest_stock: f64,
}

/// A plan counts as met from this part of it on.
pub(super) const MET: f64 = 0.999;
/// A node whose exports nobody caps.
pub(super) const OPEN: f64 = f64::INFINITY;

/// Numbers of the day; nodes in the order of the layout.
pub(super) struct Run<'s> {
    pub(super) layout: &'s Layout<'s>,
    pub(super) parameters: &'s RunParameters,
    pub(super) events: &'s Events,
    /// Arrivals by day ahead and pool.
    pub(super) ring: Vec<f64>,
    pub(super) slots: usize,
    pub(super) lag: [usize; 2],
    // By pool.
    pub(super) stock: Vec<f64>,
    pub(super) transit: Vec<f64>,
    pub(super) strategic: Vec<f64>,
    pub(super) opens: Vec<usize>,
    pub(super) pool_lag: Vec<f64>,
    pub(super) stock_days: Vec<f64>,
    pub(super) short_since: Vec<Option<usize>>,
    pub(super) allowed: Vec<f64>,
    pub(super) need: Vec<f64>,
    pub(super) used: Vec<f64>,
    /// Use at the orders of the day, and at capacity.
    pub(super) usage: Vec<[f64; 2]>,
    pub(super) wanted: Vec<f64>,
    pub(super) unmet: Vec<f64>,
    // By link.
    pub(super) order: Vec<f64>,
    // By node.
    pub(super) standing: Vec<f64>,
    /// Spare capacity when all of it is ready.
    pub(super) spare: Vec<f64>,
    pub(super) ramp: Vec<f64>,
    pub(super) outage: Vec<f64>,
    pub(super) export: Vec<f64>,
    pub(super) capacity: Vec<f64>,
    pub(super) feasible: Vec<f64>,
    pub(super) ordered: Vec<f64>,
    pub(super) plan: Vec<f64>,
    pub(super) asked: Vec<f64>,
    pub(super) sum: Vec<f64>,
    pub(super) cut: Vec<f64>,
    pub(super) free: Vec<f64>,
    pub(super) made: Vec<f64>,
    pub(super) part: [Vec<f64>; 2],
    pub(super) made_in_all: Vec<f64>,
    // By product.
    pub(super) is_capped: Vec<bool>,
    pub(super) use_in_all: Vec<f64>,
    pub(super) plants: Vec<PlantState>,
}

#[derive(Clone, Default)]
pub(super) struct PlantState {
    waiting: f64,
    /// The part of its base recipe that stocks did not allow yesterday.
    lacking: f64,
    ramp: f64,
    short_since: Option<usize>,
    pub(super) want: Vec<f64>,
    built: Vec<f64>,
}

/// Runs a system through its events.
pub fn run(system: &System, parameters: &RunParameters, events: &Events) -> Outcome {
    run_on(&Layout::new(system), parameters, events)
}

/// As [`run`], on a layout that other runs share.
pub fn run_on(layout: &Layout<'_>, parameters: &RunParameters, events: &Events) -> Outcome {
    let system = layout.system;
    let mut run = Run::new(layout, parameters, events);
    let opening = run.held();
    let mut outcome = Outcome { lost_to: vec![0.0; system.products.len()], lowest_stock: f64::INFINITY, ..Outcome::default() };
    outcome.built.reserve(events.days);
    let planned = system.cars_per_day();
    for day in 0..events.days {
        run.arrive(day);
        run.shock(day);
        run.want(day);
        run.make(day, &mut outcome);
        run.ship(day);
        run.place_orders(day);
        let built: f64 = run.plants.iter().flat_map(|p| &p.built).sum();
        outcome.built.push(built);
        outcome.switched += run.plants.iter().flat_map(|p| p.built.iter().skip(1)).sum::<f64>();
        outcome.most_waiting = outcome.most_waiting.max(run.plants.iter().map(|p| p.waiting).sum());
        if built < MET * planned {
            outcome.first_shortage.get_or_insert(day);
            outcome.recovered = None;
        } else if outcome.first_shortage.is_some() {
            outcome.recovered.get_or_insert(day);
        }
    }
    outcome.waiting = run.plants.iter().map(|p| p.waiting).sum();
    run.close(&opening, &mut outcome);
    outcome
}

impl<'s> Run<'s> {
    fn new(layout: &'s Layout<'s>, parameters: &'s RunParameters, events: &'s Events) -> Self {
        let system = layout.system;
        let class = |product: usize| system.products[product].class;
        let of = |map: &std::collections::BTreeMap<&'static str, f64>, class: &str| map.get(class).copied().unwrap_or(0.0);
        let (nodes, pools, products) = (system.nodes.len(), system.pools.len(), system.products.len());
        let stock_days: Vec<f64> = system.pools.iter().map(|p| of(&parameters.stock_days, class(p.product))).collect();
        let lag = [parameters.within_days.max(1), parameters.between_days.max(1)];
        let slots = lag[0].max(lag[1]) + 1;
        let (mut ring, mut transit, mut pool_lag) = (vec![0.0; slots * pools], vec![0.0; pools], vec![0.0; pools]);
        for row in &layout.rows {
            for (kind, days) in lag.into_iter().enumerate() {
                pool_lag[row.pool] += row.share[kind] * days as f64;
                transit[row.pool] += row.base[kind] * days as f64;
                for ahead in 0..days {
                    ring[ahead * pools + row.pool] += row.base[kind];
                }
            }
        }
        let (mut strategic, mut opens) = (vec![0.0; pools], vec![usize::MAX; pools]);
        for stock in &events.stocks {
            strategic[stock.pool] += stock.days * system.pools[stock.pool].base;
            opens[stock.pool] = opens[stock.pool].min(stock.from_day);
        }
        let node = |pick: &dyn Fn(&super::system::Node) -> f64| -> Vec<f64> { layout.node.iter().map(|n| pick(&system.nodes[*n])).collect() };
        let mut ordered = vec![0.0; nodes];
        for block in &layout.blocks {
            for row in &layout.rows[block.rows.clone()] {
                add(&mut ordered[block.nodes.clone()], &layout.base[row.links.clone()]);
            }
        }
        let recipes = |p: &super::system::CarPlant| vec![0.0; p.recipes.len()];
        let (by_node, by_pool) = (|| vec![0.0; nodes], || vec![0.0; pools]);
        Self {
            layout,
            parameters,
            events,
            ring,
            slots,
            lag,
            stock: system.pools.iter().zip(&stock_days).map(|(p, d)| p.base * d).collect(),
            transit,
            strategic,
            opens,
            pool_lag,
            stock_days,
            short_since: vec![None; pools],
            allowed: by_pool(),
            need: by_pool(),
            used: by_pool(),
            usage: vec![[0.0; 2]; pools],
            wanted: by_pool(),
            unmet: by_pool(),
            order: layout.base.clone(),
            standing: node(&|n| n.standing),
            spare: node(&|n| n.reach * of(&parameters.spare_capacity, class(n.product))),
            ramp: by_node(),
            outage: vec![1.0; nodes],
            export: vec![OPEN; nodes],
            capacity: by_node(),
            feasible: by_node(),
            ordered,
            plan: node(&|n| n.base),
            asked: by_node(),
            sum: by_node(),
            cut: by_node(),
            free: by_node(),
            made: by_node(),
            part: [by_node(), by_node()],
            made_in_all: by_node(),
            is_capped: vec![false; products],
            use_in_all: vec![0.0; products],
            plants: system.plants.iter().map(|p| PlantState { want: recipes(p), built: recipes(p), ..PlantState::default() }).collect(),
        }
    }

    fn arrive(&mut self, day: usize) {
        let pools = self.stock.len();
        let slot = (day % self.slots) * pools;
        for ((arriving, stock), transit) in self.ring[slot..slot + pools].iter_mut().zip(&mut self.stock).zip(&mut self.transit) {
            *stock += *arriving;
            *transit -= *arriving;
            *arriving = 0.0;
        }
    }

    /// Which shocks bear on the day, and what works can make.
    fn shock(&mut self, day: usize) {
        if day == 0 || self.events.shocks.iter().any(|s| s.days.start == day || s.days.end == day) {
            self.outage.fill(1.0);
            self.export.fill(OPEN);
            self.is_capped.fill(false);
            for shock in self.events.shocks.iter().filter(|s| s.days.contains(&day)) {
                for number in &shock.nodes {
                    let node = self.layout.position[*number];
                    match shock.kind {
                        ShockKind::Outage => self.outage[node] = self.outage[node].min(shock.remaining),
                        ShockKind::ExportCap => {
                            self.export[node] = self.export[node].min(shock.remaining.min(1.0));
                            self.is_capped[self.layout.system.nodes[*number].product] = true;
                        }
                    }
                }
            }
        }
        let ready = self.standing.iter().zip(&self.spare).zip(&self.ramp).zip(&self.outage);
        for (capacity, (((standing, spare), ramp), outage)) in self.capacity.iter_mut().zip(ready) {
            *capacity = (standing + spare * ramp) * outage;
        }
    }

    /// What every plant wants to build today, by recipe.
    fn want(&mut self, day: usize) {
        let spare = self.parameters.spare_capacity.get("vehicle").copied().unwrap_or(0.0);
        for (plant, state) in self.layout.system.plants.iter().zip(&mut self.plants) {
            let climb = 1.0 / self.parameters.ramp_days;
            state.ramp = if state.waiting > 0.0 { (state.ramp + climb).min(1.0) } else { (state.ramp - climb).max(0.0) };
            let total = (plant.cars_per_day + state.waiting).min(plant.cars_per_day * (1.0 + state.ramp * spare));
            let mut lack = total * state.lacking;
            for (index, recipe) in plant.recipes.iter().enumerate().skip(1) {
                let since = state.short_since.map_or(0.0, |s| (day - s) as f64);
                let waited = recipe.qualification_days.unwrap_or(self.parameters.chemistry_days);
                let released = state.short_since.map_or(0.0, |_| ((since - waited) / self.parameters.release_ramp_days).clamp(0.0, 1.0));
                state.want[index] = (recipe.most_share * released * plant.cars_per_day).min(lack);
                lack -= state.want[index];
            }
            let others: f64 = state.want.iter().skip(1).sum();
            if let Some(base) = state.want.first_mut() {
                *base = (total - others).max(0.0);
            }
        }
    }

    /// Makes what stocks allow, and builds cars.
    fn make(&mut self, day: usize, outcome: &mut Outcome) {
        let (layout, system) = (self.layout, self.layout.system);
        self.need.fill(0.0);
        for (index, made) in self.made.iter_mut().enumerate() {
            *made = self.ordered[index].min(self.capacity[index]);
            for (pool, amount) in layout.inputs(index) {
                self.need[pool] += amount * *made;
            }
        }
        self.used.copy_from_slice(&self.need);
        for (plant, state) in system.plants.iter().zip(&self.plants) {
            for (recipe, want) in plant.recipes.iter().zip(&state.want) {
                for (pool, amount) in &recipe.inputs {
                    self.need[*pool] += amount * want;
                }
            }
        }
        let mut is_short = false;
        for (pool, allowed) in self.allowed.iter_mut().enumerate() {
            let there = self.stock[pool] + if self.opens[pool] <= day { self.strategic[pool] } else { 0.0 };
            *allowed = if self.need[pool] > there { (there / self.need[pool]).max(0.0) } else { 1.0 };
            is_short |= *allowed < 1.0;
        }
        if is_short {
            self.used.fill(0.0);
            for (index, made) in self.made.iter_mut().enumerate() {
                *made *= layout.inputs(index).fold(1.0, |low: f64, (pool, _)| low.min(self.allowed[pool]));
                for (pool, amount) in layout.inputs(index) {
                    self.used[pool] += amount * *made;
                }
            }
        }
        add(&mut self.made_in_all, &self.made);
        self.build(day, outcome);
        for (index, pool) in system.pools.iter().enumerate() {
            let amount = self.used[index];
            let drawn = (amount - self.stock[index]).max(0.0).min(self.strategic[index]);
            self.strategic[index] -= drawn;
            // Rounding alone can take a stock below nought.
            self.stock[index] = (self.stock[index] + drawn - amount).max(0.0);
            self.use_in_all[pool.product] += amount;
            if pool.base > 0.0 {
                outcome.lowest_stock = outcome.lowest_stock.min(self.stock[index] / pool.base);
            }
        }
    }

    /// Builds cars.
    fn build(&mut self, day: usize, outcome: &mut Outcome) {
        let (system, allowed) = (self.layout.system, &self.allowed);
        let tightest = |inputs: &[(usize, f64)]| {
            inputs.iter().fold((1.0, None), |low: (f64, Option<usize>), (p, _)| if allowed[*p] < low.0 { (allowed[*p], Some(*p)) } else { low })
        };
        for (plant, state) in system.plants.iter().zip(&mut self.plants) {
            for (index, recipe) in plant.recipes.iter().enumerate() {
                let (part, pool) = tightest(&recipe.inputs);
                state.built[index] = state.want[index] * part;
                if index == 0 {
                    state.lacking = 1.0 - part;
                }
                if let (0, Some(pool)) = (index, pool) {
                    outcome.lost_to[system.pools[pool].product] += state.want[index] * (1.0 - part);
                }
                for (pool, amount) in &recipe.inputs {
                    self.used[*pool] += amount * state.built[index];
                }
                outcome.kg_co2e += state.built[index] * recipe.fixed_kg_co2e;
            }
            let built: f64 = state.built.iter().sum();
            state.waiting = (state.waiting + plant.cars_per_day - built).max(0.0);
            if state.built.first().is_some_and(|b| *b < MET * plant.cars_per_day) {
                state.short_since.get_or_insert(day);
            }
        }
    }

    /// Sends what was made to those who ordered.
    fn ship(&mut self, day: usize) {
        let (layout, pools) = (self.layout, self.stock.len());
        let slot = self.lag.map(|days| (day + days) % self.slots * pools);
        let part = |amount: f64, of: f64| if of > 0.0 { amount / of } else { 0.0 };
        for block in &layout.blocks {
            let nodes = block.nodes.clone();
            let rows = &layout.rows[block.rows.clone()];
            let [at_home, abroad] = &mut self.part;
            let (at_home, abroad) = (&mut at_home[nodes.clone()], &mut abroad[nodes.clone()]);
            let (made, ordered) = (&self.made[nodes.clone()], &self.ordered[nodes]);
            match self.events.rationing {
                Rationing::Proportional => {
                    for (abroad, (made, ordered)) in abroad.iter_mut().zip(made.iter().zip(ordered)) {
                        *abroad = part(*made, *ordered);
                    }
                    at_home.copy_from_slice(abroad);
                }
                Rationing::HomeFirst => {
                    at_home.fill(0.0);
                    for row in rows {
                        add(&mut at_home[row.home.clone()], &self.order[row.links.clone()][row.home.clone()]);
                    }
                    for ((home, abroad), (made, ordered)) in at_home.iter_mut().zip(abroad).zip(made.iter().zip(ordered)) {
                        let first = made.min(*home);
                        // What rounding leaves of a total that is all at home is no order from abroad.
                        *abroad = part(made - first, ordered - *home);
                        *home = part(first, *home);
                    }
                }
            }
            let [at_home, abroad] = [0, 1].map(|kind| &self.part[kind][block.nodes.clone()]);
            for row in rows {
                let order = &self.order[row.links.clone()];
                let (before, after) = (..row.home.start, row.home.end..);
                let sent = [
                    dot(&order[row.home.clone()], &at_home[row.home.clone()]),
                    dot(&order[before], &abroad[before]) + dot(&order[after.clone()], &abroad[after]),
                ];
                for (slot, sent) in slot.iter().zip(sent) {
                    self.ring[slot + row.pool] += sent;
                    self.transit[row.pool] += sent;
                }
            }
        }
    }

    /// What is held of every product: in stock, in transit, in strategic stocks.
    fn held(&self) -> Vec<f64> {
        let system = self.layout.system;
        let mut held = vec![0.0; system.products.len()];
        let in_ring = |pool: usize| (0..self.slots).map(|s| self.ring[s * self.stock.len() + pool]).sum::<f64>();
        for (index, pool) in system.pools.iter().enumerate() {
            held[pool.product] += self.stock[index] + in_ring(index) + self.strategic[index];
        }
        held
    }

    fn close(&self, opening: &[f64], outcome: &mut Outcome) {
        let system = self.layout.system;
        let closing = self.held();
        let mut made = vec![0.0; closing.len()];
        for (number, amount) in self.layout.node.iter().zip(&self.made_in_all) {
            let node = &system.nodes[*number];
            made[node.product] += amount;
            outcome.kg_co2e += node.kg_co2e * amount;
        }
        for product in 0..closing.len() {
            let (into, out) = (opening[product] + made[product], closing[product] + self.use_in_all[product]);
            if into > 0.0 {
                outcome.mass_error = outcome.mass_error.max((into - out).abs() / into);
            }
        }
        // Goods out of stock were made before the study, goods into stock serve later cars.
        for (product, per_unit) in self.layout.cradle_to_gate.iter().enumerate() {
            outcome.kg_co2e += (opening[product] - closing[product]) * per_unit;
        }
        let base_flows: f64 = system.nodes.iter().map(|n| n.kg_co2e * n.base).sum();
        let fixed: f64 = system.plants.iter().filter_map(|p| p.recipes.first().map(|r| p.cars_per_day * r.fixed_kg_co2e)).sum();
        let cars: f64 = outcome.built.iter().sum();
        outcome.base_kg_co2e = (base_flows + fixed) * cars / system.cars_per_day();
        outcome.strategic.clone_from(&self.strategic);
    }
}

/// Adds one list to another.
pub(super) fn add(to: &mut [f64], what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += what;
    }
}

/// Sum of products.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
