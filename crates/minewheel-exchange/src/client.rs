//! The calling side: a client of a host of the PACT network, ours or another's.
//!
//! Finds the address of tokens (`OpenID` discovery, or `/auth/token`), keeps its token until it ends, follows pagination
//! links of the host and of no other, and sends events. Credentials go over TLS, or to this machine.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_rustls::rustls::crypto::ring;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

use crate::clock::Moment;
use crate::secret::{self, SecretError};

/// Longest answer that is read.
const LONGEST_ANSWER: u64 = 256 * 1024 * 1024;
/// Seconds before its end at which a token is no longer used.
const MARGIN: i64 = 30;
/// Seconds that a token is taken to last whose host does not say.
const USUAL_LIFE: i64 = 300;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The host cannot be reached.
    #[error("`{url}` cannot be reached: {reason}")]
    Unreachable {
        /// The address.
        url: String,
        /// Why not.
        reason: String,
    },
    /// The host said no.
    #[error("`{url}` says {status}: {message}")]
    Refused {
        /// The address.
        url: String,
        /// The status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// The answer is not what the specification says.
    #[error("the answer of `{url}` is not understood: {reason}")]
    Answer {
        /// The address.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Credentials would travel in the clear.
    #[error("`{0}` is neither https nor on this machine, and credentials would travel in the clear")]
    Plain(String),
    /// Certificates to trust cannot be read.
    #[error("`{path}` holds no certificates: {reason}")]
    Certificates {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// Our credentials cannot be opened.
    #[error(transparent)]
    Secret(SecretError),
}

/// Whose certificates are trusted: those that the system trusts, and one authority more.
#[derive(Clone)]
pub struct Trust(Arc<Vec<Certificate<'static>>>);

impl Trust {
    /// The certificates that the system trusts, and those of a file in PEM.
    ///
    /// # Errors
    /// The file cannot be read, or holds no certificate.
    pub fn load(further: Option<&Path>) -> Result<Self, ClientError> {
        let system = rustls_native_certs::load_native_certs();
        let mut trusted: Vec<_> = system.certs.iter().map(|c| Certificate::from_der(c).to_owned()).collect();
        if let Some(path) = further {
            let refused = |reason: String| ClientError::Certificates { path: path.display().to_string(), reason };
            let pem = read(path).map_err(|e| refused(e.to_string()))?;
            let before = trusted.len();
            for item in parse_pem(&pem) {
                if let PemItem::Certificate(certificate) = item.map_err(|e| refused(e.to_string()))? {
                    trusted.push(certificate);
                }
            }
            if trusted.len() == before {
                return Err(refused("there is none in it".to_owned()));
            }
        }
        Ok(Self(Arc::new(trusted)))
    }
}

#[expect(clippy::disallowed_methods, reason = "certificates to trust are in a file that the user names")]
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// A page of footprints.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Their texts, as sent.
    pub texts: Vec<String>,
    /// Where the next page is.
    pub next: Option<String>,
}

/// A token and its end.
struct Token {
    text: String,
    expires: Moment,
}

/// A client of a host.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    id: String,
    secret: String,
    token: Mutex<Option<Token>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct Configuration {
    token_endpoint: String,
}

#[derive(Deserialize)]
struct ListAnswer {
    data: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct OneAnswer {
    data: Box<RawValue>,
}

/// What a host answered.
struct Answer {
    status: u16,
    link: Option<String>,
    body: String,
}

/// A call.
enum Call<'a> {
    Get,
    Post { kind: &'static str, body: &'a str },
}

impl Client {
    /// A client of the host at `base` (the address before `/3/…`).
    ///
    /// # Errors
    /// The address is neither https nor on this machine.
    pub fn new(base: &str, id: &str, secret: &str, trust: &Trust, timeout: Duration) -> Result<Self, ClientError> {
        let base = base.trim_end_matches('/').to_owned();
        guard(&base)?;
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::clone(&trust.0)))
            .build();
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls)
            .user_agent(concat!("minewheel/", env!("CARGO_PKG_VERSION")))
            .build();
        let token = Mutex::new(None);
        Ok(Self { agent: config.new_agent(), base, id: id.to_owned(), secret: secret.to_owned(), token })
    }

    /// The first page of footprints that match; `query` is what stands behind the `?`.
    ///
    /// # Errors
    /// The host cannot be reached, says no, or answers something else.
    pub fn list(&self, query: &[(String, String)]) -> Result<Page, ClientError> {
        let mut url = format!("{}/3/footprints", self.base);
        if !query.is_empty() {
            let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            url = format!("{url}?{text}");
        }
        self.page(&url)
    }

    /// The page behind a pagination link.
    ///
    /// # Errors
    /// As [`Client::list`], or the link leads to another host.
    pub fn page(&self, url: &str) -> Result<Page, ClientError> {
        if !url.starts_with(&format!("{}/", self.base)) {
            let reason = format!("it links to `{url}`, which is another host; the token stays with `{}`", self.base);
            return Err(ClientError::Answer { url: self.base.clone(), reason });
        }
        let answer = self.call(url, &Call::Get)?;
        let list: ListAnswer = understood(url, &answer.body)?;
        let texts = list.data.into_iter().map(|d| d.get().to_owned()).collect();
        Ok(Page { texts, next: answer.link.as_deref().and_then(next_link) })
    }

    /// Every footprint that matches, page by page.
    ///
    /// # Errors
    /// As [`Client::list`]; or what `each` returns.
    pub fn list_all<E: From<ClientError>>(&self, query: &[(String, String)], mut each: impl FnMut(String) -> Result<(), E>) -> Result<(), E> {
        let mut page = self.list(query)?;
        loop {
            for text in page.texts {
                each(text)?;
            }
            match page.next {
                Some(next) => page = self.page(&next)?,
                None => return Ok(()),
            }
        }
    }

    /// A footprint by its id.
    ///
    /// # Errors
    /// The host cannot be reached, says no, or answers something else.
    pub fn footprint(&self, id: &str) -> Result<String, ClientError> {
        let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        let url = format!("{}/3/footprints/{id}", self.base);
        let answer = self.call(&url, &Call::Get)?;
        understood::<OneAnswer>(&url, &answer.body).map(|a| a.data.get().to_owned())
    }

    /// Sends an event.
    ///
    /// # Errors
    /// The host cannot be reached or says no.
    pub fn send_event(&self, event: &str) -> Result<(), ClientError> {
        let url = format!("{}/3/events", self.base);
        self.call(&url, &Call::Post { kind: "application/cloudevents+json; charset=UTF-8", body: event }).map(|_| ())
    }

    /// Publishes footprints on a Minewheel host; returns its answer.
    ///
    /// # Errors
    /// The host cannot be reached or says no.
    pub fn publish(&self, footprints: &str) -> Result<String, ClientError> {
        let url = format!("{}/minewheel/footprints", self.base);
        self.call(&url, &Call::Post { kind: "application/json", body: footprints }).map(|a| a.body)
    }

    /// Grants footprints on a Minewheel host; returns its answer.
    ///
    /// # Errors
    /// The host cannot be reached or says no.
    pub fn grant(&self, grant: &str) -> Result<String, ClientError> {
        let url = format!("{}/minewheel/grants", self.base);
        self.call(&url, &Call::Post { kind: "application/json", body: grant }).map(|a| a.body)
    }

    /// Calls with a token; a token that the host does not take any more is replaced once.
    fn call(&self, url: &str, call: &Call) -> Result<Answer, ClientError> {
        let answer = self.exchange(url, call, &format!("Bearer {}", self.token()?))?;
        let answer = if answer.status == 401 {
            *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
            self.exchange(url, call, &format!("Bearer {}", self.token()?))?
        } else {
            answer
        };
        accepted(url, answer)
    }

    fn exchange(&self, url: &str, call: &Call, authorization: &str) -> Result<Answer, ClientError> {
        let failed = |e: ureq::Error| ClientError::Unreachable { url: url.to_owned(), reason: e.to_string() };
        let response = match call {
            Call::Get => self.agent.get(url).header("authorization", authorization).header("accept", "application/json").call(),
            Call::Post { kind, body } => self.agent.post(url).header("authorization", authorization).header("content-type", *kind).send(*body),
        };
        let mut response = response.map_err(failed)?;
        let link = response.headers().get("link").and_then(|l| l.to_str().ok()).map(str::to_owned);
        let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string().map_err(failed)?;
        Ok(Answer { status: response.status().as_u16(), link, body })
    }

    fn token(&self) -> Result<String, ClientError> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = kept.as_ref().filter(|t| t.expires > Moment::now()) {
            return Ok(token.text.clone());
        }
        let url = self.token_address()?;
        let call = Call::Post { kind: "application/x-www-form-urlencoded", body: "grant_type=client_credentials" };
        let answer = accepted(&url, self.exchange(&url, &call, &secret::to_basic(&self.id, &self.secret))?)?;
        let token: TokenAnswer = understood(&url, &answer.body)?;
        let life = (token.expires_in.unwrap_or(USUAL_LIFE) - MARGIN).max(1);
        *kept = Some(Token { text: token.access_token.clone(), expires: Moment::now().seconds_later(life) });
        Ok(token.access_token)
    }

    /// The address of tokens by discovery, or where the specification puts it.
    fn token_address(&self) -> Result<String, ClientError> {
        let url = format!("{}/.well-known/openid-configuration", self.base);
        let mut response = self.agent.get(&url).call().map_err(|e| ClientError::Unreachable { url: url.clone(), reason: e.to_string() })?;
        let found = (response.status().as_u16() == 200).then(|| response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string().ok());
        let configuration = found.flatten().and_then(|text| serde_json::from_str::<Configuration>(&text).ok());
        let address = configuration.map_or_else(|| format!("{}/auth/token", self.base), |c| c.token_endpoint);
        guard(&address)?;
        Ok(address)
    }
}

/// Credentials go over TLS, or to this machine.
fn guard(url: &str) -> Result<(), ClientError> {
    let is_here = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = if authority.starts_with('[') { authority.split_inclusive(']').next() } else { authority.split(':').next() };
        !authority.contains('@') && matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"))
    };
    let is_safe = url.strip_prefix("https://").is_some_and(|r| !r.is_empty()) || url.strip_prefix("http://").is_some_and(is_here);
    if is_safe { Ok(()) } else { Err(ClientError::Plain(url.to_owned())) }
}

/// The words in which a host says no.
#[derive(Deserialize)]
struct Words {
    message: Option<String>,
    error_description: Option<String>,
    error: Option<String>,
}

/// An answer that says yes, or the words of one that says no.
fn accepted(url: &str, answer: Answer) -> Result<Answer, ClientError> {
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    let words: Option<Words> = serde_json::from_str(&answer.body).ok();
    let said = words.and_then(|w| w.message.or(w.error_description).or(w.error));
    let message = said.unwrap_or_else(|| answer.body.chars().take(200).collect());
    Err(ClientError::Refused { url: url.to_owned(), status: answer.status, message })
}

fn understood<'a, T: Deserialize<'a>>(url: &str, body: &'a str) -> Result<T, ClientError> {
    serde_json::from_str(body).map_err(|e| ClientError::Answer { url: url.to_owned(), reason: e.to_string() })
}

/// The target of `rel="next"` in a `Link` header (RFC 8288).
fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, behind)) = rest.split_once('<') {
        let (target, parameters) = behind.split_once('>')?;
        let end = parameters.find('<').unwrap_or(parameters.len());
        let mut parts = parameters[..end].split([';', ',']).map(str::trim);
        if parts.any(|p| p.replace(' ', "").trim_matches(',').eq_ignore_ascii_case("rel=\"next\"") || p.eq_ignore_ascii_case("rel=next")) {
            return Some(target.to_owned());
        }
        rest = &parameters[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{guard, next_link};

    #[test]
    fn the_next_page_is_found_among_links() {
        let header = "<https://a/3/footprints?limit=1>; rel=\"prev\", <https://a/3/footprints?limit=1&offset=2>; rel=\"next\"";
        assert_eq!(next_link(header).as_deref(), Some("https://a/3/footprints?limit=1&offset=2"));
        assert_eq!(next_link("<https://a/>; rel=next").as_deref(), Some("https://a/"));
        assert_eq!(next_link("<https://a/>; rel=\"last\""), None);
        assert_eq!(next_link("nonsense < >"), None);
    }

    #[test]
    fn credentials_go_over_tls_or_stay_on_this_machine() {
        for good in ["https://example.com", "http://localhost:1", "http://127.0.0.1", "http://[::1]:80/x"] {
            assert!(guard(good).is_ok(), "{good}");
        }
        for bad in
            ["http://example.com", "http://localhost.example.com", "http://localhost:1@example.com", "ftp://localhost", "localhost", "https://"]
        {
            assert!(guard(bad).is_err(), "{bad}");
        }
    }
}
