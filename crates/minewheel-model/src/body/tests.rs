//! Laws of bodies and alloys on the shipped tables.

use std::sync::OnceLock;

use minewheel_data::car::{BodyDesign, CarClass, CarDesign, Castings, ClosureMetal, DoorRing, Powertrain, Resizing, ScrapGrade};
use minewheel_data::loader::{Loader, Rows};
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use minewheel_data::units::Mass;
use proptest::prelude::*;

use super::*;
use crate::bill::{BillOfMaterials, Stage};
use crate::vehicle::{Component, PackSummary, SizedCar, VehicleError, VehicleTables, aluminium_bought, bill, body_lines, size};

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

/// A battery car of 1730 kg, or built up.
fn car(body: BodyDesign, kerb: Option<f64>) -> CarDesign {
    let mut car = CarDesign::new("compact", Powertrain::Bev);
    car.class = Some(CarClass::Compact);
    car.kerb_mass_kg = kerb.map(Value::given);
    car.body = body;
    car
}

fn sized_in(design: &CarDesign, draw: &Draw<'_>) -> Result<SizedCar, VehicleError> {
    size(design, Some(&PackSummary { mass: Mass::from_kg(380.0) }), &tables().0, draw)
}

fn sized(body: BodyDesign, kerb: Option<f64>) -> SizedCar {
    sized_in(&car(body, kerb), &Draw::BEST).unwrap()
}

fn ring() -> BodyDesign {
    BodyDesign { door_ring: Some(DoorRing::FivePiece), ..BodyDesign::default() }
}

fn close(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0), "{what}: {a} and {b}");
}

/// Material of body, closures and new parts in the bill: contained and bought.
fn in_bill(car: &SizedCar, bill: &BillOfMaterials) -> (f64, f64) {
    let is_part =
        |part: &str| part == Component::Body.word() || part == Component::Closures.word() || car.body.new_parts.iter().any(|p| *p.name == *part);
    let lines = bill.lines.iter().filter(|l| l.stage == Stage::Glider && is_part(&l.part) && l.contained > Mass::ZERO);
    lines.fold((0.0, 0.0), |(c, b), l| (c + l.contained.kg(), b + l.amount))
}

/// Every combination of choices, by number.
fn choices(number: usize) -> BodyDesign {
    BodyDesign {
        door_ring: DoorRing::ALL.get(number % 2).copied(),
        castings: Castings::ALL.get(number / 2 % 3).copied(),
        closures: [None, Some(ClosureMetal::Steel), Some(ClosureMetal::Aluminium)][number / 6 % 3],
        resizing: Resizing::ALL.get(number / 18 % 2).copied(),
        ..BodyDesign::default()
    }
}

#[test]
fn a_door_ring_saves_what_the_table_says_and_fifteen_pieces() {
    let saving = tables().0.body.door_ring_saving_kg().best;
    let (base, with) = (sized(BodyDesign::default(), Some(1730.0)), sized(ring(), Some(1730.0)));
    close(base.kerb_mass.kg() - with.kerb_mass.kg(), saving, "mass");
    close(with.body_change.kg(), -saving, "change");
    let (before, after) = tables().0.body.door_ring_pieces();
    close(base.body.pieces() - with.body.pieces(), before.best - after.best, "pieces");
}

#[test]
fn a_saving_grows_where_the_structure_follows_it() {
    let secondary = Draw::BEST.of(&tables().0.mass.secondary);
    let saving = tables().0.body.door_ring_saving_kg().best;
    let resized = sized(BodyDesign { resizing: Some(Resizing::Structure), ..ring() }, Some(1730.0));
    // The ring's saving does not depend on the body's mass, so the loop is linear: 4 kg / (1 - s).
    close(-resized.body_change.kg(), saving / (1.0 - secondary), "given mass");
    // Built up, power follows mass too, and the saving is larger still.
    let built = sized(ring(), None);
    assert!(-built.body_change.kg() > saving / (1.0 - secondary), "{}", built.body_change.kg());
    close(built.kerb_mass.kg() - sized(BodyDesign::default(), None).kerb_mass.kg(), built.body_change.kg(), "built up");
}

#[test]
fn a_ring_in_a_body_too_small_for_it_saves_its_share_of_the_frames() {
    let body = &tables().0.body;
    let design = CarDesign { class: Some(CarClass::Micro), ..car(ring(), Some(560.0)) };
    let light = size(&design, Some(&PackSummary { mass: Mass::from_kg(60.0) }), &tables().0, &Draw::BEST).unwrap();
    let saved = -light.body_change.kg();
    let frames: f64 = light.body.groups.iter().filter(|g| &*g.group == "door-frame").map(|g| g.kg).sum();
    assert!(saved < body.door_ring_saving_kg().best && saved > 0.0, "{saved}");
    assert!(frames.abs() < 1e-9, "nothing of the frames is left, {frames} kg");
}

#[test]
fn no_choice_leaves_the_car_as_its_class_builds_it() {
    let said = BodyDesign { door_ring: Some(DoorRing::None), castings: Some(Castings::None), ..BodyDesign::default() };
    for kerb in [Some(1730.0), None] {
        let (a, b) = (sized(BodyDesign::default(), kerb), sized(said.clone(), kerb));
        assert_eq!(bill(&a, &tables().0, &Draw::BEST), bill(&b, &tables().0, &Draw::BEST));
        assert_eq!(a.body_change, Mass::ZERO);
    }
}

#[test]
fn aluminium_closures_weigh_the_tables_share_of_steel_ones() {
    let of = |metal| sized(BodyDesign { closures: Some(metal), ..BodyDesign::default() }, Some(1730.0)).mass_of(Component::Closures).kg();
    close(of(ClosureMetal::Aluminium) / of(ClosureMetal::Steel), tables().0.body.closure_ratio.best, "ratio");
}

#[test]
fn a_casting_takes_the_place_of_many_pieces_and_its_joints_are_not_welded() {
    let cast = BodyDesign { castings: Some(Castings::FrontAndRear), ..BodyDesign::default() };
    let (base, with) = (sized(BodyDesign::default(), Some(1730.0)), sized(cast, Some(1730.0)));
    assert!(base.body.pieces() - with.body.pieces() > 100.0);
    let welding = |car: &SizedCar| bill(car, &tables().0, &Draw::BEST).lines.iter().find(|l| &*l.product == "body-welding").unwrap().amount;
    let body = &tables().0.body;
    let saved_kwh = (base.body.joints() - with.body.joints()) * body.joining.energy_kwh.best;
    close((welding(&base) - welding(&with)) * body.shop_kwh().best, saved_kwh, "energy of joints");
}

#[test]
fn every_group_of_a_composition_shares_out_all_of_its_material() {
    let (tables, _) = tables();
    let car = sized(BodyDesign::default(), Some(1730.0));
    let lines = body_lines(&car, tables, &Draw::BEST);
    for component in [Component::Body, Component::Closures] {
        let sum: f64 = lines.iter().filter(|l| l.component == component.word()).map(|l| l.contained_kg).sum();
        close(sum, car.mass_of(component).kg(), component.word());
    }
}

#[test]
fn parts_that_do_not_share_out_a_material_are_reported() {
    let mut store = Store::embedded();
    let text = store.text("body/parts.csv").unwrap().replacen("side-panels,steel-galvanised,0.35", "side-panels,steel-galvanised,0.25", 1);
    store.insert("body/parts.csv", &text);
    let mut loader = Loader::new(&store, false);
    BodyTables::read(&mut loader).unwrap();
    let violations = loader.finish().unwrap_err();
    assert!(violations.iter().any(|v| v.to_string().contains("steel-galvanised of body-in-white-steel add up to 0.9")), "{violations:?}");
}

#[test]
fn limits_follow_from_the_metal_balance() {
    let alloys = &tables().0.body.alloys;
    // By hand: 6016 holds 0.5 % iron; ingot brings 0.15 %, sorted scrap 0.55 % over 0.96 of metal left.
    let limit = alloys.limit(Family::ClosureSheet, ScrapGrade::SortedWrought, &Draw::BEST);
    close(limit.share, (0.005 - 0.0015) / (0.0055 / 0.96 - 0.0015), "closure sheet");
    assert_eq!(limit.element, Some((Tramp::Iron, 0.005)));
    // 5182 is limited by silicon, 6082 and AlSi10MnMg by copper, AlSi9Cu3 takes whatever comes.
    let element = |family, scrap| alloys.limit(family, scrap, &Draw::BEST).element.map(|e| e.0);
    assert_eq!(element(Family::StructureSheet, ScrapGrade::SortedWrought), Some(Tramp::Silicon));
    assert_eq!(element(Family::Extrusion, ScrapGrade::SortedWrought), Some(Tramp::Copper));
    assert_eq!(element(Family::ClosureSheet, ScrapGrade::MixedShredder), Some(Tramp::Copper));
    assert_eq!(element(Family::HousingCasting, ScrapGrade::MixedShredder), None);
    for family in Family::ALL {
        close(alloys.limit(family, ScrapGrade::SameAlloy, &Draw::BEST).share, 1.0, "its own returns");
    }
}

#[test]
fn recycled_content_above_the_alloys_share_is_refused_by_name() {
    let asked = |share: f64| BodyDesign { recycled_structure_sheet_share: Some(Value::given(share)), ..BodyDesign::default() };
    let highest = tables().0.body.alloys.limit(Family::StructureSheet, ScrapGrade::SortedWrought, &Draw::BEST).share;
    assert!(sized_in(&car(asked(highest), Some(1730.0)), &Draw::BEST).is_ok());
    let error = sized_in(&car(asked(highest + 1e-6), Some(1730.0)), &Draw::BEST).unwrap_err();
    assert!(matches!(error, VehicleError::Alloy { alloy: "structure-sheet", element: "silicon", .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("body.recycled_structure_sheet_share") && text.contains(&format!("{highest:.3}")), "{text}");
}

#[test]
fn the_mean_share_of_a_car_is_refused_where_its_alloys_together_take_less() {
    let asked =
        |share: f64, scrap| BodyDesign { recycled_aluminium_share: Some(Value::given(share)), aluminium_scrap: Some(scrap), ..BodyDesign::default() };
    let error = sized_in(&car(asked(0.95, ScrapGrade::MixedShredder), Some(1730.0)), &Draw::BEST).unwrap_err();
    let VehicleError::Alloys { highest, wanted, .. } = error else { panic!("{error}") };
    close(wanted, 0.95, "wanted");
    let car_at = sized(asked(highest - 1e-6, ScrapGrade::MixedShredder), Some(1730.0));
    let masses = aluminium_bought(&car_at, &tables().0, &Draw::BEST);
    let taken: f64 = masses.iter().zip(car_at.recycled.by_family).map(|(m, s)| m * s.unwrap_or(0.0)).sum();
    close(taken / masses.iter().sum::<f64>(), highest - 1e-6, "mean over the metal");
    assert!(sized_in(&car(asked(0.95, ScrapGrade::SameAlloy), Some(1730.0)), &Draw::BEST).is_ok());
}

#[test]
fn a_large_casting_is_made_of_the_tables_share_until_the_design_states_one() {
    let cast = |share: Option<f64>| BodyDesign {
        castings: Some(Castings::Rear),
        recycled_structural_casting_share: share.map(Value::given),
        ..BodyDesign::default()
    };
    let secondary = |body: BodyDesign| -> f64 {
        let car = sized(body, Some(1730.0));
        bill(&car, &tables().0, &Draw::BEST).lines.iter().filter(|l| &*l.part == "recycled-aluminium" && l.amount < 0.0).map(|l| l.amount).sum()
    };
    // Less secondary metal than the market's castings have, and less still when the design asks for none.
    let (own, none) = (secondary(cast(None)), secondary(cast(Some(0.0))));
    assert!(own < 0.0 && none < own, "{own} {none}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_bought_is_in_the_car_or_scrap_for_every_choice_and_draw(
        number in 0usize..36, kerb in proptest::option::of(1300.0f64..2200.0), unit in proptest::collection::vec(0.0f64..=1.0, 89),
    ) {
        let (tables, rows) = tables();
        let spreads = rows.spreads().iter().zip(unit.iter().cycle());
        let factors: Vec<f64> = spreads.map(|(spread, u)| spread.low + u * (spread.high - spread.low)).collect();
        let draw = Draw::from_factors(&factors);
        let car = sized_in(&car(choices(number), kerb), &draw).unwrap();
        let bill = bill(&car, tables, &draw);
        let parts: f64 = car.components.iter().map(|c| c.mass.kg()).sum();
        prop_assert!((parts + car.pack_mass.kg() - car.kerb_mass.kg()).abs() < 1e-6, "components");
        prop_assert!((bill.contained() + car.pack_mass - car.kerb_mass).kg().abs() < 1e-6, "bill");
        let (contained, bought) = in_bill(&car, &bill);
        let lines = body_lines(&car, tables, &draw);
        let scrap: f64 = lines.iter().map(|l| l.bought_kg - l.contained_kg).sum();
        prop_assert!((lines.iter().map(|l| l.contained_kg).sum::<f64>() - contained).abs() < 1e-6);
        prop_assert!((contained + scrap - bought).abs() < 1e-6, "{} + {} is not {}", contained, scrap, bought);
        prop_assert!(lines.iter().all(|l| l.bought_kg >= l.contained_kg - 1e-12 && l.contained_kg >= -1e-12 && l.pieces >= 0.0));
    }

    #[test]
    fn a_share_spread_over_alloys_keeps_its_mean_and_every_limit(
        mean in 0.0f64..1.0, masses in proptest::array::uniform6(0.0f64..100.0), highest in proptest::array::uniform6(0.0f64..=1.0),
    ) {
        let limits = highest.map(Some);
        let shares = spread_over(mean, &masses, &limits);
        let whole: f64 = masses.iter().sum();
        let taken: f64 = masses.iter().zip(shares).map(|(m, s)| m * s.unwrap_or(0.0)).sum();
        let most: f64 = masses.iter().zip(highest).map(|(m, h)| m * h).sum();
        prop_assert!((taken - (mean * whole).min(most)).abs() < 1e-9 * whole.max(1.0));
        prop_assert!(shares.iter().zip(highest).all(|(s, h)| s.unwrap_or(0.0) <= h + 1e-12));
    }
}
