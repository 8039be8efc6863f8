//! Numbers of a study that have a range: taken out of the file beside their best estimates, and drawn once a key.
//!
//! ```text
//! number   { best = 3, low = 2, high = 5 }          point of a series   [year, best, low, high]
//! drawn    the quantile of the triangle (low, best, high) at u, one u a key: all points of a series move together
//! ```
//!
//! A range may stand at `inflow`, `stock`, `km_per_year`, the parameters of a curve by formula, and at `kwh` and the shares of packs. Shares of a
//! mix add up to one and have none. A series that moves as a whole is an assumption: a market that is larger in one year is larger in all.

use toml::{Table, Value};

/// Keys of a product that may have a range, below the product.
const KEYS: [&[&str]; 8] = [
    &["inflow"],
    &["stock"],
    &["km_per_year"],
    &["pack", "kwh"],
    &["pack", "exported"],
    &["pack", "collected"],
    &["pack", "second_life"],
    &["pack", "scrap"],
];
/// Keys of a product that hold a curve.
const CURVES: [&[&str]; 2] = [&["survival"], &["pack", "survival"]];
/// The key of a curve that is a word.
const FORM: &str = "form";

/// A key with a range, and what stands there: one number, or a number a point.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    product: usize,
    path: Vec<String>,
    triangles: Vec<Triangle>,
}

/// Low, best, high.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Triangle {
    low: f64,
    best: f64,
    high: f64,
}

impl Triangle {
    /// The value that a share `u` of draws lies below.
    fn at(self, u: f64) -> f64 {
        let Self { low, best, high } = self;
        let width = high - low;
        if width <= 0.0 {
            best
        } else if u * width < best - low {
            low + (u * width * (best - low)).sqrt()
        } else {
            high - ((1.0 - u) * width * (high - best)).sqrt()
        }
    }
}

/// A study's file without its ranges, and the ranges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ranges {
    plain: Table,
    ranges: Vec<Range>,
}

/// A range that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoRange {
    pub(super) key: String,
    pub(super) seen: String,
}

/// What a range looks like.
pub(super) const WANTED: &str =
    "{ best = …, low = …, high = … } or a point [year, best, low, high], low no more than best and best no more than high";

impl Ranges {
    /// Takes the ranges out of a file.
    pub(super) fn split(mut plain: Table) -> Result<Self, NoRange> {
        let mut ranges = Vec::new();
        let products = plain.get_mut("product").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
        for (index, product) in products.iter_mut().enumerate() {
            let name = product.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            for path in paths(product) {
                let Some(value) = at(product, &path) else { continue };
                let wrong = |seen: &Value| NoRange { key: format!("{name}.{}", path.join(".")), seen: seen.to_string() };
                let Some(triangles) = take(value).map_err(|()| wrong(value))? else { continue };
                ranges.push(Range { product: index, path, triangles });
            }
        }
        Ok(Self { plain, ranges })
    }

    /// How many keys have a range.
    pub const fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether none has.
    pub const fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The file without its ranges, every number at its best estimate.
    pub(super) fn best(&self) -> Table {
        self.plain.clone()
    }

    /// The file with every ranged key at a share of its draws.
    pub(super) fn at(&self, shares: &[f64]) -> Table {
        let mut file = self.plain.clone();
        let products = file.get_mut("product").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
        for (range, u) in self.ranges.iter().zip(shares) {
            let Some(value) = products.get_mut(range.product).and_then(|p| at(p, &range.path)) else { continue };
            let mut drawn = range.triangles.iter().map(|t| Value::Float(t.at(*u)));
            match value {
                Value::Array(points) => {
                    for (point, drawn) in points.iter_mut().filter_map(Value::as_array_mut).zip(drawn) {
                        point.truncate(1);
                        point.push(drawn);
                    }
                }
                number => {
                    if let Some(drawn) = drawn.next() {
                        *number = drawn;
                    }
                }
            }
        }
        file
    }
}

/// Every key of a product that may have a range.
fn paths(product: &mut Value) -> Vec<Vec<String>> {
    let owned = |path: &[&str]| path.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
    let mut all: Vec<Vec<String>> = KEYS.iter().map(|p| owned(p)).collect();
    for curve in CURVES.map(owned) {
        let parameters = at(product, &curve).and_then(|c| c.as_table()).map(|t| t.keys().filter(|k| *k != FORM).cloned().collect::<Vec<_>>());
        all.extend(parameters.into_iter().flatten().map(|key| curve.iter().cloned().chain([key]).collect()));
    }
    all
}

fn at<'v>(product: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(product, |value, key| value.as_table_mut()?.get_mut(key))
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|i| i as f64))
}

/// Takes the range out of a value, which keeps its best estimate; `Ok(None)`: it has none.
fn take(value: &mut Value) -> Result<Option<Vec<Triangle>>, ()> {
    let checked = |best: Option<f64>, low: Option<f64>, high: Option<f64>| match (best, low, high) {
        (Some(best), Some(low), Some(high)) if low <= best && best <= high && (high - low).is_finite() => Ok(Triangle { low, best, high }),
        _ => Err(()),
    };
    match value {
        Value::Table(table) if ["best", "low", "high"].iter().any(|k| table.contains_key(*k)) => {
            let of = |key: &str| table.get(key).and_then(number);
            let triangle = checked(of("best"), of("low"), of("high"))?;
            if table.len() > 3 {
                return Err(());
            }
            *value = Value::Float(triangle.best);
            Ok(Some(vec![triangle]))
        }
        Value::Array(points) if points.iter().any(|p| p.as_array().is_some_and(|p| p.len() > 2)) => {
            let mut triangles = Vec::with_capacity(points.len());
            for point in points.iter().filter_map(Value::as_array) {
                triangles.push(match point.as_slice() {
                    [_, best] => checked(number(best), number(best), number(best))?,
                    [_, best, low, high] => checked(number(best), number(low), number(high))?,
                    _ => return Err(()),
                });
            }
            for point in points.iter_mut().filter_map(Value::as_array_mut) {
                point.truncate(2);
            }
            Ok(Some(triangles))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use crate::fleet::study::Study;

    const STUDY: &str = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2020\nto = 2030\n[[product]]\nname = \"a\"\ncar = \"byd-dolphin-60\"\nsurvival = { form = \"weibull\", shape = 3, scale = { best = 15, low = 12, high = 20 } }\ninflow = [[2020, 10], [2030, 20, 16, 32]]\n[product.pack]\ncollected = { best = 0.4, low = 0.2, high = 0.8 }\n";

    #[test]
    fn a_study_with_ranges_is_at_its_best_and_its_ends_what_the_file_says() {
        let study = Study::read("s.toml", STUDY).unwrap();
        let of = |study: &Study| (study.products[0].inflow.clone().unwrap(), study.products[0].pack.collected.unwrap());
        assert_eq!((study.ranges.len(), of(&study)), (3, (vec![(2020, 10.0), (2030, 20.0)], 0.4)));
        assert_eq!(of(&study.drawn(&[0.0; 3]).unwrap()), (vec![(2020, 10.0), (2030, 16.0)], 0.2));
        assert_eq!(of(&study.drawn(&[1.0; 3]).unwrap()), (vec![(2020, 10.0), (2030, 32.0)], 0.8));
        // A quarter of the triangle from 16 over 20 to 32 lies below 20: 16 + √(¼·16·4).
        let quarter = of(&study.drawn(&[0.25; 3]).unwrap()).0[1].1;
        assert!((quarter - 20.0).abs() < 1e-12, "{quarter}");
        // Without a range a draw is the study itself.
        let plain = Study::read(
            "s.toml",
            &STUDY
                .replace(", 16, 32", "")
                .replace("{ best = 15, low = 12, high = 20 }", "15")
                .replace("{ best = 0.4, low = 0.2, high = 0.8 }", "0.4"),
        )
        .unwrap();
        assert_eq!(plain.drawn(&[]).unwrap(), plain);
    }

    #[test]
    fn ranges_that_cannot_be_are_named() {
        let fault = |from: &str, to: &str| {
            assert!(STUDY.contains(from), "{from}");
            Study::read("s.toml", &STUDY.replacen(from, to, 1)).unwrap_err().to_string()
        };
        assert!(fault("20, 16, 32", "20, 26, 32").contains("`a.inflow`"));
        assert!(fault("20, 16, 32", "20, 16").contains("`a.inflow`"));
        assert!(fault("low = 12, ", "").contains("`a.survival.scale`"));
        // An end that no study may have.
        assert!(fault("high = 0.8", "high = 1.8").contains("a share from 0 to 1"));
    }
}
