//! Tables without frames: a header, a rule, rows. Words keep whole: where the columns do not fit beside each other, they follow in blocks
//! below each other, each with the columns that name the row.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};

/// A table without frames: a header, a rule, rows. Columns listed in `right` are set flush right.
pub fn table(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    Columns { header, rows, right, whole: 1, padding: 1 }.within(super::width())
}

/// A table with one blank between its columns, for rows that would break with two; names in the first two keep in one piece.
pub fn tight_table(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    Columns { header, rows, right, whole: 2, padding: 0 }.within(super::width())
}

/// Characters between two columns beside their padding.
const RULE: usize = 1;
/// Columns that name a row, at most: they stand in each block.
const MOST_NAMES: usize = 2;

/// A table to be set.
#[derive(Clone, Copy)]
struct Columns<'a> {
    header: &'a [&'a str],
    rows: &'a [Vec<String>],
    /// Columns set flush right.
    right: &'a [usize],
    /// How many of the first columns hold ids, which are typed again and keep in one piece.
    whole: usize,
    /// Blanks behind each column.
    padding: u16,
}

impl Columns<'_> {
    /// The table, no line of it longer than `width` characters. A word breaks only where it alone, beside the name of its row, is too long.
    fn within(self, width: u16) -> String {
        let words = self.longest_words(self.whole);
        let all: Vec<usize> = (0..words.len()).collect();
        if needed(&words, &all, 0) <= usize::from(width) {
            return self.set(width);
        }
        let blocks: Vec<String> = self.blocks(&words, usize::from(width)).iter().map(|block| self.of(block, width)).collect();
        blocks.join("\n")
    }

    /// The longest word of every column; the first `whole` count in full.
    fn longest_words(&self, whole: usize) -> Vec<usize> {
        let of = |index: usize, cell: &str| {
            if index < whole { cell.chars().count() } else { cell.split(' ').map(|w| w.chars().count()).max().unwrap_or(0) }
        };
        let mut longest: Vec<usize> = self.header.iter().enumerate().map(|(i, h)| of(i, h)).collect();
        for row in self.rows {
            for (index, cell) in row.iter().enumerate().take(longest.len()) {
                longest[index] = longest[index].max(of(index, cell));
            }
        }
        longest
    }

    /// How many of the first columns name a row: the first, and those of words after it that leave room for the widest of the others.
    fn names(&self, words: &[usize], width: usize) -> usize {
        let full = self.longest_words(self.header.len());
        let fits = |count: usize| {
            let widest = words.iter().skip(count).max().copied().unwrap_or(0);
            let row: Vec<usize> = full.iter().take(count).copied().chain([widest]).collect();
            needed(&row, &(0..row.len()).collect::<Vec<_>>(), self.padding) <= width
        };
        let most = (1..=MOST_NAMES).filter(|count| (1..*count).all(|column| !self.right.contains(&column)) && *count < words.len());
        most.filter(|count| fits(*count)).max().unwrap_or(1)
    }

    /// The columns of every block: those that name the row, and as many of the others, in their order, as fit.
    fn blocks(&self, words: &[usize], width: usize) -> Vec<Vec<usize>> {
        let names: Vec<usize> = (0..self.names(words, width)).collect();
        let mut blocks = vec![names.clone()];
        for column in names.len()..words.len() {
            let Some(block) = blocks.last_mut() else { break };
            block.push(column);
            if needed(words, block, self.padding) > width && block.len() > names.len() + 1 {
                block.pop();
                blocks.push(names.iter().copied().chain([column]).collect());
            }
        }
        blocks
    }

    /// A table of some of the columns.
    fn of(&self, columns: &[usize], width: u16) -> String {
        let header: Vec<&str> = columns.iter().map(|c| self.header[*c]).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| columns.iter().map(|c| row.get(*c).cloned().unwrap_or_default()).collect()).collect();
        let right: Vec<usize> = (0..columns.len()).filter(|i| self.right.contains(&columns[*i])).collect();
        let whole = columns.iter().filter(|c| **c < self.whole).count();
        Columns { header: &header, rows: &rows, right: &right, whole, padding: self.padding }.set(width)
    }

    /// All columns beside each other.
    fn set(&self, width: u16) -> String {
        let words = self.longest_words(self.whole);
        let all: Vec<usize> = (0..words.len()).collect();
        let fits = |padding: u16| needed(&words, &all, padding) <= usize::from(width);
        let keeps_words = fits(0);
        let padding = if keeps_words && !fits(self.padding) { 0 } else { self.padding };
        let mut table = Table::new();
        let style = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
        table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        table.set_header(self.header.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        for row in self.rows {
            table.add_row(row.clone());
        }
        for index in self.right {
            if let Some(column) = table.column_mut(*index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for column in table.column_iter_mut().take(self.whole) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if keeps_words {
            for (column, word) in table.column_iter_mut().zip(&words).skip(self.whole) {
                let least = u16::try_from(*word).unwrap_or(u16::MAX).saturating_add(padding);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            }
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, padding));
        }
        let mut text = String::new();
        for line in table.lines() {
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

/// Characters that columns take beside each other at the width of their longest words.
fn needed(words: &[usize], columns: &[usize], padding: u16) -> usize {
    let widths: usize = columns.iter().map(|c| words[*c]).sum();
    widths + columns.len() * usize::from(padding) + columns.len().saturating_sub(1) * RULE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(header: &[&str], rows: &[Vec<String>], right: &[usize], width: u16) -> String {
        Columns { header, rows, right, whole: 1, padding: 1 }.within(width)
    }

    #[test]
    fn no_word_breaks_in_a_narrow_terminal_while_all_words_fit() {
        let header = ["car", "h:min", "driving", "charging", "stops", "arrives %", "battery", "wall"];
        let rows = [["vw-id3-58", "10:14", "8:20", "1:54", "4", "10.0", "21.4", "23.9"].map(str::to_owned).to_vec()];
        let text = within(&header, &rows, &[1, 2, 3, 4, 5, 6, 7], 60);
        for word in ["driving", "charging", "arrives", "battery", "vw-id3-58"] {
            assert!(text.contains(word), "{text}");
        }
        assert!(text.lines().all(|l| l.chars().count() <= 60), "{text}");
    }

    #[test]
    fn columns_that_do_not_fit_follow_below_with_the_names_of_their_rows() {
        let header = ["year", "in cars", "replaced", "exported", "recycled"];
        let rows = [["2018", "145", "0.0016", "0", "0.0086"], ["2060", "9 103", "16.9", "0", "365"]].map(|r| r.map(str::to_owned).to_vec());
        let text = within(&header, &rows, &[1, 2, 3, 4], 28);
        let blocks: Vec<&str> = text.split("\n\n").collect();
        assert_eq!(blocks.len(), 2, "{text}");
        for block in blocks {
            assert!(block.starts_with("year"), "{text}");
            assert!(block.contains("\n2018") && block.contains("\n2060"), "{text}");
        }
    }

    #[test]
    fn a_word_breaks_before_a_table_grows_wider_than_the_terminal() {
        let rows = [["a".repeat(10), "b".repeat(80)].to_vec()];
        let text = within(&["id", "text"], &rows, &[], 60);
        assert!(text.lines().all(|l| l.chars().count() <= 60), "{text}");
    }

    /// Words of up to 12 letters beside an id of 5 fit in 60 characters: so none breaks, whatever the number of columns.
    #[test]
    fn words_that_fit_beside_the_name_of_their_row_never_break() {
        for (columns, width) in (2..=24).flat_map(|n| (60..=120).step_by(7).map(move |w| (n, w))) {
            let word = |column: usize, length: usize| char::from(b'a' + (column % 26) as u8).to_string().repeat(length);
            let cell = |column: usize| format!("{} {}", word(column, 1 + column * 5 % 12), word(column, 12 - column * 7 % 12));
            let row: Vec<String> = ["an-id".to_owned()].into_iter().chain((1..columns).map(cell)).collect();
            let header: Vec<String> = (0..columns).map(|i| format!("h{i}")).collect();
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            let text = within(&header, std::slice::from_ref(&row), &(1..columns).collect::<Vec<_>>(), width);
            assert!(text.lines().all(|l| l.chars().count() <= usize::from(width)), "{text}");
            let shown: Vec<&str> = text.split_whitespace().collect();
            for word in row.iter().flat_map(|cell| cell.split(' ')) {
                assert!(shown.contains(&word), "{word} is not in\n{text}");
            }
        }
    }
}
