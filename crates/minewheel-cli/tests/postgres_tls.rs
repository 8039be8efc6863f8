//! A database that is spoken to in TLS: whose certificate is taken, and whose is not. `.ci/run` starts the server.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests run processes, fail by panicking, and say what they left out"
)]

mod program;

use std::ffi::OsStr;
use std::path::Path;

use program::{command, repository, scratch};

/// Ends of an order on a store: whether it went well, and what was said.
fn tenants(folder: &Path, store: &str, authority: &OsStr) -> (bool, String) {
    let mut order = command(folder, &["exchange", "tenant", "list", "--store", store]);
    let output = order.env("SSL_CERT_FILE", authority).env_remove("SSL_CERT_DIR").output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_database_is_spoken_to_in_tls_if_a_trusted_authority_vouches_for_its_host_alone() {
    let given = ["MINEWHEEL_TEST_POSTGRES", "MINEWHEEL_TEST_POSTGRES_CA"].map(std::env::var_os);
    let [Some(store), Some(authority)] = given else {
        eprintln!("MINEWHEEL_TEST_POSTGRES and MINEWHEEL_TEST_POSTGRES_CA are not set: no database in TLS was tried");
        return;
    };
    let (folder, store) = (scratch("postgres-tls"), store.into_string().unwrap());
    assert!(store.contains("@localhost:") && store.ends_with("?sslmode=require"), "{store}");

    let (is_good, said) = tenants(&folder, &store, &authority);
    assert!(is_good, "{said}");
    // Another authority: a certificate for the same name that it did not sign.
    let other = repository().join("crates/minewheel-exchange/tests/localhost/certificate.pem");
    let (is_good, said) = tenants(&folder, &store, other.as_os_str());
    assert!(!is_good && said.contains("UnknownIssuer"), "{said}");
    // Another name of the same machine, for which the certificate does not speak.
    let (is_good, said) = tenants(&folder, &store.replace("@localhost:", "@127.0.0.1:"), &authority);
    assert!(!is_good && said.contains("not valid for name"), "{said}");
    // The server takes nobody in clear, so that what went well above went through TLS.
    let (is_good, said) = tenants(&folder, &store.replace("sslmode=require", "sslmode=disable"), &authority);
    assert!(!is_good && said.contains("no encryption"), "{said}");
    // No authority at all.
    let none = folder.join("none.pem");
    program::write(&none, "");
    let (is_good, said) = tenants(&folder, &store, none.as_os_str());
    assert!(!is_good && said.contains("SSL_CERT_FILE"), "{said}");
}
