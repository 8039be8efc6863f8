//! Parameters: named numbers, some given, some computed from others.
//!
//! A process sees its own parameters and, behind them, the global ones; its own hide a global one of the same name. Each scope is
//! evaluated in order of dependence; a circle of formulas is an error that lists it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::formula::{Formula, FormulaError, shown};
use super::uncertainty::Uncertainty;

/// A named number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Id, where the source has one.
    pub id: Option<Box<str>>,
    /// Name, as formulas call it; case does not matter.
    pub name: Box<str>,
    /// What it means.
    pub description: Option<Box<str>>,
    /// The number; what a formula yields takes its place.
    pub value: f64,
    /// How the number follows from others.
    pub formula: Option<Box<str>>,
    /// How the number is spread.
    pub uncertainty: Uncertainty,
}

/// Why a set of parameters has no values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A name stands twice in one scope.
    #[error("the parameter `{0}` is given twice")]
    Twice(String),
    /// A name that no formula can call.
    #[error("`{0}` is no name of a parameter: wanted letters, digits, `_` and `$`, no digit first")]
    Name(String),
    /// Formulas that go round in a circle.
    #[error("the parameters {} depend on each other in a circle", round(.0))]
    Circle(Vec<String>),
    /// A formula without a value.
    #[error("the parameter `{name}` = `{}`: {reason}", shown(.formula))]
    Formula {
        /// The parameter.
        name: String,
        /// Its formula.
        formula: String,
        /// Why it has no value.
        reason: FormulaError,
    },
    /// A given number is not finite.
    #[error("the parameter `{0}` is not a finite number")]
    NotFinite(String),
}

/// The names of a circle; of a long one the first and the last.
fn round(names: &[String]) -> String {
    const SHOWN: usize = 12;
    if names.len() <= SHOWN {
        return names.join(" -> ");
    }
    format!("{} -> … ({} more) -> {}", names[..SHOWN - 1].join(" -> "), names.len() - SHOWN, names[names.len() - 1])
}

/// The values of the parameters that can be seen from one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values<'o> {
    own: BTreeMap<String, f64>,
    outer: Option<&'o Values<'o>>,
    /// Places of the parameters, each behind those that it rests on.
    order: Vec<u32>,
}

impl<'o> Values<'o> {
    /// Evaluates parameters in front of those of an outer scope.
    ///
    /// # Errors
    /// [`ParameterError`] for the first parameter, by name, without a value.
    pub fn of(parameters: &[Parameter], outer: Option<&'o Self>) -> Result<Self, ParameterError> {
        let mut open = BTreeMap::new();
        for (place, parameter) in parameters.iter().enumerate() {
            let name = parameter.name.trim().to_ascii_lowercase();
            let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "_$".contains(c)) && !name.starts_with(|c: char| c.is_ascii_digit());
            if name.is_empty() || !is_name {
                return Err(ParameterError::Name(parameter.name.to_string()));
            }
            let formula = match parameter.formula.as_deref().map(str::trim).filter(|f| !f.is_empty()) {
                Some(text) => {
                    let parsed = Formula::parse(text);
                    Some(parsed.map_err(|reason| ParameterError::Formula { name: name.clone(), formula: text.to_owned(), reason })?)
                }
                None if parameter.value.is_finite() => None,
                None => return Err(ParameterError::NotFinite(name)),
            };
            if open.insert(name.clone(), (place as u32, parameter, formula)).is_some() {
                return Err(ParameterError::Twice(name));
            }
        }
        let mut values = Self { own: BTreeMap::new(), outer, order: Vec::with_capacity(parameters.len()) };
        // Depth first without recursion: a name waits below those that its formula calls.
        for start in open.keys() {
            let mut path: Vec<&str> = vec![start];
            while let Some(name) = path.last().copied() {
                if values.own.contains_key(name) {
                    path.pop();
                    continue;
                }
                let (place, parameter, formula) = &open[name];
                let Some(formula) = formula else {
                    values.own.insert(name.to_owned(), parameter.value);
                    values.order.push(*place);
                    path.pop();
                    continue;
                };
                let missing =
                    formula.names().into_iter().find_map(|n| open.get_key_value(n).map(|(k, _)| k.as_str()).filter(|k| !values.own.contains_key(*k)));
                if let Some(needed) = missing {
                    if let Some(first) = path.iter().position(|p| *p == needed) {
                        let circle = path[first..].iter().copied().chain([needed]).map(str::to_owned).collect();
                        return Err(ParameterError::Circle(circle));
                    }
                    path.push(needed);
                    continue;
                }
                let text = parameter.formula.as_deref().unwrap_or_default();
                let value = formula.value(|n| values.get(n));
                let value = value.map_err(|reason| ParameterError::Formula { name: name.to_owned(), formula: text.to_owned(), reason })?;
                values.own.insert(name.to_owned(), value);
                values.order.push(*place);
                path.pop();
            }
        }
        Ok(values)
    }

    /// Places of the parameters of this scope, each behind those that it rests on.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The value of a name in lower case.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.own.get(name).copied().or_else(|| self.outer.and_then(|o| o.get(name)))
    }

    /// What a formula yields here.
    ///
    /// # Errors
    /// [`FormulaError`], as [`Formula::parse`] and [`Formula::value`].
    pub fn evaluate(&self, formula: &str) -> Result<f64, FormulaError> {
        Formula::parse(formula)?.value(|name| self.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameter, ParameterError, Values};
    use crate::database::Uncertainty;

    fn parameter(name: &str, value: f64, formula: Option<&str>) -> Parameter {
        Parameter { id: None, name: name.into(), description: None, value, formula: formula.map(Into::into), uncertainty: Uncertainty::None }
    }

    #[test]
    fn own_parameters_hide_global_ones_and_formulas_are_taken_in_any_order() {
        let global = Values::of(&[parameter("yield", 0.9, None), parameter("twice", 0.0, Some("2*Yield"))], None).unwrap();
        let own = [parameter("c", 0.0, Some("B + twice")), parameter("b", 0.0, Some("yield + 1")), parameter("Yield", 0.5, None)];
        let own = Values::of(&own, Some(&global)).unwrap();
        assert_eq!((own.get("b"), global.get("yield")), (Some(1.5), Some(0.9)));
        assert!((own.get("c").unwrap() - 3.3).abs() < 1e-12 && (own.evaluate("c - twice").unwrap() - 1.5).abs() < 1e-12);
    }

    #[test]
    fn a_circle_is_listed() {
        let circle = [parameter("a", 0.0, Some("b+1")), parameter("b", 0.0, Some("c")), parameter("c", 0.0, Some("b"))];
        let error = Values::of(&circle, None).unwrap_err();
        assert_eq!(error, ParameterError::Circle(vec!["b".into(), "c".into(), "b".into()]));
        assert!(matches!(Values::of(&[parameter("a", 0.0, Some("a"))], None), Err(ParameterError::Circle(_))));
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_formulas_is_evaluated() {
        let chain: Vec<_> = (0..100_000).map(|i| parameter(&format!("p{i}"), 1.0, (i > 0).then(|| format!("p{}+1", i - 1)).as_deref())).collect();
        assert_eq!(Values::of(&chain, None).unwrap().get("p99999"), Some(100_000.0));
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(Values::of(&[parameter("a", 1.0, None), parameter("A", 2.0, None)], None), Err(ParameterError::Twice("a".into())));
        assert!(matches!(Values::of(&[parameter("2a", 1.0, None)], None), Err(ParameterError::Name(_))));
        assert!(matches!(Values::of(&[parameter("a", f64::NAN, None)], None), Err(ParameterError::NotFinite(_))));
        let error = Values::of(&[parameter("a", 1.0, Some("q/2"))], None).unwrap_err().to_string();
        assert_eq!(error, "the parameter `a` = `q/2`: there is no parameter `q` here");
    }
}
