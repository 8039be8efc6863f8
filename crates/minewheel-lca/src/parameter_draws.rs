//! Draws of uncertain parameters, and of what follows them.
//!
//! ```text
//! p_i = F_i⁻¹(u_i)     u_i = Φ(z_i) for correlated parameters,  z = L ε,  L Lᵀ = R,  ε_i = Φ⁻¹(word of i)
//! ```
//!
//! | symbol | meaning                                              | unit | from                          |
//! |--------|------------------------------------------------------|------|-------------------------------|
//! | `F_i`  | distribution of parameter `i`                        | –    | [`ParameterInput`]            |
//! | `R`    | correlations of the normal scores                    | –    | [`Correlations`]              |
//!
//! Each parameter takes the word of the stream that its owner and name point to, so it has the same draw in every alternative and in every
//! database that has it. All amounts whose formulas call it move together.
//!
//! Source: normal copula after R. Iman and W. Conover, Communications in Statistics B 11 (1982) 311. Valid for correlations of ranks that a
//! normal copula can express; `R` is that of the normal scores, close to that of the ranks.

use rand_chacha::rand_core::Rng;

use crate::assembly::Assembly;
use crate::database::{Dependents, ParameterInput};
use crate::distribution::{RatioSampler, random_stream, uniform};
use crate::keyed::stable_key;
use crate::normal::{normal_quantile, normal_share_below};
use crate::solve::SolveError;

/// 32-bit words of the stream that a parameter takes.
const WORDS: u128 = 2;

/// Why correlations cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CorrelationError {
    /// A parameter that no amount follows, or that is not uncertain.
    #[error("`{seen}` is no uncertain parameter of this system; there are {known}")]
    Unknown {
        /// The name.
        seen: String,
        /// Those that there are.
        known: String,
    },
    /// A coefficient outside −1 to 1.
    #[error("the correlation of `{first}` and `{second}` is {value}; a number between -1 and 1 is wanted")]
    Range {
        /// A parameter.
        first: String,
        /// The other.
        second: String,
        /// The number.
        value: f64,
    },
    /// A pair that is given twice, or is one parameter.
    #[error("the correlation of `{first}` and `{second}` is given twice, or of one parameter with itself")]
    Twice {
        /// A parameter.
        first: String,
        /// The other.
        second: String,
    },
    /// The file cannot be read as a table.
    #[error("line {line}: {wanted}")]
    Line {
        /// The line.
        line: usize,
        /// What is wanted.
        wanted: &'static str,
    },
    /// No random numbers have such correlations.
    #[error("the correlations contradict each other at `{at}`: what it shares with the parameters before it leaves it no spread of its own")]
    Impossible {
        /// The parameter at which it shows.
        at: String,
    },
}

/// Correlations between uncertain parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correlations {
    /// Places among the inputs.
    members: Vec<usize>,
    /// Rows of the lower triangle.
    lower: Vec<Vec<f64>>,
}

/// The pairs of a CSV file with the columns `first`, `second`, `correlation`.
///
/// # Errors
/// [`CorrelationError::Line`] for the first line that has no such pair.
pub fn parse_correlations(text: &str) -> Result<Vec<(String, String, f64)>, CorrelationError> {
    let mut table = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = CorrelationError::Line { line: 1, wanted: "the columns `first`, `second` and `correlation` are wanted" };
    let Ok(header) = table.headers().cloned() else { return Err(columns) };
    let at = |name: &str| header.iter().position(|cell| cell == name);
    let (Some(first), Some(second), Some(value)) = (at("first"), at("second"), at("correlation")) else { return Err(columns) };
    let mut pairs = Vec::new();
    for record in table.records() {
        let line = pairs.len() + 2;
        let fault = || CorrelationError::Line { line, wanted: "two names and a number are wanted" };
        let record = record.map_err(|_| fault())?;
        let cell = |at: usize| record.get(at).filter(|c| !c.is_empty()).map(str::to_owned).ok_or_else(fault);
        pairs.push((cell(first)?, cell(second)?, cell(value)?.parse().map_err(|_| fault())?));
    }
    Ok(pairs)
}

/// The name by which a parameter is called from outside: `OWNER/name`, or the name alone for a global one.
pub fn parameter_name(input: &ParameterInput) -> String {
    input.owner.as_ref().map_or_else(|| input.name.to_string(), |owner| format!("{owner}/{}", input.name))
}

impl Correlations {
    /// Correlations by names, see [`parameter_name`]; pairs that are not named are independent.
    ///
    /// # Errors
    /// [`CorrelationError`] for the first pair that cannot be.
    pub fn new(dependents: &Dependents, pairs: &[(String, String, f64)]) -> Result<Self, CorrelationError> {
        const SHOWN: usize = 12;
        let names: Vec<String> = dependents.inputs().iter().map(parameter_name).collect();
        let find = |seen: &str| {
            let found = names.iter().position(|n| n.eq_ignore_ascii_case(seen.trim()));
            let known = || if names.is_empty() { "none".to_owned() } else { names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ") };
            found.ok_or_else(|| CorrelationError::Unknown { seen: seen.to_owned(), known: known() })
        };
        let mut found: Vec<(usize, usize, f64)> = Vec::new();
        for (first, second, value) in pairs {
            let (a, b) = (find(first)?, find(second)?);
            if !(-1.0..=1.0).contains(value) {
                return Err(CorrelationError::Range { first: first.clone(), second: second.clone(), value: *value });
            }
            if a == b || found.iter().any(|(x, y, _)| (*x, *y) == (a, b) || (*x, *y) == (b, a)) {
                return Err(CorrelationError::Twice { first: first.clone(), second: second.clone() });
            }
            found.push((a, b, *value));
        }
        let mut members: Vec<usize> = found.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
        members.sort_unstable();
        members.dedup();
        let of = |a: usize, b: usize| found.iter().find(|(x, y, _)| (*x, *y) == (a, b) || (*x, *y) == (b, a)).map_or(0.0, |f| f.2);
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(members.len());
        for (row, member) in members.iter().enumerate() {
            let mut entries: Vec<f64> = Vec::with_capacity(row + 1);
            for column in 0..row {
                let shared: f64 = entries.iter().zip(&lower[column]).map(|(a, b)| a * b).sum();
                entries.push((of(*member, members[column]) - shared) / lower[column][column]);
            }
            let left = 1.0 - entries.iter().map(|v| v * v).sum::<f64>();
            if left <= ROUNDING || left.is_nan() {
                return Err(CorrelationError::Impossible { at: names[*member].clone() });
            }
            entries.push(left.sqrt());
            lower.push(entries);
        }
        Ok(Self { members, lower })
    }

    /// Turns independent probabilities into correlated ones.
    fn apply(&self, probabilities: &mut [f64]) {
        let scores: Vec<f64> = self.members.iter().map(|m| normal_quantile(probabilities[*m])).collect();
        for (member, row) in self.members.iter().zip(&self.lower) {
            let score: f64 = row.iter().zip(&scores).map(|(l, z)| l * z).sum();
            // A score of eight deviations rounds to a probability of one, at which distributions have no end.
            probabilities[*member] = normal_share_below(score).clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        }
    }
}

/// A variance below this is a contradiction rather than a narrow spread.
const ROUNDING: f64 = 1e-12;

/// A sampler of entries with one of parameters behind it.
///
/// A draw has a ratio for each row of the assembly, then the value of each parameter.
pub struct ParameterDraws<'a, S> {
    entries: &'a S,
    dependents: &'a Dependents,
    correlations: Correlations,
    keys: Vec<u64>,
    /// Row, and number of the amount that it follows.
    rows: Vec<(usize, u32)>,
    row_count: usize,
}

impl<'a, S: RatioSampler> ParameterDraws<'a, S> {
    /// Draws for an assembly; categories have to be added to it before.
    pub fn new(entries: &'a S, assembly: &Assembly, dependents: &'a Dependents, correlations: Correlations) -> Self {
        let key = |input: &ParameterInput| stable_key(&["parameter", input.owner.as_deref().unwrap_or_default(), &input.name]);
        let rows = assembly.uncertain_rows().enumerate().filter_map(|(row, (entry, is_needed))| Some((row, entry.follows.filter(|_| is_needed)?)));
        let rows: Vec<_> = rows.collect();
        let keys = if rows.is_empty() { Vec::new() } else { dependents.inputs().iter().map(key).collect() };
        Self { entries, dependents, correlations, keys, rows, row_count: assembly.uncertain_entries() }
    }

    /// The place of the first parameter in a draw.
    pub fn first_parameter(&self) -> usize {
        self.row_count
    }

    /// Rows that follow parameters, with the number of the amount that each follows.
    pub fn following(&self) -> &[(usize, u32)] {
        &self.rows
    }
}

impl<S: RatioSampler> RatioSampler for ParameterDraws<'_, S> {
    fn sample(&self, seed: u64, draw: u64, out: &mut Vec<f64>) {
        self.entries.sample(seed, draw, out);
        if self.keys.is_empty() {
            return;
        }
        let mut generator = random_stream(seed, draw);
        let mut probabilities: Vec<f64> = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            generator.set_word_pos(WORDS * u128::from(key >> 4));
            probabilities.push(uniform(generator.next_u64()));
        }
        self.correlations.apply(&mut probabilities);
        out.resize(self.row_count, 1.0);
        out.extend(self.dependents.inputs().iter().zip(probabilities).map(|(input, u)| input.entry.at(u)));
    }

    fn settle(&self, drawn: &mut [f64]) -> Result<(), SolveError> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let (rows, parameters) = drawn.split_at_mut(self.row_count);
        let ratios = self.dependents.ratios(parameters)?;
        for (row, number) in &self.rows {
            rows[*row] = ratios[*number as usize];
        }
        Ok(())
    }
}
