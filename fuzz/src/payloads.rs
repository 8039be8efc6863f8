//! What comes to an exchange host, behind one function each: it must end with a value or an error.
//!
//! The fuzz targets call them, and so do the tests of `minewheel-exchange`, on footprints and events with bytes changed at random.

use minewheel_exchange::event::{Event, Payload};
use minewheel_exchange::filter::Filter;
use minewheel_exchange::footprint::{Document, items};

/// Footprints: one, a list, or a host's answer, of version 3 or 2. One that reads has every property typed.
pub fn footprints(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for item in items(text).unwrap_or_default() {
        if let Ok(document) = Document::read(&item) {
            assert!(document.typed().is_ok(), "passed the rules and does not read: {}", document.text);
        }
    }
}

/// An event, and the criteria of a request.
pub fn events(bytes: &[u8]) {
    if let Ok(Event { payload: Payload::Created { criteria, .. }, .. }) = Event::read(bytes) {
        let again = serde_json::from_str(&criteria).map(|value| Filter::of_request(&value));
        assert!(matches!(again, Ok(Ok(_))), "kept, and not read again: {criteria}");
    }
}
