//! Time of one WLTC on the full model, alone, with derivatives, and in a fleet; and of building the car.
#![expect(clippy::unwrap_used, reason = "a benchmark on embedded tables")]

use divan::{Bencher, black_box};
use minewheel_data::car::{BatteryDesign, CarDesign, Powertrain};
use minewheel_data::cycles::Cycles;
use minewheel_data::loader::Loader;
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use minewheel_model::drive::batch::Fleet;
use minewheel_model::drive::{Conditions, DriveTables, Masses, Trace, drive, electric_car, sensitivities};

fn main() {
    divan::main();
}

fn setting() -> (CarDesign, DriveTables, Trace) {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let tables = DriveTables::read(&mut loader).unwrap();
    let cycles = Cycles::read(&mut loader);
    let mut design = CarDesign::new("bench", Powertrain::Bev);
    design.kerb_mass_kg = Some(Value::given(1700.0));
    design.battery = Some(BatteryDesign {
        chemistry: "lfp".to_owned(),
        gross_energy_kwh: Value::given(60.0),
        usable_energy_kwh: None,
        pack_mass_kg: None,
        made_in: None,
    });
    (design, tables, Trace::new(&cycles.get("wltc3b").unwrap()))
}

#[divan::bench]
fn drive_wltc(bencher: Bencher<'_, '_>) {
    let (design, tables, trace) = setting();
    let masses = Masses::of(&design, &tables, &Draw::BEST, &mut Vec::new());
    let car = electric_car(&design, &masses, &tables, &Draw::BEST).unwrap();
    bencher.bench(|| drive(black_box(&car), &trace, &Conditions::official()));
}

#[divan::bench]
fn build_car(bencher: Bencher<'_, '_>) {
    let (design, tables, _) = setting();
    bencher.bench(|| {
        let masses = Masses::of(&design, &tables, &Draw::BEST, &mut Vec::new());
        electric_car(black_box(&design), &masses, &tables, &Draw::BEST)
    });
}

#[divan::bench]
fn derivatives_wltc(bencher: Bencher<'_, '_>) {
    let (design, tables, trace) = setting();
    let masses = Masses::of(&design, &tables, &Draw::BEST, &mut Vec::new());
    let car = electric_car(&design, &masses, &tables, &Draw::BEST).unwrap();
    bencher.bench(|| sensitivities(black_box(&car), &trace, &Conditions::official(), &tables, &Draw::BEST));
}

/// A thousand cars: divide by a thousand.
#[divan::bench]
fn fleet_of_1000_wltc(bencher: Bencher<'_, '_>) {
    let (design, tables, trace) = setting();
    let masses = Masses::of(&design, &tables, &Draw::BEST, &mut Vec::new());
    let car = electric_car(&design, &masses, &tables, &Draw::BEST).unwrap();
    let fleet = Fleet::new(&vec![car; 1000], &Conditions::official(), &trace);
    bencher.bench(|| black_box(&fleet).drive(&trace));
}
