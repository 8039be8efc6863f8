//! Rules as data: rule sets with editions and clauses, and one engine that judges a file, a car or a company by them.
//!
//! A *family* of rules (`miit-battery`) has *editions* that follow one another in time (`data/rules/editions.csv`). An
//! edition has *clauses* (`data/rules/*-clauses.csv`): a quantity of a subject, an operator, a value with its unit, a
//! condition on traits, dates of its own, and what force it has. What may be asked, and in which unit, is the register
//! `data/rules/quantities.csv`. Nothing here knows a particular rule: a new edition is new rows.
//!
//! ```text
//! margin = v − r   for ≥ and >        margin = r − v   for ≤ and <        margin = −|v − r|   for =
//! pass:  margin ≥ 0 (≥, ≤, =)   margin > 0 (>, <)          unknown:  v not given, or a trait of the condition not given
//! ```
//!
//! | symbol   | meaning                                   | unit            | from                  |
//! |----------|-------------------------------------------|-----------------|-----------------------|
//! | `v`      | what the subject has                      | the clause's    | file, car or quotient |
//! | `r`      | what the clause asks for                  | its own         | clause table          |
//! | `margin` | room that is left; negative: what is short | the clause's   | computed              |
//!
//! A missing value never passes. A clause about a subject that the file does not hold is counted, not judged. A verdict
//! is known as well as the weaker of the clause and the value; a report as well as its weakest verdict.
//!
//! - [`date`]: days, and editions in time. [`editions`], [`quantities`], [`clauses`]: the tables as checked types.
//! - [`subjects`]: a rule file in TOML. [`mod@check`]: verdicts. [`change`]: what would turn a failure. [`mod@diff`]: two editions.
//! - [`cars`]: what the model knows of a car's pack.
//!
//! Valid as far as the clauses are: each says how it is known. No verdict here replaces a test or an authority.

pub mod cars;
pub mod change;
pub mod check;
pub mod clauses;
pub mod date;
pub mod diff;
pub mod editions;
pub mod quantities;
pub mod subjects;
pub mod tables;

pub use check::{Report, Verdict, check};
pub use clauses::{Clause, Force, Operator};
pub use date::Date;
pub use diff::{Difference, diff};
pub use editions::{Edition, Editions, RuleError};
pub use quantities::{Kind, Quantities, Quantity};
pub use subjects::{Fact, Given, Subject, SubjectError, is_car_file, read_rule_file};
pub use tables::RuleTables;

#[cfg(test)]
mod tests;
