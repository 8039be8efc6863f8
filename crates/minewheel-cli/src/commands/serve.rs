//! `minewheel serve`: the browser app and the JSON API, on this machine.

use std::path::PathBuf;

use minewheel_web::{ServeError, Server};

use crate::failure::Failure;
use crate::{api, print};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// The port; 0: any that is free
    #[arg(long, default_value_t = 8017, allow_negative_numbers = true)]
    port: u16,
    /// The host to listen on; left as it is, nobody else reaches the server
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command until it is told to end.
///
/// # Errors
/// Tables with violations, or a port that is taken.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let service = api::service(arguments.data.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(ServeError::from)?;
    runtime.block_on(async {
        let server = Server::bind(&arguments.host, arguments.port, service).await?;
        // Heard from here on: whoever reads the address may ask for the end.
        let end = told_to_end();
        print::note(&format!("minewheel serves http://{}/ (Ctrl-C ends it)", server.address()));
        server.run(end).await
    })?;
    // Computations that nobody waits for are not waited for either.
    runtime.shutdown_background();
    Ok(())
}

/// Ends when the terminal or the system asks for the end; it listens from the call on.
#[cfg(unix)]
fn told_to_end() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let (terminal, system) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        match (terminal, system) {
            (Ok(mut terminal), Ok(mut system)) => {
                tokio::select! {
                    _ = terminal.recv() => {}
                    _ = system.recv() => {}
                }
            }
            _ => {
                let _ = tokio::signal::ctrl_c().await;
            }
        }
    }
}

/// Ends when the terminal asks for the end.
#[cfg(not(unix))]
async fn told_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}
