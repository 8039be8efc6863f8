//! Impacts of draws: summed up as they come, and written to a file that a later run goes on from.

use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use minewheel_lca::RunningSample;

use super::LcaFailure;
use super::files::{self, WholeFile};
use crate::failure::Failure;
use crate::print;

/// Impacts kept at once, draws times impacts of each.
const MOST_VALUES: u64 = 20_000_000;

/// Impacts of one demand that are kept as they are at most.
const MOST_EXACT: u64 = 1_000_000;

/// Two impacts of one draw are the same within this share.
const SAME: f64 = 1e-8;

/// Why a run cannot go on from a file of draws.
#[derive(Debug, thiserror::Error)]
pub enum DrawsFault {
    /// It is of other demands.
    #[error("its columns are `{seen}`, those of this question `{wanted}`")]
    Columns {
        /// Its columns.
        seen: String,
        /// Those wanted.
        wanted: String,
    },
    /// A line is no draw.
    #[error("line {line}: the number of a draw, above that of the line before, and an impact for each demand are wanted")]
    Line {
        /// The line.
        line: u64,
    },
    /// A draw has another impact here.
    #[error("its draw {draw} has {seen}, this question {here}: it is of another database, method, demand or seed")]
    Other {
        /// The draw.
        draw: u64,
        /// In the file.
        seen: f64,
        /// Here.
        here: f64,
    },
}

/// A sample for each of so many impacts of a draw; up to twenty million values are kept in all, and quantiles of longer samples are within
/// [`RunningSample::RELATIVE_ERROR`].
pub fn samples(count: usize) -> Vec<RunningSample> {
    let most = (MOST_VALUES / count.max(1) as u64).min(MOST_EXACT);
    vec![RunningSample::keeping(usize::try_from(most).unwrap_or(usize::MAX)); count]
}

/// The draws of a file that a run goes on from, but those of a range, which are drawn again.
pub struct EarlierDraws {
    path: PathBuf,
    names: Vec<String>,
    again: Range<u64>,
}

/// A draw of a file.
pub struct FileDraw {
    /// Its number.
    pub number: u64,
    /// The impact of each demand.
    pub impacts: Vec<f64>,
}

impl EarlierDraws {
    /// Those of a file of demands with these names.
    pub fn new(path: &Path, names: &[String], again: Range<u64>) -> Self {
        Self { path: path.to_owned(), names: names.to_vec(), again }
    }

    /// Every one of them in the order of their numbers.
    ///
    /// # Errors
    /// A file that cannot be read, or is no such file.
    pub fn each(&self, mut each: impl FnMut(FileDraw) -> Result<(), Failure>) -> Result<(), Failure> {
        let fault = |error| Failure::from(LcaFailure::Draws { path: self.path.clone(), error });
        let wanted: Vec<String> = std::iter::once("draw".to_owned()).chain(self.names.iter().cloned()).collect();
        let whole = self.whole_lines()?;
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::new(files::open(&self.path)?.take(whole)));
        let seen: Vec<String> = table.headers().map(|h| h.iter().map(str::to_owned).collect()).unwrap_or_default();
        if seen != wanted {
            return Err(fault(DrawsFault::Columns { seen: seen.join(","), wanted: wanted.join(",") }));
        }
        let mut next = 0;
        for record in table.records() {
            let line = record.as_ref().ok().and_then(csv::StringRecord::position).map_or(0, csv::Position::line);
            let wrong = || fault(DrawsFault::Line { line });
            let record = record.map_err(|_| wrong())?;
            let number: u64 = record.get(0).and_then(|c| c.parse().ok()).filter(|n| *n >= next).ok_or_else(wrong)?;
            let impacts: Vec<f64> =
                record.iter().skip(1).map(|c| c.parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(wrong)).collect::<Result<_, _>>()?;
            if impacts.len() != self.names.len() {
                return Err(wrong());
            }
            next = number.saturating_add(1);
            if !self.again.contains(&number) {
                each(FileDraw { number, impacts })?;
            }
        }
        Ok(())
    }

    /// Bytes of the file's whole lines: the last line of a run that was killed may be torn.
    fn whole_lines(&self) -> Result<u64, Failure> {
        const LAST: u64 = 1 << 16;
        let fault = |reason| Failure::from(LcaFailure::Read { path: self.path.clone(), reason });
        let mut file = files::open(&self.path)?;
        let size = file.seek(SeekFrom::End(0)).map_err(fault)?;
        let from = size.saturating_sub(LAST);
        file.seek(SeekFrom::Start(from)).map_err(fault)?;
        let mut last = Vec::new();
        file.read_to_end(&mut last).map_err(fault)?;
        Ok(last.iter().rposition(|byte| *byte == b'\n').map_or(size, |at| from + at as u64 + 1))
    }

    /// Holds the impacts of a draw of the file against those of this question.
    pub fn compare(&self, draw: &FileDraw, here: &[f64]) -> Result<(), LcaFailure> {
        for (seen, here) in draw.impacts.iter().zip(here) {
            if (seen - here).abs() > SAME * seen.abs().max(here.abs()) {
                let error = DrawsFault::Other { draw: draw.number, seen: *seen, here: *here };
                return Err(LcaFailure::Draws { path: self.path.clone(), error });
            }
        }
        Ok(())
    }
}

/// A file of draws in the order of their numbers, written as they come.
pub struct DrawsFile(WholeFile);

impl DrawsFile {
    /// Begins a file of demands with these names.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn create(path: &Path, names: &[String]) -> Result<Self, Failure> {
        let header: Vec<&str> = std::iter::once("draw").chain(names.iter().map(String::as_str)).collect();
        let mut file = WholeFile::create(path)?;
        file.write(print::csv(&header, &[]).as_bytes())?;
        Ok(Self(file))
    }

    /// Adds a draw.
    pub fn push(&mut self, number: u64, impacts: &[f64]) -> Result<(), Failure> {
        let mut line = number.to_string();
        for impact in impacts {
            line.push(',');
            line.push_str(&impact.to_string());
        }
        line.push('\n');
        self.0.write(line.as_bytes())
    }

    /// Moves the file to its place.
    pub fn finish(self) -> Result<(), Failure> {
        self.0.finish()
    }
}

/// Refuses more impacts than are kept at once.
///
/// # Errors
/// More draws than that.
pub fn check_count(option: &'static str, draws: u64, demands: usize) -> Result<(), Failure> {
    let most = MOST_VALUES / (demands.max(1) as u64);
    if draws <= most {
        return Ok(());
    }
    Err(Failure::Option { option, seen: draws.to_string(), wanted: format!("at most {most} draws at once for {demands} impact(s) of each") })
}
