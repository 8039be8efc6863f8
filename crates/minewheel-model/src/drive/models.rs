//! Drives of models on sale: which machines on which axle, from `drive/designs.csv`.
//!
//! A row describes one axle. Its make and model are words that must all occur in the make or the model of the car; of the
//! patterns that fit, the one with most words holds, then the longest, then the one whose model years are nearest.
//! These are facts that a buyer can look up. They stand in only where a design says nothing of its machines.

use minewheel_data::car::{DrivenWheels, Topology};
use minewheel_data::loader::Loader;
use minewheel_data::row::RowId;

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
        let Ok(topology) = table.text(row, "topology").parse::<Topology>() else { continue };
        let yes_no = |column: &str| match table.text(row, column) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let axle = ModelAxle {
            axle: table.text(row, "axle").parse().unwrap_or(DrivenWheels::All),
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

/// The drive of a model by make, model and year.
pub(super) fn find<'m>(models: &'m [ModelDrive], make: &str, model: &str, year: Option<i32>) -> Option<&'m ModelDrive> {
    let seen = words(&format!("{make} {model}"));
    let away = |m: &ModelDrive| year.map_or(0, |y| (m.years.0 - y).max(y - m.years.1).max(0));
    let fits = |m: &&ModelDrive| away(m) <= SLACK_YEARS && m.words.iter().all(|w| seen.contains(w));
    models.iter().filter(fits).max_by_key(|m| (m.words.len(), m.letters, -away(m), m.years.1))
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
    fn words_keep_hyphens_and_one_plus() {
        assert_eq!(words("AMG EQE 4MATIC++ (SUV) e-tron"), ["amg", "eqe", "4matic+", "suv", "e-tron"]);
    }
}
