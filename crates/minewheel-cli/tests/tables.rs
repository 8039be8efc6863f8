//! What people see on the terminal, held against snapshots: figures have three significant digits, so that small changes
//! of data show up as a diff to be read.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test tables` writes them anew.

mod program;

use program::data_of;

#[test]
fn three_cars_side_by_side() {
    insta::assert_snapshot!(data_of(&["assess", "wuling-mini-215", "vw-id3-58", "vw-golf-15tsi", "--country", "CN", "--no-interval"]));
}

#[test]
fn one_car_on_three_cycles() {
    insta::assert_snapshot!(data_of(&["drive", "vw-id3-58", "--cycle", "wltc3b", "--cycle", "cltc-p", "--cycle", "udds"]));
}

#[test]
fn a_battery_explained() {
    insta::assert_snapshot!(data_of(&["explain", "vw-id3-58", "--country", "DE", "--stage", "cell-manufacturing", "--depth", "5"]));
}

#[test]
fn the_schema_of_car_files() {
    insta::assert_snapshot!(data_of(&["schema", "car"]));
}

#[test]
fn a_machine_of_150_kw() {
    insta::assert_snapshot!(data_of(&["motor", "--topology", "ipm", "--power-kw", "150"]));
}

#[test]
fn six_kinds_of_machine_side_by_side() {
    insta::assert_snapshot!(data_of(&["motor", "--compare"]));
}

#[test]
fn two_machines_in_one_unit() {
    insta::assert_snapshot!(data_of(&["drive-unit", "--second", "induction", "--cycle", "wltc3b", "--cycle", "hwfet"]));
}
