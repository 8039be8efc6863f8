//! Where a world market buys, which process makes a product in a place, and what freight lies between.
//!
//! Shares and routes may change with the year. The rows of the last year up to the year asked for hold; before the
//! first dated rows, rows of a route without a year hold, and where there are none, the first dated ones do.

use rustc_hash::FxHashMap;

use crate::cards::{Cards, ProcessId, ProductId};
use crate::loader::Loader;
use crate::places::{PlaceId, Places};
use crate::row::{RowId, Value};
use crate::table::{Fault, Table};

/// The year of a route row without one: it holds from the beginning until the first dated row.
const UNDATED: i32 = i32::MIN;

/// Largest gap of a sum of shares from one.
const SHARE_TOLERANCE: f64 = 1e-3;

/// A share of a market or of a place's output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarketShare<T> {
    /// Who holds it.
    pub of: T,
    /// The share, and its row.
    pub share: Value,
}

/// Freight that a market adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freight {
    /// The product of the mode (`freight-sea` …), in tonne-kilometres.
    pub mode: ProductId,
    /// Distance in kilometres.
    pub km: Value,
}

/// Market shares, routes and freight of a data set.
#[derive(Debug, Clone, Default)]
pub struct Markets {
    shares: FxHashMap<ProductId, Vec<(i32, Vec<MarketShare<PlaceId>>)>>,
    routes: FxHashMap<(ProductId, Option<PlaceId>), Vec<(i32, Vec<MarketShare<ProcessId>>)>>,
    freight: FxHashMap<Option<ProductId>, Vec<Freight>>,
    /// Suppliers that one buyer has for a product, by the name of the tables, and row.
    buyers: FxHashMap<String, Value>,
    concentrations: Vec<(RowId, f64)>,
}

/// No process can make a product in a place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RouteError {
    /// No process of the product may stand there.
    #[error("no process makes `{product}` in {place}; its processes stand in {known}")]
    NoMaker {
        /// The product.
        product: String,
        /// The place.
        place: String,
        /// Where its processes stand.
        known: String,
    },
    /// Several may, and no route says which.
    #[error("several processes make `{product}` in {place} ({known}) and no row of markets/*-routes.csv says which")]
    Undecided {
        /// The product.
        product: String,
        /// The place.
        place: String,
        /// The candidates.
        known: String,
    },
}

impl Markets {
    /// Reads `markets/buyers.csv`, `*-shares.csv`, `*-routes.csv` and `freight.csv`.
    pub fn read(loader: &mut Loader<'_>, places: &Places, cards: &Cards) -> Self {
        let mut markets = Self::default();
        if let Some(table) = loader.table("markets/buyers.csv") {
            for row in 0..table.len() {
                if let Some(suppliers) = loader.value(&table, row, "suppliers") {
                    markets.buyers.insert(table.text(row, "markets").to_owned(), suppliers);
                }
            }
        }
        for table in loader.tables("markets/", "-shares.csv") {
            markets.read_shares(loader, &table, places, cards);
        }
        for table in loader.tables("markets/", "-routes.csv") {
            markets.read_routes(loader, &table, places, cards);
        }
        if let Some(table) = loader.table("markets/freight.csv") {
            for row in 0..table.len() {
                let id = table.text(row, "product_id");
                let product = cards.product_id(id);
                if product.is_none() && id != "*" {
                    loader.unknown_name(&table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
                    continue;
                }
                let Some(mode) = cards.product_id(table.text(row, "mode")) else {
                    loader.unknown_name(&table, row, "mode", "product", cards.products().iter().map(|p| p.id.as_str()));
                    continue;
                };
                if let Some(km) = loader.value(&table, row, "km") {
                    markets.freight.entry(product).or_default().push(Freight { mode, km });
                }
            }
        }
        markets
    }

    fn read_shares(&mut self, loader: &mut Loader<'_>, table: &Table, places: &Places, cards: &Cards) {
        let mut first: FxHashMap<(ProductId, i32), usize> = FxHashMap::default();
        for row in 0..table.len() {
            let Some(product) = cards.product_id(table.text(row, "product_id")) else {
                loader.unknown_name(table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
                continue;
            };
            let Some(place) = places.resolve(loader, table, row, "place") else { continue };
            let year = table.text(row, "year").parse().unwrap_or(0);
            let Some(share) = loader.value(table, row, "share") else { continue };
            first.entry((product, year)).or_insert(row);
            of_year(self.shares.entry(product).or_default(), year).push(MarketShare { of: place, share });
        }
        let mut firsts: Vec<_> = first.into_iter().collect();
        firsts.sort_by_key(|f| f.1);
        let suppliers = self.suppliers_in(table);
        for ((product, year), row) in firsts {
            let years = self.shares.get_mut(&product).map(Vec::as_mut_slice).unwrap_or_default();
            let Some((_, shares)) = years.iter_mut().find(|y| y.0 == year) else { continue };
            let sum: f64 = shares.iter().map(|s| s.share.best).sum();
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let whole = format!("the market for `{}` in {year}", cards.product(product).id);
                loader.fault(table, row, Some("share"), Fault::Shares { whole, sum });
            }
            for share in shares.iter_mut() {
                share.share = share.share.scaled(1.0 / sum);
            }
            self.concentrations.extend(concentrations(suppliers, shares));
            years.sort_by_key(|y| y.0);
        }
    }

    /// How many suppliers of a product one buyer has in the markets of a table; `None`: the table is no matter of buying.
    fn suppliers_in(&self, table: &Table) -> Option<f64> {
        let file = table.name().rsplit('/').next()?;
        let markets = file.strip_suffix("-shares.csv").or_else(|| file.strip_suffix("-routes.csv"))?;
        self.buyers.get(markets).map(|s| s.best)
    }

    /// What one buyer's few suppliers make of each share of a market, by row: shares drawn in proportion to gamma variates of
    /// these shapes follow the Dirichlet distribution, and spread as `N` suppliers of equal size do that are drawn from the market.
    ///
    /// ```text
    /// α_i = (N − 1)·s_i        E = s_i,  Var = s_i(1 − s_i)/N
    /// ```
    ///
    /// | symbol | meaning                                          | unit | from                 |
    /// |--------|--------------------------------------------------|------|----------------------|
    /// | `s_i`  | share of a place, or of a process in a place     | –    | the row              |
    /// | `N`    | suppliers of one buyer, as if of equal size      | –    | `markets/buyers.csv` |
    pub fn concentrations(&self) -> &[(RowId, f64)] {
        &self.concentrations
    }

    fn read_routes(&mut self, loader: &mut Loader<'_>, table: &Table, places: &Places, cards: &Cards) {
        let mut first: FxHashMap<(ProductId, Option<PlaceId>, i32), usize> = FxHashMap::default();
        for row in 0..table.len() {
            let Some(product) = cards.product_id(table.text(row, "product_id")) else {
                loader.unknown_name(table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
                continue;
            };
            let Some(process) = cards.process_id(table.text(row, "process_id")) else {
                loader.unknown_name(table, row, "process_id", "process", cards.processes().iter().map(|p| p.id.as_str()));
                continue;
            };
            if cards.process(process).product != product {
                let fault = Fault::Law {
                    subject: format!("route `{}`", cards.process(process).id),
                    rule: "a route's process makes the route's product",
                    seen: cards.product(cards.process(process).product).id.clone(),
                };
                loader.fault(table, row, Some("process_id"), fault);
                continue;
            }
            let place = if table.text(row, "place").is_empty() { None } else { places.resolve(loader, table, row, "place") };
            let Some(share) = loader.value(table, row, "share") else { continue };
            let year = table.text(row, "year").parse().unwrap_or(UNDATED);
            first.entry((product, place, year)).or_insert(row);
            of_year(self.routes.entry((product, place)).or_default(), year).push(MarketShare { of: process, share });
        }
        let mut firsts: Vec<_> = first.into_iter().collect();
        firsts.sort_by_key(|f| f.1);
        let suppliers = self.suppliers_in(table);
        for ((product, place, year), row) in firsts {
            let Some(years) = self.routes.get_mut(&(product, place)) else { continue };
            years.sort_by_key(|y| y.0);
            let routes = of_year(years, year);
            let sum: f64 = routes.iter().map(|s| s.share.best).sum();
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let mut whole = format!("the routes to `{}`", cards.product(product).id);
                if year != UNDATED {
                    whole = format!("{whole} in {year}");
                }
                loader.fault(table, row, Some("share"), Fault::Shares { whole, sum });
            }
            for route in routes.iter_mut() {
                route.share = route.share.scaled(1.0 / sum);
            }
            self.concentrations.extend(concentrations(suppliers, routes));
        }
    }

    /// Countries of the world market for a product in the last year up to `year`, or the first year there is.
    /// `None`: no shares are known, the product is made at `WORLD`.
    pub fn shares(&self, product: ProductId, year: i32) -> Option<(i32, &[MarketShare<PlaceId>])> {
        let (found, shares) = in_force(self.shares.get(&product)?, year)?;
        Some((*found, shares))
    }

    /// The processes that make a product in a place in a year and their shares; nearest place of the lineage first.
    ///
    /// # Errors
    /// No process may stand there, or several may and no route says which.
    pub fn routes(
        &self,
        cards: &Cards,
        places: &Places,
        product: ProductId,
        lineage: &[PlaceId],
        year: i32,
    ) -> Result<Vec<MarketShare<ProcessId>>, RouteError> {
        for place in lineage.iter().map(|p| Some(*p)).chain([None]) {
            if let Some((_, routes)) = self.routes.get(&(product, place)).and_then(|years| in_force(years, year)) {
                return Ok(routes.clone());
            }
        }
        let stands = |process: ProcessId| cards.process(process).places.as_ref().is_none_or(|p| lineage.iter().any(|l| p.contains(l)));
        let candidates: Vec<_> = cards.makers(product).iter().copied().filter(|p| stands(*p)).collect();
        // A card written for this very place goes before one that may stand anywhere.
        let own: Vec<_> = candidates.iter().copied().filter(|p| cards.process(*p).places.is_some()).collect();
        let chosen = if own.len() == 1 { own } else { candidates };
        let describe = |list: &[ProcessId]| list.iter().map(|p| cards.process(*p).id.clone()).collect::<Vec<_>>().join(", ");
        let place = || lineage.first().map(|p| places.code(*p).to_owned()).unwrap_or_default();
        match chosen.as_slice() {
            [one] => {
                let row: RowId = cards.process(*one).row;
                Ok(vec![MarketShare { of: *one, share: Value { row, ..Value::given(1.0) } }])
            }
            [] => Err(RouteError::NoMaker {
                product: cards.product(product).id.clone(),
                place: place(),
                known: cards
                    .makers(product)
                    .iter()
                    .flat_map(|p| cards.process(*p).places.iter().flatten())
                    .map(|p| places.code(*p))
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
            many => Err(RouteError::Undecided { product: cards.product(product).id.clone(), place: place(), known: describe(many) }),
        }
    }

    /// Freight that the market for a product adds.
    pub fn freight(&self, product: ProductId) -> &[Freight] {
        self.freight.get(&Some(product)).or_else(|| self.freight.get(&None)).map_or(&[], Vec::as_slice)
    }
}

/// What so many suppliers make of each share above zero.
fn concentrations<T>(suppliers: Option<f64>, shares: &[MarketShare<T>]) -> impl Iterator<Item = (RowId, f64)> {
    let several = shares.len() > 1;
    let held = shares.iter().filter(move |s| several && s.share.best > 0.0);
    suppliers.into_iter().flat_map(move |n| held.clone().map(move |s| (s.share.row, (n - 1.0) * s.share.best)))
}

/// The list of a year, made where there is none.
fn of_year<T>(years: &mut Vec<(i32, Vec<T>)>, year: i32) -> &mut Vec<T> {
    let at = years.iter().position(|y| y.0 == year).unwrap_or_else(|| {
        years.push((year, Vec::new()));
        years.len() - 1
    });
    &mut years[at].1
}

/// The last list up to a year, or the first there is; `years` is in order.
fn in_force<T>(years: &[(i32, T)], year: i32) -> Option<&(i32, T)> {
    years.iter().rev().find(|y| y.0 <= year).or_else(|| years.first())
}

#[cfg(test)]
mod tests {
    use super::{UNDATED, in_force, of_year};

    #[test]
    fn the_rows_of_the_last_year_up_to_the_year_asked_for_hold() {
        let years = [(2019, 'a'), (2022, 'b'), (2024, 'c')];
        assert_eq!(in_force(&years, 2022), Some(&(2022, 'b')));
        assert_eq!(in_force(&years, 2023), Some(&(2022, 'b')));
        assert_eq!(in_force(&years, 2050), Some(&(2024, 'c')));
    }

    #[test]
    fn before_the_first_dated_rows_the_undated_hold_and_else_the_first_dated() {
        assert_eq!(in_force(&[(UNDATED, 'a'), (2022, 'b')], 2019), Some(&(UNDATED, 'a')));
        assert_eq!(in_force(&[(2022, 'b'), (2024, 'c')], 2019), Some(&(2022, 'b')));
        assert_eq!(in_force::<char>(&[], 2019), None);
    }

    #[test]
    fn rows_of_one_year_gather_in_one_list() {
        let mut years = Vec::new();
        of_year(&mut years, 2024).push('a');
        of_year(&mut years, UNDATED).push('b');
        of_year(&mut years, 2024).push('c');
        assert_eq!(years, [(2024, vec!['a', 'c']), (UNDATED, vec!['b'])]);
    }
}
