//! Footprints for tests, a store of its own for each, and a host in its own process.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail by panicking and say what they left out")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use minewheel_exchange::client::{Client, Trust};
use minewheel_exchange::operator::{Credentials, Operator};
use minewheel_exchange::server::{Host, Options, Retries};
use serde_json::{Value, json};

/// A folder of its own that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("minewheel-exchange-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind is no fault of what is tested.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The id of the n-th footprint of a test.
pub fn id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012x}")
}

/// A footprint of version 3 with every required property and a few others.
pub fn footprint(n: u32) -> Value {
    json!({
        "id": id(n),
        "specVersion": "3.0.0",
        "created": "2025-01-15T10:00:00Z",
        "status": "Active",
        "companyName": "Cathode Works",
        "companyIds": ["urn:pact:example.com:company:cathode-works"],
        "productDescription": "lithium iron phosphate",
        "productIds": [format!("urn:pact:example.com:product:{n}")],
        "productClassifications": ["urn:pact:productclassification:un-cpc:34231"],
        "productNameCompany": "LFP-1",
        "validityPeriodStart": "2025-01-01T00:00:00Z",
        "validityPeriodEnd": "2027-12-31T00:00:00Z",
        "pcf": {
            "declaredUnitOfMeasurement": "kilogram",
            "declaredUnitAmount": "1.0",
            "productMassPerDeclaredUnit": "1.0",
            "referencePeriodStart": "2024-01-01T00:00:00Z",
            "referencePeriodEnd": "2025-01-01T00:00:00Z",
            "geographyCountry": "CN",
            "pcfExcludingBiogenicUptake": "7.310000000000000001",
            "pcfIncludingBiogenicUptake": "7.31",
            "fossilGhgEmissions": "7.30",
            "fossilCarbonContent": "0.0",
            "ipccCharacterizationFactors": ["AR6"],
            "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": "0.0",
            "primaryDataShare": "62.5"
        }
    })
}

/// Addresses of empty stores, one of each kind that there is: SQLite, and PostgreSQL if `MINEWHEEL_TEST_POSTGRES` names a
/// database in which the tests may make schemas.
pub fn stores(folder: &Folder) -> Vec<String> {
    let mut stores = vec![folder.path("exchange.db")];
    match std::env::var_os("MINEWHEEL_TEST_POSTGRES") {
        Some(address) => stores.push(schema(address.to_str().unwrap())),
        None => eprintln!("MINEWHEEL_TEST_POSTGRES is not set: tested on SQLite alone"),
    }
    stores
}

/// The address of an empty schema in a PostgreSQL database.
fn schema(address: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        // The store of the test speaks TLS if the address asks for it; the schema is made without, over the server's socket if
        // `MINEWHEEL_TEST_POSTGRES_SOCKET` names its folder.
        let given: tokio_postgres::Config = address.parse().unwrap();
        let mut config = given.clone();
        if let Some(folder) = std::env::var_os("MINEWHEEL_TEST_POSTGRES_SOCKET") {
            config = tokio_postgres::Config::new();
            config.host_path(folder).port(given.get_ports()[0]).user(given.get_user().unwrap()).dbname(given.get_dbname().unwrap());
        }
        let (client, connection) = config.ssl_mode(tokio_postgres::config::SslMode::Disable).connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")).await.unwrap();
    });
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}options=-csearch_path%3D{name}")
}

/// A host on a free port of this machine, with settings that tests can wait for.
pub fn options(folder: &Folder, store: &str) -> Options {
    Options {
        store: store.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        metrics: None,
        tls: None,
        is_insecure: false,
        public_url: None,
        key_file: PathBuf::from(folder.path("exchange.key")),
        ca_file: None,
        token_seconds: 3600,
        rate: 0,
        longest_body: 256 * 1024,
        is_unknown_rejected: true,
        retries: Retries { first_seconds: 1, longest_seconds: 1, give_up_seconds: 600 },
    }
}

/// The file of the certificate that tests trust, and of its key.
pub fn certificate() -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/localhost");
    (folder.join("certificate.pem"), folder.join("key.pem"))
}

/// A host with two tenants, `works` with footprints 1 to 3 and `maker`, to which the first two are granted.
pub struct Scene {
    pub host: Host,
    pub operator: Operator,
    pub works: Credentials,
    pub maker: Credentials,
    pub store: String,
    pub folder: Folder,
}

impl Scene {
    pub fn new() -> Self {
        let folder = Folder::new();
        let store = folder.path("exchange.db");
        Self::on(folder, &store, |_| {})
    }

    pub fn on(folder: Folder, store: &str, set: impl FnOnce(&mut Options)) -> Self {
        let mut options = options(&folder, store);
        set(&mut options);
        let operator = Operator::open(store).unwrap();
        operator.add_tenant("works", "Cathode Works").unwrap();
        operator.add_tenant("maker", "Car Maker").unwrap();
        let list = Value::from(vec![footprint(1), footprint(2), footprint(3)]).to_string();
        operator.import("works", &list).unwrap();
        operator.grant("works", "maker", &[id(1), id(2)]).unwrap();
        let (works, maker) = (operator.add_client("works").unwrap(), operator.add_client("maker").unwrap());
        let host = Host::start(options).unwrap();
        Self { host, operator, works, maker, store: store.to_owned(), folder }
    }

    /// A client of the host.
    pub fn client(&self, who: &Credentials) -> Client {
        client(self.host.url(), who, None)
    }

    /// A token, straight from the host.
    pub fn token(&self, who: &Credentials) -> String {
        let answer = self.post("/auth/token", Some(&basic(who)), "application/x-www-form-urlencoded", "grant_type=client_credentials");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn get(&self, path: &str, authorization: Option<&str>) -> Answer {
        let mut request = agent().get(format!("{}{path}", self.host.url()));
        if let Some(text) = authorization {
            request = request.header("authorization", text);
        }
        Answer::of(request.call().unwrap())
    }

    pub fn post(&self, path: &str, authorization: Option<&str>, kind: &str, body: &str) -> Answer {
        let mut request = agent().post(format!("{}{path}", self.host.url())).header("content-type", kind);
        if let Some(text) = authorization {
            request = request.header("authorization", text);
        }
        Answer::of(request.send(body).unwrap())
    }

    pub fn event(&self, token: &str, event: &Value) -> Answer {
        self.post("/3/events", Some(&format!("Bearer {token}")), "application/cloudevents+json; charset=UTF-8", &event.to_string())
    }
}

pub fn client(url: &str, who: &Credentials, ca: Option<&Path>) -> Client {
    Client::new(url, &who.client_id, &who.client_secret, &Trust::load(ca).unwrap(), Duration::from_secs(20)).unwrap()
}

pub fn basic(who: &Credentials) -> String {
    minewheel_exchange::secret::to_basic(&who.client_id, &who.client_secret)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent()
}

/// What a host answered.
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub link: Option<String>,
    pub body: String,
}

impl Answer {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (status, kind, link) = (response.status().as_u16(), header("content-type").unwrap_or_default(), header("link"));
        Self { status, kind, link, body: response.body_mut().read_to_string().unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub fn ids(&self) -> Vec<String> {
        self.json()["data"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether this is the error that the specification asks for.
    pub fn is_error(&self, status: u16, code: &str) -> bool {
        self.status == status && self.kind == "application/json" && self.json()["code"] == code && self.json()["message"].is_string()
    }
}

/// An event of version 3.
#[allow(clippy::needless_pass_by_value, reason = "the data is written where it is passed")]
pub fn event(kind: &str, id: &str, data: Value) -> Value {
    json!({
        "type": format!("org.wbcsd.pact.ProductFootprint.{kind}.3"), "specversion": "1.0", "id": id, "source": "//maker.example.com/3/events",
        "time": "2025-03-05T17:31:00Z", "data": data
    })
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..300 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain until {what}");
}
