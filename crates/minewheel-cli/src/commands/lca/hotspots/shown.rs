//! A report of hot spots for people, and as CSV.

use std::fmt::Write as _;

use minewheel_lca::database::{PEDIGREE_INDICATORS, pedigree_scores};

use super::super::parts::per_cent;
use super::records::{Evidence, HotExchange, HotFlow, HotInput, HotPlace, HotProcess, HotSpots, Quality, VarianceBasis};
use crate::print::{self, figure};

/// Scores of a pedigree from which on an indicator is called weak.
const WEAK: usize = 4;

/// Columns of the CSV.
pub const HEADER: [&str; 11] =
    ["kind", "id", "name", "place", "flow", "impact", "share", "upstream_share", "cumulated", "variance_share", "pedigree"];

/// Rows of the CSV.
pub fn csv_rows(found: &HotSpots) -> Vec<Vec<String>> {
    let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let mut rows = Vec::new();
    for p in &found.processes.lines {
        let scores = p.quality.as_ref().map_or_else(String::new, |q| scores_in_words(&q.worst_scores));
        let numbers = [p.part.direct.to_string(), number(p.part.share), number(p.upstream_share), p.cumulated.to_string(), number(p.variance_share)];
        rows.push(
            [vec!["process".to_owned(), p.part.id.clone(), p.part.name.clone(), text(&p.part.place), String::new()], numbers.to_vec(), vec![scores]]
                .concat(),
        );
    }
    for f in &found.flows.lines {
        let numbers = [f.part.impact.to_string(), number(f.part.share), String::new(), f.cumulated.to_string(), number(f.variance_share)];
        let names = vec!["flow".to_owned(), f.part.id.clone(), f.part.name.clone(), text(&f.part.place), f.part.id.clone()];
        rows.push([names, numbers.to_vec(), vec![String::new()]].concat());
    }
    for e in &found.exchanges.lines {
        let numbers = [e.impact.to_string(), number(e.share), String::new(), e.cumulated.to_string(), number(e.variance_share)];
        let names = vec!["exchange".to_owned(), e.process.clone(), e.process_name.clone(), text(&e.place), e.flow.clone()];
        rows.push([names, numbers.to_vec(), vec![text(&e.evidence.pedigree)]].concat());
    }
    for p in &found.places.lines {
        let numbers = [p.direct.to_string(), number(p.share), String::new(), p.cumulated.to_string(), number(p.variance_share)];
        let names = vec!["place".to_owned(), text(&p.place), String::new(), text(&p.place), String::new()];
        rows.push([names, numbers.to_vec(), vec![String::new()]].concat());
    }
    for i in &found.inputs {
        let numbers = [i.arrow.impact.to_string(), number(i.arrow.share), String::new(), String::new(), number(i.variance_share)];
        let names = vec!["input".to_owned(), i.arrow.to.clone(), i.arrow.to_name.clone(), String::new(), i.arrow.from.clone()];
        rows.push([names, numbers.to_vec(), vec![text(&i.evidence.pedigree)]].concat());
    }
    rows
}

fn scores_in_words(scores: &[Option<usize>]) -> String {
    if scores.is_empty() {
        return String::new();
    }
    format!("({})", scores.iter().map(|s| s.map_or_else(|| "n.a.".to_owned(), |s| s.to_string())).collect::<Vec<_>>().join(";"))
}

/// The indicators of a pedigree that are weak, in words.
fn weak(scores: &[Option<usize>]) -> Vec<String> {
    let word = |(score, name): (&Option<usize>, &&str)| score.filter(|s| *s >= WEAK).map(|s| format!("{name} {s}"));
    scores.iter().zip(&PEDIGREE_INDICATORS).filter_map(word).collect()
}

impl Quality {
    fn in_words(&self, is_spread: bool) -> String {
        let mut words = weak(&self.worst_scores);
        if is_spread && self.without_spread > 0 {
            words.push(format!("{} of {} amounts without spread", self.without_spread, self.exchanges));
        }
        words.join(", ")
    }
}

impl Evidence {
    fn in_words(&self, is_spread: bool) -> String {
        let mut words = self.pedigree.as_deref().and_then(pedigree_scores).map_or_else(Vec::new, |scores| weak(&scores));
        if is_spread && self.spread.is_none() {
            words.push("no spread".to_owned());
        }
        words.join(", ")
    }
}

/// A name with what is to be said of it.
fn flagged(name: &str, place: Option<&String>, flags: &str) -> String {
    let place = place.map(|p| format!(", {p}")).unwrap_or_default();
    if flags.is_empty() { format!("{name}{place}") } else { format!("{name}{place} [{flags}]") }
}

/// The tables.
pub fn table(found: &HotSpots, asked: &str) -> String {
    let unit = found.unit.as_deref().unwrap_or("the method's unit");
    let mut text = print::wrap(&format!("{asked}: {} {unit}, {}", figure(found.score), found.method));
    if let (Some(p5), Some(p50), Some(p95)) = (found.p5, found.p50, found.p95) {
        let drawn = format!("{} draws: 5th percentile {}, median {}, 95th percentile {}", found.samples, figure(p5), figure(p50), figure(p95));
        let _ = write!(text, "\n{}", print::wrap(&drawn));
    }
    text.push('\n');
    // Where nothing is uncertain, that is said once.
    let is_spread = found.variance_by.is_some();
    let heading = |needed: usize, of: usize, what: &str| format!("\n{needed} of {of} {what} make {} of all impact\n", per_cent(Some(found.share)));
    let p = &found.processes;
    text.push_str(&heading(p.needed, p.of, "processes with impact of their own"));
    let row = |l: &HotProcess| {
        let flags = l.quality.as_ref().map(|q| q.in_words(is_spread)).unwrap_or_default();
        let name = flagged(&l.part.name, l.part.place.as_ref(), &flags);
        vec![per_cent(l.part.share), per_cent(Some(l.cumulated)), per_cent(l.upstream_share), per_cent(l.variance_share), name]
    };
    let rows: Vec<_> = p.lines.iter().map(row).collect();
    text.push_str(&print::table(&["direct", "sum", "upstream", "variance", "process"], &rows, &[0, 1, 2, 3]));
    let f = &found.flows;
    text.push_str(&heading(f.needed, f.of, "elementary flows"));
    let row = |l: &HotFlow| {
        let name = flagged(&l.part.name, l.part.place.as_ref(), "");
        vec![per_cent(l.part.share), per_cent(Some(l.cumulated)), per_cent(l.variance_share), name]
    };
    let rows: Vec<_> = f.lines.iter().map(row).collect();
    text.push_str(&print::table(&["impact", "sum", "variance", "flow"], &rows, &[0, 1, 2]));
    let e = &found.exchanges;
    text.push_str(&heading(e.needed, e.of, "elementary exchanges"));
    let row = |l: &HotExchange| {
        let name = format!("{} of {}", l.flow_name, flagged(&l.process_name, l.place.as_ref(), &l.evidence.in_words(is_spread)));
        vec![per_cent(l.share), per_cent(Some(l.cumulated)), per_cent(l.variance_share), name]
    };
    let rows: Vec<_> = e.lines.iter().map(row).collect();
    text.push_str(&print::table(&["impact", "sum", "variance", "exchange"], &rows, &[0, 1, 2]));
    let p = &found.places;
    text.push_str(&heading(p.needed, p.of, "places"));
    let row = |l: &HotPlace| {
        let place = l.place.clone().unwrap_or_else(|| "none".to_owned());
        vec![per_cent(l.share), per_cent(Some(l.cumulated)), per_cent(l.variance_share), place]
    };
    let rows: Vec<_> = p.lines.iter().map(row).collect();
    text.push_str(&print::table(&["direct", "sum", "variance", "place"], &rows, &[0, 1, 2]));
    if !found.inputs.is_empty() {
        let row = |l: &HotInput| {
            let name = flagged(&format!("{} ← {}", l.arrow.to_name, l.arrow.from_name), None, &l.evidence.in_words(is_spread));
            vec![per_cent(l.arrow.share), per_cent(l.variance_share), name]
        };
        let rows: Vec<_> = found.inputs.iter().map(row).collect();
        text.push_str("\ninputs that carry most, supply included\n");
        text.push_str(&print::table(&["impact", "variance", "input"], &rows, &[0, 1]));
    }
    text.push_str(&found.remarks());
    text
}

impl HotSpots {
    fn remarks(&self) -> String {
        let mut words = Vec::new();
        match self.variance_by {
            Some(VarianceBasis::Derivatives) => words.push("shares of the variance are those of derivatives; --samples draws them".to_owned()),
            Some(VarianceBasis::Draws) => {}
            None => words.push("no amount behind the result is uncertain".to_owned()),
        }
        if let Some(elsewhere) = self.variance_elsewhere.filter(|s| s.abs() >= 0.0005) {
            words.push(format!("{} of the variance by factors and parameters", per_cent(Some(elsewhere))));
        }
        let gaps = &self.gaps;
        if let Some(bare) = gaps.share_without_spread.filter(|s| *s > 0.0) {
            words.push(format!("{} of the impact is of amounts that nothing says the spread of", per_cent(Some(bare))));
        }
        if gaps.flows_without_factor > 0 {
            words.push(format!("{} of {} elementary flows have no factor", gaps.flows_without_factor, gaps.flows));
        }
        let cut = self.links.as_ref().map_or(0, |links| links.cut_off);
        if cut > 0 {
            let names: Vec<&str> = gaps.cut_off.iter().take(3).map(|c| c.name.as_str()).collect();
            words.push(format!("{cut} inputs are cut off: {}", names.join(", ")));
        }
        if words.is_empty() { String::new() } else { format!("\n{}\n", print::wrap(&words.join("; "))) }
    }
}
