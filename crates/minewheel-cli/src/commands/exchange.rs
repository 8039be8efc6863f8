//! `minewheel exchange`: supplier footprints given and taken, by the PACT Technical Specifications.

mod client;
mod failure;
mod pcf;
mod serve;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use minewheel_exchange::operator::Operator;
use serde_json::{Map, Value, json};

pub use failure::ExchangeFailure;

use crate::failure::Failure;
use crate::inputs;
use crate::print::{self, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a host
    Serve(serve::Arguments),
    /// Call a host: list, get, publish
    Client(client::Arguments),
    /// Organisations on this host
    Tenant(TenantArguments),
    /// Credentials with which a tenant's programs log in
    Token(TokenArguments),
    /// Say where a tenant's own host is, so that events can be sent there
    Peer(PeerArguments),
    /// Publish footprints of a file: one, a list, or a host's answer; versions 3 and 2
    Import(ImportArguments),
    /// Let a tenant read footprints of another
    Grant(GrantArguments),
    /// Withdraw a footprint from use
    Deprecate(DeprecateArguments),
    /// Tell those who may read footprints, and have a host of their own, that they are there
    Announce(AnnounceArguments),
    /// Requests for footprints in both directions
    Request(RequestArguments),
    /// The last lines of the audit log
    Audit(AuditArguments),
    /// Write the footprint of a car's battery pack as a PACT document
    Pcf(pcf::Arguments),
}

/// Where the store is, and how to print.
#[derive(clap::Args)]
struct StoreArguments {
    /// A SQLite file, or `postgres://…`
    #[arg(long, default_value = "exchange.db", value_name = "STORE")]
    store: String,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(clap::Args)]
struct TenantArguments {
    #[command(subcommand)]
    command: TenantCommand,
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Add a tenant
    Add {
        /// Its id: a-z, 0-9, - and _
        id: String,
        /// Its name
        name: String,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List tenants
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(clap::Args)]
struct TokenArguments {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a client id and its secret, which is shown once
    Issue {
        /// The tenant
        tenant: String,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Revoke a client, with its tokens
    Revoke {
        /// The client id
        client: String,
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(clap::Args)]
struct PeerArguments {
    /// The tenant
    tenant: String,
    /// The address of its host, without `/3/…`
    #[arg(long)]
    url: String,
    /// The client id that it gave us
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// A file with the secret that it gave us
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// The file with the key that seals secrets; left out: beside the store
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(clap::Args)]
struct ImportArguments {
    /// The file
    file: PathBuf,
    /// Whose footprints they are
    #[arg(long)]
    tenant: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(clap::Args)]
struct GrantArguments {
    /// Whose footprints
    owner: String,
    /// Who may read them
    reader: String,
    /// Only these; left out: all, later ones too
    #[arg(long = "footprint", value_name = "ID")]
    footprints: Vec<String>,
    /// Take the right away
    #[arg(long)]
    withdraw: bool,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(clap::Args)]
struct DeprecateArguments {
    /// Whose footprint
    owner: String,
    /// Its id
    footprint: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(clap::Args)]
struct AnnounceArguments {
    /// Whose footprints
    owner: String,
    /// Their ids
    #[arg(required = true, value_name = "ID")]
    footprints: Vec<String>,
    /// Our own host, as it is named to others
    #[arg(long, default_value = serve::OWN_URL, value_name = "URL")]
    public_url: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(clap::Args)]
struct RequestArguments {
    #[command(subcommand)]
    command: RequestCommand,
}

#[derive(Subcommand)]
enum RequestCommand {
    /// List requests
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Ask a tenant's host for footprints; the host sends the request
    Ask {
        /// Who asks
        asker: String,
        /// Who is asked
        asked: String,
        /// URNs of products
        #[arg(long = "product", value_name = "URN")]
        products: Vec<String>,
        /// A region, country or subdivision
        #[arg(long, value_name = "PLACE")]
        geography: Vec<String>,
        /// Words to the other side
        #[arg(long)]
        comment: Option<String>,
        /// Our own host, as it is named to others
        #[arg(long, default_value = serve::OWN_URL, value_name = "URL")]
        public_url: String,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Refuse a request
    Reject {
        /// Its number
        number: i64,
        /// The reason, which the other side reads
        reason: String,
        /// Our own host, as it is named to others
        #[arg(long, default_value = serve::OWN_URL, value_name = "URL")]
        public_url: String,
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(clap::Args)]
struct AuditArguments {
    /// How many lines
    #[arg(long, default_value_t = 50, value_name = "N", allow_negative_numbers = true)]
    last: u32,
    #[command(flatten)]
    store: StoreArguments,
}

/// Runs the command.
///
/// # Errors
/// Whatever the order needs is not there, or the store, the host or the network fails.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Client(arguments) => client::run(arguments),
        Command::Tenant(arguments) => tenant(arguments),
        Command::Token(arguments) => token(arguments),
        Command::Peer(arguments) => peer(arguments),
        Command::Import(arguments) => import(arguments),
        Command::Grant(arguments) => grant(arguments),
        Command::Deprecate(arguments) => {
            Operator::open(&arguments.store.store)?.deprecate(&arguments.owner, &arguments.footprint)?;
            said(arguments.store.format, &[("deprecated", json!(arguments.footprint))]);
            Ok(())
        }
        Command::Announce(arguments) => {
            let operator = Operator::open(&arguments.store.store)?;
            let events = operator.announce(&arguments.owner, &arguments.footprints, &serve::source(&arguments.public_url))?;
            said(arguments.store.format, &[("events", json!(events))]);
            Ok(())
        }
        Command::Request(arguments) => request(arguments),
        Command::Audit(arguments) => audit(arguments),
        Command::Pcf(arguments) => pcf::run(arguments),
    }
}

/// Prints the outcome of an order: named values on a line each, an object, or a row.
fn said(format: Format, values: &[(&str, Value)]) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match format {
        Format::Json => print::json(&values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect::<Map<_, _>>()),
        Format::Csv => {
            let header: Vec<&str> = values.iter().map(|(k, _)| *k).collect();
            print::data(&print::csv(&header, &[values.iter().map(|(_, v)| text(v)).collect()]));
        }
        Format::Table => {
            let width = values.iter().map(|(k, _)| k.len()).max().unwrap_or(0);
            let lines: Vec<String> = values.iter().map(|(k, v)| format!("{k:<width$}  {}", text(v))).collect();
            print::data(&lines.join("\n"));
        }
    }
}

/// Prints lines of a list.
fn listed<T: serde::Serialize>(format: Format, header: &[&str], items: &[T], row: impl Fn(&T) -> Vec<String>, right: &[usize]) {
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    match format {
        Format::Json => print::json(&items),
        Format::Csv => print::data(&print::csv(header, &rows)),
        Format::Table => print::data(&print::table(header, &rows, right)),
    }
}

fn tenant(arguments: &TenantArguments) -> Result<(), Failure> {
    match &arguments.command {
        TenantCommand::Add { id, name, store } => {
            Operator::open(&store.store)?.add_tenant(id, name)?;
            said(store.format, &[("tenant", json!(id)), ("name", json!(name))]);
        }
        TenantCommand::List { store } => {
            let tenants = Operator::open(&store.store)?.tenants()?;
            let header = ["tenant", "name", "footprints", "granted", "clients", "host"];
            let row = |t: &minewheel_exchange::store::accounts::Tenant| {
                let numbers = [t.footprints, t.granted, t.clients].map(|n| n.to_string());
                let mut row = vec![t.id.clone(), t.name.clone()];
                row.extend(numbers);
                row.push(t.peer.clone().unwrap_or_default());
                row
            };
            listed(store.format, &header, &tenants, row, &[2, 3, 4]);
        }
    }
    Ok(())
}

fn token(arguments: &TokenArguments) -> Result<(), Failure> {
    match &arguments.command {
        TokenCommand::Issue { tenant, store } => {
            let made = Operator::open(&store.store)?.add_client(tenant)?;
            let values = [("tenant", made.tenant), ("client_id", made.client_id), ("client_secret", made.client_secret)];
            said(store.format, &values.map(|(k, v)| (k, json!(v))));
            print::note("the secret is shown this once; the store keeps its hash");
        }
        TokenCommand::Revoke { client, store } => {
            Operator::open(&store.store)?.revoke_client(client)?;
            said(store.format, &[("revoked", json!(client))]);
        }
    }
    Ok(())
}

fn peer(arguments: &PeerArguments) -> Result<(), Failure> {
    let secret = secret(&arguments.secret_file)?;
    let key_file = arguments.key_file.clone().unwrap_or_else(|| serve::key_beside(&arguments.store.store));
    let operator = Operator::open(&arguments.store.store)?;
    operator.set_peer(&arguments.tenant, &arguments.url, &arguments.client_id, &secret, &key_file)?;
    said(arguments.store.format, &[("tenant", json!(arguments.tenant)), ("host", json!(arguments.url))]);
    Ok(())
}

/// The secret of a file, without the line break at its end.
fn secret(path: &Path) -> Result<String, Failure> {
    Ok(inputs::read(path)?.trim_end_matches(['\r', '\n']).to_owned())
}

fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let text = inputs::read(&arguments.file)?;
    let imported = Operator::open(&arguments.store.store)?.import(&arguments.tenant, &text)?;
    let values = [("published", imported.published), ("there already", imported.there), ("read from version 2", imported.from_version_2)];
    match arguments.store.format {
        Format::Json => print::json(&imported),
        format => said(format, &values.map(|(k, v)| (k, json!(v)))),
    }
    Ok(())
}

fn grant(arguments: &GrantArguments) -> Result<(), Failure> {
    let operator = Operator::open(&arguments.store.store)?;
    let (owner, reader, ids) = (&arguments.owner, &arguments.reader, &arguments.footprints);
    let (word, count) =
        if arguments.withdraw { ("withdrawn", operator.withdraw(owner, reader, ids)?) } else { ("granted", operator.grant(owner, reader, ids)?) };
    said(arguments.store.format, &[(word, json!(count))]);
    Ok(())
}

fn request(arguments: &RequestArguments) -> Result<(), Failure> {
    match &arguments.command {
        RequestCommand::List { store } => {
            let lines = Operator::open(&store.store)?.requests()?;
            let header = ["direction", "number", "tenant", "state", "created", "criteria", "event", "answer"];
            let row = |r: &minewheel_exchange::store::events::RequestLine| {
                vec![
                    r.direction.clone(),
                    r.number.map(|n| n.to_string()).unwrap_or_default(),
                    r.tenant.clone(),
                    r.state.clone(),
                    r.created.clone(),
                    r.criteria.clone(),
                    r.event.clone(),
                    r.answer.clone().unwrap_or_default(),
                ]
            };
            listed(store.format, &header, &lines, row, &[1]);
        }
        RequestCommand::Ask { asker, asked, products, geography, comment, public_url, store } => {
            let mut criteria = Map::new();
            for (name, values) in [("productId", products), ("geography", geography)] {
                if !values.is_empty() {
                    criteria.insert(name.to_owned(), json!(values));
                }
            }
            criteria.extend(comment.as_ref().map(|c| ("comment".to_owned(), json!(c))));
            let event = Operator::open(&store.store)?.ask(asker, asked, &Value::Object(criteria), &serve::source(public_url))?;
            said(store.format, &[("request", json!(event))]);
        }
        RequestCommand::Reject { number, reason, public_url, store } => {
            Operator::open(&store.store)?.reject(*number, reason, &serve::source(public_url))?;
            said(store.format, &[("rejected", json!(number))]);
        }
    }
    Ok(())
}

fn audit(arguments: &AuditArguments) -> Result<(), Failure> {
    let lines = Operator::open(&arguments.store.store)?.audit(arguments.last)?;
    let header = ["at", "tenant", "client", "action", "object", "outcome"];
    let row = |l: &minewheel_exchange::store::accounts::AuditLine| {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        vec![l.at.clone(), text(&l.tenant), text(&l.client), l.action.clone(), l.object.clone(), l.outcome.clone()]
    };
    listed(arguments.store.format, &header, &lines, row, &[]);
    Ok(())
}
