//! A command asked by a program: a JSON object becomes the command's own arguments, so that names, defaults, bounds and answers
//! are the command line's, and nothing is said twice. The server asks so, and the Python package.
//!
//! A key of the object is a long option with `_` for `-`, or a positional argument. Where the command takes a file, the object
//! may carry its text, `{"toml": "…"}` or `{"text": "…"}`, and where it takes a folder, the texts of its files,
//! `{"files": {"NAME": "…"}}`; texts go into the memory of this one question under a name of ours. A program on this machine may name files of the disk too; a request over a network may not, nor pass [`BOUNDS`].

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, CommandFactory, FromArgMatches, ValueHint};
use minewheel_assess::AssessError;
use minewheel_assess::tables::Tables;
use minewheel_assess::watch::Watch;
use minewheel_data::car::CarDesign;
use minewheel_data::table::nearest;
pub use minewheel_web::Refusal;
use serde_json::{Map, Value};

use crate::commands::{self, schema};
use crate::failure::Failure;
use crate::inputs::{Desk, Shelf};
use crate::{Arguments, Command, print};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A program on this machine, with the rights of its user.
    Program,
    /// Somebody over a network: no file, no more than so much.
    Network,
}

/// A command that may be asked.
pub struct Asked {
    /// Its words, such as `fleet/run`.
    pub path: &'static str,
    /// Name of the answer's schema; empty: none is written down.
    pub schema: &'static str,
    /// Whether it takes long, whatever it is asked.
    pub is_long: bool,
}

const fn short(path: &'static str, schema: &'static str) -> Asked {
    Asked { path, schema, is_long: false }
}

const fn long(path: &'static str, schema: &'static str) -> Asked {
    Asked { path, schema, is_long: true }
}

/// The commands asked with a body.
pub const POSTED: [Asked; 39] = [
    short("assess", "assess"),
    short("explain", "explain"),
    short("range", "range"),
    short("drive", "drive"),
    short("charge", "charge"),
    long("trip", "trip"),
    short("performance", "performance"),
    long("age", "age"),
    short("battery", "battery"),
    long("motor", "motor"),
    long("drive-unit", "drive-unit"),
    short("body", "body"),
    short("plant", "plant"),
    short("recycle", "recycle"),
    short("supply", "supply"),
    long("disrupt", "disrupt"),
    short("suppliers/import", "suppliers-import"),
    short("suppliers/rollup", "suppliers-rollup"),
    long("suppliers/plan", "suppliers-plan"),
    short("suppliers/request", "suppliers-request"),
    short("suppliers/status", "suppliers-status"),
    short("suppliers/synthesise", "suppliers-synthesise"),
    short("market", "market"),
    long("fleet/run", "fleet-run"),
    long("fleet/stock", "fleet-stock"),
    long("fleet/survival", "fleet-survival"),
    long("fleet/adoption", "fleet-adoption"),
    short("tco", "tco"),
    long("charging", "charging"),
    short("credits/car", "credits-car"),
    short("credits/ledger", "credits-ledger"),
    long("credits/market", "credits-market"),
    short("rules/list", "rules-list"),
    short("rules/check", "rules-check"),
    short("rules/diff", "rules-diff"),
    short("passport", "passport"),
    short("case/list", ""),
    long("case/run", ""),
    short("data/sources", ""),
];

/// The path of the catalogue, which is asked without a body.
const CARS: &str = "cars";

/// Most cars in a question over a network.
pub const MOST_CARS: usize = 50;
/// Numbers that a request may not pass, and those below which it may not go.
pub const BOUNDS: [(&str, f64, f64); 8] = [
    ("samples", 0.0, 10_000.0),
    ("members", 2.0, 2_000.0),
    ("cars", 1.0, 100_000.0),
    ("depth", 0.0, 30.0),
    ("cut", 0.05, 100.0),
    ("years", 0.0, 100.0),
    ("step_h", 0.25, 24.0),
    ("count", 1.0, 500.0),
];
/// The commands on one set of tables. Networks are kept between questions.
#[derive(Debug, Clone)]
pub struct Questions {
    shelf: Arc<Shelf>,
    commands: clap::Command,
    /// The command line of each question by its path, without the other commands: parsing copies it.
    readers: BTreeMap<&'static str, clap::Command>,
}

impl Questions {
    /// The commands on the tables of the binary, with a user's folder laid over them if one is given; so many networks are
    /// kept. The tables of assessments are read.
    ///
    /// # Errors
    /// The folder cannot be read, or a table has violations.
    pub fn new(overlay: Option<&Path>, networks: usize) -> Result<Self, Refusal> {
        Ok(Self::open(overlay, networks)?)
    }

    /// As [`Questions::new`].
    pub(crate) fn open(overlay: Option<&Path>, networks: usize) -> Result<Self, Failure> {
        let shelf = Arc::new(Shelf::new(overlay, networks)?);
        shelf.tables()?;
        let commands = every_command();
        let paths = POSTED.iter().map(|a| a.path).chain([CARS]);
        let readers = paths.map(|path| (path, alone(&commands, "minewheel", path))).collect();
        Ok(Self { shelf, commands, readers })
    }

    /// The tables of assessments.
    ///
    /// # Errors
    /// None in practice: they were read before.
    pub fn tables(&self) -> Result<&Tables, Refusal> {
        Ok(self.shelf.tables()?)
    }

    /// A car of the catalogue, or of the file with this name, whose text may be given.
    ///
    /// # Errors
    /// Neither exists, or the file has faults.
    pub fn car(&self, name: &str, text: Option<&str>) -> Result<CarDesign, Refusal> {
        let texts = text.map(|text| (name.to_owned(), text.to_owned())).into_iter().collect();
        Ok(self.desk(Asker::Program, texts, &Watch::none()).car(name)?)
    }

    /// What a command answers, as it prints it with `--format json`.
    ///
    /// # Errors
    /// What the command itself refuses, keys that it does not have, values that it cannot take.
    pub fn ask(&self, asker: Asker, path: &str, body: Map<String, Value>, watch: &Watch) -> Result<String, Refusal> {
        let Some(reader) = self.readers.get(path) else {
            let known = POSTED.iter().map(|a| a.path).chain([CARS]).collect::<Vec<_>>().join(", ");
            return Err(Failure::UnknownName { kind: "question", seen: path.to_owned(), known }.into());
        };
        let (words, texts) = words(asker, self.command(path), path, body)?;
        let matches = reader.clone().try_get_matches_from(words).map_err(|e| misread(&e))?;
        let arguments = Arguments::from_arg_matches(&matches).map_err(|e| misread(&e))?;
        match answered(&arguments.command, &self.desk(asker, texts, watch)) {
            // A result that `--strict` refuses is a finding about good input.
            Err(failure @ Failure::Strict(_)) if asker == Asker::Network => Ok(print::json_text(&Refusal::from(failure))?),
            answered => Ok(answered?),
        }
    }

    /// The command of a path, such as `fleet/run`.
    pub fn command(&self, path: &str) -> &clap::Command {
        path.split('/').fold(&self.commands, |command, word| command.find_subcommand(word).unwrap_or(command))
    }

    /// A desk for one question.
    pub(crate) fn desk(&self, asker: Asker, texts: BTreeMap<String, String>, watch: &Watch) -> Desk {
        Desk::with_texts(Arc::clone(&self.shelf), texts, asker == Asker::Program, watch.clone())
    }
}

/// Name and JSON Schema of every answer.
pub fn schemas() -> Vec<(&'static str, Value)> {
    schema::NAMES.iter().filter_map(|name| Some((*name, schema::schema(name)?.to_value()))).collect()
}

/// What a command answers, as it prints it.
fn answered(command: &Command, desk: &Desk) -> Result<String, Failure> {
    use commands as c;
    match command {
        Command::Cars(a) => print::json_text(&c::cars::answer(a, desk)?),
        Command::Assess(a) => print::json_text(&c::assess::answer(a, desk)?),
        Command::Explain(a) => print::json_text(&c::explain::answer(a, desk)?),
        Command::Drive(a) => print::json_text(&c::drive::answer(a, desk)?),
        Command::Range(a) => print::json_text(&c::range::answer(a, desk)?),
        Command::Charge(a) => print::json_text(&c::charge::answer(a, desk)?),
        Command::Age(a) => print::json_text(&c::age::answer(a, desk)?),
        Command::Trip(a) => print::json_text(&c::trip::answer(a, desk)?),
        Command::Performance(a) => print::json_text(&c::performance::answer(a, desk)?),
        Command::Motor(a) => print::json_text(&c::motor::answer(a, desk)?),
        Command::DriveUnit(a) => print::json_text(&c::drive_unit::answer(a, desk)?),
        Command::Battery(a) => print::json_text(&c::battery::answer(a, desk)?),
        Command::Body(a) => print::json_text(&c::body::answer(a, desk)?),
        Command::Plant(a) => print::json_text(&c::plant::answer(a, desk)?),
        Command::Recycle(a) => print::json_text(&c::recycle::answer(a, desk)?),
        Command::Supply(a) => print::json_text(&c::supply::answer(a, desk)?),
        Command::Suppliers(a) => print::json_text(&c::suppliers::answer(a, desk)?),
        Command::Market(a) => print::json_text(&c::market::answer(a, desk)?),
        Command::Fleet(a) => c::fleet::answer(a, desk),
        Command::Disrupt(a) => print::json_text(&c::disrupt::answer(a, desk)?),
        Command::Tco(a) => print::json_text(&c::tco::answer(a, desk)?),
        Command::Charging(a) => print::json_text(&c::charging::answer(a, desk)?),
        Command::Credits(a) => print::json_text(&c::credits::answer(a, desk)?),
        Command::Case(a) => print::json_text(&c::case::answer(a, desk)?),
        Command::Rules(a) => print::json_text(&c::rules::answer(a, desk)?),
        Command::Passport(a) => print::json_text(&c::passport::answer(a, desk)?),
        Command::Data(_) => print::json_text(&c::data::sources(desk)?),
        Command::Lca(_) | Command::Schema(_) | Command::Serve(_) | Command::Exchange(_) | Command::Completions { .. } => {
            Err(Failure::UnknownName { kind: "question", seen: "this command".to_owned(), known: POSTED.map(|a| a.path).join(", ") })
        }
    }
}

/// Every command, made ready: positional arguments know their places.
fn every_command() -> clap::Command {
    let mut all = Arguments::command();
    all.build();
    all
}

/// The command line of one path, such as `fleet/run`, with nothing beside it.
fn alone(all: &clap::Command, name: &'static str, path: &'static str) -> clap::Command {
    let (word, rest) = path.split_once('/').map_or((path, None), |(word, rest)| (word, Some(rest)));
    let found = all.find_subcommand(word).cloned().unwrap_or_default();
    let below = match rest {
        Some(rest) => alone(&found, word, rest),
        None => found,
    };
    let asks_for_help = |a: &&Arg| matches!(a.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version);
    clap::Command::new(name)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .args(all.get_arguments().filter(|a| !asks_for_help(a)).cloned())
        .subcommand(below)
}

/// A file's name of ours: a text is known by the key that it came under.
fn name_of(key: &str, at: usize, ending: &str) -> String {
    if at == 0 { format!("{key}.{ending}") } else { format!("{key}-{}.{ending}", at + 1) }
}

type Words = (Vec<String>, BTreeMap<String, String>);

/// The words of a command line that a body stands for, and the texts that come with it.
fn words(asker: Asker, command: &clap::Command, path: &str, body: Map<String, Value>) -> Result<Words, Refusal> {
    let keys = asker.keys(command);
    let mut texts = BTreeMap::new();
    let mut options = Vec::new();
    let mut positional: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (key, value) in body {
        let Some((name, argument)) = keys.iter().find(|(name, a)| *name == key || a.get_id() == key.as_str()) else {
            return Err(unknown_key(&key, &keys));
        };
        if value.is_null() {
            continue;
        }
        let values = match value {
            Value::Array(items) => items,
            one => vec![one],
        };
        let is_list = argument.get_num_args().is_some_and(|n| n.max_values() > 1) || matches!(argument.get_action(), ArgAction::Append);
        if values.len() > 1 && !is_list {
            return Err(wrong(name, "a list", "one value"));
        }
        if values.len() > MOST_CARS && asker == Asker::Network {
            return Err(wrong(name, &format!("a list of {}", values.len()), &format!("at most {MOST_CARS} values")));
        }
        for (at, value) in values.into_iter().enumerate() {
            asker.bounded(name, &value)?;
            match (argument.get_action().takes_values(), value) {
                (false, Value::Bool(true)) => options.push(format!("--{}", name.replace('_', "-"))),
                (false, Value::Bool(false)) => {}
                (false, other) => return Err(wrong(name, kind_of(&other), "true or false")),
                (true, value) => {
                    let word = word(asker, name, at, argument, value, &mut texts)?;
                    match argument.get_index() {
                        Some(index) => positional.entry(index).or_default().push(word),
                        None => options.push(format!("--{}={word}", name.replace('_', "-"))),
                    }
                }
            }
        }
    }
    for (name, argument) in &keys {
        if let Some(index) = argument.get_index()
            && !positional.contains_key(&index)
            && (argument.is_required_set() || positional.keys().any(|later| *later > index))
        {
            return Err(wrong(name, "missing", "a value"));
        }
    }
    let mut words = vec!["minewheel".to_owned()];
    words.extend(path.split('/').map(str::to_owned));
    words.extend(options);
    words.push("--".to_owned());
    words.extend(positional.into_values().flatten());
    Ok((words, texts))
}

/// How the files of a folder are given.
const FOLDER: &str = "{\"files\": {\"NAME\": \"…\"}}";

/// Whether an argument names a folder.
pub fn is_folder(argument: &Arg) -> bool {
    argument.get_value_hint() == ValueHint::DirPath
}

/// One value as a word of the command line; a text that stands for a file is put by.
fn word(asker: Asker, name: &str, at: usize, argument: &Arg, value: Value, texts: &mut BTreeMap<String, String>) -> Result<String, Refusal> {
    let is_file = argument.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    match value {
        Value::Object(mut folder) if is_folder(argument) => {
            let (Some(Value::Object(files)), true) = (folder.remove("files"), folder.is_empty()) else {
                return Err(wrong(name, "an object", FOLDER));
            };
            for (file, text) in files {
                let Value::String(text) = text else { return Err(wrong(&format!("{name}/{file}"), kind_of(&text), "the text of the file")) };
                texts.insert(Path::new(name).join(file).display().to_string(), text);
            }
            Ok(name.to_owned())
        }
        _ if is_folder(argument) && asker == Asker::Network => {
            Err(wrong(name, kind_of(&value), &format!("the texts of its files, {FOLDER}; a request names no folder")))
        }
        Value::Object(file) => {
            let mut entries = file.into_iter();
            let (ending, text) = match (entries.next(), entries.next()) {
                (Some((kind, Value::String(text))), None) if kind == "toml" => ("toml", text),
                (Some((kind, Value::String(text))), None) if kind == "text" || kind == "csv" => ("csv", text),
                _ => return Err(wrong(name, "an object", "{\"toml\": \"…\"} or {\"text\": \"…\"}")),
            };
            let file = name_of(name, at, ending);
            texts.insert(file.clone(), text);
            Ok(file)
        }
        _ if is_file && asker == Asker::Network => {
            Err(wrong(name, kind_of(&value), "the text of the file, {\"toml\": \"…\"} or {\"text\": \"…\"}; a request names no file"))
        }
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(wrong(name, kind_of(&other), "a text or a number")),
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The refusal of a value.
pub fn wrong(key: &str, seen: &str, wanted: &str) -> Refusal {
    Refusal::new(400, "minewheel::option", format!("`{key}` is {seen}, wanted {wanted}"))
}

impl Asker {
    /// The options that have no place in a question.
    const fn left_out(self) -> &'static [&'static str] {
        match self {
            Self::Program => &["data", "format", "chart", "svg", "report", "write", "help", "version"],
            Self::Network => &[
                "data",
                "format",
                "chart",
                "svg",
                "report",
                "write",
                "footprints",
                "background",
                "background_mapping",
                "background_cut_off",
                "background_providers",
                "background_allocation",
                "help",
                "version",
            ],
        }
    }

    /// The arguments of a command that may be keys of a body, with their keys.
    pub fn keys(self, command: &clap::Command) -> Vec<(String, &Arg)> {
        let arguments = command.get_arguments().filter(|a| !self.left_out().contains(&a.get_id().as_str()));
        arguments.map(|a| (a.get_long().unwrap_or(a.get_id().as_str()).replace('-', "_"), a)).collect()
    }

    fn bounded(self, key: &str, value: &Value) -> Result<(), Refusal> {
        let Some((_, low, high)) = BOUNDS.iter().find(|b| b.0 == key && self == Self::Network) else { return Ok(()) };
        let number = value.as_f64().or_else(|| value.as_str().and_then(|t| t.parse().ok()));
        match number {
            Some(number) if !(*low..=*high).contains(&number) => Err(wrong(key, &number.to_string(), &format!("{low} to {high} over HTTP"))
                .with_help("the command line takes more; see `limits` of /api/1/info")),
            _ => Ok(()),
        }
    }
}

fn unknown_key(key: &str, keys: &[(String, &Arg)]) -> Refusal {
    let known: Vec<&str> = keys.iter().map(|k| k.0.as_str()).collect();
    let near = nearest(key, known.iter().copied()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    Refusal::new(400, "minewheel::option", format!("`{key}` is not a key of this question{near}")).with_help(format!("keys are {}", known.join(", ")))
}

/// What the reader of arguments says, in our words.
fn misread(error: &clap::Error) -> Refusal {
    let of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) if !texts.is_empty() => Some(texts.join(", ")),
        _ => None,
    };
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    let refusal = Refusal::new(400, "minewheel::option", message);
    match (of(ContextKind::ValidValue), of(ContextKind::SuggestedValue)) {
        (Some(known), near) => {
            let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            refusal.with_help(format!("there are {known}{near}"))
        }
        _ => refusal.with_help("`minewheel COMMAND --help` and /api/1/openapi.json list the keys and what each takes"),
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let status = match &failure {
            Failure::UnknownCar(_) => 404,
            Failure::Assess(AssessError::Stopped) => 503,
            _ => 400,
        };
        Self { status, code: failure.code().to_owned(), message: failure.to_string(), help: failure.help() }
    }
}
