//! Constants, credits of cars, accounts and announced totals, against hand arithmetic and the published world.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_industry::credits::accounts::{YearRules, account};
use minewheel_industry::credits::car::CreditError;
use minewheel_industry::credits::results::Results;
use minewheel_industry::credits::rules::Used;
use minewheel_industry::credits::study::{FuelCycle, ModelYear, StudyFile};
use minewheel_industry::credits::{CarFacts, CarRules, CreditPowertrain, RuleBook, RuleError, System};

fn book() -> RuleBook {
    RuleBook::read(&Store::embedded(), true).unwrap()
}

fn bev(kerb_mass_kg: f64, range_km: f64, consumption: f64, density: f64) -> CarFacts {
    CarFacts {
        powertrain: CreditPowertrain::Bev,
        kerb_mass_kg,
        range_km: Some(range_km),
        consumption_kwh_per_100km: Some(consumption),
        density_wh_per_kg: Some(density),
        fuel_cell_kw: None,
        meets_conditions: None,
    }
}

fn credit(book: &RuleBook, year: i32, facts: &CarFacts) -> f64 {
    CarRules::of(book, facts.powertrain, year).unwrap().value("car", facts).unwrap()
}

#[test]
fn every_constant_obeys_its_schema_and_names_its_source() {
    let book = book();
    assert_eq!(book.constant(System::Cn, "nev-ratio", 2025).unwrap().value, 0.38);
    assert!(Results::read(&Store::embedded(), true).is_ok());
}

#[test]
fn energy_lines_join_at_1000_and_1600_kg_and_the_strict_one_is_seven_tenths() {
    let book = book();
    for year in [2020, 2022, 2025] {
        let line = book.curve(System::Cn, "bev-energy-line", year).unwrap();
        assert!(line.jumps().is_empty(), "{year}: {:?}", line.jumps());
    }
    let at = |item: &str, year: i32, mass: f64| book.curve(System::Cn, item, year).unwrap().at(mass).unwrap().value;
    assert!((at("bev-energy-line", 2021, 1000.0) - 11.6).abs() < 1e-9);
    assert!((at("bev-energy-line", 2021, 1600.0) - 16.28).abs() < 1e-9);
    assert!((at("bev-energy-line", 2020, 1000.0) - 14.5).abs() < 1e-9);
    assert!((at("bev-energy-line", 2020, 1600.0) - 21.7).abs() < 1e-9);
    for mass in [600.0, 900.0, 1000.0, 1250.0, 1600.0, 1900.0, 2600.0] {
        assert!((at("bev-energy-line-strict", 2020, mass) - 0.7 * at("bev-energy-line", 2020, mass)).abs() < 1e-9, "{mass}");
    }
    // The phase V curve joins its flat ends to the printed hundredth.
    for (mass, flat) in [(1090.0_f64, 4.02), (2510.0_f64.next_up(), 6.57)] {
        assert!((at("cafc-target", 2021, mass) - flat).abs() < 1e-9);
        assert!((0.0018 * (mass - 1415.0) + 4.60 - flat).abs() < 0.006);
    }
}

#[test]
fn years_and_constants_without_a_row_are_refused_by_name() {
    let book = book();
    let RuleError::NoYear { item, year, known, .. } = book.constant(System::Cn, "cafc-ratio", 2026).unwrap_err() else { panic!("wrong kind") };
    assert_eq!((item.as_str(), year), ("cafc-ratio", 2026));
    assert!(known.contains("2025"), "{known}");
    assert!(YearRules::of(&book, 2026).is_err());
    let error = CarRules::of(&book, CreditPowertrain::Fcev, 2026).unwrap_err();
    assert!(error.to_string().contains("fcv-standard") && error.to_string().contains("2026"), "{error}");
    assert!(CarRules::of(&book, CreditPowertrain::Bev, 2028).is_err());
    assert!(book.constant(System::Eu, "fleet-target", 2022).is_err());
    assert!(book.constant(System::Us, "lifetime-car", 2027).is_err());
    assert!(book.constant(System::Uk, "zero-emission-share", 2023).is_err());
}

#[test]
fn micro_cars_earned_two_credits_in_2020_and_a_few_tenths_later() {
    let book = book();
    let (short, long) = (bev(665.0, 120.0, 8.8, 125.0), bev(715.0, 170.0, 9.3, 125.0));
    // 0.012 · 120 + 0.8 = 2.24; 8.8 lies between the two lines of 665 kg (6.87 and 9.81).
    assert!((credit(&book, 2020, &short) - 2.24).abs() < 1e-9);
    // 1 · 0.7 · 0.5 and 0.6 · 0.7 · 0.5: above the line of 0.0112 · 665 + 0.4 = 7.848.
    assert!((credit(&book, 2022, &short) - 0.35).abs() < 1e-9);
    assert!((credit(&book, 2024, &short) - 0.21).abs() < 1e-9);
    // (0.0034 · 170 + 0.2) · 0.8 · 0.5
    assert!((credit(&book, 2025, &long) - 0.3112).abs() < 1e-9);
    // The four-door car passes: (0.0034 · 205 + 0.2) · 0.9 · 9.136 / 8.9.
    assert!((credit(&book, 2025, &bev(780.0, 205.0, 8.9, 125.0)) - 0.897 * 0.9 * 9.136 / 8.9).abs() < 1e-9);
}

#[test]
fn the_cap_binds_the_standard_credit_and_not_the_product() {
    let book = book();
    let saloon = bev(1761.0, 556.0, 12.6, 126.0);
    // Line 0.0048 · 1761 + 8.6 = 17.0528; standard 0.0056 · 556 + 0.4 = 3.5136, capped.
    let found = credit(&book, 2022, &saloon);
    assert!((found - 3.4 * 17.0528 / 12.6).abs() < 1e-9);
    assert!(found > 3.4);
    // The energy factor is itself capped.
    assert!((credit(&book, 2022, &bev(1761.0, 700.0, 10.0, 126.0)) - 3.4 * 1.5).abs() < 1e-9);
}

/// Model pages of 2019 to 2026 (copies of pages that show the approval values), and their credits by hand.
#[test]
fn cars_of_the_catalogue_earn_what_hand_arithmetic_gives_under_each_edition() {
    let book = book();
    // kerb mass, range, kWh/100 km, Wh/kg; credit of 2020, 2022, 2025
    let cars = [
        // BYD e2 of 2019: 4.46·1.2; 2.108·13.55/10.9; 1.237·13.55/10.9
        (1250.0, 305.0, 10.9, 125.0, 4.46 * 1.2, 2.108 * 13.55 / 10.9, 1.237 * 13.55 / 10.9),
        // BYD e2 of 2023: 5 (capped at 5.66)·1.2; 2.668·14.252/10.3; 1.577·14.252/10.3
        (1340.0, 405.0, 10.3, 140.0, 5.0 * 1.2, 2.668 * 14.252 / 10.3, 1.577 * 14.252 / 10.3),
        // Chery Little Ant, 120.1 Wh/kg: only condition 1 in 2020; 0.9 for density and for range
        (920.0, 271.0, 10.0, 120.1, 4.052, 1.9176 * 0.81 * 10.704 / 10.0, 1.1214 * 0.81 * 10.704 / 10.0),
        // Tesla Model Y, 168 Wh/kg: capped; energy ratio 18.1616/12.2
        (1992.0, 750.0, 12.2, 168.0, 5.0 * 1.2, 3.4 * 18.1616 / 12.2, 2.3 * 18.1616 / 12.2),
    ];
    for (mass, range, energy, density, old, middle, new) in cars {
        let facts = bev(mass, range, energy, density);
        for (year, wanted) in [(2020, old), (2022, middle), (2025, new)] {
            let found = credit(&book, year, &facts);
            assert!((found - wanted).abs() < 1e-9, "{mass} kg, {year}: {found}, wanted {wanted}");
        }
    }
}

#[test]
fn a_result_carries_the_weakest_status_it_rests_on() {
    let book = book();
    let facts = bev(1340.0, 405.0, 10.3, 140.0);
    let status = |year: i32| CarRules::of(&book, CreditPowertrain::Bev, year).unwrap().credit(&book, "car", &facts).unwrap().weakest_status;
    assert_eq!(status(2020), Status::Read);
    assert_eq!(status(2022), Status::Recalled);
    assert_eq!(status(2026), Status::Assumption);
}

#[test]
fn plug_in_and_fuel_cell_cars_need_their_own_figures() {
    let book = book();
    let rules = CarRules::of(&book, CreditPowertrain::Phev, 2024).unwrap();
    let mut car = CarFacts { powertrain: CreditPowertrain::Phev, meets_conditions: Some(true), ..bev(1700.0, 60.0, 15.0, 125.0) };
    assert_eq!(rules.value("car", &car).unwrap(), 1.0);
    car.meets_conditions = Some(false);
    assert_eq!(rules.value("car", &car).unwrap(), 0.5);
    car.range_km = Some(40.0);
    assert_eq!(rules.value("car", &car).unwrap(), 0.0);
    car.meets_conditions = None;
    assert!(matches!(rules.value("car", &car), Err(CreditError::Missing { field: "meets_conditions", .. })));
    let cell = CarFacts { powertrain: CreditPowertrain::Fcev, fuel_cell_kw: Some(60.0), ..bev(1900.0, 500.0, 1.0, 1.0) };
    assert!((credit(&book, 2022, &cell) - 4.8).abs() < 1e-9);
    assert!((credit(&book, 2024, &cell) - 3.0).abs() < 1e-9);
}

#[test]
fn announced_segments_sum_to_the_announced_total_to_the_printed_digit() {
    let results = Results::read(&Store::embedded(), false).unwrap();
    for year in results.years() {
        let of = |segment| results.segment(year, segment).unwrap();
        let (all, home, abroad) = (of("all"), of("domestic"), of("import"));
        // Printed in 10 000 with two decimals, in 2023 with one: three rounded figures may be one and a half units apart.
        let unit = if year == 2023 { 1000.0 } else { 100.0 };
        for (name, a, b, c) in [
            ("volume", all.volume, home.volume, abroad.volume),
            ("cafc +", all.cafc_surplus, home.cafc_surplus, abroad.cafc_surplus),
            ("cafc -", all.cafc_deficit, home.cafc_deficit, abroad.cafc_deficit),
            ("nev +", all.nev_surplus, home.nev_surplus, abroad.nev_surplus),
            ("nev -", all.nev_deficit, home.nev_deficit, abroad.nev_deficit),
        ] {
            assert!((a - b - c).abs() <= 1.5 * unit, "{year} {name}: {a} against {b} + {c}");
        }
        let mass = (home.volume * home.kerb_mass_kg + abroad.volume * abroad.kerb_mass_kg) / all.volume;
        assert!((mass - all.kerb_mass_kg).abs() <= 1.0, "{year}: mean mass {mass} against {}", all.kerb_mass_kg);
    }
}

#[test]
fn importers_imply_the_curve_times_the_ratio_within_half_a_per_cent() {
    // Few of their cars are new-energy cars, so that averages and sums commute; phase V, whose curve is a line in their masses.
    let (book, results) = (book(), Results::read(&Store::embedded(), false).unwrap());
    for year in [2021, 2022, 2023] {
        let importers = results.segment(year, "import").unwrap();
        let implied = importers.cafc_actual + (importers.cafc_surplus - importers.cafc_deficit) / importers.volume;
        let curve = book.curve(System::Cn, "cafc-target", year).unwrap().at(importers.kerb_mass_kg).unwrap().value;
        let required = curve * book.constant(System::Cn, "cafc-ratio", year).unwrap().value;
        assert!((implied / required - 1.0).abs() < 0.005, "{year}: implied {implied:.3}, curve × ratio {required:.3}");
    }
}

#[test]
fn announced_companies_follow_from_their_averages_and_volume_to_the_unit() {
    let results = Results::read(&Store::embedded(), false).unwrap();
    let whole: Vec<_> = results.companies.iter().filter_map(|c| Some((c, c.volume?, c.cafc_target?, c.cafc_actual?, c.cafc_credits?))).collect();
    assert!(whole.len() >= 2);
    for (company, volume, target, actual, credits) in whole {
        let found = (target - actual) * volume;
        assert!((found - credits).abs() <= 0.51, "{} {}: {found} against {credits}", company.name, company.year);
    }
}

fn line(model: &str, year: i32, powertrain: Option<CreditPowertrain>, volume: f64, mass: f64, fuel: f64) -> ModelYear {
    ModelYear {
        company: "maker".to_owned(),
        year,
        model: model.to_owned(),
        powertrain,
        volume,
        kerb_mass_kg: Some(mass),
        test_mass_kg: None,
        fuel_l_per_100km: Some(fuel),
        range_km: Some(60.0),
        consumption_kwh_per_100km: None,
        density_wh_per_kg: None,
        fuel_cell_kw: None,
        meets_conditions: Some(true),
        credit: None,
        off_cycle_l_per_100km: 0.0,
        has_brake_recovery: false,
        cycle: Some(FuelCycle::Wltc),
        has_three_rows: false,
        co2_g: None,
        standard_g: None,
        footprint_sqft: None,
        is_truck: false,
        status: Status::Read,
        line: 1,
    }
}

#[test]
fn a_joint_venture_with_plug_in_hybrids_only_matches_its_filed_accounts_of_2024() {
    // Chery Jaguar Land Rover, company file of 2024: 45 436 cars of 1936 kg on average, 3451 of them plug-in hybrids;
    // filed: -65 882 and -8305, an actual average of 7.43. The fuel of its conventional cars is set to reach that average.
    let book = book();
    let (conventional, plug_in) = (41985.0, 3451.0);
    let actual = 7.43;
    let fuel = (actual * (conventional + 1.3 * plug_in) - 1.7 * plug_in) / conventional;
    let cars = [line("petrol", 2024, None, conventional, 1936.0, fuel), line("plug-in", 2024, Some(CreditPowertrain::Phev), plug_in, 1936.0, 1.7)];
    let found = account(&YearRules::of(&book, 2024).unwrap(), &cars.iter().collect::<Vec<_>>(), None, None).unwrap().unwrap();
    assert_eq!(found.cafc_target, Some(5.98));
    assert_eq!(found.cafc_actual, Some(actual));
    assert_eq!(found.cafc_credits, Some(-65882.0));
    assert_eq!(found.nev_balance, Some(-8305.0));
}

#[test]
fn filed_targets_of_two_makers_of_2024_are_the_curve_times_the_ratio() {
    // Company file of 2024 (margin-company-file): cars, mean kerb mass, filed company-average credits, actual average. Tesla
    // makes battery cars only, so its actual is nought; that of the joint venture is filed as 7.43. The curve is one line over
    // the masses of both, so the mean of targets is the target of the mean; masses are rounded to the kilogram.
    let book = book();
    let curve = book.curve(System::Cn, "cafc-target", 2024).unwrap();
    let ratio = book.constant(System::Cn, "cafc-ratio", 2024).unwrap().value;
    for (maker, cars, mass, credits, actual) in
        [("Tesla", 779_115.0, 1971.0, 4_706_109.0, 0.0), ("Chery Jaguar Land Rover", 45_436.0, 1936.0, -65_882.0, 7.43)]
    {
        let filed = actual + credits / cars;
        let ours = curve.at(mass).unwrap().value * ratio;
        assert!((ours / filed - 1.0).abs() < 0.0015, "{maker}: filed {filed:.4}, ours {ours:.4}");
    }
}

#[test]
fn weights_enter_the_denominator_only_and_low_fuel_cars_count_in_part() {
    let book = book();
    // 100 000 conventional cars, 20 000 thrifty ones, 10 000 battery cars of one credit in 2023.
    let battery = ModelYear { credit: Some(1.0), ..line("battery", 2023, Some(CreditPowertrain::Bev), 10_000.0, 1415.0, 0.0) };
    let cars = [line("petrol", 2023, None, 80_000.0, 1415.0, 6.0), line("thrifty", 2023, None, 20_000.0, 1415.0, 3.2), battery];
    let found = account(&YearRules::of(&book, 2023).unwrap(), &cars.iter().collect::<Vec<_>>(), None, None).unwrap().unwrap();
    // Requirement 4.60 · 1.15; actual (480 000 + 64 000) / (80 000 + 1.2 · 20 000 + 1.6 · 10 000) = 4.5333.
    assert_eq!(found.cafc_target, Some(5.29));
    assert_eq!(found.cafc_actual, Some(4.53));
    assert_eq!(found.cafc_credits, Some(83_600.0));
    // 0.18 · (80 000 + 0.2 · 20 000) = 15 120.
    assert!((found.nev_target.unwrap() - 15_120.0).abs() < 1e-6);
    assert_eq!(found.nev_balance, Some(-5120.0));
}

#[test]
fn small_makers_brake_recovery_and_scope_follow_their_rows() {
    let book = book();
    let rules = YearRules::of(&book, 2022).unwrap();
    let company = minewheel_industry::credits::study::Company {
        id: "maker".to_owned(),
        name: None,
        may_have_relief: true,
        is_unauthorised_importer: false,
        cafc_before_l_per_100km: None,
    };
    let car = line("coupe", 2022, None, 1500.0, 1600.0, 9.7);
    let required = |before: Option<f64>| account(&rules, &[&car], Some(&company), before).unwrap().unwrap().cafc_target.unwrap();
    // (0.0018 · 185 + 4.60) · 1.2 = 5.9196; a fall of 3 % lifts it by 30 %, one of 4 % by 60 %.
    assert_eq!(required(None), 5.92);
    assert_eq!(required(Some(10.0)), 7.70);
    assert_eq!(required(Some(10.2)), 9.47);
    let braking = ModelYear { has_brake_recovery: true, ..car.clone() };
    assert_eq!(account(&rules, &[&braking], None, None).unwrap().unwrap().cafc_actual, Some(9.62));
    // Outside its years the amount is refused by name.
    let later = ModelYear { year: 2024, ..braking };
    let error = account(&YearRules::of(&book, 2024).unwrap(), &[&later], None, None).unwrap_err();
    assert!(error.to_string().contains("off-cycle-brake"), "{error}");
    // Below 30 000 conventional cars there is no target.
    assert_eq!(account(&rules, &[&car], None, None).unwrap().unwrap().nev_target, Some(0.0));
    let importer = minewheel_industry::credits::study::Company { is_unauthorised_importer: true, ..company };
    assert!(account(&rules, &[&car], Some(&importer), None).unwrap().is_none());
}

#[test]
fn the_built_in_study_repeats_the_announced_totals() {
    let store = Store::embedded();
    let results = Results::read(&store, false).unwrap();
    let file = StudyFile::parse("china", store.text("credits/china.toml").unwrap()).unwrap();
    let study = file.study("china", None).unwrap();
    assert!(study.years().into_iter().eq(2016..=2023));
    for year in study.years() {
        for segment in ["domestic", "import"] {
            let row = results.segment(year, segment).unwrap();
            let of = |side: &str| study.balances.iter().find(|b| b.year == year && b.company == format!("{segment}-{side}")).unwrap();
            assert_eq!(of("surplus").cafc_credits, Some(row.cafc_surplus));
            assert_eq!(of("surplus").nev_balance, Some(row.nev_surplus));
            assert_eq!(of("deficit").cafc_credits, Some(-row.cafc_deficit));
            assert_eq!(of("deficit").nev_balance, Some(-row.nev_deficit));
        }
    }
    let mut used = Used::default();
    used.take(book().constant(System::Cn, "nev-ratio", 2024).unwrap());
    assert_eq!(used.weakest(), Status::Read);
}
