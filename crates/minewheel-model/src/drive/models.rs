//! Drives of models on sale: which machines on which axle, from `drive/designs.csv`.
//!
//! A row describes one axle. Its make and model are words that must all occur in the make or the model of the car; of the
//! patterns that fit, the one with most words holds, then the longest, then the one whose model years are nearest.
//! These are facts that a buyer can look up. They stand in only where a design says nothing of its machines.
//!
//! A car that no pattern fits, or without a name, has the machines of the models on sale with the same driven axles, each
//! counted by how near its rated power and its model years are:
//!
//! ```text
//! w = 1/(1 + (ln(P_model/P_car)/s_P)²)² · 1/(1 + (years apart/s_y)²)²
//! ```
//!
//! The widths `s_P` and `s_y`, and the first factor of a model that does not give its power, are rows of `drive/drive.csv`. The tail keeps cars whose rating has no like among the models.

use minewheel_data::car::{DrivenWheels, Topology};
use minewheel_data::loader::Loader;
use minewheel_data::row::RowId;
use minewheel_data::table::{Fault, Table, nearest};

/// Model years by which a car may lie outside those of a row.
const SLACK_YEARS: i32 = 2;

/// The drive of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDrive {
    words: Vec<String>,
    letters: usize,
    years: (i32, i32),
    /// Its axles.
    pub axles: Vec<ModelAxle>,
}

/// What is known of a car whose machines are not.
#[derive(Debug, Clone, Copy)]
pub struct Sought {
    /// Driven wheels; any, if unknown.
    pub wheels: Option<DrivenWheels>,
    /// Rated power in kW, if the design gives it.
    pub peak_power_kw: Option<f64>,
    /// Model year; that of the latest models, if unknown.
    pub year: Option<i32>,
}

/// How alike models are: differences at which one counts a quarter of one that agrees.
#[derive(Debug, Clone, Copy)]
pub struct Likeness {
    /// Of rated powers, as the logarithm of their ratio.
    pub power: f64,
    /// Of model years.
    pub years: f64,
    /// Weight of a model that does not give its power, against one that agrees.
    pub unknown_power: f64,
}

/// Models of less than this share of the greatest weight are left out.
const LEAST_WEIGHT: f64 = 1e-3;

/// One driven axle of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAxle {
    /// `Front` or `Rear`.
    pub axle: DrivenWheels,
    /// Kind of machine.
    pub topology: Topology,
    /// Power of its machines in kW.
    pub peak_power_kw: Option<f64>,
    /// Whether its inverter has switches of silicon carbide.
    pub is_carbide: Option<bool>,
    /// Whether a clutch parts it from the wheels, or its rotor has neither magnets nor a field winding.
    pub can_rest: Option<bool>,
    /// Whether the cabin is heated by a heat pump.
    pub has_heat_pump: Option<bool>,
    /// Its row.
    pub row: RowId,
}

/// Reads the table; bad cells are noted as violations in the loader.
pub(super) fn read(loader: &mut Loader<'_>) -> Vec<ModelDrive> {
    let mut models: Vec<ModelDrive> = Vec::new();
    let Some(table) = loader.table("drive/designs.csv") else { return models };
    for row in 0..table.len() {
        let years = (loader.number_in(&table, row, "first_year"), loader.number_in(&table, row, "last_year"));
        let (Some(first), Some(last)) = years else { continue };
        let pattern = format!("{} {}", table.text(row, "make"), table.text(row, "model"));
        let topology = one_of(loader, &table, row, "topology", Topology::ALL);
        let axle = one_of(loader, &table, row, "axle", &[DrivenWheels::Front, DrivenWheels::Rear]);
        let (Some(topology), Some(axle)) = (topology, axle) else { continue };
        let yes_no = |column: &str| match table.text(row, column) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let axle = ModelAxle {
            axle,
            topology,
            peak_power_kw: loader.number_in(&table, row, "peak_power_kw"),
            is_carbide: match table.text(row, "inverter") {
                "sic" => Some(true),
                "igbt" => Some(false),
                _ => None,
            },
            // The field of a wound rotor outlives the pauses of a pedal: it is held.
            can_rest: if topology == Topology::Eesm { Some(false) } else { yes_no("disconnect") },
            has_heat_pump: yes_no("heat_pump"),
            row: loader.row(&table, row),
        };
        let years = (first.round() as i32, last.round() as i32);
        let words = words(&pattern);
        match models.iter_mut().find(|m| m.words == words && m.years == years) {
            Some(model) => model.axles.push(axle),
            None => models.push(ModelDrive { letters: pattern.len(), words, years, axles: vec![axle] }),
        }
    }
    models
}

/// The word of a row in a column that allows few; another word is a fault of the table.
fn one_of<T: Copy + std::fmt::Display>(loader: &mut Loader<'_>, table: &Table, row: usize, column: &str, known: &[T]) -> Option<T> {
    let seen = table.text(row, column);
    let words: Vec<String> = known.iter().map(ToString::to_string).collect();
    let found = words.iter().position(|w| w == seen);
    if found.is_none() {
        let nearest = nearest(seen, words.iter().map(String::as_str));
        let fault = Fault::NotInList { column: column.to_owned(), seen: seen.to_owned(), wanted: words.join(", "), nearest };
        loader.fault(table, row, Some(column), fault);
    }
    found.map(|at| known[at])
}

/// The drive of a model by make, model and year.
pub(super) fn find<'m>(models: &'m [ModelDrive], make: &str, model: &str, year: Option<i32>) -> Option<&'m ModelDrive> {
    let seen = words(&format!("{make} {model}"));
    let away = |m: &ModelDrive| year.map_or(0, |y| (m.years.0 - y).max(y - m.years.1).max(0));
    let fits = |m: &&ModelDrive| away(m) <= SLACK_YEARS && m.words.iter().all(|w| seen.contains(w));
    models.iter().filter(fits).max_by_key(|m| (m.words.len(), m.letters, -away(m), m.years.1))
}

/// The models with the same driven axles, with their odds; these add up to one. Empty only without any such model.
pub(super) fn likely(models: &[ModelDrive], sought: Sought, likeness: Likeness) -> Vec<(f64, &ModelDrive)> {
    let latest = models.iter().map(|m| m.years.1).max().unwrap_or_default();
    let year = sought.year.unwrap_or(latest);
    let near = |difference: f64, width: f64| (1.0 + (difference / width).powi(2)).powi(-2);
    let weight = |model: &ModelDrive| {
        let apart = f64::from((model.years.0 - year).max(year - model.years.1).max(0));
        let by_power = match (sought.peak_power_kw, model.peak_power_kw()) {
            (Some(car), Some(model)) => near((model / car).ln(), likeness.power),
            (Some(_), None) => likeness.unknown_power,
            (None, _) => 1.0,
        };
        by_power * near(apart, likeness.years)
    };
    let fits = |model: &&ModelDrive| sought.wheels.is_none_or(|w| w == model.driven_wheels());
    let mut found: Vec<(f64, &ModelDrive)> = models.iter().filter(fits).map(|m| (weight(m), m)).collect();
    let greatest = found.iter().map(|f| f.0).fold(0.0, f64::max);
    found.retain(|f| f.0 > LEAST_WEIGHT * greatest);
    let sum: f64 = found.iter().map(|f| f.0).sum();
    for (weight, _) in &mut found {
        *weight /= sum;
    }
    found
}

impl ModelDrive {
    /// Power of all its machines in kW, if every axle's is known.
    fn peak_power_kw(&self) -> Option<f64> {
        self.axles.iter().map(|a| a.peak_power_kw).sum()
    }

    /// Its driven wheels.
    fn driven_wheels(&self) -> DrivenWheels {
        match self.axles.as_slice() {
            [axle] => axle.axle,
            _ => DrivenWheels::All,
        }
    }
}

/// Runs of letters, digits, hyphens, dots and slashes in lower case, with one plus sign at the end allowed.
fn words(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '+');
    let trim = |w: &str| {
        let bare = w.trim_end_matches('+');
        if bare.len() < w.len() { format!("{bare}+") } else { bare.to_owned() }
    };
    text.to_lowercase().split(|c| !is_part(c)).filter(|w| !w.is_empty()).map(trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use minewheel_data::store::Store;

    fn model(pattern: &str, years: (i32, i32)) -> ModelDrive {
        ModelDrive { words: words(pattern), letters: pattern.len(), years, axles: Vec::new() }
    }

    #[test]
    fn the_pattern_with_most_words_wins_then_the_nearest_year() {
        let models = [model("tesla model 3", (2017, 2020)), model("tesla model 3", (2021, 2023)), model("tesla model 3 rwd", (2022, 2023))];
        let at = |text: &str, year| find(&models, "Tesla", text, Some(year)).map(|m| (m.words.len(), m.years.0));
        assert_eq!(at("Model 3 RWD", 2022), Some((4, 2022)));
        assert_eq!(at("Model 3 Long Range AWD", 2022), Some((3, 2021)));
        assert_eq!(at("Model 3", 2019), Some((3, 2017)));
        assert_eq!(at("Model S", 2019), None);
        assert_eq!(at("Model 3", 2012), None);
        assert_eq!(find(&models, "Tesla", "Model 3", None).map(|m| m.years), Some((2021, 2023)));
    }

    #[test]
    fn a_car_without_a_name_is_likened_by_power_axles_and_year() {
        let with = |kw: f64, axles: &[DrivenWheels], years| ModelDrive {
            axles: axles
                .iter()
                .map(|&axle| ModelAxle {
                    axle,
                    topology: Topology::Ipm,
                    peak_power_kw: Some(kw / axles.len() as f64),
                    is_carbide: None,
                    can_rest: None,
                    has_heat_pump: None,
                    row: RowId::GIVEN,
                })
                .collect(),
            ..model("any", years)
        };
        let (front, rear) = (DrivenWheels::Front, DrivenWheels::Rear);
        let models = [
            with(100.0, &[front], (2017, 2019)),
            with(100.0, &[rear], (2017, 2019)),
            with(300.0, &[front, rear], (2020, 2022)),
            with(101.0, &[front], (2020, 2022)),
        ];
        let likeness = Likeness { power: 0.01, years: 1.0, unknown_power: 0.05 };
        let odds = |wheels, kw, year| likely(&models, Sought { wheels, peak_power_kw: kw, year }, likeness);
        let same = odds(Some(front), Some(100.0), Some(2018));
        assert!(same.len() == 2 && (same.iter().map(|o| o.0).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(same[0].0 > 0.9, "{}", same[0].0);
        // One per cent of power apart and in its years: a quarter, against one two years off.
        let later = odds(Some(front), Some(100.0), Some(2021));
        assert!((later[1].0 / later[0].0 - 0.2525 / 0.04).abs() < 0.1, "{later:?}");
        assert_eq!(odds(Some(DrivenWheels::All), Some(100.0), Some(2018)).len(), 1, "axles must agree, even where power does not");
        assert_eq!(odds(None, None, Some(2018)).len(), 4);
    }

    #[test]
    fn an_unknown_kind_of_machine_or_axle_is_a_fault_of_the_table() {
        let mut store = Store::embedded();
        let header = "make,model,first_year,last_year,axle,topology,peak_power_kw,inverter,disconnect,heat_pump,source,locator,status,note";
        let row =
            |axle: &str, topology: &str| format!("mine,one,2020,2024,{axle},{topology},100,igbt,no,no,assumption,argued in note,assumption,mine");
        let text = [header.to_owned(), row("front", "ipm"), row("front", "pmsm"), row("all", "ipm")].join("\n");
        store.insert("drive/designs.csv", &text);
        let mut loader = Loader::new(&store, false);
        let models = read(&mut loader);
        assert_eq!(models.iter().map(|m| m.axles.len()).sum::<usize>(), 1);
        let faults: Vec<String> = loader.finish().unwrap_err().iter().map(ToString::to_string).collect();
        let [kind, axle] = &faults[..] else { panic!("{faults:?}") };
        assert!(kind.contains("`topology` is `pmsm`") && axle.contains("`axle` is `all`"), "{faults:?}");
    }

    #[test]
    fn words_keep_hyphens_and_one_plus() {
        assert_eq!(words("AMG EQE 4MATIC++ (SUV) e-tron"), ["amg", "eqe", "4matic+", "suv", "e-tron"]);
    }
}
