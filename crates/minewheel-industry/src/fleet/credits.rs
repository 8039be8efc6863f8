//! New-energy credits that the new cars of a Chinese study make, year by year.
//!
//! ```text
//! credits(y) = new cars(y) · credit of a car by the edition of y
//! ```
//!
//! The credit of a car is that of [`crate::credits`] for the same car as everywhere else in the study. A year without an edition, or whose
//! edition lacks a constant, has no line: rules are not carried on. What companies owe, trade and carry over needs their accounts
//! (`credits ledger`), which a study of cars has not.

use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;

use crate::credits::car::CreditError;
use crate::credits::design::{DesignError, Given, plain_credit};
use crate::credits::rules::RuleBook;

use super::ledgers::CreditLine;

/// Whose rules these are.
const PLACE: &str = "CN";

/// New cars of one product, by year.
pub(super) struct NewCars<'a> {
    pub(super) product: &'a str,
    pub(super) design: &'a CarDesign,
    pub(super) meets_conditions: Option<bool>,
    pub(super) by_year: &'a [f64],
}

/// The lines of a study, and what has none.
#[derive(Default)]
pub(super) struct Earned {
    pub(super) lines: Vec<CreditLine>,
    /// Years that have new cars with a plug but no rule.
    pub(super) without_rule: Vec<i32>,
    /// Products of which a figure is missing, with the figure.
    pub(super) unknown: Vec<(String, &'static str)>,
}

/// The credits of a study's new cars.
pub(super) fn credits_of(tables: &Tables, book: &RuleBook, first: i32, new: &[NewCars<'_>]) -> Result<Earned, DesignError> {
    let Earned { mut lines, mut without_rule, mut unknown } = Earned::default();
    for new in new {
        let given = Given { meets_conditions: new.meets_conditions, ..Given::default() };
        for (index, cars) in new.by_year.iter().enumerate().filter(|c| *c.1 > 0.0) {
            let year = first + index as i32;
            match plain_credit(new.design, tables, book, year, &given) {
                Ok(credit) => lines.push(CreditLine {
                    year,
                    product: new.product.to_owned(),
                    cars: *cars,
                    credit_per_car: credit.credit,
                    credits: cars * credit.credit,
                    edition: credit.edition,
                    status: credit.weakest_status,
                }),
                // No plug: no credit in any year.
                Err(DesignError::Credit(CreditError::NoCredit { .. })) => break,
                Err(DesignError::Credit(CreditError::Missing { field, .. })) => {
                    unknown.push((new.product.to_owned(), field));
                    break;
                }
                Err(DesignError::Credit(CreditError::Rule(_))) => without_rule.push(year),
                Err(error) => return Err(error),
            }
        }
    }
    lines.sort_by_key(|l| l.year);
    without_rule.sort_unstable();
    without_rule.dedup();
    Ok(Earned { lines, without_rule, unknown })
}

/// Whether the rules are those of a place.
pub(super) fn are_rules_of(lineage: &[&str]) -> bool {
    lineage.contains(&PLACE)
}

#[cfg(test)]
mod tests {
    use minewheel_data::store::Store;

    use super::*;
    use crate::credits::design::design_credit;
    use crate::fleet::run::run;
    use crate::fleet::study::Study;
    use crate::fleet::tables::FleetTables;

    fn of(place: &str) -> crate::fleet::run::FleetReport {
        let study = format!(
            "[study]\ntitle = \"x\"\nplace = \"{place}\"\nfrom = 2022\nto = 2030\n\
             [[product]]\nname = \"electric\"\ncar = \"byd-dolphin-60\"\nsurvival = \"china-nev-2023\"\ninflow = [[2022, 1000], [2030, 9000]]\n\
             [[product]]\nname = \"fuel\"\ncar = \"vw-golf-15tsi\"\nsurvival = \"china-nev-2023\"\ninflow = [[2022, 5000], [2030, 1000]]\n"
        );
        let tables = Tables::read(&Store::embedded(), false).unwrap();
        let fleet = FleetTables::read(&Store::embedded(), false).unwrap();
        let book = RuleBook::read(&Store::embedded(), false).unwrap();
        let report = run(&tables, &fleet, &book, &Study::read("s.toml", &study).unwrap()).unwrap();
        for line in &report.credits {
            let car = tables.catalogue.car("byd-dolphin-60").unwrap();
            let one = design_credit(car, &tables, &book, line.year, &Given::default()).unwrap().credit;
            assert_eq!((line.credit_per_car, &line.edition), (one.credit, &one.edition));
            assert_eq!(line.credits, line.cars * one.credit);
        }
        report
    }

    #[test]
    fn new_cars_with_a_plug_earn_credits_in_the_years_that_have_a_rule() {
        let report = of("CN");
        let years: Vec<i32> = report.credits.iter().map(|l| l.year).collect();
        assert_eq!(years, [2022, 2023, 2024, 2025, 2026, 2027]);
        assert!(report.credits.iter().all(|l| l.product == "electric" && l.credit_per_car > 0.5));
        assert!(report.credits[1].credit_per_car > report.credits[2].credit_per_car, "the edition of 2024 gives a car less");
        assert!(report.notices.iter().any(|n| n.starts_with("credits: no rule is known for new cars of 2028 to 2030")), "{:?}", report.notices);
    }

    #[test]
    fn the_rules_of_china_give_no_credit_elsewhere() {
        assert!(of("DE").credits.is_empty());
    }
}
