//! XML as a walk over elements that open and close, with bounds on depth and on text.
//!
//! Names are taken without their prefix. Entities of a document type are not expanded: only the five of XML itself and numbers of
//! characters are known, so a small file cannot grow.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// Nested deeper than this, a file is refused.
const DEEPEST: usize = 128;
/// Text of one element beyond this is refused, in bytes.
const LONGEST_TEXT: usize = 4 << 20;

/// The names of the open elements, the outermost first.
#[derive(Default)]
pub(crate) struct Path {
    names: Vec<String>,
    depth: usize,
}

impl Path {
    /// The innermost element.
    pub fn last(&self) -> &str {
        self.above(0)
    }

    /// The element so many levels above the innermost; empty outside the document.
    pub fn above(&self, levels: usize) -> &str {
        self.depth.checked_sub(levels + 1).map_or("", |at| &self.names[at])
    }

    fn push(&mut self, name: &str) -> Result<(), String> {
        if self.depth == DEEPEST {
            return Err(format!("it is nested more than {DEEPEST} deep"));
        }
        match self.names.get_mut(self.depth) {
            Some(old) => {
                old.clear();
                old.push_str(name);
            }
            None => self.names.push(name.to_owned()),
        }
        self.depth += 1;
        Ok(())
    }
}

/// The attributes of an element that opens.
pub(crate) struct Element<'e> {
    start: &'e BytesStart<'e>,
}

impl Element<'_> {
    /// The value of an attribute by its name without prefix; `None` if it is missing or broken.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let found = self.start.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
    }

    /// A number.
    ///
    /// # Errors
    /// What stands there instead.
    pub fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let Some(text) = self.attribute(name) else { return Ok(None) };
        number(&text).map(Some).map_err(|()| format!("`{name}` is `{text}`, wanted a finite number"))
    }
}

/// A finite number, spaces around it aside.
pub(crate) fn number(text: &str) -> Result<f64, ()> {
    text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or(())
}

/// What a reader does with elements.
pub(crate) trait Visit {
    /// An element opens; it is the innermost of the path.
    fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String>;
    /// An element closes, with the text directly in it, trimmed; it is still the innermost of the path.
    fn close(&mut self, path: &Path, text: &str) -> Result<(), String>;
}

/// Walks through a file.
///
/// # Errors
/// What is wrong with the XML, or what the visitor says, with the place in bytes.
pub(crate) fn walk(bytes: &[u8], visitor: &mut dyn Visit) -> Result<(), String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = super::text::decoded(bytes);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut path = Path::default();
    let mut texts: Vec<String> = Vec::new();
    let mut is_seen = false;
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let placed = |reason: String| format!("at byte {at}: {reason}");
        match event.map_err(|e| placed(e.to_string()))? {
            Event::Start(start) => {
                is_seen = true;
                path.push(start.local_name().as_ref()).map_err(placed)?;
                if texts.len() < path.depth {
                    texts.push(String::new());
                }
                texts[path.depth - 1].clear();
                visitor.open(&path, &Element { start: &start }).map_err(placed)?;
            }
            Event::Empty(start) => {
                is_seen = true;
                path.push(start.local_name().as_ref()).map_err(placed)?;
                visitor.open(&path, &Element { start: &start }).map_err(placed)?;
                visitor.close(&path, "").map_err(placed)?;
                path.depth -= 1;
            }
            Event::End(_) => {
                let Some(text) = path.depth.checked_sub(1).and_then(|d| texts.get(d)) else {
                    return Err(placed("an end without a start".to_owned()));
                };
                visitor.close(&path, text.trim()).map_err(placed)?;
                path.depth -= 1;
            }
            Event::Text(piece) => add(&mut texts, &path, &piece.xml10_content()).map_err(placed)?,
            Event::CData(piece) => add(&mut texts, &path, &piece.xml10_content()).map_err(placed)?,
            Event::GeneralRef(reference) => {
                let known = match reference.as_ref() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let Some(character) = known else { return Err(placed(format!("the entity `{}` is not known", reference.as_ref()))) };
                add(&mut texts, &path, character.encode_utf8(&mut [0; 4])).map_err(placed)?;
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    match (is_seen, path.depth) {
        (false, _) => Err("it has no element; XML is wanted".to_owned()),
        (true, 0) => Ok(()),
        (true, _) => Err(format!("it ends within `{}`", path.last())),
    }
}

fn add(texts: &mut [String], path: &Path, piece: &str) -> Result<(), String> {
    let Some(text) = path.depth.checked_sub(1).and_then(|d| texts.get_mut(d)) else { return Ok(()) };
    if text.len() + piece.len() > LONGEST_TEXT {
        return Err(format!("`{}` has more than {LONGEST_TEXT} bytes of text", path.last()));
    }
    text.push_str(piece);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Element, Path, Visit, walk};

    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Visit for Seen {
        fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String> {
            self.0.push(format!("{}<{}:{}", path.above(1), path.last(), element.attribute("a").unwrap_or_default()));
            Ok(())
        }
        fn close(&mut self, path: &Path, text: &str) -> Result<(), String> {
            self.0.push(format!("{}={text}", path.last()));
            Ok(())
        }
    }

    fn seen(text: &[u8]) -> Result<Vec<String>, String> {
        let mut seen = Seen::default();
        walk(text, &mut seen).map(|()| seen.0)
    }

    #[test]
    fn elements_come_without_prefix_and_with_their_own_text() {
        let found = seen(b"<?xml version='1.0'?><x:r a='1 &lt; 2'> t&amp;&#65; <y z:a='q'/>u<![CDATA[<v>]]></x:r>").unwrap();
        assert_eq!(found, ["<r:1 < 2", "r<y:q", "y=", "r=t&A u<v>"]);
    }

    #[test]
    fn what_is_no_xml_or_has_no_end_is_refused() {
        for (text, word) in [
            ("", "no element"),
            ("plain", "no element"),
            ("<a>", "it ends within `a`"),
            ("<a></b>", "at byte"),
            ("</a>", "at byte"),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "the entity `b` is not known"),
        ] {
            let message = seen(text.as_bytes()).unwrap_err();
            assert!(message.contains(word), "{text}: {message}");
        }
        assert!(seen("<a>".repeat(100_000).as_bytes()).unwrap_err().contains("nested more than 128 deep"));
    }
}
