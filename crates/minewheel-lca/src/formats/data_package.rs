//! Brightway data packages, read and written: the matrices of a database as arrays in a zip file, as `bw_processing` writes them.
//!
//! `datapackage.json` lists resources; those of one `group` belong together by `kind`: `indices` (row and column ids), `data` (amounts),
//! `flip` (whether an amount enters with the opposite sign) and `distributions`. The technosphere and biosphere groups of a package
//! add up or replace one another as its `sum_intra_duplicates` and `sum_inter_duplicates` say; every group of
//! `characterization_matrix` is a method of its own, named after the group.
//!
//! Source: `bw_processing` 1.0, documentation and packages written by it. Presampled arrays and interfaces are refused by name; groups
//! of other matrices (weighting, normalisation) are left out and listed.

mod import;
mod write;

use std::io::{Read, Seek};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

pub use import::{import, is_list};
pub use write::write;

use super::npy::{NpyArray, NpyError};
use crate::matrices::{CharacterisationMethod, Entry, EntryUncertainty, Matrices};

/// Most bytes that one array of a package may unpack to.
pub const LARGEST_ARRAY_BYTES: u64 = 4 << 30;

/// Why a package cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Not a zip file, or a broken one.
    #[error("not a readable zip file: {reason}")]
    Zip {
        /// What the reader said.
        reason: String,
    },
    /// A file is not in the package.
    #[error("the package holds no `{name}`")]
    Missing {
        /// The file wanted.
        name: String,
    },
    /// A file unpacks to more than is taken.
    #[error("`{name}` unpacks to more than {limit} bytes")]
    TooLarge {
        /// The file.
        name: String,
        /// Most bytes taken.
        limit: u64,
    },
    /// The list of resources cannot be read.
    #[error("`datapackage.json`: {reason}")]
    List {
        /// What the reader said.
        reason: String,
    },
    /// An array cannot be read.
    #[error("`{name}`: {error}")]
    Array {
        /// The file.
        name: String,
        /// Why.
        error: NpyError,
    },
    /// A group lacks one of its arrays.
    #[error("group `{group}` has no array of kind `{kind}`")]
    Kind {
        /// The group.
        group: String,
        /// The kind wanted.
        kind: &'static str,
    },
    /// A group of a kind that is not read.
    #[error("group `{group}` is of category `{category}`; only `vector` is read, one amount an entry")]
    Category {
        /// The group.
        group: String,
        /// The category seen.
        category: String,
    },
    /// Arrays of one group differ in length.
    #[error("`{name}` has {given} items; the indices of its group have {wanted}")]
    Length {
        /// The file.
        name: String,
        /// Items seen.
        given: usize,
        /// Items wanted.
        wanted: usize,
    },
    /// A distribution that is not sampled.
    #[error(
        "`{name}` item {item} is of uncertainty type {seen}; read are 0 to 7 (none, lognormal, normal, uniform, triangular, Bernoulli, discrete)"
    )]
    Uncertainty {
        /// The file.
        name: String,
        /// The item.
        item: usize,
        /// The type seen.
        seen: i64,
    },
    /// Parameters that no distribution has.
    #[error("`{name}` item {item}: {reason}")]
    Parameters {
        /// The file.
        name: String,
        /// The item.
        item: usize,
        /// What is wanted.
        reason: &'static str,
    },
    /// An amount that is not finite.
    #[error("`{name}` item {item} is {value}; a finite number is wanted")]
    NotFinite {
        /// The file.
        name: String,
        /// The item.
        item: usize,
        /// The amount seen.
        value: String,
    },
}

/// The matrices of a package, and the groups that were left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataPackage {
    /// Its name.
    pub name: String,
    /// Its matrices.
    pub matrices: Matrices,
    /// Groups of other matrices.
    pub left_out: Vec<String>,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    name: String,
    resources: Vec<Resource>,
    #[serde(default = "yes")]
    sum_intra_duplicates: bool,
    #[serde(default)]
    sum_inter_duplicates: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    matrix: String,
    #[serde(default)]
    kind: String,
    path: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    category: String,
}

/// Reads a package. With `is_uncertain`, distributions are read too; without, every amount is exact.
///
/// # Errors
/// Anything that keeps an entry from being read as its owner wrote it.
pub fn read_data_package(source: impl Read + Seek, is_uncertain: bool) -> Result<DataPackage, PackageError> {
    let mut zip = zip::ZipArchive::new(source).map_err(|e| PackageError::Zip { reason: e.to_string() })?;
    read_files(&mut |name| unpack(&mut zip, name), is_uncertain)
}

/// Gives the bytes of a file of a package by its name.
type Unpack<'u> = dyn FnMut(&str) -> Result<Vec<u8>, PackageError> + 'u;

/// As [`read_data_package`], from whatever holds the files of a package.
fn read_files(unpack: &mut Unpack<'_>, is_uncertain: bool) -> Result<DataPackage, PackageError> {
    let text = unpack("datapackage.json")?;
    let list: List = serde_json::from_slice(&text).map_err(|e| PackageError::List { reason: e.to_string() })?;
    let mut groups: Vec<(&str, &str, Vec<&Resource>)> = Vec::new();
    for resource in &list.resources {
        match groups.iter_mut().find(|g| g.0 == resource.group && g.1 == resource.matrix) {
            Some(group) => group.2.push(resource),
            None => groups.push((&resource.group, &resource.matrix, vec![resource])),
        }
    }
    let mut package = DataPackage { name: list.name.clone(), ..DataPackage::default() };
    for (group, matrix, resources) in groups {
        if !matches!(matrix, "technosphere_matrix" | "biosphere_matrix" | "characterization_matrix") {
            package.left_out.push(group.to_owned());
            continue;
        }
        let mut entries = read_group(unpack, group, &resources, is_uncertain)?;
        if !list.sum_intra_duplicates {
            keep_last(&mut entries);
        }
        let matrices = &mut package.matrices;
        match matrix {
            "technosphere_matrix" => join(&mut matrices.technosphere, entries, list.sum_inter_duplicates),
            "biosphere_matrix" => join(&mut matrices.biosphere, entries, list.sum_inter_duplicates),
            _ => matrices.methods.push(CharacterisationMethod { name: group.to_owned(), unit: None, factors: entries }),
        }
    }
    Ok(package)
}

fn unpack<R: Read + Seek>(zip: &mut zip::ZipArchive<R>, name: &str) -> Result<Vec<u8>, PackageError> {
    let file = zip.by_name(name).map_err(|e| match e {
        zip::result::ZipError::FileNotFound => PackageError::Missing { name: name.to_owned() },
        other => PackageError::Zip { reason: other.to_string() },
    })?;
    // The size that the directory states is a hint; what comes out is what counts.
    let mut bytes = Vec::new();
    let mut limited = file.take(LARGEST_ARRAY_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(|e| PackageError::Zip { reason: format!("`{name}`: {e}") })?;
    if bytes.len() as u64 > LARGEST_ARRAY_BYTES {
        return Err(PackageError::TooLarge { name: name.to_owned(), limit: LARGEST_ARRAY_BYTES });
    }
    Ok(bytes)
}

fn read_group(unpack: &mut Unpack<'_>, group: &str, resources: &[&Resource], is_uncertain: bool) -> Result<Vec<Entry>, PackageError> {
    if let Some(other) = resources.iter().find(|r| r.category != "vector") {
        return Err(PackageError::Category { group: group.to_owned(), category: other.category.clone() });
    }
    let of = |kind: &str| resources.iter().find(|r| r.kind == kind).map(|r| r.path.as_str());
    let missing = |kind| PackageError::Kind { group: group.to_owned(), kind };
    let path = of("indices").ok_or_else(|| missing("indices"))?;
    let mut entries = with_array(unpack, path, None, |array| {
        let (row, column) = (array.column("row")?, array.column("col")?);
        Ok((0..array.len()).map(|item| Entry::exact(row.integer(item), column.integer(item), 0.0)).collect::<Vec<_>>())
    })?;
    let wanted = Some(entries.len());
    let path = of("data").ok_or_else(|| missing("data"))?;
    with_array(unpack, path, wanted, |array| {
        let amounts = array.column("")?;
        entries.iter_mut().enumerate().for_each(|(item, entry)| entry.amount = amounts.float(item));
        Ok(())
    })?;
    if let Some(item) = entries.iter().position(|e| !e.amount.is_finite()) {
        return Err(PackageError::NotFinite { name: path.to_owned(), item, value: entries[item].amount.to_string() });
    }
    if let (true, Some(path)) = (is_uncertain, of("distributions")) {
        let bytes = unpack(path)?;
        let array = parse(path, &bytes, wanted)?;
        let column = |name| array.column(name).map_err(|error| PackageError::Array { name: path.to_owned(), error });
        let (kind, loc, scale) = (column("uncertainty_type")?, column("loc")?, column("scale")?);
        let shape = column("shape")?;
        let (minimum, maximum, negative) = (column("minimum")?, column("maximum")?, column("negative")?);
        for (item, entry) in entries.iter_mut().enumerate() {
            let or = |value: f64, otherwise: f64| if value.is_nan() { otherwise } else { value };
            let (low, high) = (minimum.float(item), maximum.float(item));
            entry.uncertainty = match kind.integer(item) {
                0 | 1 => EntryUncertainty::Exact,
                2 => EntryUncertainty::Lognormal { mu: loc.float(item), sigma: scale.float(item), is_negative: negative.is_set(item) },
                3 => EntryUncertainty::Normal { mean: loc.float(item), deviation: scale.float(item) },
                4 => EntryUncertainty::Uniform { low, high },
                5 => EntryUncertainty::Triangular { mode: loc.float(item), low, high },
                6 => EntryUncertainty::Bernoulli { probability: loc.float(item) },
                7 => EntryUncertainty::DiscreteUniform { low: or(low, 0.0), high },
                8 => EntryUncertainty::Weibull { shape: shape.float(item), scale: scale.float(item), low: or(loc.float(item), 0.0) },
                9 => EntryUncertainty::Gamma { shape: shape.float(item), scale: scale.float(item), low: or(loc.float(item), 0.0) },
                10 => EntryUncertainty::Beta { alpha: loc.float(item), beta: shape.float(item), low: or(low, 0.0), high: or(high, 1.0) },
                13 => EntryUncertainty::pert(low, loc.float(item), high),
                seen => return Err(PackageError::Uncertainty { name: path.to_owned(), item, seen }),
            };
            if let Some(reason) = entry.uncertainty.fault() {
                return Err(PackageError::Parameters { name: path.to_owned(), item, reason });
            }
        }
    }
    if let Some(path) = of("flip") {
        with_array(unpack, path, wanted, |array| {
            let flip = array.column("")?;
            for (_, entry) in entries.iter_mut().enumerate().filter(|(item, _)| flip.is_set(*item)) {
                entry.is_flipped = true;
                entry.amount = -entry.amount;
            }
            Ok(())
        })?;
    }
    Ok(entries)
}

fn parse<'b>(name: &str, bytes: &'b [u8], wanted: Option<usize>) -> Result<NpyArray<'b>, PackageError> {
    let array = NpyArray::parse(bytes).map_err(|error| PackageError::Array { name: name.to_owned(), error })?;
    match wanted {
        Some(wanted) if wanted != array.len() => Err(PackageError::Length { name: name.to_owned(), given: array.len(), wanted }),
        _ => Ok(array),
    }
}

fn with_array<T>(
    unpack: &mut Unpack<'_>,
    name: &str,
    wanted: Option<usize>,
    read: impl FnOnce(&NpyArray<'_>) -> Result<T, NpyError>,
) -> Result<T, PackageError> {
    let bytes = unpack(name)?;
    read(&parse(name, &bytes, wanted)?).map_err(|error| PackageError::Array { name: name.to_owned(), error })
}

/// Keeps the last entry of each place.
fn keep_last(entries: &mut Vec<Entry>) {
    let last: FxHashMap<(i64, i64), usize> = entries.iter().enumerate().map(|(at, e)| ((e.row, e.column), at)).collect();
    let mut at = 0;
    entries.retain(|e| {
        at += 1;
        last[&(e.row, e.column)] == at - 1
    });
}

/// Adds a further group of a matrix; where groups do not add, the later one takes the place of the earlier.
fn join(matrix: &mut Vec<Entry>, mut entries: Vec<Entry>, is_sum: bool) {
    if !is_sum && !matrix.is_empty() {
        let taken: FxHashSet<(i64, i64)> = entries.iter().map(|e| (e.row, e.column)).collect();
        matrix.retain(|e| !taken.contains(&(e.row, e.column)));
    }
    if matrix.is_empty() { *matrix = entries } else { matrix.append(&mut entries) }
}
