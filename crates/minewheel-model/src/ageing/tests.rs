use minewheel_data::loader::Loader;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_data::units::Length;
use proptest::prelude::{ProptestConfig, prop_assert, proptest};

use super::tables::CarDuty;
use super::{AgeingError, AgeingTables, CommuteHours, Duty, Hour, Warning, simulate};

const LFP: &str = "lfp-gr-250ahprismatic";

fn tables() -> AgeingTables {
    AgeingTables::read(&mut Loader::new(&Store::embedded(), false)).unwrap()
}

fn hours() -> CommuteHours {
    tables().commute_hours(&Draw::BEST)
}

fn after(id: &str, duty: &Duty, years: u32, step_h: f64) -> f64 {
    let tables = tables();
    let (lives, _) = simulate(tables.cell(id).unwrap(), &tables, duty, years, step_h, &Draw::BEST).unwrap();
    lives.last().unwrap().capacity
}

fn years(chemistry: &str, km_per_year: f64, range_km: f64) -> f64 {
    let usage = CarDuty::new(Length::from_km(km_per_year), Length::from_km(range_km));
    tables().pack_years(chemistry, &usage, &Draw::BEST).unwrap()
}

/// By hand at 25 °C and half charge: U = 0.12 V, k = 8.37e4·exp(−5210/298.15)·exp(−3560·U/298.15), loss k·t^0.526.
/// An explicit daily integration of the same law is published with 0.988960, 0.974300 and 0.963003.
#[test]
fn storage_follows_the_closed_form() {
    let duty = Duty::storage(0.5, 25.0).unwrap();
    for (years, closed) in [(1, 0.988_984), (5, 0.974_314), (10, 0.963_014)] {
        let seen = after(LFP, &duty, years, 24.0);
        assert!((seen - closed).abs() < 1e-6, "{years} years: {seen}");
    }
}

#[test]
fn the_step_does_not_matter_at_a_constant_load() {
    let duty = Duty::storage(0.5, 25.0).unwrap();
    for cell in &tables().cells {
        let (hours, days) = (after(&cell.id, &duty, 10, 1.0), after(&cell.id, &duty, 10, 24.0));
        assert!((hours - days).abs() < 1e-9, "{}: {hours} and {days}", cell.id);
    }
}

#[test]
fn the_step_hardly_matters_where_capacity_feeds_back() {
    let duty = Duty::commute(0.9, 0.6, 25.0, &hours()).unwrap();
    for cell in &tables().cells {
        let (hours, days) = (after(&cell.id, &duty, 5, 1.0), after(&cell.id, &duty, 5, 24.0));
        assert!((hours - days).abs() < 1e-4, "{}: {hours} and {days}", cell.id);
    }
}

#[test]
fn deep_cycles_lead_over_the_knee() {
    // The knee of the 75 Ah cell waits for some 6,000 cycles at 25 °C and full depth: three a day bring it in time.
    let hours: Vec<Hour> = (0..24).map(|h| Hour { soc: if h % 8 < 4 { 1.0 } else { 0.0 }, celsius: 25.0 }).collect();
    let tables = tables();
    let cell = tables.cell("nmc111-gr-kokam75ah-battery").unwrap();
    let (lives, _) = simulate(cell, &tables, &Duty::new(&hours).unwrap(), 8, 24.0, &Draw::BEST).unwrap();
    let yearly: Vec<f64> = lives.windows(2).map(|w| w[0].capacity - w[1].capacity).collect();
    let slowest = yearly.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(yearly.iter().any(|loss| *loss > 2.0 * slowest), "{lives:?}");
    assert!(yearly.iter().all(|loss| *loss >= 0.0), "{lives:?}");
}

#[test]
fn a_duty_outside_the_tests_is_named() {
    let tables = tables();
    let hot = Duty::commute(1.0, 0.3, 55.0, &hours()).unwrap();
    let (_, warnings) = simulate(tables.cell(LFP).unwrap(), &tables, &hot, 1, 24.0, &Draw::BEST).unwrap();
    let outside: Vec<&str> = warnings.iter().filter_map(|w| if let Warning::Outside(o) = w { Some(o.quantity) } else { None }).collect();
    assert_eq!(outside, ["temperature in °C", "depth of discharge"]);
}

#[test]
fn a_capacity_above_the_new_cell_is_called_a_gain() {
    let tables = tables();
    let duty = Duty::storage(0.5, 25.0).unwrap();
    let (_, warnings) = simulate(tables.cell("nmc-lto-10ah-battery").unwrap(), &tables, &duty, 2, 24.0, &Draw::BEST).unwrap();
    assert!(warnings.iter().any(|w| matches!(w, Warning::Gain { capacity } if *capacity > 1.0)), "{warnings:?}");
}

#[test]
fn the_spelling_of_the_source_is_known_and_others_are_named() {
    let tables = tables();
    assert_eq!(tables.cell("Nmc622_Gr_DENSO50Ah_Battery").unwrap().id, "nmc622-gr-denso50ah-battery");
    let Err(AgeingError::Cell { known, .. }) = tables.cell("lfp-250") else { panic!("found") };
    assert!(known.contains(LFP), "{known}");
}

#[test]
fn the_reference_car_loses_what_the_field_shows() {
    // 1.7 % a year over five years leave 91.5 %, whatever share of it goes on at a constant rate.
    let usage = CarDuty::new(Length::from_km(15_000.0), Length::from_km(350.0));
    for chemistry in ["lfp", "nmc111", "nmc622", "nmc811", "nca"] {
        let years = tables().pack_years_to(chemistry, &usage, 1.0 - 5.0 * 0.017, &Draw::BEST).unwrap();
        assert!((years - 5.0).abs() < 0.03, "{chemistry}: {years}");
    }
}

#[test]
fn a_life_lies_between_that_of_the_law_and_that_of_a_constant_rate() {
    let tables = tables();
    let duty = Duty::commute(0.85, 15_000.0 / 365.0 / 350.0, 20.0, &hours()).unwrap();
    let cell = tables.cell(LFP).unwrap();
    let days = 5.0 * 365.0;
    let lost = simulate::lost_after(cell, &tables, &duty, days, &Draw::BEST);
    let life = |share: f64| {
        let level = super::Level { scalar: 0.085 / lost, steady_share: share, steady_per_day: lost / days };
        super::life_to(cell, &tables, &duty, 0.8, &level, &Draw::BEST).unwrap() / 365.0
    };
    // At a constant rate of 1.7 % a year a fifth is gone after 11.8 years.
    assert!((life(1.0) - 0.2 / 0.017).abs() < 0.01, "{}", life(1.0));
    assert!(life(1.0) < life(0.5) && life(0.5) < life(0.0), "{} {} {}", life(1.0), life(0.5), life(0.0));
    assert!((13.0..18.0).contains(&life(0.5)), "{}", life(0.5));
}

#[test]
fn cars_that_drove_far_keep_what_their_makers_and_testers_report() {
    // Tesla 2022 and 2023: 12 to 15 % lost at 200,000 miles; P3 and Aviloo 2024: 13 % at 300,000 km. Their age is not told: ten
    // years are taken. Neither is in the calibration. The loss is asked to lie between 8 and 22 %.
    for chemistry in ["nca", "nmc811", "nmc622"] {
        let usage = CarDuty::new(Length::from_km(32_000.0), Length::from_km(420.0));
        let years = |capacity: f64| tables().pack_years_to(chemistry, &usage, capacity, &Draw::BEST).unwrap();
        assert!(years(0.92) < 10.0 && years(0.78) > 10.0, "{chemistry}: {} years to 92 %, {} to 78 %", years(0.92), years(0.78));
    }
}

#[test]
fn driving_more_on_a_smaller_pack_wears_it_sooner() {
    for chemistry in ["lfp", "lmfp", "na-ion", "nmc111", "nmc532", "nmc622", "nmc811", "nca"] {
        let (little, much) = (years(chemistry, 10_000.0, 400.0), years(chemistry, 40_000.0, 150.0));
        assert!(much < little, "{chemistry}: {much} and {little}");
        assert!((3.0..=60.0).contains(&much), "{chemistry}: {much}");
    }
}

#[test]
fn profiles_that_are_no_days_and_states_that_cannot_be_are_refused() {
    let hour = Hour { soc: 0.5, celsius: 25.0 };
    assert_eq!(Duty::new(&[hour; 23]), Err(AgeingError::Profile { seen: 23 }));
    assert!(matches!(Duty::storage(1.2, 25.0), Err(AgeingError::Range { seen, .. }) if seen > 1.0));
    assert!(matches!(Duty::storage(f64::NAN, 25.0), Err(AgeingError::Range { .. })));
    assert!(matches!(Duty::storage(0.5, 400.0), Err(AgeingError::Range { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn capacity_never_rises_and_heat_never_helps_an_lfp_cell(soc in 0.05..0.95_f64, celsius in 5.0..40.0_f64) {
        let (cool, warm) = (Duty::storage(soc, celsius).unwrap(), Duty::storage(soc, celsius + 5.0).unwrap());
        let tables = tables();
        let cell = tables.cell(LFP).unwrap();
        let (lives, _) = simulate(cell, &tables, &cool, 4, 24.0, &Draw::BEST).unwrap();
        prop_assert!(lives.windows(2).all(|w| w[1].capacity < w[0].capacity));
        let (warm, _) = simulate(cell, &tables, &warm, 4, 24.0, &Draw::BEST).unwrap();
        prop_assert!(warm.iter().zip(&lives).all(|(w, c)| w.capacity < c.capacity));
    }
}
