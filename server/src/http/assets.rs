//! The site's files, which lie inside the binary: scripts, styles, icons. Debug builds read them from `target/site`.
//! Nobody's session is looked up for them.
use app::api::preferences::Assets;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What cargo-leptos built. Missing before the first build: then pages come without script and style.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct SiteFiles;

const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK: &str = "no-cache";

/// The precompressed forms, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The layer that answers for every path that is a file.
pub async fn serve(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match answer(request.uri(), request.headers()) {
        Some(response) if request.method() == Method::HEAD => response.map(|_| Body::empty()),
        Some(response) => response,
        // The folder of hashed files holds no pages: an old page asking for an old script gets a plain answer.
        None if request.uri().path().starts_with("/pkg/") => StatusCode::NOT_FOUND.into_response(),
        None => next.run(request).await,
    }
}

/// The addresses of the script, the WebAssembly and the style, with their hashes where the build made some.
pub fn names() -> Assets {
    let all: Vec<_> = SiteFiles::iter().filter(|path| path.starts_with("pkg/")).collect();
    let find = |ending: &str| match all.iter().find(|path| path.ends_with(ending)) {
        Some(path) => format!("/{path}"),
        None => format!("/pkg/kith{ending}"),
    };
    Assets {
        js: find(".js"),
        wasm: find(".wasm"),
        css: find(".css"),
    }
}

fn answer(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path().strip_prefix('/')?;
    let is_compressed = |path: &str| ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    // The debug build joins the path to a folder; nothing above it is ours to show.
    if path.is_empty() || path.contains("..") || is_compressed(path) {
        return None;
    }
    let plain = SiteFiles::get(path)?;
    let (file, encoding) = compressed(path, headers).unwrap_or((plain, None));
    let etag = etag(&file);
    let mut answer = HeaderMap::new();
    // A page names the version of what it wants, as the sprite's does: it needs no asking, also while we are away.
    let is_named = uri.query().is_some_and(|query| query.starts_with("v="));
    let caching = if is_hashed(path) || is_named { FOREVER } else { ASK };
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    answer.insert(ETAG, etag.clone());
    if headers.get(IF_NONE_MATCH) == Some(&etag) {
        return Some((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    answer.insert(CONTENT_TYPE, content_type(path));
    answer.insert(CONTENT_LENGTH, HeaderValue::from(file.data.len()));
    Some((answer, Body::from(file.data.into_owned())).into_response())
}

fn compressed(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    ENCODINGS.iter().find_map(|(encoding, ending)| {
        let is_accepted = accepted.split(',').any(|one| {
            let (name, quality) = one.split_once(';').unwrap_or((one, ""));
            name.trim() == *encoding && quality.trim() != "q=0"
        });
        let file = is_accepted
            .then(|| SiteFiles::get(&format!("{path}{ending}")))
            .flatten()?;
        Some((file, Some(*encoding)))
    })
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{hex}\"")).expect("hexadecimal letters")
}

/// `pkg/kith.0fX3….wasm`: its name changes with its content. Those without a hash are of debug builds.
fn is_hashed(path: &str) -> bool {
    path.strip_prefix("pkg/")
        .is_some_and(|name| name.split('.').count() > 2 || name.contains("snippets/"))
}

fn content_type(path: &str) -> HeaderValue {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match (guess.type_().as_str(), path.rsplit('.').next()) {
        (_, Some("webmanifest")) => "application/manifest+json".to_owned(),
        ("text", _) => format!("{}; charset=utf-8", guess.essence_str()),
        _ => guess.essence_str().to_owned(),
    };
    HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("pkg/kith.0fX3abc.wasm"));
        assert!(!is_hashed("pkg/kith.wasm"));
        assert!(!is_hashed("favicon.0fX3abc.svg"));
    }

    #[test]
    fn browsers_are_told_what_they_get() {
        assert_eq!(content_type("pkg/kith.wasm"), "application/wasm");
        assert_eq!(content_type("pkg/kith.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("icons.svg"), "image/svg+xml");
        assert_eq!(content_type("manifest.webmanifest"), "application/manifest+json");
    }

    #[test]
    fn nothing_outside_the_site_is_shown() {
        for path in [
            "/../Cargo.toml",
            "/pkg/../../Cargo.toml",
            "/",
            "//etc/passwd",
            "/hash.txt.br",
        ] {
            let uri = Uri::try_from(path).unwrap();
            assert!(answer(&uri, &HeaderMap::new()).is_none(), "{path}");
        }
    }
}
