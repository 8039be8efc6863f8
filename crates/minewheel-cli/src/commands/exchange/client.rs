//! `minewheel exchange client`: calls to a host, ours or another's.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use minewheel_exchange::client::{Client, ClientError, Trust};
use minewheel_exchange::footprint::Document;
use serde_json::Value;

use super::ExchangeFailure;
use crate::failure::Failure;
use crate::inputs;
use crate::print::{self, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Which host, as whom.
#[derive(clap::Args)]
struct HostArguments {
    /// The host's address, without `/3/…`
    #[arg(long, default_value = super::serve::OWN_URL)]
    url: String,
    /// The client id
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// A file with the client's secret
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// A certificate authority to trust beside those of the system, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Seconds that a call may take
    #[arg(long, default_value_t = 60, value_name = "SECONDS", allow_negative_numbers = true)]
    timeout: u64,
}

#[derive(Subcommand)]
enum Command {
    /// List footprints, every page; `--format json` writes them as they were sent
    List {
        #[command(flatten)]
        host: HostArguments,
        /// Criteria as they stand in an address: `productId=urn:…`, `geography=CN`, `validOn=2025-01-01T00:00:00Z`, `status=Active`
        #[arg(value_name = "NAME=VALUE")]
        criteria: Vec<String>,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Write one footprint as it was sent
    Get {
        /// Its id
        id: String,
        #[command(flatten)]
        host: HostArguments,
    },
    /// Publish footprints of a file on a Minewheel host
    Publish {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        host: HostArguments,
    },
    /// Let a tenant of a Minewheel host read one's footprints
    Grant {
        /// The tenant
        tenant: String,
        /// Only these; left out: all, later ones too
        #[arg(long = "footprint", value_name = "ID")]
        footprints: Vec<String>,
        #[command(flatten)]
        host: HostArguments,
    },
}

fn client(arguments: &HostArguments) -> Result<Client, Failure> {
    let secret = super::secret(&arguments.secret_file)?;
    let trust = Trust::load(arguments.ca.as_deref())?;
    Ok(Client::new(&arguments.url, &arguments.client_id, &secret, &trust, Duration::from_secs(arguments.timeout))?)
}

/// Runs the command.
///
/// # Errors
/// The host cannot be reached, says no, or answers something else.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::List { host, criteria, format } => list(host, criteria, *format),
        Command::Get { id, host } => {
            print::data(&client(host)?.footprint(id)?);
            Ok(())
        }
        Command::Publish { file, host } => {
            print::data(&client(host)?.publish(&inputs::read(file)?)?);
            Ok(())
        }
        Command::Grant { tenant, footprints, host } => {
            let grant = serde_json::json!({ "tenant": tenant, "footprints": footprints });
            print::data(&client(host)?.grant(&grant.to_string())?);
            Ok(())
        }
    }
}

fn list(host: &HostArguments, criteria: &[String], format: Format) -> Result<(), Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| Failure::Option {
            option: "help",
            seen: format!("`{text}` as a criterion"),
            wanted: "NAME=VALUE, as geography=CN".to_owned(),
        })?;
        Ok::<_, Failure>((name.to_owned(), value.to_owned()))
    };
    let query = criteria.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let mut texts = Vec::new();
    client(host)?.list_all(&query, |text| {
        texts.push(text);
        Ok::<_, ClientError>(())
    })?;
    if format == Format::Json {
        print::data(&format!("[{}]", texts.join(",\n")));
        return Ok(());
    }
    let rows = texts.iter().map(|t| row(t)).collect::<Result<Vec<_>, _>>()?;
    let header = ["id", "company", "product", "kg CO2e", "per", "primary %", "status"];
    if format == Format::Csv {
        print::data(&print::csv(&header, &rows));
        return Ok(());
    }
    // An id leaves little room beside it.
    let narrow: Vec<Vec<String>> = rows.iter().map(|r| r[..ON_A_LINE].to_vec()).collect();
    print::data(&print::table(&header[..ON_A_LINE], &narrow, &[3]));
    Ok(())
}

/// Columns of the list that a table has room for.
const ON_A_LINE: usize = 5;

/// What a line of the list says of a footprint.
fn row(text: &str) -> Result<Vec<String>, Failure> {
    let document = Document::read(text).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        ExchangeFailure::Sent(first)
    })?;
    let typed = document.typed().map_err(|e| ExchangeFailure::Sent(e.to_string()))?;
    let unit = serde_json::to_value(typed.pcf.declared_unit_of_measurement).ok();
    let unit = unit.as_ref().and_then(Value::as_str).unwrap_or_default();
    Ok(vec![
        document.id,
        typed.company_name,
        typed.product_name_company,
        typed.pcf.pcf_excluding_biogenic_uptake.to_string(),
        format!("{} {unit}", typed.pcf.declared_unit_amount),
        typed.pcf.primary_data_share.map(|s| s.to_string()).unwrap_or_default(),
        typed.status.word().to_owned(),
    ])
}
