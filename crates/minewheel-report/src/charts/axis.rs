//! The horizontal axis of charts of bars: round marks, thin rules, the unit beneath.

use std::fmt::Write as _;

use super::{escape, mark, step};

/// Distance of the marks' numbers, and of the unit, below the axis in pixels.
const BENEATH: (f64, f64) = (16.0, 34.0);
/// Height that numbers and unit take below the axis.
pub(super) const FOOT: f64 = 44.0;

/// An axis between two edges in pixels.
pub(super) struct Axis {
    values: (f64, f64),
    pixels: (f64, f64),
    gap: f64,
}

impl Axis {
    /// An axis that holds nought and all values, from one round mark to another.
    pub(super) fn holding(values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> Self {
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
        let gap = step(high - low);
        Self { values: ((low / gap).floor() * gap, ((high / gap).ceil() * gap).max(gap)), pixels, gap }
    }

    /// Where a value lies, in pixels.
    pub(super) fn at(&self, value: f64) -> f64 {
        self.pixels.0 + (value - self.values.0) / (self.values.1 - self.values.0) * (self.pixels.1 - self.pixels.0)
    }

    /// Draws rules from top to bottom, their numbers and the unit.
    pub(super) fn draw(&self, out: &mut String, (top, bottom): (f64, f64), unit: &str) {
        let mut at = self.values.0;
        while at <= self.values.1 + self.gap * 1e-9 {
            let x = self.at(at);
            let _ = writeln!(out, "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top}\" y2=\"{bottom}\" stroke=\"#d5dbda\"/>");
            let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + BENEATH.0, mark(at, self.gap));
            at += self.gap;
        }
        let middle = f64::midpoint(self.pixels.0, self.pixels.1);
        let _ = writeln!(out, "<text x=\"{middle:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + BENEATH.1, escape(unit));
    }
}

/// A line over an interval with a stop at either end.
pub(super) fn whisker((from, to): (f64, f64), y: f64, half: f64) -> String {
    format!("M{from:.1} {y:.1}H{to:.1}M{from:.1} {0:.1}V{1:.1}M{to:.1} {0:.1}V{1:.1}", y - half, y + half)
}
