//! Driving cycles: speed against time, ours and the user's.
//!
//! The index `cycles/cycles.csv` has one row per cycle with its duration, distance and highest speed; the trace itself
//! is `cycles/<id>.csv`. A trace is parsed when it is asked for and checked against its index row, so that a run on
//! one cycle does not pay for ten. The distance is the trapezoidal sum
//!
//! ```text
//! s = Σ ½ (v_i + v_(i+1)) (t_(i+1) − t_i)
//! ```

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::loader::Loader;
use crate::row::{RowId, Value};
use crate::table::{Fault, Table, nearest};
use crate::units::Speed;

/// Highest speed of a trace that is taken for a car's, in km/h.
pub const HIGHEST_SPEED_KM_H: f64 = 400.0;
/// A step longer than this many median steps is a gap.
const GAP_STEPS: f64 = 2.0;
/// Relative agreement wanted between a trace and its index row.
const INDEX_TOLERANCE: f64 = 1e-4;

/// A cycle cannot be read or used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CycleError {
    /// No cycle has the id.
    #[error("no cycle `{seen}`{}; cycles: {known}, or a path to a .csv file", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The id wanted.
        seen: String,
        /// The nearest id.
        nearest: Option<String>,
        /// All ids.
        known: String,
    },
    /// The file cannot be opened.
    #[error("cannot read cycle file `{}`: {reason}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The text is not a table, or lacks a column.
    #[error("{file}: {reason}; wanted columns time_s and speed_km_h")]
    NotATable {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Fewer than two points.
    #[error("{file}: {points} {}; a cycle needs at least 2", if *points == 1 { "point" } else { "points" })]
    TooShort {
        /// The file.
        file: String,
        /// Points seen.
        points: usize,
    },
    /// Lines that cannot be part of a trace, all of them.
    #[error("{file}: {} bad {}: {}", faults.len(), if faults.len() == 1 { "line" } else { "lines" }, faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Lines {
        /// The file.
        file: String,
        /// What is wrong, by line.
        faults: Vec<LineFault>,
    },
    /// The car would not move.
    #[error("{file}: the speed is nought throughout; a cycle must cover a distance")]
    Standstill {
        /// The file.
        file: String,
    },
    /// A trace of ours disagrees with its index.
    #[error("{file}: `{column}` of the index is {wanted}, the trace gives {seen}")]
    Index {
        /// The trace.
        file: String,
        /// The column of the index.
        column: &'static str,
        /// What the index says.
        wanted: f64,
        /// What the trace gives.
        seen: f64,
    },
}

/// What is wrong with one line of a trace.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LineFault {
    /// Not a finite number.
    #[error("line {line}: `{column}` is `{seen}`, wanted a finite number")]
    NotANumber {
        /// The line.
        line: u32,
        /// The column.
        column: &'static str,
        /// The text seen.
        seen: String,
    },
    /// Time runs backwards or stands still.
    #[error("line {line}: time {seen} s does not come after {before} s")]
    Order {
        /// The line.
        line: u32,
        /// The time seen.
        seen: f64,
        /// The time of the line before.
        before: f64,
    },
    /// Seconds are missing.
    #[error("line {line}: {step} s since the line before, where the usual step is {usual} s: points are missing")]
    Gap {
        /// The line.
        line: u32,
        /// The step seen.
        step: f64,
        /// The median step.
        usual: f64,
    },
    /// Backwards.
    #[error("line {line}: speed {seen} km/h is below nought")]
    Negative {
        /// The line.
        line: u32,
        /// The speed seen.
        seen: f64,
    },
    /// Faster than any car.
    #[error("line {line}: speed {seen} km/h is above {HIGHEST_SPEED_KM_H} km/h; is it in another unit?")]
    Implausible {
        /// The line.
        line: u32,
        /// The speed seen.
        seen: f64,
    },
}

/// One row of the index of cycles.
#[derive(Debug, Clone, PartialEq)]
pub struct CycleEntry {
    /// Its id.
    pub id: Arc<str>,
    /// What it is.
    pub title: String,
    /// First to last second.
    pub duration_s: f64,
    /// Distance.
    pub distance_km: Value,
    /// Highest speed.
    pub max_speed_km_h: f64,
    /// Its row.
    pub row: RowId,
}

/// A stretch of consecutive points with one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its name; empty if the trace has no phases.
    pub name: String,
    /// First point.
    pub start: usize,
    /// Point after the last one.
    pub end: usize,
}

/// Speed against time, checked: at least two points, time rising without gaps, 0 ≤ speed ≤ 400 km/h.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    id: Arc<str>,
    time_s: Vec<f64>,
    speed_m_s: Vec<f64>,
    phases: Vec<Phase>,
}

impl Cycle {
    /// Reads a trace with columns `time_s` and `speed_km_h`.
    ///
    /// # Errors
    /// The text is not such a table, or a line cannot be part of a trace; all bad lines are named.
    ///
    /// ```
    /// use minewheel_data::cycles::Cycle;
    /// let cycle = Cycle::parse("hop", "time_s,speed_km_h\n0,0\n1,18\n2,0\n").unwrap();
    /// assert!((cycle.distance_m() - 5.0).abs() < 1e-12);
    /// assert!(Cycle::parse("hop", "time_s,speed_km_h\n0,0\n0,18\n").is_err());
    /// ```
    pub fn parse(id: &str, text: &str) -> Result<Self, CycleError> {
        let file = || id.to_owned();
        let not_a_table = |reason: String| CycleError::NotATable { file: file(), reason };
        let table = Table::parse(id, text, 0).map_err(|v| not_a_table(format!("line {}: {}", v.at.line, v.fault)))?;
        let column = |name: &str| table.column(name).ok_or_else(|| not_a_table(format!("column `{name}` is missing")));
        let (time_column, speed_column) = (column("time_s")?, column("speed_km_h")?);
        let phase_column = table.column("phase");
        if table.len() < 2 {
            return Err(CycleError::TooShort { file: file(), points: table.len() });
        }
        let mut faults = Vec::new();
        let (mut time_s, mut speed_m_s) = (Vec::with_capacity(table.len()), Vec::with_capacity(table.len()));
        let mut lines = Vec::with_capacity(table.len());
        let mut phases: Vec<Phase> = Vec::new();
        for row in 0..table.len() {
            let line = table.line(row);
            let mut read = |at, column| match table.cell(row, at).parse::<f64>() {
                Ok(number) if number.is_finite() => Some(number),
                _ => {
                    faults.push(LineFault::NotANumber { line, column, seen: table.cell(row, at).to_owned() });
                    None
                }
            };
            let (time, speed) = (read(time_column, "time_s"), read(speed_column, "speed_km_h"));
            if let Some(seen) = speed {
                if seen < 0.0 {
                    faults.push(LineFault::Negative { line, seen });
                } else if seen > HIGHEST_SPEED_KM_H {
                    faults.push(LineFault::Implausible { line, seen });
                }
            }
            let (Some(seen), Some(speed)) = (time, speed) else { continue };
            if let Some(&before) = time_s.last()
                && seen <= before
            {
                faults.push(LineFault::Order { line, seen, before });
            }
            let name = phase_column.map_or("", |c| table.cell(row, c));
            match phases.last_mut() {
                Some(phase) if phase.name == name => phase.end = time_s.len() + 1,
                _ => phases.push(Phase { name: name.to_owned(), start: time_s.len(), end: time_s.len() + 1 }),
            }
            time_s.push(seen);
            speed_m_s.push(Speed::from_km_h(speed).m_s());
            lines.push(line);
        }
        if faults.is_empty() {
            let mut steps: Vec<f64> = time_s.windows(2).map(|w| w[1] - w[0]).collect();
            steps.sort_unstable_by(f64::total_cmp);
            let usual = steps[steps.len() / 2];
            for (pair, &line) in time_s.windows(2).zip(&lines[1..]) {
                let step = pair[1] - pair[0];
                if step > GAP_STEPS * usual {
                    faults.push(LineFault::Gap { line, step, usual });
                }
            }
        }
        if !faults.is_empty() {
            return Err(CycleError::Lines { file: file(), faults });
        }
        if speed_m_s.iter().all(|&v| v == 0.0) {
            return Err(CycleError::Standstill { file: file() });
        }
        Ok(Self { id: id.into(), time_s, speed_m_s, phases })
    }

    /// Reads a user's trace from a file.
    ///
    /// # Errors
    /// The file cannot be opened, or is not a trace.
    #[expect(clippy::disallowed_methods, reason = "this is the reader that may touch files")]
    pub fn from_file(path: &Path) -> Result<Self, CycleError> {
        let text = std::fs::read_to_string(path).map_err(|e| CycleError::Unreadable { path: path.to_path_buf(), reason: e.to_string() })?;
        Self::parse(&path.display().to_string(), text.strip_prefix('\u{feff}').unwrap_or(&text))
    }

    /// Its id, or the path it was read from.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }
    /// Times in seconds.
    pub fn time_s(&self) -> &[f64] {
        &self.time_s
    }
    /// Speeds in m/s.
    pub fn speed_m_s(&self) -> &[f64] {
        &self.speed_m_s
    }
    /// Its phases, in order.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }
    /// First to last second.
    pub fn duration_s(&self) -> f64 {
        self.time_s.last().unwrap_or(&0.0) - self.time_s.first().unwrap_or(&0.0)
    }
    /// Distance in metres.
    pub fn distance_m(&self) -> f64 {
        self.time_s.windows(2).zip(self.speed_m_s.windows(2)).map(|(t, v)| 0.5 * (v[0] + v[1]) * (t[1] - t[0])).sum()
    }
    /// Highest speed in m/s.
    pub fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s.iter().copied().fold(0.0, f64::max)
    }

    /// The same name with other points: `None` unless there are two or more, time rises, no speed is below nought, and
    /// every phase lies inside.
    #[must_use]
    pub fn reshaped(&self, time_s: Vec<f64>, speed_m_s: Vec<f64>, phases: Vec<Phase>) -> Option<Self> {
        let is_sound = time_s.len() >= 2
            && time_s.len() == speed_m_s.len()
            && time_s.windows(2).all(|w| w[1] > w[0])
            && speed_m_s.iter().all(|&v| v >= 0.0 && v.is_finite())
            && phases.iter().all(|p| p.start < p.end && p.end <= time_s.len());
        is_sound.then(|| Self { id: Arc::clone(&self.id), time_s, speed_m_s, phases })
    }

    /// The same trace with every step cut into `parts`, speeds on the straight line between the points.
    #[must_use]
    pub fn refined(&self, parts: u32) -> Self {
        let parts = parts.max(1);
        let cut = |points: &[f64]| {
            let mut fine = Vec::with_capacity((points.len() - 1) * parts as usize + 1);
            for pair in points.windows(2) {
                fine.extend((0..parts).map(|k| pair[0] + (pair[1] - pair[0]) * f64::from(k) / f64::from(parts)));
            }
            fine.extend(points.last());
            fine
        };
        let phases = self
            .phases
            .iter()
            .map(|p| Phase { name: p.name.clone(), start: p.start * parts as usize, end: (p.end - 1) * parts as usize + 1 })
            .collect();
        Self { id: Arc::clone(&self.id), time_s: cut(&self.time_s), speed_m_s: cut(&self.speed_m_s), phases }
    }
}

/// All cycles of a data set.
#[derive(Debug, Clone, Default)]
pub struct Cycles {
    entries: Vec<CycleEntry>,
    texts: FxHashMap<String, Cow<'static, str>>,
}

impl Cycles {
    /// Reads the index and keeps the texts of the traces.
    pub fn read(loader: &mut Loader<'_>) -> Self {
        let mut all = Self::default();
        let Some(table) = loader.table("cycles/cycles.csv") else { return all };
        for row in 0..table.len() {
            let id = table.text(row, "cycle_id");
            let Some(text) = loader.store().kept_text(&format!("cycles/{id}.csv")) else {
                loader.fault(
                    &table,
                    row,
                    Some("cycle_id"),
                    Fault::Unknown { column: "cycle_id".to_owned(), kind: "trace in cycles/", seen: id.to_owned(), nearest: None },
                );
                continue;
            };
            let (Some(duration_s), Some(distance_km), Some(max_speed_km_h)) = (
                loader.number_in(&table, row, "duration_s"),
                loader.value(&table, row, "distance_km"),
                loader.number_in(&table, row, "max_speed_km_h"),
            ) else {
                continue;
            };
            let row_id = loader.row(&table, row);
            all.texts.insert(id.to_owned(), text);
            all.entries.push(CycleEntry {
                id: id.into(),
                title: table.text(row, "title").to_owned(),
                duration_s,
                distance_km,
                max_speed_km_h,
                row: row_id,
            });
        }
        all
    }

    /// The index, in table order.
    pub fn entries(&self) -> &[CycleEntry] {
        &self.entries
    }

    /// One of our cycles, checked against its index row.
    ///
    /// # Errors
    /// There is no such cycle, or trace and index disagree.
    pub fn get(&self, id: &str) -> Result<Cycle, CycleError> {
        let (Some(entry), Some(text)) = (self.entries.iter().find(|e| &*e.id == id), self.texts.get(id)) else {
            let known = || self.entries.iter().map(|e| &*e.id);
            return Err(CycleError::Unknown { seen: id.to_owned(), nearest: nearest(id, known()), known: known().collect::<Vec<_>>().join(", ") });
        };
        let cycle = Cycle::parse(id, text)?;
        let agree = |column, wanted: f64, seen: f64| {
            if (seen - wanted).abs() <= INDEX_TOLERANCE * wanted {
                Ok(())
            } else {
                Err(CycleError::Index { file: format!("cycles/{id}.csv"), column, wanted, seen })
            }
        };
        agree("duration_s", entry.duration_s, cycle.duration_s())?;
        agree("distance_km", entry.distance_km.best, crate::units::Length::from_m(cycle.distance_m()).km())?;
        agree("max_speed_km_h", entry.max_speed_km_h, Speed::from_m_s(cycle.max_speed_m_s()).km_h())?;
        Ok(cycle)
    }

    /// A cycle by id, or a user's file if the name ends in `.csv`.
    ///
    /// # Errors
    /// As [`Cycles::get`] and [`Cycle::from_file`].
    pub fn open(&self, name: &str) -> Result<Cycle, CycleError> {
        if Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) { Cycle::from_file(Path::new(name)) } else { self.get(name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn faults(text: &str) -> Vec<LineFault> {
        match Cycle::parse("mine.csv", text) {
            Err(CycleError::Lines { faults, .. }) => faults,
            other => panic!("wanted bad lines, got {other:?}"),
        }
    }

    #[test]
    fn every_cycle_agrees_with_its_index() {
        let store = Store::embedded();
        let mut loader = Loader::new(&store, false);
        let cycles = Cycles::read(&mut loader);
        assert_eq!(cycles.entries().len(), 10);
        for entry in cycles.entries() {
            cycles.get(&entry.id).unwrap();
        }
    }

    #[test]
    fn official_distances_are_met() {
        let store = Store::embedded();
        let cycles = Cycles::read(&mut Loader::new(&store, false));
        // Distances as the regulations print them, in km; half a unit of their last digit.
        for (id, km, tolerance) in
            [("wltc3b", 23.266, 0.0005), ("wltc2", 22.649, 0.0005), ("cltc-p", 14.48, 0.005), ("udds", 11.99, 0.005), ("hwfet", 16.51, 0.005)]
        {
            let seen = cycles.get(id).unwrap().distance_m() / 1e3;
            assert!((seen - km).abs() <= tolerance, "{id}: {seen}");
        }
    }

    #[test]
    fn a_misspelt_cycle_is_named_with_its_neighbour() {
        let store = Store::embedded();
        let cycles = Cycles::read(&mut Loader::new(&store, false));
        assert!(cycles.get("wltc3").unwrap_err().to_string().contains("did you mean `wltc"));
    }

    #[test]
    fn reversed_and_repeated_times_are_refused_by_line() {
        let found = faults("time_s,speed_km_h\n0,0\n2,5\n1,5\n1,5\n");
        assert!(matches!(found[..], [LineFault::Order { line: 4, .. }, LineFault::Order { line: 5, .. }]));
    }

    #[test]
    fn a_gap_is_refused_by_line() {
        assert!(matches!(faults("time_s,speed_km_h\n0,0\n1,5\n2,5\n7,5\n8,0\n")[..], [LineFault::Gap { line: 5, .. }]));
    }

    #[test]
    fn negative_unreadable_and_implausible_speeds_are_refused_together() {
        let found = faults("time_s,speed_km_h\n0,-1\n1,NaN\n2,500\n3,fast\n");
        assert!(matches!(
            found[..],
            [
                LineFault::Negative { line: 2, .. },
                LineFault::NotANumber { line: 3, .. },
                LineFault::Implausible { line: 4, .. },
                LineFault::NotANumber { line: 5, .. }
            ]
        ));
    }

    #[test]
    fn a_single_point_and_a_missing_column_are_refused() {
        assert!(matches!(Cycle::parse("x", "time_s,speed_km_h\n0,0\n"), Err(CycleError::TooShort { points: 1, .. })));
        assert!(matches!(Cycle::parse("x", "time_s,speed_mph\n0,0\n1,1\n"), Err(CycleError::NotATable { .. })));
        assert!(matches!(Cycle::parse("x", "time_s,speed_km_h\n0,0\n1,0\n"), Err(CycleError::Standstill { .. })));
        assert!(matches!(Cycle::from_file(Path::new("/nowhere/x.csv")), Err(CycleError::Unreadable { .. })));
    }

    #[test]
    fn refining_keeps_the_distance() {
        let cycle = Cycle::parse("x", "time_s,speed_km_h\n0,0\n1,10\n2,30\n3,0\n").unwrap();
        assert!((cycle.refined(10).distance_m() - cycle.distance_m()).abs() < 1e-9);
    }
}
