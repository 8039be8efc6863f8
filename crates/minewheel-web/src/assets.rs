//! The files of the browser app, embedded when the program was built.
//!
//! A path names an embedded file or none: nothing is looked up on a disk, so no path leads out. Paths without a dot in their
//! last part are views of the app and get its page. Files carry a tag of their content; those whose name holds a hash of it
//! may be kept for a year.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::service::Refusal;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/app.rs"));
}

/// A file of the app.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path below the root, such as `assets/index-1a2b3c4d.js`.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// A hash of them.
    pub hash: u64,
}

/// The page that every view of the app begins with.
const PAGE: &str = "index.html";
/// Least length of a hash in a file's name.
const LEAST_HASH: usize = 8;

/// Every file of the app.
pub fn all() -> impl Iterator<Item = Asset> {
    embedded::FILES.iter().map(|&(name, bytes, hash)| Asset { name, bytes, hash })
}

/// The file that a path asks for.
///
/// # Errors
/// There is none.
pub fn find(path: &str) -> Result<Asset, Refusal> {
    let missing = || Refusal::new(404, "minewheel::web::path", format!("there is nothing at `{path}`"));
    let name = path.strip_prefix('/').unwrap_or(path);
    let by_name = |wanted: &str| all().find(|a| a.name == wanted);
    if let Some(asset) = by_name(name) {
        return Ok(asset);
    }
    let is_view = !name.rsplit('/').next().unwrap_or_default().contains('.') && !name.contains(['%', '\\']);
    if !is_view {
        return Err(missing());
    }
    by_name(PAGE).ok_or_else(|| {
        Refusal::new(404, "minewheel::web::app", "the browser app is not built into this program")
            .with_help("the API is there: /api/1/info, /api/1/openapi.json; docs/how-to/serve.md says how to ask it")
    })
}

/// A file as a response, or word that the one who asks has it already.
pub fn response(asset: Asset, headers: &HeaderMap) -> Response<Body> {
    let tag = format!("\"{:016x}\"", asset.hash);
    let has_it = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(|t| {
        let t = t.trim();
        t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag
    });
    let mut response = Response::new(if has_it { Body::empty() } else { Body::from(asset.bytes) });
    if has_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let cache = if has_hash(asset.name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime(asset.name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Whether a name holds a hash of the content, as `index-1a2b3c4d.js` does.
fn has_hash(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split(['-', '.']).skip(1).any(|part| part.len() >= LEAST_HASH && part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().all(is_of_hash))
}

const fn is_of_hash(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "wasm" => "application/wasm",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
