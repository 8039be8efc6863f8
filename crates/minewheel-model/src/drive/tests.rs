use std::fmt::Write as _;
use std::sync::LazyLock;

use minewheel_data::car::{
    BatteryDesign, CarClass, CarDesign, CertifiedCycle, EngineDesign, Fuel, HeatPump, Inverter, MotorDesign, Powertrain, Topology,
};
use minewheel_data::cycles::{Cycle, Cycles};
use minewheel_data::loader::Loader;
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use proptest::prelude::*;

use super::heating::Heating;
use super::*;
use crate::vehicle::{UtilityCurve, VehicleTables};

struct World {
    tables: DriveTables,
    cycles: Cycles,
    certification: CertificationTraces,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let tables = DriveTables::read(&mut loader).unwrap();
    let cycles = Cycles::read(&mut loader);
    let procedures = ProcedureTables::read(&mut loader).unwrap();
    let certification = CertificationTraces::new(&cycles, &procedures).unwrap();
    World { tables, cycles, certification }
});

fn trace(id: &str) -> Trace {
    Trace::new(&WORLD.cycles.get(id).unwrap())
}

fn design(kerb_mass_kg: f64, power_kw: f64, cd: f64) -> CarDesign {
    let mut design = CarDesign::new("test", Powertrain::Bev);
    design.class = Some(CarClass::Compact);
    design.model_year = Some(2022);
    design.kerb_mass_kg = Some(Value::given(kerb_mass_kg));
    design.road_load.cd = Some(Value::given(cd));
    design.battery = Some(BatteryDesign {
        chemistry: "lfp".to_owned(),
        gross_energy_kwh: Value::given(60.0),
        usable_energy_kwh: None,
        pack_mass_kg: None,
        made_in: None,
    });
    design.motors.push(MotorDesign { topology: Some(Topology::Ipm), peak_power_kw: Some(Value::given(power_kw)), ..MotorDesign::default() });
    design
}

fn build(design: &CarDesign) -> ElectricCar {
    try_build(design).unwrap()
}

fn try_build(design: &CarDesign) -> Result<ElectricCar, DriveError> {
    let masses = Masses::of(design, &WORLD.tables, &Draw::BEST, &mut Vec::new());
    electric_car(design, &masses, &WORLD.tables, &Draw::BEST)
}

fn petrol(powertrain: Powertrain, certified: f64) -> CarDesign {
    let mut design = design(1300.0, 60.0, 0.29);
    design.powertrain = powertrain;
    design.engine = Some(EngineDesign {
        fuel: Fuel::Petrol,
        displacement_l: Some(Value::given(1.5)),
        peak_power_kw: Some(Value::given(96.0)),
        certified_l_per_100km: Some(Value::given(certified)),
        certified_cycle: Some(CertifiedCycle::Wltp),
    });
    design
}

fn burn(design: &CarDesign) -> Result<CombustionCar, DriveError> {
    let masses = Masses::of(design, &WORLD.tables, &Draw::BEST, &mut Vec::new());
    combustion_car(design, &masses, &WORLD.tables, &WORLD.certification, &Draw::BEST)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_ledger_closes(kerb in 600.0..3000.0f64, power in 15.0..500.0f64, cd in 0.15..0.6f64, ambient in -20.0..40.0f64,
        soc in 0.0..1.0f64, real in any::<bool>(), wind in -12.0..12.0f64, slope in -0.04..0.04f64, id in prop::sample::select(vec!["wltc3b", "udds", "us06", "cltc-p"])) {
        let conditions = Conditions { initial_soc: Some(soc), headwind_m_s: wind, slope, ..if real { Conditions::real_world() } else { Conditions::official() } }.at(ambient);
        let result = drive(&build(&design(kerb, power, cd)), &trace(id), &conditions);
        prop_assert!(result.ledger.imbalance(result.wall_wh_per_km) < 1e-10, "{:?}", result);
    }

    #[test]
    fn the_ledger_closes_on_a_piece_of_a_trace(speeds in prop::collection::vec(0.0..120.0f64, 3..60)) {
        let mut text = String::from("time_s,speed_km_h\n0,50\n");
        let mut before = 50.0;
        for (second, wanted) in speeds.iter().enumerate() {
            before += (wanted - before).clamp(-8.0f64, 8.0);
            writeln!(text, "{},{before}", second + 1).unwrap();
        }
        let trace = Trace::new(&Cycle::parse("piece", &text).unwrap());
        let result = drive(&build(&design(1600.0, 120.0, 0.28)), &trace, &Conditions::official());
        prop_assert!(result.ledger.imbalance(result.wall_wh_per_km) < 1e-10, "{:?}", result);
    }

    #[test]
    fn more_mass_and_more_drag_never_use_less(kerb in 700.0..2500.0f64, cd in 0.18..0.5f64) {
        let wall = |kerb, cd| drive(&build(&design(kerb, 150.0, cd)), &trace("wltc3b"), &Conditions::official()).wall_wh_per_km;
        prop_assert!(wall(kerb + 100.0, cd) >= wall(kerb, cd));
        prop_assert!(wall(kerb, cd + 0.02) >= wall(kerb, cd));
    }

    #[test]
    fn regeneration_keeps_its_limits(kerb in 600.0..3000.0f64, power in 10.0..400.0f64) {
        let car = build(&design(kerb, power, 0.3));
        let result = drive(&car, &trace("us06"), &Conditions::official());
        prop_assert!(result.peak_regeneration_w <= car.generating_limit_w * (1.0 + 1e-12));
        prop_assert!(result.ledger.friction_brake >= 0.0);
    }
}

#[test]
fn each_stage_back_to_the_wall_needs_more() {
    let result = drive(&build(&design(1700.0, 150.0, 0.28)), &trace("wltc3b"), &Conditions::official());
    let wheel = result.wheel_positive_wh_per_km - result.wheel_negative_wh_per_km;
    assert!(result.wall_wh_per_km > result.battery_wh_per_km && result.battery_wh_per_km > wheel);
    assert!((125.0..185.0).contains(&result.wall_wh_per_km), "a compact car on WLTC: {}", result.wall_wh_per_km);
    assert_eq!(result.missed_trace_s, 0.0);
}

#[test]
fn ten_steps_a_second_change_little() {
    let car = build(&design(1700.0, 150.0, 0.28));
    for id in ["wltc3b", "udds", "cltc-p"] {
        let cycle = WORLD.cycles.get(id).unwrap();
        let (coarse, fine) = (Trace::new(&cycle), Trace::new(&cycle.refined(10)));
        let (a, b) = (drive(&car, &coarse, &Conditions::official()).wall_wh_per_km, drive(&car, &fine, &Conditions::official()).wall_wh_per_km);
        assert!((a / b - 1.0).abs() < 0.003, "{id}: {a} against {b}");
    }
}

#[test]
fn an_empty_pack_cannot_launch() {
    let conditions = Conditions { initial_soc: Some(0.0), ..Conditions::official() };
    let result = drive(&build(&design(1700.0, 150.0, 0.28)), &trace("wltc3b"), &conditions);
    assert!(result.missed_trace_s > 900.0);
    assert_eq!(result.battery_wh_per_km, 0.0);
    assert!((result.ledger.unmet - result.wheel_positive_wh_per_km).abs() < 1e-9);
}

#[test]
fn a_weak_motor_misses_a_strong_trace() {
    assert!(drive(&build(&design(1700.0, 20.0, 0.28)), &trace("us06"), &Conditions::official()).missed_trace_s > 60.0);
}

#[test]
fn winter_costs_more_than_spring() {
    let car = build(&design(1700.0, 150.0, 0.28));
    let at = |ambient| drive(&car, &trace("udds"), &Conditions::official().at(ambient)).wall_wh_per_km;
    assert!(at(-6.7) > at(10.0) && at(10.0) > at(22.0) && at(35.0) > at(23.0));
    // 31 cold certification tests on the city cycle use 1.19 to 1.71 times the energy at 24 °C.
    assert!((1.19..1.71).contains(&(at(-6.7) / at(24.0))), "{}", at(-6.7) / at(24.0));
}

#[test]
fn an_engine_meets_its_own_certificate() {
    let car = burn(&petrol(Powertrain::IcevPetrol, 5.4)).unwrap();
    let on = |id| drive_combustion(&car, &trace(id), &Conditions::official()).fuel_l_per_100km;
    assert!((on("wltc3b") - 5.4).abs() < 1e-9);
    assert!((0.7..1.4).contains(&car.scale), "unscaled within 40 %: {}", car.scale);
    assert!(on("udds") > on("hwfet"));
    // The gap was measured in the weather of European roads, at 12 °C in the mean.
    let traffic = drive_combustion(&car, &trace("wltc3b"), &Conditions { ambient_c: Some(12.0), ..Conditions::real_world() });
    assert!((traffic.fuel_l_per_100km / 5.4 - 1.198).abs() < 1e-9);
}

/// An engine's car in a certification test of the US list: road load in lbf and mph, equivalent test weight in lb, l per 100 km on FTP,
/// HWFET and FTP at −6.7 °C.
struct Tested {
    name: &'static str,
    powertrain: Powertrain,
    displacement_l: f64,
    hp: f64,
    weight_lb: f64,
    terms: [f64; 3],
    l_per_100km: [Option<f64>; 3],
}

fn as_tested(car: &Tested) -> CarDesign {
    let (lbf_n, mph_m_s, lb_kg) = (4.448_221_6, 0.447_04, 0.453_592_37);
    let mut design = petrol(car.powertrain, 5.0);
    let engine = design.engine.as_mut().unwrap();
    (engine.displacement_l, engine.peak_power_kw, engine.certified_l_per_100km) =
        (Some(Value::given(car.displacement_l)), Some(Value::given(car.hp * 0.7457)), None);
    design.road_load.cd = None;
    design.road_load.a_n = Some(Value::given(car.terms[0] * lbf_n));
    design.road_load.b_n_per_m_s = Some(Value::given(car.terms[1] * lbf_n / mph_m_s));
    design.road_load.c_n_per_m2_s2 = Some(Value::given(car.terms[2] * lbf_n / mph_m_s / mph_m_s));
    design.road_load.test_mass_kg = Some(Value::given(car.weight_lb * lb_kg));
    design
}

#[test]
fn engines_use_what_certification_tests_of_odd_years_say() {
    use Powertrain::{Hev, IcevPetrol};
    let car = |name, powertrain, displacement_l, hp, weight_lb, terms, l_per_100km| Tested {
        name,
        powertrain,
        displacement_l,
        hp,
        weight_lb,
        terms,
        l_per_100km,
    };
    let cars = [
        car("Corolla Hybrid 2021", Hev, 1.798, 96.0, 3375.0, [15.891, 0.361_02, 0.012_344], [Some(3.012), Some(3.087), Some(4.550)]),
        car("Prius 2019", Hev, 1.798, 96.0, 3375.0, [24.153, 0.335_02, 0.014_096], [Some(3.308), Some(3.564), None]),
        car("Accord Hybrid 2021", Hev, 2.0, 143.0, 3625.0, [17.49, 0.277_2, 0.016_54], [Some(3.318), Some(3.336), Some(4.840)]),
        car("Niro Hybrid 2023", Hev, 1.6, 104.0, 3375.0, [18.648, 0.273_66, 0.018_706], [Some(3.341), Some(3.526), Some(4.704)]),
        car("Mazda3 2.0 2021", IcevPetrol, 2.0, 155.0, 3250.0, [25.945, 0.137_66, 0.017_696], [Some(6.409), Some(4.515), None]),
        car("Mazda3 2.5 2021", IcevPetrol, 2.5, 186.0, 3375.0, [28.506, 0.056_19, 0.018_287], [Some(6.779), Some(4.356), None]),
    ];
    // Odd model years are outside the fit. Over 142 hybrids the mean errors, unscaled, are 7 % (FTP) and 4 % (HWFET), over 200 petrol
    // cars 17 % and 7 %; one car may miss by twice that.
    for tested in &cars {
        let car = burn(&as_tested(tested)).unwrap();
        let on = |id, ambient| drive_combustion(&car, &trace(id), &Conditions::official().at(ambient)).fuel_l_per_100km;
        let (city, highway, cold) = (on("udds", 23.0), on("hwfet", 23.0), on("udds", -6.7));
        let [in_town, outside, in_frost] = tested.l_per_100km;
        let (in_town, outside) = (in_town.unwrap(), outside.unwrap());
        let within = if tested.powertrain == Hev { 0.16 } else { 0.3 };
        assert!((city / in_town - 1.0).abs() < within, "{}: {city} for {in_town}", tested.name);
        assert!((highway / outside - 1.0).abs() < within.min(0.15), "{}: {highway} for {outside}", tested.name);
        // A hybrid needs as much on the motorway as in town, another car a third less.
        assert!((highway / city - outside / in_town).abs() < 0.16, "{}: {} for {}", tested.name, highway / city, outside / in_town);
        if let Some(in_frost) = in_frost {
            assert!((cold / city - in_frost / in_town).abs() < 0.2, "{}: {} for {}", tested.name, cold / city, in_frost / in_town);
        }
    }
}

#[test]
fn inverter_and_heat_pump_can_be_given() {
    let used = |change: fn(&mut CarDesign), ambient| {
        let mut design = design(1700.0, 150.0, 0.28);
        change(&mut design);
        let car = build(&design);
        let missing = car.defaulted.iter().map(|d| d.field).collect::<Vec<_>>();
        (drive(&car, &trace("wltc3b"), &Conditions::official().at(ambient)).wall_wh_per_km, missing)
    };
    let (igbt, sic) = (used(|d| d.motors[0].inverter = Some(Inverter::Igbt), 23.0), used(|d| d.motors[0].inverter = Some(Inverter::Sic), 23.0));
    assert!(sic.0 < igbt.0 && !sic.1.contains(&"motor.inverter"), "{sic:?} {igbt:?}");
    let (pump, none) = (
        used(|d| (d.heat_pump, d.model_year) = (Some(HeatPump::Yes), Some(2025)), -5.0),
        used(|d| (d.heat_pump, d.model_year) = (Some(HeatPump::No), Some(2025)), -5.0),
    );
    assert!(pump.0 < none.0 && !none.1.contains(&"car.heat_pump"), "{pump:?} {none:?}");
    let unsaid = used(|_| (), 23.0).1;
    assert!(unsaid.contains(&"motor.inverter") && unsaid.contains(&"car.heat_pump"), "{unsaid:?}");
}

#[test]
fn traffic_has_the_weather_of_its_place() {
    let used = |country: &str| {
        let mut design = design(1700.0, 150.0, 0.28);
        design.usage.country = Some(country.to_owned());
        let result = drive(&build(&design), &trace("wltc3b"), &Conditions::real_world());
        (result.ambient_c, result.wall_wh_per_km)
    };
    let (norway, spain, unknown, province) = (used("NO"), used("ES"), used("XX"), used("CN-HL"));
    assert!(norway.0 < spain.0 && norway.1 > spain.1, "{norway:?} {spain:?}");
    assert!((unknown.0 - 12.0).abs() < 1e-9 && province.0 < used("CN").0);
    // A province without a row of its own has its country's.
    assert_eq!(used("US-CA").0.to_bits(), used("US").0.to_bits());
}

#[test]
fn a_heavier_car_without_a_class_uses_more() {
    let used = |kerb_mass_kg: f64| {
        let mut design = design(kerb_mass_kg, 120.0, 0.28);
        (design.class, design.road_load.cd) = (None, None);
        drive(&build(&design), &trace("wltc3b"), &Conditions::official()).wall_wh_per_km
    };
    let masses = (70..260).map(|at| 10.0 * f64::from(at));
    let all: Vec<(f64, f64)> = masses.map(|kg| (kg, used(kg))).collect();
    for pair in all.windows(2) {
        let [(_, before), (kg, now)] = pair else { unreachable!() };
        // Heavier cars roll on better tyres, so the rise is small between some classes; a jump there is none.
        assert!(now - before < 0.02 * before && now - before > -0.0005 * before, "{kg} kg: {before} to {now}");
    }
}

#[test]
fn cold_and_heat_cost_engines_fuel() {
    let at = |powertrain, certified, id, ambient| {
        let car = burn(&petrol(powertrain, certified)).unwrap();
        drive_combustion(&car, &trace(id), &Conditions::official().at(ambient)).fuel_l_per_100km
    };
    let frost = |powertrain, certified| at(powertrain, certified, "udds", -6.7) / at(powertrain, certified, "udds", 23.0);
    // DOE Fact of the Week 1164, city driving at 20 °F: 15 % less fuel economy of petrol cars, about 30 % less of hybrids. The tests
    // behind it spread by 12 points of fuel, and the road of the model is stiffer in the cold than their dynamometer.
    let (plain, hybrid) = (frost(Powertrain::IcevPetrol, 5.4), frost(Powertrain::Hev, 4.5));
    assert!((1.10..1.35).contains(&plain) && (1.30..1.60).contains(&hybrid), "{plain} {hybrid}");
    for (powertrain, certified) in [(Powertrain::IcevPetrol, 5.4), (Powertrain::Hev, 4.5)] {
        let at = |ambient| at(powertrain, certified, "wltc3b", ambient);
        assert!((at(23.0) - certified).abs() < 1e-9);
        assert!(at(40.0) > at(35.0) && at(35.0) > at(30.0) && at(35.0) > 1.02 * at(24.0), "{} {}", at(24.0), at(35.0));
        assert!(at(-20.0) > at(-6.7) && at(-6.7) > at(10.0) && at(10.0) > at(20.0));
    }
}

#[test]
fn a_hybrid_saves_most_in_town() {
    let mut design = petrol(Powertrain::Hev, 4.5);
    let hybrid = burn(&design).unwrap();
    design.powertrain = Powertrain::IcevPetrol;
    let plain = burn(&design).unwrap();
    let ratio = |id| {
        let use_of = |car| drive_combustion(car, &trace(id), &Conditions::official()).fuel_l_per_100km;
        use_of(&hybrid) / use_of(&plain)
    };
    assert!(ratio("udds") < ratio("hwfet"));
}

fn curve(design: &CarDesign, year: i32) -> UtilityCurve {
    static VEHICLES: LazyLock<VehicleTables> = LazyLock::new(|| VehicleTables::read(&mut Loader::new(&Store::embedded(), false)).unwrap());
    VEHICLES.utility_curve(design, year, false, &Draw::BEST).unwrap().unwrap()
}

fn plug_in(gross_kwh: f64) -> CarDesign {
    let mut design = petrol(Powertrain::Phev, 4.5);
    design.battery.as_mut().unwrap().gross_energy_kwh = Value::given(gross_kwh);
    design
}

#[test]
fn a_plug_in_hybrid_splits_its_distance() {
    let mut design = plug_in(40.0);
    design.usage.utility_factor = Some(Value::given(0.6));
    let (electric, fuel) = (build(&design), burn(&design).unwrap());
    let result = drive_plug_in(&electric, &fuel, &curve(&design, 2024), &trace("wltc3b"), &Conditions::official());
    assert!((result.fuel_l_per_100km - 0.4 * 4.5).abs() < 1e-9, "the pack is strong enough: {}", result.depleting.fuel_l_per_100km);
    assert!((result.wall_wh_per_km - 0.6 * result.depleting.electric.wall_wh_per_km).abs() < 1e-9);
}

#[test]
fn a_smaller_pack_makes_no_cleaner_plug_in_hybrid() {
    let mut before: Option<(f64, f64)> = None;
    for gross_kwh in [40.0, 20.0, 12.0, 8.0, 6.0, 4.0, 2.0, 1.0] {
        let design = plug_in(gross_kwh);
        let (electric, fuel) = (build(&design), burn(&design).unwrap());
        let result = drive_plug_in(&electric, &fuel, &curve(&design, 2024), &trace("wltc3b"), &Conditions::official());
        // Work that the electric side misses is burnt at no more than the engine's best efficiency.
        let missed_mj_per_km = result.depleting.electric.ledger.unmet * 3600.0 * 1e-6;
        assert!(result.depleting.fuel_mj_per_km >= missed_mj_per_km / 0.45 - 1e-9, "{gross_kwh} kWh");
        if let Some((fuel_before, share_before)) = before {
            assert!(result.fuel_l_per_100km > fuel_before, "{gross_kwh} kWh: {} l", result.fuel_l_per_100km);
            assert!(result.utility_factor < share_before, "{gross_kwh} kWh: {}", result.utility_factor);
        }
        before = Some((result.fuel_l_per_100km, result.utility_factor));
    }
}

#[test]
fn polynomials_follow_the_machines_they_stand_for() {
    use crate::motor::{Cooling, MotorSpec, MotorTables, Switch, size_machine};
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let motors = MotorTables::read(&mut loader).unwrap();
    let top_rad_s = 16_000.0 * std::f64::consts::TAU / 60.0;
    for (topology, switch) in [(Topology::Ipm, Switch::Igbt), (Topology::Eesm, Switch::Igbt), (Topology::Induction, Switch::Sic)] {
        let spec = MotorSpec {
            topology,
            peak_w: 150e3,
            peak_nm: 150e3 * 3.2 / top_rad_s,
            top_rad_s,
            dc_v: 400.0,
            cooling: Cooling::Oil,
            switch,
            magnet: None,
            steel: "m235-35a".to_owned(),
            lamination_m: 0.27e-3,
        };
        let machine = size_machine(&spec, &motors, &Draw::BEST).unwrap().machine;
        let base_rad_s = spec.peak_w / spec.peak_nm;
        let row = WORLD.tables.machine(topology);
        let k = if switch == Switch::Sic { &row.sic } else { &row.igbt }.map(|t| t.best);
        let from = WORLD.tables.weakening_from.best;
        for x in [0.3, 0.7, 1.0, 1.5] {
            for y in [0.05, 0.15, 0.3] {
                let drag_w = machine.drag_w(x * base_rad_s);
                let theirs = machine.point(y * spec.peak_nm, x * base_rad_s).unwrap().loss.total_w() - drag_w;
                let over = f64::max(x - from, 0.0);
                let ours = spec.peak_w * (k[0] + x * (k[1] + x * k[2]) + y * (k[3] + x * k[4] + y * k[5]) + over * over * k[6]);
                // The table declares a weighted rms of 8 to 15 %; single points miss by up to three times that.
                assert!((ours / theirs - 1.0).abs() < 0.45, "{topology} at {x}, {y}: {ours:.0} against {theirs:.0} W");
            }
        }
    }
}

#[test]
fn a_car_without_losses_needs_what_its_road_load_says() {
    let mut car = build(&design(1700.0, 400.0, 0.28));
    car.gear_efficiency = 1.0;
    (car.loss_w, car.main_loss_w) = ([0.0; tables::LOSS_TERMS], [0.0; tables::LOSS_TERMS]);
    (car.switching_w, car.main_switching_w) = (0.0, 0.0);
    (car.regeneration_share, car.fade_m_s, car.deceleration_limit_m_s2) = (1.0, (-2.0, -1.0), 50.0);
    (car.generating_limit_w, car.battery_limits_per_s) = (1e9, (1e3, 1e3));
    (car.standing_w, car.resistance_s, car.charging_efficiency) = (0.0, 1e-9, (1.0, 1.0));
    (car.cooling.0, car.heating.loss_w_per_k) = (0.0, 0.0);
    let trace = trace("udds");
    let result = drive(&car, &trace, &Conditions::official());
    let road = car.road_load;
    let by_hand =
        (road.a_n * trace.moments[0] + road.b_n_per_m_s * trace.moments[1] + road.c_n_per_m2_s2 * trace.moments[2]) / 3600.0 / trace.distance_km();
    assert!((result.wall_wh_per_km / by_hand - 1.0).abs() < 1e-6, "{} against {by_hand}", result.wall_wh_per_km);
    assert!(result.ledger.friction_brake.abs() < 1e-9);
}

#[test]
fn a_car_that_nothing_holds_uses_its_accessories() {
    let mut car = build(&design(1700.0, 150.0, 0.28));
    car.road_load = RoadLoad { a_n: 0.0, b_n_per_m_s: 0.0, c_n_per_m2_s2: 0.0 };
    car.mass_kg = 1e-9;
    (car.loss_w, car.main_loss_w) = ([0.0; tables::LOSS_TERMS], [0.0; tables::LOSS_TERMS]);
    (car.switching_w, car.main_switching_w) = (0.0, 0.0);
    let trace = trace("wltc3b");
    let result = drive(&car, &trace, &Conditions::official());
    let accessories = car.standing_w * trace.duration_s() / 3600.0 / trace.distance_km();
    assert!((result.ledger.auxiliaries / accessories - 1.0).abs() < 1e-12);
    assert!((result.battery_wh_per_km / accessories - 1.0).abs() < 1e-6);
}

#[test]
fn circumstances_move_the_energy_the_way_they_should() {
    let car = build(&design(1700.0, 150.0, 0.28));
    let on = |conditions: Conditions| drive(&car, &trace("wltc3b"), &conditions);
    let official = Conditions::official();
    let wall = |conditions| on(conditions).wall_wh_per_km;
    let base = wall(official);
    assert!(wall(Conditions { tyre_pressure: 0.8, ..official }) > base);
    assert!(wall(Conditions { altitude_m: 2000.0, ..official }) < base);
    assert!(wall(Conditions { headwind_m_s: 5.0, ..official }) > base);
    assert!(wall(Conditions { headwind_m_s: -5.0, ..official }) < base);
    assert!(wall(Conditions { payload_kg: 300.0, ..official }) > base);
    assert!(wall(Conditions { charge_power_w: Some(2300.0), ..official }) > base);
    assert!(wall(Conditions { charge_power_w: Some(11e3), ..official }) < base);
    // One per cent uphill lifts 1825 kg by ten metres a kilometre.
    let uphill = on(Conditions { slope: 0.01, ..official });
    let lift = 1825.0 * 9.806_65 * 1000.0 * f64::sin(f64::atan(0.01)) / 3600.0;
    assert!((uphill.ledger.slope / lift - 1.0).abs() < 1e-9, "{} against {lift}", uphill.ledger.slope);
    assert!(wall(Conditions { slope: -0.01, ..official }) < base);
}

#[test]
fn an_almost_empty_pack_gives_less_power() {
    let car = build(&design(1700.0, 90.0, 0.28));
    let missed = |soc| drive(&car, &trace("us06"), &Conditions { initial_soc: Some(soc), ..Conditions::official() }).missed_trace_s;
    assert!(missed(0.08) > missed(0.6));
}

#[test]
fn heat_costs_less_with_a_heat_pump_and_on_a_longer_drive() {
    let heating = |share| Heating { heat_pump_share: share, ..build(&design(1700.0, 150.0, 0.28)).heating };
    assert!(heating(1.0).power_w(-7.0, 1400.0, Use::RealWorld) < heating(0.0).power_w(-7.0, 1400.0, Use::RealWorld));
    assert!(heating(0.5).power_w(-7.0, 5000.0, Use::RealWorld) < heating(0.5).power_w(-7.0, 1400.0, Use::RealWorld));
    assert_eq!(heating(0.5).power_w(25.0, 1400.0, Use::RealWorld), 0.0);
    // By hand: 20 W/K and 28 kJ/K at 27 K for 1400 s with yields of one: 20·27 + 27·28000·(1 − e^−1)/1400 = 881.4 W.
    let plain = Heating {
        loss_w_per_k: 20.0,
        capacity_j_per_k: 28e3,
        below_c: 20.0,
        yield_of: (1.0, 1.0),
        heat_pump_share: 1.0,
        limit_w: 6e3,
        test_limit_w: 5e3,
    };
    assert!((plain.power_w(-7.0, 1400.0, Use::Official) - 881.35).abs() < 0.1, "{}", plain.power_w(-7.0, 1400.0, Use::Official));
}

#[test]
fn a_test_in_a_mode_of_the_makers_choice_heats_less_than_traffic() {
    let of = |year| {
        let mut car = design(1700.0, 150.0, 0.28);
        car.model_year = year;
        build(&car).heating
    };
    let heat = |year, usage| of(year).power_w(-7.0, 1400.0, usage);
    assert!(heat(Some(2021), Use::Official) < heat(Some(2024), Use::Official));
    assert!(heat(Some(2021), Use::RealWorld) > heat(Some(2024), Use::Official), "fewer heat pumps");
    assert_eq!(heat(None, Use::Official), heat(None, Use::RealWorld));
}

#[test]
fn the_drive_of_a_known_model_stands_in() {
    let mut car = design(1700.0, 208.0, 0.23);
    car.motors[0].topology = None;
    car.driven_wheels = Some(minewheel_data::car::DrivenWheels::Rear);
    let usual = build(&car);
    (car.make, car.model) = (Some("Tesla".to_owned()), Some("Model 3 RWD".to_owned()));
    let known = build(&car);
    let carbide = |c: &ElectricCar| c.defaulted.iter().find(|d| d.field == "motor.inverter").map(|d| d.value);
    assert_eq!(carbide(&known), Some(1.0));
    // Without a name: the odds of models on sale with as much power at the rear.
    assert!(carbide(&usual).is_some_and(|share| share > 0.0 && share < 1.0));
    let kinds = |c: &ElectricCar| c.defaulted.iter().find(|d| d.field == "motor.topology").map_or(0, |d| d.rows.len());
    assert!(kinds(&usual) > kinds(&known));
    let wall = |c| drive(c, &trace("udds"), &Conditions::official()).wall_wh_per_km;
    assert!(wall(&known) < wall(&usual));
}

#[test]
fn an_axle_that_rests_saves_energy() {
    let mut car = design(2100.0, 250.0, 0.25);
    car.driven_wheels = Some(minewheel_data::car::DrivenWheels::All);
    car.motors[0].coupling = Some("disconnect".to_owned());
    let resting = build(&car);
    car.motors[0].coupling = Some("fixed".to_owned());
    let fixed = build(&car);
    let wall = |c| drive(c, &trace("udds"), &Conditions::official()).wall_wh_per_km;
    assert!(wall(&resting) < wall(&fixed));
    assert_eq!((resting.resting_share, fixed.resting_share), (1.0, 0.0));
}

#[test]
fn an_unknown_chemistry_is_named_with_its_neighbour() {
    let mut design = design(1700.0, 150.0, 0.28);
    design.battery.as_mut().unwrap().chemistry = "lpf".to_owned();
    assert!(try_build(&design).unwrap_err().to_string().contains("did you mean `lfp`"));
}

#[test]
fn a_design_that_cannot_drive_is_refused_by_field() {
    let field = |change: fn(&mut CarDesign)| {
        let mut design = design(1700.0, 150.0, 0.28);
        change(&mut design);
        match try_build(&design) {
            Err(DriveError::Implausible { field, .. }) => field,
            other => panic!("wanted an implausible field, got {other:?}"),
        }
    };
    assert_eq!(field(|d| d.road_load.cd = Some(Value::given(28.0))), "car.road_load.cd");
    assert_eq!(field(|d| d.road_load.crr = Some(Value::given(9.0))), "car.road_load.crr");
    assert_eq!(field(|d| d.road_load.frontal_area_m2 = Some(Value::given(22.0))), "car.road_load.frontal_area_m2");
    assert_eq!(field(|d| d.kerb_mass_kg = Some(Value::given(1.7))), "car.kerb_mass_kg");
    assert_eq!(field(|d| d.motors[0].peak_power_kw = Some(Value::given(150e3))), "motor.peak_power_kw");
    assert_eq!(field(|d| d.motors[0].final_drive_ratio = Some(Value::given(95.0))), "motor.final_drive_ratio");
    assert_eq!(field(|d| d.battery.as_mut().unwrap().gross_energy_kwh = Value::given(60e3)), "battery.gross_energy_kwh");
    assert_eq!(field(|d| d.battery.as_mut().unwrap().usable_energy_kwh = Some(Value::given(61.0))), "battery.usable_energy_kwh");
}

#[test]
fn missing_sections_and_half_a_coast_down_are_refused() {
    let mut car = design(1700.0, 150.0, 0.28);
    car.battery = None;
    assert!(matches!(try_build(&car), Err(DriveError::Missing { section: "battery", .. })));
    let mut car = design(1700.0, 150.0, 0.28);
    car.road_load.a_n = Some(Value::given(120.0));
    assert!(matches!(try_build(&car), Err(DriveError::PartialCoastDown { .. })));
    assert!(matches!(burn(&design(1300.0, 60.0, 0.29)), Err(DriveError::Missing { section: "engine", .. })));
    assert!(matches!(burn(&petrol(Powertrain::IcevPetrol, 54.0)), Err(DriveError::Certificate { .. })));
}

#[test]
fn a_given_ratio_is_driven_and_one_of_the_last_stage_is_said_to_stand_for_the_usual_one() {
    let with = |ratio: f64| {
        let mut car = design(1700.0, 150.0, 0.28);
        car.motors[0].final_drive_ratio = Some(Value::given(ratio));
        let notice = ratio_notice(&car, &WORLD.tables);
        let built = build(&car);
        let is_defaulted = built.defaulted.iter().any(|d| d.field == "motor.final_drive_ratio");
        assert_eq!(is_defaulted, notice.is_some(), "{ratio}");
        (is_defaulted, drive(&built, &trace("wltc3b"), &Conditions::official()).wall_wh_per_km)
    };
    let lowest = WORLD.tables.lowest_whole_ratio.best;
    let (of_a_stage, usual) = with(lowest - 0.1);
    assert!(of_a_stage);
    assert_eq!(with(3.5), (true, usual));
    for ratio in [lowest, 7.0, 12.0] {
        let (of_a_stage, wall) = with(ratio);
        assert!(!of_a_stage && (wall - usual).abs() > 0.1, "{ratio}: {wall} against {usual}");
    }
}

#[test]
fn a_us_certificate_is_weighed_by_the_row() {
    let mut car = petrol(Powertrain::IcevPetrol, 6.0);
    car.engine.as_mut().unwrap().certified_cycle = Some(CertifiedCycle::Epa);
    let masses = Masses::of(&car, &WORLD.tables, &Draw::BEST, &mut Vec::new());
    let scale = |city: f64| {
        let traces = CertificationTraces { city_share: Value::given(city), ..WORLD.certification.clone() };
        1.0 / combustion_car(&car, &masses, &WORLD.tables, &traces, &Draw::BEST).unwrap().scale
    };
    let by_row = 1.0 / burn(&car).unwrap().scale;
    let share = WORLD.certification.city_share.best;
    assert!((by_row - (share * scale(1.0) + (1.0 - share) * scale(0.0))).abs() < 1e-12 * by_row);
    assert!((scale(1.0) - scale(0.0)).abs() > 0.01);
}

#[test]
fn what_was_not_given_is_listed() {
    let car = build(&design(1700.0, 150.0, 0.28));
    let fields: Vec<_> = car.defaulted.iter().map(|d| d.field).collect();
    assert_eq!(
        fields,
        [
            "car.road_load.crr",
            "car.road_load.frontal_area_m2",
            "motor.final_drive_ratio",
            "motor.inverter",
            "battery.usable_energy_kwh",
            "car.heat_pump"
        ]
    );
    assert!(car.defaulted.iter().all(|d| !d.rows.is_empty()));
}

#[test]
fn a_draw_moves_the_result() {
    let best = drive(&build(&design(1700.0, 150.0, 0.28)), &trace("wltc3b"), &Conditions::official()).wall_wh_per_km;
    let factors = vec![1.02; 100_000];
    let draw = Draw::from_factors(&factors);
    let design = design(1700.0, 150.0, 0.28);
    let masses = Masses::of(&design, &WORLD.tables, &draw, &mut Vec::new());
    let car = electric_car(&design, &masses, &WORLD.tables, &draw).unwrap();
    assert!((drive(&car, &trace("wltc3b"), &Conditions::official()).wall_wh_per_km - best).abs() > 0.1);
}

#[test]
fn the_tables_keep_their_schemas_and_sources() {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, true);
    DriveTables::read(&mut loader).unwrap();
    Cycles::read(&mut loader);
    for name in ["cycles/wltc3b.csv", "cycles/udds.csv"] {
        loader.table(name).unwrap();
    }
    let ours = |v: &minewheel_data::table::Violation| ["drive/", "motors/", "cycles/"].iter().any(|f| v.at.file.starts_with(f));
    let violations: Vec<_> = loader.finish().err().unwrap_or_default().into_iter().filter(ours).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn coast_down_cars_use_their_own_terms() {
    // 2020 Chevrolet Bolt: EPA target coefficients and equivalent test weight.
    let mut car = design(1616.0, 150.0, 0.28);
    car.motors[0].final_drive_ratio = Some(Value::given(7.05));
    car.road_load = minewheel_data::car::RoadLoadDesign {
        a_n: Some(Value::given(126.29)),
        b_n_per_m_s: Some(Value::given(2.0070)),
        c_n_per_m2_s2: Some(Value::given(0.43003)),
        test_mass_kg: Some(Value::given(1758.0)),
        ..Default::default()
    };
    let result = drive(&build(&car), &trace("hwfet"), &Conditions::official());
    // Label 31.31 kWh/100 mi on the highway cycle, unadjusted by 0.7: 136.2 Wh/km.
    assert!((result.wall_wh_per_km / 136.2 - 1.0).abs() < 0.06, "{}", result.wall_wh_per_km);
}

/// The car and the conditions with one lever moved by a small amount.
fn moved(car: &ElectricCar, conditions: &Conditions, lever: Lever, by: f64) -> (ElectricCar, Conditions) {
    let (mut car, mut conditions) = (car.clone(), *conditions);
    match lever {
        Lever::Mass => {
            let ratio = (car.mass_kg + by) / car.mass_kg;
            car.mass_kg += by;
            car.road_load.a_n *= ratio;
            let base_w = WORLD.tables.standing_base_w.best;
            car.standing_w = base_w + (car.standing_w - base_w) * ratio.powf(WORLD.tables.standing_exponent.best);
        }
        Lever::DragArea => car.road_load.c_n_per_m2_s2 += 0.5 * WORLD.tables.air_density.best * by,
        Lever::RollingResistance => car.road_load.a_n += car.mass_kg * minewheel_data::units::STANDARD_GRAVITY_M_S2 * by,
        Lever::Accessories => car.standing_w += by,
        Lever::DriveEfficiency => car.gear_efficiency += by,
        Lever::Temperature => conditions = conditions.at(conditions.ambient_c.unwrap() + by),
    }
    (car, conditions)
}

#[test]
fn derivatives_are_the_central_differences_of_the_drive() {
    // Step over value: far above rounding, and too small for its square to matter.
    const STEP: f64 = 1e-5;
    let mut worst: f64 = 0.0;
    for (kerb, power, cd) in [(1700.0, 150.0, 0.28), (900.0, 30.0, 0.34), (2400.0, 400.0, 0.25)] {
        let car = build(&design(kerb, power, cd));
        for id in ["wltc3b", "udds", "cltc-p"] {
            let trace = trace(id);
            for ambient in [-7.0, 10.0, 23.0, 35.0] {
                let conditions = Conditions::official().at(ambient);
                for slope in sensitivities(&car, &trace, &conditions, &WORLD.tables, &Draw::BEST) {
                    let step = STEP * slope.value.abs();
                    let at = |by: f64| {
                        let (car, conditions) = moved(&car, &conditions, slope.lever, by);
                        let result = drive(&car, &trace, &conditions);
                        (result.wall_wh_per_km, result.battery_wh_per_km)
                    };
                    let (above, below) = (at(step), at(-step));
                    let (wall, battery) = ((above.0 - below.0) / (2.0 * step), (above.1 - below.1) / (2.0 * step));
                    let errors = [slope.wall_wh_per_km_per_unit / wall - 1.0, slope.battery_wh_per_km_per_unit / battery - 1.0];
                    worst = errors.iter().fold(worst, |w, e| w.max(e.abs()));
                    assert!(errors.iter().all(|e| e.abs() < 1e-6), "{:?} of {kerb} kg on {id} at {ambient} °C: {errors:?}", slope.lever);
                }
            }
        }
    }
}

#[test]
fn elasticities_have_the_signs_that_physics_gives() {
    let car = build(&design(1700.0, 150.0, 0.28));
    let slopes = sensitivities(&car, &trace("wltc3b"), &Conditions::official(), &WORLD.tables, &Draw::BEST);
    let of = |lever| slopes.iter().find(|s| s.lever == lever).unwrap();
    for lever in [Lever::Mass, Lever::DragArea, Lever::RollingResistance, Lever::Accessories] {
        assert!((0.005..0.7).contains(&of(lever).elasticity.unwrap()), "{:?}", of(lever));
    }
    assert!(of(Lever::DriveEfficiency).elasticity.unwrap() < -0.8);
    // Warmer air is thinner, and warmer tyres roll more easily.
    assert!(of(Lever::Temperature).wall_wh_per_km_per_unit < 0.0 && of(Lever::Temperature).elasticity.is_none());
    let winter = sensitivities(&car, &trace("wltc3b"), &Conditions::official().at(-7.0), &WORLD.tables, &Draw::BEST);
    assert!(winter[5].wall_wh_per_km_per_unit < slopes[5].wall_wh_per_km_per_unit);
}

#[test]
fn a_fleet_uses_what_its_cars_use_one_by_one() {
    let mut cars = Vec::new();
    for (at, kerb) in (700..2700).step_by(110).enumerate() {
        let mut design = design(f64::from(kerb), 25.0 + 20.0 * at as f64, 0.20 + 0.01 * at as f64);
        if at % 3 == 0 {
            // A second axle with an induction machine, which may rest.
            design.driven_wheels = Some(minewheel_data::car::DrivenWheels::All);
            design.motors[0].axle = Some(minewheel_data::car::DrivenWheels::Rear);
            design.motors.push(MotorDesign {
                topology: Some(Topology::Induction),
                axle: Some(minewheel_data::car::DrivenWheels::Front),
                peak_power_kw: Some(Value::given(80.0)),
                ..MotorDesign::default()
            });
        }
        cars.push(build(&design));
    }
    let mut worst: f64 = 0.0;
    let hills = Conditions { slope: 0.01, headwind_m_s: 3.0, altitude_m: 800.0, payload_kg: 200.0, ..Conditions::real_world() };
    let valley =
        Conditions { slope: -0.005, headwind_m_s: -2.0, tyre_pressure: 0.9, charge_power_w: Some(3e3), dc_share: 0.4, ..Conditions::official() };
    for conditions in [Conditions::official(), Conditions::official().at(-7.0), Conditions::official().at(33.0), hills, valley] {
        let fleet = batch::Fleet::new(&cars, &conditions, &trace("udds"));
        assert_eq!(fleet.len(), cars.len());
        for id in ["wltc3b", "udds", "us06", "cltc-p"] {
            let trace = trace(id);
            let all = fleet.drive(&trace);
            assert_eq!(all.wall_wh_per_km.len(), cars.len());
            for (at, car) in cars.iter().enumerate() {
                let one = drive(car, &trace, &conditions);
                let errors = [all.wall_wh_per_km[at] / one.wall_wh_per_km - 1.0, all.battery_wh_per_km[at] / one.battery_wh_per_km - 1.0];
                worst = errors.iter().fold(worst, |w, e| w.max(e.abs()));
                assert!(errors.iter().all(|e| e.abs() < 1e-5), "car {at} on {id}: {errors:?}");
                assert!((all.final_soc[at] - one.final_soc).abs() < 1e-6);
                assert!((all.missed_trace_s[at] - one.missed_trace_s).abs() <= 1.0, "car {at} on {id}");
            }
        }
    }
}

#[test]
fn a_fleet_with_an_empty_or_full_pack_obeys_the_pack() {
    let car = build(&design(1700.0, 150.0, 0.28));
    let trace = trace("udds");
    for initial_soc in [Some(0.0), Some(1.0)] {
        let conditions = Conditions { initial_soc, ..Conditions::official() };
        let (one, all) = (drive(&car, &trace, &conditions), batch::Fleet::new(std::slice::from_ref(&car), &conditions, &trace).drive(&trace));
        assert!((all.battery_wh_per_km[0] - one.battery_wh_per_km).abs() <= 1e-5 * one.battery_wh_per_km.abs());
        assert!((all.missed_trace_s[0] - one.missed_trace_s).abs() < 1e-9, "{} {}", all.missed_trace_s[0], one.missed_trace_s);
    }
}

#[test]
fn the_voltage_of_the_pack_moves_switching_and_field_weakening() {
    let car = build(&design(1700.0, 150.0, 0.28));
    assert!(car.switching_w > 0.0 && car.switching_w < car.loss_w[3]);
    // A pack whose voltage is the same from full to empty, at three levels. The resistance is taken out: it knows the voltage by itself.
    let machine = |volts: f64, cycle: &str, change: &dyn Fn(&mut ElectricCar)| {
        let mut car = ElectricCar { relative_ocv: [volts; tables::OCV_POINTS], resistance_s: 0.0, ..car.clone() };
        change(&mut car);
        drive(&car, &trace(cycle), &Conditions::official()).ledger.machine
    };
    let as_is = |_: &mut ElectricCar| ();
    // In town no magnet is weakened, so the loss is a straight line in the voltage: switching.
    let [low, mean, high] = [0.9, 1.0, 1.1].map(|u| machine(u, "udds", &|car: &mut ElectricCar| car.weakening_from = 9.0));
    assert!(low < mean && mean < high);
    assert!(((high - mean) / (mean - low) - 1.0).abs() < 1e-9);
    // Without switching, only the speed of weakening is left: a lower voltage costs on the motorway.
    let quiet = |car: &mut ElectricCar| (car.switching_w, car.main_switching_w) = (0.0, 0.0);
    assert!(machine(0.9, "hwfet", &quiet) > machine(1.0, "hwfet", &quiet));
    assert!(machine(1.0, "hwfet", &quiet) > machine(1.1, "hwfet", &quiet));
    // At the mean voltage switching is within the polynomial.
    assert!((machine(1.0, "hwfet", &quiet) / machine(1.0, "hwfet", &as_is) - 1.0).abs() < 1e-12);
}
