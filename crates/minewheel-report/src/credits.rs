//! The reports of `credits`: one car, the accounts of companies, the market.

use std::collections::BTreeMap;

use minewheel_data::status::Status;
use minewheel_industry::credits::design::{Crossing, DesignCredit};
use minewheel_industry::credits::fleets::{FleetYear, Fleets};
use minewheel_industry::credits::ledger::{CompanyYear, Ledger};
use minewheel_industry::credits::market::{Equilibrium, Trade};
use minewheel_industry::credits::rules::{Citation, RuleBook};

use crate::charts::{lines, ranked};
use crate::document::{Block, Document, Section, Table};
use crate::figure::{figure, number};
use crate::sources::named_in;

/// Credits in a thousand, as axes are scaled.
const THOUSAND: f64 = 1e3;
/// Yuan in a million, as money is printed.
const MILLION: f64 = 1e6;
/// Companies in a chart.
const MOST_BARS: usize = 25;

fn run(status: Status) -> Vec<(String, String)> {
    vec![("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()), ("weakest status".to_owned(), status.to_string())]
}

fn rules(citations: &[Citation]) -> Section {
    let row = |c: &Citation| vec![c.item.clone(), c.edition.clone(), c.locator.clone(), c.source.clone(), c.status.to_string()];
    let header = ["constant", "act", "place in it", "source", "status"];
    Section::new(
        "Rules applied",
        vec![Block::Folded(Table::of_words("Constants and where they stand", &header, citations.iter().map(row).collect(), &[]))],
    )
}

/// The report of one car's credit.
pub fn car(found: &DesignCredit, book: &RuleBook, command: &str) -> Document {
    let credit = &found.credit;
    let origin = |name: &str| if found.given.contains(&name) { "given" } else { "model" }.to_owned();
    let fact = |label: String, value: Option<f64>, key: &str| vec![label, number(value), origin(key)];
    let rule = |label: &str, value: f64| vec![label.to_owned(), format!("{value:.3}"), "rule".to_owned()];
    let facts = vec![
        fact("kerb mass, kg".to_owned(), Some(found.facts.kerb_mass_kg), "kerb_mass_kg"),
        fact(format!("range, km ({})", found.cycle), found.facts.range_km, "range_km"),
        fact("consumption, kWh/100 km".to_owned(), found.facts.consumption_kwh_per_100km, "consumption_kwh_per_100km"),
        fact("pack, Wh/kg".to_owned(), found.facts.density_wh_per_kg, "density_wh_per_kg"),
        vec!["energy line, kWh/100 km".to_owned(), number(credit.energy_line_kwh_per_100km), "rule".to_owned()],
        rule("standard credit", credit.standard),
        rule("× range", credit.factors.range),
        rule("× density", credit.factors.density),
        rule("× energy", credit.factors.energy),
        rule("credit", credit.credit),
    ];
    let cliffs = credit
        .cliffs
        .iter()
        .map(|k| vec![k.quantity.to_owned(), figure(k.at), figure(k.distance), format!("{:.3}", k.credit_across), format!("{:+.3}", k.gain)]);
    let slopes = found.design_slopes.iter().map(|s| vec![s.lever.word().to_owned(), format!("{:+.4}", s.credit_per_unit), s.unit.to_owned()]);
    let crossing = |k: &Crossing| {
        let unit = if k.unit == "1" { "" } else { k.unit };
        vec![
            format!("{} {}", k.quantity, figure(k.at)),
            k.lever.word().to_owned(),
            format!("{} {unit}", figure(k.change)).trim_end().to_owned(),
            format!("{:.3}", k.credit),
            k.cost_usd.map_or_else(|| "no price".to_owned(), figure),
        ]
    };
    let mut sections = vec![
        Section::new("How it comes about", vec![Block::Table(Table::of_words("Factors of the credit", &["figure", "value", "from"], facts, &[1]))]),
        Section::new(
            "Cliffs",
            vec![Block::Table(Table::of_words(
                "Steps of the rule, the other figures held",
                &["figure", "at", "away", "credit across", "gain"],
                cliffs.collect(),
                &[1, 2, 3, 4],
            ))],
        ),
        Section::new(
            "Levers of the design",
            vec![Block::Table(Table::of_words(
                "Slopes with all that follows included",
                &["lever", "credit per unit", "unit"],
                slopes.collect(),
                &[1],
            ))],
        ),
    ];
    if !found.crossings.is_empty() {
        let header = ["cliff", "lever", "change", "credit", "USD"];
        let table = Table::of_words("What crosses a cliff, the cheapest first", &header, found.crossings.iter().map(crossing).collect(), &[2, 3, 4]);
        sections.push(Section::new("Crossings", vec![Block::Table(table)]));
    }
    sections.push(rules(&credit.rules));
    Document {
        title: format!("New-energy credit of {}, accounting year {}", found.car, credit.year),
        lead: vec![format!(
            "{:.3} credits a car under {}; weakest status of rule and figures: {}.",
            credit.credit, credit.edition, credit.weakest_status
        )],
        sections,
        sources: named_in(found, book.sources()),
        run: run(credit.weakest_status),
        command: command.to_owned(),
    }
}

/// The report of companies' accounts.
pub fn ledger(found: &Ledger, book: &RuleBook, command: &str) -> Document {
    let last = found.companies.iter().map(|c| c.year).max().unwrap_or_default();
    let mut balances: Vec<(&CompanyYear, f64)> = found.companies.iter().filter(|c| c.year == last).filter_map(|c| Some((c, c.balance?))).collect();
    balances.sort_by(|a, b| b.1.total_cmp(&a.1));
    let open: f64 = found.companies.iter().filter(|c| c.year == last).map(|c| c.cafc_open + c.nev_open).sum();
    let ends = if balances.len() > MOST_BARS {
        let (head, tail) = (MOST_BARS / 2, MOST_BARS - MOST_BARS / 2);
        [&balances[..head], &balances[balances.len() - tail..]].concat()
    } else {
        balances.clone()
    };
    let bar = |(c, credits): &(&CompanyYear, f64)| ranked::Bar {
        name: c.name.clone().unwrap_or_else(|| c.company.clone()),
        value: credits / THOUSAND,
        range: None,
        is_marked: *credits < 0.0,
    };
    let chart = ranked::Ranked {
        title: format!("New-energy balances of companies in {last}"),
        unit: "thousand new-energy credits".to_owned(),
        threshold: None,
        bars: ends.iter().map(bar).collect(),
    };
    let row = |c: &CompanyYear| {
        vec![
            c.name.clone().unwrap_or_else(|| c.company.clone()),
            c.year.to_string(),
            number(c.volume),
            number(c.cafc_target),
            number(c.cafc_actual),
            number(c.cafc_credits),
            number(c.nev_target),
            number(c.nev_credits),
            number(c.balance),
            figure(c.cafc_open + c.nev_open),
            if c.is_scenario { "scenario" } else { "record" }.to_owned(),
            c.weakest_status.to_string(),
        ]
    };
    let header = [
        "company",
        "year",
        "cars",
        "target, l/100 km",
        "actual, l/100 km",
        "fuel credits",
        "asked, %",
        "new-energy credits",
        "balance",
        "open",
        "kind",
        "status",
    ];
    let totals = found.totals.iter().flatten().map(|t| {
        let numbers = [t.cafc_surplus, t.cafc_deficit, t.nev_surplus, t.nev_deficit, t.offered, t.outside_need].map(figure);
        let tail = [number(t.ratio), figure(t.stored), figure(t.released), figure(t.open)];
        std::iter::once(t.year.to_string()).chain(numbers).chain(tail).collect::<Vec<_>>()
    });
    let header_of_totals = [
        "year",
        "fuel surplus",
        "fuel deficit",
        "new-energy surplus",
        "new-energy deficit",
        "offered",
        "needed outside",
        "ratio",
        "stored",
        "released",
        "open",
    ];
    let trades = found.trades.iter().map(|t| vec![t.year.to_string(), t.seller.clone(), t.buyer.clone(), figure(t.credits)]);
    let mut lead = vec![format!("{} credits stay open in {last}; weakest status: {}.", figure(open), found.weakest_status)];
    lead.extend(found.partial.iter().map(|reason| format!("No totals of {reason}.")));
    Document {
        title: found.title.clone(),
        lead,
        sections: vec![
            Section::new(
                format!("Balances of {last}"),
                vec![Block::Picture { svg: ranked::svg(&chart), caption: "The largest and the least; outlined: short of credits.".to_owned() }],
            ),
            Section::new(
                "All companies together",
                vec![Block::Table(Table::of_words("Sums by year, credits", &header_of_totals, totals.collect(), &(1..11).collect::<Vec<_>>()))],
            ),
            Section::new(
                "Company by company",
                vec![
                    Block::Folded(Table::of_words("Accounts", &header, found.companies.iter().map(row).collect(), &(2..10).collect::<Vec<_>>())),
                    Block::Folded(Table::of_words("Credits sold", &["year", "seller", "buyer", "credits"], trades.collect(), &[3])),
                ],
            ),
            rules(&found.rules),
        ],
        sources: named_in(found, book.sources()),
        run: run(found.weakest_status),
        command: command.to_owned(),
    }
}

/// The report of fleets under the rules of the EU, the US or the UK.
pub fn fleets(found: &Fleets, book: &RuleBook, command: &str) -> Document {
    let span = |c: &FleetYear| if c.first_year == c.year { c.year.to_string() } else { format!("{}–{}", c.first_year, c.year) };
    let bar = |c: &FleetYear| ranked::Bar {
        name: format!("{} {}", c.company, span(c)),
        value: c.actual - c.target,
        range: None,
        is_marked: c.actual > c.target,
    };
    let unit = found.companies.first().map_or("", |c| c.unit);
    let chart = ranked::Ranked {
        title: "Fleet averages against targets".to_owned(),
        unit: format!("{unit}, actual less target"),
        threshold: None,
        bars: found.companies.iter().take(MOST_BARS).map(bar).collect(),
    };
    let row = |c: &FleetYear| {
        let numbers =
            [c.volume, c.actual, c.target, c.balance, c.bought - c.sold, c.from_bank, c.transferred, c.borrowed, c.repaid, c.owed, c.open, c.payment]
                .map(figure);
        [c.company.clone(), span(c)].into_iter().chain(numbers).chain([c.currency.to_owned()]).collect()
    };
    let header = [
        "company",
        "years",
        "cars",
        "actual",
        "target",
        "balance",
        "bought less sold",
        "from the bank",
        "CO2 savings",
        "borrowed",
        "given back",
        "owed",
        "open",
        "payment",
        "currency",
    ];
    let table = Table::of_words("Fleets against their targets", &header, found.companies.iter().map(row).collect(), &(2..14).collect::<Vec<_>>());
    Document {
        title: found.title.clone(),
        lead: std::iter::once(format!("Weakest status: {}.", found.weakest_status)).chain(found.notices.iter().cloned()).collect(),
        sections: vec![
            Section::new(
                "Against the target",
                vec![Block::Picture { svg: ranked::svg(&chart), caption: "Outlined: above the target.".to_owned() }, Block::Table(table)],
            ),
            rules(&found.rules),
        ],
        sources: named_in(found, book.sources()),
        run: run(found.weakest_status),
        command: command.to_owned(),
    }
}

/// The report of the market: as stated, then after each change.
pub fn market(title: &str, stated: &Equilibrium, scenarios: &[Equilibrium], command: &str) -> Document {
    let all: Vec<&Equilibrium> = std::iter::once(stated).chain(scenarios).collect();
    let line = |e: &&Equilibrium| lines::Line {
        name: e.scenario.clone(),
        points: e.price_cny_per_credit.iter().map(|(year, price)| (f64::from(*year), *price)).collect(),
        band: Vec::new(),
    };
    let chart = lines::Chart {
        title: "Price of a credit".to_owned(),
        unit: "CNY per credit".to_owned(),
        across: "accounting year; traded in the year after".to_owned(),
        source: format!("minewheel credits market; weakest status {}", stated.weakest_status),
        lines: all.iter().map(line).collect(),
    };
    let mut pays: BTreeMap<&str, f64> = BTreeMap::new();
    for firm in &stated.firms {
        *pays.entry(&firm.company).or_default() += firm.net_cny / MILLION;
    }
    let mut ranked_firms: Vec<(&str, f64)> = pays.into_iter().filter(|p| p.1 != 0.0).collect();
    ranked_firms.sort_by(|a, b| b.1.total_cmp(&a.1));
    let bars = ranked_firms.iter().take(MOST_BARS);
    let money = ranked::Ranked {
        title: "Money from credits".to_owned(),
        unit: "million CNY over all years".to_owned(),
        threshold: None,
        bars: bars.map(|(name, cny)| ranked::Bar { name: (*name).to_owned(), value: *cny, range: None, is_marked: *cny < 0.0 }).collect(),
    };
    let trade = |t: &Trade| vec![t.year.to_string(), t.buyer.clone(), t.seller.clone(), figure(t.credits), figure(t.cny / MILLION)];
    let mut lead = vec![format!("The price is the worth of one more credit; weakest status: {}.", stated.weakest_status)];
    if stated.weakest_status == Status::Assumption {
        lead.push("A scenario: costs, links or accounts are supposed.".to_owned());
    }
    Document {
        title: title.to_owned(),
        lead,
        sections: vec![
            Section::new(
                "Price",
                vec![Block::Picture { svg: lines::svg(&chart), caption: "As stated, and after each change of the study.".to_owned() }],
            ),
            Section::new(
                "Who earns and who pays",
                vec![
                    Block::Picture { svg: ranked::svg(&money), caption: "Net receipts as stated; outlined: pays more than it earns.".to_owned() },
                    Block::Folded(Table::of_words(
                        "Trades, as stated",
                        &["year", "buyer", "seller", "credits", "million CNY"],
                        stated.trades.iter().map(trade).collect(),
                        &[3, 4],
                    )),
                ],
            ),
        ],
        sources: Vec::new(),
        run: run(stated.weakest_status),
        command: command.to_owned(),
    }
}
