//! Asks the tables: the tiers of a car's materials, or of one material, for a buyer and a dominant place.

use std::collections::BTreeMap;

use minewheel_assess::tables::Tables;
use minewheel_data::dependence::Edition;
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::{PlaceId, PlaceKind};
use minewheel_data::row::{Draw, RowId};
use minewheel_data::status::Status;
use minewheel_data::supply::Tier;
use minewheel_data::table::nearest;

use super::concentration::{Producer, concentration, weighted_hhi};
use super::customs::Customs;
use super::report::{DefaultedRelief, MaterialReport, MeasureLine, PriceExposure, SupplyReport, TierReport, Weighted};
use super::risk::{Relief, Supplier, geopolitical_risk, supply_risk};
use super::trade::{Mix, Sellers, Shares, Step, touched, trace};
use super::{SupplyError, reach_notice};

/// The unnamed rest of a tier.
const REST: &str = "WORLD";
/// The chain of `chains.csv` that traction motors are, which the materials of their magnets lead to.
pub const MOTORS: &str = "motors";
/// The chain of `chains.csv` that is the car, in which every other ends.
pub const CARS: &str = "cars";
/// Parameters of `supply/parameters.csv` that relieve a risk.
const RECYCLING: &str = "recycling_input_rate";
/// See [`RECYCLING`].
const SUBSTITUTION: &str = "substitution_index";
/// Part of a tier's output, by the tables, that a trade file must name to stand for the world: with less, the missing makers would count
/// as none. Shares of the tables are rounded and leave a tenth to the rest at most.
const WORLD_OUTPUT: f64 = 0.9;
/// Share of a tier from which one place dominates it: more than all others together.
const MAJORITY: f64 = 0.5;

/// Who asks about whom.
#[derive(Debug, Clone)]
pub struct Question<'q> {
    /// The country or bloc whose supply it is.
    pub buyer: PlaceId,
    /// The place whose weight is asked about.
    pub dominant: PlaceId,
    /// The year.
    pub year: i32,
    /// The user's own trade figures.
    pub customs: Option<&'q Customs>,
}

/// The tiers of a material: its chain, those it goes into, and the car; or those of a commodity that no chain passes.
///
/// # Errors
/// Neither is known.
pub fn tiers_of(tables: &Tables, material: &str) -> Result<Vec<Tier>, SupplyError> {
    let mut chain = own_tiers(tables, material);
    for follower in tables.dependence.followers(material) {
        chain.extend(own_tiers(tables, follower));
    }
    if !chain.is_empty() {
        if material != CARS {
            chain.extend(own_tiers(tables, CARS));
        }
        return Ok(chain);
    }
    let tiers = tables.supply.tiers();
    let own: Vec<Tier> = tiers.iter().filter(|t| t.commodity == material).map(|t| (*t).clone()).collect();
    if !own.is_empty() {
        return Ok(own);
    }
    let mut known: Vec<&str> = tables.supply.materials();
    known.extend(tiers.iter().map(|t| t.commodity.as_str()));
    known.sort_unstable();
    known.dedup();
    let near = nearest(material, known.iter().copied());
    Err(SupplyError::Material { seen: material.to_owned(), nearest: near, known: known.join(", ") })
}

/// Answers for one material, or for those of a car with their masses.
///
/// # Errors
/// A material is not known, or a parameter is missing.
pub fn ask(tables: &Tables, subject: &str, materials: &[(String, Option<f64>)], question: &Question<'_>) -> Result<SupplyReport, SupplyError> {
    let behind = tables.supply.reach(question.year)?;
    let asked = question.buyer;
    let question = &Question { buyer: counted_as(tables, question), ..question.clone() };
    let asker = Asker { tables, question, asked, is_whole_chain: materials.len() == 1 };
    let mut reports = Vec::new();
    for (material, kg) in materials {
        reports.push(asker.material(material, *kg)?);
    }
    let tier_key = |t: &TierReport| format!("{}/{}", t.commodity, t.tier);
    let tiers = || reports.iter().flat_map(|m| &m.tiers);
    let binding = binding(tiers());
    let (mut dominated, mut not_dominated) = (Vec::new(), Vec::new());
    for tier in tiers() {
        let list = if tier.share_of_dominant > MAJORITY { &mut dominated } else { &mut not_dominated };
        if !list.contains(&tier_key(tier)) {
            list.push(tier_key(tier));
        }
    }
    let weakest_status = tiers().map(|t| t.status).max().unwrap_or(Status::Read);
    let defaulted = defaulted(tiers());
    let (binding, notices) = (binding.map(tier_key), asker.notices(&reports, &defaulted, behind));
    Ok(SupplyReport {
        subject: subject.to_owned(),
        buyer: tables.places.code(question.buyer).to_owned(),
        dominant: tables.places.code(question.dominant).to_owned(),
        year: question.year,
        risk_threshold: asker.parameter("supply-risk", "threshold")?,
        materials: reports,
        binding,
        dominated,
        not_dominated,
        weakest_status,
        defaulted,
        notices,
    })
}

/// The tier of the highest risk among those of which the buyer imports anything: what it makes itself binds it to nobody.
fn binding<'t>(tiers: impl Iterator<Item = &'t TierReport>) -> Option<&'t TierReport> {
    tiers.filter(|t| t.import_dependence > 0.0).max_by(|a, b| a.supply_risk.total_cmp(&b.supply_risk))
}

/// Parameters of relief that no row gives, each commodity once, in the order of the tiers.
fn defaulted<'t>(tiers: impl Iterator<Item = &'t TierReport>) -> Vec<DefaultedRelief> {
    let mut found: Vec<DefaultedRelief> = Vec::new();
    for tier in tiers {
        let known = [(RECYCLING, tier.recycling_input_rate, Relief::NO_RECYCLING), (SUBSTITUTION, tier.substitution_index, Relief::NO_SUBSTITUTE)];
        for (field, _, value) in known.into_iter().filter(|k| k.1.is_none()) {
            let one = DefaultedRelief { commodity: tier.commodity.clone(), field, value };
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// The tiers of a material or part itself, without those that follow.
fn own_tiers(tables: &Tables, material: &str) -> Vec<Tier> {
    tables.supply.chain(material).cloned().collect()
}

/// The buyer, or the group that the table of cars lumps it into.
fn counted_as(tables: &Tables, question: &Question<'_>) -> PlaceId {
    let shares = tables.supply.chain(CARS).last().and_then(|cars| tables.supply.shares(cars, question.year));
    let makers: Vec<PlaceId> = shares.map(|(_, s)| s.iter().map(|s| s.place).collect()).unwrap_or_default();
    let world = tables.places.id(REST).ok();
    tables.places.lineage(question.buyer).find(|p| makers.contains(p) && Some(*p) != world).unwrap_or(question.buyer)
}

struct Asker<'a> {
    tables: &'a Tables,
    question: &'a Question<'a>,
    asked: PlaceId,
    is_whole_chain: bool,
}

impl Asker<'_> {
    fn parameter(&self, subject: &str, property: &str) -> Result<f64, ParameterError> {
        Ok(Draw::BEST.of(&self.tables.dependence.parameters.value(subject, property, "1")?))
    }

    /// A parameter that only some commodities have.
    fn optional(&self, subject: &str, property: &str) -> Result<Option<f64>, ParameterError> {
        let parameters = &self.tables.dependence.parameters;
        if !parameters.has(subject) {
            return Ok(None);
        }
        Ok(parameters.subject(subject)?.optional(property, "1")?.map(|v| Draw::BEST.of(&v)))
    }

    fn is_within(&self, code: &str, place: PlaceId) -> bool {
        self.tables.places.id(code).is_ok_and(|p| self.tables.places.lineage(p).any(|l| l == place))
    }

    /// The part of a tier's output, by the tables, whose makers a trade file names.
    fn named_output(&self, tier: &Tier, named: &Shares) -> f64 {
        let Some((_, rows)) = self.tables.supply.shares(tier, self.question.year) else { return 0.0 };
        let places = &self.tables.places;
        let is_named = |place: PlaceId| places.lineage(place).any(|p| places.code(p) != REST && named.contains_key(places.code(p)));
        let all: f64 = rows.iter().map(|s| s.share).sum();
        rows.iter().filter(|s| named.contains_key(places.code(s.place)) || is_named(s.place)).map(|s| s.share).sum::<f64>() / all
    }

    /// The group below the world that a place belongs to.
    fn group_of(&self, code: &str) -> Option<String> {
        let places = &self.tables.places;
        let place = places.id(code).ok()?;
        let group = places.lineage(place).skip(1).find(|l| places.kind(*l) == PlaceKind::Group)?;
        (places.code(group) != REST).then(|| places.code(group).to_owned())
    }

    fn shares(&self, tier: &Tier) -> Option<(i32, Shares, Vec<RowId>)> {
        if let Some(shares) = self.question.customs.and_then(|c| c.shares(tier)).filter(|s| self.named_output(tier, s) >= WORLD_OUTPUT) {
            return Some((self.question.year, shares, Vec::new()));
        }
        let (year, rows) = self.tables.supply.shares(tier, self.question.year)?;
        let sum: f64 = rows.iter().map(|s| s.share).sum();
        let mut shares = Shares::new();
        for row in rows {
            *shares.entry(self.tables.places.code(row.place).to_owned()).or_default() += row.share / sum;
        }
        Some((year, shares, rows.iter().map(|s| s.row).collect()))
    }

    fn material(&self, material: &str, kg: Option<f64>) -> Result<MaterialReport, SupplyError> {
        let tiers = tiers_of(self.tables, material)?;
        let known: Vec<(Tier, i32, Shares, Vec<RowId>)> =
            tiers.into_iter().filter_map(|t| self.shares(&t).map(|(year, shares, rows)| (t, year, shares, rows))).collect();
        let cars = self.tables.supply.chain(CARS).last().and_then(|cars| self.shares(cars)).map(|s| s.1).unwrap_or_default();
        let group_of = |code: &str| self.group_of(code);
        let steps: Vec<Step> = known
            .iter()
            .enumerate()
            .map(|(i, (_, _, shares, _))| Step::new(shares, known.get(i + 1).map_or(&cars, |next| &next.2), &group_of))
            .collect();
        let price = self.price(material, kg)?;
        let mut reports = Vec::new();
        let is_buyer = |code: &str| self.is_within(code, self.question.buyer);
        let is_asked = |code: &str| self.is_within(code, self.asked);
        let remainders = trace(&steps, Sellers::ByRemainder, &is_buyer, &group_of);
        let world_market = trace(&steps, Sellers::ByOutput, &is_buyer, &group_of);
        let is_dominant = |code: &str| self.is_within(code, self.question.dominant);
        for (((tier, year, shares, rows), supply), least) in known.iter().zip(world_market).zip(remainders) {
            // Only a tier for which the file has the buyer's imports is that of the buyer itself.
            let (buyer, mix) = if let Some(mix) = self.question.customs.and_then(|c| c.mix(tier, &is_asked)) {
                (self.asked, mix)
            } else {
                let own = supply.iter().filter(|s| is_buyer(s.0)).map(|s| s.1).sum();
                (self.question.buyer, Mix { own, bought: supply.into_iter().filter(|s| !is_buyer(&s.0)).collect() })
            };
            let mut report = self.tier(tier, *year, shares, &mix, buyer)?;
            report.geopolitical_factor_usd_per_kg = price.as_ref().map(|price| report.geopolitical_risk * price.usd_per_kg);
            report.dependence_by_remainders = least.iter().filter(|s| is_dominant(s.0)).map(|s| s.1).sum();
            report.status = self.tables.rows.weakest(rows.iter().copied());
            reports.push(report);
        }
        // A car shows each tier once, with the material or part that it belongs to.
        if !self.is_whole_chain {
            reports.truncate(own_tiers(self.tables, material).len());
        }
        let binding = binding(reports.iter());
        Ok(MaterialReport {
            material: material.to_owned(),
            kg_per_car: kg,
            binding_tier: binding.map(|t| t.tier.clone()),
            touched_share: touched(&steps, Sellers::ByOutput, &is_buyer, &is_dominant, &group_of),
            tiers: reports,
            price,
        })
    }

    fn tier(&self, tier: &Tier, year: i32, shares: &Shares, mix: &Mix, buyer: PlaceId) -> Result<TierReport, SupplyError> {
        let producers: Vec<Producer<'_>> = shares.iter().map(|(place, share)| Producer { place, share: *share, is_rest: place == REST }).collect();
        let found = concentration(&producers);
        let unstable = |code: &str, edition: Edition| {
            let place = self.tables.places.id(code).ok();
            let found = place.and_then(|p| self.tables.dependence.governance.instability(&self.tables.places, p, edition, self.question.year));
            found.map(|i| i.value).ok_or_else(|| SupplyError::Governance { place: code.to_owned() })
        };
        let mut scores: BTreeMap<&str, [f64; 2]> = BTreeMap::new();
        for place in shares.keys().chain(mix.bought.keys()) {
            scores.insert(place, [unstable(place, Edition::Earlier)?, unstable(place, Edition::Later)?]);
        }
        let weighted = |edition: usize| {
            weighted_hhi(shares.iter().filter(|s| s.0 != REST).map(|(p, s)| (*s, scores.get(p.as_str()).map_or(0.0, |s| s[edition]))))
        };
        let edition = usize::from(self.tables.dependence.governance.edition(self.question.year) == Edition::Later);
        let suppliers = self.suppliers(tier, shares, mix, buyer, &|p| scores.get(p).map_or(0.0, |s| s[edition]))?;
        let import_dependence = 1.0 - mix.own;
        let relief = Relief { recycling: self.optional(&tier.commodity, RECYCLING)?, substitution: self.optional(&tier.commodity, SUBSTITUTION)? };
        let scale = self.parameter("governance", "commission_scale")?;
        let dominant = |code: &str| self.is_within(code, self.question.dominant);
        let share_of_dominant: f64 = shares.iter().filter(|s| dominant(s.0)).map(|s| s.1).sum();
        let mut supply_mix = mix.bought.clone();
        if mix.own > 0.0 {
            *supply_mix.entry(self.tables.places.code(buyer).to_owned()).or_default() += mix.own;
        }
        Ok(TierReport {
            commodity: tier.commodity.clone(),
            tier: tier.name.clone(),
            year,
            largest: found.largest.as_ref().map(|l| l.0.clone()),
            largest_share: found.largest.as_ref().map_or(0.0, |l| l.1),
            largest_three_share: found.largest_three,
            rest_share: found.rest,
            hhi: found.hhi,
            hhi_with_rest: found.hhi_with_rest,
            governance_hhi: Weighted { earlier_edition: weighted(0), later_edition: weighted(1) },
            share_of_dominant,
            owned_share_of_dominant: self.owned(tier, shares, share_of_dominant),
            import_dependence,
            dependence: supply_mix.iter().filter(|s| dominant(s.0)).map(|s| s.1).sum(),
            supply_mix,
            supply_risk: supply_risk(&suppliers, import_dependence, relief, scale),
            recycling_input_rate: relief.recycling,
            substitution_index: relief.substitution,
            geopolitical_risk: geopolitical_risk(found.hhi, &suppliers),
            dependence_by_remainders: 0.0,
            geopolitical_factor_usd_per_kg: None,
            measures: self
                .measures(tier)
                .iter()
                .map(|m| MeasureLine {
                    place: self.tables.places.code(m.place).to_owned(),
                    destination: m.destination.map(|d| self.tables.places.code(d).to_owned()),
                    measure: m.kind.word(),
                    since: m.since.clone(),
                    until: (!m.until.is_empty()).then(|| m.until.clone()),
                })
                .collect(),
            shares: shares.clone(),
            status: Status::Read,
        })
    }

    fn measures(&self, tier: &Tier) -> Vec<&minewheel_data::dependence::Measure> {
        let places = &self.tables.places;
        let is_kept_out = |d: PlaceId| places.lineage(self.asked).any(|p| p == d);
        let holds = |m: &minewheel_data::dependence::Measure| m.holds_in(self.question.year) && m.destination.is_none_or(is_kept_out);
        self.tables.dependence.measures.iter().filter(|m| m.tier == *tier && holds(m)).collect()
    }

    fn suppliers(
        &self,
        tier: &Tier,
        shares: &Shares,
        mix: &Mix,
        buyer: PlaceId,
        unstable: &dyn Fn(&str) -> f64,
    ) -> Result<Vec<Supplier>, SupplyError> {
        let mut trade: BTreeMap<String, f64> = BTreeMap::new();
        for measure in self.measures(tier) {
            let value = self.parameter("trade", measure.kind.word())?;
            let of_place = trade.entry(self.tables.places.code(measure.place).to_owned()).or_insert(value);
            *of_place = of_place.max(value);
        }
        let member = self.parameter("trade", "member")?;
        let mut all: Vec<Supplier> = Vec::new();
        let mut codes: Vec<&str> = shares.keys().chain(mix.bought.keys()).map(String::as_str).collect();
        codes.sort_unstable();
        codes.dedup();
        let own_output: f64 = shares.iter().filter(|s| self.is_within(s.0, buyer)).map(|s| s.1).sum();
        for code in codes {
            let is_own = self.is_within(code, buyer);
            let output = shares.get(code).copied().unwrap_or(0.0);
            let part = if is_own && own_output > 0.0 { mix.own * output / own_output } else { mix.bought.get(code).copied().unwrap_or(0.0) };
            all.push(Supplier {
                world: if code == REST { 0.0 } else { output },
                mix: part,
                instability: unstable(code),
                trade: if is_own { member } else { trade.get(code).copied().unwrap_or(1.0) },
                is_own,
            });
        }
        Ok(all)
    }

    fn owned(&self, tier: &Tier, shares: &Shares, made_there: f64) -> Option<f64> {
        let owned: Vec<f64> = self
            .tables
            .dependence
            .owners
            .iter()
            .filter(|o| o.tier == *tier && o.owner == self.question.dominant && o.place != self.question.dominant)
            .map(|o| o.share.best * shares.get(self.tables.places.code(o.place)).copied().unwrap_or(0.0))
            .collect();
        (!owned.is_empty()).then(|| made_there + owned.iter().sum::<f64>())
    }

    fn price(&self, material: &str, kg: Option<f64>) -> Result<Option<PriceExposure>, SupplyError> {
        let Some(sold) = self.tables.dependence.priced_as.iter().find(|p| p.material == material) else { return Ok(None) };
        let subject = self.tables.prices.subject(&sold.product)?;
        let years: Vec<i32> = subject.years("price").into_iter().filter(|y| *y <= self.question.year).collect();
        let Some(&year) = years.last() else { return Ok(None) };
        let mut prices = Vec::new();
        for year in years {
            let value = subject.value_at("price", &[], year, "USD/kg")?;
            prices.push((year, Draw::BEST.of(&value) / sold.mass_fraction, value.row));
        }
        let low = prices.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = prices.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(last), Some(low), Some(high)) = (prices.last(), low, high) else { return Ok(None) };
        Ok(Some(PriceExposure {
            product: sold.product.clone(),
            year,
            usd_per_kg: last.1,
            lowest_usd_per_kg: low.1,
            lowest_year: low.0,
            highest_usd_per_kg: high.1,
            highest_year: high.0,
            usd_per_car: kg.map(|kg| kg * last.1),
            usd_per_car_at_risk: kg.map(|kg| kg * (high.1 - last.1)),
            status: self.tables.rows.weakest(prices.iter().map(|p| p.2).chain([sold.row])),
        }))
    }

    /// Later years whose rows name a leader and little else: said, not used.
    fn passed_over<'t>(&self, tiers: impl Iterator<Item = &'t TierReport>) -> Option<String> {
        let code = |p: PlaceId| self.tables.places.code(p);
        let mut found: Vec<String> = Vec::new();
        for t in tiers.filter(|t| self.question.customs.is_none() || t.year != self.question.year) {
            let tier = Tier { commodity: t.commodity.clone(), name: t.tier.clone() };
            let Some((year, shares)) = self.tables.supply.passed_over(&tier, self.question.year) else { continue };
            let named: Vec<String> =
                shares.iter().filter(|s| code(s.place) != REST).map(|s| format!("{} {:.0} %", code(s.place), 100.0 * s.share)).collect();
            found.push(format!("{}/{} {year}: {}", t.commodity, t.tier, named.join(", ")));
        }
        found.sort_unstable();
        found.dedup();
        (!found.is_empty()).then(|| format!("known of a later year, but too few places for who sells to whom: {}", found.join("; ")))
    }

    /// What a trade file reaches, and what it does not.
    fn trade_notices<'t>(&self, tiers: impl Iterator<Item = &'t TierReport>) -> Vec<String> {
        let Some(customs) = self.question.customs else { return Vec::new() };
        let is_asked = |code: &str| self.is_within(code, self.asked);
        let (mut short, mut without) = (Vec::new(), Vec::new());
        for t in tiers {
            let tier = Tier { commodity: t.commodity.clone(), name: t.tier.clone() };
            let key = format!("{}/{}", t.commodity, t.tier);
            if let Some(named) = customs.shares(&tier).map(|s| self.named_output(&tier, &s)).filter(|n| *n < WORLD_OUTPUT) {
                short.push(format!("{key} {:.0} %", 100.0 * named));
            }
            if customs.mix(&tier, &is_asked).is_none() {
                without.push(key);
            }
        }
        let mut notices = Vec::new();
        for (mut list, what) in [
            (
                short,
                "output in the trade file leaves out too many makers to stand for the world (part of the tier that it names, by the tables), so shares of output are the tables'; it counts for the buyer's own part",
            ),
            (without, "no imports of the buyer in the trade file, so its supply is that of the tables"),
        ] {
            list.sort_unstable();
            list.dedup();
            if !list.is_empty() {
                notices.push(format!("{what}: {}", list.join(", ")));
            }
        }
        notices
    }

    fn notices(&self, reports: &[MaterialReport], defaulted: &[DefaultedRelief], behind: Option<i32>) -> Vec<String> {
        let year = self.question.year;
        let mut notices: Vec<String> = behind.map(|last| reach_notice(last, year)).into_iter().collect();
        let tiers = || reports.iter().flat_map(|m| &m.tiers);
        notices.extend(self.passed_over(tiers()));
        let mut later: Vec<String> = tiers().filter(|t| t.year > year).map(|t| format!("{}/{} {}", t.commodity, t.tier, t.year)).collect();
        later.sort_unstable();
        later.dedup();
        if !later.is_empty() {
            notices.push(format!("without rows up to {year}, shares of a later year: {}", later.join(", ")));
        }
        if self.asked != self.question.buyer {
            let (asked, buyer) = (self.tables.places.code(self.asked), self.tables.places.code(self.question.buyer));
            notices.push(format!("the tables of cars lump {asked} into {buyer}: the supply is that of {buyer}"));
        }
        notices.extend(self.trade_notices(tiers()));
        if self.question.customs.is_none() {
            notices.push(
                "who sells to whom is not in the tables: own output first, the rest from the world market; --trade takes customs data".to_owned(),
            );
        }
        for (field, what) in [
            (RECYCLING, "recycling rate is known, so none relieves the risk"),
            (SUBSTITUTION, "substitution index is known, so none relieves the risk"),
        ] {
            let of: Vec<&str> = defaulted.iter().filter(|d| d.field == field).map(|d| d.commodity.as_str()).collect();
            if !of.is_empty() {
                notices.push(format!("no {what}: {}", of.join(", ")));
            }
        }
        let ranks = |pick: fn(&Weighted) -> f64| {
            let mut keys: Vec<(String, f64)> = tiers().map(|t| (format!("{}/{}", t.commodity, t.tier), pick(&t.governance_hhi))).collect();
            keys.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            keys.into_iter().map(|k| k.0).collect::<Vec<_>>()
        };
        let (earlier, later) = (ranks(|w| w.earlier_edition), ranks(|w| w.later_edition));
        let moved = earlier.iter().zip(&later).filter(|(a, b)| a != b).count();
        notices.push(format!(
            "governance scores come in two editions that must not be compared; between them {moved} of {} tiers change rank by weighted HHI",
            earlier.len()
        ));
        notices
    }
}
