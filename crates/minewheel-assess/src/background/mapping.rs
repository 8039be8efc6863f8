//! The mapping file: which product of ours is which process of theirs.
//!
//! | column   | meaning                                                                                                  |
//! |----------|----------------------------------------------------------------------------------------------------------|
//! | `kind`   | `product` or `category`                                                                                  |
//! | `ours`   | id of a product (`minewheel schema products`), or name of a category (`climate`, `nox`, `water` …)       |
//! | `place`  | for a product: where it is made or bought, with all places within; empty: everywhere, the world market included |
//! | `theirs` | for a product: id, full name, or `name, place` of a process, `…/FLOW` for a co-product; for a category: the method |
//! | `factor` | units of theirs for one unit of ours; empty: found from the two units, 1 for categories                  |
//! | `status` | how well the pair is known: `read`, `derived`, `recalled`, `assumption`; empty: `derived`                 |
//! | `note`   | yours                                                                                                    |

use minewheel_data::status::Status;

use super::{BackgroundError, BackgroundFault};

/// What a row pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingKind {
    /// A product and a process.
    Product,
    /// A category and a method.
    Category,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingRow {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is paired.
    pub kind: MappingKind,
    /// The id or name of ours.
    pub ours: String,
    /// Where the product is made or bought.
    pub place: Option<String>,
    /// The id or name of theirs.
    pub theirs: String,
    /// Units of theirs for one unit of ours.
    pub factor: Option<f64>,
    /// How well the pair is known.
    pub status: Status,
}

/// A mapping file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// Its rows.
    pub rows: Vec<MappingRow>,
}

impl Mapping {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// A column is missing, or every row that cannot be.
    pub fn parse(text: &str) -> Result<Self, BackgroundError> {
        let mut table = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = table.headers().map_err(|e| BackgroundError::Text(e.to_string()))?.clone();
        let at = |name: &str| header.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
        let wanted = |name: &'static str| at(name).ok_or(BackgroundError::Column(name));
        let (kind, ours, theirs) = (wanted("kind")?, wanted("ours")?, wanted("theirs")?);
        let (place, factor, status) = (at("place"), at("factor"), at("status"));
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for record in table.records() {
            let record = record.map_err(|e| BackgroundError::Text(e.to_string()))?;
            // Left to the reader of CSV, remarks would shift the lines.
            if record.get(0).is_some_and(|cell| cell.starts_with('#')) {
                continue;
            }
            let line = record.position().map_or(0, |p| p.line() as usize);
            let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|c| !c.is_empty());
            let kind = match cell(Some(kind)) {
                Some("product") => MappingKind::Product,
                Some("category") => MappingKind::Category,
                other => {
                    faults.push((line, BackgroundFault::Kind(other.unwrap_or_default().to_owned())));
                    continue;
                }
            };
            let (Some(ours), Some(theirs)) = (cell(Some(ours)), cell(Some(theirs))) else {
                faults.push((line, BackgroundFault::Blank));
                continue;
            };
            let number =
                |text: &str| text.parse::<f64>().ok().filter(|v| v.is_finite() && *v != 0.0).ok_or_else(|| BackgroundFault::Factor(text.to_owned()));
            let factor = match cell(factor).map(number).transpose() {
                Ok(factor) => factor,
                Err(fault) => {
                    faults.push((line, fault));
                    continue;
                }
            };
            let Ok(status) = cell(status).map_or(Ok(Status::Derived), str::parse) else {
                faults.push((line, BackgroundFault::Status(cell(status).unwrap_or_default().to_owned())));
                continue;
            };
            rows.push(MappingRow {
                line,
                kind,
                ours: ours.to_owned(),
                place: cell(place).map(str::to_owned),
                theirs: theirs.to_owned(),
                factor,
                status,
            });
        }
        if faults.is_empty() { Ok(Self { rows }) } else { Err(BackgroundError::Rows(faults)) }
    }

    /// The rows of a kind.
    pub fn of(&self, kind: MappingKind) -> impl Iterator<Item = &MappingRow> {
        self.rows.iter().filter(move |r| r.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mapping, MappingKind};
    use crate::background::BackgroundError;

    #[test]
    fn rows_keep_their_lines_and_blank_cells_have_their_meaning() {
        let text = "kind,ours,place,theirs,factor,status,note\n# ours\nproduct,steel,CN,making steel,,,x\ncategory,climate,,Ours: climate,0.5,read\n";
        let mapping = Mapping::parse(text).unwrap();
        let [steel, climate] = mapping.rows.as_slice() else { panic!("{mapping:?}") };
        assert_eq!((steel.line, steel.kind, steel.place.as_deref(), steel.factor), (3, MappingKind::Product, Some("CN"), None));
        assert_eq!((climate.factor, climate.status.word()), (Some(0.5), "read"));
    }

    #[test]
    fn every_row_that_cannot_be_is_named_at_once() {
        let text = "kind,ours,theirs,factor,status\nodd,a,b,,\nproduct,a,,,\nproduct,a,b,0,\nproduct,a,b,1,sure\n";
        let Err(BackgroundError::Rows(faults)) = Mapping::parse(text) else { panic!("accepted") };
        assert_eq!(faults.iter().map(|f| f.0).collect::<Vec<_>>(), [2, 3, 4, 5]);
        assert!(matches!(Mapping::parse("kind,ours\n"), Err(BackgroundError::Column("theirs"))));
    }
}
