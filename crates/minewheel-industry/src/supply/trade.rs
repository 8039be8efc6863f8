//! Who supplies whom: net trade between the tiers of a chain.
//!
//! Every tier's output is the feed of the next, so a place's need at a tier is its share of the next tier's output; at
//! the last tier it is its share of the electric cars. A place uses its own output first and buys the lack from what others
//! have left:
//!
//! ```text
//! d = min(1, s/n)              own part of a buyer with output s and need n
//! m_i = (1 − d) · e_i / Σ e    share of the buyer's supply that comes from i ≠ buyer
//! e_i = s_i                    if all output meets on a world market ([`Sellers::ByOutput`])
//! e_i = max(0, s_i − n_i)      if only what a place has left is sold ([`Sellers::ByRemainder`])
//! r_k(j) = Σ_i r_{k+1}(i) · m_k(i ← j)    where tier k of the buyer's supply was made; import dependence = 1 − its own part
//! ```
//!
//! | symbol | meaning                                       | unit | from                |
//! |--------|-----------------------------------------------|------|---------------------|
//! | `s_i`  | share of place `i` in the output of the tier  | –    | `supply/shares.csv` |
//! | `n_i`  | share of place `i` in the next tier           | –    | `supply/shares.csv` |
//!
//! Shares of output say who makes, not who sells to whom. The two ways of selling bracket what a buyer gets: with one
//! world market everybody buys the world's mix; with remainders only net exporters sell. Customs data (`--trade`)
//! replace both where a user has them. Losses and stocks are left out; a need of a place that the next tier lumps into a
//! rest or a group is part of that rest or group.

use std::collections::BTreeMap;

/// Shares of one tier by place code, adding to one.
pub type Shares = BTreeMap<String, f64>;

/// Who sells to a buyer that lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sellers {
    /// All makers, by their output.
    ByOutput,
    /// Makers that need less than they make, by the remainder.
    ByRemainder,
}

/// One step of a chain: its output and the need of the step after it, over the same places.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Output by place.
    pub output: Shares,
    /// Need by place.
    pub need: Shares,
}

/// Where a buyer's supply of one tier comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// Own part.
    pub own: f64,
    /// Share of the supply by other place; adds to `1 − own` unless nobody has anything left.
    pub bought: Shares,
}

impl Step {
    /// A step whose places are matched: members of a group that either side names as one are put into the group.
    ///
    /// `group_of` gives the group of a place that a table may name instead of it.
    pub fn new(output: &Shares, need: &Shares, group_of: &dyn Fn(&str) -> Option<String>) -> Self {
        let collapse = |shares: &Shares| {
            let mut out = Shares::new();
            for (place, share) in shares {
                let group = group_of(place).filter(|g| output.contains_key(g) || need.contains_key(g));
                *out.entry(group.unwrap_or_else(|| place.clone())).or_default() += share;
            }
            out
        };
        Self { output: collapse(output), need: collapse(need) }
    }

    fn offer(&self, place: &str, sellers: Sellers) -> f64 {
        let output = self.output.get(place).copied().unwrap_or(0.0);
        match sellers {
            Sellers::ByOutput => output,
            Sellers::ByRemainder => (output - self.need.get(place).copied().unwrap_or(0.0)).max(0.0),
        }
    }

    /// The supply of a buyer that is all places for which `is_buyer` holds. A buyer without a need of its own buys all of
    /// it from what others have left.
    pub fn mix(&self, is_buyer: &dyn Fn(&str) -> bool, sellers: Sellers) -> Mix {
        let sum = |shares: &Shares| shares.iter().filter(|s| is_buyer(s.0)).map(|s| s.1).sum::<f64>();
        let (output, need) = (sum(&self.output), sum(&self.need));
        let own = if need > 0.0 { (output / need).min(1.0) } else { 0.0 };
        let offers: Vec<(&String, f64)> = self.output.keys().filter(|p| !is_buyer(p)).map(|p| (p, self.offer(p, sellers))).collect();
        let total: f64 = offers.iter().map(|s| s.1).sum();
        let bought = if total > 0.0 && own < 1.0 {
            offers.into_iter().filter(|s| s.1 > 0.0).map(|(p, e)| (p.clone(), (1.0 - own) * e / total)).collect()
        } else {
            Shares::new()
        };
        Mix { own, bought }
    }
}

impl Mix {
    /// The mix by place, the buyer's own part split over its places by their output.
    pub fn shares(&self, step: &Step, is_buyer: &dyn Fn(&str) -> bool) -> Shares {
        let mut shares = self.bought.clone();
        let own: Vec<(&String, f64)> = step.output.iter().filter(|s| is_buyer(s.0)).map(|(p, s)| (p, *s)).collect();
        let total: f64 = own.iter().map(|s| s.1).sum();
        if total > 0.0 && self.own > 0.0 {
            for (place, share) in own {
                *shares.entry(place.clone()).or_default() += self.own * share / total;
            }
        }
        shares
    }
}

/// Where every tier of a buyer's supply comes from: shares of its supply by place, tier by tier from the mine.
///
/// The last tier's supply is the buyer's own mix; each tier before it feeds the places of the tier after it. A buyer that
/// a table lumps into the rest needs nothing by itself: it buys from what others have left. `group_of` as in [`Step::new`].
pub fn trace(steps: &[Step], sellers: Sellers, is_buyer: &dyn Fn(&str) -> bool, group_of: &dyn Fn(&str) -> Option<String>) -> Vec<Shares> {
    let mut tiers: Vec<Shares> = Vec::new();
    for step in steps.iter().rev() {
        let mut supply = Shares::new();
        let mut add = |users: &dyn Fn(&str) -> bool, part: f64| {
            for (place, share) in step.mix(users, sellers).shares(step, users) {
                *supply.entry(place).or_default() += part * share;
            }
        };
        match tiers.last() {
            None => add(is_buyer, 1.0),
            Some(users) => {
                for (user, part) in users {
                    let is_user = |p: &str| p == user || group_of(p).as_ref() == Some(user) || group_of(user).is_some_and(|g| g == p);
                    add(&is_user, *part);
                }
            }
        }
        tiers.push(supply);
    }
    tiers.reverse();
    tiers
}

/// The part of a buyer's supply that passed places for which `is_in` holds at some tier.
///
/// `steps` run from the mine.
pub fn touched(
    steps: &[Step],
    sellers: Sellers,
    is_buyer: &dyn Fn(&str) -> bool,
    is_in: &dyn Fn(&str) -> bool,
    group_of: &dyn Fn(&str) -> Option<String>,
) -> f64 {
    // Part of each place's output of the tier before that is free of the places in question.
    let mut free: BTreeMap<String, f64> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        let feed_of = |users: &dyn Fn(&str) -> bool, free: &BTreeMap<String, f64>, before: &Step| -> f64 {
            let mix = before.mix(users, sellers).shares(before, users);
            let known: f64 = mix.values().sum();
            if known > 0.0 { mix.iter().map(|(p, s)| s * free.get(p).copied().unwrap_or(1.0)).sum::<f64>() / known } else { 1.0 }
        };
        free = step
            .output
            .keys()
            .map(|place| {
                let is_user = |p: &str| p == place || group_of(p).as_ref() == Some(place) || group_of(place).is_some_and(|g| g == p);
                let feed = if index == 0 { 1.0 } else { feed_of(&is_user, &free, &steps[index - 1]) };
                (place.clone(), if is_in(place) { 0.0 } else { feed })
            })
            .collect();
    }
    let Some(last) = steps.last() else { return 0.0 };
    let mix = last.mix(is_buyer, sellers).shares(last, is_buyer);
    let known: f64 = mix.values().sum();
    if known > 0.0 { 1.0 - mix.iter().map(|(p, s)| s * free.get(p).copied().unwrap_or(1.0)).sum::<f64>() / known } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(list: &[(&str, f64)]) -> Shares {
        list.iter().map(|(p, s)| ((*p).to_owned(), *s)).collect()
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} and {b}");
    }

    #[test]
    fn a_buyer_uses_its_own_output_first_and_buys_the_lack_from_what_others_have_left() {
        // AU and CL mine; CN refines 0.7, EU27 0.2, CL 0.1. CL keeps 0.1 of its 0.3.
        let step = Step::new(&shares(&[("AU", 0.5), ("CL", 0.3), ("CN", 0.2)]), &shares(&[("CN", 0.7), ("EU27", 0.2), ("CL", 0.1)]), &|_| None);
        let china = step.mix(&|p| p == "CN", Sellers::ByRemainder);
        close(china.own, 0.2 / 0.7);
        // AU has 0.5 left, CL 0.2.
        close(china.bought["AU"], (1.0 - 0.2 / 0.7) * 5.0 / 7.0);
        let europe = step.mix(&|p| p == "EU27", Sellers::ByRemainder);
        close(europe.own, 0.0);
        close(europe.bought.values().sum(), 1.0);
        // AU needs nothing: a newcomer there would buy from CL alone, which has 0.2 left.
        close(step.mix(&|p| p == "AU", Sellers::ByRemainder).bought["CL"], 1.0);
    }

    #[test]
    fn members_meet_their_group_where_one_side_names_the_group() {
        let group = |p: &str| (p == "FI" || p == "DE").then(|| "EU27".to_owned());
        let step = Step::new(&shares(&[("FI", 0.1), ("CN", 0.9)]), &shares(&[("EU27", 0.2), ("CN", 0.8)]), &group);
        close(step.mix(&|p| p == "EU27", Sellers::ByRemainder).own, 0.5);
    }

    #[test]
    fn what_passed_a_country_at_any_tier_counts() {
        // Ore from AU only; half refined in CN, half in JP; cells in JP and US from both; the US makes half the cars and no cells.
        let none = |_: &str| None;
        let refine = shares(&[("CN", 0.5), ("JP", 0.5)]);
        let cell = shares(&[("JP", 1.0)]);
        let cars = shares(&[("US", 1.0)]);
        let steps = [Step::new(&shares(&[("AU", 1.0)]), &refine, &none), Step::new(&refine, &cell, &none), Step::new(&cell, &cars, &none)];
        let us = |p: &str| p == "US";
        close(touched(&steps, Sellers::ByOutput, &us, &|p| p == "CN", &none), 0.5);
        close(touched(&steps, Sellers::ByOutput, &us, &|p| p == "AU", &none), 1.0);
        close(touched(&steps, Sellers::ByOutput, &us, &|p| p == "DE", &none), 0.0);
        let tiers = trace(&steps, Sellers::ByOutput, &us, &none);
        close(tiers[0]["AU"], 1.0);
        close(tiers[1]["CN"], 0.5);
        close(tiers[2]["JP"], 1.0);
    }

    #[test]
    fn every_tier_of_a_traced_supply_adds_to_one_where_output_meets_need() {
        let none = |_: &str| None;
        let (mine, refine) = (shares(&[("AU", 0.4), ("CL", 0.35), ("CN", 0.25)]), shares(&[("CN", 0.7), ("CL", 0.2), ("US", 0.1)]));
        let cars = shares(&[("CN", 0.6), ("US", 0.1), ("EU27", 0.3)]);
        let steps = [Step::new(&mine, &refine, &none), Step::new(&refine, &cars, &none)];
        for buyer in ["CN", "US", "EU27", "BR"] {
            for sellers in [Sellers::ByOutput, Sellers::ByRemainder] {
                for tier in trace(&steps, sellers, &|p| p == buyer, &none) {
                    close(tier.values().sum(), 1.0);
                }
            }
        }
    }
}
