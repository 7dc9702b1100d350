//! The friend code: a person's short public id, easy to read aloud.
use super::problem::Problem;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Eight characters of Crockford's base 32 (<https://www.crockford.com/base32.html>), shown as `7KQ2-M9TD`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FriendCode([u8; 8]);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl FriendCode {
    /// Makes a code from 40 bits; the bits above are ignored.
    pub fn from_bits(bits: u64) -> Self {
        Self(std::array::from_fn(|i| ALPHABET[(bits >> (35 - 5 * i) & 31) as usize]))
    }

    /// Reads a code as people write it: any case, dashes and spaces ignored, `I L` read as 1 and `O` as 0.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let form = || Problem::Form {
            example: "7KQ2-M9TD".into(),
        };
        let mut code = [0; 8];
        let mut places = code.iter_mut();
        for c in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let c = match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                c => c,
            };
            let known = ALPHABET.iter().find(|known| **known as char == c).ok_or_else(form)?;
            *places.next().ok_or_else(form)? = *known;
        }
        if places.next().is_some() {
            Err(form())
        } else {
            Ok(Self(code))
        }
    }

    /// The eight characters without the dash, as they are stored.
    pub fn plain(&self) -> String {
        self.0.iter().map(|byte| *byte as char).collect()
    }
}

impl fmt::Display for FriendCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        write!(f, "{}-{}", &plain[..4], &plain[4..])
    }
}

impl TryFrom<String> for FriendCode {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<FriendCode> for String {
    fn from(code: FriendCode) -> Self {
        code.plain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_written() {
        let code = FriendCode::from_bits(0x12_3456_789A);
        for text in [
            code.to_string(),
            code.plain(),
            code.to_string().to_lowercase(),
            format!(" {code} "),
        ] {
            assert_eq!(FriendCode::parse(&text), Ok(code), "{text}");
        }
        assert_eq!(FriendCode::parse("oil0-0000"), FriendCode::parse("0110-0000"));
        for bad in ["", "7KQ2-M9T", "7KQ2-M9TDX", "7KQ2-M9TU"] {
            assert!(FriendCode::parse(bad).is_err(), "{bad}");
        }
    }
}
