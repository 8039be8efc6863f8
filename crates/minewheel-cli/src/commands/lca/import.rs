//! `lca import` and `lca info`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use minewheel_data::store::Store;
use minewheel_lca::database::{
    Database, DatabaseBuilder, Direction, FlowIndex, FlowKind, OnConflict, Pedigree, Remapped, Unfactored, candidates, parse_mapping, survey,
    unfactored,
};
use minewheel_lca::formats::{read_package, store};
use serde::Serialize;

use super::source::{LinkReport, Links};
use super::{LcaFailure, files, pedigree};
use crate::failure::Failure;
use crate::print::{self, Format};

/// Arguments of `lca import`.
#[derive(clap::Args)]
pub struct Import {
    /// A zip file or folder of openLCA (JSON-LD), EcoSpold 2 (`.spold`), ILCD or Brightway data packages; a CSV file of SimaPro, of an inventory of ours or of impact factors; a workbook
    /// (`.xlsx`) for Brightway
    package: PathBuf,
    /// The database; it is made, or added to
    #[arg(long, value_name = "FILE")]
    into: PathBuf,
    /// A thing whose id the database has with other content: an error, or whose content counts
    #[arg(long, value_enum, default_value = "refuse")]
    on_conflict: Conflict,
    /// Flows, suppliers, units and places to replace: a CSV file `kind,from,to,factor,note`
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Conflict {
    /// It is an error
    Refuse,
    /// The database's
    Keep,
    /// The package's
    Replace,
}

/// What an import brought.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Imported {
    /// The database.
    database: String,
    /// What it holds after the import.
    holds: Holdings,
    /// Fields and folders of the package that the model has no place for, and how often they occurred.
    left_out: std::collections::BTreeMap<String, usize>,
    /// What the mapping replaced; `null` without one.
    mapped: Option<MappedCounts>,
    /// Reading and checking the package.
    import_ms: f64,
    /// Writing the database.
    write_ms: f64,
    /// Bytes of the database.
    bytes: usize,
}

/// What a mapping replaced.
#[derive(Serialize, schemars::JsonSchema)]
struct MappedCounts {
    /// Exchanges with another flow.
    exchanges: usize,
    /// Characterisation factors with another flow.
    factors: usize,
    /// Inputs that got a supplier.
    providers: usize,
    /// Flows in another unit.
    units: usize,
    /// Processes, exchanges and factors in another place.
    locations: usize,
}

/// Numbers of things.
#[derive(Serialize, schemars::JsonSchema)]
struct Holdings {
    processes: usize,
    exchanges: usize,
    elementary_exchanges: usize,
    uncertain_exchanges: usize,
    /// Exchanges that state no distribution and have a pedigree, by which draws spread them.
    pedigree_exchanges: usize,
    products: usize,
    wastes: usize,
    elementary_flows: usize,
    locations: usize,
    parameters: usize,
    formulas: usize,
    impact_methods: usize,
    impact_categories: usize,
    characterisation_factors: usize,
    default_providers: usize,
}

impl Holdings {
    fn of(database: &Database, spread_by: Pedigree) -> Self {
        let exchanges = || database.processes().iter().flat_map(|p| &p.exchanges);
        let flows = |kind| database.flows().iter().filter(|f| f.kind == kind).count();
        let own = || database.processes().iter().flat_map(|p| &p.parameters).chain(database.parameters());
        Self {
            processes: database.processes().len(),
            exchanges: exchanges().count(),
            elementary_exchanges: exchanges().filter(|e| database.flow(e.flow).kind == FlowKind::Elementary).count(),
            uncertain_exchanges: exchanges().filter(|e| e.uncertainty != minewheel_lca::database::Uncertainty::None).count(),
            pedigree_exchanges: {
                let spread =
                    |p: &minewheel_lca::database::Process| p.exchanges.iter().filter(|e| spread_by.deviation(database, p, e).is_some()).count();
                database.processes().iter().map(spread).sum()
            },
            products: flows(FlowKind::Product),
            wastes: flows(FlowKind::Waste),
            elementary_flows: flows(FlowKind::Elementary),
            locations: database.locations().len(),
            parameters: own().count(),
            formulas: own().filter(|p| p.formula.is_some()).count() + exchanges().filter(|e| e.formula.is_some()).count(),
            impact_methods: database.methods().len(),
            impact_categories: database.categories().len(),
            characterisation_factors: database.categories().iter().map(|c| c.factors.len()).sum(),
            default_providers: exchanges().filter(|e| e.provider.is_some()).count(),
        }
    }

    fn lines(&self) -> Vec<Vec<String>> {
        let line = |name: &str, count: usize| vec![name.to_owned(), count.to_string()];
        vec![
            line("processes", self.processes),
            line("exchanges", self.exchanges),
            line("  elementary", self.elementary_exchanges),
            line("  with a distribution", self.uncertain_exchanges),
            line("  with a pedigree alone", self.pedigree_exchanges),
            line("  with a default provider", self.default_providers),
            line("products", self.products),
            line("wastes", self.wastes),
            line("elementary flows", self.elementary_flows),
            line("locations", self.locations),
            line("parameters", self.parameters),
            line("formulas", self.formulas),
            line("impact methods", self.impact_methods),
            line("impact categories", self.impact_categories),
            line("characterisation factors", self.characterisation_factors),
        ]
    }
}

/// Runs `lca import`.
pub fn import(arguments: &Import) -> Result<(), Failure> {
    let began = super::now();
    let on_conflict = match arguments.on_conflict {
        Conflict::Refuse => OnConflict::Refuse,
        Conflict::Keep => OnConflict::Keep,
        Conflict::Replace => OnConflict::Replace,
    };
    let builder =
        if arguments.into.exists() { DatabaseBuilder::onto(files::database(&arguments.into)?, on_conflict) } else { DatabaseBuilder::new() };
    let mut archive = files::archive(&arguments.package)?;
    let read = read_package(archive.as_mut(), builder);
    let (database, left_out) = read.map_err(|error| LcaFailure::Import { path: arguments.package.clone(), error })?;
    let (database, mapped) = match &arguments.mapping {
        None => (database, None),
        Some(path) => {
            let fault = |error| LcaFailure::Mapping { path: path.clone(), error };
            let rows = parse_mapping(&files::text(path)?).map_err(fault)?;
            let (database, Remapped { exchanges, factors, providers, units, locations }) = database.remapped(&rows).map_err(fault)?;
            (database, Some(MappedCounts { exchanges, factors, providers, units, locations }))
        }
    };
    let import_ms = super::milliseconds(began);
    let began = super::now();
    let fault = |error| LcaFailure::Store { path: arguments.into.clone(), error };
    let bytes = store::to_bytes(&database).map_err(fault)?;
    files::write_whole(&arguments.into, &bytes)?;
    let write_ms = super::milliseconds(began);
    let imported = Imported {
        database: arguments.into.display().to_string(),
        holds: Holdings::of(&database, pedigree::spread(&Store::embedded())?),
        left_out,
        mapped,
        import_ms,
        write_ms,
        bytes: bytes.len(),
    };
    match arguments.format {
        Format::Json => print::json(&imported),
        Format::Csv => print::data(&print::csv(&["what", "count"], &imported.holds.lines())),
        Format::Table => {
            print::page(&print::table(&["", &imported.database], &imported.holds.lines(), &[1]));
            if !imported.left_out.is_empty() {
                let lines: Vec<_> = imported.left_out.iter().map(|(name, count)| vec![count.to_string(), name.clone()]).collect();
                print::page(&format!("\n{}", print::table(&["times", "left out, for want of a place in the model"], &lines, &[0])));
            }
            if let Some(m) = &imported.mapped {
                let counts = [m.exchanges, m.factors, m.providers, m.units, m.locations];
                let names = ["exchanges", "factors", "suppliers", "flows in another unit", "places"];
                let words = names.iter().zip(counts).filter(|c| c.1 > 0).map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>();
                print::page(&format!(
                    "\n{}\n",
                    print::wrap(&format!("mapped: {}", if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }))
                ));
            }
            print::page(&format!("\nread and checked in {:.0} ms, written in {:.0}\n", imported.import_ms, imported.write_ms));
        }
    }
    Ok(())
}

/// Arguments of `lca info`.
#[derive(clap::Args)]
pub struct Info {
    /// A database made by `lca import`, or a Brightway data package (zip)
    database: PathBuf,
    /// List every input that is not linked, with the nearest candidates
    #[arg(long)]
    list_unlinked: bool,
    /// The same list as the rows of a mapping for `lca import --mapping`, to be checked and completed
    #[arg(long, conflicts_with = "processes")]
    mapping_template: bool,
    /// List the elementary flows of processes that no factor is for, with the likest that has one; with --mapping-template as rows of a mapping
    #[arg(long, conflicts_with_all = ["list_unlinked", "processes"])]
    list_without_factor: bool,
    /// The impact category that the list is about; without it a factor in any counts
    #[arg(long, requires = "list_without_factor")]
    method: Option<String>,
    /// List the processes whose name has a text in it
    #[arg(long, value_name = "TEXT", conflicts_with = "list_unlinked")]
    processes: Option<String>,
    #[command(flatten)]
    links: Links,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What a database holds.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Inventory {
    holds: Holdings,
    /// How its inputs of products and wastes would be linked.
    links: LinkReport,
    /// Processes with several products and no allocation of their own.
    unallocated_processes: usize,
    /// Impact categories, as `--method` takes them.
    methods: Vec<String>,
    /// Inputs that are not linked, the most wanted first.
    unlinked: Vec<UnlinkedLine>,
}

/// A product that nobody supplies.
#[derive(Serialize, schemars::JsonSchema)]
struct UnlinkedLine {
    flow: String,
    name: String,
    /// How many exchanges want it.
    uses: usize,
    /// How many processes make it.
    makers: usize,
    /// The first process that wants it.
    first_user: String,
    /// Processes that might be meant.
    candidates: Vec<CandidateLine>,
}

/// A process that might be meant.
#[derive(Serialize, schemars::JsonSchema)]
struct CandidateLine {
    process: String,
    /// Its product.
    product: String,
    name: String,
    /// Likeness of the product's name, 1 for the product itself.
    likeness: f64,
}

/// Runs `lca info`.
pub fn info(arguments: &Info) -> Result<(), Failure> {
    if !files::is_database(&arguments.database)? {
        let contents = super::contents(&arguments.database)?;
        match arguments.format {
            Format::Json => print::json(&contents),
            Format::Csv => print::data(&print::csv(&["what", "value"], &super::lines(&contents))),
            Format::Table => print::page(&print::table(&["", &contents.name], &super::lines(&contents), &[1])),
        }
        return Ok(());
    }
    let database = files::database(&arguments.database)?;
    if let Some(text) = &arguments.processes {
        processes(&database, text, arguments.format);
        return Ok(());
    }
    if arguments.list_without_factor {
        return without_factor(&database, arguments);
    }
    let options = arguments.links.options(&database)?;
    let (counts, inputs) = survey(&database, options);
    let with_candidates = arguments.list_unlinked || arguments.mapping_template;
    let unlinked = inputs.iter().map(|input| {
        let near = if with_candidates { candidates(&database, input.flow, options.allocation, 3) } else { Vec::new() };
        let candidate = |c: &minewheel_lca::database::Candidate| {
            let process = database.process(c.process);
            let product = database.flow(c.product).id.to_string();
            CandidateLine { process: process.id.to_string(), product, name: process.name.to_string(), likeness: c.likeness }
        };
        let flow = database.flow(input.flow);
        UnlinkedLine {
            flow: flow.id.to_string(),
            name: flow.name.to_string(),
            uses: input.uses,
            makers: input.makers,
            first_user: database.process(input.user).name.to_string(),
            candidates: near.iter().map(candidate).collect(),
        }
    });
    let inventory = Inventory {
        holds: Holdings::of(&database, pedigree::spread(&Store::embedded())?),
        links: counts.into(),
        unallocated_processes: unallocated(&database),
        methods: database.category_names(),
        unlinked: unlinked.collect(),
    };
    if arguments.mapping_template {
        print::data(&print::csv(&["kind", "from", "to", "factor", "note"], &template_rows(&inventory)));
        return Ok(());
    }
    match arguments.format {
        Format::Json => print::json(&inventory),
        Format::Csv if with_candidates => print::data(&print::csv(&UNLINKED, &unlinked_rows(&inventory))),
        Format::Csv => print::data(&print::csv(&["what", "count"], &info_lines(&inventory, counts))),
        Format::Table if with_candidates => {
            let header = [UNLINKED[1], UNLINKED[2], UNLINKED[0], UNLINKED[3]];
            let turned = |row: Vec<String>| vec![row[1].clone(), row[2].clone(), row[0].clone(), row[3].clone()];
            let rows: Vec<_> = unlinked_rows(&inventory).into_iter().map(turned).collect();
            print::page(&print::table(&header, &rows, &[0, 1]));
        }
        Format::Table => {
            let name = name(&arguments.database);
            print::page(&print::table(&["", &name], &info_lines(&inventory, counts), &[1]));
            if !inventory.methods.is_empty() {
                print::page(&format!("\nimpact categories:\n  {}\n", inventory.methods.join("\n  ")));
            }
        }
    }
    Ok(())
}

/// An elementary flow that no factor is for.
#[derive(Serialize, schemars::JsonSchema)]
pub struct FlowWithoutFactor {
    /// Id.
    flow: String,
    name: String,
    /// Path of its category.
    category: Option<String>,
    /// How many exchanges have it.
    uses: usize,
    /// Id of the likest flow that has a factor.
    nearest: Option<String>,
    nearest_name: Option<String>,
    nearest_category: Option<String>,
    /// How like it is, 1 for the same name and category.
    likeness: Option<f64>,
}

fn without_factor(database: &Database, arguments: &Info) -> Result<(), Failure> {
    let wanted = match &arguments.method {
        None => None,
        Some(name) => {
            let unknown = || Failure::UnknownName { kind: "method", seen: name.clone(), known: database.category_names().join(", ") };
            Some(database.category_by_name(name).ok_or_else(unknown)?)
        }
    };
    let category = |flow: FlowIndex| database.flow(flow).category.as_deref().map(str::to_owned);
    let line = |found: Unfactored| {
        let nearest = found.nearest.map(|(flow, _)| flow);
        FlowWithoutFactor {
            flow: database.flow(found.flow).id.to_string(),
            name: database.flow(found.flow).name.to_string(),
            category: category(found.flow),
            uses: found.uses,
            nearest: nearest.map(|flow| database.flow(flow).id.to_string()),
            nearest_name: nearest.map(|flow| database.flow(flow).name.to_string()),
            nearest_category: nearest.and_then(category),
            likeness: found.nearest.map(|(_, likeness)| likeness),
        }
    };
    let lines: Vec<FlowWithoutFactor> = unfactored(database, wanted).into_iter().map(line).collect();
    let named = |name: &str, category: Option<&str>| category.map_or_else(|| name.to_owned(), |c| format!("{name} ({c})"));
    let near = |l: &FlowWithoutFactor| l.nearest_name.as_deref().map_or_else(String::new, |name| named(name, l.nearest_category.as_deref()));
    if arguments.mapping_template {
        let row = |l: &FlowWithoutFactor| {
            let kind = if l.nearest.is_some() { "flow" } else { "# flow" };
            let likeness = l.likeness.map_or_else(|| "nothing like it".to_owned(), |v| format!("{}; likeness {v:.2}", near(l)));
            let note = format!("{} -> {likeness}; in {} exchanges", named(&l.name, l.category.as_deref()), l.uses);
            vec![kind.to_owned(), l.flow.clone(), l.nearest.clone().unwrap_or_default(), "1".to_owned(), note]
        };
        print::data(&print::csv(&["kind", "from", "to", "factor", "note"], &lines.iter().map(row).collect::<Vec<_>>()));
        return Ok(());
    }
    match arguments.format {
        Format::Json => print::json(&lines),
        Format::Csv => {
            let row = |l: &FlowWithoutFactor| {
                let text = |t: &Option<String>| t.clone().unwrap_or_default();
                let likeness = l.likeness.map_or_else(String::new, |v| v.to_string());
                vec![l.flow.clone(), l.name.clone(), text(&l.category), l.uses.to_string(), text(&l.nearest), near(l), likeness]
            };
            let header = ["flow", "name", "category", "uses", "nearest", "nearest_name", "likeness"];
            print::data(&print::csv(&header, &lines.iter().map(row).collect::<Vec<_>>()));
        }
        Format::Table => {
            let row = |l: &FlowWithoutFactor| {
                let likeness = l.likeness.map_or_else(String::new, |v| format!("{v:.2}"));
                vec![l.uses.to_string(), likeness, named(&l.name, l.category.as_deref()), near(l)]
            };
            let rows: Vec<_> = lines.iter().map(row).collect();
            print::page(&print::table(&["uses", "likeness", "flow without factor", "likest with one"], &rows, &[0, 1]));
        }
    }
    Ok(())
}

const UNLINKED: [&str; 4] = ["product without supplier", "uses", "makers", "nearest candidate"];

fn unlinked_rows(inventory: &Inventory) -> Vec<Vec<String>> {
    let row = |line: &UnlinkedLine| {
        let near = line.candidates.first().map_or_else(String::new, |c| format!("{} ({})", c.name, c.process));
        vec![line.name.clone(), line.uses.to_string(), line.makers.to_string(), near]
    };
    inventory.unlinked.iter().map(row).collect()
}

/// A row for each product that nobody supplies: its supplier where several make it, else the flow that may be meant. Rows without a
/// candidate are left as remarks.
fn template_rows(inventory: &Inventory) -> Vec<Vec<String>> {
    let row = |line: &UnlinkedLine| {
        let kind = if line.makers > 0 { "provider" } else { "flow" };
        let (kind, to, note) = match line.candidates.first() {
            Some(c) => {
                let to = if line.makers > 0 { &c.process } else { &c.product };
                (kind.to_owned(), to.clone(), format!("{} -> {}; likeness {:.2}; wanted {} times", line.name, c.name, c.likeness, line.uses))
            }
            None => (format!("# {kind}"), String::new(), format!("{}; nothing like it; wanted {} times", line.name, line.uses)),
        };
        vec![kind, line.flow.clone(), to, "1".to_owned(), note]
    };
    inventory.unlinked.iter().map(row).collect()
}

fn info_lines(inventory: &Inventory, counts: minewheel_lca::database::LinkCounts) -> Vec<Vec<String>> {
    let mut lines = inventory.holds.lines();
    let mut line = |name: &str, count: usize| lines.push(vec![name.to_owned(), count.to_string()]);
    line("inputs linked by default provider", counts.default);
    line("inputs linked to the only maker", counts.sole);
    line("inputs linked to a market", counts.market);
    line("inputs not linked", counts.unlinked);
    line("products without supplier", inventory.unlinked.len());
    line("processes to allocate", inventory.unallocated_processes);
    lines
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn unallocated(database: &Database) -> usize {
    let is_open = |process: &&minewheel_lca::database::Process| {
        let provided = process.exchanges.iter().filter(|e| {
            let kind = database.flow(e.flow).kind;
            !e.is_avoided && matches!((kind, e.direction), (FlowKind::Product, Direction::Output) | (FlowKind::Waste, Direction::Input))
        });
        let mut flows: Vec<_> = provided.map(|e| e.flow).collect();
        flows.sort_unstable();
        flows.dedup();
        flows.len() > 1 && process.default_allocation.is_none()
    };
    database.processes().iter().filter(is_open).count()
}

/// Longer ids stand on a line of their own.
const LONGEST_ID: usize = 40;

fn processes(database: &Database, text: &str, format: Format) {
    let wanted = text.to_lowercase();
    let mut rows = Vec::new();
    for process in database.processes().iter().filter(|p| p.name.to_lowercase().contains(&wanted)) {
        let place = process.location.map(|l| database.place(l).to_owned()).unwrap_or_default();
        let unit = process.reference.map(|at| database.reference_unit(process.exchanges[at as usize].flow).name.to_string()).unwrap_or_default();
        rows.push(vec![process.id.to_string(), process.name.to_string(), place, unit]);
    }
    rows.sort_by(|a, b| a[1].cmp(&b[1]).then_with(|| a[0].cmp(&b[0])));
    let header = ["id", "name", "place", "unit"];
    match format {
        Format::Json => {
            let object = |row: &Vec<String>| header.iter().zip(row).map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
            let objects: Vec<std::collections::BTreeMap<String, String>> = rows.iter().map(object).collect();
            print::json(&objects);
        }
        Format::Csv => print::data(&print::csv(&header, &rows)),
        Format::Table if rows.iter().all(|row| row[0].chars().count() <= LONGEST_ID) => print::page(&print::table(&header, &rows, &[])),
        // Ids as long as those of ecoinvent leave no room beside them.
        Format::Table => {
            for row in &rows {
                let rest = row[1..].iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(", ");
                print::page(&format!("{}\n  {}\n", print::wrap(&rest), row[0]));
            }
        }
    }
}
