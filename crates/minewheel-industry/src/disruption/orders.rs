//! Orders of a day: what every pool asks of whom. The equations are in [`super`]; the day around them in [`super::engine`].

use super::engine::{MET, OPEN, Run, add};
use super::layout::{Block, Row};

/// Orders above the ready capacity by this part count as excess.
const EXCESS: f64 = 1.0 + 1e-9;

impl Run<'_> {
    /// Orders for tomorrow: to the suppliers of the base flows, then to whoever has capacity left.
    pub(super) fn place_orders(&mut self, day: usize) {
        let layout = self.layout;
        self.usage();
        let mut is_tight = false;
        for (index, [usage, at_capacity]) in self.usage.iter().enumerate() {
            let stock = self.stock[index];
            self.allowed[index] = if *at_capacity > 0.0 { stock / at_capacity } else { 1.0 };
            is_tight |= self.allowed[index] < 1.0;
            let target = usage * (self.stock_days[index] + self.pool_lag[index]);
            self.wanted[index] = (usage + (target - stock - self.transit[index]) / self.parameters.restoration_days).max(0.0);
        }
        self.feasible.copy_from_slice(&self.capacity);
        if is_tight {
            for (index, feasible) in self.feasible.iter_mut().enumerate() {
                *feasible *= layout.inputs(index).fold(1.0, |low: f64, (pool, _)| low.min(self.allowed[pool]));
            }
        }
        for block in &layout.blocks {
            self.place_orders_of(block, day);
        }
    }

    /// Use of every pool at the orders of the day and at capacity.
    fn usage(&mut self) {
        self.usage.fill([0.0; 2]);
        for (index, (plan, capacity)) in self.plan.iter().zip(&self.capacity).enumerate() {
            let planned = plan.min(*capacity);
            for (pool, amount) in self.layout.inputs(index) {
                let [usage, at_capacity] = &mut self.usage[pool];
                *usage += amount * planned;
                *at_capacity += amount * capacity;
            }
        }
        for (plant, state) in self.layout.system.plants.iter().zip(&self.plants) {
            for (recipe, want) in plant.recipes.iter().zip(&state.want) {
                for (pool, amount) in &recipe.inputs {
                    self.usage[*pool] = self.usage[*pool].map(|used| used + amount * want);
                }
            }
        }
    }

    fn place_orders_of(&mut self, block: &Block, day: usize) {
        let (layout, nodes) = (self.layout, block.nodes.clone());
        let rows = &layout.rows[block.rows.clone()];
        let is_capped = self.is_capped[block.product];
        // First round: by weight, cut where a supplier or its border cannot pass it.
        let (sum, feasible) = (&mut self.sum[nodes.clone()], &self.feasible[nodes.clone()]);
        sum.fill(0.0);
        for row in rows {
            let wanted = self.wanted[row.pool];
            let links = self.order[row.links.clone()].iter_mut().zip(&layout.weight[row.links.clone()]);
            for ((order, weight), sum) in links.zip(sum.iter_mut()) {
                *order = wanted * weight;
                *sum += *order;
            }
        }
        self.asked[nodes.clone()].copy_from_slice(sum);
        if is_capped {
            sum.fill(0.0);
            for row in rows {
                let order = &mut self.order[row.links.clone()];
                let caps = self.export[nodes.clone()].iter().zip(&layout.base[row.links.clone()]);
                for (index, (order, (cap, base))) in order.iter_mut().zip(caps).enumerate() {
                    if *cap < OPEN && !row.home.contains(&index) {
                        *order = order.min(base * cap);
                    }
                }
                add(sum, order);
            }
        }
        let is_cut = sum.iter().zip(feasible).any(|(sum, feasible)| sum > feasible);
        if is_cut {
            for (cut, (sum, feasible)) in self.cut[nodes.clone()].iter_mut().zip(sum.iter().zip(feasible)) {
                *cut = if sum > feasible { feasible / sum } else { 1.0 };
            }
        }
        // Second round: what is not served, to capacity that is left.
        let (mut lack, mut left) = (0.0, 0.0);
        for row in rows {
            let wanted = self.wanted[row.pool];
            let order = &mut self.order[row.links.clone()];
            if is_cut {
                for (order, cut) in order.iter_mut().zip(&self.cut[nodes.clone()]) {
                    *order *= cut;
                }
            }
            let served: f64 = if is_cut || is_capped { order.iter().sum() } else { wanted * (row.share[0] + row.share[1]) };
            let unmet = if served < MET * wanted { wanted - served } else { 0.0 };
            if unmet > 0.0 {
                self.short_since[row.pool].get_or_insert(day);
            }
            self.unmet[row.pool] = unmet;
            lack += unmet;
        }
        for node in nodes.clone() {
            let served = self.sum[node].min(self.feasible[node]);
            self.free[node] = (self.capacity[node] - served).max(0.0);
            self.ordered[node] = served;
            self.plan[node] = self.sum[node];
            left += self.free[node];
        }
        if lack > 0.0 && left > 0.0 {
            for row in rows.iter().filter(|r| self.unmet[r.pool] > 0.0).cloned().collect::<Vec<_>>() {
                self.order_more(block, &row, day, lack.max(left));
            }
        }
        let climb = 1.0 / self.parameters.ramp_days;
        for node in nodes {
            let standing = self.standing[node];
            let is_excess = self.asked[node].max(self.plan[node]) > standing * self.outage[node] * EXCESS || (standing == 0.0 && lack > 0.0);
            self.ramp[node] = if is_excess { (self.ramp[node] + climb).min(1.0) } else { (self.ramp[node] - climb).max(0.0) };
        }
    }

    /// Orders what a pool lacks where capacity is left, in proportion to it.
    fn order_more(&mut self, block: &Block, row: &Row, day: usize, over: f64) {
        let layout = self.layout;
        let amount = self.unmet[row.pool];
        let release = self.short_since[row.pool].map_or(usize::MAX, |s| s + self.parameters.supplier_days.round() as usize);
        let is_released = day >= release || layout.system.pools[row.pool].base <= 0.0;
        for (index, node) in block.nodes.clone().enumerate() {
            let link = row.links.start + index;
            let base = layout.base[link];
            if !layout.is_link[link] || (base <= 0.0 && !is_released) {
                continue;
            }
            let is_open = self.export[node] == OPEN || row.home.contains(&index);
            let limit = if is_open { f64::INFINITY } else { base * self.export[node] };
            let more = (amount * (self.free[node] / over)).min((limit - self.order[link]).max(0.0));
            // Works without feed prepare for the order; only what they can make is ordered.
            self.plan[node] += more;
            let can = (self.feasible[node] - self.sum[node]).max(0.0);
            if self.free[node] > 0.0 {
                let extra = more * (can / self.free[node]).min(1.0);
                self.order[link] += extra;
                self.ordered[node] += extra;
            }
        }
    }
}
