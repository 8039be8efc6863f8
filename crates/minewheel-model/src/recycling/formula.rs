//! Chemical formulas of products, read to moles and masses: `NiSO4(H2O)6`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::Arc;

/// A formula: moles of each element, by symbol.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    moles: BTreeMap<Arc<str>, f64>,
}

impl Formula {
    /// Reads a formula; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.chars().peekable();
        let moles = group(&mut rest, false)?;
        (rest.next().is_none() && !moles.is_empty()).then_some(Self { moles })
    }

    /// Moles of an element.
    pub fn moles(&self, element: &str) -> f64 {
        self.moles.get(element).copied().unwrap_or(0.0)
    }

    /// Mass of a mole in kg; `None` if an element has no atomic mass.
    pub fn molar_mass(&self, atomic_mass: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        self.moles.iter().map(|(element, moles)| Some(moles * atomic_mass(element)?)).sum()
    }
}

fn count(rest: &mut Peekable<Chars<'_>>) -> Option<f64> {
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if digits.is_empty() { Some(1.0) } else { digits.parse().ok() }
}

fn group(rest: &mut Peekable<Chars<'_>>, is_inner: bool) -> Option<BTreeMap<Arc<str>, f64>> {
    let mut moles: BTreeMap<Arc<str>, f64> = BTreeMap::new();
    while let Some(next) = rest.peek().copied() {
        match next {
            '(' => {
                rest.next();
                let inner = group(rest, true)?;
                let times = count(rest)?;
                for (element, n) in inner {
                    *moles.entry(element).or_default() += n * times;
                }
            }
            ')' if is_inner => {
                rest.next();
                return Some(moles);
            }
            'A'..='Z' => {
                let mut symbol = String::from(next);
                rest.next();
                while let Some(small) = rest.next_if(char::is_ascii_lowercase) {
                    symbol.push(small);
                }
                *moles.entry(symbol.into()).or_default() += count(rest)?;
            }
            _ => return None,
        }
    }
    (!is_inner).then_some(moles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn water_of_crystallisation_is_counted() {
        let salt = Formula::parse("NiSO4(H2O)6").unwrap();
        assert_eq!([salt.moles("Ni"), salt.moles("O"), salt.moles("H"), salt.moles("S")], [1.0, 10.0, 12.0, 1.0]);
        // 58.693 + 32.06 + 10 · 15.999 + 12 · 1.008 = 262.839 g/mol.
        let mass = |e: &str| [("Ni", 58.693), ("S", 32.06), ("O", 15.999), ("H", 1.008)].iter().find(|m| m.0 == e).map(|m| m.1);
        assert!((salt.molar_mass(mass).unwrap() - 262.839).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        for text in ["", "ni", "Ni(SO4", "NiSO4)", "Ni-SO4", "(H2O"] {
            assert_eq!(Formula::parse(text), None, "{text}");
        }
    }
}
