//! The commands as questions over HTTP, each with the schema of its body, and what only a page asks: what there is to choose
//! from, the tables and their rows. [`crate::ask`] turns a body into a command's arguments.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use clap::ArgAction;
use minewheel_assess::watch::Watch;
use minewheel_data::listing::{ListedRow, matching, rows};
use minewheel_data::store::Store;
use minewheel_data::table::nearest;
use minewheel_web::{Limits, Method, Question, Refusal, Service};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::ask::{Asker, BOUNDS, MOST_CARS, POSTED, Questions, is_folder, wrong};
use crate::commands::schema;
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print;

/// Networks that are kept between questions.
const NETWORKS: usize = 24;
/// Rows of a page of a search, if nobody says, and at most.
const PAGE: (usize, usize) = (100, 1000);

/// Everything that is asked over HTTP, on the tables of the binary with a user's folder laid over them if one is given.
///
/// # Errors
/// The folder of tables cannot be read, or a table has violations.
pub fn service(overlay: Option<&Path>) -> Result<Service, Failure> {
    let desks = Desks { questions: Questions::open(overlay, NETWORKS)?, listed: OnceLock::new() };
    desks.desk(&Watch::none()).road_tables()?;
    Ok(Service {
        version: env!("CARGO_PKG_VERSION"),
        questions: questions(&desks.questions),
        answer: Arc::new(move |path, body, watch| desks.answer(path, body, watch)),
        is_long: Arc::new(is_long),
        limits: Limits::default(),
    })
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
    questions: Questions,
    listed: OnceLock<Vec<ListedRow>>,
}

impl Desks {
    fn answer(&self, path: &str, body: Map<String, Value>, watch: &Watch) -> Result<String, Refusal> {
        let desk = || self.desk(watch);
        match path {
            "info" => written(&info(&desk())?),
            "cars/{id}" => car(&desk(), text_of(&body, "id")),
            "data/tables" => written(&minewheel_data::listing::tables(desk().store()).map_err(|v| Failure::Tables(vec![v]))?),
            "data/search" => search(self.listed(desk().store())?, &body),
            _ => self.questions.ask(Asker::Network, path, body, watch),
        }
    }

    /// A desk without any text.
    fn desk(&self, watch: &Watch) -> Desk {
        self.questions.desk(Asker::Network, BTreeMap::new(), watch)
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

fn questions(asked: &Questions) -> Vec<Question> {
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
    all.extend(POSTED.iter().map(|question| {
        let command = asked.command(question.path);
        Question {
            path: question.path.to_owned(),
            method: Method::Post,
            summary: command.get_about().map(ToString::to_string).unwrap_or_default(),
            request: body_schema(command),
            response: schema::schema(question.schema).map_or_else(anything, schemars::Schema::to_value),
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
    for (key, argument) in Asker::Network.keys(command) {
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
