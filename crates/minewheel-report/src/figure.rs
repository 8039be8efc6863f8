//! Numbers as people read them.

use minewheel_assess::uncertainty::Interval;

/// A number with three significant digits, and thin groups of thousands.
pub fn figure(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "–".to_owned() };
    }
    // Two significant digits below one, three above.
    let digits_of = |value: f64| {
        // A value that rounds to nought has no magnitude; six decimals are the most that are printed.
        let magnitude = value.abs().log10().floor().max(-6.0) as i32;
        if magnitude < 0 { 1 - magnitude } else { 2 - magnitude }.clamp(0, 6)
    };
    // Rounding may carry over: 9.996 has two decimals before it and one after.
    let shift = 10_f64.powi(digits_of(value));
    let digits = digits_of((value * shift).round() / shift).clamp(0, 6) as usize;
    fixed(value, digits)
}

/// A number with so many decimals, and thin groups of thousands.
pub fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |r| ("−", r));
    let (whole, fraction) = rest.split_once('.').map_or((rest, ""), |(w, f)| (w, f));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

/// A figure and, where it is known, its interval from the 5th to the 95th percentile; spaces in it do not break.
pub fn spread(interval: Interval, divisor: f64) -> String {
    match interval {
        Interval { value, p5: Some(p5), p95: Some(p95), .. } => {
            format!("{}\u{a0}[{}–{}]", figure(value / divisor), figure(p5 / divisor), figure(p95 / divisor))
        }
        Interval { value, .. } => figure(value / divisor),
    }
}

/// A share in per cent, whole. Rounding leaves noughts with a sign, which the sum takes away.
pub fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", (100.0 * share).round() + 0.0)
}

/// A number where there is one, a dash where there is none.
pub fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), figure)
}
