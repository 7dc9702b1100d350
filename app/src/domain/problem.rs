//! What can be wrong with something a person typed. The words are shown beside the field.
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rule that an input breaks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Problem {
    /// Nothing, or only white space.
    Blank,
    /// Fewer than `least` characters.
    TooShort { least: u32 },
    /// More than `most` characters (or bytes, for a message).
    TooLong { most: u32 },
    /// A character that is not allowed here; `allowed` says which are.
    Characters { allowed: String },
    /// Not of the form that it should have; `example` shows one.
    Form { example: String },
    /// Somebody else has it.
    Taken,
    /// Among the passwords that are tried first.
    TooCommon,
    /// The name and password do not fit together, or there is no such account: never told apart.
    Mismatch,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("Please fill this in."),
            Self::TooShort { least } => write!(f, "At least {least} characters, please."),
            Self::TooLong { most } => write!(f, "This is too long: {most} at most."),
            Self::Characters { allowed } => write!(f, "Only {allowed}, please."),
            Self::Form { example } => write!(f, "This should look like {example}."),
            Self::Taken => f.write_str("This is taken. Try another."),
            Self::TooCommon => f.write_str("This password is easily guessed. Try three or four words."),
            Self::Mismatch => f.write_str("The name or the password is not right."),
        }
    }
}
