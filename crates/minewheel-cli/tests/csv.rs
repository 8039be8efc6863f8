//! CSV is for programs: every field that holds a number holds it whole, as a machine writes it, and nothing stands for nothing.

#![allow(clippy::unwrap_used, reason = "the test reads what the command wrote, and fails by panicking")]

mod program;

use program::{run_in, scratch};

/// Lines of fields, with quotes taken off.
fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut field)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    rows
}

/// Whether a field is a number dressed for people: grouped, with the minus of print, a plus, a mark, a range, or nothing as a dash.
fn is_for_people(field: &str) -> bool {
    let bare = field.trim_start_matches(['+', '−', '±']).replace('\u{a0}', "");
    let was_dressed = bare != field && bare.parse::<f64>().is_ok();
    let is_range = field.split_once('–').is_some_and(|(low, high)| low.parse::<f64>().is_ok() && high.parse::<f64>().is_ok());
    was_dressed || is_range || ["–", "-0", "NaN", "inf", "-inf"].contains(&field)
}

#[test]
fn every_command_writes_numbers_that_programs_can_read() {
    let folder = scratch("csv");
    let made = run_in(&folder, &["suppliers", "synthesise", "vw-id3-58", "--count", "25", "--write", "programme"]);
    assert_eq!(made.code, 0, "{}", made.remarks);
    let cases = run_in(&folder, &["case", "list", "--format", "csv"]);
    let cases: Vec<String> = parse(&cases.data)[1..].iter().map(|row| row[0].clone()).collect();
    assert!(cases.len() > 10);
    // The dearest cases build hundreds of cars; those of industry print most kinds of field.
    let quick = ["green-chain", "wuling-sells-volkswagen-buys", "chongqing-half-year", "door-ring-4-kg", "permanent-magnet-lead"];
    let mut asked: Vec<Vec<&str>> = cases.iter().filter(|c| quick.contains(&c.as_str())).map(|c| vec!["case", "run", c.as_str()]).collect();
    assert_eq!(asked.len(), quick.len(), "{cases:?}");
    for command in [
        "cars",
        "suppliers import programme",
        "suppliers rollup programme",
        "suppliers plan programme",
        "suppliers status programme",
        "suppliers request programme",
        "rules list",
        "rules list miit-battery-2024",
        "rules check eu-2023-1542 byd-dolphin-60",
        "rules diff miit-battery-2021 miit-battery-2024",
        "credits ledger",
        "credits car vw-id3-58 --year 2024",
        "credits market",
        "market CN --from 2022 --to 2023",
        "supply lithium",
        "supply tesla-m3-rwd-lfp --ban CN --part battery --volume 0.001",
        "range vw-id3-58",
        "charge vw-id3-58",
        "trip vw-id3-58 --km 800",
        "tco vw-id3-58 vw-golf-15tsi",
        "data sources",
        "fleet survival",
    ] {
        asked.push(command.split(' ').collect());
    }
    for mut command in asked {
        command.extend(["--format", "csv"]);
        let answer = run_in(&folder, &command);
        let name = command.join(" ");
        assert!(answer.code < 2, "{name}: {}", answer.remarks);
        let rows = parse(&answer.data);
        assert!(rows.len() > 1 || name.contains("request"), "{name}: {}", answer.data);
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{name}: {row:?}");
            assert!(!row.iter().any(|f| is_for_people(f)), "{name}: {row:?}");
        }
    }
}

#[test]
fn full_precision_stands_where_the_table_rounds() {
    let folder = scratch("csv-precision");
    let rows = parse(&run_in(&folder, &["case", "run", "wuling-sells-volkswagen-buys", "--format", "csv"]).data);
    let json = run_in(&folder, &["case", "run", "wuling-sells-volkswagen-buys", "--format", "json"]).data;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let column = rows[0].iter().position(|h| h == "to buy").unwrap();
    for (row, year) in rows[1..].iter().zip(json["years"].as_array().unwrap()) {
        assert_eq!(row[column].parse::<f64>().unwrap(), year["to_buy"].as_f64().unwrap());
    }
}
