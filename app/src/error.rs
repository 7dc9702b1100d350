//! Everything that a browser may learn went wrong. Causes stay in the server's log, under the id shown here.
use crate::domain::permission::Denied;
use crate::domain::problem::Problem;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The one error of every server function and frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum AppError {
    /// Inputs that break a rule, each with the name of its field.
    Invalid(Vec<FieldProblem>),
    /// It can be seen, but this viewer may not do this to it.
    Denied(Denied),
    /// There is no such thing, or none that this viewer may see: never told apart.
    NotFound,
    /// Nobody is signed in.
    SignedOut,
    /// Too many attempts; try again after this many seconds.
    SlowDown { seconds: u32 },
    /// The request could not be read: a wrong address, an old page.
    Malformed,
    /// The server cannot do this now: starting, stopping, storage full or locked. Try again.
    Unavailable,
    /// The server did not answer.
    Unreachable,
    /// A mistake of the server; the id finds it in the log.
    Broken { id: String },
}

/// A rule that one field breaks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldProblem {
    pub field: String,
    pub problem: Problem,
}

impl AppError {
    /// One field, one problem.
    pub fn field(field: &str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldProblem {
            field: field.into(),
            problem,
        }])
    }

    /// What is wrong with this field, if anything.
    pub fn problem(&self, field: &str) -> Option<&Problem> {
        match self {
            Self::Invalid(all) => all.iter().find(|one| one.field == field).map(|one| &one.problem),
            _ => None,
        }
    }

    /// The HTTP status that says the same (RFC 9110, RFC 6585).
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 422,
            Self::Denied(_) => 403,
            Self::NotFound => 404,
            Self::SignedOut => 401,
            Self::SlowDown { .. } => 429,
            Self::Malformed => 400,
            Self::Unavailable | Self::Unreachable => 503,
            Self::Broken { .. } => 500,
        }
    }

    /// Whether the same request may succeed later without a change.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::SlowDown { .. } | Self::Unavailable | Self::Unreachable)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(all) if all.len() == 1 => write!(f, "{}", all[0].problem),
            Self::Invalid(all) => write!(f, "{} things need another look.", all.len()),
            Self::Denied(why) => why.fmt(f),
            Self::NotFound => f.write_str("This is not here, or not for you to see."),
            Self::SignedOut => f.write_str("Please sign in first."),
            Self::SlowDown { seconds } => write!(f, "That was quick. Try again in {seconds} seconds."),
            Self::Malformed => f.write_str("The server could not read this. Reload the page and try again."),
            Self::Unavailable => f.write_str("The server cannot do this right now. Try again in a moment."),
            Self::Unreachable => f.write_str("The server did not answer. Check your connection and try again."),
            Self::Broken { id } => write!(
                f,
                "Something broke on the server. Whoever runs it finds the cause under {id}."
            ),
        }
    }
}

impl std::error::Error for AppError {}

impl From<Denied> for AppError {
    fn from(why: Denied) -> Self {
        Self::Denied(why)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Malformed
            }
            _ => Self::Unavailable,
        }
    }
}

/// Parses several fields and collects what is wrong with all of them, so that a form tells everything at once.
#[derive(Default)]
pub struct Fields(Vec<FieldProblem>);

impl Fields {
    /// Notes the problem, if there is one, and goes on.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, Problem>) -> Option<T> {
        parsed
            .map_err(|problem| {
                self.0.push(FieldProblem {
                    field: field.into(),
                    problem,
                })
            })
            .ok()
    }

    /// Everything that was wrong.
    pub fn into_error(self) -> AppError {
        AppError::Invalid(self.0)
    }
}
