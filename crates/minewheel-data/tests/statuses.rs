//! A row may not deny its own status.

use minewheel_data::loader::Loader;
use minewheel_data::store::Store;
use minewheel_data::table::Fault;

const SOURCES: &str = "[book]\ntitle = \"B\"\nauthors = \"A\"\nyear = 2020\nlink = \"\"\nlicence = \"\"\ngroup = \"literature\"\n";

/// What a table of one row says against itself, as status and words.
fn contradictions(locator: &str, status: &str, note: &str) -> Vec<(&'static str, &'static str)> {
    let text = format!("subject,source,locator,status,note\nsteel,book,{locator},{status},{note}\n");
    let store = Store::from_texts([("sources.toml", SOURCES), ("mine/table.csv", text.as_str())]);
    let mut loader = Loader::new(&store, true);
    let _ = loader.table("mine/table.csv");
    let found = loader.finish_folder("mine/").expect_err("the table has no schema");
    found.iter().filter_map(|v| if let Fault::Contradiction { status, word } = v.fault { Some((status, word)) } else { None }).collect()
}

#[test]
fn a_read_row_that_says_it_was_not_read_is_refused() {
    assert_eq!(contradictions("table 2", "read", "Recalled from a talk"), [("read", "recalled")]);
    assert_eq!(contradictions("the notice itself was not read", "read", ""), [("read", "not read")]);
    assert_eq!(contradictions("table 2", "recalled", "Recalled from a talk"), []);
    assert_eq!(contradictions("table 2", "read", "a plain note"), []);
}

#[test]
fn a_row_read_in_another_work_names_that_work_as_its_source() {
    assert_eq!(contradictions("table 2 as restated in a blog", "read", ""), [("read", "restated")]);
    assert_eq!(contradictions("second-hand digest", "derived", ""), [("derived", "second-hand")]);
    assert_eq!(contradictions("as quoted elsewhere", "recalled", ""), []);
}
