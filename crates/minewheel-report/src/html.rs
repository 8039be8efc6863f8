//! A document as one HTML file: no script, no request, styles and pictures inside.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::document::{Block, Document, Section, Table};
use crate::sources::SourceLine;

const STYLE: &str = include_str!("style.css");

/// The file.
pub fn page(document: &Document) -> String {
    let body = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                meta name="generator" content=(format!("Minewheel {}", env!("CARGO_PKG_VERSION")));
                title { (document.title) " · Minewheel" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.mark { "Minewheel · from the mine to the wheel and back" }
                    h1 { (document.title) }
                    @for sentence in &document.lead { p.lead { (sentence) } }
                }
                nav aria-label="Contents" {
                    ol {
                        @for (index, section) in document.sections.iter().enumerate() {
                            li { a href=(format!("#s{index}")) { (section.heading) } }
                        }
                        li { a href="#sources" { "Sources" } }
                        li { a href="#run" { "Run record" } }
                    }
                }
                main {
                    @for (index, part) in document.sections.iter().enumerate() { (section(index, part)) }
                    (sources(&document.sources))
                    (run(document))
                }
            }
        }
    };
    body.into_string()
}

fn section(index: usize, section: &Section) -> Markup {
    html! {
        section id=(format!("s{index}")) {
            h2 { (section.heading) }
            @for part in &section.blocks { (block(part)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Text(text) => html! { p { (text) } },
        Block::List(points) => html! { ul { @for point in points { li { (point) } } } },
        Block::Picture { svg, caption } => html! { figure { (PreEscaped(svg)) figcaption { (caption) } } },
        Block::Table(part) => table(part),
        Block::Folded(part) => html! { details { summary { (part.caption) " (" (part.rows.len()) " lines)" } (table(part)) } },
    }
}

fn table(table: &Table) -> Markup {
    let class = |column: usize| table.numeric.contains(&column).then_some("n");
    html! {
        div.scroll tabindex="0" role="region" aria-label=(table.caption) {
            table {
                caption { (table.caption) }
                thead { tr { @for (column, head) in table.header.iter().enumerate() { th scope="col" class=[class(column)] { (head) } } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" { (cell) } } @else { td class=[class(column)] { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sources(lines: &[SourceLine]) -> Markup {
    html! {
        section id="sources" {
            h2 { "Sources" }
            p { "The works that this report names, with their terms. `minewheel explain` walks from a figure to every row behind it." }
            dl.sources {
                @for line in lines {
                    dt { code { (line.key) } }
                    dd {
                        (line.work) ". " span.terms { (line.licence) }
                        @if line.link.starts_with("http") { " " a href=(line.link) rel="noreferrer" { (line.link) } }
                        @else if !line.link.is_empty() { " " span { (line.link) } }
                    }
                }
            }
        }
    }
}

fn run(document: &Document) -> Markup {
    html! {
        section id="run" {
            h2 { "Run record" }
            @if !document.command.is_empty() { p { "The same again: " code { (document.command) } } }
            dl.run { @for (name, value) in &document.run { dt { (name) } dd { (value) } } }
        }
    }
}
