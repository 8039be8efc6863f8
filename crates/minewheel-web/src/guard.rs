//! Who may ask: pages that this server itself gave out, and programs on this machine.
//!
//! A page of another site can make a browser send requests to loopback. Two checks keep it out: the `Host` header must be
//! a name of this server (a foreign name that was rebound to loopback is not), and a request that changes or computes
//! something must not carry another site's `Origin`. No header allows other origins to read an answer.

use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};

use crate::service::Refusal;

/// The names a server goes by.
#[derive(Debug, Clone)]
pub struct Names(Vec<String>);

impl Names {
    /// Loopback names with a port, and the host that the server was told to listen on.
    pub fn new(host: &str, port: u16) -> Self {
        let given = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        let mut names: Vec<String> = Vec::new();
        for name in ["localhost", "127.0.0.1", "[::1]", given.as_str()] {
            names.push(format!("{name}:{port}").to_ascii_lowercase());
            if port == 80 {
                names.push(name.to_ascii_lowercase());
            }
        }
        Self(names)
    }

    fn has(&self, authority: &str) -> bool {
        self.0.iter().any(|n| n.eq_ignore_ascii_case(authority))
    }

    /// Lets a request pass, or says why not.
    ///
    /// # Errors
    /// A host that is none of the server's names, or another site's origin.
    pub fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().unwrap_or_default(),
            _ => "",
        };
        let of_uri = uri.authority().map(axum::http::uri::Authority::as_str);
        if !self.has(host) || of_uri.is_some_and(|a| !self.has(a)) {
            return Err(Refusal::new(403, "minewheel::web::host", format!("the host `{host}` is not a name of this server"))
                .with_help(format!("open http://{}/", self.0.first().map_or("localhost", String::as_str))));
        }
        if method == Method::GET || method == Method::HEAD {
            return Ok(());
        }
        if let Some(origin) = headers.get(header::ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            if !origin.strip_prefix("http://").is_some_and(|a| self.has(a)) {
                return Err(Refusal::new(403, "minewheel::web::origin", format!("a page of `{origin}` may not ask this server")));
            }
        }
        if headers.get("sec-fetch-site").is_some_and(|s| s.as_bytes() == b"cross-site") {
            return Err(Refusal::new(403, "minewheel::web::origin", "a page of another site may not ask this server"));
        }
        Ok(())
    }
}

/// What every response carries: nothing is loaded from elsewhere, framed, guessed or told to others.
pub const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Adds [`HEADERS`].
pub fn dress(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
