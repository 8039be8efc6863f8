//! The mandate of the United Kingdom: allowances, transfers of CO2 savings, borrowing (SI 2023/1394).

use std::collections::BTreeMap;

use super::{FleetError, FleetYear, blank, groups, missing};
use crate::credits::affiliates::NIL;
use crate::credits::car::CreditPowertrain;
use crate::credits::rules::{RuleBook, System, Used};
use crate::credits::study::{ModelYear, Study};

/// Limits of one maker and year.
#[derive(Debug, Clone, Copy, Default)]
struct Limits {
    transfer: f64,
    borrowing: f64,
    due: i32,
    interest: f64,
}

/// Allowances borrowed and not given back.
#[derive(Debug, Clone, Copy)]
struct Loan {
    year: i32,
    due: i32,
    interest: f64,
    allowances: f64,
}

impl Loan {
    fn owed(&self, year: i32) -> f64 {
        self.allowances * (1.0 + self.interest).powi(year - self.year)
    }
}

/// What makers may transfer and borrow, and what they owe.
#[derive(Debug, Default)]
pub(super) struct Loans {
    limits: BTreeMap<(String, i32), Limits>,
    open: BTreeMap<String, Vec<Loan>>,
    /// What the tables lack.
    pub notices: Vec<String>,
}

/// Allowances of every maker and year before anything is banked, transferred, traded or borrowed.
///
/// # Errors
/// A rule lacks the year, or a car that saves CO2 has an emission or a baseline but not the other.
pub(super) fn allowances(book: &RuleBook, study: &Study, used: &mut Used) -> Result<(Vec<FleetYear>, Loans), FleetError> {
    let (mut lines, mut loans) = (Vec::new(), Loans::default());
    for ((company, year), models) in groups(study)? {
        let share = used.take(book.constant(System::Uk, "zero-emission-share", year)?);
        let volume: f64 = models.iter().map(|m| m.volume).sum();
        let zero: f64 = models.iter().filter(|m| is_zero_emission(m)).map(|m| m.volume).sum();
        let (actual, target) = (volume - zero, (1.0 - share) * volume);
        let line = blank(company.clone(), year, volume, actual, target, "vehicle", target - actual, "GBP");
        let mut limits = Limits::default();
        let saved = saved(&models)?;
        if saved > 0.0 && line.balance < 0.0 {
            match book.optional(System::Uk, "transfer-cap", year) {
                Some(cap) => {
                    let rate = used.take(book.constant(System::Uk, "transfer-rate", year)?);
                    limits.transfer = (saved / rate).min(used.take(cap) * share * volume);
                }
                None => loans.lacks(year, "cap on the transfer of CO2 savings", "none is transferred"),
            }
        }
        if line.balance < 0.0 {
            match (book.optional(System::Uk, "borrowing-share", year), book.optional(System::Uk, "repayment-year", year)) {
                (Some(share), Some(due)) => {
                    limits.borrowing = used.take(share) * volume;
                    limits.due = used.take(due) as i32;
                    limits.interest = used.take(book.constant(System::Uk, "borrowing-interest", year)?);
                }
                _ => loans.lacks(year, "cap on borrowing", "nothing is borrowed"),
            }
        }
        loans.limits.insert((company, year), limits);
        lines.push(line);
    }
    Ok((lines, loans))
}

fn is_zero_emission(model: &ModelYear) -> bool {
    matches!(model.powertrain, Some(CreditPowertrain::Bev | CreditPowertrain::Fcev))
}

/// Grams a kilometre times cars below the baseline, of cars that are not of zero emission; nought above it or without figures.
fn saved(models: &[&ModelYear]) -> Result<f64, FleetError> {
    let mut sum = 0.0;
    for model in models.iter().filter(|m| !is_zero_emission(m)) {
        sum += match (model.standard_g, model.co2_g) {
            (Some(baseline), Some(emission)) => (baseline - emission) * model.volume,
            (Some(_), None) => return Err(missing(model, "co2_g_per_km")),
            // Without a baseline the maker's savings are unknown, and none is counted.
            (None, _) => return Ok(0.0),
        };
    }
    Ok(sum.max(0.0))
}

impl Loans {
    fn lacks(&mut self, year: i32, what: &str, then: &str) {
        let notice = format!("uk {year}: the tables have no {what}; {then}");
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Gives back what is owed out of a surplus, oldest first; what is due and not given back adds to the deficit.
    pub(super) fn repay(&mut self, line: &mut FleetYear, mut surplus: f64, mut deficit: f64) -> (f64, f64) {
        let Some(open) = self.open.get_mut(&line.company) else { return (surplus, deficit) };
        for loan in open.iter_mut() {
            let owed = loan.owed(line.year);
            let mut back = owed.min(surplus);
            surplus -= back;
            if line.year >= loan.due {
                deficit += owed - back;
                back = owed;
            }
            line.repaid += back;
            loan.allowances *= 1.0 - back / owed;
        }
        open.retain(|loan| loan.allowances > NIL);
        line.owed = open.iter().map(|loan| loan.owed(line.year)).sum();
        (surplus, deficit)
    }

    /// Covers a deficit by savings of CO2, as far as they and their cap go.
    pub(super) fn transfer(&self, line: &mut FleetYear, deficit: f64) -> f64 {
        let limit = self.limits.get(&(line.company.clone(), line.year)).map_or(0.0, |l| l.transfer);
        line.transferred = deficit.min(limit);
        deficit - line.transferred
    }

    /// Covers what is still open by allowances of later years.
    pub(super) fn borrow(&mut self, line: &mut FleetYear) {
        let Some(limits) = self.limits.get(&(line.company.clone(), line.year)).filter(|l| l.due > line.year) else { return };
        line.borrowed = line.open.min(limits.borrowing);
        line.open -= line.borrowed;
        line.owed += line.borrowed;
        if line.borrowed > NIL {
            let loan = Loan { year: line.year, due: limits.due, interest: limits.interest, allowances: line.borrowed };
            self.open.entry(line.company.clone()).or_default().push(loan);
        }
    }
}
