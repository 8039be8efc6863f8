//! Secrets: made at random, kept as hashes; the few that must be sent again are sealed.
//!
//! | what                                  | kept as                                              |
//! |---------------------------------------|------------------------------------------------------|
//! | secret of a client                    | Argon2id                                             |
//! | access token (256 random bits)        | SHA-256                                              |
//! | secret with which we log in elsewhere | AES-256-GCM under a key in a file beside the store   |

use std::fs;
use std::io::Write;
use std::path::Path;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// Bytes of a token and of a client's secret.
const SECRET_BYTES: usize = 32;
/// Bytes of a salt.
const SALT_BYTES: usize = 16;

/// What can go wrong with secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random,
    /// A secret could not be hashed.
    #[error("a secret could not be hashed: {0}")]
    Hash(String),
    /// The key file cannot be used.
    #[error("the key file `{path}` {reason}")]
    KeyFile {
        /// Where.
        path: String,
        /// What is the matter.
        reason: String,
    },
    /// A sealed secret does not open.
    #[error("a sealed secret does not open with this key file; was the store moved without it?")]
    Sealed,
}

/// Random bytes.
fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SecretError::Random)?;
    Ok(bytes)
}

/// A new token or secret.
///
/// # Errors
/// The system gives no random bytes.
pub fn generate() -> Result<String, SecretError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<SECRET_BYTES>()?))
}

/// A new UUID, version 4.
///
/// # Errors
/// The system gives no random bytes.
pub fn uuid() -> Result<String, SecretError> {
    Ok(uuid::Builder::from_random_bytes(random()?).into_uuid().to_string())
}

/// The hash under which a token is kept. Tokens are random, so a plain hash is enough.
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// The hash under which a client's secret is kept. Takes its time on purpose.
///
/// # Errors
/// The system gives no random bytes, or the secret cannot be hashed.
pub fn hash(secret: &str) -> Result<String, SecretError> {
    let failed = |e: argon2::password_hash::Error| SecretError::Hash(e.to_string());
    let salt = SaltString::encode_b64(&random::<SALT_BYTES>()?).map_err(failed)?;
    Ok(Argon2::default().hash_password(secret.as_bytes(), &salt).map_err(failed)?.to_string())
}

/// Whether a secret belongs to a hash.
pub fn matches(secret: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|h| Argon2::default().verify_password(secret.as_bytes(), &h).is_ok())
}

/// Reads the `Authorization: Basic` of a client.
pub fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, rest) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// Writes the `Authorization: Basic` of a client.
pub fn to_basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// The key that seals secrets which have to be sent again.
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Reads the key of a file, or makes the file, readable by its owner alone.
    ///
    /// # Errors
    /// The file cannot be read or made, or holds no key.
    pub fn open(path: &Path) -> Result<Self, SecretError> {
        let refused = |reason: String| SecretError::KeyFile { path: path.display().to_string(), reason };
        let text = match read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = URL_SAFE_NO_PAD.encode(random::<SECRET_BYTES>()?);
                create(path, &text).map_err(|e| refused(format!("cannot be made: {e}")))?;
                text
            }
            Err(error) => return Err(refused(format!("cannot be read: {error}"))),
        };
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| refused("holds no key".to_owned()))?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| refused("holds no key of 256 bits".to_owned()))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals a secret for one use, say a peer's name.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn seal(&self, secret: &str, bound_to: &str) -> Result<String, SecretError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut bytes = secret.as_bytes().to_vec();
        let sealed = self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound_to.as_bytes()), &mut bytes);
        sealed.map_err(|_| SecretError::Sealed)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Opens what [`SealingKey::seal`] sealed for the same use.
    ///
    /// # Errors
    /// Another key sealed it, or for another use.
    pub fn unseal(&self, sealed: &str, bound_to: &str) -> Result<String, SecretError> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SecretError::Sealed)?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or(SecretError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::Sealed)?;
        let mut rest = rest.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(bound_to.as_bytes()), &mut rest).map_err(|_| SecretError::Sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| SecretError::Sealed)
    }
}

#[expect(clippy::disallowed_methods, reason = "the key that seals secrets lies in a file")]
fn read(path: &Path) -> std::io::Result<String> {
    fs::read_to_string(path)
}

fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{SealingKey, basic, generate, hash, matches, to_basic, token_hash, uuid};

    #[test]
    fn a_secret_is_known_by_its_hash_alone() {
        let secret = generate().unwrap();
        let kept = hash(&secret).unwrap();
        assert!(!kept.contains(&secret) && kept.starts_with("$argon2id$"));
        assert!(matches(&secret, &kept) && !matches("another", &kept) && !matches(&secret, "no hash"));
        assert_ne!(token_hash(&secret), secret);
        assert_ne!(uuid().unwrap(), uuid().unwrap());
    }

    #[test]
    fn a_sealed_secret_opens_only_with_its_key_and_for_its_use() {
        let folder = std::env::temp_dir();
        let path = |name: &str| folder.join(format!("minewheel-{name}-{}.key", uuid().unwrap()));
        let (first, second) = (path("a"), path("b"));
        let key = SealingKey::open(&first).unwrap();
        let sealed = key.seal("s3cret", "peer").unwrap();
        assert_eq!(SealingKey::open(&first).unwrap().unseal(&sealed, "peer").unwrap(), "s3cret");
        assert!(key.unseal(&sealed, "other").is_err());
        assert!(SealingKey::open(&second).unwrap().unseal(&sealed, "peer").is_err());
        std::fs::remove_file(first).unwrap();
        std::fs::remove_file(second).unwrap();
    }

    #[test]
    fn basic_credentials_come_back_as_they_went() {
        assert_eq!(basic(&to_basic("id", "a:b")), Some(("id".to_owned(), "a:b".to_owned())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic %%%"), None);
    }
}
