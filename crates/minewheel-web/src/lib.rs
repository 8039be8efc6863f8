//! Minewheel over HTTP: the browser app and the JSON API, on loopback.
//!
//! The server knows no car and no formula. It is handed a [`Service`]: the questions that may be asked and one function that
//! answers them in JSON. What is here is what lies around an answer: who may ask ([`guard`]), how many at once ([`lanes`]),
//! how long, long work in the background ([`jobs`]), the files of the app ([`assets`]) and a description of it all
//! ([`document`]).
//!
//! | status | when |
//! |---|---|
//! | 200 | an answer, also one that finds that a rule is not met |
//! | 202 | a job was taken on |
//! | 400 | the question cannot be answered as asked |
//! | 403 | asked under another host's name, or by another site's page |
//! | 404 | no such path, car, job |
//! | 405 | the path takes another method |
//! | 408, 413 | the body comes too slowly, is too long |
//! | 429 | too many questions at once |
//! | 503 | the answer would take too long |

pub mod assets;
pub mod document;
pub mod guard;
pub mod jobs;
pub mod lanes;
mod routes;
mod service;

pub use routes::{ServeError, Server};
pub use service::{Answer, Limits, Method, Question, Refusal, Service};
