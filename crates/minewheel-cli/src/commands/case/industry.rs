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
use crate::print::{self, figure};

pub(super) const DOMINANCE: [&str; 7] = ["commodity", "tier", "share %", "most", "HHI", "bought %", "holds"];

pub(super) fn dominance_row(row: &DominanceRow) -> Vec<String> {
    vec![
        row.commodity.clone(),
        row.tier.clone(),
        format!("{:.0}", 100.0 * row.share),
        row.largest.clone(),
        format!("{:.2}", row.hhi),
        format!("{:.0}", 100.0 * row.dependence),
        if row.holds { "yes" } else { "no" }.to_owned(),
    ]
}

pub(super) fn dominance_table(judgement: &DominanceJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<String>> = judgement.tiers.iter().map(dominance_row).collect();
    let _ = writeln!(text, "\n{}", print::table(&DOMINANCE, &rows, &[2, 4, 5]));
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

pub(super) fn friend_row(row: &FriendRow) -> Vec<String> {
    let none = || "–".to_owned();
    let signed = |v: Option<f64>| v.map_or_else(none, |v| format!("{v:+.0}"));
    let why = row.lacks.clone().or_else(|| row.binding_tier.clone());
    vec![
        row.car.clone(),
        format!("{:.1}", 100.0 * row.volume),
        if row.is_feasible { "yes" } else { "no" }.to_owned(),
        row.largest_volume.map_or_else(none, |v| format!("{:.1}", 100.0 * v)),
        signed(row.extra_climate_kg),
        signed(row.extra_cost_usd),
        why.unwrap_or_else(none),
    ]
}

pub(super) fn friend_table(judgement: &FriendJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<String>> = judgement.rows.iter().map(friend_row).collect();
    let _ = writeln!(
        text,
        "
{}",
        print::table(&FRIENDS, &rows, &[1, 3, 4, 5])
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

pub(super) fn chain_row(year: &minewheel_industry::suppliers::plan::PlanYear) -> Vec<String> {
    let kilotonnes = |kg: f64| figure(minewheel_data::units::Mass::from_kg(kg).t() / 1000.0);
    vec![
        year.year.to_string(),
        figure(year.spent_usd),
        figure(year.saved_usd),
        kilotonnes(year.abated_kg),
        year.target_kg.map_or_else(|| "–".to_owned(), kilotonnes),
        figure(year.suppliers_kg_per_car),
    ]
}

pub(super) fn chain_table(judgement: &ChainJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<String>> = judgement.years.iter().map(chain_row).collect();
    let _ = writeln!(text, "\n{}", print::table(&CHAIN, &rows, &[1, 2, 3, 4, 5]));
    let _ = writeln!(text, "rule: {}", print::wrap(&judgement.rule.rule).trim_start());
    text
}

pub(super) const COMPANIES: [&str; 4] = ["output/capacity %", "research/revenue %", "verdict", "margins in points"];

pub(super) fn company_row(line: &CompanyLine) -> Vec<String> {
    let margins: Vec<String> = line.margins.iter().map(|(clause, margin)| format!("{clause} {margin:+.1}")).collect();
    vec![line.capacity_use_percent.to_string(), line.research_share_percent.to_string(), line.verdict.word().to_owned(), margins.join(", ")]
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
    text.push_str(&print::table(&COMPANIES, &judgement.companies.iter().map(company_row).collect::<Vec<_>>(), &[0, 1]));
    text
}

pub(super) const PARTS: [&str; 7] = ["use", "chemistry", "GWh", "line Wh/kg", "cells Wh/kg", "stand", "status"];

pub(super) fn part_row(part: &OutputPart) -> Vec<String> {
    let none = || "–".to_owned();
    vec![
        part.r#use.clone(),
        part.chemistry.clone().unwrap_or_else(|| "not on record".to_owned()),
        figure(part.gwh),
        part.line_wh_per_kg.map_or_else(none, figure),
        part.cells_wh_per_kg.map_or_else(none, |[low, high]| format!("{low}–{high}")),
        part.stand.word().to_owned(),
        part.status.to_string(),
    ]
}

pub(super) fn output_table(judgement: &OutputJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push('\n');
    text.push_str(&print::table(&PARTS, &judgement.parts.iter().map(part_row).collect::<Vec<_>>(), &[2, 3]));
    text
}

pub(super) const CLAIMS: [&str; 5] = ["part", "said", "ours", "verdict", "why"];

/// A share as a percentage, a count in full.
fn said(value: f64) -> String {
    if value.abs() < 10.0 { format!("{:+.1} %", 100.0 * value) } else { format!("{value:.0}") }
}

pub(super) fn claim_row(line: &ClaimLine) -> Vec<String> {
    let word = match line.verdict {
        Verdict::True => "holds",
        Verdict::False => "fails",
        Verdict::Depends | Verdict::NotDecidable => "no data",
    };
    vec![line.what.clone(), said(line.said), line.ours.map_or_else(|| "–".to_owned(), said), word.to_owned(), line.reason.clone()]
}

pub(super) fn claim_table(judgement: &ClaimJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}\n", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    for row in judgement.lines.iter().map(claim_row) {
        let _ = writeln!(text, "{}", print::wrap(&format!("- {}: said {}, ours {}: {}; {}", row[0], row[1], row[2], row[3], row[4])));
    }
    text
}

pub(super) const LEVELS: [&str; 5] = ["counts", "saturation", "income", "year", "at the end"];

pub(super) fn level_row(line: &LevelLine) -> Vec<String> {
    vec![
        line.reached.counts.clone(),
        figure(line.reached.saturation),
        format!("{:+.0} %", 100.0 * line.growth_shift),
        line.reached.year.map_or_else(|| "never".to_owned(), |y| y.to_string()),
        figure(line.reached.at_last),
    ]
}

pub(super) fn level_table(judgement: &LevelJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nper 1,000 people; income: growth a year more or less than the table's\n");
    text.push_str(&print::table(&LEVELS, &judgement.lines.iter().map(level_row).collect::<Vec<_>>(), &[1, 2, 3, 4]));
    text
}

pub(super) const RETIRED: [&str; 7] = ["years", "exits M", "rounding", "Mt", "taken back M", "formal %", "status"];

pub(super) fn retired_row(line: &RetiredLine) -> Vec<String> {
    let million = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{:.2}", v / 1e6));
    vec![
        line.period.clone(),
        million(line.exits),
        million(line.rounding),
        line.exits_mt.map_or_else(|| "–".to_owned(), |m| format!("{m:.0}")),
        million(line.taken_back),
        line.formal_share.map_or_else(|| "–".to_owned(), |[low, high]| format!("{:.0}–{:.0}", 100.0 * low, 100.0 * high)),
        line.status.map_or_else(|| "–".to_owned(), |s| s.to_string()),
    ]
}

pub(super) fn retired_table(judgement: &RetiredJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}\n", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str(&print::table(&RETIRED, &judgement.lines.iter().map(retired_row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5]));
    text
}

pub(super) const TRADE: [&str; 9] = ["year", "to sell", "average", "affiliates", "to buy", "CNY", "sells M", "buys M", "holds"];

pub(super) fn trade_row(year: &TradeYear) -> Vec<String> {
    let unknown = || "–".to_owned();
    vec![
        year.year.to_string(),
        figure(year.to_sell),
        figure(year.average_surplus),
        figure(year.from_affiliates),
        figure(year.to_buy),
        year.price_cny.map_or_else(unknown, figure),
        year.sells_million_cny.map_or_else(unknown, figure),
        year.buys_million_cny.map_or_else(unknown, figure),
        if year.holds { "yes" } else { "no" }.to_owned(),
    ]
}

pub(super) fn trade_table(judgement: &TradeJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\ncredits by accounting year, all scenario; money in million CNY at the upper price\n");
    text.push_str(&print::table(&TRADE, &judgement.years.iter().map(trade_row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5, 6, 7]));
    text
}
