//! Line charts as SVG: the unit on the axis, the source beneath, the range as a band.

use std::fmt::Write as _;

use super::{COLOURS, escape, mark, step};
use crate::figure::figure;

/// Size of the picture in pixels.
const SIZE: (f64, f64) = (720.0, 420.0);
/// Left, right, top and bottom margins in pixels.
const MARGINS: [f64; 4] = [72.0, 168.0, 40.0, 64.0];
/// Dashes of the lines, so that meaning is never by colour alone.
const DASHES: [&str; 6] = ["", "6 3", "2 3", "8 3 2 3", "1 2", "10 4"];
/// Years below this are printed as they stand; greater numbers in groups.
const LAST_YEAR: f64 = 9999.0;

/// One line.
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its points.
    pub points: Vec<(f64, f64)>,
    /// Low and high at each point; empty: none.
    pub band: Vec<(f64, f64)>,
}

/// What a chart shows.
pub struct Chart {
    /// Above it.
    pub title: String,
    /// On the vertical axis.
    pub unit: String,
    /// On the horizontal axis; empty for years.
    pub across: String,
    /// Beneath it.
    pub source: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// The chart as SVG.
pub fn svg(chart: &Chart) -> String {
    let all = || chart.lines.iter().flat_map(|l| l.points.iter().copied());
    let (mut left, mut right) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), p| (a.min(p.0), b.max(p.0)));
    if left >= right {
        (left, right) = (left - 1.0, right + 1.0);
    }
    let bands = chart.lines.iter().flat_map(|l| l.band.iter().flat_map(|b| [b.0, b.1]));
    let (low, high) = all().map(|p| p.1).chain(bands).fold((0.0_f64, 0.0_f64), |(a, b), y| (a.min(y), b.max(y)));
    let gap = step(high - low);
    let (bottom, top) = ((low / gap).floor() * gap, ((high / gap).ceil() * gap).max(gap));
    let [ml, mr, mt, mb] = MARGINS;
    let x = |v: f64| ml + (v - left) / (right - left) * (SIZE.0 - ml - mr);
    let y = |v: f64| SIZE.1 - mb - (v - bottom) / (top - bottom) * (SIZE.1 - mt - mb);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{2}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{ml}\" y=\"22\" font-size=\"15\">{2}</text>\n",
        SIZE.0,
        SIZE.1,
        escape(&chart.title)
    );
    let mut at = bottom;
    while at <= top + gap * 1e-9 {
        let _ = writeln!(out, "<line x1=\"{ml}\" x2=\"{:.1}\" y1=\"{1:.1}\" y2=\"{1:.1}\" stroke=\"#ddd\"/>", SIZE.0 - mr, y(at));
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", ml - 6.0, y(at) + 4.0, mark(at, gap));
        at += gap;
    }
    let years = step(right - left).max(1.0);
    let mut at = (left / years).ceil() * years;
    while at <= right {
        let name = if at.abs() <= LAST_YEAR { format!("{at:.0}") } else { figure(at) };
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>", x(at), SIZE.1 - mb + 18.0);
        at += years;
    }
    if !chart.across.is_empty() {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            f64::midpoint(ml, SIZE.0 - mr),
            SIZE.1 - mb + 34.0,
            escape(&chart.across)
        );
    }
    let _ = writeln!(
        out,
        "<text transform=\"translate(16 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(mt, SIZE.1 - mb),
        escape(&chart.unit)
    );
    for (index, line) in chart.lines.iter().enumerate() {
        let (colour, dash) = (COLOURS[index % COLOURS.len()], DASHES[index % DASHES.len()]);
        if line.band.len() == line.points.len() && !line.band.is_empty() {
            let upper = line.points.iter().zip(&line.band).map(|(p, b)| format!("{:.1},{:.1}", x(p.0), y(b.1)));
            let lower = line.points.iter().zip(&line.band).rev().map(|(p, b)| format!("{:.1},{:.1}", x(p.0), y(b.0)));
            let points: Vec<String> = upper.chain(lower).collect();
            let _ = writeln!(out, "<polygon points=\"{}\" fill=\"{colour}\" fill-opacity=\"0.15\"/>", points.join(" "));
        }
        let points: Vec<String> = line.points.iter().map(|p| format!("{:.1},{:.1}", x(p.0), y(p.1))).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
            points.join(" ")
        );
        let key = mt + 14.0 + 18.0 * index as f64;
        let from = SIZE.0 - mr + 12.0;
        let _ = writeln!(
            out,
            "<line x1=\"{from}\" x2=\"{}\" y1=\"{1}\" y2=\"{1}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
            from + 24.0,
            key - 4.0,
        );
        let _ = writeln!(out, "<text x=\"{}\" y=\"{key}\">{}</text>", from + 30.0, escape(&line.name));
    }
    let _ = writeln!(out, "<text x=\"{ml}\" y=\"{:.1}\" fill=\"#555\" font-size=\"11\">{}</text>\n</svg>", SIZE.1 - 14.0, escape(&chart.source));
    out
}
