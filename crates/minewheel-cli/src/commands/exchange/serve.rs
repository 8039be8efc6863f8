//! `minewheel exchange serve`: a host.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_exchange::logging::{self, LogFormat, LogLevel};
use minewheel_exchange::server::{Options, Retries, serve};

use crate::failure::Failure;

/// The address of a host on this machine with nothing said.
pub const OWN_URL: &str = "http://127.0.0.1:8080";

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// A SQLite file, which is made if it is not there, or `postgres://user:password@host/database`
    #[arg(long, default_value = "exchange.db", value_name = "STORE")]
    store: String,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// The certificate chain, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Speak plain HTTP to other machines: behind a proxy that speaks TLS
    #[arg(long, conflicts_with = "tls_cert")]
    insecure: bool,
    /// The address by which others reach this host, if a proxy stands before it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Where to show metrics for Prometheus, in plain HTTP
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// The file with the key that seals secrets; left out: beside the store
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// A certificate authority to trust when calling other hosts, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Seconds that an access token lasts
    #[arg(long, default_value_t = 3600, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..=86_400), allow_negative_numbers = true)]
    token_seconds: i64,
    /// Requests a second that a client may make for long; 0: any number
    #[arg(long, default_value_t = 100, value_name = "N", allow_negative_numbers = true)]
    rate: u32,
    /// Longest body of a request, in KiB
    #[arg(long, default_value_t = 4096, value_name = "KIB", value_parser = clap::value_parser!(u32).range(1..=1_048_576), allow_negative_numbers = true)]
    longest_body_kib: u32,
    /// Leave requests open for which nothing is there, instead of refusing them
    #[arg(long)]
    hold_unknown: bool,
    /// Seconds after which an event that did not arrive is sent again; the time doubles up to an hour, for three days
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..=3600), allow_negative_numbers = true)]
    retry_seconds: i64,
    /// How the log is written
    #[arg(long, value_enum, default_value = "text")]
    log: Log,
    /// How much is written
    #[arg(long, value_enum, default_value = "info")]
    log_level: Level,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Log {
    /// For people
    Text,
    /// For programs: one JSON object a line
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// What failed
    Error,
    /// What may fail soon, too
    Warn,
    /// Every request, too
    Info,
    /// Connections, too
    Debug,
}

/// The key file of a store where none is named: beside a SQLite file, or in the working folder.
pub fn key_beside(store: &str) -> PathBuf {
    let path = store.strip_prefix("sqlite:").unwrap_or(store);
    if path.contains("://") { PathBuf::from("exchange.key") } else { PathBuf::from(format!("{path}.key")) }
}

/// What events of a host name as their source.
pub fn source(public_url: &str) -> String {
    format!("{}/3/events", public_url.trim_end_matches('/'))
}

/// Runs the command.
///
/// # Errors
/// The host cannot start.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let format = match arguments.log {
        Log::Text => LogFormat::Text,
        Log::Json => LogFormat::Json,
    };
    let level = match arguments.log_level {
        Level::Error => LogLevel::Error,
        Level::Warn => LogLevel::Warn,
        Level::Info => LogLevel::Info,
        Level::Debug => LogLevel::Debug,
    };
    logging::start(format, level);
    let options = Options {
        store: arguments.store.clone(),
        listen: arguments.listen,
        metrics: arguments.metrics,
        tls: arguments.tls_cert.clone().zip(arguments.tls_key.clone()),
        is_insecure: arguments.insecure,
        public_url: arguments.public_url.clone(),
        key_file: arguments.key_file.clone().unwrap_or_else(|| key_beside(&arguments.store)),
        ca_file: arguments.ca.clone(),
        token_seconds: arguments.token_seconds,
        rate: arguments.rate,
        longest_body: arguments.longest_body_kib as usize * 1024,
        is_unknown_rejected: !arguments.hold_unknown,
        retries: Retries { first_seconds: arguments.retry_seconds, ..Retries::default() },
    };
    Ok(serve(options)?)
}
