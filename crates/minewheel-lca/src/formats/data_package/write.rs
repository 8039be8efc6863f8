//! From matrices to a Brightway data package.
//!
//! An entry is written as its owner stated it: the amount before its sign is turned (`flip`), and its distribution. Amounts that follow
//! parameters are numbers there, and counted.

use std::io::{Seek, Write};

use serde::Serialize;

use crate::formats::Dropped;
use crate::formats::archive::{ArchiveError, ZipWriter};
use crate::matrices::{Entry, EntryUncertainty, Matrices};

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the format")]
struct List<'n> {
    profile: &'static str,
    name: &'n str,
    id: &'n str,
    licenses: [Licence; 0],
    resources: Vec<Resource<'n>>,
    combinatorial: bool,
    sequential: bool,
    seed: Option<u64>,
    #[serde(rename = "64_bit_indices")]
    wide_indices: bool,
    sum_intra_duplicates: bool,
    sum_inter_duplicates: bool,
    matrix_serialize_format_type: &'static str,
}

#[derive(Serialize)]
struct Licence {}

#[derive(Serialize)]
struct Resource<'n> {
    profile: &'static str,
    format: &'static str,
    mediatype: &'static str,
    name: String,
    matrix: &'static str,
    kind: &'static str,
    path: String,
    group: &'n str,
    category: &'static str,
    nrows: usize,
}

/// Adds the arrays and the list of a package to a zip file, and says what was left out.
///
/// # Errors
/// What the target says.
pub fn write<W: Write + Seek>(name: &str, matrices: &Matrices, zip: &mut ZipWriter<W>) -> Result<Dropped, ArchiveError> {
    let mut dropped = Dropped::new();
    let mut resources = Vec::new();
    let own = [("technosphere", "technosphere_matrix", &matrices.technosphere), ("biosphere", "biosphere_matrix", &matrices.biosphere)];
    let groups = own.into_iter().map(|(group, matrix, entries)| (group.to_owned(), group, matrix, entries));
    let methods = matrices.methods.iter().enumerate();
    let methods = methods.map(|(at, m)| (format!("method_{}", at + 1), m.name.as_str(), "characterization_matrix", &m.factors));
    for (file, group, matrix, entries) in groups.chain(methods) {
        let follow = entries.iter().filter(|e| e.follows.is_some()).count();
        if follow > 0 {
            *dropped.entry("amounts that follow uncertain parameters, written as numbers".to_owned()).or_default() += follow;
        }
        let parts = entries.iter().filter(|e| e.part_of.is_some() && e.uncertainty != EntryUncertainty::Exact).count();
        if parts > 0 {
            *dropped.entry("that uncertain parts of one exchange share a draw".to_owned()).or_default() += parts;
        }
        let kinds = [("indices", indices(entries)), ("data", data(entries)), ("flip", flip(entries)), ("distributions", distributions(entries))];
        for (kind, bytes) in kinds {
            let path = format!("{file}.{kind}.npy");
            zip.add(&path, &bytes)?;
            resources.push(Resource {
                profile: "data-resource",
                format: "npy",
                mediatype: "application/octet-stream",
                name: format!("{group}.{kind}"),
                matrix,
                kind,
                path,
                group,
                category: "vector",
                nrows: entries.len(),
            });
        }
    }
    let units = matrices.methods.iter().filter(|m| m.unit.is_some()).count();
    if units > 0 {
        dropped.insert("units of methods".to_owned(), units);
    }
    let list = List {
        profile: "data-package",
        name,
        id: name,
        licenses: [],
        resources,
        combinatorial: false,
        sequential: false,
        seed: None,
        wide_indices: true,
        sum_intra_duplicates: true,
        sum_inter_duplicates: false,
        matrix_serialize_format_type: "numpy",
    };
    // Texts and whole numbers: nothing that JSON cannot say.
    zip.add("datapackage.json", &serde_json::to_vec_pretty(&list).unwrap_or_default())?;
    Ok(dropped)
}

/// The header of an array, padded as NumPy pads it, and room for its items.
fn array(items: &str, rows: usize, row_bytes: usize) -> Vec<u8> {
    const ALIGNED: usize = 64;
    const BEFORE: usize = 10;
    let mut header = format!("{{'descr': {items}, 'fortran_order': False, 'shape': ({rows},), }}");
    let end = (BEFORE + header.len() + 1).next_multiple_of(ALIGNED);
    header.extend(std::iter::repeat_n(' ', end - BEFORE - header.len() - 1));
    header.push('\n');
    let mut bytes = Vec::with_capacity(end + rows * row_bytes);
    bytes.extend_from_slice(b"\x93NUMPY\x01\x00");
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes
}

fn indices(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = array("[('row', '<i8'), ('col', '<i8')]", entries.len(), 16);
    for entry in entries {
        bytes.extend_from_slice(&entry.row.to_le_bytes());
        bytes.extend_from_slice(&entry.column.to_le_bytes());
    }
    bytes
}

/// The amount before its sign is turned.
fn stated(entry: &Entry) -> f64 {
    if entry.is_flipped { -entry.amount } else { entry.amount }
}

fn data(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = array("'<f8'", entries.len(), 8);
    bytes.extend(entries.iter().flat_map(|e| stated(e).to_le_bytes()));
    bytes
}

fn flip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = array("'|b1'", entries.len(), 1);
    bytes.extend(entries.iter().map(|e| u8::from(e.is_flipped)));
    bytes
}

fn distributions(entries: &[Entry]) -> Vec<u8> {
    const FIELDS: &str = "[('uncertainty_type', '|u1'), ('loc', '<f8'), ('scale', '<f8'), ('shape', '<f8'), ('minimum', '<f8'), ('maximum', '<f8'), ('negative', '|b1')]";
    let mut bytes = array(FIELDS, entries.len(), 42);
    let none = f64::NAN;
    for entry in entries {
        let spread = if has_width(entry.uncertainty) { entry.uncertainty } else { EntryUncertainty::Exact };
        let (kind, loc, [scale, shape], low, high, is_negative) = match spread {
            EntryUncertainty::Exact => (0_u8, stated(entry), [none, none], none, none, false),
            EntryUncertainty::Lognormal { mu, sigma, is_negative } => (2, mu, [sigma, none], none, none, is_negative),
            EntryUncertainty::Normal { mean, deviation } => (3, mean, [deviation, none], none, none, false),
            EntryUncertainty::Uniform { low, high } => (4, none, [none, none], low, high, false),
            EntryUncertainty::Triangular { mode, low, high } => (5, mode, [none, none], low, high, false),
            EntryUncertainty::Bernoulli { probability } => (6, probability, [none, none], none, none, false),
            EntryUncertainty::DiscreteUniform { low, high } => (7, none, [none, none], low, high, false),
            EntryUncertainty::Weibull { shape, scale, low } => (8, low, [scale, shape], none, none, false),
            EntryUncertainty::Gamma { shape, scale, low } => (9, low, [scale, shape], none, none, false),
            EntryUncertainty::Beta { alpha, beta, low, high } => (10, alpha, [none, beta], low, high, false),
        };
        bytes.push(kind);
        bytes.extend([loc, scale, shape, low, high].iter().flat_map(|v| v.to_le_bytes()));
        bytes.push(u8::from(is_negative));
    }
    bytes
}

/// Whether a distribution has any width: Brightway refuses those that have none.
fn has_width(uncertainty: EntryUncertainty) -> bool {
    match uncertainty {
        EntryUncertainty::Lognormal { sigma, .. } => sigma > 0.0,
        EntryUncertainty::Normal { deviation, .. } => deviation > 0.0,
        EntryUncertainty::Uniform { low, high }
        | EntryUncertainty::Triangular { low, high, .. }
        | EntryUncertainty::DiscreteUniform { low, high } => low < high,
        EntryUncertainty::Exact
        | EntryUncertainty::Bernoulli { .. }
        | EntryUncertainty::Beta { .. }
        | EntryUncertainty::Gamma { .. }
        | EntryUncertainty::Weibull { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::write;
    use crate::formats::archive::ZipWriter;
    use crate::formats::read_data_package;
    use crate::matrices::{CharacterisationMethod, Entry, EntryUncertainty, Matrices};

    #[test]
    fn a_package_that_is_written_reads_back_as_the_same_matrices() {
        let spread = [
            EntryUncertainty::Exact,
            EntryUncertainty::Lognormal { mu: 0.25, sigma: 0.5, is_negative: false },
            EntryUncertainty::Normal { mean: 2.0, deviation: 0.5 },
            EntryUncertainty::Uniform { low: 1.0, high: 3.0 },
            EntryUncertainty::Triangular { mode: 2.0, low: 1.0, high: 3.0 },
            EntryUncertainty::Bernoulli { probability: 0.25 },
            EntryUncertainty::DiscreteUniform { low: 1.0, high: 4.0 },
            EntryUncertainty::Beta { alpha: 2.0, beta: 4.0, low: 1.0, high: 5.0 },
            EntryUncertainty::Gamma { shape: 2.0, scale: 0.5, low: 1.0 },
            EntryUncertainty::Weibull { shape: 2.0, scale: 0.5, low: 1.0 },
        ];
        let entries = |is_flipped: bool| -> Vec<Entry> {
            let entry = |(at, u): (usize, &EntryUncertainty)| {
                let amount = if is_flipped { -2.0 } else { 2.0 };
                Entry { uncertainty: *u, is_flipped, ..Entry::exact(at as i64 + 1, 7_000_000_000 + at as i64, amount) }
            };
            spread.iter().enumerate().map(entry).collect()
        };
        let method = |name: &str| CharacterisationMethod { name: name.to_owned(), unit: None, factors: entries(false) };
        let matrices =
            Matrices { technosphere: entries(true), biosphere: entries(false), methods: vec![method("Ours: climate"), method("Ours: water/air")] };
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        assert!(write("ours", &matrices, &mut zip).unwrap().is_empty());
        let bytes = zip.finish().unwrap().into_inner();
        let read = read_data_package(Cursor::new(bytes), true).unwrap();
        assert_eq!((read.name.as_str(), &read.matrices), ("ours", &matrices));
    }
}
