//! Cars: of the catalogue, or of a text.

use std::sync::Arc;

use minewheel_data::car::CarDesign;
use minewheel_data::car_file::{read_car_file, unknown_names};
use pyo3::prelude::*;

use crate::failure::Failure;
use crate::tables::{Shared, Tables};

/// A car as its designer or the catalogue describes it.
#[pyclass(frozen, module = "minewheel._native")]
pub struct Car {
    /// The design.
    pub design: Arc<CarDesign>,
}

/// The car of a file's text.
///
/// # Errors
/// The text has faults; each is named with its line.
pub fn car_of_text(shared: &Shared, file: &str, text: &str) -> Result<CarDesign, Failure> {
    let tables = &shared.assess;
    let help = "`minewheel schema car` prints every key; examples are in `examples/cars/`";
    let faulty = |found: Vec<_>| Failure::lines("minewheel::car::file", &found, help);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let design = read_car_file(file, text, &tables.chemistries()).map_err(faulty)?;
    let unknown = unknown_names(file, text, &design, &tables.places, &tables.cards);
    if unknown.is_empty() { Ok(design) } else { Err(faulty(unknown)) }
}

/// The car of the catalogue with an id.
///
/// # Errors
/// There is none.
pub fn car_of_catalogue(shared: &Shared, id: &str) -> Result<CarDesign, Failure> {
    let help = "`minewheel.cars()` lists the catalogue; a path to a TOML file works too";
    shared.assess.catalogue.car(id).cloned().map_err(|error| Failure::new("minewheel::car::unknown", error, help))
}

#[pymethods]
impl Car {
    /// The car of the catalogue with this id.
    #[staticmethod]
    fn from_catalogue(py: Python<'_>, tables: &Tables, id: &str) -> PyResult<Self> {
        let design = car_of_catalogue(&tables.shared, id).map_err(|failure| failure.into_py(py))?;
        Ok(Self { design: Arc::new(design) })
    }

    /// The car of a TOML text; faults are named with this file name.
    #[staticmethod]
    fn from_text(py: Python<'_>, tables: &Tables, file: &str, text: &str) -> PyResult<Self> {
        let design = car_of_text(&tables.shared, file, text).map_err(|failure| failure.into_py(py))?;
        Ok(Self { design: Arc::new(design) })
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
