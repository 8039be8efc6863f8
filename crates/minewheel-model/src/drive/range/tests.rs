#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use minewheel_data::car::{BatteryDesign, CarClass, EngineDesign, Fuel, MotorDesign, RoadLoadDesign, Topology};
use minewheel_data::loader::Loader;
use minewheel_data::row::Value;
use minewheel_data::store::Store;

use super::*;

struct World {
    drive: DriveTables,
    cycles: Cycles,
    procedures: ProcedureTables,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, true);
    let world = World {
        drive: DriveTables::read(&mut loader).unwrap(),
        cycles: Cycles::read(&mut loader),
        procedures: ProcedureTables::read(&mut loader).unwrap(),
    };
    let violations: Vec<_> = loader.finish().err().unwrap_or_default();
    assert!(violations.iter().all(|v| &*v.at.file != "drive/procedures.csv"), "{violations:#?}");
    world
});

fn rules() -> Rules<'static> {
    Rules { cycles: &WORLD.cycles, drive: &WORLD.drive, procedures: &WORLD.procedures, label_factor: None, has_five_cycles: false }
}

fn design(kerb_mass_kg: f64, power_kw: f64, gross_kwh: f64, top_km_h: Option<f64>) -> CarDesign {
    let mut design = CarDesign::new("test", Powertrain::Bev);
    design.class = Some(CarClass::Compact);
    design.model_year = Some(2022);
    design.kerb_mass_kg = Some(Value::given(kerb_mass_kg));
    design.top_speed_km_h = top_km_h.map(Value::given);
    design.battery = Some(BatteryDesign {
        chemistry: "lfp".to_owned(),
        gross_energy_kwh: Value::given(gross_kwh),
        usable_energy_kwh: None,
        pack_mass_kg: None,
        made_in: None,
    });
    design.motors.push(MotorDesign { topology: Some(Topology::Ipm), peak_power_kw: Some(Value::given(power_kw)), ..MotorDesign::default() });
    design
}

fn by(design: &CarDesign, rule: RangeRule) -> RangeResult {
    range(design, rule, &rules(), &Draw::BEST).unwrap()
}

#[test]
fn range_is_shorter_on_harder_cycles() {
    let car = design(1700.0, 150.0, 60.0, None);
    let km = |rule| by(&car, rule).range_km;
    assert!(km(RangeRule::Nedc) > km(RangeRule::Wltp) && km(RangeRule::Cltc) > km(RangeRule::Wltp) && km(RangeRule::Wltp) > km(RangeRule::Epa));
    assert!((300.0..460.0).contains(&km(RangeRule::Wltp)), "{}", km(RangeRule::Wltp));
}

#[test]
fn the_micro_car_drives_class_two() {
    // 20 kW and 665 kg: 30.1 W/kg, between 22 and 34.
    let weak = by(&design(665.0, 20.0, 9.3, Some(100.0)), RangeRule::Wltp);
    assert_eq!(weak.cycle, "wltc2");
    assert!((weak.power_to_mass_w_per_kg - 30.075).abs() < 1e-3);
    // 30 kW: 45 W/kg and slower than 120 km/h.
    let strong = by(&design(665.0, 30.0, 9.3, Some(100.0)), RangeRule::Wltp);
    assert_eq!(strong.cycle, "wltc3a");
    assert_eq!(by(&design(665.0, 30.0, 9.3, None), RangeRule::Wltp).cycle, "wltc3b");
    assert_eq!(by(&design(665.0, 12.0, 9.3, None), RangeRule::Wltp).cycle, "wltc1");
}

#[test]
fn a_slow_car_covers_the_distance_of_its_cycle_at_its_own_top_speed() {
    // 60 kW leave the cycle unscaled: only the cap is at work, within half a second a phase.
    let result = by(&design(827.0, 60.0, 26.5, Some(100.0)), RangeRule::Wltp);
    assert_eq!((result.cycle, result.downscaling_factor), ("wltc3a", 0.0));
    assert!((result.top_speed_km_h.unwrap() - 100.0).abs() < 1e-9);
    let base = WORLD.cycles.get("wltc3a").unwrap();
    let capped = capped(&base, 100.0 / 3.6);
    // Only the extra-high phase is faster; the seconds that the cap takes from it come back to the nearest second.
    assert!((result.cycle_km - base.distance_m() / 1e3).abs() <= 0.5 * 100.0 / 3600.0);
    assert!(capped.duration_s() > base.duration_s() + 20.0, "{}", capped.duration_s());
    assert!((capped.distance_m() / 1e3 - result.cycle_km).abs() < 1e-9);
    for (before, after) in base.phases().iter().zip(capped.phases()).take(3) {
        assert_eq!((before.start, before.end), (after.start, after.end));
    }
}

#[test]
fn the_downscaling_factor_is_as_by_hand() {
    let design = design(900.0, 30.0, 20.0, None);
    let (mut car, rated) = car_in_test(&design, RangeRule::Wltp, &rules(), &Draw::BEST).unwrap();
    car.road_load = super::super::RoadLoad { a_n: 100.0, b_n_per_m_s: 0.0, c_n_per_m2_s2: 0.4 };
    // Class 3 at 111.9 km/h = 31.0833 m/s and 0.5 m/s², 1025 kg: 100 + 386.47 + 1.03·1025·0.5 = 1014.35 N, 31.529 kW;
    // r = 1.05097 ≥ 0.867, so 0.588·1.05097 − 0.510 = 0.10797, to three decimals 0.108.
    assert_eq!(car.mass_kg, 1025.0);
    let factor = |power_w| downscaling_factor(&car, power_w, WltcClass::ThreeA, &WORLD.procedures, &Draw::BEST);
    assert!((factor(rated) - 0.108).abs() < 1e-12, "{}", factor(rated));
    // 36.4 kW: r = 0.8662 < 0.867. 36 kW: r = 0.8758, f = 0.005, not above 0.010.
    assert_eq!(factor(36.4e3), 0.0);
    assert_eq!(factor(36.0e3), 0.0);
    // 35 kW: r = 0.90083, f = 0.0197 → 0.020.
    assert!((factor(35.0e3) - 0.020).abs() < 1e-12);
}

#[test]
fn the_base_cycles_meet_their_downscaled_stretch() {
    for (class, last_km_h) in [(WltcClass::One, 36.7), (WltcClass::Two, 90.4), (WltcClass::ThreeA, 82.6), (WltcClass::ThreeB, 82.6)] {
        let base = WORLD.cycles.get(class.cycle_id()).unwrap();
        let stretch = WORLD.procedures.downscaling(class);
        let scaled = downscaled(&base, 0.2, stretch);
        let last = stretch.to_s.best as usize;
        assert!((base.speed_m_s()[last] * 3.6 - last_km_h).abs() < 1e-9, "{class:?}");
        for (at, (a, b)) in base.speed_m_s().iter().zip(scaled.speed_m_s()).enumerate() {
            let outside = (at as f64) <= stretch.from_s.best || at >= last;
            assert!(if outside { (a - b).abs() < 1e-12 } else { b <= a }, "{class:?} at {at}: {a} {b}");
        }
        assert!(scaled.distance_m() < base.distance_m());
        // No step of the scaled trace is steeper than the base cycle's steepest.
        let steepest = |c: &Cycle| c.speed_m_s().windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
        assert!(steepest(&scaled) <= steepest(&base) + 1e-12);
    }
}

#[test]
fn a_weaker_car_is_downscaled_and_misses_less() {
    let car = design(827.0, 30.0, 26.5, Some(100.0));
    let result = by(&car, RangeRule::Wltp);
    assert!(result.downscaling_factor > 0.05 && result.downscaling_factor < 0.25, "{}", result.downscaling_factor);
    let (electric, _) = car_in_test(&car, RangeRule::Wltp, &rules(), &Draw::BEST).unwrap();
    let plain = drive(&electric, &Trace::new(&capped(&WORLD.cycles.get("wltc3a").unwrap(), 100.0 / 3.6)), &Conditions::official());
    assert!(result.missed_trace_s <= plain.missed_trace_s);
}

#[test]
fn china_lets_a_car_keep_the_time_at_its_own_top_speed() {
    let result = by(&design(827.0, 30.0, 26.5, Some(100.0)), RangeRule::Cltc);
    let base = WORLD.cycles.get("cltc-p").unwrap();
    assert!(result.cycle_km < base.distance_m() / 1e3);
    assert!((result.cycle_km - cut(&base, 100.0 / 3.6).distance_m() / 1e3).abs() < 1e-12);
    assert_eq!(by(&design(827.0, 30.0, 26.5, None), RangeRule::Cltc).top_speed_km_h, None);
}

#[test]
fn test_masses_follow_the_rules() {
    let mut car = design(1500.0, 110.0, 50.0, None);
    let mass = |car: &CarDesign, rule| by(car, rule).test_mass_kg;
    let payload = WORLD.drive.payload_kg.best;
    assert_eq!(mass(&car, RangeRule::Wltp), 1500.0 + payload);
    assert_eq!(mass(&car, RangeRule::Cltc), 1500.0 + payload);
    assert_eq!(mass(&car, RangeRule::Nedc), 1600.0);
    assert!((mass(&car, RangeRule::Epa) - 1636.078).abs() < 1e-9);
    // A coast-down at 1700 kg serves the label as it is; the others move its constant term.
    car.road_load = RoadLoadDesign {
        a_n: Some(Value::given(136.0)),
        b_n_per_m_s: Some(Value::given(2.0)),
        c_n_per_m2_s2: Some(Value::given(0.4)),
        test_mass_kg: Some(Value::given(1700.0)),
        ..Default::default()
    };
    assert_eq!(mass(&car, RangeRule::Epa), 1700.0);
    let (wltp, _) = car_in_test(&car, RangeRule::Wltp, &rules(), &Draw::BEST).unwrap();
    assert!((wltp.road_load.a_n - 136.0 * (1500.0 + payload) / 1700.0).abs() < 1e-9);
}

#[test]
fn the_label_is_the_two_cycles_times_its_factor() {
    let car = design(1700.0, 150.0, 60.0, None);
    let label = by(&car, RangeRule::Epa);
    let (city, highway) = (label.city_range_km.unwrap(), label.highway_range_km.unwrap());
    assert!((label.range_km - 0.55 * city - 0.45 * highway).abs() < 1e-9);
    let five_cycle = range(&car, RangeRule::Epa, &Rules { label_factor: Some(0.77), ..rules() }, &Draw::BEST).unwrap();
    assert!((five_cycle.range_km / label.range_km - 0.77 / 0.7).abs() < 1e-9);
    assert!((five_cycle.consumption_kwh_per_100km / label.consumption_kwh_per_100km - 0.7 / 0.77).abs() < 1e-9);
}

#[test]
fn a_small_pack_is_driven_empty_cycle_by_cycle_with_nearly_the_same_result() {
    let mut car = design(1700.0, 150.0, 60.0, None);
    // A window that leaves room for the losses of the cells, so that the count below never meets an empty pack.
    car.battery.as_mut().unwrap().usable_energy_kwh = Some(Value::given(54.0));
    assert_eq!(by(&car, RangeRule::Wltp).test, RangeTest::Shortened);
    assert_eq!(by(&car, RangeRule::Nedc).test, RangeTest::Continuous);
    let (electric, _) = car_in_test(&car, RangeRule::Wltp, &rules(), &Draw::BEST).unwrap();
    let charge = Charge::of(&electric, &WORLD.procedures, &Draw::BEST);
    let trace = Trace::new(&WORLD.cycles.get("wltc3b").unwrap());
    // Every cycle of a whole charge, added up, against three of them and against the two of the shortened test.
    let (mut soc, mut left_j, mut km) = (charge.full_soc, charge.usable_j, 0.0);
    while left_j > 0.0 {
        let result = drive(&electric, &trace, &Conditions { initial_soc: Some(soc), ..Conditions::official() });
        let share = (left_j / energy_j(&result)).min(1.0);
        km += share * result.distance_km;
        left_j -= share * energy_j(&result);
        soc = result.final_soc;
    }
    let three = charge.range_km(charge.continuous(&electric, &trace).battery_wh_per_km);
    // The voltage of an iron-phosphate pack bends at both ends of the charge, and with it the losses.
    assert!((three / km - 1.0).abs() < 1.5e-3, "{three} {km}");
    assert!((by(&car, RangeRule::Wltp).range_km / km - 1.0).abs() < 5e-3);
    car.battery.as_mut().unwrap().gross_energy_kwh = Value::given(9.0);
    car.battery.as_mut().unwrap().usable_energy_kwh = None;
    assert_eq!(by(&car, RangeRule::Wltp).test, RangeTest::Continuous);
}

#[test]
fn only_cars_with_a_plug_have_a_range() {
    let mut car = design(1700.0, 150.0, 60.0, None);
    car.powertrain = Powertrain::Hev;
    assert!(ranges(&car, &rules(), &Draw::BEST).unwrap().is_none());
    car.powertrain = Powertrain::Phev;
    car.battery.as_mut().unwrap().gross_energy_kwh = Value::given(18.0);
    car.engine = Some(EngineDesign {
        fuel: Fuel::Petrol,
        displacement_l: None,
        peak_power_kw: Some(Value::given(400.0)),
        certified_l_per_100km: None,
        certified_cycle: None,
    });
    let found = ranges(&car, &rules(), &Draw::BEST).unwrap().unwrap();
    assert!((60.0..160.0).contains(&found.results[0].range_km), "{}", found.results[0].range_km);
    // The engine is the stronger one, and counts for the class.
    assert!((found.results[0].power_to_mass_w_per_kg - 400e3 / 1700.0).abs() < 1e-9);
}

#[test]
fn five_cycles_ask_more_of_a_car_the_more_it_heats_and_cools() {
    let rules = Rules { has_five_cycles: true, ..rules() };
    let mut base = design(1700.0, 150.0, 60.0, None);
    base.model_year = Some(2024);
    let built = |change: &dyn Fn(&mut ElectricCar)| {
        let (mut car, _) = car_in_test(&base, RangeRule::Epa, &rules, &Draw::BEST).unwrap();
        change(&mut car);
        five_cycle(&car, &rules, &Draw::BEST).unwrap()
    };
    let usual = built(&|_| ());
    assert!((0.6..0.9).contains(&usual.city) && (0.6..0.9).contains(&usual.highway), "{usual:?}");
    let heater = built(&|car| car.heating.heat_pump_share = 0.0);
    let pump = built(&|car| car.heating.heat_pump_share = 1.0);
    assert!(heater.city < pump.city && heater.highway < pump.highway);
    // Heat only in the start term of the highway: its factor hardly moves.
    assert!((heater.city / pump.city - 1.0).abs() > 3.0 * (heater.highway / pump.highway - 1.0).abs());
    let cooled = built(&|car| car.cooling.0 *= 2.0);
    assert!(cooled.city < usual.city && cooled.highway < usual.highway);
    // No losses, no heat, no cooling, road load without speed and no mass: every cycle takes the same, so the label is the rule's own.
    let flat = built(&|car| {
        (car.loss_w, car.main_loss_w) = ([0.0; 7], [0.0; 7]);
        (car.switching_w, car.main_switching_w) = (0.0, 0.0);
        (car.standing_w, car.cooling.0, car.heating.loss_w_per_k, car.heating.capacity_j_per_k) = (0.0, 0.0, 0.0, 0.0);
        (car.road_load.b_n_per_m_s, car.road_load.c_n_per_m2_s2, car.mass_kg) = (0.0, 0.0, 1e-9);
        (car.tyre_change_per_k, car.resistance_s) = (0.0, 0.0);
    });
    assert!((flat.city - 0.905).abs() < 1e-3, "{flat:?}");
    assert!((flat.highway - 0.905 / 1.007).abs() < 1e-3, "{flat:?}");
}
