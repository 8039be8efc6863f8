//! `exchange` as an operator calls it: a host from its first start, a client, refusals, and a host that is killed.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests run processes and fail by panicking")]

mod program;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minewheel_exchange::client::{Client, ClientError, Trust};
use program::{command, repository, run_in, scratch, write};
use serde_json::{Value, json};

fn footprint(n: usize) -> Value {
    json!({
        "id": format!("00000000-0000-4000-8000-{n:012x}"), "specVersion": "3.0.0", "created": "2025-01-15T10:00:00Z", "status": "Active",
        "companyName": "Cathode Works", "companyIds": ["urn:pact:example.com:company:works"], "productDescription": "",
        "productIds": [format!("urn:pact:example.com:product:{n}")], "productNameCompany": "LFP-1",
        "pcf": {
            "declaredUnitOfMeasurement": "kilogram", "declaredUnitAmount": "1", "productMassPerDeclaredUnit": "1",
            "referencePeriodStart": "2024-01-01T00:00:00Z", "referencePeriodEnd": "2025-01-01T00:00:00Z", "geographyCountry": "CN",
            "pcfExcludingBiogenicUptake": "7.310", "pcfIncludingBiogenicUptake": "7.310", "fossilGhgEmissions": "7.3",
            "fossilCarbonContent": "0", "ipccCharacterizationFactors": ["AR6"], "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": "0", "primaryDataShare": "62.5"
        }
    })
}

fn id(n: usize) -> String {
    footprint(n)["id"].as_str().unwrap().to_owned()
}

/// Data of an order on the store of a folder that must end well.
fn order(folder: &Path, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["exchange"].into_iter().chain(arguments.iter().copied()).collect();
    let answer = run_in(folder, &all);
    assert_eq!(answer.code, 0, "minewheel {}: {}", all.join(" "), answer.remarks);
    answer.data
}

/// A folder with a store in it: tenant `works` with two footprints, tenant `maker`, the first footprint granted.
fn store(name: &str) -> PathBuf {
    let folder = scratch(name);
    write(&folder.join("pcf.json"), Value::from(vec![footprint(1), footprint(2)]).to_string());
    order(&folder, &["tenant", "add", "works", "Cathode Works"]);
    order(&folder, &["tenant", "add", "maker", "Car Maker"]);
    order(&folder, &["import", "pcf.json", "--tenant", "works"]);
    order(&folder, &["grant", "works", "maker", "--footprint", &id(1)]);
    folder
}

/// Credentials of a tenant, with the secret in a file.
fn credentials(folder: &Path, tenant: &str) -> (String, String) {
    let made: Value = serde_json::from_str(&order(folder, &["token", "issue", tenant, "--format", "json"])).unwrap();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    write(&folder.join(format!("{tenant}.secret")), format!("{}\n", text("client_secret")));
    (text("client_id"), text("client_secret"))
}

/// A host in its own process.
struct Host {
    child: Child,
    url: String,
}

impl Host {
    fn start(folder: &Path) -> Self {
        let arguments = ["exchange", "serve", "--listen", "127.0.0.1:0", "--rate", "0", "--log", "json", "--log-level", "info"];
        let mut child = command(folder, &arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line: Value = serde_json::from_str(&log.next().unwrap().unwrap()).unwrap();
            if line["message"] == "listening" {
                break line["url"].as_str().unwrap().to_owned();
            }
        };
        // The log is read to its end, or the host would wait for a reader.
        std::thread::spawn(move || log.for_each(drop));
        Self { child, url }
    }

    fn client(&self, (id, secret): &(String, String)) -> Client {
        Client::new(&self.url, id, secret, &Trust::load(None).unwrap(), Duration::from_secs(20)).unwrap()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_host_is_filled_granted_and_listed_from_the_command_line() {
    let folder = store("exchange-lists");
    insta::assert_snapshot!("exchange-tenants-table", order(&folder, &["tenant", "list"]));
    let tenants: Value = serde_json::from_str(&order(&folder, &["tenant", "list", "--format", "json"])).unwrap();
    insta::assert_json_snapshot!("exchange-tenants-json", tenants);
    let again: Value = serde_json::from_str(&order(&folder, &["import", "pcf.json", "--tenant", "works", "--format", "json"])).unwrap();
    assert_eq!(again, json!({ "published": 0, "there": 2, "from_version_2": 0 }));
    insta::assert_snapshot!("exchange-import-table", order(&folder, &["import", "pcf.json", "--tenant", "works"]));
    assert_eq!(order(&folder, &["grant", "works", "maker", "--format", "csv"]), "granted\n1\n");
    assert_eq!(order(&folder, &["grant", "works", "maker", "--withdraw", "--format", "json"]).trim(), "{\n  \"withdrawn\": 2\n}");
    let audit: Value = serde_json::from_str(&order(&folder, &["audit", "--format", "json"])).unwrap();
    let actions: Vec<&str> = audit.as_array().unwrap().iter().map(|l| l["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["grant.withdraw", "grant", "grant", "publish", "publish", "tenant.add", "tenant.add"]);
}

#[test]
fn a_client_lists_gets_and_publishes_over_http() {
    let folder = store("exchange-client");
    let (works, maker) = (credentials(&folder, "works"), credentials(&folder, "maker"));
    let host = Host::start(&folder);
    let call = |who: &str, client: &(String, String), words: &[&str]| {
        let secret = format!("{who}.secret");
        let all: Vec<&str> = ["client"].into_iter().chain(words.iter().copied()).collect();
        order(&folder, &[&all[..], &["--url", &host.url, "--client-id", &client.0, "--secret-file", &secret]].concat())
    };
    insta::assert_snapshot!("exchange-client-list-table", call("maker", &maker, &["list", "geography=CN"]));
    let all = call("works", &works, &["list", "limit=1", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&all).unwrap(), json!([footprint(1), footprint(2)]));
    assert_eq!(call("maker", &maker, &["get", &id(1)]), format!("{}\n", footprint(1)));
    write(&folder.join("three.json"), footprint(3).to_string());
    assert!(call("works", &works, &["publish", "three.json"]).contains("\"is_new\":true"));
    assert_eq!(call("works", &works, &["grant", "maker"]).trim(), "{\"granted\":2}");
    assert_eq!(call("maker", &maker, &["list", "--format", "csv"]).lines().count(), 4);
    host.kill();
}

#[test]
fn the_footprint_of_a_pack_is_written_imported_and_read_as_it_was_written() {
    let folder = store("exchange-pcf");
    let id = "079e425a-464f-528d-341d-4a944a1dfd70";
    let written = order(
        &folder,
        &[
            "pcf",
            "vw-id3-58",
            "--company",
            "Pack Works",
            "--company-id",
            "urn:pact:example.com:company:packs",
            "--product-id",
            "urn:pact:example.com:product:id3-58",
            "--standard",
            "ISO14067",
            "--fossil-carbon",
            "35",
            "--id",
            id,
            "--created",
            "2026-01-15T10:00:00Z",
        ],
    );
    insta::assert_snapshot!("exchange-pcf", written);
    // By the origin of their carbon, and by stage, emissions add up to the whole.
    let document: Value = serde_json::from_str(&written).unwrap();
    let sum = |place: &Value, names: &[&str]| names.iter().map(|n| place[*n].as_str().unwrap().parse::<f64>().unwrap()).sum::<f64>();
    let total = sum(&document["pcf"], &["pcfExcludingBiogenicUptake"]);
    let by_origin = sum(&document["pcf"], &["fossilGhgEmissions", "biogenicNonCO2Emissions", "landUseChangeGhgEmissions"]);
    let by_stage = sum(&document["extensions"][0]["data"], &["rawMaterialsKgCo2e", "productionKgCo2e"]);
    assert!((by_origin - total).abs() < 0.01 && (by_stage - total).abs() < 0.01, "{document}");
    write(&folder.join("pack.json"), &written);
    order(&folder, &["import", "pack.json", "--tenant", "works"]);
    order(&folder, &["grant", "works", "maker", "--footprint", id]);
    let host = Host::start(&folder);
    let kept = host.client(&credentials(&folder, "maker")).footprint(id).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), document);
    host.kill();
}

#[test]
fn what_cannot_be_is_refused_with_code_and_help() {
    let folder = store("exchange-refused");
    let mut bad = footprint(3);
    bad["pcf"]["declaredUnitOfMeasurement"] = json!("kg");
    bad["pcf"]["fossilGhgEmissions"] = json!(7.3);
    write(&folder.join("bad.json"), bad.to_string());
    write(&folder.join("secret"), "s");
    let refused = |name: &str, arguments: &[&str]| {
        let all: Vec<&str> = ["exchange"].into_iter().chain(arguments.iter().copied()).collect();
        let answer = run_in(&folder, &all);
        assert_eq!((answer.code, answer.data.as_str()), (2, ""), "{arguments:?}");
        insta::assert_snapshot!(name, answer.remarks);
    };
    refused("exchange-typo-tenant", &["import", "pcf.json", "--tenant", "wroks"]);
    refused("exchange-typo-command", &["serv"]);
    refused("exchange-faults", &["import", "bad.json", "--tenant", "works"]);
    refused("exchange-tenant-there", &["tenant", "add", "works", "Another"]);
    refused("exchange-tenant-id", &["tenant", "add", "Cathode Works", "Another"]);
    refused("exchange-not-owned", &["grant", "maker", "works", "--footprint", &id(1)]);
    refused("exchange-store", &["tenant", "list", "--store", "nowhere/exchange.db"]);
    refused("exchange-plain", &["serve", "--listen", "0.0.0.0:0"]);
    refused("exchange-no-peer", &["request", "ask", "maker", "works", "--product", "urn:pact:example.com:product:1"]);
    refused("exchange-no-request", &["request", "reject", "7", "no"]);
    refused("exchange-clear", &["client", "list", "--url", "http://example.com", "--client-id", "x", "--secret-file", "secret"]);
}

#[test]
fn a_programme_rolled_up_from_footprints_that_went_through_two_hosts_is_that_of_the_folder() {
    let chain = repository().join("examples/12_green_chain/chain");
    let reported = std::fs::read_to_string(chain.join("footprints/reported.json")).unwrap();
    let [theirs, ours] = ["exchange-chain-suppliers", "exchange-chain-maker"].map(scratch);
    let mut clients = Vec::new();
    for (folder, publisher) in [(&theirs, "works"), (&ours, "maker")] {
        order(folder, &["tenant", "add", publisher, "Publisher"]);
        order(folder, &["tenant", "add", "reader", "Reader"]);
        order(folder, &["grant", publisher, "reader"]);
        clients.push([publisher, "reader"].map(|tenant| credentials(folder, tenant)));
    }
    let hosts = [Host::start(&theirs), Host::start(&ours)];
    let (mut text, sent) = (reported.clone(), serde_json::from_str::<Value>(&reported).unwrap());
    // Pushed to the suppliers' host, pulled from it, pushed to the maker's own, pulled again.
    for (host, [publisher, reader]) in hosts.iter().zip(&clients) {
        host.client(publisher).publish(&text).unwrap();
        let mut pulled = Vec::new();
        host.client(reader)
            .list_all(&[], |footprint| {
                pulled.push(footprint);
                Ok::<_, ClientError>(())
            })
            .unwrap();
        assert_eq!(pulled.len(), sent.as_array().unwrap().len());
        text = format!("[{}]", pulled.join(","));
    }
    let programme = scratch("exchange-chain-programme");
    for file in ["programme.toml", "suppliers.csv", "supplies.csv", "measures.csv"] {
        write(&programme.join(file), std::fs::read_to_string(chain.join(file)).unwrap());
    }
    write(&programme.join("pulled/all.json"), text);
    let rolled_up = |words: &[&str]| {
        let answer = run_in(&programme, &[&["suppliers", "rollup"], words, &["--format", "json"]].concat());
        assert_eq!(answer.code, 0, "{}", answer.remarks);
        serde_json::from_str::<Value>(&answer.data).unwrap()
    };
    let of_folder = rolled_up(&[&chain.display().to_string()]);
    assert!(of_folder["primary_data_share"].as_f64().unwrap() > 0.0);
    assert_eq!(rolled_up(&[".", "--footprints", "pulled"]), of_folder);
    assert_ne!(rolled_up(&["."]), of_folder, "without what was pulled");
    hosts.into_iter().for_each(Host::kill);
}

/// Footprints that are written at once.
const WRITES: usize = 1000;
/// Writers.
const WRITERS: usize = 50;
/// Acknowledged writes after which the host is killed.
const KILLED_AFTER: usize = 300;

#[test]
fn a_host_killed_in_the_midst_of_writes_has_every_write_that_it_acknowledged() {
    let folder = scratch("exchange-killed");
    order(&folder, &["tenant", "add", "works", "Cathode Works"]);
    let works = credentials(&folder, "works");
    let host = Host::start(&folder);
    let client = Arc::new(host.client(&works));
    client.list(&[]).unwrap();
    let (acknowledged, count) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (client, acknowledged, count) = (Arc::clone(&client), Arc::clone(&acknowledged), Arc::clone(&count));
            std::thread::spawn(move || {
                for n in (writer..WRITES).step_by(WRITERS) {
                    if client.publish(&footprint(n).to_string()).is_err() {
                        return;
                    }
                    acknowledged.lock().unwrap().push(n);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while count.load(Ordering::SeqCst) < KILLED_AFTER {
        std::thread::yield_now();
    }
    host.kill();
    for writer in writers {
        writer.join().unwrap();
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!((KILLED_AFTER..WRITES).contains(&acknowledged.len()), "{} acknowledged", acknowledged.len());

    let host = Host::start(&folder);
    let client = host.client(&works);
    for n in &acknowledged {
        assert_eq!(client.footprint(&id(*n)).unwrap(), footprint(*n).to_string(), "{n} was acknowledged");
    }
    // What was not acknowledged is there whole or not at all, and writing all again adds what was missing.
    let mut before = 0;
    client
        .list_all(&[], |text| {
            let seen: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(seen["companyName"], "Cathode Works");
            before += 1;
            Ok::<_, ClientError>(())
        })
        .unwrap();
    assert!((acknowledged.len()..=WRITES).contains(&before));
    for chunk in (0..WRITES).collect::<Vec<_>>().chunks(250) {
        client.publish(&Value::from(chunk.iter().map(|n| footprint(*n)).collect::<Vec<_>>()).to_string()).unwrap();
    }
    let tenants: Value = serde_json::from_str(&order(&folder, &["tenant", "list", "--format", "json"])).unwrap();
    assert_eq!(tenants[0]["footprints"], WRITES);
    host.kill();
}
