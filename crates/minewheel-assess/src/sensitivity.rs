//! How the energy per kilometre of a car moves with its design, at best estimates.

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::Draw;
use minewheel_model::drive::range::{wltc_class, wltp_cycle};
use minewheel_model::drive::{Conditions, Masses, Slope, Trace, electric_car, sensitivities};

use crate::AssessError;
use crate::inventory::with_kerb_mass;
use crate::tables::Tables;

/// The derivatives of a car's energy over a trace; `None` for a car without a plug. Without a trace: the class of WLTC
/// that the car belongs to, as in [`crate::inventory::drive_car`].
///
/// # Errors
/// The design cannot be driven.
pub fn car_sensitivity(
    design: &CarDesign,
    tables: &Tables,
    trace: Option<&Trace>,
    conditions: &Conditions,
) -> Result<Option<Vec<Slope>>, AssessError> {
    if !matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        return Ok(None);
    }
    let (design, _) = with_kerb_mass(design, tables)?;
    let design = &*design;
    let masses = Masses::of(design, &tables.drive, &Draw::BEST, &mut Vec::new());
    let car = electric_car(design, &masses, &tables.drive, &Draw::BEST)?;
    let slopes = |trace: &Trace| sensitivities(&car, trace, conditions, &tables.drive, &Draw::BEST).to_vec();
    if let Some(trace) = trace {
        return Ok(Some(slopes(trace)));
    }
    let class = wltc_class(&car, car.peak_power_w, &tables.procedures);
    let base = tables.cycles.get(class.cycle_id())?;
    let own = wltp_cycle(&car, car.peak_power_w, class, &base, &tables.procedures, &Draw::BEST);
    Ok(Some(slopes(&Trace::new(own.reshaped.as_ref().unwrap_or(&base)))))
}
