//! The specification's demands on a host, one by one, over HTTP.
//!
//! Written from the PACT Technical Specifications 3.0.3 (authentication, `ListFootprints`, `GetFootprint`, `Events`, error
//! responses), not from any other suite.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use minewheel_exchange::operator::Operator;
use minewheel_exchange::server::Host;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use support::{Folder, Scene, certificate, client, event, footprint, id, options, until};

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn credentials_give_a_token_and_wrong_ones_do_not() {
    let scene = Scene::new();
    let form = "application/x-www-form-urlencoded";
    let grant = "grant_type=client_credentials";
    let answer = scene.post("/auth/token", Some(&support::basic(&scene.maker)), form, grant);
    assert_eq!(answer.status, 200);
    assert!(answer.json()["token_type"].as_str().unwrap().eq_ignore_ascii_case("bearer"));
    assert_eq!(answer.json()["expires_in"], 3600);
    let mut wrong = scene.maker.clone();
    wrong.client_secret = "wrong".to_owned();
    let mut unknown = scene.maker.clone();
    unknown.client_id = "nobody".to_owned();
    for header in [Some(support::basic(&wrong)), Some(support::basic(&unknown)), Some("Basic ???".to_owned()), None] {
        let answer = scene.post("/auth/token", header.as_deref(), form, grant);
        assert_eq!((answer.status, answer.json()["error"].clone()), (401, json!("invalid_client")));
    }
    let answer = scene.post("/auth/token", Some(&support::basic(&scene.maker)), form, "grant_type=password");
    assert_eq!((answer.status, answer.json()["error"].clone()), (400, json!("unsupported_grant_type")));
    let in_body = format!("{grant}&client_id={}&client_secret={}", scene.maker.client_id, scene.maker.client_secret);
    assert_eq!(scene.post("/auth/token", None, form, &in_body).status, 200);
}

#[test]
fn the_address_of_tokens_is_discovered() {
    let scene = Scene::new();
    let found = scene.get("/.well-known/openid-configuration", None).json();
    assert_eq!(found["token_endpoint"], format!("{}/auth/token", scene.host.url()));
    assert_eq!(found["issuer"], scene.host.url());
}

#[test]
fn every_action_wants_a_token_that_is_known_and_has_not_ended() {
    let folder = Folder::new();
    let store = folder.path("exchange.db");
    // A token that lasts no time has ended when it comes back.
    let scene = Scene::on(folder, &store, |o| o.token_seconds = 0);
    let ended = bearer(&scene.token(&scene.maker));
    let one = format!("/3/footprints/{}", id(1));
    let published = event("PublishedEvent", "e1", json!({ "pfIds": [id(1)] })).to_string();
    for (header, code) in
        [(Some("Bearer nonsense"), "BadRequest"), (Some("Basic abc"), "BadRequest"), (None, "BadRequest"), (Some(&*ended), "TokenExpired")]
    {
        for path in ["/3/footprints", &one] {
            let answer = scene.get(path, header);
            assert!(answer.is_error(401, code), "{path} {header:?}: {} {}", answer.status, answer.body);
        }
        for path in ["/3/events", "/minewheel/footprints", "/minewheel/grants"] {
            let answer = scene.post(path, header, "application/cloudevents+json", &published);
            assert!(answer.is_error(401, code), "{path} {header:?}: {} {}", answer.status, answer.body);
        }
    }
}

#[test]
fn a_revoked_client_is_out_at_once() {
    let scene = Scene::new();
    let token = bearer(&scene.token(&scene.maker));
    assert_eq!(scene.get("/3/footprints", Some(&token)).status, 200);
    scene.operator.revoke_client(&scene.maker.client_id).unwrap();
    assert!(scene.get("/3/footprints", Some(&token)).is_error(401, "BadRequest"));
    assert!(scene.client(&scene.maker).list(&[]).is_err());
}

#[test]
fn a_footprint_comes_back_exactly_as_it_was_published() {
    let scene = Scene::new();
    let text = footprint(1).to_string();
    let answer = scene.get(&format!("/3/footprints/{}", id(1)), Some(&bearer(&scene.token(&scene.maker))));
    assert_eq!((answer.status, answer.body), (200, format!("{{\"data\":{text}}}")));
    assert_eq!(scene.client(&scene.maker).footprint(&id(1).to_uppercase()).unwrap(), text);
}

#[test]
fn what_was_not_granted_is_neither_listed_nor_read() {
    let scene = Scene::new();
    let token = bearer(&scene.token(&scene.maker));
    assert_eq!(scene.get("/3/footprints", Some(&token)).ids(), [id(1), id(2)]);
    assert!(scene.get(&format!("/3/footprints/{}", id(3)), Some(&token)).is_error(403, "AccessDenied"));
    assert!(scene.get(&format!("/3/footprints/{}", id(9)), Some(&token)).is_error(404, "NotFound"));
    assert!(scene.get("/3/footprints/9", Some(&token)).is_error(400, "BadRequest"));
    let owner = bearer(&scene.token(&scene.works));
    assert_eq!(scene.get("/3/footprints", Some(&owner)).ids(), [id(1), id(2), id(3)]);
    scene.operator.withdraw("works", "maker", &[id(1)]).unwrap();
    assert_eq!(scene.get("/3/footprints", Some(&token)).ids(), [id(2)]);
    assert!(scene.get(&format!("/3/footprints/{}", id(1)), Some(&token)).is_error(403, "AccessDenied"));
}

#[test]
fn pages_are_no_longer_than_asked_and_lead_on_to_the_end() {
    let scene = Scene::new();
    let token = bearer(&scene.token(&scene.works));
    let mut path = "/3/footprints?limit=2&geography=CN".to_owned();
    let mut seen = Vec::new();
    loop {
        let answer = scene.get(&path, Some(&token));
        assert!(answer.ids().len() <= 2);
        seen.extend(answer.ids());
        let Some(link) = answer.link else { break };
        // The link is absolute, on the host that was asked, and may be followed twice.
        let target = link.strip_prefix('<').unwrap().split_once(">; rel=\"next\"").unwrap().0.to_owned();
        path = target.strip_prefix(scene.host.url()).unwrap().to_owned();
        assert_eq!(scene.get(&path, Some(&token)).ids(), scene.get(&path, Some(&token)).ids());
    }
    assert_eq!(seen, [id(1), id(2), id(3)]);
    let all = scene.get("/3/footprints?limit=3", Some(&token));
    assert_eq!((all.ids().len(), all.link), (3, None));
    let none = scene.get("/3/footprints?limit=0", Some(&token));
    assert!(none.ids().is_empty() && none.link.is_some_and(|l| !l.contains("limit=0")));
    for wrong in ["-1", "x", "1.5", ""] {
        assert!(scene.get(&format!("/3/footprints?limit={wrong}"), Some(&token)).is_error(400, "BadRequest"), "{wrong}");
    }
}

#[test]
fn filters_join_criteria_by_and_and_values_by_or_without_regard_to_case() {
    let scene = Scene::new();
    let mut other = footprint(4);
    other["pcf"]["geographyCountry"] = json!("DE");
    other["companyIds"] = json!(["urn:pact:example.com:company:other"]);
    other["productClassifications"] = json!(["urn:pact:productclassification:un-cpc:41516"]);
    other["status"] = json!("Deprecated");
    let fields = other.as_object_mut().unwrap();
    fields.remove("validityPeriodStart");
    fields.remove("validityPeriodEnd");
    scene.operator.import("works", &other.to_string()).unwrap();
    let token = bearer(&scene.token(&scene.works));
    let all = ["1", "2", "3", "4"];
    let cases: [(&str, &[&str]); 22] = [
        ("productId=urn:pact:example.com:product:1", &["1"]),
        ("productId=URN:PACT:EXAMPLE.COM:PRODUCT:1&productId=urn:pact:example.com:product:4", &["1", "4"]),
        ("productid=urn:pact:example.com:product:2", &["2"]),
        ("companyId=urn:pact:example.com:company:other", &["4"]),
        ("geography=DE", &["4"]),
        ("geography=de&geography=cn", &all),
        ("geography=XX", &[]),
        ("classification=urn:pact:productclassification:un-cpc:34231", &["1", "2", "3"]),
        ("status=active", &["1", "2", "3"]),
        ("status=Deprecated", &["4"]),
        ("status=Nonsense", &[]),
        ("geography=DE&productId=urn:pact:example.com:product:1", &[]),
        ("geography=DE&productId=urn:pact:example.com:product:4", &["4"]),
        ("validOn=2025-01-01T00:00:00Z", &all),
        ("validOn=2028-01-01T00:00:00Z", &["4"]),
        ("validOn=2025-01-01T01:00:00+01:00", &all),
        ("validOn=2024-12-31T23:59:59Z", &[]),
        ("validAfter=2024-12-31T23:59:59Z", &all),
        ("validAfter=2025-01-01T00:00:00Z", &[]),
        ("validBefore=2028-01-01T00:00:00Z", &["1", "2", "3"]),
        ("validBefore=2028-01-01T00:00:01Z", &all),
        ("x-other-invoice=7", &all),
    ];
    for (query, wanted) in cases {
        let answer = scene.get(&format!("/3/footprints?{query}"), Some(&token));
        let wanted: Vec<String> = wanted.iter().map(|n| id(n.parse().unwrap())).collect();
        assert_eq!(answer.ids(), wanted, "{query}");
    }
    for query in ["validOn=yesterday", "validAfter=2025", "color=red", "productId=%00"] {
        assert!(scene.get(&format!("/3/footprints?{query}"), Some(&token)).is_error(400, "BadRequest"), "{query}");
    }
    assert!(scene.get("/3/footprints?$filter=x", Some(&token)).is_error(400, "NotImplemented"));
}

#[test]
fn a_footprint_is_superseded_and_never_changed() {
    let scene = Scene::new();
    let works = scene.client(&scene.works);
    let mut changed = footprint(1);
    changed["companyName"] = json!("Another");
    assert!(works.publish(&changed.to_string()).unwrap_err().to_string().contains("new id"));
    assert!(works.publish(&footprint(1).to_string()).unwrap().contains("\"is_new\":false"));
    changed["id"] = json!(id(5));
    changed["precedingPfIds"] = json!([id(1), id(77)]);
    assert!(works.publish(&changed.to_string()).unwrap().contains("\"is_new\":true"));
    let old: Value = serde_json::from_str(&works.footprint(&id(1)).unwrap()).unwrap();
    let mut wanted = footprint(1);
    wanted["status"] = json!("Deprecated");
    assert_eq!(old, wanted);
    // The owner may say it again, in its first words.
    assert!(works.publish(&footprint(1).to_string()).unwrap().contains("\"is_new\":false"));
    // Nobody else may take the place of it.
    let maker = scene.client(&scene.maker);
    let mut theft = footprint(6);
    theft["precedingPfIds"] = json!([id(2)]);
    maker.publish(&theft.to_string()).unwrap();
    assert!(maker.footprint(&id(2)).unwrap().contains("\"Active\""));
    assert!(maker.publish(&footprint(2).to_string()).is_err());
}

#[test]
fn events_that_are_not_events_are_refused_with_the_code_of_the_specification() {
    let scene = Scene::new();
    let token = scene.token(&scene.maker);
    let good = event("PublishedEvent", "e1", json!({ "pfIds": [id(1)] }));
    assert_eq!(scene.event(&token, &good).status, 200);
    assert!(scene.event(&token, &good).body.is_empty());
    let mut wrong: Vec<Value> = ["type", "specversion", "id", "source", "time", "data"]
        .iter()
        .map(|name| {
            let mut event = good.clone();
            event.as_object_mut().unwrap().remove(*name);
            event
        })
        .collect();
    wrong.extend([
        event("PublishedEvent", "e2", json!({ "pfIds": ["urn:gtin:4712345060507"] })),
        event("PublishedEvent", "e2", json!({ "pfIds": [] })),
        event("PublishedEvent", "e2", json!({})),
        event("RequestCreatedEvent", "e2", json!({ "comment": "please" })),
        event("RequestCreatedEvent", "e2", json!({ "productId": [1] })),
        event("RequestFulfilledEvent", "e2", json!({ "requestEventId": "r", "pfs": [] })),
        event("RequestFulfilledEvent", "e2", json!({ "requestEventId": "r", "pfs": [{}] })),
        event("RequestRejectedEvent", "e2", json!({ "requestEventId": "r", "error": "no" })),
        event("SomethingElse", "e2", json!({})),
        // An answer to a question that nobody asked.
        event("RequestFulfilledEvent", "e2", json!({ "requestEventId": "r", "pfs": [footprint(8)] })),
        event("RequestRejectedEvent", "e2", json!({ "requestEventId": "r", "error": { "code": "NotFound", "message": "no" } })),
        // A question whose answer has nowhere to go.
        event("RequestCreatedEvent", "e2", json!({ "productId": ["urn:pact:example.com:product:1"] })),
    ]);
    for event in wrong {
        let answer = scene.event(&token, &event);
        assert!(answer.is_error(400, "BadRequest"), "{event}: {} {}", answer.status, answer.body);
    }
    let answer = scene.post("/3/events", Some(&bearer(&token)), "text/plain", &good.to_string());
    assert!(answer.is_error(415, "BadRequest"));
}

#[test]
fn long_bodies_wrong_methods_and_unknown_addresses_are_told_so() {
    let scene = Scene::new();
    let token = bearer(&scene.token(&scene.works));
    let long = format!("[{}]", "1,".repeat(200_000));
    for path in ["/3/events", "/minewheel/footprints", "/minewheel/grants"] {
        assert!(scene.post(path, Some(&token), "application/json", &long).is_error(413, "BadRequest"), "{path}");
    }
    assert!(scene.post("/3/footprints", Some(&token), "application/json", "{}").is_error(405, "BadRequest"));
    assert!(scene.get("/3/nothing", Some(&token)).is_error(404, "NotFound"));
    assert_eq!(scene.get("/health", None).json()["status"], "ok");
    assert_eq!(scene.get("/openapi.json", None).json()["info"]["title"], "Minewheel exchange");
}

#[test]
fn a_client_that_asks_too_often_waits_and_the_others_do_not() {
    let folder = Folder::new();
    let store = folder.path("exchange.db");
    let scene = Scene::on(folder, &store, |o| o.rate = 1);
    let (maker, works) = (bearer(&scene.token(&scene.maker)), bearer(&scene.token(&scene.works)));
    let statuses: Vec<u16> = (0..6).map(|_| scene.get("/3/footprints", Some(&maker)).status).collect();
    assert!(statuses.contains(&429) && statuses[0] == 200, "{statuses:?}");
    assert!(scene.get("/3/footprints", Some(&maker)).is_error(429, "BadRequest"));
    assert_eq!(scene.get("/3/footprints", Some(&works)).status, 200);
}

#[test]
fn hostile_bodies_and_questions_get_a_4xx_and_never_a_5xx() {
    let scene = Scene::new();
    let token = bearer(&scene.token(&scene.works));
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let paths = ["/3/events", "/minewheel/footprints", "/minewheel/grants"];
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"id\"",
        "\"data\"",
        "\"pcf\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "1e999",
        "-0",
        "null",
        "\"tenant\"",
        "\"footprints\"",
        "\"type\"",
        "\"specversion\"",
        "\"1.0\"",
        "\"org.wbcsd.pact.ProductFootprint.PublishedEvent.3\"",
        "ü",
        "\\",
        " ",
    ]);
    let bodies = prop::collection::vec(pieces, 0..40).prop_map(|p| p.concat());
    let outcome = runner.run(&(prop::sample::select(paths.to_vec()), bodies), |(path, body)| {
        let answer = scene.post(path, Some(&token), "application/json", &body);
        prop_assert!((400..500).contains(&answer.status), "{path} {body}: {}", answer.status);
        prop_assert!(answer.json()["code"].is_string());
        Ok(())
    });
    outcome.unwrap();
    let names = ["limit", "productId", "geography", "validOn", "validAfter", "status", "x-minewheel-after", "%00", "$filter", "a%ff"];
    let questions = (prop::sample::select(names.to_vec()), "[ -~]{0,30}");
    let outcome = runner.run(&questions, |(name, value)| {
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let answer = scene.get(&format!("/3/footprints?{name}={value}"), Some(&token));
        prop_assert!(answer.status == 200 || answer.status == 400, "{name}={value}: {}", answer.status);
        Ok(())
    });
    outcome.unwrap();
    let deep = "[".repeat(100_000);
    assert!(scene.post("/minewheel/footprints", Some(&token), "application/json", &deep).is_error(400, "BadRequest"));
}

/// Two hosts, each the other's peer: `works` on the first, `maker` on the second, and each a tenant of both.
struct Pair {
    a: Host,
    b: Host,
    at_a: Operator,
    at_b: Operator,
    a_folder: Folder,
    _b_folder: Folder,
}

impl Pair {
    fn new() -> Self {
        let (a_folder, b_folder) = (Folder::new(), Folder::new());
        let (tls, ca) = (Some(certificate()), Some(certificate().0));
        let start = |folder: &Folder| {
            let store = folder.path("exchange.db");
            let operator = Operator::open(&store).unwrap();
            operator.add_tenant("works", "Cathode Works").unwrap();
            operator.add_tenant("maker", "Car Maker").unwrap();
            let mut options = options(folder, &store);
            (options.tls, options.ca_file) = (tls.clone(), ca.clone());
            (operator, Host::start(options).unwrap())
        };
        let ((at_a, a), (at_b, b)) = (start(&a_folder), start(&b_folder));
        let works_at_b = at_b.add_client("works").unwrap();
        let maker_at_a = at_a.add_client("maker").unwrap();
        let key = |folder: &Folder| std::path::PathBuf::from(folder.path("exchange.key"));
        at_a.set_peer("maker", b.url(), &works_at_b.client_id, &works_at_b.client_secret, &key(&a_folder)).unwrap();
        at_b.set_peer("works", a.url(), &maker_at_a.client_id, &maker_at_a.client_secret, &key(&b_folder)).unwrap();
        Self { a, b, at_a, at_b, a_folder, _b_folder: b_folder }
    }

    fn state_at_b(&self, event: &str) -> String {
        self.at_b.requests().unwrap().into_iter().find(|r| r.event == event).map(|r| r.state).unwrap_or_default()
    }
}

#[test]
fn a_request_is_fulfilled_over_tls_and_the_footprint_arrives_at_the_asker() {
    let pair = Pair::new();
    pair.at_a.import("works", &footprint(1).to_string()).unwrap();
    pair.at_a.grant("works", "maker", &[id(1)]).unwrap();
    let criteria = json!({ "productId": ["urn:pact:example.com:product:1"], "comment": "for 2025" });
    let request = pair.at_b.ask("maker", "works", &criteria, &format!("{}/3/events", pair.b.url())).unwrap();
    until("the request is fulfilled", || pair.state_at_b(&request) == "fulfilled");
    // The maker reads at home what the works sent.
    let maker = pair.at_b.add_client("maker").unwrap();
    let at_home = client(pair.b.url(), &maker, Some(&certificate().0));
    assert_eq!(at_home.footprint(&id(1)).unwrap(), footprint(1).to_string());
    assert_eq!(pair.at_a.requests().unwrap()[0].state, "fulfilled");
}

#[test]
fn a_request_for_nothing_is_rejected_and_one_for_something_not_granted_waits_for_the_grant() {
    let pair = Pair::new();
    pair.at_a.import("works", &footprint(1).to_string()).unwrap();
    let ask = |product: &str| pair.at_b.ask("maker", "works", &json!({ "productId": [product] }), &format!("{}/3/events", pair.b.url())).unwrap();
    let (nothing, waiting) = (ask("urn:pact:null"), ask("urn:pact:example.com:product:1"));
    until("the request for nothing is rejected", || pair.state_at_b(&nothing) == "rejected");
    let rejected = pair.at_b.requests().unwrap().into_iter().find(|r| r.event == nothing).unwrap();
    assert!(rejected.answer.unwrap().contains("NotFound"));
    assert_eq!(pair.state_at_b(&waiting), "open");
    pair.at_a.grant("works", "maker", &[id(1)]).unwrap();
    until("the request is fulfilled after the grant", || pair.state_at_b(&waiting) == "fulfilled");
}

#[test]
fn an_operator_refuses_a_request_and_announces_a_footprint() {
    let pair = Pair::new();
    pair.at_a.import("works", &footprint(1).to_string()).unwrap();
    let source = format!("{}/3/events", pair.b.url());
    let request = pair.at_b.ask("maker", "works", &json!({ "geography": ["CN"] }), &source).unwrap();
    until("the request has come", || !pair.at_a.requests().unwrap().is_empty());
    let number = pair.at_a.requests().unwrap()[0].number.unwrap();
    pair.at_a.reject(number, "not this year", &format!("{}/3/events", pair.a.url())).unwrap();
    until("the refusal has come", || pair.state_at_b(&request) == "rejected");
    assert!(pair.at_a.reject(number, "again", "x").is_err());
    pair.at_a.grant("works", "maker", &[]).unwrap();
    assert_eq!(pair.at_a.announce("works", &[id(1)], &format!("{}/3/events", pair.a.url())).unwrap(), 1);
    until("the announcement has come", || pair.at_b.audit(100).unwrap().iter().any(|l| l.action == "event" && l.outcome.contains("PublishedEvent")));
}

#[test]
fn an_announced_footprint_is_fetched_and_read_at_home_by_those_who_may() {
    let pair = Pair::new();
    pair.at_a.import("works", &json!([footprint(1), footprint(2)]).to_string()).unwrap();
    pair.at_a.grant("works", "maker", &[]).unwrap();
    pair.at_b.add_tenant("other", "Other Maker").unwrap();
    pair.at_b.grant("works", "maker", &[]).unwrap();
    let [maker, other] = ["maker", "other"].map(|t| client(pair.b.url(), &pair.at_b.add_client(t).unwrap(), Some(&certificate().0)));
    let source = format!("{}/3/events", pair.a.url());
    pair.at_a.announce("works", &[id(1), id(2)], &source).unwrap();
    until("both are here", || maker.list(&[]).unwrap().texts.len() == 2);
    assert_eq!(maker.footprint(&id(1)).unwrap(), footprint(1).to_string());
    assert!(other.list(&[]).unwrap().texts.is_empty() && other.footprint(&id(1)).is_err());
    // A footprint that was withdrawn from use is announced again.
    pair.at_a.deprecate("works", &id(1)).unwrap();
    pair.at_a.announce("works", &[id(1)], &source).unwrap();
    until("it is deprecated here", || maker.footprint(&id(1)).unwrap().contains("\"Deprecated\""));
    assert_eq!(maker.footprint(&id(2)).unwrap(), footprint(2).to_string());
    let log = pair.at_b.audit(100).unwrap();
    let has = |object: &str, outcome: &str| log.iter().any(|l| l.action == "footprint.fetch" && l.object == object && l.outcome == outcome);
    assert!(has(&id(1), "stored from works") && has(&id(1), "deprecated from works") && has(&id(2), "stored from works"), "{log:?}");
}

#[test]
fn an_announced_footprint_that_cannot_be_had_is_tried_again_until_it_can() {
    let pair = Pair::new();
    pair.at_b.grant("works", "maker", &[]).unwrap();
    let works = client(pair.b.url(), &pair.at_b.add_client("works").unwrap(), Some(&certificate().0));
    // The works announces by itself what its host does not give to the maker yet.
    pair.at_a.import("works", &footprint(1).to_string()).unwrap();
    works.send_event(&event("PublishedEvent", "e1", json!({ "pfIds": [id(1)] })).to_string()).unwrap();
    until("a try was refused", || pair.at_b.audit(50).unwrap().iter().any(|l| l.outcome.starts_with("waiting") && l.outcome.contains("403")));
    let maker = client(pair.b.url(), &pair.at_b.add_client("maker").unwrap(), Some(&certificate().0));
    assert!(maker.list(&[]).unwrap().texts.is_empty());
    pair.at_a.grant("works", "maker", &[]).unwrap();
    until("it is here after the grant", || maker.list(&[]).unwrap().texts == [footprint(1).to_string()]);
}

#[test]
fn an_event_waits_for_a_host_that_is_down() {
    let pair = Pair::new();
    let Pair { a, b, at_a, at_b, a_folder, _b_folder } = pair;
    let source = format!("{}/3/events", b.url());
    let address = a.url().rsplit_once(':').unwrap().1.to_owned();
    a.stop().unwrap();
    let request = at_b.ask("maker", "works", &json!({ "productId": ["urn:pact:null"] }), &source).unwrap();
    until("a try has failed", || at_b.audit(20).unwrap().iter().any(|l| l.outcome.starts_with("waiting")));
    // The same port again: the address of a peer does not change because it was down.
    let mut options = options(&a_folder, &a_folder.path("exchange.db"));
    (options.tls, options.ca_file) = (Some(certificate()), Some(certificate().0));
    options.listen = format!("127.0.0.1:{address}").parse().unwrap();
    let again = Host::start(options).unwrap();
    until("the request is answered after all", || at_b.requests().unwrap().iter().any(|r| r.event == request && r.state == "rejected"));
    assert_eq!(at_a.requests().unwrap().len(), 1);
    again.stop().unwrap();
}

#[test]
fn a_host_with_tls_does_not_answer_in_the_clear() {
    let pair = Pair::new();
    let maker = pair.at_a.add_client("maker").unwrap();
    assert!(client(pair.a.url(), &maker, Some(&certificate().0)).list(&[]).unwrap().texts.is_empty());
    // Without the certificate the client does not trust the host; without TLS there is no host.
    assert!(client(pair.a.url(), &maker, None).list(&[]).is_err());
    assert!(client(&pair.a.url().replace("https", "http"), &maker, None).list(&[]).is_err());
}

#[test]
fn plain_http_stays_on_this_machine_unless_told_otherwise() {
    let folder = Folder::new();
    let mut options = options(&folder, &folder.path("exchange.db"));
    options.listen = "0.0.0.0:0".parse().unwrap();
    assert!(Host::start(options.clone()).err().unwrap().to_string().contains("loopback"));
    options.is_insecure = true;
    Host::start(options).unwrap().stop().unwrap();
}

#[test]
fn metrics_count_requests() {
    let folder = Folder::new();
    let store = folder.path("exchange.db");
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let scene = Scene::on(folder, &store, |o| o.metrics = Some(free));
    let token = bearer(&scene.token(&scene.maker));
    scene.get("/3/footprints", Some(&token));
    let text = ureq::get(format!("http://{free}/metrics")).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(text.contains("minewheel_exchange_requests_total{method=\"GET\",route=\"/3/footprints\",status=\"200\"} 1"), "{text}");
    assert!(text.contains("minewheel_exchange_footprints 3"), "{text}");
}

#[test]
fn the_audit_log_tells_who_read_what() {
    let scene = Scene::new();
    let maker = scene.client(&scene.maker);
    maker.footprint(&id(1)).unwrap();
    assert!(maker.footprint(&id(3)).is_err());
    let (operator, client) = (scene.operator, scene.maker.client_id.clone());
    scene.host.stop().unwrap();
    let lines = operator.audit(50).unwrap();
    let has = |action: &str, object: &str, outcome: &str| {
        lines.iter().any(|l| l.action == action && l.object == object && l.outcome == outcome && l.client.as_deref() == Some(&client))
    };
    assert!(has("get", &id(1), "read") && has("get", &id(3), "refused"), "{lines:?}");
    assert!(lines.iter().any(|l| l.action == "grant" && l.outcome == "maker"));
}
