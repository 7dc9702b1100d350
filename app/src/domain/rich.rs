//! The closed tree of what a message can contain. There is no HTML in it: components draw it node by node.
use serde::{Deserialize, Serialize};

/// A parsed body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rich(pub Vec<Block>);

/// Nesting deeper than this is written out as text.
pub const MAX_DEPTH: usize = 6;

/// What stands below one another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Block {
    Paragraph(Vec<Inline>),
    Code {
        language: String,
        text: String,
    },
    Quote(Vec<Block>),
    /// `start` is the first number of an ordered list; none for bullets.
    List {
        start: Option<u32>,
        items: Vec<Vec<Block>>,
    },
}

/// What stands in a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Inline {
    Text(String),
    Break,
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Struck(Vec<Inline>),
    Code(String),
    Link { href: Href, text: Vec<Inline> },
}

/// An address that a link may lead to: `http`, `https` or `mailto`, nothing else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Href(String);

impl Href {
    /// Accepts the three schemes in any case; `javascript:` and its kin cannot be written down.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase())?;
        let fits = matches!(scheme.as_str(), "http" | "https" | "mailto") && !text.contains(|c: char| c.is_control());
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Href {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a link that may be followed")
    }
}

impl From<Href> for String {
    fn from(href: Href) -> Self {
        href.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_schemes_are_links() {
        for good in ["https://example.org/a?b#c", "HTTP://x", "mailto:ines@example.org"] {
            assert!(Href::parse(good).is_some(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.org",
            "ftp://x",
            "java\nscript:x",
            "",
            "vbscript:x",
        ] {
            assert!(Href::parse(bad).is_none(), "{bad}");
        }
    }
}
