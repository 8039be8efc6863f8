//! What a statement says of rules, beside what the clauses ask, and companies on either side of them.
//!
//! A statement that names numbers is held against the clauses that it means; whether those numbers bind anybody is what
//! the set states of itself. Companies are tried by the engine of [`crate::rules`], one for each pair of shares.

use std::collections::BTreeMap;

use minewheel_data::status::Status;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::rules::check::{Answer, Outcome, Verdict as ClauseVerdict};
use crate::rules::clauses::Test;
use crate::rules::{Clause, Fact, Force, Given, RuleTables, Subject, check};

/// What is held against which set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    set: String,
    said: Vec<Said>,
    companies: Companies,
    force: ForceClause,
}

/// What was said of a clause.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    clause: String,
    asked: String,
}

/// Companies to try, by two shares in percent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Companies {
    capacity_use: Vec<f64>,
    research_share: Vec<f64>,
}

/// The clause by which a set says what it is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForceClause {
    clause: String,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClauseRule {
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// What was said beside what is asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimLine {
    /// The clause.
    pub clause: String,
    /// What was said that it asks.
    pub said: String,
    /// What it asks; `None`: the set has no such clause.
    pub asked: Option<String>,
    /// Whether both agree and the clause binds.
    pub agrees: bool,
    /// The clause's force.
    pub force: Option<Force>,
    /// How the clause is known.
    pub status: Option<Status>,
    /// Key of its source.
    pub source: Option<String>,
}

/// One company tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompanyLine {
    /// Output over capacity in percent.
    pub capacity_use_percent: f64,
    /// Research over revenue in percent.
    pub research_share_percent: f64,
    /// How it fares by these clauses alone.
    pub verdict: Outcome,
    /// The margins of the clauses, in points.
    pub margins: BTreeMap<String, f64>,
}

/// The statement beside the set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClauseJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: ClauseRule,
    /// The edition.
    pub edition: String,
    /// What the set states of its own force.
    pub states: Option<String>,
    /// What was said, clause by clause.
    pub claims: Vec<ClaimLine>,
    /// Companies tried.
    pub companies: Vec<CompanyLine>,
}

/// Holds a statement against its set.
pub(super) fn judge(rules: &RuleTables, case: Statement, compute: &Compute, rule: ClauseRule) -> Result<ClauseJudgement, CaseError> {
    let edition = rules.editions.named(&compute.set, None)?;
    let find = |id: &str| rules.of(edition).find(|c| c.id == id);
    let claims: Vec<ClaimLine> = compute.said.iter().map(|said| claim(rules, said, find(&said.clause))).collect();
    let states = find(&compute.force.clause).and_then(|c| match &c.test {
        Test::Statement(text) => Some(text.clone()),
        _ => None,
    });
    let companies: Vec<CompanyLine> = compute
        .companies
        .capacity_use
        .iter()
        .flat_map(|used| compute.companies.research_share.iter().map(move |spent| (*used, *spent)))
        .map(|(used, spent)| {
            let fact = |percent: f64| Fact {
                given: Given::Number(percent, "percent".to_owned()),
                range: None,
                status: Status::Read,
                source: "case".to_owned(),
            };
            let facts = BTreeMap::from([("capacity_use".to_owned(), fact(used)), ("research_share".to_owned(), fact(spent))]);
            let company = Subject { kind: "company".to_owned(), name: format!("{used} % and {spent} %"), facts };
            let report = check(rules, &compute.set, edition, None, "case", &[company]);
            let of: Vec<&ClauseVerdict> = report.verdicts.iter().filter(|v| compute.said.iter().any(|s| s.clause == v.clause)).collect();
            let verdict = of.iter().map(|v| v.verdict).max().unwrap_or(Outcome::Unknown);
            let margins = of.iter().filter_map(|v| v.margin.map(|m| (v.clause.clone(), m))).collect();
            CompanyLine { capacity_use_percent: used, research_share_percent: spent, verdict, margins }
        })
        .collect();
    let (verdict, template) = match (claims.iter().all(|c| c.agrees), &states) {
        (false, _) => (Verdict::False, &rule.false_words),
        (true, Some(_)) => (Verdict::Depends, &rule.depends_words),
        (true, None) => (Verdict::True, &rule.true_words),
    };
    let said: Vec<String> = claims
        .iter()
        .map(|c| match (&c.asked, c.agrees) {
            (Some(asked), true) => format!("{} asks {asked}, as said", c.clause),
            (Some(asked), false) => format!("{} asks {asked} ({}), said was {}", c.clause, c.force.map_or("", Force::word), c.said),
            (None, _) => format!("the set has no {}", c.clause),
        })
        .collect();
    let passed = companies.iter().filter(|c| c.verdict == Outcome::Pass).count();
    let words = template
        .replace("{clauses}", &said.join("; "))
        .replace("{force}", states.as_deref().unwrap_or_default())
        .replace("{tried}", &companies.len().to_string())
        .replace("{passed}", &passed.to_string());
    Ok(ClauseJudgement { case, verdict, words, rule, edition: edition.id.clone(), states, claims, companies })
}

fn claim(rules: &RuleTables, said: &Said, clause: Option<&Clause>) -> ClaimLine {
    let asked = clause.map(Clause::asked);
    ClaimLine {
        clause: said.clause.clone(),
        said: said.asked.clone(),
        agrees: clause.is_some_and(|c| c.force == Force::Binding) && asked.as_deref() == Some(said.asked.as_str()),
        asked,
        force: clause.map(|c| c.force),
        status: clause.map(|c| rules.status(c.row)),
        source: clause.map(|c| rules.source(c.row).to_owned()),
    }
}

/// A number that an answer holds.
pub(super) fn number(answer: Option<Answer>) -> Option<f64> {
    match answer {
        Some(Answer::Number(number)) => Some(number),
        _ => None,
    }
}
