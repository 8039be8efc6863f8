//! Tables of the cases about rules, credits, supply and markets.

use std::fmt::Write as _;

use minewheel_industry::cases::Verdict;
use minewheel_industry::cases::credit_trade::{TradeJudgement, TradeYear};
use minewheel_industry::cases::dominance::{DominanceJudgement, DominanceRow};
use minewheel_industry::cases::friend_sourcing::{FriendJudgement, FriendRow};
use minewheel_industry::cases::green_chain::ChainJudgement;
use minewheel_industry::cases::market_claims::{ClaimJudgement, ClaimLine};
use minewheel_industry::cases::output::{OutputJudgement, OutputPart};
use minewheel_industry::cases::ownership_level::{LevelJudgement, LevelLine};
use minewheel_industry::cases::retired_mass::{RetiredJudgement, RetiredLine};
use minewheel_industry::cases::rule_clauses::{ClaimLine as SaidLine, ClauseJudgement, CompanyLine};

use super::opening;
use crate::print::{self, Field, figure};

pub(super) const DOMINANCE: [&str; 7] = ["commodity", "tier", "share %", "most", "HHI", "bought %", "holds"];

pub(super) fn dominance_row(row: &DominanceRow) -> Vec<Field> {
    vec![
        row.commodity.clone().into(),
        row.tier.clone().into(),
        Field::number(100.0 * row.share, |v| format!("{v:.0}")),
        row.largest.clone().into(),
        Field::number(row.hhi, |v| format!("{v:.2}")),
        Field::number(100.0 * row.dependence, |v| format!("{v:.0}")),
        Field::yes(row.holds),
    ]
}

pub(super) fn dominance_table(judgement: &DominanceJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<Field>> = judgement.tiers.iter().map(dominance_row).collect();
    let _ = writeln!(text, "\n{}", print::table(&DOMINANCE, &print::shown(&rows), &[2, 4, 5]));
    if let Some(stop) = &judgement.stop {
        let first =
            stop.days_to_shortage.map_or_else(|| "no car is missed".to_owned(), |days| format!("the first car is missed after {days:.0} days"));
        let words = format!(
            "{}: of {} cars planned in {} days {} are not built by their end, and up to {} wait; {first}; the worst week builds {:.0} % of the plan (best estimates; \
             `minewheel disrupt` takes such studies)",
            stop.title,
            figure(stop.cars_planned),
            stop.days,
            figure(stop.cars_not_built),
            figure(stop.most_cars_waiting),
            100.0 * stop.lowest_week,
        );
        let _ = writeln!(text, "{}\n", print::wrap(&words));
    }
    let _ = writeln!(text, "rule: {}", print::wrap(&judgement.rule.rule).trim_start());
    text
}

pub(super) const FRIENDS: [&str; 7] = ["car", "% of world", "enough", "up to %", "kg CO2e", "USD", "binds, or lacks"];

pub(super) fn friend_row(row: &FriendRow) -> Vec<Field> {
    let signed = |v: Option<f64>| Field::known(v, |v| format!("{v:+.0}"));
    let why = row.lacks.clone().or_else(|| row.binding_tier.clone());
    vec![
        row.car.clone().into(),
        Field::number(100.0 * row.volume, |v| format!("{v:.1}")),
        Field::yes(row.is_feasible),
        Field::known(row.largest_volume.map(|v| 100.0 * v), |v| format!("{v:.1}")),
        signed(row.extra_climate_kg),
        signed(row.extra_cost_usd),
        Field::words(why),
    ]
}

pub(super) fn friend_table(judgement: &FriendJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<Field>> = judgement.rows.iter().map(friend_row).collect();
    let _ = writeln!(
        text,
        "
{}",
        print::table(&FRIENDS, &print::shown(&rows), &[1, 3, 4, 5])
    );
    let _ = writeln!(
        text,
        "{}",
        print::wrap(
            "kg CO2e, USD: a battery more than on the open market, makers that stay in their proportions; where not enough: at the largest volume"
        )
    );
    let _ = writeln!(text, "rule: {}", print::wrap(&judgement.rule.rule).trim_start());
    text
}

pub(super) const CHAIN: [&str; 6] = ["year", "spent USD", "saved USD", "kt avoided", "target kt", "kg a car"];

pub(super) fn chain_row(year: &minewheel_industry::suppliers::plan::PlanYear) -> Vec<Field> {
    let kilotonnes = |kg: f64| minewheel_data::units::Mass::from_kg(kg).t() / 1000.0;
    vec![
        year.year.to_string().into(),
        Field::figure(year.spent_usd),
        Field::figure(year.saved_usd),
        Field::figure(kilotonnes(year.abated_kg)),
        Field::known(year.target_kg.map(kilotonnes), figure),
        Field::figure(year.suppliers_kg_per_car),
    ]
}

pub(super) fn chain_table(judgement: &ChainJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<Field>> = judgement.years.iter().map(chain_row).collect();
    let _ = writeln!(text, "\n{}", print::table(&CHAIN, &print::shown(&rows), &[1, 2, 3, 4, 5]));
    let _ = writeln!(text, "rule: {}", print::wrap(&judgement.rule.rule).trim_start());
    text
}

pub(super) const COMPANIES: [&str; 4] = ["output/capacity %", "research/revenue %", "verdict", "margins in points"];

pub(super) fn company_row(line: &CompanyLine) -> Vec<Field> {
    let margins: Vec<String> = line.margins.iter().map(|(clause, margin)| format!("{clause} {margin:+.1}")).collect();
    vec![
        line.capacity_use_percent.to_string().into(),
        line.research_share_percent.to_string().into(),
        line.verdict.word().into(),
        margins.join(", ").into(),
    ]
}

pub(super) fn clause_table(judgement: &ClauseJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    let _ = writeln!(text, "\nwhat was said beside {}", judgement.edition);
    let none = || "–".to_owned();
    let row = |c: &SaidLine| {
        let status = c.status.map_or_else(none, |s| s.to_string());
        vec![c.clause.clone(), c.said.clone(), c.asked.clone().unwrap_or_else(none), if c.agrees { "yes" } else { "no" }.to_owned(), status]
    };
    text.push_str(&print::table(&["clause", "said", "asked", "agrees", "status"], &judgement.claims.iter().map(row).collect::<Vec<_>>(), &[]));
    text.push_str("\ncompanies tried, by these clauses alone\n");
    text.push_str(&print::table(&COMPANIES, &print::shown(&judgement.companies.iter().map(company_row).collect::<Vec<_>>()), &[0, 1]));
    text
}

pub(super) const PARTS: [&str; 7] = ["use", "chemistry", "GWh", "line Wh/kg", "cells Wh/kg", "stand", "status"];

pub(super) fn part_row(part: &OutputPart) -> Vec<Field> {
    vec![
        part.r#use.clone().into(),
        part.chemistry.clone().unwrap_or_else(|| "not on record".to_owned()).into(),
        Field::figure(part.gwh),
        Field::known(part.line_wh_per_kg, figure),
        Field::range(part.cells_wh_per_kg, |low, high| format!("{low}–{high}")),
        part.stand.word().into(),
        part.status.to_string().into(),
    ]
}

pub(super) fn output_table(judgement: &OutputJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push('\n');
    text.push_str(&print::table(&PARTS, &print::shown(&judgement.parts.iter().map(part_row).collect::<Vec<_>>()), &[2, 3]));
    text
}

pub(super) const CLAIMS: [&str; 5] = ["part", "said", "ours", "verdict", "why"];

/// A share as a percentage, a count in full.
fn said(value: f64) -> String {
    if value.abs() < 10.0 { format!("{:+.1} %", 100.0 * value) } else { format!("{value:.0}") }
}

pub(super) fn claim_row(line: &ClaimLine) -> Vec<Field> {
    let word = match line.verdict {
        Verdict::True => "holds",
        Verdict::False => "fails",
        Verdict::Depends | Verdict::NotDecidable => "no data",
    };
    vec![line.what.clone().into(), Field::number(line.said, said), Field::known(line.ours, said), word.into(), line.reason.clone().into()]
}

pub(super) fn claim_table(judgement: &ClaimJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}\n", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    for row in print::shown(&judgement.lines.iter().map(claim_row).collect::<Vec<_>>()) {
        let _ = writeln!(text, "{}", print::wrap(&format!("- {}: said {}, ours {}: {}; {}", row[0], row[1], row[2], row[3], row[4])));
    }
    text
}

pub(super) const LEVELS: [&str; 5] = ["counts", "saturation", "income", "year", "at the end"];

pub(super) fn level_row(line: &LevelLine) -> Vec<Field> {
    vec![
        line.reached.counts.clone().into(),
        Field::figure(line.reached.saturation),
        Field::number(100.0 * line.growth_shift, |v| format!("{v:+.0} %")),
        line.reached.year.map_or_else(|| "never".to_owned(), |y| y.to_string()).into(),
        Field::figure(line.reached.at_last),
    ]
}

pub(super) fn level_table(judgement: &LevelJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nper 1,000 people; income: growth a year more or less than the table's\n");
    text.push_str(&print::table(&LEVELS, &print::shown(&judgement.lines.iter().map(level_row).collect::<Vec<_>>()), &[1, 2, 3, 4]));
    text
}

pub(super) const RETIRED: [&str; 7] = ["years", "exits M", "rounding", "Mt", "taken back M", "formal %", "status"];

pub(super) fn retired_row(line: &RetiredLine) -> Vec<Field> {
    let million = |v: Option<f64>| Field::known(v.map(|v| v / 1e6), |v| format!("{v:.2}"));
    vec![
        line.period.clone().into(),
        million(line.exits),
        million(line.rounding),
        Field::known(line.exits_mt, |m| format!("{m:.0}")),
        million(line.taken_back),
        Field::range(line.formal_share.map(|ends| ends.map(|v| 100.0 * v)), |low, high| format!("{low:.0}–{high:.0}")),
        Field::words(line.status.map(|s| s.to_string())),
    ]
}

pub(super) fn retired_table(judgement: &RetiredJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}\n", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str(&print::table(&RETIRED, &print::shown(&judgement.lines.iter().map(retired_row).collect::<Vec<_>>()), &[1, 2, 3, 4, 5]));
    text
}

pub(super) const TRADE: [&str; 9] = ["year", "to sell", "average", "affiliates", "to buy", "CNY", "sells M", "buys M", "holds"];

pub(super) fn trade_row(year: &TradeYear) -> Vec<Field> {
    vec![
        year.year.to_string().into(),
        Field::figure(year.to_sell),
        Field::figure(year.average_surplus),
        Field::figure(year.from_affiliates),
        Field::figure(year.to_buy),
        Field::known(year.price_cny, figure),
        Field::known(year.sells_million_cny, figure),
        Field::known(year.buys_million_cny, figure),
        year.holds.map_or_else(|| Field::words(None), Field::yes),
    ]
}

pub(super) fn trade_table(judgement: &TradeJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\ncredits by accounting year, all scenario; money in million CNY at the upper price\n");
    text.push_str(&print::table(&TRADE, &print::shown(&judgement.years.iter().map(trade_row).collect::<Vec<_>>()), &[1, 2, 3, 4, 5, 6, 7]));
    text
}
