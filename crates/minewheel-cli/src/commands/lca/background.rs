//! A database of the user's own behind the cars of `assess` and `explain`.

use std::path::PathBuf;
use std::sync::Arc;

use minewheel_assess::background::{Background, Mapping};

use super::source::{ProviderRule, Rules, UnlinkedRule, short_list, warn_of_loops};
use super::{LcaFailure, files};
use crate::failure::Failure;
use crate::inputs::Desk;

/// The arguments that name it.
#[derive(clap::Args)]
pub struct BackgroundArguments {
    /// A life-cycle database of your own (`lca import`) behind the products that the mapping names
    #[arg(long, value_name = "DB", requires = "background_mapping")]
    background: Option<PathBuf>,
    /// Which product of ours is which process of theirs: a CSV file `kind,ours,place,theirs,factor,status`
    #[arg(long, value_name = "FILE", requires = "background")]
    background_mapping: Option<PathBuf>,
    /// Inputs of the background that nobody supplies cost nothing, instead of being an error
    #[arg(long, requires = "background")]
    background_cut_off: bool,
    /// Where inputs of the background without a default provider come from
    #[arg(long, value_enum, requires = "background")]
    background_providers: Option<ProviderRule>,
    /// How co-products of the background share burdens: as-declared, physical, economic, causal, reference-only, or property:NAME
    #[arg(long, value_name = "KIND", requires = "background")]
    background_allocation: Option<String>,
}

impl BackgroundArguments {
    /// Reads the database and the mapping, and solves what the mapping names; `None` where none is asked for.
    ///
    /// # Errors
    /// A file that cannot be read, a mapping that names what is not there, an unknown kind of allocation, or half of what is needed.
    pub fn read(&self, desk: &Desk) -> Result<Option<Arc<Background>>, Failure> {
        let (database, mapping) = match (&self.background, &self.background_mapping) {
            (Some(database), Some(mapping)) => (database, mapping),
            (None, None) => return Ok(None),
            _ => {
                return Err(Failure::Option {
                    option: "background",
                    seen: "one of background and background_mapping".to_owned(),
                    wanted: "a database and its mapping".to_owned(),
                });
            }
        };
        let fault = |error| LcaFailure::Background { path: mapping.clone(), error };
        let pairs = Mapping::parse(&files::text(mapping)?).map_err(fault)?;
        let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let database = files::database(database)?;
        let unlinked = self.background_cut_off.then_some(UnlinkedRule::CutOff);
        let rules = Rules { providers: self.background_providers, unlinked, allocation: self.background_allocation.as_deref() };
        let options = rules.options(&database, desk.store())?;
        let found = Background::new(desk.tables()?, &name, &pairs, &database, options).map_err(fault)?;
        let listed = |members: &Vec<(String, String)>| short_list(members.iter().map(|(_, name)| name.as_str()), members.len());
        warn_of_loops(found.net_consuming.iter().map(listed), found.net_consuming.len());
        Ok(Some(Arc::new(found)))
    }
}
