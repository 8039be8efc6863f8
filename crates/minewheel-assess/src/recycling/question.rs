//! One question about recycling, answered for one or several routes.

use minewheel_data::cards::ProductId;
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId};
use minewheel_data::status::Status;
use minewheel_data::units::Energy;
use minewheel_lca::{ColumnId, PreparedSolver, SolveOptions, monte_carlo};
use minewheel_model::battery::{PackDesign, PackSpec, design_pack};
use minewheel_model::bill::BillLine;
use minewheel_model::recycling::{Feed, Recycled, Route, recycle};

use super::report::{
    Climate, ContentLine, ElementLine, InputLine, LossLine, Money, Powder, ProductLine, RecycleReport, RouteReport, TargetLine, Verdict,
};
use super::second_life::{NEW_PACK, STATEMENT, SecondLife, SecondLifeUse};
use super::{Columns, Flows, avoided, burdens, price};
use crate::AssessError;
use crate::footprint::SolvedNetwork;
use crate::network::{NetworkError, PlacedNetworkBuilder};
use crate::scenario::Sampling;
use crate::tables::Tables;
use crate::uncertainty::{Interval, centred_sampler, distributions_of};

/// Elements that the regulation or the market asks for, with their word in the tables of targets.
const FOLLOWED: [(&str, &str); 11] = [
    ("Li", "lithium"),
    ("Ni", "nickel"),
    ("Co", "cobalt"),
    ("Mn", "manganese"),
    ("Cu", "copper"),
    ("Al", "aluminium"),
    ("Fe", "iron"),
    ("P", "phosphorus"),
    ("Na", "sodium"),
    ("C", "carbon"),
    ("Ti", "titanium"),
];
const RECOVERY_TARGETS: [&str; 4] = ["Co", "Cu", "Li", "Ni"];
const CONTENT_TARGETS: [&str; 3] = ["Co", "Li", "Ni"];
/// Elements of cells that a recycler may leave out of the efficiency, of those that the tables follow: Delegated Regulation
/// (EU) 2025/606 lists six substances, of which carbon and phosphorus are in a lithium cell. The list was seen in a
/// note on its draft, not in the act.
const LEFT_OUT: [&str; 2] = ["C", "P"];
/// Years of targets, as far as any table reaches.
const TARGET_YEARS: std::ops::RangeInclusive<i32> = 2025..=2050;
const ELECTRICITY: &str = "electricity-high-voltage";
const HEAT: &str = "heat";

/// What to ask.
#[derive(Debug, Clone)]
pub struct RecycleQuestion {
    /// The car whose pack it is, if it is a car's.
    pub car: Option<String>,
    /// The pack.
    pub pack: PackSpec,
    /// Routes to take, in order.
    pub routes: Vec<Route>,
    /// What is fed.
    pub feed: Feed,
    /// Where the recycler stands.
    pub place: PlaceId,
    /// The year of grid, markets and prices.
    pub year: i32,
    /// The climate method.
    pub method: String,
    /// Whether a second life is looked at.
    pub second_life: bool,
    /// How intervals are made.
    pub sampling: Option<Sampling>,
}

/// Figures of one route in one draw, a kWh.
#[derive(Debug, Clone)]
struct RouteFigures {
    recycling: f64,
    avoided: f64,
    per_kg: f64,
    processing: f64,
    revenue: f64,
    efficiency: f64,
    efficiency_left_out: f64,
    recovery: [Option<f64>; FOLLOWED.len()],
}

#[derive(Debug, Clone)]
struct Figures {
    routes: Vec<RouteFigures>,
    collection: f64,
    second: Option<(SecondLifeUse, f64, f64)>,
}

/// Everything that a draw needs, placed and looked up once.
struct Asked<'a> {
    tables: &'a Tables,
    question: &'a RecycleQuestion,
    cathode: String,
    columns: Columns,
    flows: Flows,
    new_pack: Vec<ColumnId>,
    lineage: Vec<&'a str>,
}

impl Asked<'_> {
    fn pack(&self, draw: &Draw<'_>) -> Result<PackDesign, AssessError> {
        Ok(design_pack(&self.question.pack, &self.tables.cells, draw)?)
    }

    fn run(&self, pack: &PackDesign, route: Route, draw: &Draw<'_>) -> Result<Recycled<'_>, AssessError> {
        Ok(recycle(pack, &self.tables.cells, &self.tables.recycling, route, self.question.feed, draw)?)
    }

    fn revenue(&self, made: &minewheel_model::recycling::Made<'_>, draw: &Draw<'_>) -> Option<f64> {
        let Some(subject) = made.product.priced(&self.cathode) else { return Some(0.0) };
        let kg = if made.product.is_paid_by_substance { made.from_battery } else { made.mass }.kg();
        Some(kg * made.product.price_factor * price(self.tables, &self.lineage, self.question.year, subject, draw)?)
    }

    fn collection(&self, draw: &Draw<'_>) -> Result<f64, ParameterError> {
        let subject = self.tables.recycling.parameters.subject("collection")?;
        let rate = |year| subject.value_at("rate", &self.lineage, year, "1");
        let rate = rate(self.question.year).or_else(|_| rate(i32::MAX))?;
        Ok(draw.of(&rate).clamp(0.0, 1.0))
    }

    fn figures(&self, draw: &Draw<'_>, scores: &[f64]) -> Result<Figures, AssessError> {
        let pack = self.pack(draw)?;
        let kwh = pack.gross_energy.kwh();
        let mut routes = Vec::new();
        for route in &self.question.routes {
            let run = self.run(&pack, *route, draw)?;
            let (lines, burnt) = burdens(&run, &self.columns, &self.flows, scores)?;
            let recycling = lines.iter().sum::<f64>() + burnt;
            let cost = self.tables.recycling.parameter(route.word(), "processing_cost", "USD/kg")?;
            routes.push(RouteFigures {
                recycling: recycling / kwh,
                avoided: run.made.iter().map(|m| avoided(m, &self.cathode, &self.columns, scores)).sum::<Result<f64, _>>()? / kwh,
                per_kg: recycling / run.fed.kg(),
                processing: run.fed.kg() * draw.of(&cost) / kwh,
                revenue: run.made.iter().filter_map(|m| self.revenue(m, draw)).sum::<f64>() / kwh,
                efficiency: run.efficiency(),
                efficiency_left_out: run.efficiency_without(&LEFT_OUT),
                recovery: FOLLOWED.map(|(symbol, _)| run.recovery(symbol)),
            });
        }
        let second = if self.question.second_life {
            let life = SecondLifeUse::of(self.tables, &pack.chemistry, draw)?;
            let one = design_pack(&PackSpec::new(NEW_PACK, Energy::from_kwh(1.0)), &self.tables.cells, draw)?;
            let new_kg: f64 = one.lines.iter().zip(&self.new_pack).map(|(line, column)| line.amount * scores[column.index()]).sum();
            let electricity = self.columns.score(ELECTRICITY, scores).unwrap_or(f64::NAN);
            Some((life, new_kg, life.credit(new_kg, electricity)))
        } else {
            None
        };
        Ok(Figures { routes, collection: self.collection(draw)?, second })
    }
}

/// Answers a question.
///
/// # Errors
/// An unknown chemistry, a pack that cannot be, a place or year without data, or a network that cannot be solved.
pub fn recycle_report(tables: &Tables, question: &RecycleQuestion) -> Result<RecycleReport, AssessError> {
    let mix = tables.electricity.mix(&tables.places, question.place, question.year)?;
    let pack = design_pack(&question.pack, &tables.cells, &Draw::BEST)?;
    let cathode = tables.cells.cell(&pack.chemistry).map(|c| c.cathode_product().to_owned()).unwrap_or_default();
    let mut builder = PlacedNetworkBuilder::new(tables, question.year, &[])?;
    let columns = Columns::place(tables, &mut builder, question.place, Some(&cathode))?;
    let new_pack = if question.second_life {
        let one = design_pack(&PackSpec::new(NEW_PACK, Energy::from_kwh(1.0)), &tables.cells, &Draw::BEST)?;
        one.lines.iter().map(|line| builder.bought_in(product(tables, line)?, question.place)).collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    let placed = builder.build()?;
    let solved = SolvedNetwork::new(tables, &placed, &question.method)?;
    let lineage = tables.places.lineage(question.place).map(|p| tables.places.code(p)).collect();
    let asked = Asked { tables, question, cathode, columns, flows: Flows::read(tables, &question.method), new_pack, lineage };
    let scores = solved.scores.values();
    let base = asked.figures(&Draw::BEST, scores)?;
    let samples = match question.sampling {
        None => Vec::new(),
        Some(sampling) => {
            let sampler = centred_sampler(&tables.rows, &distributions_of(tables, sampling.chain))?;
            let solver = PreparedSolver::new(&placed.network, &solved.climate, SolveOptions::default())?;
            let drawn = monte_carlo(&solver, &sampler, sampling.seed, 0..u64::from(sampling.samples), |draw| {
                asked.figures(&Draw::from_factors(draw.factors), draw.scores)
            })?;
            let named = |(draw, figures): (usize, Result<Figures, AssessError>)| {
                figures.map_err(|source| AssessError::InDraw { draw, source: Box::new(source) })
            };
            drawn.into_iter().enumerate().map(named).collect::<Result<Vec<_>, _>>()?
        }
    };
    let interval = |of: &dyn Fn(&Figures) -> f64| {
        if samples.is_empty() { Interval::point(of(&base)) } else { Interval::of(of(&base), samples.iter().map(of)) }
    };
    let routes = question.routes.iter().enumerate().map(|(at, route)| describe(&asked, &pack, *route, at, scores, &samples, &interval));
    let second_life = base.second.map(|(life, _, _)| {
        let of = |pick: fn(&(SecondLifeUse, f64, f64)) -> f64| interval(&move |f: &Figures| f.second.as_ref().map_or(f64::NAN, pick));
        SecondLife {
            starts_at: life.starts_at,
            ends_at: life.ends_at,
            years: of(|s| s.0.years),
            delivered_kwh_per_kwh: of(|s| s.0.delivered_kwh),
            reused_share: life.reused_share,
            new_pack_kg_per_kwh: of(|s| s.1),
            credit_kg_per_kwh: of(|s| s.2),
            statement: STATEMENT,
        }
    });
    Ok(RecycleReport {
        car: question.car.clone(),
        chemistry: pack.chemistry.to_string(),
        gross_energy_kwh: pack.gross_energy.kwh(),
        pack_mass_kg: pack.pack_mass.kg(),
        feed: question.feed,
        country: tables.places.code(question.place).to_owned(),
        year: question.year,
        collection_rate: interval(&|f: &Figures| f.collection),
        routes: routes.collect::<Result<_, _>>()?,
        second_life,
        method: question.method.clone(),
        samples: question.sampling.map(|s| s.samples),
        seed: question.sampling.map(|s| s.seed),
        data: tables.fingerprint.clone(),
        notices: without_plants(tables, question).into_iter().chain(mix.notice).chain(placed.notices.iter().cloned()).collect(),
    })
}

/// What no plant at scale does yet, of the question.
fn without_plants(tables: &Tables, question: &RecycleQuestion) -> Vec<String> {
    let mut found = Vec::new();
    let chemistry = &question.pack.chemistry;
    if !tables.recycling.is_at_scale(chemistry) {
        found.push(format!(
            "no plant recycles {chemistry} packs at scale: yields of what is new in them are argued from the laboratory or by analogy"
        ));
    }
    for route in question.routes.iter().filter(|r| !tables.recycling.is_at_scale(r.word())) {
        found.push(format!("no plant takes the {} route at scale: its yields are those of pilot lines", route.word()));
    }
    found
}

fn product(tables: &Tables, line: &BillLine) -> Result<ProductId, NetworkError> {
    tables.cards.product_id(&line.product).ok_or_else(|| NetworkError::UnknownProduct(line.product.to_string()))
}

fn describe(
    asked: &Asked<'_>,
    pack: &PackDesign,
    route: Route,
    at: usize,
    scores: &[f64],
    samples: &[Figures],
    interval: &dyn Fn(&dyn Fn(&Figures) -> f64) -> Interval,
) -> Result<RouteReport, AssessError> {
    let tables = asked.tables;
    let run = asked.run(pack, route, &Draw::BEST)?;
    let kwh = pack.gross_energy.kwh();
    let (lines, _) = burdens(&run, &asked.columns, &asked.flows, scores)?;
    let of = |pick: &dyn Fn(&RouteFigures) -> f64| interval(&|f: &Figures| pick(&f.routes[at]));
    let status = |rows: &[RowId]| tables.rows.weakest(rows.iter().copied().filter(|r| *r != RowId::GIVEN));
    let elements = FOLLOWED
        .iter()
        .enumerate()
        .filter_map(|(index, (symbol, word))| {
            let fed = run.elements_fed.get(*symbol).copied().filter(|kg| *kg > 0.0)?;
            Some(ElementLine {
                element: (*word).to_owned(),
                fed_kg_per_kwh: fed / kwh,
                recovered_kg_per_kwh: run.recovered(symbol) / kwh,
                recovery: of(&|f| f.recovery[index].unwrap_or(0.0)),
            })
        })
        .collect();
    let saved: Vec<f64> = run.made.iter().map(|m| avoided(m, &asked.cathode, &asked.columns, scores)).collect::<Result<_, _>>()?;
    let products: Vec<ProductLine> = run
        .made
        .iter()
        .zip(saved)
        .map(|(made, saved)| ProductLine {
            product: made.product.name.to_string(),
            kg_per_kwh: made.mass.kg() / kwh,
            replaces: made.product.replaced(&asked.cathode).map(str::to_owned),
            avoided_kg_co2e_per_kwh: saved / kwh,
            revenue_usd_per_kwh: asked.revenue(made, &Draw::BEST).map(|usd| usd / kwh),
            status: status(&made.rows),
        })
        .collect();
    let inputs: Vec<InputLine> = run
        .inputs
        .iter()
        .zip(lines)
        .map(|(input, kg)| InputLine {
            step: input.step.to_string(),
            input: input.id.to_string(),
            amount_per_kwh: input.amount / kwh,
            unit: input.unit.to_string(),
            kg_co2e_per_kwh: kg / kwh,
            status: status(&input.rows),
        })
        .collect();
    let sum = |name: &str| inputs.iter().filter(|i| i.input == name).map(|i| i.amount_per_kwh).sum();
    let black_mass = run.between.get("black-mass").map(|powder| {
        let kg: f64 = powder.values().sum();
        Powder { kg_per_kwh: kg / kwh, composition: powder.iter().map(|(s, m)| (s.to_string(), m / kg)).collect() }
    });
    let weakest = products.iter().map(|p| p.status).chain(inputs.iter().map(|i| i.status)).max().unwrap_or(Status::Read);
    Ok(RouteReport {
        route,
        fed_kg_per_kwh: run.fed.kg() / kwh,
        elements,
        losses: run.lost.iter().map(|(stream, s)| LossLine { stream: stream.to_string(), kg_per_kwh: s.values().sum::<f64>() / kwh }).collect(),
        black_mass,
        electricity_kwh_per_kwh: sum(ELECTRICITY),
        heat_mj_per_kwh: sum(HEAT),
        burnt_co2_kg_per_kwh: run.carbon_dioxide.kg() / kwh,
        largest_gap: run.largest_gap,
        climate: Climate { recycling: of(&|f| f.recycling), avoided: of(&|f| f.avoided), net: of(&|f| f.recycling - f.avoided) },
        recycling_kg_co2e_per_kg: of(&|f| f.per_kg),
        money: Money {
            processing: of(&|f| f.processing),
            revenue: of(&|f| f.revenue),
            margin: of(&|f| f.revenue - f.processing),
            without_price: products.iter().filter(|p| p.revenue_usd_per_kwh.is_none()).map(|p| p.product.clone()).collect(),
        },
        recycling_efficiency: of(&|f| f.efficiency),
        recycling_efficiency_left_out: of(&|f| f.efficiency_left_out),
        targets: targets(asked, &run, at, samples),
        // Scrap of the works is collected by no one, and how much there is the pack does not say.
        recycled_content: if asked.question.feed == Feed::Scrap { Vec::new() } else { content(asked, pack, &run)? },
        weakest_status: weakest,
        products,
        inputs,
    })
}

/// The years in which a target of the EU changes, with its value.
fn steps_of(tables: &Tables, property: &str) -> Vec<(i32, minewheel_data::row::Value)> {
    let Ok(subject) = tables.recycling.parameters.subject("eu") else { return Vec::new() };
    let mut steps: Vec<(i32, minewheel_data::row::Value)> = Vec::new();
    for year in TARGET_YEARS {
        if let Ok(value) = subject.value_at(property, &[], year, "1")
            && steps.last().is_none_or(|(_, last)| last.row != value.row)
        {
            steps.push((year, value));
        }
    }
    steps
}

fn targets(asked: &Asked<'_>, run: &Recycled<'_>, at: usize, samples: &[Figures]) -> Vec<TargetLine> {
    let tables = asked.tables;
    let mut found = Vec::new();
    let mut judge = |quantity: String, property: &str, value: Option<f64>, drawn: &dyn Fn(&RouteFigures) -> Option<f64>| {
        for (year, required) in steps_of(tables, property) {
            let margin = value.map(|v| v - required.best);
            let met = samples.iter().filter(|f| drawn(&f.routes[at]).is_some_and(|v| v >= required.best)).count();
            found.push(TargetLine {
                quantity: quantity.clone(),
                year,
                required: required.best,
                value,
                margin,
                share_of_draws: (!samples.is_empty() && value.is_some()).then(|| met as f64 / samples.len() as f64),
                verdict: Verdict::of(margin),
                status: tables.rows.status(required.row),
                source: tables.sources.key(tables.rows.source(required.row)).to_owned(),
            });
        }
    };
    // Annex XII B knows lithium batteries and, of those without lead or cadmium, others.
    let efficiency = if run.recovery("Li").is_some() { "recycling_efficiency" } else { "recycling_efficiency_other" };
    judge("recycling efficiency".to_owned(), efficiency, Some(run.efficiency()), &|f| Some(f.efficiency));
    let left_out = format!("recycling efficiency without {}", LEFT_OUT.join(", "));
    judge(left_out, efficiency, Some(run.efficiency_without(&LEFT_OUT)), &|f| Some(f.efficiency_left_out));
    // A target on a metal that the pack does not hold does not apply.
    let held = |symbol: &str| RECOVERY_TARGETS.contains(&symbol) && run.recovery(symbol).is_some();
    for (index, (symbol, word)) in FOLLOWED.iter().enumerate().filter(|(_, f)| held(f.0)) {
        judge(format!("recovery of {word}"), &format!("recovery_{word}"), run.recovery(symbol), &move |f| f.recovery[index]);
    }
    found
}

/// Metal of one old pack, collected and recovered, against what the making of a new pack buys in active material.
fn content(asked: &Asked<'_>, pack: &PackDesign, run: &Recycled<'_>) -> Result<Vec<ContentLine>, AssessError> {
    let tables = asked.tables;
    let collection = asked.collection(&Draw::BEST)?;
    let Some(cell) = tables.cells.cell(&pack.chemistry) else { return Ok(Vec::new()) };
    let bought: f64 = pack.lines.iter().filter(|l| *l.product == *cell.cathode_product()).map(|l| l.amount).sum();
    let mut found = Vec::new();
    for (symbol, word) in FOLLOWED.iter().filter(|f| CONTENT_TARGETS.contains(&f.0)) {
        let held: f64 = minewheel_model::battery::Element::ALL.into_iter().filter(|e| e.symbol() == *symbol).map(|e| cell.mass_fraction(e)).sum();
        // The anode is active material too, and titanate and metal hold lithium; that of an electrolyte does not count.
        let of_anode = |l: &BillLine| tables.recycling.element_of(&l.product, symbol) * l.amount;
        let in_anode: f64 = pack.lines.iter().filter(|l| &*l.part == "anode").map(of_anode).sum();
        let needed = bought * held + in_anode;
        if needed <= 0.0 {
            continue;
        }
        let available = Some(collection * run.recovered(symbol) / needed);
        for (year, required) in steps_of(tables, &format!("recycled_content_{word}")) {
            found.push(ContentLine {
                element: (*word).to_owned(),
                year,
                required: required.best,
                available,
                packs_needed: available.filter(|a| *a > 0.0).map(|a| required.best / a),
                verdict: Verdict::of(available.map(|a| a - required.best)),
                status: tables.rows.status(required.row),
            });
        }
    }
    Ok(found)
}
