//! Electricity mixes by place and year, the processes behind each technology, and delivery losses.
//!
//! Statistics count what generators give (gross) or what leaves the plant (net); processes make net kilowatt-hours. A
//! gross share is turned into a net one when it is read:
//!
//! ```text
//! s_t ∝ g_t · (1 − u_t)
//! ```
//!
//! with `u_t` the own use of the technology's plants over their gross generation (`own-use.csv`).
//!
//! A year without a row lies on the line between the last year before it and the first one after it that have one, be they
//! history or projection; a province without a row for a year keeps its last known mix, moved by the national trend:
//!
//! ```text
//! s_p,t(y) ∝ s_p,t(y₀) · s_n,t(y) / s_n,t(y₀)
//! ```
//!
//! with province `p`, nation `n`, technology `t`; a technology that the nation did not have in `y₀` keeps its share.
//! A country whose last row is at most [`STALE_YEARS`] older than the year asked for keeps that row, and the result
//! says so. Anything else is refused, naming the years that exist.

use rustc_hash::FxHashMap;

use crate::cards::{Cards, ProcessId};
use crate::loader::Loader;
use crate::places::{PlaceId, PlaceKind, Places};
use crate::row::{RowId, Value};
use crate::status::Status;
use crate::table::Fault;

/// Technologies of the mix table, in column order.
pub const TECHNOLOGIES: [&str; 9] = ["coal", "gas", "oil", "nuclear", "hydro", "wind", "solar", "bioenergy", "other_renewables"];
/// How old a country's last mix may be to stand in for a later year.
pub const STALE_YEARS: i32 = 3;
/// Largest gap of a mix's sum from one.
const SHARE_TOLERANCE: f64 = 0.01;

/// Voltage at which a user draws electricity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoltageLevel {
    /// Plants.
    High,
    /// Households, shops, chargers.
    Low,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct MixRow {
    year: i32,
    is_projection: bool,
    shares: [f64; 9],
    row: RowId,
}

/// The mix of one place and year, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// Share of net generation by technology, summing to one.
    pub shares: [f64; 9],
    /// The rows it rests on.
    pub rows: Vec<RowId>,
    /// Weakest status, the way of extrapolation included.
    pub status: Status,
    /// What the reader must be told about how the mix was found.
    pub notice: Option<String>,
}

/// The process behind part of a technology.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Technology {
    /// The process that generates.
    pub process: ProcessId,
    /// Its share within the technology.
    pub share: f64,
    /// The row that says so.
    pub row: RowId,
}

/// No mix is known for a place and year.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MixError {
    /// The year is not covered.
    #[error("no electricity mix for {place} in {year}; years with data: {years}")]
    Year {
        /// The place.
        place: String,
        /// The year asked for.
        year: i32,
        /// The years there are.
        years: String,
    },
    /// The place has no mix and none stands in.
    #[error("no electricity mix for {place}, and no other place stands in for it")]
    Place {
        /// The place.
        place: String,
    },
}

/// All mixes, technologies and losses of a data set.
#[derive(Debug, Clone, Default)]
pub struct Electricity {
    mixes: FxHashMap<PlaceId, Vec<MixRow>>,
    technologies: FxHashMap<(PlaceId, usize), Vec<Technology>>,
    losses: FxHashMap<(PlaceId, VoltageLevel), Value>,
    own_use: [f64; 9],
}

impl Electricity {
    /// Reads `electricity/own-use.csv`, `mix.csv`, `technologies.csv` and `delivery.csv`.
    pub fn read(loader: &mut Loader<'_>, places: &Places, cards: &Cards) -> Self {
        let mut all = Self::default();
        all.read_own_use(loader);
        all.read_mixes(loader, places);
        all.read_technologies(loader, places, cards);
        if let Some(table) = loader.table("electricity/delivery.csv") {
            for row in 0..table.len() {
                let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
                let level = if table.text(row, "voltage") == "high" { VoltageLevel::High } else { VoltageLevel::Low };
                if let Some(loss) = loader.value(&table, row, "loss_share") {
                    all.losses.insert((place, level), loss);
                }
            }
        }
        all
    }

    fn read_mixes(&mut self, loader: &mut Loader<'_>, places: &Places) {
        let Some(table) = loader.table("electricity/mix.csv") else { return };
        for row in 0..table.len() {
            let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
            let Ok(year) = table.text(row, "year").parse() else {
                loader.fault(&table, row, Some("year"), Fault::NotANumber { column: "year".to_owned(), seen: table.text(row, "year").to_owned() });
                continue;
            };
            let mut shares = [0.0; 9];
            for (share, name) in shares.iter_mut().zip(TECHNOLOGIES) {
                *share = loader.number_in(&table, row, name).unwrap_or(0.0);
            }
            let sum: f64 = shares.iter().sum();
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let whole = format!("the mix of {} in {year}", places.code(place));
                loader.fault(&table, row, None, Fault::Shares { whole, sum });
                continue;
            }
            let kept = |t: usize| if table.text(row, "basis") == "gross" { 1.0 - self.own_use[t] } else { 1.0 };
            let net: f64 = shares.iter().enumerate().map(|(t, share)| share * kept(t)).sum();
            for (t, share) in shares.iter_mut().enumerate() {
                *share *= kept(t) / net;
            }
            let is_projection = table.text(row, "scenario") == "projection";
            let rows = self.mixes.entry(place).or_default();
            if let Some(first) = rows.iter().find(|r| r.year == year && r.is_projection == is_projection) {
                let first_line = table.line((first.row.0 - table.first_row()) as usize);
                loader.fault(&table, row, Some("year"), Fault::Duplicate { key: format!("mix of {} in {year}", places.code(place)), first_line });
                continue;
            }
            rows.push(MixRow { year, is_projection, shares, row: loader.row(&table, row) });
        }
        #[expect(clippy::iter_over_hash_type, reason = "every list is sorted by itself; their order reaches nothing")]
        for rows in self.mixes.values_mut() {
            // History goes before a projection of the same year.
            rows.sort_by_key(|r| (r.year, r.is_projection));
            rows.dedup_by_key(|r| r.year);
        }
    }

    fn read_own_use(&mut self, loader: &mut Loader<'_>) {
        let Some(table) = loader.table("electricity/own-use.csv") else { return };
        for row in 0..table.len() {
            let (Some(technology), Some(share)) =
                (TECHNOLOGIES.iter().position(|t| *t == table.text(row, "technology")), loader.number_in(&table, row, "own_use_share"))
            else {
                continue;
            };
            self.own_use[technology] = share;
        }
    }

    /// Gross over net generation of a mix: what its plants generate for each kilowatt-hour that leaves them.
    pub fn gross_over_net(&self, mix: &Mix) -> f64 {
        mix.shares.iter().zip(self.own_use).map(|(share, own_use)| share / (1.0 - own_use)).sum()
    }

    fn read_technologies(&mut self, loader: &mut Loader<'_>, places: &Places, cards: &Cards) {
        let Some(table) = loader.table("electricity/technologies.csv") else { return };
        let mut first: Vec<((PlaceId, usize), usize)> = Vec::new();
        for row in 0..table.len() {
            let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
            let Some(technology) = TECHNOLOGIES.iter().position(|t| *t == table.text(row, "technology")) else {
                let fault = Fault::NotInList {
                    column: "technology".to_owned(),
                    seen: table.text(row, "technology").to_owned(),
                    wanted: TECHNOLOGIES.join(", "),
                    nearest: None,
                };
                loader.fault(&table, row, Some("technology"), fault);
                continue;
            };
            let Some(process) = cards.process_id(table.text(row, "process_id")) else {
                loader.unknown_name(&table, row, "process_id", "process", cards.processes().iter().map(|p| p.id.as_str()));
                continue;
            };
            let Some(share) = loader.number_in(&table, row, "share") else { continue };
            let key = (place, technology);
            if !first.iter().any(|f| f.0 == key) {
                first.push((key, row));
            }
            self.technologies.entry(key).or_default().push(Technology { process, share, row: loader.row(&table, row) });
        }
        for (key, row) in first {
            let parts = self.technologies.get_mut(&key).map(Vec::as_mut_slice).unwrap_or_default();
            let sum: f64 = parts.iter().map(|p| p.share).sum();
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let whole = format!("technology `{}` in {}", TECHNOLOGIES[key.1], places.code(key.0));
                loader.fault(&table, row, Some("share"), Fault::Shares { whole, sum });
            }
            for part in parts {
                part.share /= sum;
            }
        }
    }

    /// The places that have a mix of their own, in order.
    pub fn places(&self) -> Vec<PlaceId> {
        let mut found: Vec<_> = self.mixes.keys().copied().collect();
        found.sort_unstable();
        found
    }

    /// The years for which a place has a row of its own.
    pub fn years(&self, place: PlaceId) -> Vec<i32> {
        self.mixes.get(&place).map(|rows| rows.iter().map(|r| r.year).collect()).unwrap_or_default()
    }

    /// The last year of a place whose mix is history, not projection.
    ///
    /// # Errors
    /// The place has no such year.
    pub fn last_historical_year(&self, places: &Places, place: PlaceId) -> Result<i32, MixError> {
        let rows = self.mixes.get(&place).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter(|r| !r.is_projection).map(|r| r.year).max().ok_or_else(|| MixError::Place { place: places.code(place).to_owned() })
    }

    /// The mix of a place in a year (see the module's head for years without a row).
    ///
    /// # Errors
    /// The year is not covered, or the place has no mix and none stands in.
    pub fn mix(&self, places: &Places, place: PlaceId, year: i32) -> Result<Mix, MixError> {
        let Some(rows) = self.mixes.get(&place) else {
            let other = places.electricity_from(place).ok_or_else(|| MixError::Place { place: places.code(place).to_owned() })?;
            let mut mix = self.mix(places, other, year)?;
            mix.status = Status::Assumption;
            mix.rows.push(places.row(place));
            mix.notice = Some(format!("{} has no electricity mix of its own: {} stands in", places.code(place), places.code(other)));
            return Ok(mix);
        };
        if let Some(row) = rows.iter().find(|r| r.year == year) {
            return Ok(Mix { shares: row.shares, rows: vec![row.row], status: Status::Read, notice: None });
        }
        let before = rows.iter().rev().find(|r| r.year < year);
        let after = rows.iter().find(|r| r.year > year);
        if places.kind(place) == PlaceKind::Province {
            return self.moved_by_nation(places, place, year, before.or(after));
        }
        match (before, after) {
            (Some(a), Some(b)) => {
                let weight = f64::from(year - a.year) / f64::from(b.year - a.year);
                let mut shares = [0.0; 9];
                for (share, (x, y)) in shares.iter_mut().zip(a.shares.iter().zip(b.shares)) {
                    *share = x + weight * (y - x);
                }
                let notice = Some(format!("mix of {} in {year} interpolated between {} and {}", places.code(place), a.year, b.year));
                Ok(Mix { shares, rows: vec![a.row, b.row], status: Status::Derived, notice })
            }
            (Some(a), None) if year - a.year <= STALE_YEARS => {
                let notice = Some(format!("mix of {} in {year} is that of {}, the last year with data", places.code(place), a.year));
                Ok(Mix { shares: a.shares, rows: vec![a.row], status: Status::Assumption, notice })
            }
            _ => Err(self.no_year(places, place, year)),
        }
    }

    /// The mix of a place in a year, or of the nearest year that has one; then it is an assumption and says so.
    /// For plants in the background: a place that the user did not choose must not stop the assessment.
    ///
    /// # Errors
    /// The place has no mix at all and none stands in.
    pub fn mix_or_nearest(&self, places: &Places, place: PlaceId, year: i32) -> Result<Mix, MixError> {
        match self.mix(places, place, year) {
            Err(error @ MixError::Year { .. }) => {
                let holder = if self.mixes.contains_key(&place) { place } else { places.electricity_from(place).unwrap_or(place) };
                let Some(row) = self.mixes.get(&holder).and_then(|rows| rows.iter().min_by_key(|r| (r.year - year).abs())) else {
                    return Err(error);
                };
                let notice = Some(format!("mix of {} in {year} is that of {}, the nearest year with data", places.code(place), row.year));
                Ok(Mix { shares: row.shares, rows: vec![row.row], status: Status::Assumption, notice })
            }
            other => other,
        }
    }

    fn moved_by_nation(&self, places: &Places, place: PlaceId, year: i32, known: Option<&MixRow>) -> Result<Mix, MixError> {
        let (Some(base), nation) = (known, places.country(place)) else { return Err(self.no_year(places, place, year)) };
        let (Ok(then), Ok(there)) = (self.mix(places, nation, base.year), self.mix(places, nation, year)) else {
            return Err(self.no_year(places, place, year));
        };
        let mut shares = [0.0; 9];
        for (t, share) in shares.iter_mut().enumerate() {
            let trend = if then.shares[t] > 0.0 { there.shares[t] / then.shares[t] } else { 1.0 };
            *share = base.shares[t] * trend;
        }
        let sum: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= sum;
        }
        let notice = Some(format!("mix of {} in {year} is that of {} moved by the trend of {}", places.code(place), base.year, places.code(nation)));
        let rows = std::iter::once(base.row).chain(then.rows).chain(there.rows).collect();
        Ok(Mix { shares, rows, status: Status::Assumption, notice })
    }

    fn no_year(&self, places: &Places, place: PlaceId, year: i32) -> MixError {
        let own = self.years(place);
        let years = if own.is_empty() { self.years(places.country(place)) } else { own };
        MixError::Year { place: places.code(place).to_owned(), year, years: years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") }
    }

    /// The processes behind a technology in a place; rows of the nearest place go first, then those of `WORLD`.
    pub fn technology(&self, lineage: &[PlaceId], technology: usize) -> &[Technology] {
        lineage.iter().find_map(|p| self.technologies.get(&(*p, technology))).map_or(&[], Vec::as_slice)
    }

    /// Share of generation lost on the way to a user; the nearest place with a row.
    pub fn loss(&self, lineage: &[PlaceId], level: VoltageLevel) -> Option<Value> {
        lineage.iter().find_map(|p| self.losses.get(&(*p, level))).copied()
    }
}
