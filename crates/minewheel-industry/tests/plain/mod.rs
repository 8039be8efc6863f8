//! The equations of `minewheel_industry::disruption` written down day by day, without order or shortcut: what the engine is held against.

use minewheel_industry::disruption::engine::Outcome;
use minewheel_industry::disruption::events::Events;
use minewheel_industry::disruption::parameters::RunParameters;
use minewheel_industry::disruption::study::{Rationing, ShockKind};
use minewheel_industry::disruption::system::System;

/// A plan counts as met from this part of it on.
const MET: f64 = 0.999;
/// Orders above the ready capacity by this part count as excess.
const EXCESS: f64 = 1.0 + 1e-9;

/// Rounds of summing climate along the tiers.
const ROUNDS: usize = 60;

fn is_domestic(system: &System, link: &minewheel_industry::disruption::system::Link) -> bool {
    system.nodes[link.node].country == system.pools[link.pool].country
}

fn links_of_node(system: &System) -> Vec<Vec<usize>> {
    let mut links = vec![Vec::new(); system.nodes.len()];
    for (index, link) in system.links.iter().enumerate() {
        links[link.node].push(index);
    }
    links
}

struct Run<'s> {
    system: &'s System,
    parameters: &'s RunParameters,
    events: &'s Events,
    ring: Vec<f64>,
    slots: usize,
    stock: Vec<f64>,
    transit: Vec<f64>,
    strategic: Vec<f64>,
    lag: [usize; 2],
    pool_lag: Vec<f64>,
    stock_days: Vec<f64>,
    spare: Vec<f64>,
    ramp: Vec<f64>,
    order: Vec<f64>,
    plan: Vec<f64>,
    short_since: Vec<Option<usize>>,
    outage: Vec<f64>,
    export: Vec<Option<f64>>,
    made: Vec<f64>,
    made_in_all: Vec<f64>,
    use_in_all: Vec<f64>,
    plants: Vec<PlantState>,
}

#[derive(Clone, Default)]
struct PlantState {
    waiting: f64,
    /// The part of its base recipe that stocks did not allow yesterday.
    lacking: f64,
    ramp: f64,
    short_since: Option<usize>,
    want: Vec<f64>,
    built: Vec<f64>,
}

/// Runs a system through its events.
pub fn run(system: &System, parameters: &RunParameters, events: &Events) -> Outcome {
    let mut run = Run::new(system, parameters, events);
    let opening = run.held();
    let mut outcome = Outcome { lost_to: vec![0.0; system.products.len()], lowest_stock: f64::INFINITY, ..Outcome::default() };
    let planned = system.cars_per_day();
    for day in 0..events.days {
        run.arrive(day);
        run.shock(day);
        let capacity = run.capacity();
        run.want(day);
        run.make(&capacity, day, &mut outcome);
        run.ship(day);
        run.place_orders(&capacity, day);
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
    fn new(system: &'s System, parameters: &'s RunParameters, events: &'s Events) -> Self {
        let class = |product: usize| system.products[product].class;
        let of = |map: &std::collections::BTreeMap<&'static str, f64>, class: &str| map.get(class).copied().unwrap_or(0.0);
        let stock_days: Vec<f64> = system.pools.iter().map(|p| of(&parameters.stock_days, class(p.product))).collect();
        let spare: Vec<f64> = system.nodes.iter().map(|n| of(&parameters.spare_capacity, class(n.product))).collect();
        let lag = [parameters.within_days.max(1), parameters.between_days.max(1)];
        let slots = lag[0].max(lag[1]) + 1;
        let pools = system.pools.len();
        let lag_of = |domestic: bool| lag[usize::from(!domestic)];
        let (mut ring, mut transit, mut pool_lag) = (vec![0.0; slots * pools], vec![0.0; pools], vec![0.0; pools]);
        for link in &system.links {
            let days = lag_of(is_domestic(system, link));
            pool_lag[link.pool] += link.weight * days as f64;
            for ahead in 0..days {
                ring[ahead * pools + link.pool] += link.base;
            }
            transit[link.pool] += link.base * days as f64;
        }
        let mut strategic = vec![0.0; pools];
        for stock in &events.stocks {
            strategic[stock.pool] += stock.days * system.pools[stock.pool].base;
        }
        let recipes = |p: &minewheel_industry::disruption::system::CarPlant| vec![0.0; p.recipes.len()];
        Self {
            system,
            parameters,
            events,
            ring,
            slots,
            stock: system.pools.iter().zip(&stock_days).map(|(p, d)| p.base * d).collect(),
            transit,
            strategic,
            lag,
            pool_lag,
            stock_days,
            spare,
            ramp: vec![0.0; system.nodes.len()],
            order: system.links.iter().map(|l| l.base).collect(),
            plan: system.nodes.iter().map(|n| n.base).collect(),
            short_since: vec![None; pools],
            outage: vec![1.0; system.nodes.len()],
            export: vec![None; system.nodes.len()],
            made: vec![0.0; system.nodes.len()],
            made_in_all: vec![0.0; system.nodes.len()],
            use_in_all: vec![0.0; system.products.len()],
            plants: system.plants.iter().map(|p| PlantState { want: recipes(p), built: recipes(p), ..PlantState::default() }).collect(),
        }
    }

    fn arrive(&mut self, day: usize) {
        let pools = self.stock.len();
        let slot = (day % self.slots) * pools;
        for pool in 0..pools {
            let arrived = std::mem::take(&mut self.ring[slot + pool]);
            self.stock[pool] += arrived;
            self.transit[pool] -= arrived;
        }
    }

    fn shock(&mut self, day: usize) {
        self.outage.fill(1.0);
        self.export.fill(None);
        for shock in self.events.shocks.iter().filter(|s| s.days.contains(&day)) {
            for &node in &shock.nodes {
                match shock.kind {
                    ShockKind::Outage => self.outage[node] = self.outage[node].min(shock.remaining),
                    ShockKind::ExportCap => self.export[node] = Some(self.export[node].unwrap_or(1.0).min(shock.remaining)),
                }
            }
        }
    }

    fn capacity(&self) -> Vec<f64> {
        let node =
            |(i, n): (usize, &minewheel_industry::disruption::system::Node)| (n.standing + n.reach * self.ramp[i] * self.spare[i]) * self.outage[i];
        self.system.nodes.iter().enumerate().map(node).collect()
    }

    /// What every plant wants to build today, by recipe.
    fn want(&mut self, day: usize) {
        let spare = self.parameters.spare_capacity.get("vehicle").copied().unwrap_or(0.0);
        for (plant, state) in self.system.plants.iter().zip(&mut self.plants) {
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
    fn make(&mut self, capacity: &[f64], day: usize, outcome: &mut Outcome) {
        let system = self.system;
        let mut orders = vec![0.0; system.nodes.len()];
        for (link, order) in system.links.iter().zip(&self.order) {
            orders[link.node] += order;
        }
        let mut need = vec![0.0; self.stock.len()];
        for (index, node) in system.nodes.iter().enumerate() {
            self.made[index] = orders[index].min(capacity[index]);
            if self.made[index] > 0.0 {
                for (pool, amount) in &node.inputs {
                    need[*pool] += amount * self.made[index];
                }
            }
        }
        for (plant, state) in system.plants.iter().zip(&self.plants) {
            for (recipe, want) in plant.recipes.iter().zip(&state.want) {
                for (pool, amount) in &recipe.inputs {
                    need[*pool] += amount * want;
                }
            }
        }
        let mut open = vec![false; self.stock.len()];
        for stock in self.events.stocks.iter().filter(|s| s.from_day <= day) {
            open[stock.pool] = true;
        }
        let allowed: Vec<f64> = (0..need.len())
            .map(|p| {
                let there = self.stock[p] + if open[p] { self.strategic[p] } else { 0.0 };
                if need[p] > there { (there / need[p]).max(0.0) } else { 1.0 }
            })
            .collect();
        let tightest = |inputs: &[(usize, f64)]| {
            inputs.iter().fold((1.0, None), |low: (f64, Option<usize>), (p, _)| if allowed[*p] < low.0 { (allowed[*p], Some(*p)) } else { low })
        };
        let mut used = vec![0.0; self.stock.len()];
        for (index, node) in system.nodes.iter().enumerate() {
            if self.made[index] <= 0.0 {
                continue;
            }
            self.made[index] *= tightest(&node.inputs).0;
            self.made_in_all[index] += self.made[index];
            for (pool, amount) in &node.inputs {
                used[*pool] += amount * self.made[index];
            }
        }
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
                    used[*pool] += amount * state.built[index];
                }
                outcome.kg_co2e += state.built[index] * recipe.fixed_kg_co2e;
            }
            let built: f64 = state.built.iter().sum();
            state.waiting = (state.waiting + plant.cars_per_day - built).max(0.0);
            if state.built.first().is_some_and(|b| *b < MET * plant.cars_per_day) {
                state.short_since.get_or_insert(day);
            }
        }
        for (pool, amount) in used.iter().enumerate() {
            let drawn = (amount - self.stock[pool]).max(0.0).min(self.strategic[pool]);
            self.strategic[pool] -= drawn;
            // Rounding alone can take a stock below nought.
            self.stock[pool] = (self.stock[pool] + drawn - amount).max(0.0);
            self.use_in_all[system.pools[pool].product] += amount;
            if system.pools[pool].base > 0.0 {
                outcome.lowest_stock = outcome.lowest_stock.min(self.stock[pool] / system.pools[pool].base);
            }
        }
    }

    /// Sends what was made to those who ordered.
    fn ship(&mut self, day: usize) {
        let pools = self.stock.len();
        for (node, links) in links_of_node(self.system).iter().enumerate() {
            let total: f64 = links.iter().map(|l| self.order[*l]).sum();
            if total <= 0.0 || self.made[node] <= 0.0 {
                continue;
            }
            let home: f64 = links.iter().filter(|l| is_domestic(self.system, &self.system.links[**l])).map(|l| self.order[*l]).sum();
            let [at_home, abroad] = match self.events.rationing {
                Rationing::Proportional => [self.made[node] / total; 2],
                Rationing::HomeFirst => {
                    let first = self.made[node].min(home);
                    let part = |amount: f64, of: f64| if of > 0.0 { amount / of } else { 0.0 };
                    [part(first, home), part(self.made[node] - first, total - home)]
                }
            };
            for &index in links {
                let link = &self.system.links[index];
                let sent = self.order[index] * if is_domestic(self.system, link) { at_home } else { abroad };
                if sent > 0.0 {
                    let slot = (day + self.lag[usize::from(!is_domestic(self.system, link))]) % self.slots;
                    self.ring[slot * pools + link.pool] += sent;
                    self.transit[link.pool] += sent;
                }
            }
        }
    }

    /// Orders for tomorrow: to the suppliers of the base flows, then to whoever has capacity left.
    fn place_orders(&mut self, capacity: &[f64], day: usize) {
        let system = self.system;
        let mut usage = vec![0.0; self.stock.len()];
        let mut at_capacity = vec![0.0; self.stock.len()];
        for (index, node) in system.nodes.iter().enumerate() {
            for (pool, amount) in &node.inputs {
                usage[*pool] += amount * self.plan[index].min(capacity[index]);
                at_capacity[*pool] += amount * capacity[index];
            }
        }
        for (plant, state) in system.plants.iter().zip(&self.plants) {
            for (recipe, want) in plant.recipes.iter().zip(&state.want) {
                for (pool, amount) in &recipe.inputs {
                    usage[*pool] += amount * want;
                    at_capacity[*pool] += amount * want;
                }
            }
        }
        let feasible: Vec<f64> = system
            .nodes
            .iter()
            .enumerate()
            .map(|(i, n)| {
                n.inputs.iter().map(|(p, _)| if at_capacity[*p] > 0.0 { self.stock[*p] / at_capacity[*p] } else { 1.0 }).fold(1.0, f64::min)
                    * capacity[i]
            })
            .collect();
        let wanted: Vec<f64> = (0..usage.len())
            .map(|p| {
                let position = self.stock[p] + self.transit[p];
                let target = usage[p] * (self.stock_days[p] + self.pool_lag[p]);
                (usage[p] + (target - position) / self.parameters.restoration_days).max(0.0)
            })
            .collect();
        // First round: by weight, cut where a supplier or its border cannot pass it.
        let mut asked = vec![0.0; system.nodes.len()];
        for (index, link) in system.links.iter().enumerate() {
            let limit = self.limit(link);
            self.order[index] = (wanted[link.pool] * link.weight).min(limit);
            asked[link.node] += wanted[link.pool] * link.weight;
        }
        let mut sum = vec![0.0; system.nodes.len()];
        for (link, order) in system.links.iter().zip(&self.order) {
            sum[link.node] += order;
        }
        let mut served = vec![0.0; wanted.len()];
        for (index, link) in system.links.iter().enumerate() {
            if sum[link.node] > feasible[link.node] {
                self.order[index] *= feasible[link.node] / sum[link.node];
            }
            served[link.pool] += self.order[index];
        }
        // Second round: what is not served, to capacity that is left.
        let mut lack = vec![0.0; system.products.len()];
        let mut left = vec![0.0; system.products.len()];
        let unmet: Vec<f64> = wanted.iter().zip(&served).map(|(w, s)| if *s < MET * w { w - s } else { 0.0 }).collect();
        let spare: Vec<f64> = (0..sum.len()).map(|n| (capacity[n] - sum[n].min(feasible[n])).max(0.0)).collect();
        for (pool, amount) in unmet.iter().enumerate() {
            if *amount > 0.0 {
                self.short_since[pool].get_or_insert(day);
            }
            lack[system.pools[pool].product] += amount;
        }
        for (node, amount) in spare.iter().enumerate() {
            left[system.nodes[node].product] += amount;
        }
        self.plan.copy_from_slice(&sum);
        for (pool, amount) in unmet.iter().enumerate().filter(|u| *u.1 > 0.0) {
            let product = system.pools[pool].product;
            if left[product] <= 0.0 {
                continue;
            }
            let release = self.short_since[pool].map_or(usize::MAX, |s| s + self.parameters.supplier_days.round() as usize);
            for index in system.pools[pool].links.clone() {
                let link = &system.links[index];
                if link.base <= 0.0 && system.pools[pool].base > 0.0 && day < release {
                    continue;
                }
                let share = spare[link.node] / lack[product].max(left[product]);
                let room = (self.limit(link) - self.order[index]).max(0.0);
                let more = (amount * share).min(room);
                // Works without feed prepare for the order; only what they can make is ordered.
                self.plan[link.node] += more;
                let can = (feasible[link.node] - sum[link.node]).max(0.0);
                self.order[index] += if spare[link.node] > 0.0 { more * (can / spare[link.node]).min(1.0) } else { 0.0 };
            }
        }
        let climb = 1.0 / self.parameters.ramp_days;
        for (index, node) in system.nodes.iter().enumerate() {
            let is_excess = asked[index].max(self.plan[index]) > node.standing * self.outage[index] * EXCESS
                || (node.standing == 0.0 && lack[node.product] > 0.0);
            self.ramp[index] = if is_excess { (self.ramp[index] + climb).min(1.0) } else { (self.ramp[index] - climb).max(0.0) };
        }
    }

    /// The most that may go over a link in a day.
    fn limit(&self, link: &minewheel_industry::disruption::system::Link) -> f64 {
        match self.export[link.node] {
            Some(remaining) if !is_domestic(self.system, link) => link.base * remaining,
            _ => f64::INFINITY,
        }
    }

    /// Climate of a unit of every product with all that went into it, at base flows.
    fn cradle_to_gate(&self) -> Vec<f64> {
        let system = self.system;
        let mut total = vec![0.0; system.products.len()];
        for node in &system.nodes {
            total[node.product] += node.base;
        }
        let mut per_unit = vec![0.0; system.products.len()];
        // A round carries climate one tier down; chains are a dozen deep.
        for _ in 0..ROUNDS {
            let mut next = vec![0.0; system.products.len()];
            for node in system.nodes.iter().filter(|n| n.base > 0.0) {
                let bought: f64 = node.inputs.iter().map(|(pool, amount)| amount * per_unit[system.pools[*pool].product]).sum();
                next[node.product] += node.base / total[node.product] * (node.kg_co2e + bought);
            }
            per_unit = next;
        }
        per_unit
    }

    /// What is held of every product: in stock, in transit, in strategic stocks.
    fn held(&self) -> Vec<f64> {
        let mut held = vec![0.0; self.system.products.len()];
        let in_ring = |pool: usize| (0..self.slots).map(|s| self.ring[s * self.stock.len() + pool]).sum::<f64>();
        for (index, pool) in self.system.pools.iter().enumerate() {
            held[pool.product] += self.stock[index] + in_ring(index) + self.strategic[index];
        }
        held
    }

    fn close(&self, opening: &[f64], outcome: &mut Outcome) {
        let closing = self.held();
        let mut made = vec![0.0; closing.len()];
        for (node, amount) in self.system.nodes.iter().zip(&self.made_in_all) {
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
        for (product, per_unit) in self.cradle_to_gate().iter().enumerate() {
            outcome.kg_co2e += (opening[product] - closing[product]) * per_unit;
        }
        let base_flows: f64 = self.system.nodes.iter().map(|n| n.kg_co2e * n.base).sum();
        let fixed: f64 = self.system.plants.iter().filter_map(|p| p.recipes.first().map(|r| p.cars_per_day * r.fixed_kg_co2e)).sum();
        let cars: f64 = outcome.built.iter().sum();
        outcome.base_kg_co2e = (base_flows + fixed) * cars / self.system.cars_per_day();
        outcome.strategic.clone_from(&self.strategic);
    }
}
