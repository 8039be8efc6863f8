//! Bytes to text: UTF-8, UTF-16 with a mark, or else the Western code page 1252.

use std::borrow::Cow;

/// Characters of the bytes 0x80 to 0x9F in code page 1252.
///
/// Source: the mapping that the Unicode consortium publishes (`CP1252.TXT`); bytes without a character stand for themselves.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜',
    '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return wide(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return wide(rest, u16::from_be_bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| if (0x80..0xa0).contains(b) { HIGH[usize::from(b - 0x80)] } else { char::from(*b) }).collect()),
    }
}

/// A table in CSV, whose columns are parted by a comma, a semicolon or a tab, whichever its first line has most of.
pub(crate) fn table(text: &str) -> csv::Reader<&[u8]> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| first.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn three_encodings_give_the_same_text() {
        assert_eq!(decoded("\u{feff}m² – é".as_bytes()), "m² – é");
        assert_eq!(decoded(b"m\xb2 \x96 \xe9"), "m² – é");
        assert_eq!(decoded(b"\xff\xfem\0\xb2\0"), "m²");
        assert_eq!(decoded(b"\xfe\xff\0m"), "m");
    }
}
