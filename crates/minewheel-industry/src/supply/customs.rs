//! A user's own trade and output figures, in kilograms: they replace the shares of the tables and net trade.
//!
//! A CSV of `commodity,tier,reporter,flow,partner,kg`; `flow` is `output` (partner empty) or `import` (partner is where it
//! comes from). Customs count what crosses a border both ways, which net trade between tiers cannot see.

use std::collections::BTreeMap;

use minewheel_data::places::Places;
use minewheel_data::supply::{Supply, Tier};
use minewheel_data::table::{Table, nearest};

use super::trade::{Mix, Shares};

/// The header of the file.
pub const HEADER: [&str; 6] = ["commodity", "tier", "reporter", "flow", "partner", "kg"];

/// A trade file that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CustomsError {
    /// It is no CSV.
    #[error("{0}")]
    Csv(String),
    /// A column is missing.
    #[error("{file}: no column `{column}`; the header is {}", HEADER.join(","))]
    Column {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// A cell cannot be used.
    #[error("{file}:{line}: `{column}` is `{seen}`, wanted {wanted}{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Cell {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The column.
        column: &'static str,
        /// What stands there.
        seen: String,
        /// What would do.
        wanted: &'static str,
        /// The nearest name.
        nearest: Option<String>,
    },
}

/// Output and imports by tier.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Customs {
    output: BTreeMap<Tier, BTreeMap<String, f64>>,
    imports: BTreeMap<Tier, BTreeMap<String, BTreeMap<String, f64>>>,
}

impl Customs {
    /// Reads a trade file.
    ///
    /// # Errors
    /// A column, commodity, place, flow or amount that cannot be used, with its line.
    pub fn read(file: &str, text: &str, places: &Places, supply: &Supply) -> Result<Self, CustomsError> {
        let table = Table::parse(file, text, 0).map_err(|e| CustomsError::Csv(e.to_string()))?;
        if let Some(column) = HEADER.into_iter().find(|c| table.column(c).is_none()) {
            return Err(CustomsError::Column { file: file.to_owned(), column });
        }
        let mut all = Self::default();
        for row in 0..table.len() {
            let cell = |column: &'static str, wanted: &'static str, nearest: Option<String>| CustomsError::Cell {
                file: file.to_owned(),
                line: table.line(row),
                column,
                seen: table.text(row, column).to_owned(),
                wanted,
                nearest,
            };
            let tier = Tier { commodity: table.text(row, "commodity").to_owned(), name: table.text(row, "tier").to_owned() };
            if supply.shares(&tier, i32::MAX).is_none() {
                let known: Vec<&str> = supply.tiers().into_iter().filter(|t| t.name == tier.name).map(|t| t.commodity.as_str()).collect();
                let near = nearest(&tier.commodity, known.into_iter());
                return Err(cell("commodity", "a commodity of that tier in supply/shares.csv", near));
            }
            let place = |column: &'static str| {
                let code = table.text(row, column);
                places.id(code).map(|_| code.to_owned()).map_err(|e| cell(column, "a place", e.nearest))
            };
            let reporter = place("reporter")?;
            let kg = table.text(row, "kg").parse::<f64>().ok().filter(|kg| kg.is_finite() && *kg >= 0.0);
            let kg = kg.ok_or_else(|| cell("kg", "a number from 0", None))?;
            match table.text(row, "flow") {
                "output" => *all.output.entry(tier).or_default().entry(reporter).or_default() += kg,
                "import" => {
                    let partner = place("partner")?;
                    *all.imports.entry(tier).or_default().entry(reporter).or_default().entry(partner).or_default() += kg;
                }
                _ => return Err(cell("flow", "output or import", None)),
            }
        }
        Ok(all)
    }

    /// Shares of world output, if the file has output of the tier.
    pub fn shares(&self, tier: &Tier) -> Option<Shares> {
        let output = self.output.get(tier)?;
        let total: f64 = output.values().sum();
        (total > 0.0).then(|| output.iter().map(|(p, kg)| (p.clone(), kg / total)).collect())
    }

    /// The supply of a buyer, if the file has its imports of the tier: imports from others over imports and own output.
    pub fn mix(&self, tier: &Tier, is_buyer: &dyn Fn(&str) -> bool) -> Option<Mix> {
        let imports = self.imports.get(tier)?;
        let mut bought = Shares::new();
        for (_, partners) in imports.iter().filter(|i| is_buyer(i.0)) {
            for (partner, kg) in partners.iter().filter(|p| !is_buyer(p.0)) {
                *bought.entry(partner.clone()).or_default() += kg;
            }
        }
        let own: f64 = self.output.get(tier).into_iter().flatten().filter(|o| is_buyer(o.0)).map(|o| o.1).sum();
        let total = own + bought.values().sum::<f64>();
        if total <= 0.0 {
            return None;
        }
        for share in bought.values_mut() {
            *share /= total;
        }
        Some(Mix { own: own / total, bought })
    }
}
