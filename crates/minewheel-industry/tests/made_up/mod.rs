//! Made-up markets of any size, the same on every run.

#![allow(dead_code, reason = "each test and the bench use their own part")]

use std::collections::{BTreeMap, BTreeSet};

use minewheel_data::status::Status;
use minewheel_industry::credits::market::{Abatement, Carry, Foresight, Market, MarketFile, Side};

/// A small generator of reproducible numbers between 0 and 1 (Marsaglia's xorshift64*).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

pub fn terms(steps: &[(f64, f64)]) -> MarketFile {
    let step = |(i, (cost, credits)): (usize, &(f64, f64))| Abatement {
        name: format!("step {i}"),
        first_year: 2000,
        last_year: 2100,
        cny_per_credit: *cost,
        credits: *credits,
    };
    MarketFile {
        discount_rate: 0.08,
        ceiling_cny_per_credit: 10_000.0,
        first_year: None,
        terminal_cny_per_credit: 0.0,
        foresight: Foresight::Perfect,
        cournot: Vec::new(),
        slope_cny_per_credit2: None,
        status: Status::Assumption,
        abatement: steps.iter().enumerate().map(step).collect(),
        scenario: Vec::new(),
    }
}

/// Firms with a surplus, or a need, or both, that drift over the years; credits keep half a year and live three.
pub fn market(firms: usize, years: usize) -> Market {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let years: Vec<i32> = (0..years).map(|y| 2019 + y as i32).collect();
    let mut sides = BTreeMap::new();
    for firm in 0..firms {
        let (size, lean) = (1e4 * (4.0 * numbers.next()).exp(), numbers.next() - 0.55);
        for year in &years {
            let net = size * (lean + 0.5 * (numbers.next() - 0.5));
            sides.insert((format!("firm-{firm:03}"), *year), Side { supply: net.max(0.0).round(), need: (-net).max(0.0).round(), may_carry: true });
        }
    }
    let total: f64 = sides.values().map(|s| s.need).sum::<f64>() / years.len() as f64;
    let steps: Vec<(f64, f64)> = (1..=6).map(|k| (600.0 * f64::from(k), 0.1 * total)).collect();
    Market {
        carry: years.iter().map(|y| (*y, Carry { factor: 0.5, life: 3 })).collect(),
        years,
        sides,
        stores: BTreeSet::new(),
        releases: BTreeSet::new(),
        pool_life: 5,
        terms: terms(&steps),
    }
}
