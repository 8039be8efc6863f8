//! Laws and small cases of sizing and the bill.

use std::sync::OnceLock;

use minewheel_data::car::{BatteryDesign, CarClass, CarDesign, DrivenWheels, EngineDesign, Fuel, MotorDesign, Powertrain, ScrapGrade, Topology};
use minewheel_data::loader::{Loader, Rows};
use minewheel_data::parameters::Parameters;
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use minewheel_data::units::{Length, Mass};
use proptest::prelude::*;

use super::*;
use crate::bill::{BillLine, BillOfMaterials, Stage};

/// The shipped tables, checked against their schemas.
fn tables() -> &'static (VehicleTables, Rows) {
    static TABLES: OnceLock<(VehicleTables, Rows)> = OnceLock::new();
    TABLES.get_or_init(|| {
        let store = Store::embedded();
        let mut loader = Loader::new(&store, true);
        let tables = VehicleTables::read(&mut loader).unwrap();
        let (_, rows) = loader.finish().unwrap();
        (tables, rows)
    })
}

#[expect(clippy::unnecessary_wraps, reason = "fields of a design are optional")]
fn given(value: f64) -> Option<Value> {
    Some(Value::given(value))
}

fn motor(kw: f64) -> MotorDesign {
    MotorDesign { peak_power_kw: given(kw), topology: Some(Topology::Ipm), ..MotorDesign::default() }
}

#[expect(clippy::unnecessary_wraps, reason = "fields of a design are optional")]
fn engine(fuel: Fuel, kw: f64) -> Option<EngineDesign> {
    Some(EngineDesign { fuel, displacement_l: None, peak_power_kw: given(kw), certified_l_per_100km: None, certified_cycle: None })
}

fn car(id: &str, powertrain: Powertrain, class: CarClass, size_mm: [f64; 3], kerb: f64) -> CarDesign {
    let mut car = CarDesign::new(id, powertrain);
    car.class = Some(class);
    [car.length_mm, car.width_mm, car.height_mm] = size_mm.map(given);
    car.kerb_mass_kg = given(kerb);
    car
}

fn id3() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("id3-like", Powertrain::Bev, CarClass::Compact, [4261.0, 1809.0, 1568.0], 1730.0);
    car.motors = vec![motor(150.0)];
    car.battery = Some(BatteryDesign {
        chemistry: "nmc622".to_owned(),
        gross_energy_kwh: Value::given(62.0),
        usable_energy_kwh: None,
        pack_mass_kg: given(400.0),
        made_in: None,
    });
    (car, pack(400.0))
}

fn golf() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("golf-like", Powertrain::IcevPetrol, CarClass::Compact, [4284.0, 1789.0, 1491.0], 1315.0);
    car.engine = engine(Fuel::Petrol, 96.0);
    (car, None)
}

fn wuling() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("wuling-like", Powertrain::Bev, CarClass::Micro, [2917.0, 1493.0, 1621.0], 700.0);
    car.motors = vec![motor(20.0)];
    (car, pack(110.0))
}

fn diesel() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("tdi-like", Powertrain::IcevDiesel, CarClass::Compact, [4284.0, 1789.0, 1491.0], 1390.0);
    car.engine = engine(Fuel::Diesel, 85.0);
    (car, None)
}

fn plug_in() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("qin-like", Powertrain::Phev, CarClass::Compact, [4765.0, 1837.0, 1495.0], 1500.0);
    car.engine = engine(Fuel::Petrol, 81.0);
    car.motors = vec![motor(132.0)];
    (car, pack(95.0))
}

fn hybrid() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("corolla-like", Powertrain::Hev, CarClass::Compact, [4370.0, 1790.0, 1435.0], 1370.0);
    car.engine = engine(Fuel::Petrol, 72.0);
    (car, pack(40.0))
}

fn all_wheels() -> (CarDesign, Option<PackSummary>) {
    let mut car = car("awd-like", Powertrain::Bev, CarClass::Mid, [4694.0, 1849.0, 1443.0], 1844.0);
    car.driven_wheels = Some(DrivenWheels::All);
    car.motors = vec![motor(137.0), motor(208.0)];
    car.motors[0].topology = Some(Topology::Induction);
    (car, pack(480.0))
}

fn every_kind() -> Vec<(CarDesign, Option<PackSummary>)> {
    vec![id3(), golf(), wuling(), diesel(), plug_in(), hybrid(), all_wheels()]
}

#[expect(clippy::unnecessary_wraps, reason = "a combustion car has none")]
fn pack(kg: f64) -> Option<PackSummary> {
    Some(PackSummary { mass: Mass::from_kg(kg) })
}

fn assert_closed(sized: &SizedCar, bill: &BillOfMaterials) {
    let parts: Mass = sized.components.iter().map(|c| c.mass).sum();
    let open = (parts + sized.pack_mass - sized.kerb_mass).kg();
    assert!(open.abs() < 1e-9, "{}: components {open:e} kg open", sized.id);
    let open = (bill.contained() + sized.pack_mass - sized.kerb_mass).kg();
    assert!(open.abs() < 1e-9, "{}: bill {open:e} kg open", sized.id);
}

#[test]
fn the_bill_weighs_what_the_car_weighs_for_every_powertrain() {
    let (tables, _) = tables();
    for (mut design, pack) in every_kind() {
        for kerb in [design.kerb_mass_kg, None] {
            design.kerb_mass_kg = kerb;
            let sized = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
            assert_closed(&sized, &bill(&sized, tables, &Draw::BEST));
            assert!(sized.components.iter().all(|c| c.mass > Mass::ZERO), "{:?}", sized.components);
        }
    }
}

#[test]
fn a_heavier_pack_makes_a_heavier_car_by_more_than_itself_when_built_up() {
    let (tables, _) = tables();
    let (mut design, _) = id3();
    design.kerb_mass_kg = None;
    let light = size(&design, pack(300.0).as_ref(), tables, &Draw::BEST).unwrap();
    let heavy = size(&design, pack(500.0).as_ref(), tables, &Draw::BEST).unwrap();
    let gain = (heavy.kerb_mass - light.kerb_mass).kg();
    // Motor power is given, so the loop is linear: 200 kg / (1 - s).
    let factor = 1.0 / (1.0 - Draw::BEST.of(&tables.mass.secondary));
    assert!((gain - 200.0 * factor).abs() < 1e-6, "{gain}");
    assert!(heavy.mass_of(Component::Body) > light.mass_of(Component::Body));
    let interior = heavy.mass_of(Component::Interior) - light.mass_of(Component::Interior);
    assert!(interior.kg().abs() < 1e-9, "{}", interior.kg());
}

#[test]
fn a_heavier_pack_in_a_car_of_given_mass_leaves_less_for_the_body() {
    let (tables, _) = tables();
    let (design, _) = id3();
    let light = size(&design, pack(300.0).as_ref(), tables, &Draw::BEST).unwrap();
    let heavy = size(&design, pack(500.0).as_ref(), tables, &Draw::BEST).unwrap();
    assert_eq!(light.kerb_mass, heavy.kerb_mass);
    assert!(heavy.mass_of(Component::Body) < light.mass_of(Component::Body));
}

#[test]
fn a_pack_heavier_than_the_car_is_refused_by_name() {
    let (tables, _) = tables();
    let (design, _) = wuling();
    let error = size(&design, pack(600.0).as_ref(), tables, &Draw::BEST).unwrap_err();
    assert!(matches!(error, VehicleError::TooHeavyInside { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("wuling-like") && text.contains("battery 600 kg"), "{text}");
}

#[test]
fn an_electric_car_without_a_battery_is_refused() {
    let (tables, _) = tables();
    let (design, _) = id3();
    let error = size(&design, None, tables, &Draw::BEST).unwrap_err();
    assert_eq!(error, VehicleError::MissingPack { car: "id3-like".to_owned(), powertrain: Powertrain::Bev });
}

#[test]
fn a_mass_of_nought_or_not_a_number_is_refused() {
    let (tables, _) = tables();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let (mut design, pack) = golf();
        design.kerb_mass_kg = given(bad);
        let error = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap_err();
        assert!(matches!(error, VehicleError::OutOfRange { field: "car.kerb_mass_kg", .. }), "{error}");
    }
}

#[test]
fn a_recycled_share_above_one_is_refused() {
    let (tables, _) = tables();
    let (mut design, pack) = id3();
    design.body.recycled_aluminium_share = given(1.2);
    let error = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap_err();
    assert!(matches!(error, VehicleError::NotAShare { field: "body.recycled_aluminium_share", .. }), "{error}");
}

#[test]
fn recycled_aluminium_swaps_metal_without_changing_what_the_car_contains() {
    let (tables, _) = tables();
    let (mut design, pack) = id3();
    let plain = bill(&size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap(), tables, &Draw::BEST);
    design.body.recycled_aluminium_share = given(0.9);
    design.body.aluminium_scrap = Some(ScrapGrade::SameAlloy);
    let recycled = bill(&size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap(), tables, &Draw::BEST);
    assert_eq!(plain.contained(), recycled.contained());
    let amount = |product: &str| -> f64 {
        recycled.lines.iter().filter(|l| &*l.part == "recycled-aluminium" && &*l.product == product).map(|l| l.amount).sum()
    };
    assert!(amount("aluminium-secondary-ingot") > 0.0);
    assert_eq!(amount("aluminium-secondary-ingot"), -amount("aluminium-primary-ingot"));
}

#[test]
fn a_design_of_only_id_powertrain_and_battery_becomes_a_compact_car() {
    let (tables, _) = tables();
    let sized = size(&CarDesign::new("bare", Powertrain::Bev), pack(350.0).as_ref(), tables, &Draw::BEST).unwrap();
    assert_eq!(sized.class, CarClass::Compact);
    assert!(sized.is_built_up);
    assert!((1300.0..1800.0).contains(&sized.kerb_mass.kg()), "{}", sized.kerb_mass.kg());
    assert!(sized.fields.iter().all(|f| f.origin == Origin::Default));
    let bare = size(&CarDesign::new("bare", Powertrain::IcevPetrol), None, tables, &Draw::BEST).unwrap();
    assert!(bare.kerb_mass < sized.kerb_mass);
}

#[test]
fn the_class_follows_from_the_size() {
    let (tables, _) = tables();
    for (design, pack) in every_kind() {
        let mut unnamed = design.clone();
        unnamed.class = None;
        let sized = size(&unnamed, pack.as_ref(), tables, &Draw::BEST).unwrap();
        let is_near = sized.class == design.class.unwrap() || unnamed.id == "qin-like";
        assert!(is_near, "{}: {:?}", unnamed.id, sized.class);
    }
}

#[test]
fn given_and_default_fields_are_told_apart() {
    let (tables, _) = tables();
    let (mut design, pack) = id3();
    design.road_load.cd = given(0.267);
    let sized = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
    let origin = |field| sized.fields.iter().find(|f| f.field == field).unwrap().origin;
    assert_eq!(origin("car.road_load.cd"), Origin::Given);
    assert_eq!(origin("car.road_load.crr"), Origin::Default);
    let length = sized.fields.iter().find(|f| f.field == "car.length_mm").unwrap();
    assert!((length.value - 4261.0).abs() < 1e-9);
}

#[test]
fn test_masses_follow_the_rules() {
    let (tables, _) = tables();
    let (design, pack) = id3();
    let sized = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
    // By hand: 1730 + 75 driver + 25 + 15 % of (450 payload - 25).
    assert!((sized.wltp_test_mass().kg() - (1730.0 + 75.0 + 25.0 + 0.15 * 425.0)).abs() < 1e-9);
}

#[test]
fn the_province_lives_as_its_country_does() {
    let (tables, _) = tables();
    let (mut design, pack) = id3();
    design.usage.country = Some("CN-YN".to_owned());
    let sized = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
    assert!((sized.lifetime.km() - 150_000.0).abs() < 1e-6);
}

#[test]
fn total_aluminium_and_copper_lie_where_surveys_put_them() {
    let (tables, _) = tables();
    let content = |design: (CarDesign, Option<PackSummary>), element: &str| -> f64 {
        let sized = size(&design.0, design.1.as_ref(), tables, &Draw::BEST).unwrap();
        let bill = bill(&sized, tables, &Draw::BEST);
        element_content(&bill, tables, &Draw::BEST)[element].kg()
    };
    // Ducker 2019 for European Aluminium: 152 kg in a compact car; a quarter either way for our mean composition.
    let aluminium = content(golf(), "aluminium");
    assert!((114.0..190.0).contains(&aluminium), "{aluminium}");
    // IEA 2021: 22.3 kg of copper in a combustion car, 53.2 kg in an electric one with about 30 kg in its battery.
    let copper = content(golf(), "copper");
    assert!((16.0..28.0).contains(&copper), "{copper}");
    let copper = content(id3(), "copper");
    assert!((24.0..40.0).contains(&copper), "{copper}");
    // IEA 2021: 0.5 kg of rare earths in an electric car with a permanent-magnet motor.
    let rare_earths = content(id3(), "neodymium") + content(id3(), "praseodymium");
    assert!((0.3..0.8).contains(&rare_earths), "{rare_earths}");
}

#[test]
fn machines_without_magnets_have_none() {
    let (tables, _) = tables();
    for (topology, has_magnets) in [
        (Topology::Ipm, true),
        (Topology::Spm, true),
        (Topology::PmaSynRm, true),
        (Topology::Eesm, false),
        (Topology::Induction, false),
        (Topology::Srm, false),
    ] {
        let (mut design, pack) = id3();
        design.motors[0].topology = Some(topology);
        let sized = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
        assert_eq!(sized.motors[0].magnet_mass > Mass::ZERO, has_magnets, "{topology}");
        assert_closed(&sized, &bill(&sized, tables, &Draw::BEST));
    }
}

#[test]
fn stamped_parts_are_bought_with_their_scrap() {
    let (tables, _) = tables();
    let (design, pack) = id3();
    let sized = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
    let bill = bill(&sized, tables, &Draw::BEST);
    let body = |product: &str| bill.lines.iter().find(|l| &*l.part == "body-in-white" && &*l.product == product).unwrap();
    let sheet = body("steel-galvanised");
    let part_yield = sheet.contained.kg() / sheet.amount;
    assert!((part_yield - 0.56).abs() < 1e-9, "{part_yield}");
    assert!(bill.lines.iter().filter(|l| !is_swap(l)).all(|l| l.contained.kg() <= l.amount + 1e-12 || l.stage >= Stage::Fluids));
}

/// Primary metal in the place of secondary metal, or the other way round.
fn is_swap(line: &BillLine) -> bool {
    &*line.part == "recycled-aluminium"
}

/// A factor for every row within its own spread, from one number in 0..=1 per row.
fn factors(rows: &Rows, unit: &[f64]) -> Vec<f64> {
    let spreads = rows.spreads().iter().zip(unit.iter().cycle());
    spreads.map(|(spread, u)| spread.low + u * (spread.high - spread.low)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mass_closes_in_every_draw(unit in proptest::collection::vec(0.0f64..=1.0, 97), kind in 0usize..7, is_given in any::<bool>()) {
        let (tables, rows) = tables();
        let (mut design, pack) = every_kind().swap_remove(kind);
        if !is_given {
            design.kerb_mass_kg = None;
        }
        let factors = factors(rows, &unit);
        let draw = Draw::from_factors(&factors);
        let sized = size(&design, pack.as_ref(), tables, &draw).unwrap();
        let bill = bill(&sized, tables, &draw);
        assert_closed(&sized, &bill);
        let odd = bill.lines.iter().filter(|l| !is_swap(l)).find(|l| !(l.amount.is_finite() && l.amount >= 0.0 && l.contained >= Mass::ZERO));
        prop_assert!(odd.is_none(), "{odd:?}");
        // What is bought less of one metal is bought more of the other.
        prop_assert!(bill.lines.iter().filter(|l| is_swap(l)).map(|l| l.amount).sum::<f64>().abs() < 1e-9);
    }

    #[test]
    fn more_power_never_makes_a_lighter_drive(low in 10.0f64..200.0, more in 1.0f64..150.0) {
        let (tables, _) = tables();
        let (mut design, pack) = id3();
        design.kerb_mass_kg = None;
        design.motors = vec![motor(low)];
        let weak = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
        design.motors = vec![motor(low + more)];
        let strong = size(&design, pack.as_ref(), tables, &Draw::BEST).unwrap();
        for component in [Component::Motor, Component::ReductionGear, Component::Inverter] {
            prop_assert!(strong.mass_of(component) > weak.mass_of(component));
        }
        prop_assert!(strong.kerb_mass > weak.kerb_mass);
    }

    #[test]
    fn a_longer_life_never_needs_fewer_parts(km in 20_000.0f64..300_000.0, more in 1_000.0f64..200_000.0) {
        let (tables, _) = tables();
        let (mut design, pack) = golf();
        let replaced = |design: &CarDesign| -> f64 {
            let sized = size(design, pack.as_ref(), tables, &Draw::BEST).unwrap();
            bill(&sized, tables, &Draw::BEST).lines.iter().filter(|l| l.stage == Stage::Maintenance).map(|l| l.amount).sum()
        };
        design.usage.lifetime_km = given(km);
        let short = replaced(&design);
        design.usage.lifetime_km = given(km + more);
        prop_assert!(replaced(&design) >= short);
    }
}

#[test]
fn a_missing_table_is_named() {
    let store = Store::from_texts([("vehicles/classes.csv", "subject,property,value,unit,place,year\n")]);
    let error = VehicleTables::read(&mut Loader::new(&store, false)).unwrap_err();
    assert!(error.to_string().contains("micro"), "{error}");
}

#[test]
fn a_composition_that_does_not_add_up_is_reported() {
    let mut store = Store::embedded();
    let text =
        store.text("vehicles/compositions.csv").unwrap().replacen("glazing,glass-automotive,bought,1.0", "glazing,glass-automotive,bought,0.9", 1);
    store.insert("vehicles/compositions.csv", &text);
    let mut loader = Loader::new(&store, false);
    VehicleTables::read(&mut loader).unwrap();
    let violations = loader.finish().unwrap_err();
    assert!(violations.iter().any(|v| v.to_string().contains("shares of glazing add up to 0.9")), "{violations:?}");
}

#[test]
fn prices_can_be_read() {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, true);
    let prices = Parameters::read(&mut loader, "prices/prices.csv");
    loader.finish().unwrap();
    let pack = prices.subject("pack").unwrap().value_at("price", &["CN"], 2025, "USD/kWh").unwrap();
    assert_eq!(pack.best, 84.0);
}

#[test]
fn electric_shares_follow_the_range_by_the_rule_of_place_and_year() {
    let mut design = CarDesign::new("plug-in", Powertrain::Phev);
    let mut share = |country: &str, year: i32, is_real_world: bool, km: f64| {
        design.usage.country = Some(country.to_owned());
        let curve = tables().0.utility_curve(&design, year, is_real_world, &Draw::BEST).unwrap().unwrap();
        curve.share(Length::from_km(km)).get()
    };
    // By hand: 1 - exp(-(26.25 x - 38.94 x² - 631.05 x³ + …)) with x = 50/800, 50/2200 and 50/4260.
    for (year, wanted) in [(2022, 0.755), (2025, 0.435), (2026, 0.435), (2027, 0.261)] {
        assert!((share("DE", year, false, 50.0) - wanted).abs() < 1e-3, "{year}: {}", share("DE", year, false, 50.0));
    }
    // J2841: 0.62 at 40 miles.
    assert!((share("US", 2025, false, 64.37) - 0.617).abs() < 2e-3);
    // GB/T 19753-2013: 50/(50 + 25).
    assert!((share("CN-YN", 2025, false, 50.0) - 2.0 / 3.0).abs() < 1e-9);
    assert!(share("DE", 2025, true, 55.0) < 0.5 && share("CN", 2025, true, 60.0) < share("CN", 2025, false, 60.0));
    for country in ["DE", "US", "CN"] {
        let mut before = -1.0;
        for km in 0..1000 {
            let now = share(country, 2022, false, f64::from(km));
            assert!((0.0..=1.0).contains(&now) && now >= before, "{country}, {km} km");
            before = now;
        }
        assert_eq!(share(country, 2022, false, 0.0).to_bits(), 0.0_f64.to_bits());
    }
}
