//! Where a world market buys, which process makes a product in a place, and what freight lies between.

use rustc_hash::FxHashMap;

use crate::cards::{Cards, ProcessId, ProductId};
use crate::loader::Loader;
use crate::places::{PlaceId, Places};
use crate::row::{RowId, Value};
use crate::table::{Fault, Table};

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
    routes: FxHashMap<(ProductId, Option<PlaceId>), Vec<MarketShare<ProcessId>>>,
    freight: FxHashMap<Option<ProductId>, Vec<Freight>>,
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
    /// Reads `markets/*-shares.csv`, `*-routes.csv` and `freight.csv`.
    pub fn read(loader: &mut Loader<'_>, places: &Places, cards: &Cards) -> Self {
        let mut markets = Self::default();
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
            let years = self.shares.entry(product).or_default();
            let at = years.iter().position(|y| y.0 == year).unwrap_or_else(|| {
                years.push((year, Vec::new()));
                years.len() - 1
            });
            years[at].1.push(MarketShare { of: place, share });
        }
        let mut firsts: Vec<_> = first.into_iter().collect();
        firsts.sort_by_key(|f| f.1);
        for ((product, year), row) in firsts {
            let years = self.shares.get_mut(&product).map(Vec::as_mut_slice).unwrap_or_default();
            let Some((_, shares)) = years.iter_mut().find(|y| y.0 == year) else { continue };
            let sum: f64 = shares.iter().map(|s| s.share.best).sum();
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let whole = format!("the market for `{}` in {year}", cards.product(product).id);
                loader.fault(table, row, Some("share"), Fault::Shares { whole, sum });
            }
            for share in shares {
                share.share = share.share.scaled(1.0 / sum);
            }
            years.sort_by_key(|y| y.0);
        }
    }

    fn read_routes(&mut self, loader: &mut Loader<'_>, table: &Table, places: &Places, cards: &Cards) {
        let mut first: FxHashMap<(ProductId, Option<PlaceId>), usize> = FxHashMap::default();
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
            first.entry((product, place)).or_insert(row);
            self.routes.entry((product, place)).or_default().push(MarketShare { of: process, share });
        }
        let mut firsts: Vec<_> = first.into_iter().collect();
        firsts.sort_by_key(|f| f.1);
        for (key, row) in firsts {
            let Some(routes) = self.routes.get_mut(&key) else { continue };
            let sum: f64 = routes.iter().map(|s| s.share.best).sum();
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let whole = format!("the routes to `{}`", cards.product(key.0).id);
                loader.fault(table, row, Some("share"), Fault::Shares { whole, sum });
            }
            for route in routes {
                route.share = route.share.scaled(1.0 / sum);
            }
        }
    }

    /// Countries of the world market for a product in the last year up to `year`, or the first year there is.
    /// `None`: no shares are known, the product is made at `WORLD`.
    pub fn shares(&self, product: ProductId, year: i32) -> Option<(i32, &[MarketShare<PlaceId>])> {
        let years = self.shares.get(&product)?;
        let (found, shares) = years.iter().rev().find(|y| y.0 <= year).or_else(|| years.first())?;
        Some((*found, shares))
    }

    /// The processes that make a product in a place and their shares; nearest place of the lineage first.
    ///
    /// # Errors
    /// No process may stand there, or several may and no route says which.
    pub fn routes(&self, cards: &Cards, places: &Places, product: ProductId, lineage: &[PlaceId]) -> Result<Vec<MarketShare<ProcessId>>, RouteError> {
        for place in lineage.iter().map(|p| Some(*p)).chain([None]) {
            if let Some(routes) = self.routes.get(&(product, place)) {
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
