//! Pictures as SVG: the unit on the axis, the range beside the value, meaning never by colour alone.

mod axis;
pub mod lines;
pub mod ranked;
pub mod stacked;

use crate::figure::figure;

/// Colours that differ in lightness too, so that they do without colour.
pub(crate) const COLOURS: [&str; 6] = ["#1b4965", "#d1495b", "#66a182", "#edae49", "#7d5ba6", "#5c6b73"];

/// Marks on an axis, about.
const MARKS: f64 = 5.0;

/// Text as it may stand between tags and in an attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A round step for about [`MARKS`] marks.
pub(crate) fn step(span: f64) -> f64 {
    if span <= 0.0 {
        return 1.0;
    }
    let raw = span / MARKS;
    let power = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= raw).unwrap_or(10.0 * power)
}

/// A mark of an axis with as many decimals as its step has.
pub(crate) fn mark(at: f64, step: f64) -> String {
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    // A sum of steps misses nought by a rounding error.
    let at = if at.abs() < step * 1e-6 { 0.0 } else { at };
    if decimals == 0 { figure(at) } else { format!("{at:.decimals$}").replace('-', "−") }
}

/// Text cut to a number of characters, with an ellipsis where something is left off.
pub(crate) fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
