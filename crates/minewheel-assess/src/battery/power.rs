//! Whether a pack gives the power that the machines of its car are rated for.

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::Draw;
use minewheel_model::battery::describe_cell;

use super::report::CheckLine;
use crate::inventory::pack_spec_of;
use crate::tables::Tables;

/// The rated power of a car's machines in kW, where the design tells it.
fn machines_kw(design: &CarDesign) -> Option<f64> {
    let kw: f64 = design.motors.iter().filter_map(|m| m.peak_power_kw).map(|v| v.best).sum();
    (kw > 0.0).then_some(kw)
}

/// The check that a pack's short-time power covers the machines; `None`: the design does not tell their power.
pub(super) fn check(design: &CarDesign, pack_kw: f64) -> Option<CheckLine> {
    let limit = machines_kw(design)?;
    Some(CheckLine {
        name: "short-time power of the pack".to_owned(),
        value: pack_kw,
        bound: ">=",
        limit,
        unit: "kW".to_owned(),
        pass: pack_kw >= limit,
    })
}

/// What is to be said of a pack that does not cover its car's machines.
pub(super) fn notice(design: &CarDesign, pack_kw: f64) -> Option<String> {
    let limit = machines_kw(design).filter(|kw| pack_kw < *kw)?;
    let rest = match design.powertrain {
        Powertrain::Hev | Powertrain::Phev => "the generator brings the rest while the engine runs",
        _ => "the car's own cells have thinner coatings or finer powders than the design of this chemistry",
    };
    Some(format!("{}: the pack gives {pack_kw:.0} kW for seconds, the machines are rated {limit:.0} kW: {rest}", design.id))
}

/// As [`notice`], of a hybrid's pack as its design gives it; `None`: the pack covers the machines, or the car is no hybrid.
pub(crate) fn hybrid_notice(design: &CarDesign, tables: &Tables) -> Option<String> {
    if !matches!(design.powertrain, Powertrain::Hev | Powertrain::Phev) {
        return None;
    }
    let cell = describe_cell(&pack_spec_of(design)?, &tables.cells, &Draw::BEST).ok()?;
    notice(design, cell.power.pack_kw)
}
