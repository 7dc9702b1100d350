//! The command line: serving, and the verbs of whoever runs the server.
use app::domain::user::Username;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use server::App;
use server::clock::Clock;
use server::config::{Config, LogFormat, PublicUrl};
use server::store::Store;
use std::io::IsTerminal;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Kith, a messenger that you host yourself. Without a command it serves.
#[derive(Parser)]
#[command(name = "kith", version, after_help = AFTER_HELP, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

const AFTER_HELP: &str = "At its first start it prints a link with which the first administrator's account is made. \
    `kith user reset-link NAME` prints a link with which that person sets a new password.";

#[derive(Subcommand)]
enum Command {
    /// Serve until told to stop (the default)
    Serve,
    /// People's accounts
    User {
        #[command(subcommand)]
        verb: UserVerb,
    },
}

#[derive(Subcommand)]
enum UserVerb {
    /// Print a link, good once and for an hour, with which this person sets a new password
    ResetLink {
        #[arg(value_name = "NAME")]
        username: String,
    },
}

fn main() -> ExitCode {
    // A wrong flag or variable ends here, with one line that says which, and exit code 2.
    let cli = Cli::parse();
    if let Err(why) = cli.config.check() {
        Cli::command().error(ErrorKind::ValueValidation, why).exit();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime
        .map_err(|error| anyhow::anyhow!("cannot begin: {error}"))
        .and_then(|runtime| {
            let _ = rustls::crypto::ring::default_provider().install_default();
            runtime.block_on(run(cli))
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Each error says its cause itself.
            eprintln!("kith: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    log(&cli.config);
    match cli.command {
        None | Some(Command::Serve) => serve(cli.config).await,
        Some(Command::User {
            verb: UserVerb::ResetLink { username },
        }) => print_reset_link(&cli.config, &username).await,
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    // Before anything can be told to stop.
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let app = App::start(config).await?;
    let url = &app.public_url.origin;
    tracing::info!(address = %app.address, %url, "serving");
    if let Some(token) = app.chat.set_up_link().await? {
        println!("Make the first administrator's account here: {url}/setup/{token}");
    }
    tokio::select! {
        _ = term.recv() => (),
        _ = int.recv() => (),
    }
    tracing::info!("stopping");
    app.stop().await;
    Ok(())
}

async fn print_reset_link(config: &Config, username: &str) -> anyhow::Result<()> {
    let username = Username::parse(username).map_err(|problem| anyhow::anyhow!("'{username}': {problem}"))?;
    let store: Store = server::open(config, Clock::System).await?;
    let token = server::chat::reset_link(&store, &Clock::System, &username).await?;
    store.close().await;
    let url = config
        .public_url
        .clone()
        .unwrap_or(PublicUrl::of(config.address))
        .origin;
    match token {
        Some(token) => println!("{url}/reset/{token}"),
        None => anyhow::bail!("nobody is called {username}"),
    }
    Ok(())
}

fn log(config: &Config) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(config.log.filter())
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
