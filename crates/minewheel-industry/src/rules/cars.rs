//! What the model knows of a car's pack, as subjects that rules can be asked of.
//!
//! Two products, the cell and the pack, with their traits and energy per mass, and for a Union market the category
//! `ev`. What only tests or the maker's suppliers tell (cycles, safety, recycled shares) is left out, so a clause that
//! asks for it comes out as not known. A pack mass from the catalogue makes the pack's figure as good as that row; else
//! cell and pack have the range of all cells of their chemistry, and a line inside it leaves the verdict open.

use std::collections::BTreeMap;

use minewheel_assess::AssessError;
use minewheel_assess::inventory::pack_of;
use minewheel_assess::pack_footprint::PackFootprint;
use minewheel_assess::tables::Tables;
use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::Energy;
use minewheel_model::battery::Content;
use minewheel_model::bill::BillLine;

use super::subjects::{Fact, Given, Subject};

/// The quantity of the register that a pack's footprint per kilowatt-hour delivered is.
pub const FOOTPRINT: &str = "footprint_per_delivered_kwh";

/// The trait `chemistry` of the register for a chemistry of `data/cells`; `None`: one that it does not know.
pub fn chemistry_word(chemistry: &str) -> Option<&'static str> {
    match chemistry {
        "lfp" => Some("lfp"),
        "lmfp" => Some("lmfp"),
        "na-ion" => Some("sodium"),
        other if other.starts_with("nmc") || other == "nca" => Some("ternary"),
        _ => None,
    }
}

/// The cell and the pack of a car, with the pack's footprint if it is given; empty if it has no traction battery.
///
/// # Errors
/// The battery cannot be made.
pub fn subjects_of_car(design: &CarDesign, tables: &Tables, footprint: Option<&PackFootprint>) -> Result<Vec<Subject>, AssessError> {
    let (Some(battery), Some(pack)) = (&design.battery, pack_of(design, tables, &Draw::BEST)?) else { return Ok(Vec::new()) };
    let cell_rows: Vec<RowId> =
        pack.lines.iter().filter(|l: &&BillLine| l.part.as_ref() == "cathode" || l.part.as_ref() == "anode").flat_map(|l| l.rows.clone()).collect();
    let cell_status = tables.rows.weakest(cell_rows).max(Status::Derived);
    let of = |value: &Value| tables.rows.status(value.row);
    let pack_status = match &battery.pack_mass_kg {
        Some(mass) => of(mass).max(of(&battery.gross_energy_kwh)).max(Status::Derived),
        None => tables.rows.weakest(pack.lines.iter().flat_map(|l| l.rows.iter().copied())).max(Status::Derived),
    };
    let word = |w: &str| Fact { given: Given::Word(w.to_owned()), range: None, status: Status::Derived, source: format!("car `{}`", design.id) };
    let mut common = BTreeMap::new();
    common.insert("application".to_owned(), word("power"));
    // The pack of a battery car serves energy, that of a hybrid without a plug power; between them nobody can tell.
    match design.powertrain {
        Powertrain::Bev => common.insert("design".to_owned(), word("energy")),
        Powertrain::Hev => common.insert("design".to_owned(), word("power")),
        _ => None,
    };
    if let Some(chemistry) = chemistry_word(&battery.chemistry) {
        common.insert("chemistry".to_owned(), word(chemistry));
    }
    common.insert("category".to_owned(), word("ev"));
    // A traction pack holds no lead; the starter battery is another one.
    let holds = |content: Content| if pack.contents.contains_key(&content) { "yes" } else { "no" };
    for (metal, held) in
        [("cobalt", holds(Content::Cobalt)), ("lithium", holds(Content::Lithium)), ("nickel", holds(Content::Nickel)), ("lead", "no")]
    {
        common.insert(format!("contains_{metal}"), word(held));
    }
    let number = |value: f64, unit: &str, status, source: &str| Fact {
        given: Given::Number(value, unit.to_owned()),
        range: None,
        status,
        source: source.to_owned(),
    };
    let (of_cell, of_pack) = (pack.cell_specific_energy.wh_per_kg(), pack.pack_specific_energy.wh_per_kg());
    // A chemistry's cells differ by more than a line of a rule: the range is theirs, not that of one car.
    let cells = tables.cells.cell(&battery.chemistry).map_or([of_cell; 2], |c| c.specific_energy_range().map(|v| v.best));
    let energy_wh = Energy::from_kwh(battery.gross_energy_kwh.best).wh();
    let packs = match &battery.pack_mass_kg {
        Some(mass) if mass.is_uncertain() => Some([energy_wh / mass.high, energy_wh / mass.low]),
        Some(_) => None,
        None => Some(cells.map(|c| c * of_pack / of_cell)),
    };
    let mut cell = common.clone();
    cell.insert("level".to_owned(), word("cell"));
    cell.insert("category".to_owned(), word("part"));
    cell.insert("specific_energy".to_owned(), Fact { range: Some(cells), ..number(of_cell, "Wh/kg", cell_status, "model of the cell") });
    let mut whole = common;
    whole.insert("level".to_owned(), word("pack"));
    let source = if battery.pack_mass_kg.is_some() { "gross energy and pack mass of the car" } else { "model of the pack" };
    whole.insert("specific_energy".to_owned(), Fact { range: packs, ..number(of_pack, "Wh/kg", pack_status, source) });
    if let Some(f) = footprint {
        let fact = number(f.kg_per_delivered_kwh, "kg_co2e/kWh", f.status, "model of the pack over the energy it delivers");
        whole.insert(FOOTPRINT.to_owned(), fact);
    }
    let name = |of: &str| format!("{of} of {}", design.id);
    Ok(vec![
        Subject { kind: "product".to_owned(), name: name("cell"), facts: cell },
        Subject { kind: "product".to_owned(), name: name("pack"), facts: whole },
    ])
}
