//! What Kith can be told from outside: flags and environment, read once and checked once.
use crate::http::address::Network;
use axum::http::Uri;
use clap::{Args, ValueEnum};
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use tracing_subscriber::EnvFilter;

/// Everything that can be set. The words here are what `kith --help` says.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Address and port to listen on
    #[arg(
        long,
        env = "KITH_ADDRESS",
        default_value = "127.0.0.1:3000",
        value_name = "ADDRESS:PORT"
    )]
    pub address: SocketAddr,

    /// Where people reach it, without a path; https here makes cookies Secure [default: http://ADDRESS:PORT]
    #[arg(long, env = "KITH_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,

    /// sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME [default: kith.db in the data folder]
    #[arg(long, env = "KITH_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<Secret>,

    /// Folder for everything that is kept
    #[arg(long, env = "KITH_DATA", default_value = "./data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// Proxies whose X-Forwarded-For is believed, as 10.0.0.1 or 10.0.0.0/8, with commas between
    #[arg(long, env = "KITH_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORKS")]
    pub trusted_proxies: Vec<Network>,

    /// Whether people may make accounts by themselves
    #[arg(long, env = "KITH_REGISTRATION", value_enum, default_value_t = Registration::Open)]
    pub registration: Registration,

    /// What to log: error, warn, info, debug or trace, also per module as in info,server=debug
    #[arg(long, env = "KITH_LOG", default_value = "info", value_name = "FILTER")]
    pub log: LogFilter,

    /// How to log
    #[arg(long, env = "KITH_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

impl Config {
    /// What is wrong that one value by itself cannot show.
    pub fn check(&self) -> Result<(), String> {
        let schemes = ["sqlite:", "postgres://", "postgresql://"];
        match &self.database_url {
            Some(url) if !schemes.iter().any(|scheme| url.0.starts_with(scheme)) => {
                Err("the value for '--database-url <URL>' begins neither with sqlite: nor with postgres://".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The database's address, as given or in the data folder.
    pub fn database(&self) -> Secret {
        let file = || Secret(format!("sqlite:{}", self.data.join("kith.db").display()));
        self.database_url.clone().unwrap_or_else(file)
    }
}

/// Whether people may make accounts by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Registration {
    Open,
    Closed,
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// A filter for the log that can be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogFilter(String);

impl LogFilter {
    /// For the subscriber.
    pub fn filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

impl FromStr for LogFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        EnvFilter::builder()
            .parse(text)
            .map(|_| Self(text.to_owned()))
            .map_err(|error| error.to_string())
    }
}

/// Something that no log and no error may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl FromStr for Secret {
    type Err = Infallible;

    /// Takes anything: a refusal here would be shown together with the secret. See [`Config::check`].
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where people reach the server: scheme, host and port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicUrl {
    /// As browsers send it in `Origin`: without a slash at the end.
    pub origin: String,
    pub is_https: bool,
    /// Whether somebody said so. If not, people may come by any name that the server has.
    pub is_named: bool,
}

impl PublicUrl {
    /// For those who named none.
    pub fn of(address: SocketAddr) -> Self {
        Self {
            origin: format!("http://{address}"),
            is_https: false,
            is_named: false,
        }
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "it looks like https://chat.example.org, without a path".to_owned();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong());
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        // A browser leaves the usual port out of `Origin`.
        let usual = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.as_str().to_ascii_lowercase();
        let authority = authority.strip_suffix(usual).unwrap_or(&authority);
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            is_https: scheme == "https",
            is_named: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        config: Config,
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for (text, origin) in [
            ("https://Chat.Example.org/", Some("https://chat.example.org")),
            ("https://chat.example.org:443", Some("https://chat.example.org")),
            ("http://127.0.0.1:3000", Some("http://127.0.0.1:3000")),
            ("https://chat.example.org/kith", None),
            ("https://me@chat.example.org", None),
            ("chat.example.org", None),
            ("ftp://chat.example.org", None),
            ("", None),
        ] {
            let parsed = text.parse::<PublicUrl>().ok();
            assert_eq!(parsed.map(|url| url.origin).as_deref(), origin, "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let flags = ["kith", "--database-url", "mysql://kith:hunter2@localhost/kith"];
        let config = Flags::parse_from(flags).config;
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(!config.check().unwrap_err().contains("hunter2"));
    }
}
