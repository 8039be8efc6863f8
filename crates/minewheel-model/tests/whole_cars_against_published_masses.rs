//! Every catalogue car and every validation car can be sized, and a car built up from its size alone comes near the
//! mass that its maker publishes.
//!
//! Packs are taken at their published mass or at round pack densities; the battery module is not under test here.
//! The glider densities were fitted on this catalogue, so the comparison is in-sample and tests the whole chain (mass
//! loop, drive, shares), not the fit.

use std::path::Path;

use minewheel_data::car::CarDesign;
use minewheel_data::car_file::read_car_file;
use minewheel_data::catalogue::Catalogue;
use minewheel_data::loader::Loader;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_data::units::Mass;
use minewheel_model::vehicle::{PackSummary, VehicleTables, bill, size};

const CHEMISTRIES: [&str; 8] = ["lfp", "lmfp", "na-ion", "nca", "nmc111", "nmc532", "nmc622", "nmc811"];

fn chemistries() -> Vec<String> {
    CHEMISTRIES.map(str::to_owned).to_vec()
}

fn shipped() -> (VehicleTables, Vec<CarDesign>) {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let tables = VehicleTables::read(&mut loader).expect("the shipped tables are complete");
    let catalogue = Catalogue::read(&mut loader, &chemistries());
    loader.finish().expect("the shipped tables are sound");
    (tables, catalogue.cars().to_vec())
}

fn pack(design: &CarDesign) -> Option<PackSummary> {
    let battery = design.battery.as_ref()?;
    let round_wh_per_kg = if battery.chemistry == "lfp" { 130.0 } else { 155.0 };
    let kg = battery.pack_mass_kg.map_or_else(|| battery.gross_energy_kwh.best * 1e3 / round_wh_per_kg, |v| v.best);
    Some(PackSummary { mass: Mass::from_kg(kg) })
}

#[test]
fn every_car_of_the_catalogue_closes() {
    let (tables, cars) = shipped();
    assert!(cars.len() > 40);
    for design in &cars {
        let pack = pack(design);
        let sized = size(design, pack.as_ref(), &tables, &Draw::BEST).unwrap_or_else(|e| panic!("{e}"));
        let open = (bill(&sized, &tables, &Draw::BEST).contained() + sized.pack_mass - sized.kerb_mass).kg();
        assert!(open.abs() < 1e-9, "{}: {open:e} kg open", design.id);
    }
}

#[test]
fn every_validation_car_closes() {
    let (tables, _) = shipped();
    let mut files = Store::from_texts([]);
    files.overlay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../validation/cars")).unwrap();
    let names = files.names("", ".toml");
    assert!(names.len() >= 17);
    for name in names {
        let design = read_car_file(&name, files.text(&name).unwrap(), &chemistries()).unwrap_or_else(|e| panic!("{e:?}"));
        let pack = pack(&design);
        let sized = size(&design, pack.as_ref(), &tables, &Draw::BEST).unwrap_or_else(|e| panic!("{e}"));
        let open = (bill(&sized, &tables, &Draw::BEST).contained() + sized.pack_mass - sized.kerb_mass).kg();
        assert!(open.abs() < 1e-9, "{name}: {open:e} kg open");
    }
}

#[test]
fn a_car_built_up_from_its_size_comes_near_its_published_mass() {
    let (tables, cars) = shipped();
    let mut errors = Vec::new();
    for design in &cars {
        let Some(published) = design.kerb_mass_kg else { continue };
        let mut unweighed = design.clone();
        unweighed.kerb_mass_kg = None;
        let built = size(&unweighed, pack(design).as_ref(), &tables, &Draw::BEST).unwrap_or_else(|e| panic!("{e}"));
        errors.push((built.kerb_mass.kg() / published.best - 1.0, design.id.clone()));
    }
    errors.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    let mean_absolute = errors.iter().map(|e| e.0.abs()).sum::<f64>() / errors.len() as f64;
    // Published masses themselves are +-5 % for most rows; equipment within one model spans as much.
    assert!(mean_absolute < 0.07, "mean absolute error {mean_absolute:.3}; {errors:?}");
    let (worst, id) = errors.last().unwrap();
    assert!(worst.abs() < 0.25, "{id}: {worst:.3}");
}
