//! Arrays as NumPy writes them: one dimension, plain or with named fields.
//!
//! ```text
//! magic "\x93NUMPY", version 1 to 3, length of the header, header {'descr', 'fortran_order', 'shape'}, items
//! ```
//!
//! Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays". Read are booleans, integers and floats of one
//! to eight bytes in either byte order; objects, strings, complex numbers and further dimensions are refused.

/// Why bytes are not an array that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NpyError {
    /// The first bytes are not those of the format.
    #[error("it does not begin as a NumPy array does")]
    Magic,
    /// The header is not a dictionary of the three keys.
    #[error("its header is `{header}`; wanted are the keys descr, fortran_order and shape")]
    Header {
        /// The header seen.
        header: String,
    },
    /// An item type that is not read.
    #[error("it holds items of type `{seen}`; wanted are booleans, integers or floats of 1 to 8 bytes")]
    Item {
        /// The type seen.
        seen: String,
    },
    /// More or fewer dimensions than one.
    #[error("it has the shape ({shape}); wanted is one dimension")]
    Shape {
        /// The shape seen.
        shape: String,
    },
    /// Fewer bytes than the shape needs.
    #[error("it holds {given} bytes of items; its shape needs {wanted}")]
    Truncated {
        /// Bytes seen.
        given: usize,
        /// Bytes wanted.
        wanted: usize,
    },
    /// A field that the caller needs is missing.
    #[error("it has no field `{wanted}`; its fields are: {known}")]
    Field {
        /// The field wanted.
        wanted: &'static str,
        /// The fields there are.
        known: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bool,
    Signed,
    Unsigned,
    Float,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    kind: Kind,
    bytes: usize,
    offset: usize,
    is_big_endian: bool,
}

/// An array and its bytes.
#[derive(Clone, Debug)]
pub(super) struct NpyArray<'b> {
    fields: Vec<Field>,
    stride: usize,
    rows: usize,
    items: &'b [u8],
}

/// One field of an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<'a> {
    field: &'a Field,
    stride: usize,
    items: &'a [u8],
}

impl<'b> NpyArray<'b> {
    /// Reads the header and checks that all items are there.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, NpyError> {
        let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or(NpyError::Magic)?;
        let [major, _minor, rest @ ..] = rest else { return Err(NpyError::Magic) };
        let (length, rest) = match (major, rest) {
            (1, [a, b, rest @ ..]) => (usize::from(u16::from_le_bytes([*a, *b])), rest),
            (2 | 3, [a, b, c, d, rest @ ..]) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
            _ => return Err(NpyError::Magic),
        };
        if rest.len() < length {
            return Err(NpyError::Truncated { given: rest.len(), wanted: length });
        }
        let (header, items) = rest.split_at(length);
        let header = String::from_utf8_lossy(header);
        let refused = || NpyError::Header { header: header.trim().chars().take(200).collect() };
        // A field may be called `shape` too; the key comes last.
        let after = |key: &str| header.rfind(key).map(|at| header[at + key.len()..].trim_start_matches([' ', ':'])).ok_or_else(refused);
        let (fields, stride) = fields_of(after("'descr'")?, refused)?;
        let shape = after("'shape'")?.strip_prefix('(').and_then(|s| s.split_once(')')).ok_or_else(refused)?.0;
        let mut sizes = shape.split(',').map(str::trim).filter(|s| !s.is_empty());
        let (Some(Ok(rows)), None) = (sizes.next().map(str::parse::<usize>), sizes.next()) else {
            return Err(NpyError::Shape { shape: shape.to_owned() });
        };
        let wanted = rows.checked_mul(stride).ok_or_else(refused)?;
        if items.len() < wanted {
            return Err(NpyError::Truncated { given: items.len(), wanted });
        }
        Ok(Self { fields, stride, rows, items: &items[..wanted] })
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// The field of that name; the only field of a plain array has no name.
    pub fn column(&self, name: &'static str) -> Result<Column<'_>, NpyError> {
        let Some(field) = self.fields.iter().find(|f| f.name == name) else {
            let known: Vec<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
            return Err(NpyError::Field { wanted: name, known: known.join(", ") });
        };
        Ok(Column { field, stride: self.stride, items: self.items })
    }
}

impl Column<'_> {
    fn word(&self, row: usize) -> u64 {
        let from = row * self.stride + self.field.offset;
        let bytes = &self.items[from..from + self.field.bytes];
        let fold = |word: u64, byte: &u8| (word << 8) | u64::from(*byte);
        if self.field.is_big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
    }

    /// The item as a whole number; a float is cut.
    pub fn integer(&self, row: usize) -> i64 {
        let unused = 64 - 8 * self.field.bytes as u32;
        match self.field.kind {
            Kind::Signed => ((self.word(row) << unused) as i64) >> unused,
            Kind::Bool | Kind::Unsigned => self.word(row) as i64,
            Kind::Float => self.float(row) as i64,
        }
    }

    /// The item as a float.
    pub fn float(&self, row: usize) -> f64 {
        match (self.field.kind, self.field.bytes) {
            (Kind::Float, 4) => f64::from(f32::from_bits(self.word(row) as u32)),
            (Kind::Float, _) => f64::from_bits(self.word(row)),
            _ => self.integer(row) as f64,
        }
    }

    /// Whether the item is not nought.
    pub fn is_set(&self, row: usize) -> bool {
        self.word(row) != 0
    }
}

/// The fields after `'descr':`, and the bytes of one item.
fn fields_of(text: &str, refused: impl Fn() -> NpyError) -> Result<(Vec<Field>, usize), NpyError> {
    let quoted = |text: &str| -> Option<(String, usize)> {
        let start = text.find('\'')? + 1;
        let end = start + text[start..].find('\'')?;
        Some((text[start..end].to_owned(), end + 1))
    };
    if text.starts_with('\'') {
        let (kind, _) = quoted(text).ok_or_else(refused)?;
        let field = field_of(String::new(), &kind, 0)?;
        let stride = field.bytes;
        return Ok((vec![field], stride));
    }
    let list = text.strip_prefix('[').and_then(|t| t.split_once(']')).ok_or_else(&refused)?.0;
    let (mut fields, mut offset, mut rest) = (Vec::new(), 0, list);
    while let Some((name, after)) = quoted(rest) {
        let (kind, end) = quoted(&rest[after..]).ok_or_else(&refused)?;
        let field = field_of(name, &kind, offset)?;
        offset += field.bytes;
        fields.push(field);
        rest = &rest[after + end..];
    }
    if fields.is_empty() { Err(refused()) } else { Ok((fields, offset)) }
}

fn field_of(name: String, kind: &str, offset: usize) -> Result<Field, NpyError> {
    let unread = || NpyError::Item { seen: kind.to_owned() };
    let mut letters = kind.chars();
    let order = letters.next().ok_or_else(unread)?;
    let (Some(word), Ok(bytes)) = (letters.next(), letters.as_str().parse::<usize>()) else { return Err(unread()) };
    let kind = match (word, bytes) {
        ('b', 1) => Kind::Bool,
        ('i', 1 | 2 | 4 | 8) => Kind::Signed,
        ('u', 1 | 2 | 4 | 8) => Kind::Unsigned,
        ('f', 4 | 8) => Kind::Float,
        _ => return Err(unread()),
    };
    match order {
        '<' | '|' | '=' => Ok(Field { name, kind, bytes, offset, is_big_endian: false }),
        '>' => Ok(Field { name, kind, bytes, offset, is_big_endian: true }),
        _ => Err(unread()),
    }
}

#[cfg(test)]
mod tests {
    use super::{NpyArray, NpyError};

    fn file(header: &str, items: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(items);
        bytes
    }

    #[test]
    fn fields_are_read_at_their_places() {
        let header = "{'descr': [('row', '<i4'), ('col', '>u2'), ('shape', '<f4')], 'fortran_order': False, 'shape': (2,), }";
        let mut items = Vec::new();
        for (row, col, x) in [(-7_i32, 258_u16, 0.5_f32), (3, 1, -2.0)] {
            items.extend(row.to_le_bytes());
            items.extend(col.to_be_bytes());
            items.extend(x.to_le_bytes());
        }
        let bytes = file(header, &items);
        let array = NpyArray::parse(&bytes).unwrap();
        assert_eq!(array.len(), 2);
        let (row, col, x) = (array.column("row").unwrap(), array.column("col").unwrap(), array.column("shape").unwrap());
        assert_eq!((row.integer(0), col.integer(0), row.integer(1)), (-7, 258, 3));
        assert!((x.float(1) + 2.0).abs() < 1e-12);
        assert_eq!(array.column("flip").unwrap_err(), NpyError::Field { wanted: "flip", known: "row, col, shape".to_owned() });
    }

    #[test]
    fn arrays_that_cannot_be_read_say_why() {
        let plain = |kind: &str, shape: &str| format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
        let refused = |bytes: &[u8]| NpyArray::parse(bytes).unwrap_err();
        assert_eq!(refused(b"PK\x03\x04"), NpyError::Magic);
        assert_eq!(refused(&file(&plain("|O", "1,"), &[0; 8])), NpyError::Item { seen: "|O".to_owned() });
        assert_eq!(refused(&file(&plain("<f8", "2, 3"), &[0; 48])), NpyError::Shape { shape: "2, 3".to_owned() });
        assert_eq!(refused(&file(&plain("<f8", "2,"), &[0; 15])), NpyError::Truncated { given: 15, wanted: 16 });
        assert!(matches!(refused(&file("{'shape': (1,)}", &[0; 8])), NpyError::Header { .. }));
        assert!(matches!(refused(&file(&plain("<f8", "18446744073709551615,"), &[0; 8])), NpyError::Header { .. }));
    }
}
