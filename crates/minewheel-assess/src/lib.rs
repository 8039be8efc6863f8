//! One car assessed: footprint, cost, materials, origin, uncertainty, explanation.
//!
//! [`tables::Tables`] holds the checked data; [`scenario::Scenario`] says what is assumed; [`assessment::assess`]
//! answers. Nothing here reads a file, a clock or the environment: same tables, scenario and seed, same bits on any
//! number of threads.

pub mod ageing;
pub mod assessment;
pub mod background;
pub mod battery;
pub mod body;
pub mod cff;
pub mod charging;
pub mod cost;
pub mod drive_units;
pub mod explain;
pub mod footprint;
pub mod inventory;
pub mod machine;
pub mod network;
pub mod networks;
pub mod origin;
pub mod pack_footprint;
pub mod plant;
pub mod recovery;
pub mod recycling;
pub mod scenario;
pub mod sensitivity;
pub mod tables;
pub mod tiers;
pub mod uncertainty;
pub mod watch;

use minewheel_data::cycles::CycleError;
use minewheel_data::electricity::MixError;
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::UnknownPlace;
use minewheel_lca::{DistributionError, DrawError, SolveError};
use minewheel_model::ageing::AgeingError;
use minewheel_model::battery::BatteryError;
use minewheel_model::charging::ChargingError;
use minewheel_model::drive::{DriveError, PerformanceError};
use minewheel_model::motor::MotorError;
use minewheel_model::recycling::RecyclingError;
use minewheel_model::vehicle::VehicleError;

/// Why an assessment was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AssessError {
    /// A place is not known.
    #[error(transparent)]
    Place(#[from] UnknownPlace),
    /// No mix for the place and year asked for.
    #[error(transparent)]
    Mix(#[from] MixError),
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] network::NetworkError),
    /// The network cannot be solved.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A solver gave back nothing.
    #[error("the network has no category to solve")]
    NothingSolved,
    /// A draw cannot be solved.
    #[error("draw {} of seed {}: {}", .0.draw, .0.seed, .0.source)]
    Draw(DrawError),
    /// A user's background cannot be drawn.
    #[error(transparent)]
    Spread(#[from] background::SpreadError),
    /// A user's background cannot be solved.
    #[error(transparent)]
    Background(#[from] background::BackgroundError),
    /// A row's spread is no distribution.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
    /// The climate method is not known.
    #[error("no climate method `{seen}`; there are {known}")]
    Method {
        /// The method asked for.
        seen: String,
        /// The methods there are.
        known: String,
    },
    /// The battery cannot be made.
    #[error(transparent)]
    Battery(#[from] BatteryError),
    /// What was asked of a battery's chain or prices.
    #[error(transparent)]
    Chain(#[from] battery::ChainError),
    /// The car cannot be sized.
    #[error(transparent)]
    Vehicle(#[from] VehicleError),
    /// The car cannot be driven.
    #[error(transparent)]
    Drive(#[from] DriveError),
    /// A machine cannot be made.
    #[error(transparent)]
    Motor(#[from] MotorError),
    /// A cell or pack cannot be aged.
    #[error(transparent)]
    Ageing(#[from] AgeingError),
    /// A pack cannot be recycled.
    #[error(transparent)]
    Recycling(#[from] RecyclingError),
    /// The car cannot be charged, or the trip not driven.
    #[error(transparent)]
    Charging(#[from] ChargingError),
    /// What the car can do is not modelled.
    #[error(transparent)]
    Performance(#[from] PerformanceError),
    /// A cycle is unknown or faulty.
    #[error(transparent)]
    CycleFile(#[from] CycleError),
    /// A cycle is not ready.
    #[error("no cycle `{0}`")]
    Cycle(String),
    /// A price is missing.
    #[error(transparent)]
    Price(#[from] ParameterError),
    /// The one who asked no longer waits.
    #[error("stopped before the end")]
    Stopped,
    /// A draw gave a car other lines than its best estimate.
    #[error("car `{car}`: a draw buys {line}, which the best estimate does not; a row with a spread decides between parts")]
    LinesChanged {
        /// The car.
        car: String,
        /// The line that only the draw has.
        line: String,
    },
    /// A draw made a car impossible.
    #[error("draw {draw}: {source}")]
    InDraw {
        /// The number of the draw.
        draw: usize,
        /// What it made impossible.
        source: Box<AssessError>,
    },
}

impl From<DrawError> for AssessError {
    fn from(error: DrawError) -> Self {
        Self::Draw(error)
    }
}

impl AssessError {
    /// A stable code, listed in the documentation.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Place(_) => "minewheel::place::unknown",
            Self::Mix(_) => "minewheel::electricity::no_mix",
            Self::Network(_) => "minewheel::network::incomplete",
            Self::Solve(_) | Self::Draw(_) | Self::NothingSolved => "minewheel::network::unsolved",
            Self::Spread(_) | Self::Background(_) => "minewheel::lca::background",
            Self::Distribution(_) => "minewheel::data::spread",
            Self::Method { .. } => "minewheel::method::unknown",
            Self::Battery(_) => "minewheel::car::battery",
            Self::Chain(error) => error.code(),
            Self::Vehicle(VehicleError::Alloy { .. } | VehicleError::Alloys { .. }) => "minewheel::car::alloy",
            Self::Vehicle(_) => "minewheel::car::mass",
            Self::Drive(_) => "minewheel::car::drive",
            Self::Ageing(_) => "minewheel::battery::ageing",
            Self::Recycling(_) => "minewheel::battery::recycling",
            Self::Motor(_) => "minewheel::motor",
            Self::Charging(_) => "minewheel::car::charging",
            Self::Performance(_) => "minewheel::car::performance",
            Self::CycleFile(_) | Self::Cycle(_) => "minewheel::cycle",
            Self::Price(_) => "minewheel::data::parameter",
            Self::Stopped => "minewheel::stopped",
            Self::LinesChanged { .. } | Self::InDraw { .. } => "minewheel::uncertainty::draw",
        }
    }

    /// What to do next.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Place(_) => "places are ISO 3166 codes (CN, DE, US), Chinese provinces (CN-YN) and groups (EU27, WORLD)".to_owned(),
            Self::Mix(_) => "choose a year with data, or lay an own electricity/mix.csv over the tables with --data".to_owned(),
            Self::Vehicle(VehicleError::Alloy { .. } | VehicleError::Alloys { .. }) => {
                "ask for less, name cleaner scrap (`body.aluminium_scrap`: same-alloy, sorted-wrought, mixed-shredder), or give shares by alloy \
                 family; `minewheel body CAR` lists what each takes"
                    .to_owned()
            }
            Self::Chain(_) => "`minewheel battery --help` names stages, routes and materials".to_owned(),
            Self::Battery(
                BatteryError::Choice { .. }
                | BatteryError::AnodeTooSmall { .. }
                | BatteryError::SiliconBreaksBalance { .. }
                | BatteryError::BeyondTheory { .. }
                | BatteryError::NoGraphite { .. },
            ) => "`minewheel battery --help` names the ranges; leave the option out for the chemistry's usual cell".to_owned(),
            Self::Vehicle(_) | Self::Battery(_) | Self::Drive(_) => {
                "check the car's masses, energies and powers against `minewheel schema car`".to_owned()
            }
            Self::Spread(_) => "`minewheel lca solve DB --demand ID=AMOUNT --samples N` shows the draw; --no-interval does without".to_owned(),
            Self::Background(_) => "`minewheel lca solve DB --demand ID=AMOUNT` says what the database lacks".to_owned(),
            Self::Ageing(_) => "`minewheel age --help` names the ranges; a profile is a CSV `hour,soc` of whole days".to_owned(),
            Self::Recycling(_) => "lay rows over `recycling/feed.csv` with --data; `minewheel schema chemistries` lists the chemistries".to_owned(),
            Self::Charging(ChargingError::NoDcPort { .. }) => "give `charging.dc_power_kw` in a car file, or charge it with --ac-kw".to_owned(),
            Self::Charging(ChargingError::TooFar { .. }) => {
                "bring the stations closer, lower the speed or the reserve, or take a larger battery".to_owned()
            }
            Self::Charging(_) => {
                "`minewheel charge --help` and `minewheel trip --help` name the ranges; the car's fields are in `minewheel schema car`".to_owned()
            }
            Self::Performance(_) => {
                "take a battery-electric car of `minewheel cars`; cars with engines are driven over cycles with `minewheel drive`".to_owned()
            }
            Self::Motor(MotorError::Unknown { .. }) => "give one of the names listed".to_owned(),
            Self::Motor(_) => "give power, torque, speed and voltage that fit together; `minewheel motor --help` lists them".to_owned(),
            Self::Method { .. } => "`minewheel schema methods` lists the climate methods".to_owned(),
            Self::Network(network::NetworkError::NoSupplier { .. }) => "ban fewer places, or give `place = share` in `[sourcing]`".to_owned(),
            Self::Network(_) => "`minewheel data check DIR` says what the tables lack".to_owned(),
            Self::InDraw { .. } => "the car's ranges reach a car that cannot be; narrow them, or use --no-interval".to_owned(),
            _ => return None,
        })
    }
}
