//! What a market did in a span of time: every indicator by period, with its growth over the same months a year before.
//!
//! ```text
//! growth = figure / figure of the same months a year before − 1
//! share  = new-energy vehicles sold by makers / all vehicles sold by makers        (exports are inside both)
//! ```
//!
//! Growth and shares are computed from rows, never taken from a release. Where a figure is missing, the line says which.

use minewheel_data::status::Status;
use serde::Serialize;

use super::period::{Period, Step};
use super::reconcile::{Gap, gaps};
use super::series::{Figure, Key, Kind, Market, Way};

/// Id of the computed share line.
pub const SHARE: &str = "nev-share-of-wholesale";
/// Indicators whose ratio it is.
const SHARE_OF: (&str, &str) = ("nev-wholesale", "vehicle-wholesale");

/// One figure of the report.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Line {
    /// The period; a stock stands at its end.
    pub period: String,
    /// Indicator.
    pub indicator: String,
    /// Company, drive or kind of point; empty: all.
    pub holder: String,
    /// What it is.
    pub title: String,
    /// What makes a thing count, and which things.
    pub counts: String,
    /// Whether exports are inside: included, excluded, only, or empty.
    pub exports: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Half of its last printed digit.
    pub rounding: f64,
    /// Growth over the same months a year before, as a share of one.
    pub growth: Option<f64>,
    /// How it was had.
    pub way: Way,
    /// The weakest status it rests on.
    pub status: Status,
    /// Keys of its sources.
    pub sources: Vec<String>,
}

/// The answer for a place and a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MarketReport {
    /// The place.
    pub place: String,
    /// First month to last.
    pub span: String,
    /// Figures, by indicator and period.
    pub lines: Vec<Line>,
    /// Figures that a reader may expect and no row gives.
    pub missing: Vec<String>,
    /// What does not add up, and where series break.
    pub gaps: Vec<Gap>,
}

/// Reports on a place.
///
/// `only`: indicators to print; empty: all. Series of single companies and drives are printed if `with_holders`.
pub fn report(market: &Market, place: &str, span: Period, step: Step, only: &[String], with_holders: bool) -> MarketReport {
    let periods = span.cut(step);
    let wanted = |indicator: &str| only.is_empty() || only.iter().any(|o| o == indicator);
    let mut lines = Vec::new();
    let mut missing = Vec::new();
    let keys: Vec<&Key> = market.series().map(|(key, _)| key).filter(|k| k.place == place).collect();
    for definition in &market.definitions {
        for key in keys.iter().filter(|k| k.indicator == definition.indicator && wanted(&k.indicator) && (with_holders || k.holder.is_empty())) {
            for period in &periods {
                if let Some(figure) = market.figure(key, *period) {
                    let counts = [definition.event.as_str(), definition.covers.as_str()];
                    lines.push(Line {
                        growth: market.growth(key, *period),
                        title: definition.title.clone(),
                        counts: counts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; "),
                        exports: definition.exports.clone(),
                        ..line(key, *period, figure)
                    });
                } else if key.holder.is_empty() && definition.kind == Kind::Flow {
                    missing.push(format!("{} of {period}", key.indicator));
                }
            }
        }
    }
    if wanted(SHARE) {
        for period in &periods {
            if let Some(figure) = share(market, place, *period) {
                let before = share(market, place, period.year_before()).map(|f| f.value);
                let growth = before.map(|b| figure.value / b - 1.0);
                let title = "share of new-energy vehicles in what makers sold".to_owned();
                let counts = "sold by makers to dealers and abroad; both with exports".to_owned();
                let key = Key::new(place, SHARE, "");
                lines.push(Line { growth, title, counts, exports: "included".to_owned(), ..line(&key, *period, figure) });
            }
        }
    }
    MarketReport { place: place.to_owned(), span: span.to_string(), lines, missing, gaps: gaps(market, place, span, &periods) }
}

fn line(key: &Key, period: Period, figure: Figure) -> Line {
    Line {
        period: period.to_string(),
        indicator: key.indicator.clone(),
        holder: key.holder.clone(),
        title: String::new(),
        counts: String::new(),
        exports: String::new(),
        value: figure.value,
        unit: figure.unit,
        rounding: figure.rounding,
        growth: None,
        way: figure.way,
        status: figure.status,
        sources: figure.sources,
    }
}

/// New-energy vehicles over all vehicles sold by makers.
pub fn share(market: &Market, place: &str, period: Period) -> Option<Figure> {
    let part = market.figure(&Key::new(place, SHARE_OF.0, ""), period)?;
    let whole = market.figure(&Key::new(place, SHARE_OF.1, ""), period).filter(|w| w.value > 0.0)?;
    let value = part.value / whole.value;
    let mut sources = part.sources;
    sources.extend(whole.sources);
    sources.sort();
    sources.dedup();
    Some(Figure {
        value,
        unit: "1".to_owned(),
        way: Way::Difference,
        rounding: value * (part.rounding / part.value + whole.rounding / whole.value),
        status: part.status.max(whole.status).max(Status::Derived),
        sources,
    })
}
