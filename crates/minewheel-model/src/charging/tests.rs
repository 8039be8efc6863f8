use std::sync::LazyLock;

use minewheel_data::car::{BatteryDesign, CarClass, CarDesign, Powertrain};
use minewheel_data::loader::Loader;
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use minewheel_data::units::{Length, Power, Speed};
use proptest::prelude::*;

use super::trip::{ChargeTable, Grid, GridPlan, plan_on_grid};
use super::*;
use crate::drive::{Conditions, DriveTables, ElectricCar, Masses, drive, electric_car};

struct World {
    drive: DriveTables,
    charging: ChargingTables,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let drive = DriveTables::read(&mut loader).unwrap();
    let charging = ChargingTables::read(&mut loader).unwrap();
    World { drive, charging }
});

fn design(chemistry: &str, gross_kwh: f64, dc_kw: Option<f64>) -> CarDesign {
    let mut design = CarDesign::new("test", Powertrain::Bev);
    design.class = Some(CarClass::Compact);
    design.model_year = Some(2022);
    design.kerb_mass_kg = Some(Value::given(1700.0));
    design.battery = Some(BatteryDesign {
        chemistry: chemistry.to_owned(),
        gross_energy_kwh: Value::given(gross_kwh),
        usable_energy_kwh: Some(Value::given(0.95 * gross_kwh)),
        pack_mass_kg: None,
        made_in: None,
    });
    design.charging.dc_power_kw = dc_kw.map(Value::given);
    design.charging.ac_power_kw = Some(Value::given(11.0));
    design
}

fn electric(design: &CarDesign) -> ElectricCar {
    let masses = Masses::of(design, &WORLD.drive, &Draw::BEST, &mut Vec::new());
    electric_car(design, &masses, &WORLD.drive, &Draw::BEST).unwrap()
}

fn car(design: &CarDesign) -> ChargingCar {
    charging_car(design, &electric(design), &WORLD.charging, &Draw::BEST).unwrap()
}

fn dc(kw: f64) -> Supply {
    Supply::Dc(Power::from_kw(kw).w())
}

fn ac(kw: f64) -> Supply {
    Supply::Ac(Power::from_kw(kw).w())
}

fn session(supply: Supply, from: f64, to: f64, celsius: f64) -> Session {
    Session { supply, from_soc: from, to_soc: to, ambient_c: celsius, pack_c: celsius }
}

fn minutes(car: &ChargingCar, supply: Supply, from: f64, to: f64, celsius: f64) -> f64 {
    charge(car, &session(supply, from, to, celsius)).unwrap().minutes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_leaves_the_wall_is_stored_or_named_as_loss(
        gross in 10.0..150.0f64, dc_kw in 20.0..400.0f64, station in 10.0..400.0f64, celsius in -20.0..45.0f64,
        from in 0.0..0.6f64, width in 0.05..0.4f64, is_ac in any::<bool>(),
        chemistry in prop::sample::select(vec!["nmc622", "lfp", "na-ion"]),
    ) {
        let car = car(&design(chemistry, gross, Some(dc_kw)));
        let supply = if is_ac { ac(station / 10.0) } else { dc(station) };
        let result = charge(&car, &session(supply, from, from + width, celsius)).unwrap();
        prop_assert!(result.imbalance() < 1e-9, "{:?}", result);
        prop_assert!(result.stored_kwh < result.plug_kwh && result.plug_kwh < result.wall_kwh);
        // Stored is the share of the usable energy, but for the slope of the open-circuit voltage: that of an empty sodium
        // cell is a quarter below its mean.
        let asked = 0.95 * gross * width;
        prop_assert!((result.stored_kwh / asked - 1.0).abs() < 0.35, "{} of {asked}", result.stored_kwh);
        prop_assert!([result.converter_loss_kwh, result.control_units_kwh, result.cell_loss_kwh].iter().all(|v| *v > 0.0));
        prop_assert!(result.conditioning_kwh >= 0.0);
    }

    #[test]
    fn no_limit_is_exceeded(dc_kw in 20.0..300.0f64, station in 10.0..300.0f64, celsius in -20.0..45.0f64) {
        let car = car(&design("nmc811", 70.0, Some(dc_kw)));
        let result = charge(&car, &session(dc(station), 0.02, 0.95, celsius)).unwrap();
        for point in &result.curve {
            prop_assert!(point.plug_kw <= station.min(dc_kw) * (1.0 + 1e-12), "{:?}", point);
            prop_assert!(point.wall_kw > point.plug_kw);
            prop_assert!(point.pack_c < 58.0);
        }
        prop_assert!(result.peak_plug_kw <= station.min(dc_kw) * (1.0 + 1e-12));
        for pair in result.curve.windows(2) {
            prop_assert!(pair[1].minutes > pair[0].minutes && pair[1].soc_percent > pair[0].soc_percent);
        }
    }

    #[test]
    fn more_power_is_never_slower(station in 20.0..250.0f64, more in 1.0..100.0f64, from in 0.05..0.5f64) {
        let car = car(&design("nmc622", 64.0, Some(150.0)));
        let slow = minutes(&car, dc(station), from, from + 0.3, 30.0);
        prop_assert!(minutes(&car, dc(station + more), from, from + 0.3, 30.0) <= slow + 1e-6);
    }
}

#[test]
fn colder_is_slower() {
    for (chemistry, least) in [("nmc622", 1.1), ("lfp", 1.1), ("na-ion", 1.0)] {
        let car = car(&design(chemistry, 64.0, Some(150.0)));
        let at = |celsius| minutes(&car, dc(150.0), 0.1, 0.8, celsius);
        assert!(at(-7.0) > at(0.0) && at(0.0) > at(23.0) && at(23.0) >= at(30.0), "{chemistry}: {} {} {} {}", at(-7.0), at(0.0), at(23.0), at(30.0));
        assert!(at(0.0) / at(30.0) > least, "{chemistry}");
        // AC rates are so low that only a frozen pack slows them.
        let slow = |celsius| minutes(&car, ac(11.0), 0.1, 0.8, celsius);
        assert!(slow(-7.0) > slow(23.0) && slow(-7.0) / slow(23.0) < 1.3, "{chemistry}: {} {}", slow(-7.0), slow(23.0));
    }
}

#[test]
fn a_constant_power_charge_is_energy_over_power() {
    // A slow station on a large warm pack: only control units, cells and the plug remain.
    let car = car(&design("nmc622", 100.0, Some(150.0)));
    let result = charge(&car, &session(dc(20.0), 0.2, 0.6, 30.0)).unwrap();
    let by_hand = (result.stored_kwh + result.cell_loss_kwh + result.control_units_kwh) / 20.0 * 60.0;
    assert!((result.minutes / by_hand - 1.0).abs() < 1e-9);
    assert!(result.curve.iter().all(|p| p.limited_by == Limit::Supply));
    // At a fifth of the capacity an hour cells lose about 0.2 times what they lose at one an hour: half a per cent.
    assert!((0.002..0.008).contains(&(result.cell_loss_kwh / result.stored_kwh)));
}

#[test]
fn control_units_dominate_at_a_household_socket() {
    let car = car(&design("nmc622", 62.0, Some(100.0)));
    let efficiency = |kw| charge(&car, &session(ac(kw), 0.2, 0.8, 23.0)).unwrap().efficiency;
    // Club tests: 0.75 to 0.87 at 2.3 kW, 0.88 to 0.94 at 11 kW. The rows were set with these in mind.
    assert!((0.75..0.87).contains(&efficiency(2.3)), "{}", efficiency(2.3));
    assert!((0.88..0.94).contains(&efficiency(11.0)), "{}", efficiency(11.0));
    assert!(efficiency(2.3) < efficiency(3.7) && efficiency(3.7) < efficiency(11.0));
    let weak = charge(&car, &session(ac(2.3), 0.2, 0.8, 23.0)).unwrap();
    assert!(weak.control_units_kwh > 5.0 * weak.cell_loss_kwh);
    // A stronger wall box than the on-board charger changes nothing.
    assert!((minutes(&car, ac(22.0), 0.2, 0.8, 23.0) - minutes(&car, ac(11.0), 0.2, 0.8, 23.0)).abs() < 1e-9);
}

#[test]
fn heat_in_the_pack_is_accounted_for() {
    // From 0 to 25 °C the pack must at least take C·ΔT; heater and cells bring it.
    let car = car(&design("nmc622", 64.0, Some(100.0)));
    let result = charge(&car, &session(dc(150.0), 0.1, 0.8, 0.0)).unwrap();
    let stored_heat_kwh = car.heat_capacity_j_per_k * result.final_pack_c / 3.6e6;
    assert!(result.final_pack_c > 15.0);
    assert!(result.conditioning_kwh * car.heater_efficiency + result.cell_loss_kwh > stored_heat_kwh);
    assert!(result.conditioning_kwh * car.heater_efficiency + result.cell_loss_kwh < 1.4 * stored_heat_kwh);
}

#[test]
fn a_frozen_pack_without_a_heater_is_about_a_third_emptier_after_half_an_hour() {
    // Some 500 fast charges of taxis of the first Nissan Leaf, 24 kWh, no heater to speak of (Motoaki, Yi, Salisbury 2018,
    // Energy Policy, as reported by Idaho National Laboratory): in the time that brings a pack to 80 % at 25 °C, half an hour, one at
    // 0 °C comes to a state of charge 36 % lower. Air, not pack, was measured, and taxis are warm from driving: 12 points either way.
    // The dependence on temperature rests on another charge of the same car, not on these.
    let mut leaf = design("nmc111", 24.0, Some(46.0));
    leaf.model_year = Some(2012);
    let mut car = car(&leaf);
    car.heater_w = 0.0;
    let reached = |celsius: f64, from: f64| {
        let curve = charge(&car, &session(dc(50.0), from, 0.99, celsius)).unwrap().curve;
        curve.iter().take_while(|p| p.minutes <= 30.0).last().unwrap().soc_percent
    };
    // The state of charge at the start that leads to 80 % in half an hour when it is warm.
    let from = (2..40).map(|percent| f64::from(percent) / 100.0).find(|from| reached(25.0, *from) >= 80.0).unwrap();
    let less = 1.0 - reached(0.0, from) / reached(25.0, from);
    assert!((0.24..0.48).contains(&less), "from {from}: {less} less");
}

#[test]
fn smaller_steps_change_little() {
    // The curve's marks cut steps: a charge in ten pieces is a charge.
    let car = car(&design("lfp", 60.0, Some(120.0)));
    let whole = charge(&car, &session(dc(150.0), 0.1, 0.8, 10.0)).unwrap();
    let (mut pack_c, mut sum) = (10.0, 0.0);
    for piece in 0..70 {
        let (from, to) = (0.1 + 0.01 * f64::from(piece), 0.1 + 0.01 * f64::from(piece + 1));
        let part = charge(&car, &Session { pack_c, ..session(dc(150.0), from, to, 10.0) }).unwrap();
        (pack_c, sum) = (part.final_pack_c, sum + part.minutes);
    }
    assert!((sum / whole.minutes - 1.0).abs() < 1e-3, "{sum} {}", whole.minutes);
}

#[test]
fn what_cannot_be_charged_is_refused_by_name() {
    let car = car(&design("lfp", 60.0, None));
    assert!(car.dc_limit_w.is_some_and(|w| (40e3..200e3).contains(&w)));
    assert!(car.defaulted.iter().any(|d| d.field == "charging.dc_power_kw"));
    assert!(matches!(charge(&car, &session(dc(50.0), 0.8, 0.1, 23.0)), Err(ChargingError::Request { .. })));
    assert!(matches!(charge(&car, &session(dc(0.0), 0.1, 0.8, 23.0)), Err(ChargingError::Request { .. })));
    assert!(matches!(charge(&car, &session(ac(0.1), 0.1, 0.8, 23.0)), Err(ChargingError::NeverFull { .. })));
    let mut micro = design("lfp", 9.3, None);
    micro.class = Some(CarClass::Micro);
    let small = charging_car(&micro, &electric(&micro), &WORLD.charging, &Draw::BEST).unwrap();
    assert!(matches!(charge(&small, &session(dc(50.0), 0.1, 0.8, 23.0)), Err(ChargingError::NoDcPort { .. })));
    assert!(charge(&small, &session(ac(1.5), 0.1, 0.8, 23.0)).is_ok());
    let mut hybrid = design("nmc111", 1.5, None);
    hybrid.powertrain = Powertrain::Hev;
    let refused = charging_car(&hybrid, &electric(&hybrid), &WORLD.charging, &Draw::BEST);
    assert!(matches!(refused, Err(ChargingError::NoPlug { .. })));
}

/// Every plan there is.
fn enumerate(grid: &Grid<'_>, place: usize, soc: f64, stops: &mut Vec<(usize, usize, usize)>, time: f64, best: &mut Option<GridPlan>) {
    let end = grid.places_m.len() - 1;
    for to in place + 1..=end {
        let Some(point) = grid.arrive(soc, place, to) else { continue };
        let there = time + grid.drive_s(place, to);
        if to == end {
            if best.as_ref().is_none_or(|b| there < b.0 - 1e-9) {
                *best = Some((there, stops.clone(), point));
            }
            continue;
        }
        for departure in point + 1..=grid.points {
            stops.push((to, point, departure));
            let left = there + grid.overhead_s + grid.table.seconds(point, departure);
            enumerate(grid, to, departure as f64 / grid.points as f64, stops, left, best);
            stops.pop();
        }
    }
}

#[test]
fn the_plan_is_the_best_of_all_plans() {
    let car = car(&design("nmc622", 50.0, Some(120.0)));
    let points = 10;
    let table = ChargeTable::new(&car, points, 1, dc(150.0), 20.0, 30.0).unwrap();
    for (distance_km, spacing_km, start, preparation_soc) in
        [(500.0, 100.0, 1.0, 0.0), (430.0, 70.0, 0.8, 0.03), (600.0, 120.0, 0.9, 0.0), (120.0, 60.0, 1.0, 0.05)]
    {
        let mut places_m: Vec<f64> = (0..100).map(|k| 1e3 * spacing_km * f64::from(k)).take_while(|x| *x < 1e3 * distance_km).collect();
        places_m.push(1e3 * distance_km);
        let grid = Grid {
            points,
            places_m,
            // A flat voltage: charge is energy.
            stored_j: vec![0.0, car.usable_energy_j],
            consumption_j_per_m: 0.4e-5 * car.usable_energy_j,
            preparation_j: preparation_soc * car.usable_energy_j,
            start_soc: start,
            reserve: 1,
            arrival: 2,
            speed_m_s: 30.0,
            overhead_s: 300.0,
            table: &table,
        };
        let mut best = None;
        enumerate(&grid, 0, start, &mut Vec::new(), 0.0, &mut best);
        let (wanted, found) = (best.unwrap(), grid.best().unwrap());
        assert!((wanted.0 - found.0).abs() < 1e-6, "{wanted:?} {found:?}");
    }
}

fn request(distance_km: f64, consumption_wh_per_km: f64) -> TripRequest {
    TripRequest {
        distance_m: Length::from_km(distance_km).m(),
        speed_m_s: Speed::from_km_h(120.0).m_s(),
        consumption_j_per_m: consumption_wh_per_km * 3.6,
        ambient_c: 20.0,
        start_soc: 1.0,
        reserve_soc: 0.1,
        arrival_soc: 0.1,
        station_w: 150e3,
        spacing_m: None,
        prepares: true,
    }
}

fn plan(design: &CarDesign, request: &TripRequest) -> Result<TripPlan, ChargingError> {
    plan_on_grid(design, &car(design), &WORLD.charging, request, &Draw::BEST, 40)
}

#[test]
fn a_plan_keeps_its_own_books() {
    let design = design("nmc811", 77.0, Some(150.0));
    let found = plan(&design, &request(800.0, 190.0)).unwrap();
    assert!((1..=4).contains(&found.stops.len()), "{found:?}");
    let stops_h: f64 = found.stops.iter().map(|s| s.stop_minutes / 60.0).sum();
    assert!((found.total_h - found.driving_h - stops_h).abs() < 1e-9);
    assert!((found.driving_h - 800.0 / 120.0).abs() < 1e-9);
    assert!((found.wall_kwh - found.station_wall_kwh - found.home_wall_kwh).abs() < 1e-9);
    assert!(found.stops.iter().all(|s| s.arrival_percent >= 10.0 && s.departure_percent > s.arrival_percent));
    assert!(found.arrival_percent >= 10.0);
    // The wall gives at least what the road takes.
    assert!(found.wall_kwh > 0.190 * 800.0 && found.wall_kwh < 1.35 * 0.190 * 800.0, "{}", found.wall_kwh);
}

#[test]
fn what_the_road_takes_is_what_charging_stores() {
    for chemistry in ["lfp", "nmc811"] {
        let design = design(chemistry, 77.0, Some(150.0));
        let plug = car(&design);
        for km in [90.0, 333.0, 800.0] {
            let mut asked = request(km, 190.0);
            asked.prepares = false;
            let found = plan(&design, &asked).unwrap();
            let soc = |percent: f64| percent / 100.0;
            let mut stored_kwh = 0.0;
            for stop in &found.stops {
                let one = Session { pack_c: 20.0, ..session(dc(150.0), soc(stop.arrival_percent), soc(stop.departure_percent), 20.0) };
                stored_kwh += charge(&plug, &one).unwrap().stored_kwh;
            }
            stored_kwh += charge(&plug, &session(Supply::Ac(plug.ac_limit_w), soc(found.arrival_percent), 1.0, 20.0)).unwrap().stored_kwh;
            assert!((stored_kwh / (0.190 * km) - 1.0).abs() < 2e-3, "{chemistry}, {km} km: {stored_kwh}");
        }
    }
}

#[test]
fn a_short_trip_needs_no_stop_and_a_weak_station_costs_time() {
    let design = design("nmc811", 77.0, Some(150.0));
    assert!(plan(&design, &request(200.0, 190.0)).unwrap().stops.is_empty());
    let hours = |change: fn(&mut TripRequest)| {
        let mut asked = request(800.0, 190.0);
        change(&mut asked);
        plan(&design, &asked).unwrap().total_h
    };
    let best = hours(|_| ());
    assert!(hours(|r| r.station_w = 50e3) > best);
    assert!(hours(|r| r.spacing_m = Some(80e3)) >= best);
    assert!(hours(|r| r.start_soc = 0.5) > best);
    assert!(hours(|r| r.arrival_soc = 0.5) > best);
    assert!(hours(|r| (r.ambient_c, r.prepares) = (-7.0, false)) > best);
}

#[test]
fn what_cannot_be_driven_is_refused_by_name() {
    let mut design = design("nmc811", 40.0, Some(100.0));
    let mut asked = request(800.0, 190.0);
    asked.spacing_m = Some(300e3);
    assert!(matches!(plan(&design, &asked), Err(ChargingError::TooFar { .. })));
    asked.spacing_m = Some(10.0);
    assert!(matches!(plan(&design, &asked), Err(ChargingError::Request { .. })));
    design.top_speed_km_h = Some(Value::given(100.0));
    assert!(matches!(plan(&design, &request(300.0, 190.0)), Err(ChargingError::TooFast { .. })));
    design.powertrain = Powertrain::Phev;
    let hybrid = charging_car(&design, &electric(&design), &WORLD.charging, &Draw::BEST).unwrap();
    let refused = plan_trip(&design, &hybrid, &WORLD.charging, &request(300.0, 190.0), &Draw::BEST);
    assert!(matches!(refused, Err(ChargingError::NotElectric { .. })));
}

#[test]
fn a_steady_trace_has_one_speed() {
    let trace = steady_trace(Speed::from_km_h(120.0)).unwrap();
    let result = drive(&electric(&design("lfp", 60.0, None)), &trace, &Conditions::official());
    assert!((result.distance_km - 64.0 / 30.0).abs() < 1e-9);
    assert!(result.ledger.kinetic.abs() < 1e-9 && result.wheel_negative_wh_per_km == 0.0);
    assert!(steady_trace(Speed::from_km_h(-3.0)).is_err());
}

#[test]
fn the_tables_keep_their_schemas_and_sources() {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, true);
    ChargingTables::read(&mut loader).unwrap();
    crate::drive::PerformanceTables::read(&mut loader).unwrap();
    let ours = |v: &minewheel_data::table::Violation| ["charging/", "drive/"].iter().any(|f| v.at.file.starts_with(f));
    let violations: Vec<_> = loader.finish().err().unwrap_or_default().into_iter().filter(ours).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}
