//! `minewheel serve`: answers are those of the command line, byte by byte; a request reads and writes no file; no input breaks it.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests fail by panicking, and write the files that a user would")]

mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use program::{command, repository, run_in, scratch, write};
use serde_json::{Value, json};

/// How often a question is asked that was not answered in time.
const PATIENCE: usize = 8;

/// A server of its own, ended with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// On a free port, with a folder to stand in.
    fn in_folder(folder: &Path) -> Self {
        let mut child = command(folder, &["serve", "--port", "0"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|l| l.split('/').next()).unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, address }
    }

    fn new() -> Self {
        Self::in_folder(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    /// Status and body of a request.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", self.address, body.len());
        let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response to {method} {path}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Asks again where a busy machine did not answer in time.
    fn post(&self, path: &str, body: &Value) -> (u16, String) {
        for _ in 0..PATIENCE {
            let answer = self.ask("POST", &format!("/api/1/{path}"), &body.to_string());
            if !(answer.0 == 503 && answer.1.contains("minewheel::web::time")) {
                return answer;
            }
        }
        panic!("{path} {body}: no answer in time, {PATIENCE} times");
    }

    fn json(&self, path: &str) -> Value {
        let (status, text) = self.ask("GET", &format!("/api/1/{path}"), "");
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Status, code and message of a refusal.
    fn refusal(&self, path: &str, body: &Value) -> (u16, String, String) {
        let (status, text) = self.post(path, body);
        let seen: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path} {body}: {text}"));
        let of = |key: &str| seen[key].as_str().unwrap_or_default().to_owned();
        (status, of("code"), of("message"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the command line prints for the same question, in a folder that may hold the files it names.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    let answer = run_in(folder, &arguments);
    assert!(answer.code < 2, "minewheel {}: {}", arguments.join(" "), answer.remarks);
    answer.data
}

fn example(name: &str) -> String {
    std::fs::read_to_string(repository().join("examples").join(name)).unwrap()
}

#[test]
fn answers_are_those_of_the_command_line() {
    let folder = scratch("serve-answers");
    let server = Server::in_folder(&folder);
    let (own, company, stop) =
        (example("cars/custom-dual-motor.toml"), example("08_battery_rules/company.toml"), example("10_disruption/anode-stop.toml"));
    let (stock, survival) = (example("11_fleet/stock.csv"), example("11_fleet/survival.csv"));
    for (name, text) in [("cars.toml", &own), ("file.toml", &company), ("study.toml", &stop), ("stock.csv", &stock), ("survival.csv", &survival)] {
        write(&folder.join(name), text);
    }
    let mut files = serde_json::Map::new();
    for file in ["programme.toml", "suppliers.csv", "supplies.csv", "measures.csv", "footprints/reported.json"] {
        let text = example(&format!("12_green_chain/chain/{file}"));
        write(&folder.join("folder").join(file), &text);
        files.insert(file.to_owned(), json!(text));
    }
    let chain = json!({ "files": files });
    let questions: Vec<(&str, Value, Vec<&str>)> = vec![
        (
            "assess",
            json!({ "cars": ["vw-id3-58", "vw-golf-15tsi"], "country": "DE", "year": 2024, "no_interval": true, "km": 180_000, "grid": "pathway" }),
            vec!["assess", "vw-id3-58", "vw-golf-15tsi", "--country", "DE", "--year", "2024", "--no-interval", "--km", "180000", "--grid", "pathway"],
        ),
        ("assess", json!({ "cars": ["vw-id3-58"], "samples": 20, "seed": 7 }), vec!["assess", "vw-id3-58", "--samples", "20", "--seed", "7"]),
        ("assess", json!({ "cars": [{ "toml": own }], "no_interval": true }), vec!["assess", "cars.toml", "--no-interval"]),
        (
            "assess",
            json!({ "cars": ["vw-id3-58"], "no_interval": true, "no_places": true }),
            vec!["assess", "vw-id3-58", "--no-interval", "--no-places"],
        ),
        ("explain", json!({ "car": "vw-id3-58", "depth": 3, "preset": "cff" }), vec!["explain", "vw-id3-58", "--depth", "3", "--preset", "cff"]),
        ("range", json!({ "cars": ["vw-id3-58"], "label_factor": 0.75 }), vec!["range", "vw-id3-58", "--label-factor", "0.75"]),
        (
            "drive",
            json!({ "cars": ["vw-id3-58"], "cycle": "udds", "ambient_c": -7 }),
            vec!["drive", "vw-id3-58", "--cycle", "udds", "--ambient-c", "-7"],
        ),
        ("charge", json!({ "cars": "vw-id3-58", "from": 20 }), vec!["charge", "vw-id3-58", "--from", "20"]),
        ("performance", json!({ "cars": ["vw-id3-58"] }), vec!["performance", "vw-id3-58"]),
        ("age", json!({ "car": ["vw-id3-58"] }), vec!["age", "--car", "vw-id3-58"]),
        ("battery", json!({ "car": "vw-id3-58", "samples": 0 }), vec!["battery", "vw-id3-58", "--samples", "0"]),
        ("body", json!({ "car": "vw-id3-58", "castings": "rear" }), vec!["body", "vw-id3-58", "--castings", "rear"]),
        ("plant", json!({ "country": "DE" }), vec!["plant", "--country", "DE"]),
        ("recycle", json!({ "car": "vw-id3-58", "compare": true, "no_interval": true }), vec!["recycle", "vw-id3-58", "--compare", "--no-interval"]),
        ("supply", json!({ "name": "lithium", "for": "EU27" }), vec!["supply", "lithium", "--for", "EU27"]),
        ("disrupt", json!({ "study": { "toml": stop }, "members": 4 }), vec!["disrupt", "study.toml", "--members", "4"]),
        ("suppliers/import", json!({ "folder": chain }), vec!["suppliers", "import", "folder"]),
        ("suppliers/rollup", json!({ "folder": chain }), vec!["suppliers", "rollup", "folder"]),
        (
            "suppliers/plan",
            json!({ "folder": chain, "without": ["s028"], "budget": 2e6 }),
            vec!["suppliers", "plan", "folder", "--without", "s028", "--budget", "2000000"],
        ),
        ("suppliers/request", json!({ "folder": chain, "to": ["s001"] }), vec!["suppliers", "request", "folder", "--to", "s001"]),
        ("suppliers/status", json!({ "folder": chain }), vec!["suppliers", "status", "folder"]),
        ("suppliers/synthesise", json!({ "car": "vw-id3-58", "count": 60 }), vec!["suppliers", "synthesise", "vw-id3-58", "--count", "60"]),
        ("market", json!({ "place": "CN", "from": "2023", "to": "2024" }), vec!["market", "CN", "--from", "2023", "--to", "2024"]),
        (
            "fleet/stock",
            json!({ "stock": { "text": stock }, "survival": { "text": survival } }),
            vec!["fleet", "stock", "--stock", "stock.csv", "--survival", "survival.csv"],
        ),
        (
            "tco",
            json!({ "battery": "vw-id3-58", "fuel": "vw-golf-15tsi", "countries": ["DE"] }),
            vec!["tco", "vw-id3-58", "vw-golf-15tsi", "--countries", "DE"],
        ),
        ("charging", json!({ "car": "vw-id3-58", "cars": 50 }), vec!["charging", "vw-id3-58", "--cars", "50"]),
        ("credits/car", json!({ "car": "vw-id3-58", "range": 400 }), vec!["credits", "car", "vw-id3-58", "--range", "400"]),
        ("credits/ledger", json!({ "year": 2021 }), vec!["credits", "ledger", "--year", "2021"]),
        ("rules/list", json!({}), vec!["rules", "list"]),
        ("rules/check", json!({ "set": "miit-battery-2024", "file": { "toml": company } }), vec!["rules", "check", "miit-battery-2024", "file.toml"]),
        ("passport", json!({ "car": "vw-id3-58" }), vec!["passport", "vw-id3-58"]),
        ("case/list", json!({}), vec!["case", "list"]),
        ("data/sources", json!({}), vec!["data", "sources"]),
    ];
    for (path, body, arguments) in questions {
        let (status, answer) = server.post(path, &body);
        assert_eq!(status, 200, "{path} {body}: {answer}");
        assert!(answer == printed(&folder, &arguments), "{path} {body} differs from minewheel {}", arguments.join(" "));
        // Asked again, from what is kept.
        assert!(server.post(path, &body).1 == answer, "{path} {body} differs from itself");
    }
    let (status, cars) = server.ask("GET", "/api/1/cars?text=id3", "");
    assert_eq!((status, cars), (200, printed(&folder, &["cars", "id3"])));
}

#[test]
fn a_catalogue_car_written_as_a_file_is_the_same_car() {
    let server = Server::new();
    let cars = server.json("cars");
    for id in cars.as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()) {
        let car = server.json(&format!("cars/{id}"));
        assert_eq!(car["id"], id);
        let assessed = |car: Value| {
            let (status, text) = server.post("assess", &json!({ "cars": [car], "no_interval": true }));
            assert_eq!(status, 200, "{id}: {text}");
            serde_json::from_str::<Value>(&text).unwrap()[0].clone()
        };
        let (one, other) = (assessed(json!(id)), assessed(json!({ "toml": car["toml"] })));
        // Sources stay behind, so evidence differs; figures do not.
        for figure in [
            "name",
            "kerb_mass_kg",
            "consumption_kwh_per_100km",
            "range_km",
            "climate",
            "climate_by_stage",
            "materials_kg",
            "impacts",
            "cost",
            "origin",
        ] {
            assert_eq!(one[figure], other[figure], "{id}: {figure}");
        }
    }
}

#[test]
fn a_key_that_does_not_exist_is_named_with_the_nearest() {
    let server = Server::new();
    let (status, code, message) = server.refusal("assess", &json!({ "cars": ["vw-id3-58"], "contry": "CN" }));
    assert_eq!((status, code.as_str()), (400, "minewheel::option"));
    assert!(message.contains("`contry`") && message.contains("did you mean `country`"), "{message}");
    for left_out in ["data", "format", "chart", "svg", "help", "version"] {
        for path in ["assess", "motor", "market", "fleet/run"] {
            assert_eq!(server.refusal(path, &json!({ left_out: "x" })).0, 400, "{path} {left_out}");
        }
    }
}

#[test]
fn what_cannot_be_answered_is_refused_in_words() {
    let server = Server::new();
    let of = |path: &str, body: Value| server.refusal(path, &body);
    assert_eq!(of("assess", json!({ "cars": ["vw-id3-59"] })).0, 404);
    assert!(of("assess", json!({ "cars": ["vw-id3-59"] })).2.contains("vw-id3-5"));
    assert_eq!(of("assess", json!({})).0, 400);
    assert_eq!(of("assess", json!({ "cars": ["vw-id3-58"], "preset": "cutoff" })).0, 400);
    assert_eq!(of("assess", json!({ "cars": ["vw-id3-58"], "samples": 1_000_000 })).0, 400);
    assert_eq!(of("assess", json!({ "cars": vec!["vw-id3-58"; 51] })).0, 400);
    assert_eq!(of("assess", json!({ "cars": ["vw-id3-58"], "year": "soon" })).0, 400);
    assert_eq!(of("explain", json!({ "car": "vw-id3-58", "cut": 0.0 })).0, 400);
    assert_eq!(of("tco", json!({ "fuel": "vw-golf-15tsi" })).0, 400);
    assert_eq!(of("rules/check", json!({ "set": "nothing", "file": "vw-id3-58" })).0, 400);
    assert_eq!(server.ask("GET", "/api/1/cars/none", "").0, 404);
    let strict = of("assess", json!({ "cars": ["vw-id3-58"], "no_interval": true, "strict": true }));
    assert_eq!((strict.0, strict.1.as_str()), (200, "minewheel::strict"));
}

/// Every place in a body that takes a file on the command line.
const FILES: [(&str, &str, &str); 21] = [
    ("assess", "cars", "toml"),
    ("assess", "cycle", "csv"),
    ("explain", "car", "toml"),
    ("range", "cars", "toml"),
    ("drive", "cycle", "csv"),
    ("age", "soc_profile", "csv"),
    ("age", "car", "toml"),
    ("battery", "car", "toml"),
    ("motor", "cycle", "csv"),
    ("supply", "name", "toml"),
    ("supply", "trade", "csv"),
    ("disrupt", "study", "toml"),
    ("suppliers/rollup", "folder", "toml"),
    ("market", "series", "csv"),
    ("fleet/run", "study", "toml"),
    ("fleet/stock", "survival", "csv"),
    ("charging", "signal", "csv"),
    ("credits/ledger", "study", "toml"),
    ("credits/market", "study", "csv"),
    ("rules/check", "file", "toml"),
    ("passport", "car", "toml"),
];

#[test]
fn a_request_reads_no_file() {
    let folder = scratch("serve-files");
    let secret = "zebra-and-okapi";
    for ending in ["toml", "csv"] {
        write(&folder.join(format!("secret.{ending}")), secret);
    }
    let server = Server::in_folder(&folder);
    let others = json!({
        "assess": { "cars": ["vw-id3-58"], "no_interval": true }, "drive": { "cars": ["vw-id3-58"] }, "age": { "cell": "x" }, "supply": { "name": "lithium" },
        "market": { "place": "CN", "from": "2023", "to": "2024" }, "fleet/stock": { "inflow": { "text": "" } }, "charging": { "car": "vw-id3-58", "cars": 1 },
        "rules/check": { "set": "miit-battery-2024" },
    });
    for (path, key, ending) in FILES {
        for name in
            [format!("secret.{ending}"), folder.join(format!("secret.{ending}")).display().to_string(), format!("../serve-files/secret.{ending}")]
        {
            let mut body = others.get(path).cloned().unwrap_or_else(|| json!({}));
            body[key] = json!(name);
            let (status, text) = server.post(path, &body);
            assert!((400..500).contains(&status), "{path} {body}: {status} {text}");
            assert!(!text.contains("zebra"), "{path} {body}: {text}");
        }
    }
    // A text may name further files; they are looked up in the request and nowhere else.
    let study = example("10_disruption/anode-stop.toml").replace("car = \"", "car = \"/secret.toml#");
    assert_eq!(server.post("disrupt", &json!({ "study": { "toml": study } })).0, 400);
    let (status, text) = server.post("credits/ledger", &json!({ "study": { "toml": "title = \"x\"\nmodels = \"secret.csv\"\n" } }));
    assert!(status == 400 && !text.contains("zebra"), "{text}");
    let brief = "[programme]\nname = \"x\"\ncar = \"../secret.toml\"\nyear = 2025\ncars_per_year = 1\n";
    let columns = "supplier,name,place,delivers_to,programme_share,electricity_kwh,green_share,heat_mj,waste_share\n";
    let chain =
        json!({ "files": { "programme.toml": brief, "suppliers.csv": columns, "supplies.csv": "supplier,part,product,share,pieces_per_car\n" } });
    let (status, text) = server.post("suppliers/rollup", &json!({ "folder": chain }));
    assert!(status == 400 && text.contains("a request reads no file") && !text.contains("zebra"), "{text}");
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 2, "a request wrote a file: {names:?}");
}

#[test]
fn the_rows_of_all_tables_can_be_looked_through() {
    let server = Server::new();
    let tables = server.json("data/tables");
    let all: u64 = tables.as_array().unwrap().iter().map(|t| t["rows"].as_u64().unwrap()).sum();
    let page = server.json("data/search?limit=3");
    assert_eq!((page["total"].as_u64().unwrap(), page["rows"].as_array().unwrap().len()), (all, 3));
    let found = server.json("data/search?text=LITHIUM+carbonate&table=prices%2Fprices.csv&limit=1000");
    let rows = found["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|r| r["table"] == "prices/prices.csv" && r["id"].as_str().unwrap().contains("lithium-carbonate")));
    assert!(rows.iter().all(|r| r["unit"] == "USD/kg" && r["value"].as_str().unwrap().parse::<f64>().is_ok()));
    let second = server.json("data/search?text=lithium&offset=1&limit=1")["rows"][0].clone();
    assert_eq!(second, server.json("data/search?text=lithium&limit=2")["rows"][1]);
    assert_eq!(server.ask("GET", "/api/1/data/search?txt=x", "").0, 400);
}

#[test]
fn what_there_is_to_choose_from_can_be_chosen() {
    let server = Server::new();
    let info = server.json("info");
    assert_eq!(info["cars"].as_u64().unwrap() as usize, server.json("cars").as_array().unwrap().len());
    let year = &info["years"]["max"];
    for preset in info["presets"].as_array().unwrap() {
        let body = json!({ "cars": ["vw-id3-58"], "no_interval": true, "preset": preset["id"], "year": year, "cycle": info["cycles"][0]["id"] });
        let (status, text) = server.post("assess", &body);
        assert_eq!(status, 200, "{body}: {text}");
    }
    for place in info["places"].as_array().unwrap().iter().filter(|p| p["has_mix"] == true).step_by(9) {
        let body = json!({ "cars": ["vw-id3-58"], "no_interval": true, "country": place["id"], "year": 2024 });
        let (status, text) = server.post("assess", &body);
        assert_eq!(status, 200, "{body}: {text}");
    }
    let document = server.json("openapi.json");
    assert_eq!(document["components"]["schemas"]["assess-request"]["properties"]["year"]["default"], 2025);
    assert_eq!(document["components"]["schemas"]["assess-request"]["required"], json!(["cars"]));
}

/// One value in so many is tried for a key.
const EVERY: usize = 6;

#[test]
fn no_input_breaks_the_server() {
    let server = Server::new();
    let document = server.json("openapi.json");
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1e308),
        json!(-1e308),
        json!(u64::MAX),
        json!(""),
        json!("--help"),
        json!("-"),
        json!("=,=;'\"\u{0}\u{202e}"),
        json!("NaN"),
        json!("../../etc/passwd"),
        json!([]),
        json!([[]]),
        json!([{}]),
        json!({}),
        json!({ "toml": "" }),
        json!({ "toml": "[car]\nid = 'x'\npowertrain = 'bev'\n[battery]\nchemistry = 'lfp'\ngross_energy_kwh = nan\n" }),
        json!({ "toml": "a = [[[[[[[[[[" }),
        json!({ "text": "hour,soc\n0,1e999\n" }),
        json!({ "text": "\"" }),
    ];
    // A kind of machine that is none, as a map of losses takes long.
    let plain = json!({ "topology": "none", "cars": "vw-id3-58", "car": "vw-id3-58", "no_interval": true, "samples": 1, "place": "CN", "from": "2023", "to": "2023" });
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(question) = path.strip_prefix("/api/1/").filter(|p| item.get("post").is_some() && !p.starts_with("jobs/")) else { continue };
        let keys = document["components"]["schemas"][format!("{}-request", question.replace('/', "-"))]["properties"].as_object().unwrap();
        for (turn, key) in keys.keys().enumerate() {
            // Keys take turns with the values, so that all meet while the test stays short.
            for value in odd.iter().skip(turn % EVERY).step_by(EVERY).filter(|v| key != "topology" || !v.is_null()) {
                let mut body: serde_json::Map<String, Value> = keys.keys().filter_map(|k| Some((k.clone(), plain.get(k)?.clone()))).collect();
                body.insert(key.clone(), value.clone());
                let (status, text) = server.post(question, &Value::Object(body));
                assert!(status < 500, "{question} {key} = {value}: {status} {text}");
            }
        }
    }
    for deep in ["a = ".to_owned() + &"[".repeat(60_000), vec!["a"; 60_000].join(".") + " = 1", format!("[{}]", vec!["a"; 60_000].join("."))] {
        assert_eq!(server.post("range", &json!({ "cars": [{ "toml": deep }] })).0, 400);
    }
    for (path, body) in [
        ("fleet/adoption", json!({ "place": "CN", "until": i32::MAX, "to": i32::MAX })),
        ("market", json!({ "place": "CN", "from": "0001-01", "to": "9999-12", "by": "month" })),
        ("age", json!({ "cell": "x", "years": 4_000_000_000_u32 })),
    ] {
        assert_eq!(server.post(path, &body).0, 400, "{path} {body}");
    }
    assert_eq!(server.ask("GET", "/api/1/info", "").0, 200);
}

#[test]
fn a_job_of_draws_ends_with_the_same_answer() {
    let server = Server::new();
    let body = json!({ "cars": ["vw-id3-58"], "samples": 20 });
    let (status, taken) = server.post("jobs/assess", &body);
    assert_eq!(status, 202);
    let id = serde_json::from_str::<Value>(&taken).unwrap()["id"].as_str().unwrap().to_owned();
    let begin = Instant::now();
    let job = loop {
        let job = server.json(&format!("jobs/{id}"));
        if job["state"] != "running" {
            break job;
        }
        assert!(begin.elapsed() < Duration::from_mins(2), "{job}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(job["state"], "done");
    assert_eq!(job["result"], serde_json::from_str::<Value>(&server.post("assess", &body).1).unwrap());
    let (_, taken) = server.post("jobs/assess", &json!({ "cars": ["vw-id3-58"], "samples": 10_000 }));
    let id = serde_json::from_str::<Value>(&taken).unwrap()["id"].as_str().unwrap().to_owned();
    let (_, text) = server.ask("DELETE", &format!("/api/1/jobs/{id}"), "");
    assert!(text.contains("\"cancelled\""), "{text}");
}

#[cfg(unix)]
#[test]
fn the_server_ends_when_the_system_asks() {
    let mut server = Server::new();
    let asked = std::process::Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            break status;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "the server goes on");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
}
