//! The commands as questions over HTTP: a JSON body becomes the command's own arguments, so that names, defaults, bounds and
//! answers are the command line's, and nothing is said twice.
//!
//! A key of the body is a long option with `_` for `-`, or a positional argument. Where the command takes a file, the body
//! carries its text, `{"toml": "…"}` or `{"text": "…"}`, and where it takes a folder, the texts of its files, `{"files": {"NAME": "…"}}`;
//! texts go into the memory of this one request under a name of ours.
//! Options that name a folder or write a file are no keys here, and a desk without a disk finds no other file.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, CommandFactory, Parser, ValueHint};
use minewheel_assess::AssessError;
use minewheel_assess::watch::Watch;
use minewheel_data::listing::{ListedRow, matching, rows};
use minewheel_data::store::Store;
use minewheel_data::table::nearest;
use minewheel_web::{Limits, Method, Question, Refusal, Service};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::commands::{self, schema};
use crate::failure::Failure;
use crate::inputs::{Desk, Shelf};
use crate::{Arguments, Command, print};

/// A command that may be asked over HTTP.
struct Asked {
    path: &'static str,
    /// Name of the answer's schema; empty: none is written down.
    schema: &'static str,
    /// Whether it takes long, whatever it is asked.
    is_long: bool,
}

const fn short(path: &'static str, schema: &'static str) -> Asked {
    Asked { path, schema, is_long: false }
}

const fn long(path: &'static str, schema: &'static str) -> Asked {
    Asked { path, schema, is_long: true }
}

/// The commands asked with a body.
const POSTED: [Asked; 39] = [
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

/// Options that have no place in a request: where files lie, and how to print.
const LEFT_OUT: [&str; 12] =
    ["data", "format", "chart", "svg", "report", "write", "footprints", "background", "background_mapping", "background_cut_off", "help", "version"];
/// Networks that are kept between questions.
const NETWORKS: usize = 24;
/// Most cars in a question.
const MOST_CARS: usize = 50;
/// Numbers that a request may not pass, and those below which it may not go.
const BOUNDS: [(&str, f64, f64); 8] = [
    ("samples", 0.0, 10_000.0),
    ("members", 2.0, 2_000.0),
    ("cars", 1.0, 100_000.0),
    ("depth", 0.0, 30.0),
    ("cut", 0.05, 100.0),
    ("years", 0.0, 100.0),
    ("step_h", 0.25, 24.0),
    ("count", 1.0, 500.0),
];
/// Rows of a page of a search, if nobody says, and at most.
const PAGE: (usize, usize) = (100, 1000);

/// Everything that is asked over HTTP, on the tables of a shelf.
pub fn service(shelf: &Arc<Shelf>) -> Service {
    let commands = every_command();
    let questions = questions(&commands);
    let desks = Desks { shelf: Arc::clone(shelf), listed: OnceLock::new(), commands };
    Service {
        version: env!("CARGO_PKG_VERSION"),
        questions,
        answer: Arc::new(move |path, body, watch| desks.answer(path, body, watch)),
        is_long: Arc::new(is_long),
        limits: Limits::default(),
    }
}

/// The shelf of a server: networks are kept between questions.
///
/// # Errors
/// The folder of tables cannot be read, or a table has violations.
pub fn shelf(overlay: Option<&std::path::Path>) -> Result<Arc<Shelf>, Failure> {
    let shelf = Arc::new(Shelf::new(overlay, NETWORKS)?);
    let desk = Desk::with_texts(Arc::clone(&shelf), BTreeMap::new(), Watch::none());
    desk.tables()?;
    desk.road_tables()?;
    Ok(shelf)
}

fn is_long(path: &str, body: &Map<String, Value>) -> bool {
    let draws = match path {
        "assess" | "recycle" => body.get("no_interval") != Some(&Value::Bool(true)),
        "battery" => body.get("samples").and_then(Value::as_f64) != Some(0.0),
        _ => false,
    };
    draws || POSTED.iter().any(|a| a.path == path && a.is_long)
}

/// What every request shares.
struct Desks {
    shelf: Arc<Shelf>,
    listed: OnceLock<Vec<ListedRow>>,
    commands: clap::Command,
}

impl Desks {
    fn answer(&self, path: &str, body: Map<String, Value>, watch: &Watch) -> Result<String, Refusal> {
        let desk = |texts| Desk::with_texts(Arc::clone(&self.shelf), texts, watch.clone());
        match path {
            "info" => written(&info(&desk(BTreeMap::new()))?),
            "cars/{id}" => car(&desk(BTreeMap::new()), text_of(&body, "id")),
            "data/tables" => written(&minewheel_data::listing::tables(desk(BTreeMap::new()).store()).map_err(|v| Failure::Tables(vec![v]))?),
            "data/search" => search(self.listed(desk(BTreeMap::new()).store())?, &body),
            _ => {
                let (words, texts) = words(command(&self.commands, path), path, body)?;
                let arguments = Arguments::try_parse_from(words).map_err(|e| misread(&e))?;
                match ask(&arguments.command, &desk(texts)) {
                    // A result that `--strict` refuses is a finding about good input.
                    Err(failure @ Failure::Strict(_)) => written(&Refusal::from(failure)),
                    answered => Ok(answered?),
                }
            }
        }
    }

    /// The rows of all tables, listed once.
    fn listed(&self, store: &Store) -> Result<&[ListedRow], Failure> {
        if let Some(rows) = self.listed.get() {
            return Ok(rows);
        }
        let found = rows(store).map_err(|v| Failure::Tables(vec![v]))?;
        Ok(self.listed.get_or_init(|| found))
    }
}

fn written<T: Serialize>(value: &T) -> Result<String, Refusal> {
    Ok(print::json_text(value)?)
}

/// What a command answers, as it prints it.
fn ask(command: &Command, desk: &Desk) -> Result<String, Failure> {
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

/// The command of a path, such as `fleet/run`.
fn command<'c>(all: &'c clap::Command, path: &str) -> &'c clap::Command {
    path.split('/').fold(all, |command, word| command.find_subcommand(word).unwrap_or(command))
}

/// Every command, made ready: positional arguments know their places.
fn every_command() -> clap::Command {
    let mut all = Arguments::command();
    all.build();
    all
}

/// The arguments of a command that may be keys of a body, with their keys.
fn keys(command: &clap::Command) -> Vec<(String, &Arg)> {
    let arguments = command.get_arguments().filter(|a| !LEFT_OUT.contains(&a.get_id().as_str()));
    arguments.map(|a| (a.get_long().unwrap_or(a.get_id().as_str()).replace('-', "_"), a)).collect()
}

/// A file's name of ours: a text is known by the key that it came under.
fn name_of(key: &str, at: usize, ending: &str) -> String {
    if at == 0 { format!("{key}.{ending}") } else { format!("{key}-{}.{ending}", at + 1) }
}

type Words = (Vec<String>, BTreeMap<String, String>);

/// The words of a command line that a body stands for, and the texts that come with it.
fn words(command: &clap::Command, path: &str, body: Map<String, Value>) -> Result<Words, Refusal> {
    let keys = keys(command);
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
        if values.len() > MOST_CARS {
            return Err(wrong(name, &format!("a list of {}", values.len()), &format!("at most {MOST_CARS} values")));
        }
        for (at, value) in values.into_iter().enumerate() {
            bounded(name, &value)?;
            match (argument.get_action().takes_values(), value) {
                (false, Value::Bool(true)) => options.push(format!("--{}", name.replace('_', "-"))),
                (false, Value::Bool(false)) => {}
                (false, other) => return Err(wrong(name, kind_of(&other), "true or false")),
                (true, value) => {
                    let word = word(name, at, argument, value, &mut texts)?;
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

/// Whether an argument names a folder.
fn is_folder(argument: &Arg) -> bool {
    argument.get_value_hint() == ValueHint::DirPath
}

/// One value as a word of the command line; a text that stands for a file is put by.
fn word(name: &str, at: usize, argument: &Arg, value: Value, texts: &mut BTreeMap<String, String>) -> Result<String, Refusal> {
    let is_file = argument.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    match value {
        Value::Object(mut folder) if is_folder(argument) => {
            let (Some(Value::Object(files)), true) = (folder.remove("files"), folder.is_empty()) else {
                return Err(wrong(name, "an object", "{\"files\": {\"NAME\": \"…\"}}"));
            };
            for (file, text) in files {
                let Value::String(text) = text else { return Err(wrong(&format!("{name}/{file}"), kind_of(&text), "the text of the file")) };
                texts.insert(Path::new(name).join(file).display().to_string(), text);
            }
            Ok(name.to_owned())
        }
        _ if is_folder(argument) => {
            Err(wrong(name, kind_of(&value), "the texts of its files, {\"files\": {\"NAME\": \"…\"}}; a request names no folder"))
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
        _ if is_file => Err(wrong(name, kind_of(&value), "the text of the file, {\"toml\": \"…\"} or {\"text\": \"…\"}; a request names no file")),
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

fn wrong(key: &str, seen: &str, wanted: &str) -> Refusal {
    Refusal::new(400, "minewheel::option", format!("`{key}` is {seen}, wanted {wanted}"))
}

fn bounded(key: &str, value: &Value) -> Result<(), Refusal> {
    let Some((_, low, high)) = BOUNDS.iter().find(|b| b.0 == key) else { return Ok(()) };
    let number = value.as_f64().or_else(|| value.as_str().and_then(|t| t.parse().ok()));
    match number {
        Some(number) if !(*low..=*high).contains(&number) => Err(wrong(key, &number.to_string(), &format!("{low} to {high} over HTTP"))
            .with_help("the command line takes more; see `limits` of /api/1/info")),
        _ => Ok(()),
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
        _ => refusal.with_help("/api/1/openapi.json lists the keys and what each takes"),
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

fn text_of<'b>(body: &'b Map<String, Value>, key: &str) -> &'b str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A car of the catalogue as the text of a car file.
fn car(desk: &Desk, id: &str) -> Result<String, Refusal> {
    let known = desk.tables()?.catalogue.car(id).map_err(Failure::from)?;
    let toml = minewheel_data::catalogue::car_text(desk.store(), &known.id).unwrap_or_default();
    written(&json!({ "id": known.id, "toml": toml }))
}

/// A page of the rows of all tables.
fn search(rows: &[ListedRow], body: &Map<String, Value>) -> Result<String, Refusal> {
    const KEYS: [&str; 5] = ["text", "table", "status", "offset", "limit"];
    if let Some(key) = body.keys().find(|k| !KEYS.contains(&k.as_str())) {
        let near = nearest(key, KEYS.into_iter()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        return Err(Refusal::new(400, "minewheel::option", format!("`{key}` is not a key of this question{near}")).with_help(KEYS.join(", ")));
    }
    let number = |key: &str, usual: usize| match text_of(body, key) {
        "" => Ok(usual),
        text => text.parse::<usize>().map_err(|_| wrong(key, text, "a whole number")),
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", PAGE.0)?.min(PAGE.1));
    let (table, status) = (text_of(body, "table"), text_of(body, "status"));
    let found: Vec<&ListedRow> = matching(rows, text_of(body, "text"))
        .filter(|r| (table.is_empty() || r.table == table) && (status.is_empty() || r.status == status))
        .collect();
    let page: Vec<&ListedRow> = found.iter().skip(offset).take(limit).copied().collect();
    written(&json!({ "total": found.len(), "offset": offset, "limit": limit, "rows": page }))
}

/// What there is to choose from, and what the server allows.
fn info(desk: &Desk) -> Result<Value, Failure> {
    let tables = desk.tables()?;
    let places: Vec<Value> = tables
        .places
        .codes()
        .filter_map(|code| {
            let place = tables.places.id(code).ok()?;
            let has_mix = !tables.electricity.years(place).is_empty() || tables.places.electricity_from(place).is_some();
            let kind = match tables.places.kind(place) {
                minewheel_data::places::PlaceKind::Country => "country",
                minewheel_data::places::PlaceKind::Province => "province",
                minewheel_data::places::PlaceKind::Group => "group",
            };
            Some(json!({ "id": code, "name": tables.places.name(place), "kind": kind, "has_mix": has_mix }))
        })
        .collect();
    let years = tables.electricity.places().into_iter().flat_map(|p| tables.electricity.years(p));
    let (least, most) = years.fold((i32::MAX, i32::MIN), |(low, high), year| (low.min(year), high.max(year)));
    let named = |id: &str, words: &str| json!({ "id": id, "title": words });
    let limits = Limits::default();
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "data": tables.fingerprint,
        "cars": tables.catalogue.cars().len(),
        "tables": desk.store().names("", ".csv").len(),
        "places": places,
        "cycles": tables.cycles.entries().iter().map(|c| named(&c.id, &c.title)).collect::<Vec<_>>(),
        "presets": minewheel_assess::scenario::Preset::ALL.map(|p| named(p.word(), p.meaning())),
        "chemistries": tables.chemistries(),
        "methods": tables.methods.climate_methods(),
        "materials": tables.supply.materials(),
        "stages": minewheel_model::bill::Stage::ALL.iter().map(|s| s.word()).collect::<Vec<_>>(),
        "topologies": minewheel_data::car::Topology::ALL.iter().map(|t| t.word()).collect::<Vec<_>>(),
        "indicators": desk.market()?.definitions.iter().map(|d| named(&d.indicator, &d.title)).collect::<Vec<_>>(),
        "rule_sets": desk.rule_tables()?.editions.all().iter().map(|e| named(&e.id, &e.title)).collect::<Vec<_>>(),
        "cases": minewheel_industry::cases::list(desk.store())?.iter().map(|c| named(&c.id, &c.title)).collect::<Vec<_>>(),
        "years": { "min": least, "max": most },
        "limits": {
            "samples": BOUNDS[0].2,
            "cars": MOST_CARS,
            "body_bytes": limits.body_bytes,
            "seconds": limits.time[1].as_secs(),
            "short_seconds": limits.time[0].as_secs(),
            "job_seconds": limits.job_time.as_secs(),
            "jobs": limits.jobs,
        },
    }))
}

fn questions(commands: &clap::Command) -> Vec<Question> {
    let string = |words: &str| json!({ "type": "string", "description": words });
    let get = |path: &str, summary: &str, request: Value, response: Value| Question {
        path: path.to_owned(),
        method: Method::Get,
        summary: summary.to_owned(),
        request: json!({ "type": "object", "properties": request }),
        response,
    };
    let anything = || json!({});
    let mut all = vec![
        get("info", "What there is to choose from, and what the server allows", json!({}), anything()),
        get("cars", "The catalogue", json!({ "text": string("only cars whose id, name or make has this text in it") }), anything()),
        get("cars/{id}", "A car of the catalogue as the text of a car file", json!({ "id": string("the car's id") }), anything()),
        get("data/tables", "Every table", json!({}), schema_of::<Vec<minewheel_data::listing::ListedTable>>()),
        get(
            "data/search",
            "Rows of all tables",
            json!({
                "text": string("words that all stand in the row"),
                "table": string("only this table"),
                "status": string("only rows that are known so"),
                "offset": string("rows to leave out"),
                "limit": string("rows at most"),
            }),
            anything(),
        ),
    ];
    all.extend(POSTED.iter().map(|asked| {
        let command = command(commands, asked.path);
        Question {
            path: asked.path.to_owned(),
            method: Method::Post,
            summary: command.get_about().map(ToString::to_string).unwrap_or_default(),
            request: body_schema(command),
            response: schema::schema(asked.schema).map_or_else(anything, schemars::Schema::to_value),
        }
    }));
    all
}

fn schema_of<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// The JSON Schema of a command's body, from its own arguments.
fn body_schema(command: &clap::Command) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (key, argument) in keys(command) {
        let parser = argument.get_value_parser().type_id();
        let is_integer = [TypeId::of::<i32>(), TypeId::of::<i64>(), TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<usize>()];
        let text = json!({ "type": "object", "properties": { "toml": { "type": "string" }, "text": { "type": "string" } }, "maxProperties": 1 });
        let words: Vec<String> = argument.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
        let one = if !argument.get_action().takes_values() {
            json!({ "type": "boolean" })
        } else if is_folder(argument) {
            let files = json!({ "type": "object", "additionalProperties": { "type": "string" } });
            json!({ "type": "object", "properties": { "files": files }, "required": ["files"], "additionalProperties": false })
        } else if parser == TypeId::of::<PathBuf>() {
            text
        } else if parser == TypeId::of::<f64>() {
            json!({ "type": "number" })
        } else if is_integer.iter().any(|id| parser == *id) {
            json!({ "type": "integer" })
        } else if parser == TypeId::of::<bool>() {
            json!({ "type": "boolean" })
        } else if !words.is_empty() {
            json!({ "enum": words })
        } else {
            json!({ "anyOf": [{ "type": "string" }, text] })
        };
        let is_list = argument.get_num_args().is_some_and(|n| n.max_values() > 1) || matches!(argument.get_action(), ArgAction::Append);
        let mut property = if is_list { json!({ "type": "array", "items": one, "maxItems": MOST_CARS }) } else { one };
        if let Some(help) = argument.get_help() {
            property["description"] = Value::String(help.to_string());
        }
        let usual: Vec<String> = argument.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
        if argument.get_action().takes_values() && !usual.is_empty() {
            property["default"] = serde_json::from_str(&usual.join(",")).unwrap_or_else(|_| Value::String(usual.join(",")));
        }
        if argument.is_required_set() {
            required.push(Value::String(key.clone()));
        }
        properties.insert(key, property);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
