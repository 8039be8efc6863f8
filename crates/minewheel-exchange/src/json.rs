//! Reading JSON strictly.
//!
//! What goes into the store is kept as text and read again by other programs. Two things that JSON allows would be read
//! differently by different readers and are refused: a key that stands twice in one object, and U+0000 in a text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A JSON value without double keys and without U+0000.
struct Strict(Value);

/// Reads JSON strictly.
///
/// # Errors
/// What is wrong, and where.
pub fn read(text: &[u8]) -> Result<Value, String> {
    serde_json::from_slice::<Strict>(text).map(|s| s.0).map_err(|e| e.to_string())
}

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

fn text<E: Error>(text: String) -> Result<String, E> {
    if text.contains('\0') { Err(E::custom("a text holds the character U+0000")) } else { Ok(text) }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(Value::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Strict, E> {
        text(value.to_owned()).map(|t| Strict(Value::String(t)))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Strict, E> {
        text(value).map(|t| Strict(Value::String(t)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Strict(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Strict, A::Error> {
        let mut map = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            let key = text(key)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice in one object")));
            }
            map.insert(key, value);
        }
        Ok(Strict(Value::Object(map)))
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert!(read(br#"{"id":1,"pcf":{"a":1,"b":2,"a":3}}"#).unwrap_err().contains("`a` stands twice"));
        assert!(read(br#"{"a":1,"b":{"a":2}}"#).is_ok());
    }

    #[test]
    fn a_text_with_nul_is_refused_however_it_is_written() {
        assert!(read(br#"["a\u0000b"]"#).is_err());
        assert!(read(br#"{"a\u0000b":1}"#).is_err());
    }

    #[test]
    fn deep_nesting_and_broken_surrogates_are_errors_not_crashes() {
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes()).is_err());
        assert!(read(br#"["\ud800"]"#).is_err());
        assert!(read(&[b'"', 0xff, b'"']).is_err());
        assert!(read(b"1e999").is_err());
    }
}
