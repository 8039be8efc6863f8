//! Cells, amounts and distributions of a row.

use crate::database::Uncertainty;

/// How a file writes its cells and numbers.
pub(super) struct Dialect {
    separator: char,
    decimal: char,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { separator: ';', decimal: '.' }
    }
}

impl Dialect {
    /// Takes a line of the head, such as `{CSV separator: Semicolon}`.
    pub fn take(&mut self, line: &str) {
        let line = line.trim_matches(['{', '}']);
        if let Some(word) = line.strip_prefix("CSV separator:") {
            self.separator = match word.trim() {
                "Comma" | "," => ',',
                "Tab" => '\t',
                _ => ';',
            };
        }
        if let Some(word) = line.strip_prefix("Decimal separator:") {
            self.decimal = if word.trim() == "," { ',' } else { '.' };
        }
    }

    /// The dialect of a file with the header of old versions: cells are parted by what follows the version, and numbers are written with a comma
    /// where cells look so and none has a point. `None`: they are written both ways.
    pub fn of_old_header(text: &str) -> Option<Self> {
        let separator = if text.lines().next().unwrap_or_default().contains('\t') { '\t' } else { ';' };
        let found = Self { separator, ..Self::default() };
        let (mut points, mut commas) = (false, false);
        for cell in text.lines().flat_map(|line| line.split(separator)) {
            let cell = cell.trim().trim_matches('"');
            let is_number = |mark: char| {
                let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
                let has_mark = cell.matches(mark).count() == 1
                    && cell.trim_start_matches('-').split(['e', 'E']).next().is_some_and(|mantissa| mantissa.split(mark).all(is_digits));
                has_mark && cell.replace(mark, ".").parse::<f64>().is_ok()
            };
            points |= is_number('.');
            commas |= is_number(',');
        }
        (!(points && commas)).then_some(Self { decimal: if commas { ',' } else { '.' }, ..found })
    }

    /// A line without the separators that stand behind its last cell.
    pub fn bare<'l>(&self, line: &'l str) -> &'l str {
        line.trim_end_matches([self.separator, ' ', '\t', '\r'])
    }

    /// The cells of a row; quotes join what they enclose, doubled ones stand for themselves.
    pub fn cells(&self, line: &str) -> Vec<String> {
        let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '"' && is_quoted && letters.peek() == Some(&'"') {
                letters.next();
                cell.push('"');
            } else if letter == '"' && (is_quoted || cell.is_empty()) {
                is_quoted = !is_quoted;
            } else if letter == self.separator && !is_quoted {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
            } else {
                // Line breaks within a cell are written as this character.
                cell.push(if letter == '\u{7f}' { ' ' } else { letter });
            }
        }
        cells.push(cell.trim().to_owned());
        cells
    }

    /// A finite number.
    pub fn number(&self, text: &str) -> Option<f64> {
        let text = if self.decimal == ',' { text.replace(',', ".") } else { text.to_owned() };
        text.trim().parse::<f64>().ok().filter(|v| v.is_finite())
    }

    /// A formula in the language of ours: points in numbers, semicolons between arguments, `if` for `iff`.
    fn formula(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        let mut found = String::with_capacity(text.len());
        for (at, letter) in letters.iter().enumerate() {
            let is_point = *letter == ',' && self.decimal == ',' && digit(at.checked_sub(1)) && digit(Some(at + 1));
            found.push(match letter {
                ',' if is_point => '.',
                ',' => ';',
                other => *other,
            });
        }
        let lower = found.to_ascii_lowercase();
        match lower.find("iff(") {
            Some(_) => lower.replace("iff(", "if("),
            None => found,
        }
    }
}

/// A number, or a formula whose value is found later.
#[derive(Debug, PartialEq)]
pub(super) struct Amount {
    pub number: Option<f64>,
    pub formula: Option<String>,
}

impl Amount {
    /// An amount from its cell; an empty one is nought.
    pub fn parse(text: &str, dialect: &Dialect) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self { number: Some(0.0), formula: None });
        }
        match dialect.number(text) {
            Some(number) => Ok(Self { number: Some(number), formula: None }),
            None if text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("nan") => {
                Err(format!("the amount is `{text}`, wanted a finite number"))
            }
            None => Ok(Self { number: None, formula: Some(dialect.formula(text)) }),
        }
    }
}

/// A distribution from the cells behind an amount: kind, squared or doubled deviation, least, greatest; `None` if it has no spread, does
/// not reach the amount, or lies around a formula.
pub(super) fn spread(cells: &[String], amount: Option<f64>, dialect: &Dialect) -> Result<Option<Uncertainty>, String> {
    let kind = cells.first().map_or("", |c| c.trim());
    if kind.is_empty() || kind.eq_ignore_ascii_case("undefined") {
        return Ok(Some(Uncertainty::None));
    }
    let value = |at: usize| {
        let text = cells.get(at).map_or("", |c| c.trim());
        if text.is_empty() { Ok(0.0) } else { dialect.number(text).ok_or(()) }
    };
    // A distribution whose bounds are formulas cannot be kept.
    let (Ok(deviation), Ok(low), Ok(high)) = (value(1), value(2), value(3)) else { return Ok(None) };
    let Some(amount) = amount else { return Ok(None) };
    let found = match kind.to_ascii_lowercase().as_str() {
        "lognormal" if deviation > 1.0 => Uncertainty::Lognormal { geometric_mean: amount, geometric_deviation: deviation.sqrt() },
        "normal" if deviation > 0.0 => Uncertainty::Normal { mean: amount, deviation: deviation / 2.0 },
        "triangle" if low < high && (low..=high).contains(&amount) => Uncertainty::Triangular { low, mode: amount, high },
        "uniform" if low < high && (low..=high).contains(&amount) => Uncertainty::Uniform { low, high },
        "lognormal" | "normal" | "triangle" | "uniform" => return Ok(None),
        _ => return Err(format!("there is no distribution `{kind}`; wanted Undefined, Lognormal, Normal, Triangle or Uniform")),
    };
    Ok(found.fault().is_none().then_some(found))
}

#[cfg(test)]
mod tests {
    use super::{Amount, Dialect, spread};
    use crate::database::Uncertainty;

    #[test]
    fn numbers_and_formulas_follow_the_separators_of_the_head() {
        let mut dialect = Dialect::default();
        dialect.take("{Decimal separator: ,}");
        dialect.take("{CSV separator: Tab}");
        assert_eq!(dialect.cells("\"a\tb\"\t1,5\t\"say \"\"x\"\"\""), ["a\tb", "1,5", "say \"x\""]);
        assert_eq!(Amount::parse("1,5", &dialect).unwrap().number, Some(1.5));
        assert_eq!(Amount::parse("Iff(a > 1,5; b; 2)", &dialect).unwrap().formula.as_deref(), Some("if(a > 1.5; b; 2)"));
        assert_eq!(Amount::parse("", &dialect).unwrap().number, Some(0.0));
        assert!(Amount::parse("NaN", &dialect).is_err());
    }

    #[test]
    fn deviations_are_squared_or_doubled_in_the_file() {
        let cells = |kind: &str, a: &str, b: &str, c: &str| [kind, a, b, c].map(str::to_owned);
        let of = |cells: &[String]| spread(cells, Some(2.0), &Dialect::default()).unwrap();
        assert_eq!(of(&cells("Lognormal", "4", "0", "0")), Some(Uncertainty::Lognormal { geometric_mean: 2.0, geometric_deviation: 2.0 }));
        assert_eq!(of(&cells("Normal", "1", "0", "0")), Some(Uncertainty::Normal { mean: 2.0, deviation: 0.5 }));
        assert_eq!(of(&cells("Triangle", "0", "1", "4")), Some(Uncertainty::Triangular { low: 1.0, mode: 2.0, high: 4.0 }));
        assert_eq!(of(&cells("Uniform", "0", "3", "4")), None);
        assert_eq!(of(&cells("Lognormal", "1", "0", "0")), None);
        assert_eq!(of(&[]), Some(Uncertainty::None));
        assert!(spread(&cells("Odd", "", "", ""), Some(1.0), &Dialect::default()).is_err());
    }
}
