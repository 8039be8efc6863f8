//! The server around a service of a few made-up questions: who may ask, what is too much, what becomes of long work.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests fail by panicking, and wait no longer than they say")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use minewheel_web::{Limits, Method, Question, Refusal, Server, Service};
use serde_json::{Value, json};

/// A response, taken apart.
struct Response {
    status: u16,
    head: String,
    body: String,
}

impl Response {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|l| l.split_once(": ")).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
    }
}

/// Sends bytes as they are and reads until the server closes.
fn raw(address: SocketAddr, request: &str) -> Response {
    let mut stream = TcpStream::connect(address).unwrap();
    // The server may answer and close before it has read all.
    let _ = stream.write_all(request.as_bytes());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if is_chunked { unchunked(body) } else { body.to_owned() };
    Response { status, head: head.to_owned(), body }
}

fn unchunked(mut text: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = text.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or(0);
        if size == 0 || rest.len() < size {
            break;
        }
        whole.push_str(&rest[..size]);
        text = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

fn ask(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Response {
    raw(
        address,
        &format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()),
    )
}

fn get(address: SocketAddr, path: &str) -> Response {
    ask(address, "GET", path, "", "")
}

fn post(address: SocketAddr, path: &str, body: &str) -> Response {
    ask(address, "POST", path, "", body)
}

/// Waits, at most ten seconds.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(10), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn limits() -> Limits {
    Limits {
        body_bytes: 1024,
        time: [Duration::from_millis(500); 2],
        job_time: Duration::from_secs(10),
        body_time: Duration::from_millis(300),
        at_once: [1, 1],
        waiting: [1, 1],
        jobs: 2,
    }
}

/// `echo` says back what it was asked, `wait` works until it is stopped, `break` panics.
fn service(limits: Limits) -> Service {
    let question = |path: &str, method| Question { path: path.to_owned(), method, summary: path.to_owned(), request: json!({}), response: json!({}) };
    Service {
        version: "1.2.3",
        questions: vec![
            question("echo", Method::Post),
            question("deep/echo", Method::Post),
            question("wait", Method::Post),
            question("break", Method::Post),
            question("things", Method::Get),
            question("things/{id}", Method::Get),
        ],
        answer: Arc::new(|path, body, watch| match path {
            "break" => panic!("as asked"),
            "wait" => {
                watch.expect(100);
                while watch.step() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(Refusal::new(503, "stopped", "stopped"))
            }
            _ if body.contains_key("bad") => Err(Refusal::new(400, "bad", "as asked").with_help("do otherwise")),
            path => Ok(json!({ "path": path, "body": body }).to_string()),
        }),
        is_long: Arc::new(|path, _| path == "wait"),
        limits,
    }
}

/// A server on a free port, in a thread of its own until the tests end.
fn serve(limits: Limits) -> SocketAddr {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::bind("127.0.0.1", 0, service(limits)).await.unwrap();
            send.send(server.address()).unwrap();
            server.run(std::future::pending()).await.unwrap();
        });
    });
    receive.recv().unwrap()
}

#[test]
fn an_answer_is_what_the_service_says() {
    let address = serve(limits());
    let answer = post(address, "/api/1/echo", r#"{"a": [1, 2.5]}"#);
    assert_eq!((answer.status, answer.json()), (200, json!({ "path": "echo", "body": { "a": [1, 2.5] } })));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = get(address, "/api/1/things?text=a%20b+c&n=1");
    assert_eq!(answer.json(), json!({ "path": "things", "body": { "text": "a b c", "n": "1" } }));
    let answer = get(address, "/api/1/things/x%2Dy");
    assert_eq!(answer.json(), json!({ "path": "things/{id}", "body": { "id": "x-y" } }));
    assert_eq!(post(address, "/api/1/deep/echo", "").json()["body"], json!({}));
}

#[test]
fn a_foreign_name_of_the_host_is_refused() {
    let address = serve(limits());
    let with = |lines: &str| raw(address, &format!("GET /api/1/things HTTP/1.1\r\n{lines}Connection: close\r\n\r\n")).status;
    let port = address.port();
    for good in ["localhost", "127.0.0.1", "[::1]", "LocalHost"] {
        assert_eq!(with(&format!("Host: {good}:{port}\r\n")), 200, "{good}");
    }
    for bad in [
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost:{port}@evil.example"),
        String::new(),
    ] {
        assert_eq!(with(&format!("Host: {bad}\r\n")), 403, "{bad}");
    }
    assert!(matches!(with(""), 400 | 403));
    assert!(matches!(with(&format!("Host: localhost:{port}\r\nHost: evil.example\r\n")), 400 | 403));
}

#[test]
fn a_page_of_another_site_is_refused() {
    let address = serve(limits());
    let with = |headers: &str| ask(address, "POST", "/api/1/echo", headers, "{}");
    assert_eq!(with(&format!("Origin: http://{address}\r\n")).status, 200);
    assert_eq!(with(&format!("Origin: http://localhost:{}\r\n", address.port())).status, 200);
    for origin in ["http://evil.example", "null", &format!("https://{address}"), "http://localhost:1", "file://"] {
        let answer = with(&format!("Origin: {origin}\r\n"));
        assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (403, "minewheel::web::origin"), "{origin}");
    }
    assert_eq!(with("Sec-Fetch-Site: cross-site\r\n").status, 403);
    assert_eq!(with("Origin: http://evil.example\r\n").header("access-control-allow-origin"), None);
}

#[test]
fn every_response_carries_the_headers_of_safety() {
    let address = serve(limits());
    for answer in [
        get(address, "/api/1/things"),
        get(address, "/api/1/none"),
        get(address, "/x.js"),
        raw(address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ] {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'self';") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }
}

#[test]
fn no_path_leads_out_of_the_app() {
    let address = serve(limits());
    for path in [
        "/../Cargo.toml",
        "/../../etc/passwd.txt",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd.txt",
        "/assets/..%5c..%5cCargo.toml",
        "//etc/passwd.conf",
        "/./index.html",
        "/index.html%00.js",
        "/%",
    ] {
        let answer = get(address, path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("root:") && !answer.body.contains("[package]"), "{path}");
    }
}

#[test]
fn a_view_gets_the_page_or_word_that_there_is_none() {
    let address = serve(limits());
    let has_app = minewheel_web::assets::all().any(|a| a.name == "index.html");
    for path in ["/", "/compare", "/deep/view?x=1"] {
        let answer = get(address, path);
        if has_app {
            assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
            let tag = answer.header("etag").unwrap();
            let again = ask(address, "GET", path, &format!("If-None-Match: {tag}\r\n"), "");
            assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        } else {
            assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (404, "minewheel::web::app"), "{path}");
        }
    }
    assert_eq!(get(address, "/nothing.js").json()["code"], "minewheel::web::path");
}

#[test]
fn every_file_of_the_app_is_served_as_it_is() {
    let address = serve(limits());
    for asset in minewheel_web::assets::all().filter(|a| std::str::from_utf8(a.bytes).is_ok()) {
        let answer = get(address, &format!("/{}", asset.name));
        assert_eq!((answer.status, answer.body.as_bytes()), (200, asset.bytes), "{}", asset.name);
        assert_ne!(answer.header("content-type"), Some("application/octet-stream"), "{}", asset.name);
    }
}

#[test]
fn paths_methods_and_bodies_that_cannot_be_are_named() {
    let address = serve(limits());
    let seen = |answer: Response| (answer.status, answer.json()["code"].as_str().unwrap().to_owned());
    let want = |status, code: &str| (status, format!("minewheel::web::{code}"));
    assert_eq!(seen(get(address, "/api/1/none")), want(404, "path"));
    assert_eq!(seen(get(address, "/api/2/things")), want(404, "path"));
    assert_eq!(seen(get(address, "/api")), want(404, "path"));
    assert_eq!(seen(get(address, "/api/1/things/a/b")), want(404, "path"));
    assert_eq!(seen(get(address, "/api/1/echo")), want(405, "method"));
    assert_eq!(seen(post(address, "/api/1/things", "{}")), want(405, "method"));
    assert_eq!(seen(ask(address, "PUT", "/", "", "")).0, if minewheel_web::assets::all().count() > 0 { 405 } else { 404 });
    assert_eq!(seen(post(address, "/api/1/echo", "[1]")), want(400, "body"));
    assert_eq!(seen(post(address, "/api/1/echo", "{\"a\": ")), want(400, "body"));
    assert_eq!(seen(post(address, "/api/1/echo", &"[".repeat(1000))), want(400, "body"));
    assert_eq!(seen(post(address, "/api/1/echo", &format!("{{\"a\": \"{}\"}}", "x".repeat(2000)))), want(413, "size"));
    assert_eq!(seen(get(address, "/api/1/things?a=%zz")), want(400, "query"));
    let refusal = post(address, "/api/1/echo", "{\"bad\": 1}");
    assert_eq!((refusal.status, refusal.json()), (400, json!({ "code": "bad", "message": "as asked", "help": "do otherwise" })));
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let address = serve(limits());
    let answer = raw(address, &format!("POST /api/1/echo HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{{"));
    assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (408, "minewheel::web::time"));
}

#[test]
fn an_answer_that_takes_too_long_is_stopped() {
    let address = serve(limits());
    let answer = post(address, "/api/1/wait", "{}");
    assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (503, "minewheel::web::time"));
    // The seat is free again.
    assert_eq!(post(address, "/api/1/wait", "{}").status, 503);
}

#[test]
fn long_questions_do_not_hold_up_short_ones_and_only_so_many_wait() {
    let address = serve(Limits { time: [Duration::from_secs(5); 2], ..limits() });
    let waiters: Vec<_> = (0..4).map(|_| std::thread::spawn(move || post(address, "/api/1/wait", "{}").status)).collect();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(post(address, "/api/1/echo", "{}").status, 200);
    let seen: Vec<u16> = waiters.into_iter().map(|w| w.join().unwrap()).collect();
    assert!(seen.iter().filter(|s| **s == 429).count() >= 2, "{seen:?}");
    assert!(seen.contains(&503), "{seen:?}");
}

#[test]
fn one_who_leaves_stops_the_work() {
    let address = serve(Limits { time: [Duration::from_mins(1); 2], ..limits() });
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("POST /api/1/wait HTTP/1.1\r\nHost: {address}\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    drop(stream);
    // The one seat is taken until the work hears of it.
    until("a free seat", || {
        let job = post(address, "/api/1/jobs/wait", "{}").json()["id"].as_str().unwrap().to_owned();
        let is_running = get(address, &format!("/api/1/jobs/{job}")).json()["progress"].as_f64().unwrap() > 0.0;
        ask(address, "DELETE", &format!("/api/1/jobs/{job}"), "", "");
        is_running
    });
}

#[test]
fn a_defect_of_a_computation_takes_nobody_else_down() {
    // Writing down where it broke takes its time.
    let address = serve(Limits { time: [Duration::from_mins(1); 2], ..limits() });
    let answer = post(address, "/api/1/break", "{}");
    assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (500, "minewheel::web::failed"));
    assert_eq!(post(address, "/api/1/echo", "{}").status, 200);
}

#[test]
fn a_job_ends_with_the_answer_of_its_question() {
    let address = serve(limits());
    let taken = post(address, "/api/1/jobs/deep/echo", r#"{"a": 1}"#);
    assert_eq!(taken.status, 202);
    let path = format!("/api/1/jobs/{}", taken.json()["id"].as_str().unwrap());
    until("the end of the job", || get(address, &path).json()["state"] == "done");
    let done = get(address, &path).json();
    assert_eq!((done["progress"].as_f64(), &done["result"]), (Some(1.0), &json!({ "path": "deep/echo", "body": { "a": 1 } })));
    let failed = post(address, "/api/1/jobs/echo", r#"{"bad": 1}"#).json()["id"].as_str().unwrap().to_owned();
    until("the refusal", || get(address, &format!("/api/1/jobs/{failed}")).json()["state"] == "failed");
    assert_eq!(get(address, &format!("/api/1/jobs/{failed}")).json()["error"]["code"], "bad");
}

#[test]
fn a_job_tells_its_progress_and_can_be_called_off() {
    let address = serve(limits());
    let id = post(address, "/api/1/jobs/wait", "{}").json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/1/jobs/{id}");
    let events = std::thread::spawn({
        let path = path.clone();
        move || get(address, &format!("{path}/events"))
    });
    until("progress", || get(address, &path).json()["progress"].as_f64().unwrap() > 0.0);
    assert_eq!(ask(address, "DELETE", &path, "", "").json()["state"], "cancelled");
    let events = events.join().unwrap();
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    assert!(events.body.contains("event: progress") && events.body.trim_end().contains("event: done"), "{}", events.body);
    assert_eq!(get(address, &path).json()["state"], "cancelled");
    assert_eq!(ask(address, "PUT", &path, "", "").status, 405);
}

#[test]
fn old_jobs_are_forgotten_and_running_ones_are_not() {
    let address = serve(limits());
    let take = |path: &str| post(address, &format!("/api/1/jobs/{path}"), "{}");
    let first = take("echo").json()["id"].as_str().unwrap().to_owned();
    until("the end of the first", || get(address, &format!("/api/1/jobs/{first}")).json()["state"] == "done");
    assert_eq!(take("wait").status, 202);
    assert_eq!(take("wait").status, 202);
    assert_eq!(get(address, &format!("/api/1/jobs/{first}")).status, 404);
    let refused = take("wait");
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
}

#[test]
fn the_description_lists_every_path() {
    let address = serve(limits());
    let document = get(address, "/api/1/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths: Vec<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    for path in ["/api/1/echo", "/api/1/jobs/deep/echo", "/api/1/things/{id}", "/api/1/jobs/{id}", "/api/1/jobs/{id}/events"] {
        assert!(paths.contains(&path), "{path} is not in {paths:?}");
    }
    assert_eq!(
        document["paths"]["/api/1/things/{id}"]["get"]["responses"]["404"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/refusal"
    );
}
