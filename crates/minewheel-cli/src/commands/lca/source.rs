//! What a command of `lca` computes on: a database linked for a demand, or a package of matrices.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use minewheel_data::store::Store;
use minewheel_lca::database::{
    Activity, Allocation, Database, Dependents, FlowIndex, LinkCounts, LinkOptions, Pedigree, ProcessIndex, ProductSystem, Providers, SystemError,
    Unlinked, UnlinkedInput, candidates, reference_product,
};
use minewheel_lca::{
    Assembly, AssemblyError, CategoryFactors, CharacterisationMethod, ColumnList, Correlations, Demand, Entry, EntryKind, Matrices, NetConsumers,
    SolveError, SolveReport, net_consumers, parse_correlations, stable_key,
};
use serde::Serialize;

use super::{LcaFailure, files, pedigree};
use crate::failure::Failure;
use crate::print;

/// Processes of a loop that an error names.
const NAMED: usize = 6;

/// What is asked, of what.
#[derive(clap::Args)]
pub struct Question {
    /// A database made by `lca import`, or a Brightway data package (zip)
    pub database: PathBuf,
    /// Product and amount; several add. Of a database: id or full name of the process, or PROCESS/FLOW for a co-product
    #[arg(long, value_name = "ID=AMOUNT", required = true, value_parser = demand_line, allow_hyphen_values = true)]
    pub demand: Vec<(String, f64)>,
    /// The method, or impact category of a database; may be left out where there is just one
    #[arg(long)]
    pub method: Option<String>,
    /// How the database is linked
    #[command(flatten)]
    pub links: Links,
}

/// How a database is linked.
#[derive(clap::Args, Clone)]
pub struct Links {
    /// Where inputs without a default provider come from
    #[arg(long, value_enum)]
    providers: Option<ProviderRule>,
    /// Inputs that nobody supplies: an error, or free
    #[arg(long, value_enum)]
    unlinked: Option<UnlinkedRule>,
    /// How co-products share burdens: as-declared, physical, economic, causal, reference-only, or property:NAME
    #[arg(long)]
    allocation: Option<String>,
    /// Amounts with a pedigree and no distribution, in draws: lognormal by `methods/pedigree.csv` (the default), or as they are
    #[arg(long, value_enum)]
    pedigree: Option<PedigreeRule>,
}

/// What becomes of amounts with a pedigree and no distribution.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PedigreeRule {
    /// They are drawn lognormal, with the variances of their scores and of their basic deviation
    Lognormal,
    /// They stand still
    Ignore,
}

/// Where inputs without a default provider come from.
#[derive(Clone, Copy, ValueEnum)]
pub enum ProviderRule {
    /// Nowhere: only default providers count
    Only,
    /// From the only maker, if there is only one
    PreferDefault,
    /// From all makers in equal parts
    Market,
}

/// What an input is that nobody supplies.
#[derive(Clone, Copy, ValueEnum)]
pub enum UnlinkedRule {
    /// They are an error
    Error,
    /// They cost nothing
    CutOff,
}

/// A product and its amount.
pub fn demand_line(text: &str) -> Result<(String, f64), String> {
    let wanted = || format!("`{text}` is not ID=AMOUNT, such as 42=1.5");
    // Names may have an equals sign in them, amounts have none.
    let (id, amount) = text.rsplit_once('=').ok_or_else(wanted)?;
    let amount: f64 = amount.trim().parse().map_err(|_| wanted())?;
    if !amount.is_finite() {
        return Err(format!("the amount of `{text}` is not finite"));
    }
    Ok((id.trim().to_owned(), amount))
}

/// The same choices, wherever they were made.
pub struct Rules<'a> {
    /// Where inputs without a default provider come from.
    pub providers: Option<ProviderRule>,
    /// Inputs that nobody supplies.
    pub unlinked: Option<UnlinkedRule>,
    /// How co-products share burdens.
    pub allocation: Option<&'a str>,
}

impl Links {
    /// The choices for a database.
    pub fn options(&self, database: &Database) -> Result<LinkOptions, Failure> {
        let options = Rules { providers: self.providers, unlinked: self.unlinked, allocation: self.allocation.as_deref() }
            .options(database, &Store::embedded())?;
        let is_ignored = self.pedigree == Some(PedigreeRule::Ignore);
        Ok(if is_ignored { LinkOptions { pedigree: Pedigree::Ignored, ..options } } else { options })
    }

    fn is_given(&self) -> bool {
        self.providers.is_some() || self.unlinked.is_some() || self.allocation.is_some() || self.pedigree.is_some()
    }
}

impl Rules<'_> {
    /// The choices for a database; `store` has the variances of pedigrees.
    ///
    /// # Errors
    /// A kind of allocation that there is not.
    pub fn options(&self, database: &Database, store: &Store) -> Result<LinkOptions, Failure> {
        let allocation = match self.allocation {
            None | Some("as-declared") => Allocation::AsDeclared,
            Some("physical") => Allocation::Physical,
            Some("economic") => Allocation::Economic,
            Some("causal") => Allocation::Causal,
            Some("reference-only") => Allocation::ReferenceOnly,
            Some(other) => {
                let properties = database.properties();
                let found = other.strip_prefix("property:").and_then(|name| database.property_by_name(name));
                let known = || {
                    let choices = ["as-declared", "physical", "economic", "causal", "reference-only"].map(str::to_owned);
                    choices.into_iter().chain(properties.iter().map(|p| format!("property:{}", p.name))).collect::<Vec<_>>().join(", ")
                };
                let unknown = || Failure::UnknownName { kind: "kind of allocation", seen: other.to_owned(), known: known() };
                Allocation::Property(found.ok_or_else(unknown)?)
            }
        };
        Ok(LinkOptions {
            providers: match self.providers {
                Some(ProviderRule::Only) => Providers::Only,
                None | Some(ProviderRule::PreferDefault) => Providers::PreferDefault,
                Some(ProviderRule::Market) => Providers::Market,
            },
            unlinked: match self.unlinked {
                None | Some(UnlinkedRule::Error) => Unlinked::Refuse,
                Some(UnlinkedRule::CutOff) => Unlinked::CutOff,
            },
            allocation,
            pedigree: pedigree::spread(store)?,
        })
    }
}

/// How the inputs of a system were linked.
#[derive(Serialize, schemars::JsonSchema, Clone)]
pub struct LinkReport {
    /// To the provider that their author named.
    default_provider: usize,
    /// To the only maker there is.
    sole_maker: usize,
    /// To all makers in equal parts.
    market: usize,
    /// To nobody.
    pub cut_off: usize,
}

impl From<LinkCounts> for LinkReport {
    fn from(counts: LinkCounts) -> Self {
        Self { default_provider: counts.default, sole_maker: counts.sole, market: counts.market, cut_off: counts.unlinked }
    }
}

/// What an id stands for.
#[derive(Clone, Default)]
pub struct Label {
    /// The owner's id.
    pub id: String,
    /// Name; the id where there is none.
    pub name: String,
    /// Place.
    pub place: Option<String>,
    /// Unit.
    pub unit: Option<String>,
}

/// Matrices with the demand put to them.
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// The matrices.
    pub matrices: Matrices,
    /// Amounts by id in the matrices.
    pub amounts: Vec<(i64, f64)>,
    /// How inputs were linked; nothing for a package, which is linked by its maker.
    pub links: Option<LinkReport>,
    /// Amounts that follow uncertain parameters; none of a package, which has numbers only.
    pub dependents: Dependents,
    database: Option<(Database, ProductSystem)>,
}

impl Source {
    /// Reads what the question is about and links it.
    pub fn open(question: &Question, is_uncertain: bool) -> Result<Self, Failure> {
        Self::open_with(question, is_uncertain, |_| Ok(Vec::new()))
    }

    /// As [`Source::open`], with further activities of a database in the system, which nothing asks for.
    pub fn open_with(
        question: &Question,
        is_uncertain: bool,
        further: impl FnOnce(&Database) -> Result<Vec<Activity>, Failure>,
    ) -> Result<Self, Failure> {
        let path = question.database.clone();
        if !files::is_database(&path)? {
            refuse_links(&question.links)?;
            let package = super::read(&path, is_uncertain)?;
            let number = |(id, amount): &(String, f64)| match id.parse() {
                Ok(id) => Ok((id, *amount)),
                Err(_) => {
                    Err(Failure::Option { option: "demand", seen: id.clone(), wanted: "the whole number of a product in the package".to_owned() })
                }
            };
            let amounts = question.demand.iter().map(number).collect::<Result<_, _>>()?;
            return Ok(Self { path, matrices: package.matrices, amounts, links: None, dependents: Dependents::default(), database: None });
        }
        let database = files::database(&path)?;
        let options = question.links.options(&database)?;
        let mut roots = Vec::new();
        for (id, amount) in &question.demand {
            roots.push((root(&database, id)?, *amount));
        }
        let further = further(&database)?.into_iter().map(|a| (a.process, Some(a.product)));
        let activities: Vec<_> = roots.iter().map(|(root, _)| *root).chain(further).collect();
        let mut system = ProductSystem::reached_from(&database, &activities, options).map_err(|e| failure(&path, &database, options, e))?;
        let mut amounts = Vec::new();
        for ((process, product), amount) in roots {
            let product = product.or_else(|| reference_product(&database, process, options));
            let id = product.and_then(|product| system.id_of(Activity { process, product }));
            amounts.extend(id.map(|id| (id, amount)));
        }
        let (matrices, dependents) = (std::mem::take(&mut system.matrices), std::mem::take(&mut system.dependents));
        let links = Some(system.links.into());
        Ok(Self { path, matrices, amounts, links, dependents, database: Some((database, system)) })
    }

    /// Reads a whole database and links it.
    pub fn whole(path: &Path, links: &Links) -> Result<Self, Failure> {
        if !files::is_database(path)? {
            refuse_links(links)?;
            let package = super::read(path, false)?;
            return Ok(Self {
                path: path.to_owned(),
                matrices: package.matrices,
                amounts: Vec::new(),
                links: None,
                dependents: Dependents::default(),
                database: None,
            });
        }
        let database = files::database(path)?;
        let options = links.options(&database)?;
        let mut system = ProductSystem::whole(&database, options).map_err(|e| failure(path, &database, options, e))?;
        let (matrices, dependents) = (std::mem::take(&mut system.matrices), std::mem::take(&mut system.dependents));
        let links = Some(system.links.into());
        Ok(Self { path: path.to_owned(), matrices, amounts: Vec::new(), links, dependents, database: Some((database, system)) })
    }

    /// The database and its system; nothing for a package.
    pub fn database(&self) -> Option<(&Database, &ProductSystem)> {
        self.database.as_ref().map(|(database, system)| (database, system))
    }

    /// What an activity's id stands for.
    pub fn activity(&self, id: i64) -> Label {
        let Some((database, system)) = &self.database else { return plain(id) };
        let Some(activity) = usize::try_from(id - 1).ok().and_then(|at| system.activities.get(at)) else { return plain(id) };
        activity_label(database, *activity)
    }

    /// A failed solution, with the activities of a loop by name.
    pub fn explained(&self, assembly: &Assembly, error: SolveError) -> LcaFailure {
        let SolveError::Singular { columns } = &error else { return error.into() };
        let verdict = "has no solution: its matrix is singular; check the inputs between these processes";
        LcaFailure::Loop { names: self.names(assembly, columns), verdict }
    }

    /// The activities of some columns by name.
    fn names(&self, assembly: &Assembly, columns: &ColumnList) -> String {
        let ids = columns.0.iter().filter_map(|column| assembly.activity(*column));
        short_list(ids.map(|id| self.activity(id).name), columns.0.len())
    }

    /// Warns of loops that use more of their own products than they make, if a solution met any; gives the ids of their activities.
    pub fn warn_of_net_consumers(&self, assembly: &Assembly, report: SolveReport) -> Result<Vec<Vec<String>>, LcaFailure> {
        if report.net_consuming == 0 {
            return Ok(Vec::new());
        }
        let loops = net_consumers(&assembly.network)?;
        warn_of_loops(loops.iter().map(|columns| self.names(assembly, columns)), loops.len());
        let ids = |columns: &ColumnList| columns.0.iter().filter_map(|c| assembly.activity(*c)).map(|id| self.activity(id).id).collect();
        Ok(loops.iter().map(ids).collect())
    }

    /// The first part of the category of an activity's process; `None` where it has none, or in a package.
    pub fn category(&self, id: i64) -> Option<String> {
        let (database, system) = self.database.as_ref()?;
        let activity = usize::try_from(id - 1).ok().and_then(|at| system.activities.get(at))?;
        let category = database.process(activity.process).category.as_deref()?;
        Some(category.split('/').next().unwrap_or(category).to_owned())
    }

    /// The name of an activity's product; `None` in a package.
    pub fn product(&self, id: i64) -> Option<String> {
        let (database, system) = self.database.as_ref()?;
        let activity = usize::try_from(id - 1).ok().and_then(|at| system.activities.get(at))?;
        Some(database.flow(activity.product).name.to_string())
    }

    /// What a flow's id stands for.
    pub fn flow(&self, id: i64) -> Label {
        let Some((database, system)) = &self.database else { return plain(id) };
        let place = usize::try_from(id - 1).ok().and_then(|at| at.checked_sub(system.activities.len()));
        let Some((flow, location)) = place.and_then(|at| system.flows.get(at)) else { return plain(id) };
        let record = database.flow(*flow);
        let name = record.category.as_ref().map_or_else(|| record.name.to_string(), |category| format!("{} ({category})", record.name));
        Label {
            id: record.id.to_string(),
            name,
            place: location.map(|l| database.place(l).to_owned()),
            unit: Some(database.reference_unit(*flow).name.to_string()),
        }
    }

    /// A key of an entry that any database with the same process, product and flow gives it too.
    pub fn key(&self, entry: &Entry) -> u64 {
        let words = |id: i64| -> [String; 2] {
            let Some((database, system)) = &self.database else { return [id.to_string(), String::new()] };
            let at = usize::try_from(id - 1).unwrap_or(usize::MAX);
            if let Some(activity) = system.activities.get(at) {
                return [&database.process(activity.process).id, &database.flow(activity.product).id].map(ToString::to_string);
            }
            let flow = at.checked_sub(system.activities.len()).and_then(|at| system.flows.get(at));
            flow.map_or_else(Default::default, |(flow, place)| {
                [database.flow(*flow).id.to_string(), place.map(|p| database.place(p).to_owned()).unwrap_or_default()]
            })
        };
        let ([a, b], [c, d]) = (words(entry.row), words(entry.column));
        stable_key(&[&a, &b, &c, &d])
    }

    /// Who uses or emits an entry, and what; nobody for a characterisation factor.
    pub fn entry_names(&self, entry: &Entry, kind: EntryKind) -> (String, String) {
        let named = |label: Label| label.place.map_or_else(|| label.name.clone(), |p| format!("{}, {p}", label.name));
        let user = || named(self.activity(entry.column));
        match kind {
            EntryKind::Product => (user(), named(self.activity(entry.row))),
            EntryKind::Flow => (user(), named(self.flow(entry.row))),
            EntryKind::Factor => (String::new(), named(self.flow(entry.row))),
        }
    }

    /// The method asked for, or the only one.
    pub fn method(&self, wanted: Option<&str>) -> Result<&CharacterisationMethod, Failure> {
        let methods = &self.matrices.methods;
        let known = || methods.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
        match (wanted, methods.as_slice()) {
            (_, []) => Err(LcaFailure::NoMethod { path: self.path.clone() }.into()),
            (None, [only]) => Ok(only),
            (None, _) => Err(LcaFailure::WhichMethod { path: self.path.clone(), count: methods.len(), known: known() }.into()),
            (Some(name), _) => {
                let mut short = methods.iter().filter(|m| m.name.split_once(": ").is_some_and(|(_, category)| category == name));
                let only = short.next().filter(|_| short.next().is_none());
                let unknown = || Failure::UnknownName { kind: "method", seen: name.to_owned(), known: known() };
                methods.iter().find(|m| m.name == name).or(only).ok_or_else(unknown)
            }
        }
    }

    /// The network; loops that use more of their own products than they make are solved.
    pub fn assembly(&self) -> Result<Assembly, LcaFailure> {
        let mut assembly = Assembly::new(&self.matrices).map_err(|error| self.fault(error))?;
        assembly.network = assembly.network.with_net_consumers(NetConsumers::Solved);
        Ok(assembly)
    }

    /// Matrices that are no network.
    pub fn fault(&self, error: AssemblyError) -> LcaFailure {
        LcaFailure::Assembly { path: self.path.clone(), error }
    }

    /// Network, factors of the method, its name and unit, and the demand.
    pub fn assemble(&self, wanted: Option<&str>) -> Result<Assembled, Failure> {
        let method = self.method(wanted)?;
        let mut assembly = self.assembly()?;
        let category = assembly.category(method);
        let demand = assembly.demand(&self.amounts).map_err(|error| self.fault(error))?;
        Ok(Assembled { assembly, category, demand, method: method.name.clone(), unit: method.unit.clone() })
    }

    /// The amounts that follow parameters; all else is let go.
    pub fn into_dependents(self) -> Dependents {
        self.dependents
    }

    /// Correlations of parameters from a file; none without one.
    pub fn correlations(&self, file: Option<&Path>) -> Result<Correlations, Failure> {
        let Some(path) = file else { return Ok(Correlations::default()) };
        let fault = |error| LcaFailure::Correlations { path: path.to_owned(), error };
        let pairs = parse_correlations(&files::text(path)?).map_err(fault)?;
        Ok(Correlations::new(&self.dependents, &pairs).map_err(fault)?)
    }

    /// Says what draws move without a distribution, and what they cannot move although a formula would.
    pub fn note_draws(&self) {
        let by_pedigree = self.database.as_ref().map_or(0, |(_, system)| system.by_pedigree);
        if by_pedigree > 0 {
            print::note(&print::wrap(&format!(
                "note: {by_pedigree} amounts have a pedigree and no distribution: they are drawn lognormal by it (--pedigree ignore leaves them as they are)"
            )));
        }
        if self.dependents.at_nought > 0 {
            print::note(&format!("{} amounts with formulas are 0 as stated and stay 0 in draws", self.dependents.at_nought));
        }
    }

    /// The name of a process or category by its id, for people.
    pub fn owner_name(&self, id: &str) -> String {
        let Some((database, _)) = &self.database else { return id.to_owned() };
        let process = database.process_by_id(id).map(|p| database.process(p).name.to_string());
        process.or_else(|| database.categories().iter().find(|c| &*c.id == id).map(|c| c.name.to_string())).unwrap_or_else(|| id.to_owned())
    }

    /// Amounts by the id that their owner knows.
    pub fn demand_by_id(&self) -> BTreeMap<String, f64> {
        self.by_id(&self.amounts)
    }

    /// Some amounts by the id that their owner knows.
    pub fn by_id(&self, lines: &[(i64, f64)]) -> BTreeMap<String, f64> {
        let mut amounts = BTreeMap::new();
        for (id, amount) in lines {
            *amounts.entry(self.activity(*id).id).or_insert(0.0) += amount;
        }
        amounts
    }

    /// The demand in words.
    pub fn demand_in_words(&self) -> String {
        let line = |(id, amount): &(i64, f64)| {
            let label = self.activity(*id);
            let unit = label.unit.map(|u| format!(" {u}")).unwrap_or_default();
            format!("{amount}{unit} of {}", label.name)
        };
        self.amounts.iter().map(line).collect::<Vec<_>>().join(", ")
    }
}

/// A package cannot be linked anew.
fn refuse_links(links: &Links) -> Result<(), Failure> {
    if !links.is_given() {
        return Ok(());
    }
    let wanted = "none: a data package is linked and allocated by its maker".to_owned();
    Err(Failure::Option { option: "providers, --unlinked, --allocation or --pedigree", seen: "given".to_owned(), wanted })
}

/// A source ready to be solved.
pub struct Assembled {
    /// The network.
    pub assembly: Assembly,
    /// Factors of the method.
    pub category: CategoryFactors,
    /// The demand.
    pub demand: Demand,
    /// Name of the method.
    pub method: String,
    /// Its unit.
    pub unit: Option<String>,
}

/// The first few names, as a list.
pub fn short_list<S: AsRef<str>>(names: impl Iterator<Item = S>, count: usize) -> String {
    let mut shown: Vec<String> = names.take(NAMED).map(|name| format!("`{}`", name.as_ref())).collect();
    if count > NAMED {
        shown.push(format!("{} more", count - NAMED));
    }
    shown.join(", ")
}

/// Warns of loops that use more of their own products than they make.
pub fn warn_of_loops(loops: impl Iterator<Item = String>, count: usize) {
    for names in loops.take(NAMED) {
        print::note(&print::wrap(&format!(
            "warning: the loop of {names} uses more of its own products than it makes: it is solved as it stands, and runs backwards; check amounts and units"
        )));
    }
    if count > NAMED {
        print::note(&format!("warning: and {} loops more", count - NAMED));
    }
}

fn plain(id: i64) -> Label {
    Label { id: id.to_string(), name: id.to_string(), ..Label::default() }
}

/// Name, place and unit of an activity; the product is named where the process has another name.
pub fn activity_label(database: &Database, activity: Activity) -> Label {
    let (process, flow) = (database.process(activity.process), database.flow(activity.product));
    Label {
        id: process.id.to_string(),
        name: process.name.to_string(),
        place: process.location.map(|l| database.place(l).to_owned()),
        unit: Some(
            format!("{} {}", database.reference_unit(activity.product).name, if flow.name == process.name { "" } else { &*flow.name })
                .trim_end()
                .to_owned(),
        ),
    }
}

/// The process, and perhaps its product, that a line of demand names.
pub fn root(database: &Database, name: &str) -> Result<(ProcessIndex, Option<FlowIndex>), Failure> {
    let unknown = || LcaFailure::UnknownProcess { seen: name.to_owned(), nearest: nearest_names(database, name) }.into();
    database.find_supply(name).ok_or_else(unknown)
}

/// Processes of the name, or of one like it.
fn nearest_names(database: &Database, name: &str) -> Vec<String> {
    const SHOWN: usize = 5;
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 2).map(str::to_lowercase).collect();
    let mut found: Vec<(usize, String)> = Vec::new();
    for process in database.processes() {
        let theirs = process.name.to_lowercase();
        let shared = words.iter().filter(|w| theirs.contains(*w)).count();
        if shared > 0 {
            let place = process.location.map(|l| format!(", {}", database.place(l))).unwrap_or_default();
            found.push((shared, format!("{} (`{}`{place})", process.id, process.name)));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.into_iter().take(SHOWN).map(|(_, text)| text).collect()
}

/// A system error in words, with candidates for what is not linked.
pub fn failure(path: &Path, database: &Database, options: LinkOptions, error: SystemError) -> Failure {
    let path = path.to_owned();
    match error {
        SystemError::Unlinked { inputs } => {
            let lines = unlinked_lines(database, options, &inputs, 12);
            LcaFailure::Unlinked { path, products: inputs.len(), exchanges: inputs.iter().map(|i| i.uses).sum(), lines }.into()
        }
        SystemError::Allocation { faults } => {
            const SHOWN: usize = 12;
            let mut lines: Vec<String> = faults.iter().take(SHOWN).map(ToString::to_string).collect();
            if faults.len() > SHOWN {
                lines.push(format!("and {} more", faults.len() - SHOWN));
            }
            LcaFailure::Allocation { path, processes: faults.len(), lines }.into()
        }
        error => LcaFailure::System { path, error }.into(),
    }
}

/// Unlinked inputs, each with the nearest candidates.
fn unlinked_lines(database: &Database, options: LinkOptions, inputs: &[UnlinkedInput], shown: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for input in inputs.iter().take(shown) {
        let name = &database.flow(input.flow).name;
        let near = candidates(database, input.flow, options.allocation, 3);
        let near: Vec<String> = near.iter().map(|c| format!("`{}` ({})", database.process(c.process).name, database.process(c.process).id)).collect();
        let makers =
            if input.makers == 0 { "nobody makes it".to_owned() } else { format!("{} processes make it, none is the default", input.makers) };
        let nearest = if near.is_empty() { String::new() } else { format!("; nearest: {}", near.join(", ")) };
        lines.push(format!("`{name}`, wanted {} times, first by `{}`: {makers}{nearest}", input.uses, database.process(input.user).name));
    }
    if inputs.len() > shown {
        lines.push(format!("and {} more products; `lca info FILE --list-unlinked` lists all", inputs.len() - shown));
    }
    lines
}
