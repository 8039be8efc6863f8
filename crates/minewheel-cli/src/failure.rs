//! What can go wrong for the person at the terminal, in words that help to mend it.

use std::path::PathBuf;

use minewheel_data::car_fields::CarError;
use minewheel_data::catalogue::UnknownCar;
use minewheel_data::store::StoreError;
use minewheel_data::table::{Violation, nearest};
use minewheel_industry::disruption::DisruptionError;
use minewheel_industry::passport::PassportError;
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::sourcing::SourcingError;

/// How a command ends when it does not end well.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A car id that is neither in the catalogue nor a file.
    #[error(transparent)]
    UnknownCar(#[from] UnknownCar),
    /// A car file with faults.
    #[error("{}", lines(.0))]
    CarFile(Vec<CarError>),
    /// Tables with faults.
    #[error("{}", lines(.0))]
    Tables(Vec<Violation>),
    /// The data folder cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("cannot {verb} `{}`: {reason}", path.display())]
    File {
        /// read or write.
        verb: &'static str,
        /// The path.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// An option has a value it cannot have.
    #[error("--{option} is {seen}, wanted {wanted}")]
    Option {
        /// The option.
        option: &'static str,
        /// The value seen.
        seen: String,
        /// What would do.
        wanted: String,
    },
    /// A question about a battery, asked of a car without one.
    #[error("car `{car}` has no traction battery")]
    NoBattery {
        /// The car.
        car: String,
    },
    /// A car of a kind that the command does not take there.
    #[error("car `{car}` is {seen}, wanted {wanted}")]
    KindOfCar {
        /// The car.
        car: String,
        /// Its powertrain.
        seen: &'static str,
        /// What would do.
        wanted: &'static str,
    },
    /// A drive cycle that is neither known nor a file, or a file with faults.
    #[error("{0}")]
    Cycle(String),
    /// A profile of an ageing duty with a fault.
    #[error("{file}:{line}: `{seen}`, wanted {wanted}")]
    Profile {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// What stands there.
        seen: String,
        /// What would do.
        wanted: &'static str,
    },
    /// The assessment refused its input.
    #[error("{0}")]
    Assess(#[from] minewheel_assess::AssessError),
    /// A case that is unknown or cannot be computed.
    #[error(transparent)]
    Case(minewheel_industry::cases::CaseError),
    /// A footprint exchange did not do it.
    #[error(transparent)]
    Exchange(crate::commands::exchange::ExchangeFailure),
    /// A life-cycle database cannot be read or solved.
    #[error(transparent)]
    Lca(#[from] crate::commands::lca::LcaFailure),
    /// A question about supply without an answer.
    #[error(transparent)]
    Supply(#[from] SupplyError),
    /// A programme of suppliers that cannot be read or reckoned.
    #[error(transparent)]
    Suppliers(minewheel_industry::suppliers::SuppliersError),
    /// A plan that misses a target.
    #[error("the plan of `{programme}` misses its target in {years}")]
    TargetMissed {
        /// The programme.
        programme: String,
        /// The years.
        years: String,
    },
    /// Rules that leave too few makers.
    #[error("the rules leave too few makers for `{car}` at {volume_percent:.1} % of the world's need: {largest}")]
    NotSourced {
        /// The car.
        car: String,
        /// The part of the world's need, in per cent.
        volume_percent: f64,
        /// What can be sourced.
        largest: String,
    },
    /// A disruption study with a fault.
    #[error(transparent)]
    Disruption(DisruptionError),
    /// A trade file with a fault.
    #[error(transparent)]
    Customs(#[from] minewheel_industry::supply::customs::CustomsError),
    /// Tables of a fleet's series cannot be used.
    #[error(transparent)]
    Series(minewheel_industry::fleet::series::SeriesError),
    /// A study of a fleet cannot be run.
    #[error(transparent)]
    Fleet(minewheel_industry::fleet::run::FleetError),
    /// A rule set that is unknown, or a day outside it.
    #[error(transparent)]
    Rules(#[from] minewheel_industry::rules::RuleError),
    /// A passport that cannot be written.
    #[error(transparent)]
    Passport(#[from] PassportError),
    /// A rule file with faults.
    #[error("{}", lines(.0))]
    RuleFile(Vec<minewheel_industry::rules::SubjectError>),
    /// A binding clause is not met.
    #[error("`{of}` does not meet `{set}`: {clauses}")]
    RuleNotMet {
        /// The edition.
        set: String,
        /// What was held against it.
        of: String,
        /// The clauses that it misses.
        clauses: String,
    },
    /// What drives a fleet cannot be computed: survival, adoption, charging.
    #[error("{0}")]
    Driver(String),
    /// A car without a credit, a study with faults, or a rule that lacks the year.
    #[error("{0}")]
    Credits(String),
    /// A result cannot be written as JSON.
    #[error("cannot write JSON: {0}")]
    Json(String),
    /// The server cannot be started.
    #[error(transparent)]
    Serve(#[from] minewheel_web::ServeError),
    /// `--strict` refused the result.
    #[error("{0}")]
    Strict(String),
    /// A name that a command does not know.
    #[error("`{seen}` is not a {kind}{}; there are: {known}", did_you_mean(seen, known))]
    UnknownName {
        /// What kind of thing.
        kind: &'static str,
        /// The name seen.
        seen: String,
        /// The names there are.
        known: String,
    },
}

impl From<minewheel_industry::suppliers::SuppliersError> for Failure {
    fn from(error: minewheel_industry::suppliers::SuppliersError) -> Self {
        match error {
            minewheel_industry::suppliers::SuppliersError::Assess(error) => Self::Assess(error),
            other => Self::Suppliers(other),
        }
    }
}

impl From<DisruptionError> for Failure {
    fn from(error: DisruptionError) -> Self {
        match error {
            DisruptionError::Assess(error) => Self::Assess(error),
            DisruptionError::Sourcing(error) => Self::Supply((*error).into()),
            other => Self::Disruption(other),
        }
    }
}

fn did_you_mean(seen: &str, known: &str) -> String {
    nearest(seen, known.split(", ")).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

fn lines<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Failure {
    /// A stable code, listed in the documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCar(_) => "minewheel::car::unknown",
            Self::CarFile(_) => "minewheel::car::file",
            Self::Tables(_) => "minewheel::data::violations",
            Self::Store(_) => "minewheel::data::unreadable",
            Self::File { .. } => "minewheel::file",
            Self::Option { .. } => "minewheel::option",
            Self::NoBattery { .. } => "minewheel::car::battery",
            Self::KindOfCar { .. } => "minewheel::car::kind",
            Self::Cycle(_) => "minewheel::cycle",
            Self::Profile { .. } => "minewheel::profile",
            Self::Assess(error) | Self::Passport(PassportError::Assess(error)) => error.code(),
            Self::Case(_) => "minewheel::case",
            Self::Supply(_) => "minewheel::supply",
            Self::Suppliers(_) => "minewheel::suppliers",
            Self::TargetMissed { .. } => "minewheel::suppliers::target_missed",
            Self::NotSourced { .. } => "minewheel::supply::not_sourced",
            Self::Disruption(_) => "minewheel::disruption",
            Self::Customs(_) => "minewheel::supply::trade",
            Self::Series(_) => "minewheel::fleet::series",
            Self::Fleet(_) => "minewheel::fleet::study",
            Self::Rules(_) => "minewheel::rules::set",
            Self::RuleFile(_) => "minewheel::rules::file",
            Self::Passport(_) => "minewheel::passport",
            Self::RuleNotMet { .. } => "minewheel::rules::not_met",
            Self::Driver(_) => "minewheel::fleet::driver",
            Self::Lca(error) => error.code(),
            Self::Exchange(error) => error.code(),
            Self::Credits(_) => "minewheel::credits",
            Self::Json(_) => "minewheel::json",
            Self::Serve(_) => "minewheel::web::serve",
            Self::Strict(_) => "minewheel::strict",
            Self::UnknownName { .. } => "minewheel::name",
        }
    }

    /// What to do next.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::UnknownCar(_) => "`minewheel cars` lists the catalogue; a path to a TOML file works too".to_owned(),
            Self::CarFile(_) => "`minewheel schema car` prints every key; examples are in `examples/cars/`".to_owned(),
            Self::Tables(found) => {
                format!("{} violation{}; `data/README.md` explains the tables", found.len(), if found.len() == 1 { "" } else { "s" })
            }
            Self::NoBattery { .. } => {
                "take an electric car or a hybrid of `minewheel cars`; `battery` and `recycle` take a pack by itself, with --chemistry".to_owned()
            }
            Self::KindOfCar { .. } => "`minewheel cars` lists cars with their powertrains".to_owned(),
            Self::Cycle(_) => "a cycle is a name from `minewheel schema cycles` or a CSV file with time_s,speed_km_h".to_owned(),
            Self::Profile { .. } => "a profile is a CSV `hour,soc` or `hour,soc,temperature_c` of whole days, hours 0 to 23".to_owned(),
            Self::Series(_) => "the command's --help names the columns; `docs/model/fleet.md` says what they mean".to_owned(),
            Self::Fleet(error) => crate::commands::fleet::run::help(error),
            Self::Rules(_) => "`minewheel rules list` lists editions, families and their days".to_owned(),
            Self::Assess(error) | Self::Passport(PassportError::Assess(error)) => return error.help(),
            Self::Passport(_) => "a car with a traction battery has one; `minewheel cars` lists them".to_owned(),
            Self::RuleFile(_) => "`minewheel rules list SET` lists the keys that a set asks for, with their units".to_owned(),
            Self::RuleNotMet { .. } => "the result names what would change it; a clause without a value is unknown, not failed".to_owned(),
            Self::Driver(_) => "`docs/model/fleet.md` says which rows a fit needs; `minewheel market PLACE` lists what there is".to_owned(),
            Self::Json(_) => "a figure is not a finite number; this is a defect of Minewheel".to_owned(),
            Self::Serve(_) => "give another --port, or --port 0 for any that is free".to_owned(),
            Self::Strict(_) => "leave --strict out to see the result with its weakest status".to_owned(),
            Self::Store(_) => "give a folder laid out like Minewheel's own `data/`; one table in it is enough".to_owned(),
            Self::File { verb: "read", .. } => {
                "a car is an id of `minewheel cars` or a TOML file in UTF-8; `minewheel schema car` prints its keys".to_owned()
            }
            Self::File { .. } => "check that the folder is there and may be written to".to_owned(),
            Self::Option { option, .. } => format!("see `--{option}` in the command's --help"),
            Self::Lca(error) => error.help().to_owned(),
            Self::Exchange(error) => error.help().to_owned(),
            Self::Credits(_) => {
                "`docs/model/credits.md` explains studies and rules; constants and their years are in `data/rules/credits.csv`".to_owned()
            }
            Self::Case(_) => "`minewheel case list` lists the cases".to_owned(),
            Self::Supply(SupplyError::Year(_) | SupplyError::Sourcing(SourcingError::Year(_))) | Self::Disruption(DisruptionError::Year(_)) => {
                "choose a year with data, or lay an own supply/shares.csv over the tables with --data".to_owned()
            }
            Self::Supply(SupplyError::NeedsCar { .. }) => "name a car: an id of `minewheel cars` or a TOML file".to_owned(),
            Self::Supply(SupplyError::PartWithoutRule) => "add a rule, as in `--ban CN`, or leave --part out".to_owned(),
            Self::Supply(SupplyError::Sourcing(SourcingError::NoBattery { .. })) => {
                "leave --part out for the whole car, or name a car with a traction battery".to_owned()
            }
            Self::Supply(SupplyError::Sourcing(SourcingError::NoMaker { .. })) => {
                "`docs/model/supply.md` says where makers are counted; nothing is solved for a rule that reaches nobody".to_owned()
            }
            Self::Supply(SupplyError::Sourcing(SourcingError::Share { .. } | SourcingError::Cap { .. })) => {
                "shares are parts of one: half of a market is 0.5".to_owned()
            }
            Self::Supply(SupplyError::Sourcing(SourcingError::Tier { .. })) => {
                "tiers are those that the error lists; --tier left out means all".to_owned()
            }
            Self::NotSourced { .. } => "`gaps` names the markets that lack makers; loosen a rule, or ask for a smaller --volume".to_owned(),
            Self::Supply(_) => "a car is an id of `minewheel cars` or a TOML file; a material is one of those listed".to_owned(),
            Self::Suppliers(_) => {
                "a programme's files and columns are in `docs/model/suppliers.md`; `minewheel suppliers synthesise` writes an example".to_owned()
            }
            Self::TargetMissed { .. } => "raise the budget, add measures, or set a later target; the bound says what any plan could do".to_owned(),
            Self::Disruption(_) => "`minewheel schema disrupt-study` prints every key; an example is in `examples/10_disruption/`".to_owned(),
            Self::Customs(_) => "a trade file is a CSV `commodity,tier,reporter,flow,partner,kg` with flow output or import".to_owned(),
            Self::UnknownName { .. } => "give one of the names listed".to_owned(),
        })
    }

    /// 1 for a finding about good input, 2 for bad input.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Strict(_) | Self::RuleNotMet { .. } | Self::TargetMissed { .. } | Self::NotSourced { .. }) { 1 } else { 2 }
    }
}
