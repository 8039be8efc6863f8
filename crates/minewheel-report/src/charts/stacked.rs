//! Horizontal bars of stacked parts, with the interval of the whole.

use std::fmt::Write as _;

use super::axis::{Axis, FOOT, whisker};
use super::{clipped, escape};
use crate::figure::figure;

/// Width of the picture in pixels.
const WIDTH: f64 = 720.0;
/// Left margin for names, and right margin for the whole.
const MARGINS: (f64, f64) = (150.0, 96.0);
/// Height of a bar, and of a row.
const HEIGHTS: (f64, f64) = (26.0, 44.0);
/// Height of a line of the legend.
const LEGEND: f64 = 18.0;
/// Parts of the legend in a line.
const LEGEND_COLUMNS: usize = 4;
/// Width a part must have to carry its number.
const LEAST_WIDTH: f64 = 30.0;
/// Characters of a name that find room.
const NAME: usize = 22;
/// Fills and the colours of numbers on them, in an order where neighbours differ in lightness.
const FILLS: [(&str, &str); 8] = [
    ("#0b3c49", "#fff"),
    ("#7fb7be", "#000"),
    ("#b2583a", "#fff"),
    ("#f0c987", "#000"),
    ("#4d6a3b", "#fff"),
    ("#c3d2b0", "#000"),
    ("#5a4a78", "#fff"),
    ("#c9bedd", "#000"),
];

/// One bar.
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Values of the parts, in the order of the chart's.
    pub values: Vec<f64>,
    /// Low and high of the whole.
    pub range: Option<(f64, f64)>,
}

/// What a chart shows.
pub struct Stacked {
    /// What it is, for readers of the screen.
    pub title: String,
    /// On the axis.
    pub unit: String,
    /// Names of the parts.
    pub parts: Vec<String>,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// The chart as SVG. Parts below nought lie left of it.
pub fn svg(chart: &Stacked) -> String {
    let sum = |bar: &Bar, is_kept: fn(f64) -> bool| bar.values.iter().copied().filter(|v| is_kept(*v)).sum::<f64>();
    let above = |bar: &Bar| sum(bar, |v| v > 0.0).max(bar.range.map_or(0.0, |r| r.1));
    let below = |bar: &Bar| sum(bar, |v| v < 0.0).min(bar.range.map_or(0.0, |r| r.0)).min(0.0);
    let axis = Axis::holding(chart.bars.iter().flat_map(|b| [above(b), below(b)]), (MARGINS.0, WIDTH - MARGINS.1));
    let x = |v: f64| axis.at(v);
    let legend = LEGEND * chart.parts.len().div_ceil(LEGEND_COLUMNS) as f64 + 10.0;
    let bottom = legend + HEIGHTS.1 * chart.bars.len() as f64;
    let height = bottom + FOOT;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\" font-family=\"sans-serif\" font-size=\"12\">\n",
        escape(&chart.title)
    );
    for (index, part) in chart.parts.iter().enumerate() {
        let (column, row) = (index % LEGEND_COLUMNS, index / LEGEND_COLUMNS);
        let (at, y) = (column as f64 * WIDTH / LEGEND_COLUMNS as f64, row as f64 * LEGEND);
        let fill = FILLS[index % FILLS.len()].0;
        let _ = writeln!(out, "<rect x=\"{at}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{fill}\"/>");
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", at + 18.0, y + 10.5, escape(part));
    }
    axis.draw(&mut out, (legend, bottom), &chart.unit);
    for (index, bar) in chart.bars.iter().enumerate() {
        let y = legend + HEIGHTS.1 * index as f64 + (HEIGHTS.1 - HEIGHTS.0) / 2.0;
        let middle = y + HEIGHTS.0 / 2.0;
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            MARGINS.0 - 8.0,
            middle + 4.0,
            escape(&clipped(&bar.name, NAME))
        );
        draw(&mut out, chart, bar, &x, y);
        let whole: f64 = bar.values.iter().sum();
        if let Some((p5, p95)) = bar.range {
            let path = whisker((x(p5), x(p95)), middle, 5.0);
            let _ = writeln!(
                out,
                "<path d=\"{path}\" fill=\"none\" stroke=\"#fff\" stroke-width=\"4\"/><path d=\"{path}\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.5\"/>"
            );
        }
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" font-weight=\"600\">{}</text>", x(above(bar)) + 8.0, middle + 4.0, figure(whole));
    }
    out.push_str("</svg>");
    out
}

fn draw(out: &mut String, chart: &Stacked, bar: &Bar, x: &dyn Fn(f64) -> f64, y: f64) {
    let (mut up, mut down) = (0.0, 0.0);
    for (index, value) in bar.values.iter().copied().enumerate().filter(|v| v.1 != 0.0) {
        let end = if value > 0.0 { &mut up } else { &mut down };
        let (from, to) = (x(*end), x(*end + value));
        *end += value;
        let (fill, ink) = FILLS[index % FILLS.len()];
        let (start, width) = (from.min(to), (to - from).abs());
        let name = chart.parts.get(index).map_or("", String::as_str);
        let _ = writeln!(
            out,
            "<rect x=\"{start:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{fill}\" stroke=\"#fff\" stroke-width=\"0.75\"><title>{}: {}</title></rect>",
            HEIGHTS.0,
            escape(name),
            figure(value)
        );
        if width >= LEAST_WIDTH {
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{ink}\" font-size=\"11\">{}</text>",
                start + width / 2.0,
                y + HEIGHTS.0 / 2.0 + 4.0,
                figure(value)
            );
        }
    }
}
