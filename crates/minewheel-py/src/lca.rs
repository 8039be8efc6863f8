//! `minewheel.lca`: a user's own matrices and databases, with arrays in and out.
//!
//! Arrays come in through the buffer protocol and are read once, into the entries of the matrices. Results go out as bytes
//! that the package views as numpy arrays: each number is written once.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;

use minewheel_lca::formats::data_package::DataPackage;
use minewheel_lca::formats::read_data_package;
use minewheel_lca::{
    Assembly, AssemblyError, CategoryFactors, CharacterisationMethod, ColumnId, DrawError, Entry, FlowId, Matrices, PreparedSolver, SolveError,
    SolveOptions, adjoint, direct_scores, forward, monte_carlo,
};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::answer;
use crate::failure::Failure;

const HELP: &str = "`docs/how-to/own-database.md` says what a database must hold";

impl From<AssemblyError> for Failure {
    fn from(error: AssemblyError) -> Self {
        Self::new("minewheel::lca", error, HELP)
    }
}

impl From<SolveError> for Failure {
    fn from(error: SolveError) -> Self {
        Self::new("minewheel::lca", error, HELP)
    }
}

impl From<DrawError> for Failure {
    fn from(error: DrawError) -> Self {
        Self::new("minewheel::lca", error, HELP)
    }
}

/// A matrix as three arrays of one length: row ids, column ids, amounts.
type Triplets = (PyBuffer<i64>, PyBuffer<i64>, PyBuffer<f64>);

fn entries(py: Python<'_>, name: &str, (rows, columns, amounts): &Triplets) -> PyResult<Vec<Entry>> {
    let (rows, columns, amounts) = (rows.to_vec(py)?, columns.to_vec(py)?, amounts.to_vec(py)?);
    if rows.len() != amounts.len() || columns.len() != amounts.len() {
        let seen = format!("{} rows, {} columns, {} amounts", rows.len(), columns.len(), amounts.len());
        return Err(Failure::argument(name, seen, "arrays of one length").into_py(py));
    }
    Ok(rows.into_iter().zip(columns).zip(amounts).map(|((row, column), amount)| Entry::exact(row, column, amount)).collect())
}

fn pairs(py: Python<'_>, name: &str, ids: &PyBuffer<i64>, amounts: &PyBuffer<f64>) -> PyResult<Vec<(i64, f64)>> {
    let (ids, amounts) = (ids.to_vec(py)?, amounts.to_vec(py)?);
    if ids.len() != amounts.len() {
        return Err(Failure::argument(name, format!("{} ids, {} amounts", ids.len(), amounts.len()), "arrays of one length").into_py(py));
    }
    Ok(ids.into_iter().zip(amounts).collect())
}

/// Numbers of eight bytes as a Python bytes object.
fn bytes(py: Python<'_>, values: impl ExactSizeIterator<Item = [u8; 8]>) -> PyResult<Bound<'_, PyBytes>> {
    PyBytes::new_with(py, values.len() * 8, |slots| {
        for (slot, value) in slots.chunks_exact_mut(8).zip(values) {
            slot.copy_from_slice(&value);
        }
        Ok(())
    })
}

fn numbers<'py>(py: Python<'py>, values: &[f64]) -> PyResult<Bound<'py, PyBytes>> {
    bytes(py, values.iter().map(|v| v.to_ne_bytes()))
}

fn ids<'py>(py: Python<'py>, values: &[i64]) -> PyResult<Bound<'py, PyBytes>> {
    bytes(py, values.iter().map(|v| v.to_ne_bytes()))
}

/// A network made from matrices.
#[pyclass(frozen, module = "minewheel._native")]
pub struct Network {
    assembly: Arc<Assembly>,
    columns: Vec<ColumnId>,
    flows: Vec<i64>,
}

impl Network {
    fn new_from(assembly: Assembly) -> Self {
        let columns = (0..assembly.network.column_count() as u32).map(ColumnId).collect();
        let flows = (0..).map_while(|f| assembly.flow(FlowId(f))).collect();
        Self { assembly: Arc::new(assembly), columns, flows }
    }
}

#[pymethods]
impl Network {
    #[new]
    fn new(py: Python<'_>, technosphere: Triplets, biosphere: Triplets) -> PyResult<Self> {
        let technosphere = entries(py, "technosphere", &technosphere)?;
        let biosphere = entries(py, "biosphere", &biosphere)?;
        let matrices = Matrices { technosphere, biosphere, methods: Vec::new() };
        Ok(Self::new_from(answer::value(py, move |_| Ok(Assembly::new(&matrices)?))?))
    }

    /// Ids of the activities, in the order of every array over columns.
    fn activities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        ids(py, &self.columns.iter().filter_map(|c| self.assembly.activity(*c)).collect::<Vec<_>>())
    }

    /// Ids of the products that the activities stand for, in the same order.
    fn products<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        ids(py, &self.columns.iter().filter_map(|c| self.assembly.product(*c)).collect::<Vec<_>>())
    }

    /// Ids of the elementary flows.
    fn flows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        ids(py, &self.flows)
    }

    /// Impact of one unit of every product, supply included, and the residual.
    fn scores<'py>(&self, py: Python<'py>, flows: PyBuffer<i64>, factors: PyBuffer<f64>) -> PyResult<(Bound<'py, PyBytes>, f64)> {
        let given = pairs(py, "factors", &flows, &factors)?;
        let (assembly, own) = (Arc::clone(&self.assembly), self.flows.clone());
        let scores = answer::value(py, move |_| {
            let mut by_flow: std::collections::BTreeMap<i64, f64> = std::collections::BTreeMap::new();
            for (flow, factor) in given {
                *by_flow.entry(flow).or_default() += factor;
            }
            let category = CategoryFactors::new(own.iter().map(|flow| by_flow.get(flow).copied().unwrap_or(0.0)).collect());
            Ok(adjoint(&assembly.network, &direct_scores(&assembly.network, &category))?)
        })?;
        Ok((numbers(py, scores.values())?, scores.report().residual))
    }

    /// Units of its product that every activity makes for a demand.
    fn supply<'py>(&self, py: Python<'py>, products: PyBuffer<i64>, amounts: PyBuffer<f64>) -> PyResult<(Bound<'py, PyBytes>, f64)> {
        let demand = pairs(py, "demand", &products, &amounts)?;
        let assembly = Arc::clone(&self.assembly);
        let activity = answer::value(py, move |_| Ok(forward(&assembly.network, &assembly.demand(&demand)?)?))?;
        Ok((numbers(py, activity.values())?, activity.report().residual))
    }
}

/// A Brightway data package.
#[pyclass(frozen, module = "minewheel._native")]
pub struct Database {
    package: Arc<DataPackage>,
}

impl Database {
    fn method<'m>(methods: &'m [CharacterisationMethod], name: Option<&str>) -> Result<&'m CharacterisationMethod, Failure> {
        let known = methods.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
        match (name, methods) {
            (Some(name), _) => methods.iter().find(|m| m.name == name).ok_or_else(|| Failure::word("method", name, &known)),
            (None, [only]) => Ok(only),
            (None, []) => Err(Failure::argument("method", "not given", "a package that holds a method")),
            (None, _) => Err(Failure::argument("method", "not given", format!("one of {known}"))),
        }
    }
}

#[pymethods]
impl Database {
    #[new]
    #[expect(clippy::disallowed_methods, reason = "the Python face reads files that the user names")]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let package = answer::value(py, move |_| {
            let unreadable = |reason: std::io::Error| Failure::new("minewheel::file", format!("cannot read `{}`: {reason}", path.display()), "");
            let file = File::open(&path).map_err(unreadable)?;
            read_data_package(BufReader::new(file), true).map_err(|e| Failure::new("minewheel::lca", format!("{}: {e}", path.display()), HELP))
        })?;
        Ok(Self { package: Arc::new(package) })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.package.name
    }

    /// Names of the methods.
    #[getter]
    fn methods(&self) -> Vec<&str> {
        self.package.matrices.methods.iter().map(|m| m.name.as_str()).collect()
    }

    /// Groups of matrices that are not read.
    #[getter]
    fn left_out(&self) -> Vec<&str> {
        self.package.left_out.iter().map(String::as_str).collect()
    }

    /// The network of its matrices, at their amounts.
    fn network(&self, py: Python<'_>) -> PyResult<Network> {
        let package = Arc::clone(&self.package);
        Ok(Network::new_from(answer::value(py, move |_| Ok(Assembly::new(&package.matrices)?))?))
    }

    /// Flow ids and factors of a method.
    fn factors<'py>(&self, py: Python<'py>, method: Option<String>) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let found = Self::method(&self.package.matrices.methods, method.as_deref()).map_err(|failure| failure.into_py(py))?;
        let flows: Vec<i64> = found.factors.iter().map(|e| e.row).collect();
        let factors: Vec<f64> = found.factors.iter().map(|e| e.amount).collect();
        Ok((ids(py, &flows)?, numbers(py, &factors)?))
    }

    /// Impact of a demand: its method, score and residual, and the score of every draw.
    fn solve<'py>(
        &self,
        py: Python<'py>,
        products: PyBuffer<i64>,
        amounts: PyBuffer<f64>,
        method: Option<String>,
        samples: u64,
        seed: u64,
    ) -> PyResult<(String, f64, f64, Bound<'py, PyBytes>)> {
        let demand = pairs(py, "demand", &products, &amounts)?;
        let package = Arc::clone(&self.package);
        let (name, score, residual, draws) = answer::value(py, move |watch| {
            let method = Self::method(&package.matrices.methods, method.as_deref())?;
            let mut assembly = Assembly::new(&package.matrices)?;
            let category = assembly.category(method);
            let demand = assembly.demand(&demand)?;
            let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default())?;
            let total = |scores: &[f64]| demand.lines().iter().map(|line| line.amount * scores[line.column.index()]).sum::<f64>();
            let mut draws = Vec::new();
            for first in (0..samples).step_by(CHUNK) {
                if watch.is_stopped() {
                    break;
                }
                let last = samples.min(first + CHUNK as u64);
                draws.extend(monte_carlo(&solver, &assembly, seed, first..last, |draw| total(draw.scores))?);
            }
            Ok((method.name.clone(), total(&solver.base_scores()), solver.report().residual, draws))
        })?;
        Ok((name, score, residual, numbers(py, &draws)?))
    }
}

/// Draws between two looks at whether anybody waits.
const CHUNK: usize = 256;
