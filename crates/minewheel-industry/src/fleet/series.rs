//! A user's tables of inflow, stock, survival, starting ages and used trade, and the stock model run over all of them.
//!
//! Inflow `series,year,inflow`, stock `series,year,stock`, survival `series,age,share`, start `series,age,count` (cars by age
//! at the end of the year before the first), trade `series,year,age,count` (used cars in; negative: out). The years of a
//! series follow each other without a gap; every fault names file, line and value.

use minewheel_data::table::{Table, nearest};
use rustc_hash::FxHashMap;

use super::cohorts::{Aged, CohortError, Flows, NegativeInflow, Surroundings, inflow_driven, stock_driven};
use super::side_by_side::{self, Shares, TableError, Tables};
use super::survival::{Survival, SurvivalError};

/// Most cars in a cell: beyond them the whole world would own a hundred each, and single cars fall below the sums' rounding.
const MOST: f64 = 1e12;

/// Why tables of series cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SeriesError {
    /// Not CSV.
    #[error("{file}:{line}: {reason}")]
    Csv {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// What the reader said.
        reason: String,
    },
    /// A column is missing.
    #[error("{file}: column `{column}` is missing; it has {known}")]
    Column {
        /// The file.
        file: String,
        /// The column wanted.
        column: &'static str,
        /// The columns there are.
        known: String,
    },
    /// No row.
    #[error("{file} has no row")]
    Empty {
        /// The file.
        file: String,
    },
    /// A cell that cannot be what it should be.
    #[error("{file}:{line}: `{column}` is `{seen}`, wanted {wanted}")]
    Cell {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The column.
        column: &'static str,
        /// The text seen.
        seen: String,
        /// What would do.
        wanted: &'static str,
    },
    /// The same key twice.
    #[error("{file}:{line}: {key} stands already above")]
    Twice {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The key.
        key: String,
    },
    /// Years or ages are missing.
    #[error("{file}: `{series}` has no {what} {missing} between its first and its last")]
    Gap {
        /// The file.
        file: String,
        /// The series.
        series: String,
        /// year or age.
        what: &'static str,
        /// The one missing.
        missing: i32,
    },
    /// A series without survival, or a table about a series that is not there.
    #[error("{file} has no `{series}`{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The file in which it is missing.
        file: String,
        /// The series.
        series: String,
        /// The nearest one there is.
        nearest: Option<String>,
    },
    /// Trade in a year that the series does not have.
    #[error("{file}: `{series}` has no year {year}; it runs from {from} to {to}")]
    OutOfYears {
        /// The file.
        file: String,
        /// The series.
        series: String,
        /// The year.
        year: i32,
        /// First year.
        from: i32,
        /// Last year.
        to: i32,
    },
    /// A survival curve with a fault.
    #[error(transparent)]
    Survival(#[from] SurvivalError),
    /// A stock that cannot be.
    #[error("`{series}`{}: {error}", year.map(|y| format!(" in {y}")).unwrap_or_default())]
    Cohort {
        /// The series.
        series: String,
        /// The year; `None`: at the start.
        year: Option<i32>,
        /// What is wrong.
        error: CohortError,
    },
}

/// One number a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Yearly {
    /// Its name.
    pub name: String,
    /// The first year.
    pub first: i32,
    /// One value a year.
    pub values: Vec<f64>,
}

impl Yearly {
    /// The last year.
    pub fn last(&self) -> i32 {
        self.first + self.values.len() as i32 - 1
    }
}

struct Rows<'t> {
    file: &'t str,
    table: Table,
}

impl<'t> Rows<'t> {
    fn read(file: &'t str, text: &str) -> Result<Self, SeriesError> {
        let table =
            Table::parse(file, text, 0).map_err(|v| SeriesError::Csv { file: file.to_owned(), line: v.at.line, reason: v.fault.to_string() })?;
        if table.is_empty() { Err(SeriesError::Empty { file: file.to_owned() }) } else { Ok(Self { file, table }) }
    }

    fn column(&self, column: &'static str) -> Result<usize, SeriesError> {
        let missing = || SeriesError::Column { file: self.file.to_owned(), column, known: self.table.headers().join(", ") };
        self.table.column(column).ok_or_else(missing)
    }

    fn cell<T: std::str::FromStr>(&self, row: usize, at: usize, column: &'static str, wanted: &'static str) -> Result<T, SeriesError> {
        self.table.cell(row, at).parse().map_err(|_| self.bad(row, at, column, wanted))
    }

    fn number(&self, row: usize, at: usize, column: &'static str, least: f64, wanted: &'static str) -> Result<f64, SeriesError> {
        let number: f64 = self.cell(row, at, column, wanted)?;
        if number >= least && number.abs() <= MOST { Ok(number) } else { Err(self.bad(row, at, column, wanted)) }
    }

    fn bad(&self, row: usize, at: usize, column: &'static str, wanted: &'static str) -> SeriesError {
        let seen = self.table.cell(row, at).to_owned();
        SeriesError::Cell { file: self.file.to_owned(), line: self.table.line(row), column, seen, wanted }
    }

    /// Values by series and key (year or age), without gaps, in order of key.
    fn keyed(&self, key: &'static str, value: &'static str, least: f64, wanted: &'static str) -> Result<Vec<Yearly>, SeriesError> {
        let (series_at, key_at, value_at) = (self.column("series")?, self.column(key)?, self.column(value)?);
        let mut index: FxHashMap<&str, usize> = FxHashMap::default();
        let mut found: Vec<(&str, Vec<(i32, f64, u32)>)> = Vec::new();
        for row in 0..self.table.len() {
            let name = self.table.cell(row, series_at);
            let at = *index.entry(name).or_insert_with(|| {
                found.push((name, Vec::new()));
                found.len() - 1
            });
            let key = self.cell(row, key_at, key, "a whole number")?;
            found[at].1.push((key, self.number(row, value_at, value, least, wanted)?, self.table.line(row)));
        }
        found
            .into_iter()
            .map(|(name, mut points)| {
                points.sort_by_key(|p| (p.0, p.2));
                for pair in points.windows(2) {
                    if pair[1].0 == pair[0].0 {
                        let at = format!("{key} {} of `{name}`", pair[1].0);
                        return Err(SeriesError::Twice { file: self.file.to_owned(), line: pair[1].2, key: at });
                    }
                    if pair[1].0 != pair[0].0 + 1 {
                        return Err(SeriesError::Gap { file: self.file.to_owned(), series: name.to_owned(), what: key, missing: pair[0].0 + 1 });
                    }
                }
                Ok(Yearly { name: name.to_owned(), first: points[0].0, values: points.into_iter().map(|p| p.1).collect() })
            })
            .collect()
    }
}

/// Reads a table with one number a year and series; `column` is `inflow` or `stock`.
///
/// # Errors
/// The first fault of the table.
pub fn read_yearly(file: &str, text: &str, column: &'static str) -> Result<Vec<Yearly>, SeriesError> {
    Rows::read(file, text)?.keyed("year", column, 0.0, "a number of cars, 0 to 1e12")
}

/// Survival curves by series.
#[derive(Debug, Clone)]
pub struct Survivals {
    file: String,
    curves: FxHashMap<String, Survival>,
}

impl Survivals {
    /// Reads a table `series,age,share`.
    ///
    /// # Errors
    /// The first fault of the table, or of a curve in it.
    pub fn read(file: &str, text: &str) -> Result<Self, SeriesError> {
        let mut curves = FxHashMap::default();
        for table in Rows::read(file, text)?.keyed("age", "share", f64::NEG_INFINITY, "a share from 0 to 1")? {
            if table.first != 0 {
                return Err(SeriesError::Gap { file: file.to_owned(), series: table.name, what: "age", missing: 0 });
            }
            let curve = Survival::new(&table.name, table.values)?;
            curves.insert(table.name, curve);
        }
        Ok(Self { file: file.to_owned(), curves })
    }

    /// The curve of a series.
    ///
    /// # Errors
    /// There is none; the error names the nearest.
    pub fn of(&self, series: &str) -> Result<&Survival, SeriesError> {
        self.curves.get(series).ok_or_else(|| {
            let mut known: Vec<&str> = self.curves.keys().map(String::as_str).collect();
            known.sort_unstable();
            SeriesError::Unknown { file: self.file.clone(), series: series.to_owned(), nearest: nearest(series, known.into_iter()) }
        })
    }
}

/// Starting ages and used trade by series.
#[derive(Debug, Clone, Default)]
pub struct AllSurroundings {
    start: FxHashMap<String, Vec<Aged>>,
    trade: FxHashMap<String, Vec<(i32, Aged)>>,
    trade_file: String,
}

impl AllSurroundings {
    /// Reads the tables that are given.
    ///
    /// # Errors
    /// The first fault of a table, or a series in it that `known` lacks.
    pub fn read(start: Option<(&str, &str)>, trade: Option<(&str, &str)>, known: &[Yearly]) -> Result<Self, SeriesError> {
        let mut all = Self::default();
        let check = |file: &str, name: &str| {
            if known.iter().any(|s| s.name == name) {
                return Ok(());
            }
            let near = nearest(name, known.iter().map(|s| s.name.as_str()));
            Err(SeriesError::Unknown { file: format!("the table of series, which {file} refers to,"), series: name.to_owned(), nearest: near })
        };
        if let Some((file, text)) = start {
            let rows = Rows::read(file, text)?;
            let (series, age, count) = (rows.column("series")?, rows.column("age")?, rows.column("count")?);
            for row in 0..rows.table.len() {
                let name = rows.table.cell(row, series);
                check(file, name)?;
                let aged = Aged {
                    age: rows.cell(row, age, "age", "a whole number of years")?,
                    count: rows.number(row, count, "count", 0.0, "a number of cars, 0 to 1e12")?,
                };
                all.start.entry(name.to_owned()).or_default().push(aged);
            }
        }
        if let Some((file, text)) = trade {
            file.clone_into(&mut all.trade_file);
            let rows = Rows::read(file, text)?;
            let (series, year, age, count) = (rows.column("series")?, rows.column("year")?, rows.column("age")?, rows.column("count")?);
            for row in 0..rows.table.len() {
                let name = rows.table.cell(row, series);
                check(file, name)?;
                let aged = Aged {
                    age: rows.cell(row, age, "age", "a whole number of years")?,
                    count: rows.number(row, count, "count", f64::NEG_INFINITY, "a number of cars up to 1e12; negative: exported")?,
                };
                all.trade.entry(name.to_owned()).or_default().push((rows.cell(row, year, "year", "a year")?, aged));
            }
        }
        Ok(all)
    }

    fn of(&self, series: &Yearly) -> Result<Surroundings, SeriesError> {
        let start = self.start.get(&series.name).cloned().unwrap_or_default();
        let mut trade = Vec::new();
        if let Some(rows) = self.trade.get(&series.name) {
            trade.resize(series.values.len(), Vec::new());
            for (year, aged) in rows {
                let index = usize::try_from(year - series.first).ok().filter(|i| *i < trade.len());
                let index = index.ok_or_else(|| SeriesError::OutOfYears {
                    file: self.trade_file.clone(),
                    series: series.name.clone(),
                    year: *year,
                    from: series.first,
                    to: series.last(),
                })?;
                trade[index].push(*aged);
            }
        }
        Ok(Surroundings { start, trade })
    }
}

/// What drives the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// Cars that enter.
    Inflow,
    /// The stock wanted, and what to do where it needs a negative inflow.
    Stock(NegativeInflow),
}

/// One series with its flows.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesFlows {
    /// Its name.
    pub name: String,
    /// The first year.
    pub first: i32,
    /// The flows.
    pub flows: Flows,
    /// Share alive at the last age of its curve if its years reach beyond it, so that these cars leave at once.
    pub cut: Option<f64>,
}

/// Runs the stock model over every series, in the order of the table.
///
/// # Errors
/// A series has no curve, or its stock cannot be.
pub fn run(series: &[Yearly], survival: &Survivals, around: &AllSurroundings, driver: Driver) -> Result<Vec<SeriesFlows>, SeriesError> {
    let curves: Vec<&Survival> = series.iter().map(|s| survival.of(&s.name)).collect::<Result<_, _>>()?;
    let around: Vec<Surroundings> = series.iter().map(|s| around.of(s)).collect::<Result<_, _>>()?;
    let have_one_span = series.windows(2).all(|pair| pair[0].first == pair[1].first && pair[0].values.len() == pair[1].values.len());
    let flows = if have_one_span && around.iter().all(Surroundings::is_empty) {
        together(series, &curves, driver)?
    } else {
        one_by_one(series, &curves, &around, driver)?
    };
    let whole = series.iter().zip(curves).zip(&around).zip(flows);
    let with_cut = whole.map(|(((s, curve), around), flows)| {
        let last = curve.shares().len() - 1;
        let oldest = s.values.len() - 1 + around.start.iter().map(|a| a.age + 1).max().unwrap_or(0);
        let cut = (oldest > last && curve.at(last) > 0.0).then(|| curve.at(last));
        SeriesFlows { name: s.name.clone(), first: s.first, flows, cut }
    });
    Ok(with_cut.collect())
}

fn failed(series: &Yearly, error: CohortError) -> SeriesError {
    SeriesError::Cohort { series: series.name.clone(), year: error.index().map(|i| series.first + i as i32), error }
}

/// Series of the same years without start and trade.
fn together(series: &[Yearly], curves: &[&Survival], driver: Driver) -> Result<Vec<Flows>, SeriesError> {
    let years = series.first().map_or(0, |s| s.values.len());
    let given: Vec<f64> = (0..years).flat_map(|year| series.iter().map(move |s| s.values[year])).collect();
    let tables = match driver {
        Driver::Inflow => Tables::Inflow(&given),
        Driver::Stock(negative) => Tables::Stock(&given, negative),
    };
    let found = match side_by_side::run(tables, &Shares::new(curves.iter().copied())) {
        Ok(found) => found,
        Err(TableError::Series { series: at, error }) => return Err(failed(&series[at], error)),
        Err(TableError::Shape { .. }) => return Ok(Vec::new()),
    };
    let of = |table: &[f64], at: usize| -> Vec<f64> { table.iter().skip(at).step_by(series.len()).copied().collect() };
    let flows = |at: usize| Flows {
        stock: of(&found.stock, at),
        inflow: of(&found.inflow, at),
        outflow: of(&found.outflow, at),
        extra_retirement: found.extra_retirement.as_ref().map_or_else(|| vec![0.0; years], |extra| of(extra, at)),
        traded: vec![0.0; years],
    };
    Ok((0..series.len()).map(flows).collect())
}

fn one_by_one(series: &[Yearly], curves: &[&Survival], around: &[Surroundings], driver: Driver) -> Result<Vec<Flows>, SeriesError> {
    let each = series.iter().zip(curves).zip(around);
    each.map(|((s, curve), around)| {
        let flows = match driver {
            Driver::Inflow => inflow_driven(&s.values, curve, around),
            Driver::Stock(negative) => stock_driven(&s.values, curve, around, negative),
        };
        flows.map_err(|error| failed(s, error))
    })
    .collect()
}
