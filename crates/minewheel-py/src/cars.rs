//! Cars: of the catalogue, or of a text.

use minewheel_data::car::CarDesign;
use pyo3::prelude::*;

use crate::failure::Failure;
use crate::tables::Tables;

/// A car as its designer or the catalogue describes it.
#[pyclass(frozen, module = "minewheel._native")]
pub struct Car {
    design: CarDesign,
    text: Option<String>,
}

#[pymethods]
impl Car {
    /// The car of the catalogue with this id.
    #[staticmethod]
    fn from_catalogue(py: Python<'_>, tables: &Tables, id: &str) -> PyResult<Self> {
        let design = tables.questions.car(id, None).map_err(|refusal| Failure::from(refusal).into_py(py))?;
        Ok(Self { design, text: None })
    }

    /// The car of a TOML text; faults are named with this file name, which ends in `.toml`.
    #[staticmethod]
    fn from_text(py: Python<'_>, tables: &Tables, file: &str, text: String) -> PyResult<Self> {
        let design = tables.questions.car(file, Some(&text)).map_err(|refusal| Failure::from(refusal).into_py(py))?;
        Ok(Self { design, text: Some(text) })
    }

    /// The text of its file; None for a car of the catalogue.
    #[getter]
    fn toml(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Its id.
    #[getter]
    fn id(&self) -> &str {
        &self.design.id
    }

    /// Its name; without one its id.
    #[getter]
    fn name(&self) -> &str {
        self.design.name.as_deref().unwrap_or(&self.design.id)
    }

    /// What moves it: bev, phev, hev, icev-petrol, icev-diesel.
    #[getter]
    fn powertrain(&self) -> &'static str {
        self.design.powertrain.word()
    }

    /// Where it is put together: a code of a place.
    #[getter]
    fn made_in(&self) -> Option<&str> {
        self.design.made_in.as_deref()
    }

    /// Chemistry of its traction battery.
    #[getter]
    fn chemistry(&self) -> Option<&str> {
        self.design.battery.as_ref().map(|b| b.chemistry.as_str())
    }

    /// Gross energy of its traction battery in kWh.
    #[getter]
    fn gross_energy_kwh(&self) -> Option<f64> {
        self.design.battery.as_ref().map(|b| b.gross_energy_kwh.best)
    }

    /// Kerb mass in kg, where the design gives one.
    #[getter]
    fn kerb_mass_kg(&self) -> Option<f64> {
        self.design.kerb_mass_kg.map(|v| v.best)
    }

    fn __repr__(&self) -> String {
        format!("Car({:?})", self.design.id)
    }
}
