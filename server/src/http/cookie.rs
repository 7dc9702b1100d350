//! Reads and writes the plain cookies: preferences and the flash. The session's cookie is tower-sessions' business.
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// How long a cookie lasts, and who may read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifetime {
    /// A year, and scripts may read it.
    Year,
    /// A moment, and no script may read it.
    Seconds(u32),
    /// No longer.
    Over,
}

/// The value of a cookie.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A `Set-Cookie` line. The value must be of letters that a cookie may hold; anything else makes it empty.
pub fn build(name: &str, value: &str, lifetime: Lifetime, is_https: bool) -> HeaderValue {
    // RFC 6265, section 4.1.1: cookie-octet.
    let is_octet = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\');
    let value = if value.bytes().all(is_octet) { value } else { "" };
    let rest = match lifetime {
        Lifetime::Year => "Max-Age=31536000".to_owned(),
        Lifetime::Seconds(seconds) => format!("Max-Age={seconds}; HttpOnly"),
        Lifetime::Over => "Max-Age=0; HttpOnly".to_owned(),
    };
    let secure = if is_https { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Path=/; SameSite=Lax; {rest}{secure}"))
        .expect("every letter was checked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "mytheme=x; theme=dark; a=b=c".parse().unwrap());
        assert_eq!(read(&headers, "theme"), Some("dark"));
        assert_eq!(read(&headers, "a"), Some("b=c"));
        assert_eq!(read(&headers, "me"), None);
    }

    #[test]
    fn a_value_cannot_add_attributes() {
        let cookie = build("theme", "x; Domain=evil.example", Lifetime::Year, true);
        assert_eq!(cookie, "theme=; Path=/; SameSite=Lax; Max-Age=31536000; Secure");
    }
}
