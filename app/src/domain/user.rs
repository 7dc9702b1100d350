//! People: how they are called and what a password must be. Parsed once, at the edge; then true.
use super::code::FriendCode;
use super::id::UserId;
use super::problem::Problem;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person as everybody may see them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub username: Username,
    pub name: DisplayName,
}

impl Person {
    /// One or two letters for the avatar: of the first and the last word of the name.
    pub fn initials(&self) -> String {
        let mut words = self
            .name
            .as_str()
            .split_whitespace()
            .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
        let first = words.next();
        let last = words.next_back();
        first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
    }
}

/// The person who is signed in, as their own pages see them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Viewer {
    pub person: Person,
    pub code: FriendCode,
    pub is_admin: bool,
}

impl Viewer {
    /// Shorthand for the account's id.
    pub fn id(&self) -> UserId {
        self.person.id
    }
}

macro_rules! text {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = Problem;
            fn try_from(text: String) -> Result<Self, Problem> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    )*};
}
pub(crate) use text;

text! {
    /// 2 to 32 of `a-z 0-9 . _ -`, beginning with a letter or digit. Capitals are folded.
    Username;
    /// 1 to 64 characters, trimmed, on one line.
    DisplayName;
    /// An address that could receive mail, at most 254 characters (RFC 5321), folded to lower case.
    Email;
}

impl Username {
    /// Folds capitals and checks length and characters.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().trim_start_matches('@').to_ascii_lowercase();
        length(&text, 2, 32)?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        if !text.chars().all(fits) || !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(Problem::Characters {
                allowed: "letters a to z, digits, dots and dashes".into(),
            });
        }
        Ok(Self(text))
    }
}

impl DisplayName {
    /// Trims and checks length; line breaks and other control characters are refused.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        line(text, 64).map(Self)
    }
}

impl Email {
    /// Checks the form loosely: whether mail arrives can only be tried.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_lowercase();
        length(&text, 3, 254)?;
        let form = || Problem::Form {
            example: "name@example.org".into(),
        };
        let (local, domain) = text.rsplit_once('@').ok_or_else(form)?;
        let ending = domain.rsplit_once('.').map(|(_, ending)| ending.len()).unwrap_or(0);
        let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
        if local.is_empty() || local.contains('@') || ending < 2 || domain.starts_with('.') || !plain {
            return Err(form());
        }
        Ok(Self(text))
    }
}

/// 8 to 128 characters of any script. It is never serialised, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Checks the length. Whether it is too common is asked on the server, where the list is.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let count = text.chars().count();
        match count {
            0 => Err(Problem::Blank),
            1..8 => Err(Problem::TooShort { least: 8 }),
            8..=128 => Ok(Self(text.to_owned())),
            _ => Err(Problem::TooLong { most: 128 }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// One line of 1 to `most` characters, trimmed.
pub(crate) fn line(text: &str, most: u32) -> Result<String, Problem> {
    let text = text.trim();
    length(text, 1, most)?;
    if text.contains(char::is_control) {
        return Err(Problem::Characters {
            allowed: "text on one line".into(),
        });
    }
    Ok(text.to_owned())
}

fn length(text: &str, least: u32, most: u32) -> Result<(), Problem> {
    let count = text.chars().count();
    match count {
        0 => Err(Problem::Blank),
        _ if count < least as usize => Err(Problem::TooShort { least }),
        _ if count > most as usize => Err(Problem::TooLong { most }),
        _ if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) => Err(Problem::Blank),
        _ => Ok(()),
    }
}

/// Characters that take no room: a name made of these alone would look empty.
/// Source: Unicode 16, Default_Ignorable_Code_Point (the ones in common use).
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_are_folded_and_checked() {
        for (text, expected) in [
            ("Ines", Ok("ines")),
            (" @ines.okafor ", Ok("ines.okafor")),
            ("a", Err(Problem::TooShort { least: 2 })),
            ("", Err(Problem::Blank)),
            (&"a".repeat(33), Err(Problem::TooLong { most: 32 })),
        ] {
            assert_eq!(
                Username::parse(text)
                    .as_ref()
                    .map(Username::as_str)
                    .map_err(Clone::clone),
                expected,
                "{text}"
            );
        }
        for bad in ["in es", ".ines", "inés", "a/b", "-x"] {
            assert!(matches!(Username::parse(bad), Err(Problem::Characters { .. })), "{bad}");
        }
    }

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(
            DisplayName::parse("  ليلى حداد ").map(String::from),
            Ok("ليلى حداد".into())
        );
        assert_eq!(DisplayName::parse("\u{200b}\u{200b}"), Err(Problem::Blank));
        assert!(matches!(DisplayName::parse("a\nb"), Err(Problem::Characters { .. })));
        assert_eq!(DisplayName::parse(&"ä".repeat(65)), Err(Problem::TooLong { most: 64 }));
    }

    #[test]
    fn addresses_have_a_name_and_an_ending() {
        for good in ["ines@example.org", "A.B+c@mail.example.co"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "ines",
            "ines@tern-island",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
            "a@.org",
        ] {
            assert!(matches!(Email::parse(bad), Err(Problem::Form { .. })), "{bad}");
        }
    }

    #[test]
    fn passwords_keep_to_themselves() {
        assert_eq!(Password::parse("seven77"), Err(Problem::TooShort { least: 8 }));
        assert_eq!(Password::parse(&"x".repeat(129)), Err(Problem::TooLong { most: 128 }));
        let password = Password::parse("quiet-river-lantern").unwrap();
        assert!(!format!("{password:?}").contains("river"));
    }

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        let person = |name: &str| Person {
            id: UserId(uuid::Uuid::nil()),
            username: Username::parse("xx").unwrap(),
            name: DisplayName::parse(name).unwrap(),
        };
        assert_eq!(person("Ines Okafor").initials(), "IO");
        assert_eq!(person("Dr. Annegret von Hohenfels").initials(), "DH");
        assert_eq!(person("mara").initials(), "M");
    }
}
