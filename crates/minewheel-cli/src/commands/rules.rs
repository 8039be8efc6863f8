//! `minewheel rules`: rule sets, and companies, plants, products and cars held against them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minewheel_assess::AssessError;
use minewheel_assess::pack_footprint::{PackFootprint, PackQuestion, pack_footprint};
use minewheel_data::car::CarDesign;
use minewheel_data::status::Status;
use minewheel_industry::rules::cars::{FOOTPRINT, subjects_of_car};
use minewheel_industry::rules::check::{Answer, Counts, FootprintBasis, Outcome, Report, Verdict};
use minewheel_industry::rules::clauses::{Test, shown_unit};
use minewheel_industry::rules::diff::Turn;
use minewheel_industry::rules::{Clause, Date, Difference, Edition, Force, RuleTables, check, diff, is_car_file, read_rule_file};
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Field, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the rule sets, or the clauses of one with what each asks of whom
    List {
        /// An edition (miit-battery-2024) or a family (miit-battery: its last edition)
        set: Option<String>,
        /// The day on which it must hold
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Hold a rule file (TOML of company, plant, product …), a car file or a catalogue car against a rule set
    Check {
        /// An edition (miit-battery-2024), or a family (miit-battery: the edition of the day, else the last)
        set: String,
        /// A rule file, a car file, or the id of a car
        file: String,
        /// The day that counts; left out: every dated clause, whenever it holds
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<String>,
        /// The year whose grids and markets a car's battery is made on; left out: that of --date, else 2025
        #[arg(long, allow_negative_numbers = true)]
        year: Option<i32>,
        /// Climate method of a car's battery
        #[arg(long, default_value = "ar6-gwp100", value_name = "METHOD")]
        method: String,
        /// Write the result as one HTML file that carries everything with it and prints to A4
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Set two editions side by side
    Diff {
        /// The first edition
        first: String,
        /// The second edition
        second: String,
        /// Clauses that are the same too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(clap::Args)]
struct Common {
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A rule set in a line.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SetLine {
    /// The edition.
    set: String,
    /// Its family.
    family: String,
    /// Its title.
    title: String,
    /// Who issued it.
    body: String,
    /// Where it holds.
    place: String,
    /// Whether it is a draft.
    is_draft: bool,
    /// Day of publication.
    published: Date,
    /// First day in force.
    in_force: Option<Date>,
    /// First day on which another edition holds.
    replaced: Option<Date>,
    /// Clauses that ask for a number.
    numbers: usize,
    /// Clauses that ask for yes or no.
    evidence: usize,
    /// Clauses that only state.
    statements: usize,
    /// Clauses by status.
    by_status: std::collections::BTreeMap<String, usize>,
}

/// A clause in a line.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ClauseLine {
    /// Our id.
    clause: String,
    /// What it asks.
    title: String,
    /// Of what it asks it.
    subject: String,
    /// The quantity, a key of a rule file.
    quantity: String,
    /// What is asked.
    asked: String,
    /// On which traits it depends.
    condition: String,
    /// Whether it is only stated, so that no key answers it.
    #[serde(skip)]
    is_stated: bool,
    /// First day.
    from: Option<Date>,
    /// First day on which it no longer holds.
    until: Option<Date>,
    /// Its force.
    force: Force,
    /// How it is known.
    status: Status,
    /// Key of its source.
    source: String,
}

/// What a question about rules comes to.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// All sets.
    Sets(Vec<SetLine>),
    /// The clauses of one.
    Clauses(Vec<ClauseLine>),
    /// Verdicts.
    Report(Box<Report>),
    /// Two editions side by side.
    Differences(Vec<Difference>),
}

/// The sets, clauses, verdicts or differences asked for.
///
/// # Errors
/// An unknown set, a day outside it, or a file with faults.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Reply, Failure> {
    let tables = desk.rule_tables()?;
    Ok(match &arguments.action {
        Action::List { set: None, .. } => Reply::Sets(tables.editions.all().iter().map(|e| set_line(tables, e)).collect()),
        Action::List { set: Some(set), date, .. } => {
            let date = day(date.as_deref())?;
            let edition = tables.editions.named(set, date)?;
            Reply::Clauses(tables.of(edition).filter(|c| date.is_none_or(|d| c.holds_on(d))).map(|c| clause_line(tables, c)).collect())
        }
        Action::Check { set, file, date, year, method, .. } => {
            let date = day(date.as_deref())?;
            let year = year.or(date.map(Date::year)).unwrap_or(YEAR);
            Reply::Report(Box::new(checked(set, file, date, (year, method), desk)?))
        }
        Action::Diff { first, second, all, .. } => {
            Reply::Differences(diff(tables, first, second)?.into_iter().filter(|d| *all || d.turn != Turn::Same).collect())
        }
    })
}

/// Runs the command.
///
/// # Errors
/// As [`answer`], or a binding clause that is not met.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (Action::List { common, .. } | Action::Check { common, .. } | Action::Diff { common, .. }) = &arguments.action;
    let desk = Desk::on_disk(common.data.as_deref())?;
    let tables = desk.rule_tables()?;
    match (&arguments.action, answer(arguments, &desk)?) {
        (_, Reply::Sets(lines)) => list_sets(tables, &lines, common.format),
        (Action::List { set: Some(set), date, .. }, Reply::Clauses(lines)) => {
            list_clauses(tables.editions.named(set, day(date.as_deref())?)?, &lines, common.format);
        }
        (Action::Check { set, file, date, report: page, .. }, Reply::Report(report)) => {
            if let Some(path) = page {
                let edition = tables.editions.named(set, day(date.as_deref())?)?;
                inputs::report(path, &minewheel_report::verdicts::document(&report, edition, tables, &inputs::command_line()))?;
            }
            return verdicts(&report, tables.editions.named(set, day(date.as_deref())?)?, file, common.format);
        }
        (Action::Diff { first, second, .. }, Reply::Differences(lines)) => {
            let rows: Vec<Vec<Field>> = lines.iter().map(difference_row).collect();
            match common.format {
                Format::Json => print::json(&lines),
                Format::Csv => print::data(&print::exact_csv(&["clause", first, second, "turn", "change %", "status"], &rows)),
                Format::Table => print::page(&print::table(&["clause", first, second, "turn", "%", "status"], &print::shown(&rows), &[4])),
            }
        }
        _ => {}
    }
    Ok(())
}

fn day(text: Option<&str>) -> Result<Option<Date>, Failure> {
    let read =
        |seen: &str| seen.parse().map_err(|_| Failure::Option { option: "date", seen: seen.to_owned(), wanted: "a day as YYYY-MM-DD".to_owned() });
    text.map(read).transpose()
}

fn list_sets(tables: &RuleTables, lines: &[SetLine], format: Format) {
    let rows: Vec<Vec<Field>> = lines.iter().map(set_row).collect();
    let header = ["set", "from", "until", "judged", "stated", "recalled"];
    match format {
        Format::Json => print::json(&lines),
        Format::Csv => print::data(&print::exact_csv(&header, &rows)),
        Format::Table => {
            let families = print::wrap(&format!("families, which stand for the edition of the day: {}", tables.editions.families().join(", ")));
            print::page(&format!("{}\n{families}", print::table(&header, &print::shown(&rows), &[3, 4, 5])));
        }
    }
}

fn list_clauses(edition: &Edition, lines: &[ClauseLine], format: Format) {
    let header = ["clause", "of", "key in a rule file", "asked", "if", "force", "status"];
    let row = |l: &ClauseLine| {
        let asked = l.from.map_or_else(|| l.asked.clone(), |from| format!("{} (from {from})", l.asked));
        let texts = [&l.clause, &l.subject, &l.quantity, &asked, &l.condition].map(Clone::clone);
        texts.into_iter().chain([l.force.word().to_owned(), l.status.to_string()]).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    match format {
        Format::Json => print::json(&lines),
        Format::Csv => print::data(&print::csv(&header, &rows)),
        Format::Table => print::page(&format!("{}\n{}", heading(edition), clauses_by_condition(lines))),
    }
}

/// Clauses under what they are asked of and on which condition, with the key that a rule file answers each by.
fn clauses_by_condition(lines: &[ClauseLine]) -> String {
    let mut text = String::new();
    for group in lines.chunk_by(|a, b| a.subject == b.subject && a.condition == b.condition) {
        let of = &group[0];
        let condition = if of.condition.is_empty() { String::new() } else { format!(", if {}", of.condition) };
        let _ = writeln!(text, "\n{}", print::wrap(&format!("{}{condition}", of.subject)));
        let row = |l: &ClauseLine| {
            let mark = if l.force == Force::Binding { "" } else { "*" };
            let asked = l.from.map_or_else(|| l.asked.clone(), |from| format!("{}, from {from}", l.asked));
            let key = if l.is_stated { "–".to_owned() } else { l.quantity.clone() };
            vec![l.clause.clone(), key, format!("{asked}{mark}"), l.status.to_string()]
        };
        text.push_str(&print::table(&["clause", "key in a rule file", "asked", "status"], &group.iter().map(row).collect::<Vec<_>>(), &[]));
    }
    if lines.iter().any(|l| l.force != Force::Binding) {
        text.push_str("* encouraged, waiting for a further act, or only stated\n");
    }
    text
}

fn set_line(tables: &RuleTables, edition: &Edition) -> SetLine {
    let count = |is: &dyn Fn(&Test) -> bool| tables.of(edition).filter(|c| is(&c.test)).count();
    let mut by_status = std::collections::BTreeMap::new();
    for clause in tables.of(edition) {
        *by_status.entry(tables.status(clause.row).to_string()).or_default() += 1;
    }
    SetLine {
        set: edition.id.clone(),
        family: edition.family.clone(),
        title: edition.title.clone(),
        body: edition.body.clone(),
        place: edition.place.clone(),
        is_draft: edition.is_draft,
        published: edition.published,
        in_force: edition.in_force,
        replaced: edition.replaced,
        numbers: count(&|t| matches!(t, Test::Number { .. })),
        evidence: count(&|t| matches!(t, Test::Evidence(_))),
        statements: count(&|t| matches!(t, Test::Statement(_))),
        by_status,
    }
}

fn set_row(line: &SetLine) -> Vec<Field> {
    let from = Field::Text(line.in_force.map_or_else(|| "draft".to_owned(), |d| d.to_string()));
    let until = Field::words(line.replaced.map(|d| d.to_string()));
    let counts = [line.numbers + line.evidence, line.statements, line.by_status.get(Status::Recalled.word()).copied().unwrap_or(0)];
    [line.set.clone().into(), from, until].into_iter().chain(counts.map(|n| n.to_string().into())).collect()
}

fn clause_line(tables: &RuleTables, clause: &Clause) -> ClauseLine {
    ClauseLine {
        clause: clause.id.clone(),
        title: clause.title.clone(),
        subject: clause.subject.clone(),
        quantity: clause.quantity.clone(),
        asked: clause.asked(),
        condition: clause.condition_text.clone(),
        is_stated: matches!(clause.test, Test::Statement(_)),
        from: clause.from,
        until: clause.until,
        force: clause.force,
        status: tables.status(clause.row),
        source: tables.source(clause.row).to_owned(),
    }
}

fn heading(edition: &Edition) -> String {
    let draft = if edition.is_draft { "; a draft, never in force" } else { "" };
    print::wrap(&format!("{}: {}, {}, {}{draft}", edition.id, edition.title, edition.body, edition.span()))
}

fn checked(set: &str, file: &str, date: Option<Date>, (year, method): (i32, &str), desk: &Desk) -> Result<Report, Failure> {
    let rules = desk.rule_tables()?;
    let edition = rules.editions.named(set, date)?;
    let mut basis = None;
    let subjects = if let Some(text) = rule_file(desk, file)? {
        read_rule_file(file, &text, &rules.quantities, &rules.subjects()).map_err(Failure::RuleFile)?
    } else {
        let design = desk.car(file)?;
        let asks_footprint = rules.of(edition).any(|c| c.quantity == FOOTPRINT);
        let footprint = if asks_footprint { car_footprint(&design, desk, edition, year, method)? } else { None };
        basis = footprint.as_ref().map(|_| FootprintBasis { year, method: method.to_owned(), sold_in: edition.place.clone() });
        subjects_of_car(&design, desk.tables()?, footprint.as_ref())?
    };
    Ok(Report { footprint: basis, ..check(rules, set, edition, date, file, &subjects) })
}

/// Prints verdicts; a binding clause that is not met is a failure.
fn verdicts(report: &Report, edition: &Edition, file: &str, format: Format) -> Result<(), Failure> {
    match format {
        Format::Json => print::json(report),
        Format::Csv => print::data(&print::exact_csv(&VERDICTS, &report.verdicts.iter().map(row).collect::<Vec<_>>())),
        Format::Table => print::page(&table(report, edition)),
    }
    let failed: Vec<String> =
        report.verdicts.iter().filter(|v| v.verdict == Outcome::Fail && v.force == Force::Binding).map(|v| v.clause.clone()).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::RuleNotMet { set: report.edition.clone(), of: file.to_owned(), clauses: failed.join(", ") }) }
}

/// The year whose grids and markets a car's pack is made on where neither a year nor a day is asked for.
const YEAR: i32 = 2025;

/// The footprint of a car's pack per kilowatt-hour delivered, sold where the edition holds.
fn car_footprint(design: &CarDesign, desk: &Desk, edition: &Edition, year: i32, method: &str) -> Result<Option<PackFootprint>, Failure> {
    let tables = desk.tables()?;
    let sold_in = tables.places.id(&edition.place).map_err(AssessError::from)?;
    let question = PackQuestion { sold_in, year, method, warranty_years: None, per_year: None, sampling: None };
    Ok(pack_footprint(design, tables, &question)?)
}

/// The text of a rule file; `None`: a car, by its id or as a file with a `[car]`.
fn rule_file(desk: &Desk, name: &str) -> Result<Option<String>, Failure> {
    if !inputs::is_path(name) {
        return Ok(None);
    }
    let text = desk.text(Path::new(name))?;
    Ok((!is_car_file(&text)).then_some(text))
}

const VERDICTS: [&str; 9] = ["clause", "of", "asked", "value", "range", "margin", "verdict", "force", "status"];

fn answered(answer: &Answer) -> Field {
    match answer {
        Answer::Number(number) => Field::number(*number, number_of),
        Answer::Flag(flag) => Field::yes(*flag),
    }
}

fn asked(verdict: &Verdict) -> String {
    let required = verdict.required.as_ref().map_or_else(|| "(not set)".to_owned(), |a| answered(a).shown());
    match verdict.required {
        Some(Answer::Flag(_)) => required,
        _ => format!("{} {required} {}", verdict.operator, shown_unit(&verdict.unit)),
    }
}

fn row(verdict: &Verdict) -> Vec<Field> {
    vec![
        verdict.clause.clone().into(),
        verdict.subject.clone().into(),
        asked(verdict).into(),
        verdict.value.as_ref().map_or_else(|| Field::words(None), answered),
        Field::range(verdict.value_range, |low, high| format!("{}–{}", number_of(low), number_of(high))),
        Field::known(verdict.margin, number_of),
        verdict.verdict.word().into(),
        verdict.force.word().into(),
        verdict.status.to_string().into(),
    ]
}

/// A verdict among others of its subject.
fn short_row(verdict: &Verdict, shows_days: bool) -> Vec<String> {
    let [clause, _, asked, value, range, margin, word, _, status] =
        row(verdict).iter().map(Field::shown).collect::<Vec<_>>().try_into().unwrap_or_default();
    let value = verdict.value_range.map_or(value.clone(), |_| format!("{value} ({range})"));
    let asked = verdict.from.filter(|_| shows_days).map_or_else(|| asked.clone(), |from| format!("{asked}, from {from}"));
    vec![clause, asked, value, margin, if verdict.force == Force::Binding { word } else { format!("{word}*") }, status]
}

/// A number with four significant digits and no more, without a trailing nought.
fn number_of(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = usize::try_from((3 - value.abs().log10().floor() as i32).clamp(0, 9)).unwrap_or(0);
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn table(report: &Report, edition: &Edition) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", heading(edition));
    let on = report.date.map_or_else(|| "every dated clause".to_owned(), |d| format!("on {d}"));
    let _ = writeln!(text, "{}, {on}", report.of);
    if let Some(basis) = &report.footprint {
        let _ = writeln!(text, "footprint of its battery: made in {}, sold in {}, {}", basis.year, basis.sold_in, basis.method);
    }
    let counts = |c: Counts| format!("{} pass, {} fail, {} unknown", c.pass, c.fail, c.unknown);
    let _ = writeln!(text, "\nverdict: {} (binding: {})", report.verdict.word().to_uppercase(), counts(report.binding));
    let _ = writeln!(text, "encouraged or pending: {}; weakest status: {}", counts(report.other), report.weakest_status);
    if let Some(decision) = &report.decision {
        let _ = writeln!(text, "{}", print::wrap(&format!("{} asks to {}: {}", decision.subject, decision.request, decision.words)));
    }
    if !report.changes.is_empty() {
        text.push_str("\nwhat would change it\n");
        for change in &report.changes {
            let _ = writeln!(text, "{}", print::wrap(&format!("  {} ({}): {}", change.clause, change.subject, change.words)));
        }
    }
    let mut of: Vec<(&str, &str)> = Vec::new();
    for verdict in &report.verdicts {
        let subject = (verdict.kind.as_str(), verdict.subject.as_str());
        if !of.contains(&subject) {
            of.push(subject);
        }
    }
    for (kind, name) in of {
        let _ = writeln!(text, "\n{}", if name.starts_with(kind) { name.to_owned() } else { format!("{kind} {name}") });
        let rows: Vec<Vec<String>> =
            report.verdicts.iter().filter(|v| v.kind == kind && v.subject == name).map(|v| short_row(v, report.date.is_none())).collect();
        text.push_str(&print::table(&["clause", "asked", "value", "margin", "verdict", "status"], &rows, &[2, 3]));
        let open = report.verdicts.iter().filter(|v| v.kind == kind && v.subject == name && v.value.is_none());
        let keys: std::collections::BTreeSet<&str> = open.map(|v| v.quantity.as_str()).collect();
        if !keys.is_empty() {
            let _ = writeln!(text, "{}", print::wrap(&format!("not given: {}", keys.into_iter().collect::<Vec<_>>().join(", "))));
        }
    }
    if report.verdicts.iter().any(|v| v.force != Force::Binding) {
        text.push_str("* encouraged, or waiting for a further act\n");
    }
    if !report.not_asked.is_empty() {
        let counted: Vec<String> = report.not_asked.iter().map(|n| format!("{} of a {}", n.clauses, n.subject)).collect();
        let all: usize = report.not_asked.iter().map(|n| n.clauses).sum();
        let line = format!("{all} clauses of the set were not asked, as nothing is said of their subjects: {}", counted.join(", "));
        let _ = writeln!(text, "\n{}", print::wrap(&line));
    }
    if !report.left_out.is_empty() {
        let _ = writeln!(text, "{}", print::wrap(&format!("outside the set, and not judged: {}", report.left_out)));
    }
    for statement in &report.statements {
        let _ = writeln!(text, "{}", print::wrap(&format!("stated: {} [{}, {}]", statement.states, statement.source, statement.status)));
    }
    text
}

fn difference_row(line: &Difference) -> Vec<Field> {
    let change = Field::known(line.relative.map(|r| 100.0 * r), |r| format!("{r:+.1}"));
    let words = [&line.first, &line.second].map(|t| Field::words(t.clone()));
    let (clause, turn) = (line.clause.clone().into(), line.turn.word().into());
    std::iter::once(clause).chain(words).chain([turn, change, line.status.to_string().into()]).collect()
}
