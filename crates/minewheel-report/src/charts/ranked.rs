//! Horizontal bars in a rank, each with its value and, where it is known, its interval.

use std::fmt::Write as _;

use super::axis::{Axis, FOOT, whisker};
use super::{COLOURS, clipped, escape};
use crate::figure::figure;

/// Width of the picture in pixels.
const WIDTH: f64 = 720.0;
/// Left margin for names, and right margin for values.
const MARGINS: (f64, f64) = (290.0, 96.0);
/// Height of a bar, and of a row.
const HEIGHTS: (f64, f64) = (14.0, 23.0);
/// Characters of a name that find room.
const NAME: usize = 46;

/// One bar.
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Low and high.
    pub range: Option<(f64, f64)>,
    /// Whether it is set off from the others; also said by an outline.
    pub is_marked: bool,
}

/// What a chart shows.
pub struct Ranked {
    /// What it is, for readers of the screen.
    pub title: String,
    /// On the axis.
    pub unit: String,
    /// A value that bars are held against, and its name.
    pub threshold: Option<(f64, String)>,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// The chart as SVG.
pub fn svg(chart: &Ranked) -> String {
    let reach = chart.bars.iter().flat_map(|b| [Some(b.value), b.range.map(|r| r.0), b.range.map(|r| r.1)]).flatten();
    let axis = Axis::holding(reach.chain(chart.threshold.as_ref().map(|t| t.0)), (MARGINS.0, WIDTH - MARGINS.1));
    let x = |v: f64| axis.at(v);
    let top = if chart.threshold.is_some() { 20.0 } else { 4.0 };
    let bottom = top + HEIGHTS.1 * chart.bars.len() as f64 + 4.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{}\" font-family=\"sans-serif\" font-size=\"12\">\n",
        bottom + FOOT,
        escape(&chart.title)
    );
    axis.draw(&mut out, (top, bottom), &chart.unit);
    for (index, bar) in chart.bars.iter().enumerate() {
        let y = top + HEIGHTS.1 * index as f64 + (HEIGHTS.1 - HEIGHTS.0) / 2.0;
        let middle = y + HEIGHTS.0 / 2.0;
        let (start, width) = (x(bar.value.min(0.0)), (x(bar.value) - x(0.0)).abs());
        let (fill, outline) = if bar.is_marked { (COLOURS[1], "#000") } else { (COLOURS[0], "none") };
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            MARGINS.0 - 8.0,
            middle + 4.0,
            escape(&clipped(&bar.name, NAME))
        );
        let _ = writeln!(
            out,
            "<rect x=\"{start:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{fill}\" stroke=\"{outline}\"><title>{}: {}</title></rect>",
            HEIGHTS.0,
            escape(&bar.name),
            figure(bar.value)
        );
        let mut end = x(bar.value.max(0.0));
        if let Some((p5, p95)) = bar.range {
            let _ = writeln!(out, "<path d=\"{}\" fill=\"none\" stroke=\"#000\"/>", whisker((x(p5), x(p95)), middle, 4.0));
            end = end.max(x(p95));
        }
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", end + 6.0, middle + 4.0, figure(bar.value));
    }
    if let Some((value, name)) = &chart.threshold {
        let _ = writeln!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{top}\" y2=\"{bottom}\" stroke=\"#000\" stroke-dasharray=\"5 3\"/><text x=\"{0:.1}\" y=\"13\" text-anchor=\"middle\">{1}</text>",
            x(*value),
            escape(name)
        );
    }
    out.push_str("</svg>");
    out
}
