//! The report of `rules check`: clauses with what was asked, what was found, and the margin.

use minewheel_industry::rules::check::{Answer, Counts, Outcome, Report, Verdict};
use minewheel_industry::rules::clauses::shown_unit;
use minewheel_industry::rules::{Edition, Force, RuleTables};

use crate::charts::ranked;
use crate::document::{Block, Document, Section, Table};
use crate::figure::{figure, number};
use crate::sources::named_in;

/// The report.
pub fn document(report: &Report, edition: &Edition, tables: &RuleTables, command: &str) -> Document {
    let counts = |c: Counts| format!("{} pass, {} fail, {} unknown", c.pass, c.fail, c.unknown);
    let on = report.date.map_or_else(|| "every dated clause, whenever it holds".to_owned(), |d| format!("the day {d}"));
    let draft = if report.is_draft { " It is a draft and never in force." } else { "" };
    let mut lead = vec![
        format!("Verdict: {}. Binding clauses: {}; encouraged or pending: {}.", report.verdict.word(), counts(report.binding), counts(report.other)),
        format!("{} ({}, {}), {on}.{draft}", report.title, report.body, edition.span()),
    ];
    if let Some(decision) = &report.decision {
        lead.push(format!("{} asks to {}: {}.", decision.subject, decision.request, decision.words.trim_end_matches('.')));
    }
    let mut sections = Vec::new();
    if !report.changes.is_empty() {
        let changes = report.changes.iter().map(|c| format!("{} ({}): {}", c.clause, c.subject, c.words));
        sections.push(Section::new("What would change it", vec![Block::List(changes.collect())]));
    }
    if let Some(chart) = margins(report) {
        sections.push(Section::new("Margins", vec![chart]));
    }
    let mut subjects: Vec<(&str, &str)> = Vec::new();
    for verdict in &report.verdicts {
        if !subjects.contains(&(&verdict.kind, &verdict.subject)) {
            subjects.push((&verdict.kind, &verdict.subject));
        }
    }
    for (kind, name) in subjects {
        let rows = report.verdicts.iter().filter(|v| v.kind == kind && v.subject == name).map(row).collect();
        let header = ["clause", "what it asks", "asked", "value", "margin", "verdict", "force", "from", "status", "source"];
        let title = if name.starts_with(kind) { name.to_owned() } else { format!("{kind} {name}") };
        let table = Table::of_words(format!("Clauses asked of {title}"), &header, rows, &[4]);
        sections.push(Section::new(title, vec![Block::Table(table)]));
    }
    sections.push(Section::new("Not judged", not_judged(report)));
    sections.push(Section::new("Method", vec![Block::List(vec![
        "A clause passes, fails, or is unknown where the subject says nothing of its quantity; an unknown binding clause is never counted as met.".to_owned(),
        "The margin is the value's distance from the limit on the side that passes; the relative margin is its share of the limit.".to_owned(),
        format!("Weakest status of the clauses: {}.", report.weakest_status),
    ])]));
    Document {
        title: format!("{} held against {}", report.of, report.edition),
        lead,
        sections,
        sources: named_in(report, &tables.sources),
        run: vec![
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("set".to_owned(), report.set.clone()),
            ("edition".to_owned(), report.edition.clone()),
        ],
        command: command.to_owned(),
    }
}

/// Relative margins of the clauses that ask for a number, the tightest first.
fn margins(report: &Report) -> Option<Block> {
    let bar = |v: &Verdict| {
        Some(ranked::Bar {
            name: format!("{} {}", v.clause, v.title),
            value: 100.0 * v.margin_relative?,
            range: None,
            is_marked: v.verdict == Outcome::Fail,
        })
    };
    let mut bars: Vec<ranked::Bar> = report.verdicts.iter().filter_map(bar).collect();
    if bars.is_empty() {
        return None;
    }
    bars.sort_by(|a, b| a.value.total_cmp(&b.value));
    let chart = ranked::Ranked { title: "Margin to the limit".to_owned(), unit: "margin, % of the limit".to_owned(), threshold: None, bars };
    let caption = "Distance to the limit, the tightest first; below nought and outlined: not met.".to_owned();
    Some(Block::Picture { svg: ranked::svg(&chart), caption })
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Number(value) => figure(*value),
        Answer::Flag(true) => "yes".to_owned(),
        Answer::Flag(false) => "no".to_owned(),
    }
}

fn row(verdict: &Verdict) -> Vec<String> {
    let asked = match &verdict.required {
        None => "(not set)".to_owned(),
        Some(Answer::Flag(is_asked)) => answer(&Answer::Flag(*is_asked)),
        Some(required) => format!("{} {} {}", verdict.operator, answer(required), shown_unit(&verdict.unit)),
    };
    let value = verdict.value.as_ref().map_or_else(|| "–".to_owned(), answer);
    let value = verdict.value_range.map_or(value.clone(), |[low, high]| format!("{value} ({}–{})", figure(low), figure(high)));
    let force = if verdict.force == Force::Binding { "binding" } else { verdict.force.word() };
    vec![
        verdict.clause.clone(),
        verdict.title.clone(),
        asked,
        value,
        number(verdict.margin),
        verdict.verdict.word().to_owned(),
        force.to_owned(),
        verdict.from.map_or_else(|| "–".to_owned(), |d| d.to_string()),
        verdict.status.to_string(),
        format!("{}, {}", verdict.source, verdict.locator),
    ]
}

fn not_judged(report: &Report) -> Vec<Block> {
    let asked = report.not_asked.iter().map(|n| format!("{} clauses ask of a {}, of which nothing is said.", n.clauses, n.subject));
    let stated = report.statements.iter().map(|s| format!("Stated: {} [{}, {}]", s.states, s.source, s.status));
    let outside = (!report.left_out.is_empty()).then(|| format!("Outside the set, and not judged: {}.", report.left_out));
    let points: Vec<String> = asked.chain(stated).chain(outside).collect();
    if points.is_empty() { vec![Block::Text("Every clause of the edition was judged.".to_owned())] } else { vec![Block::List(points)] }
}
