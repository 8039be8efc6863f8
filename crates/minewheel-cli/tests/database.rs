//! `lca` on a database of one's own: import, look, solve, explain, export; every refusal with its code and its help.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test database` writes the snapshots anew; read the diff.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read and write the files that a user would, and fail by panicking")]

#[path = "../../minewheel-lca/tests/packages/mod.rs"]
mod packages;
mod program;

use std::path::{Path, PathBuf};

use program::{run_in, scratch, write};

/// A folder with the tiny package in `package/` and `package.zip`, imported into `my.mwdb`.
fn imported(name: &str) -> PathBuf {
    let folder = scratch(name);
    for (file, text) in packages::good() {
        write(&folder.join("package").join(file), text);
    }
    write(&folder.join("package.zip"), packages::zipped(&packages::good()));
    data(&folder, &["lca", "import", "package.zip", "--into", "my.mwdb"]);
    folder
}

fn data(folder: &Path, arguments: &[&str]) -> String {
    let answer = run_in(folder, arguments);
    assert_eq!(answer.code, 0, "minewheel {}: {}", arguments.join(" "), answer.remarks);
    answer.data
}

fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    serde_json::from_str(&data(folder, &arguments)).unwrap()
}

fn refused(folder: &Path, arguments: &[&str], code: &str, words: &[&str]) {
    let answer = run_in(folder, arguments);
    assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.remarks);
    assert!(answer.data.is_empty() && answer.remarks.contains(&format!("error[{code}]")), "{}", answer.remarks);
    assert!(answer.remarks.contains("\nhelp: "), "{}", answer.remarks);
    for word in words {
        assert!(answer.remarks.contains(word), "{word}: {}", answer.remarks);
    }
}

#[test]
fn a_folder_and_a_zip_give_the_same_database() {
    let folder = imported("database-same");
    data(&folder, &["lca", "import", "package", "--into", "other.mwdb"]);
    assert_eq!(std::fs::read(folder.join("my.mwdb")).unwrap(), std::fs::read(folder.join("other.mwdb")).unwrap());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4);
}

#[test]
fn a_database_is_looked_at_solved_and_explained() {
    let folder = imported("database-tables");
    let shown = |name: &str, arguments: &[&str]| {
        let text = data(&folder, arguments);
        assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(name, text);
    };
    shown("database-info", &["lca", "info", "my.mwdb"]);
    shown("database-processes", &["lca", "info", "my.mwdb", "--processes", "grid"]);
    shown("database-contributions", &["lca", "contributions", "my.mwdb", "--demand", "making-steel=2"]);
    shown("database-path", &["lca", "path", "my.mwdb", "--demand", "making-steel=2"]);
    let contributions = json(&folder, &["lca", "contributions", "my.mwdb", "--demand", "making-steel=2"]);
    let sum: f64 = contributions["processes"].as_array().unwrap().iter().map(|p| p["direct"].as_f64().unwrap()).sum();
    let score = contributions["score"].as_f64().unwrap();
    assert!((sum + contributions["other_processes"].as_f64().unwrap() - score).abs() < 1e-12 * score);
    for groups in ["places", "categories", "products"] {
        let sum: f64 = contributions[groups].as_array().unwrap().iter().map(|p| p["direct"].as_f64().unwrap()).sum();
        assert!((sum - score).abs() < 1e-12 * score, "{groups}");
    }
    // Two units of steel take power: what the arrow carries is the power's amount times its impact per unit.
    let whole = json(&folder, &["lca", "contributions", "my.mwdb", "--demand", "making-steel=2", "--cut", "1e-9"]);
    let arrows = whole["arrows"].as_array().unwrap();
    let of = |from: &str, to: &str| arrows.iter().find(|a| a["from"] == from && a["to"] == to).map_or(0.0, |a| a["impact"].as_f64().unwrap());
    let power = whole["processes"].as_array().unwrap().iter().find(|p| p["id"] == "grid").unwrap();
    let (carried, behind) = (of("grid", "making-steel") + of("grid", "dump"), power["with_supply"].as_f64().unwrap());
    assert!((carried - behind).abs() < 1e-9 * score, "{carried} {behind}: {arrows:?}");
    let path = json(&folder, &["lca", "path", "my.mwdb", "--demand", "making-steel=2", "--cut", "0.5"]);
    assert_eq!(path["deliveries"][0]["inputs"].as_array().unwrap().len(), 0);
}

/// steel = (1.6 + 0.5·0.4 + 0.2·(0.01 + 0.1·0.4)) / (1 − 0.52·0.001), see `packages`.
#[test]
fn a_demand_is_solved_with_and_without_draws() {
    let folder = imported("database-solve");
    let wanted = 2.0 * (1.6 + 0.2 + 0.2 * 0.05) / (1.0 - 0.52e-3);
    let found = json(&folder, &["lca", "solve", "my.mwdb", "--demand", "making-steel=2"]);
    assert!((found["score"].as_f64().unwrap() - wanted).abs() < 1e-12 * wanted, "{found}");
    assert_eq!((found["method"].as_str(), found["unit"].as_str()), (Some("Ours: climate"), Some("kg CO2e")));
    // Steel, grid and dump are one loop of 3 + 4 entries, which eliminated fill in by one; nothing lies outside it.
    assert_eq!((found["nnz_lu"].as_u64(), found["factorised"].as_u64()), (Some(8), Some(1)), "{found}");
    assert_eq!(found["links"], serde_json::json!({"default_provider": 1, "sole_maker": 3, "market": 0, "cut_off": 0}));
    assert_eq!(found["demand"], serde_json::json!({"making-steel": 2.0}));
    let drawn = json(&folder, &["lca", "solve", "my.mwdb", "--demand", "grid=1", "--samples", "400", "--method", "climate"]);
    let at = |key: &str| drawn[key].as_f64().unwrap();
    // exp(1.645·ln 1.2) = 1.35 either way.
    assert!((at("p5") - 0.4 / 1.35).abs() < 0.03 && (at("p95") - 0.4 * 1.35).abs() < 0.05, "{drawn}");
    let power = json(&folder, &["lca", "solve", "my.mwdb", "--demand", "boiler/power=1"]);
    assert!((power["score"].as_f64().unwrap() - 0.25 * 0.3).abs() < 1e-12, "{power}");
    let free = json(&folder, &["lca", "solve", "my.mwdb", "--demand", "boiler=3", "--allocation", "property:energy"]);
    assert!((free["score"].as_f64().unwrap() - 0.75 * 0.3).abs() < 1e-12, "{free}");
}

/// A smelter needs a kilowatt-hour for its metal, a plant so much metal for a kilowatt-hour; soot of 2 kg counts three a kilogram.
fn loop_of(name: &str, metal: f64) -> (PathBuf, String) {
    let folder = imported(name);
    let own = format!(
        "process,what,flow,amount,unit,provider,distribution,low,high\nsmelter,product,metal,1,kg,,,,\nsmelter,input,power,1,kWh,plant,uniform,0.5,1.5\n\
         smelter,emission,soot,2,kg,,,,\nplant,product,power,1,kWh,,,,\nplant,input,metal,{metal},kg,smelter,,,\n"
    );
    write(&folder.join("own.csv"), own);
    write(&folder.join("factors.csv"), "method,category,name,factor\nm,dust,soot,3\n");
    data(&folder, &["lca", "import", "own.csv", "--into", "own.mwdb"]);
    data(&folder, &["lca", "import", "factors.csv", "--into", "own.mwdb"]);
    (folder, "own.mwdb".to_owned())
}

#[test]
fn a_loop_without_a_solution_is_named_by_its_processes() {
    let (folder, file) = loop_of("database-loop", 1.0);
    for question in ["solve", "contributions", "path"] {
        let words = ["`plant`", "`smelter`", "has no solution"];
        refused(&folder, &["lca", question, &file, "--demand", "smelter=1"], "minewheel::lca", &words);
    }
}

/// y = 6 + 2·y.
#[test]
fn a_loop_that_uses_more_than_it_makes_is_solved_with_a_warning() {
    let (folder, file) = loop_of("database-backwards", 2.0);
    let warning = "uses more of its own products than it makes";
    for question in ["solve", "contributions", "path"] {
        let answer = run_in(&folder, &["lca", question, &file, "--demand", "smelter=1", "--format", "json"]);
        assert_eq!(answer.code, 0, "{}", answer.remarks);
        let words = answer.remarks.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(warning) && words.contains("`plant`") && words.contains("`smelter`"), "{question}: {words}");
        let found: serde_json::Value = serde_json::from_str(&answer.data).unwrap();
        assert!((found["score"].as_f64().unwrap() + 6.0).abs() < 1e-12, "{question}: {found}");
        if question == "solve" {
            let mut ids: Vec<&str> = found["net_consuming"][0].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
            ids.sort_unstable();
            assert_eq!(ids, ["plant", "smelter"]);
        }
    }
    // As it stands the loop delivers: y = 6 / (1 − 0.8·u); where u > 1.25 it does not.
    let (folder, file) = loop_of("database-backwards-draws", 0.8);
    let answer = run_in(&folder, &["lca", "solve", &file, "--demand", "smelter=1", "--samples", "400", "--format", "json"]);
    let words = answer.remarks.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = words.split_once("in ").and_then(|(_, rest)| rest.split(' ').next()).and_then(|n| n.parse::<f64>().ok());
    assert!(words.contains(warning) && count.is_some_and(|n| (n / 400.0 - 0.25).abs() < 0.07), "{words}");
}

#[test]
fn many_demands_are_answered_at_once_as_they_are_one_by_one() {
    let folder = imported("database-demands");
    let file = "name,process,amount\nhot,boiler,3\n,grid,2\nboth,making-steel,1\nboth,grid,0.5\nhot,boiler/power,1\n";
    write(&folder.join("demands.csv"), file);
    let many = json(&folder, &["lca", "solve", "my.mwdb", "--demands", "demands.csv", "--samples", "50", "--draws", "draws.csv"]);
    let names: Vec<&str> = many["demands"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["hot", "grid", "both"]);
    assert_eq!(many["demands"][2]["demand"], serde_json::json!({"making-steel": 1.0, "grid": 0.5}));
    assert_eq!((&many["method"], &many["unit"], &many["samples"]), (&"Ours: climate".into(), &"kg CO2e".into(), &50.into()));
    let one_by_one: [&[&str]; 3] =
        [&["--demand", "boiler=3", "--demand", "boiler/power=1"], &["--demand", "grid=2"], &["--demand", "making-steel=1", "--demand", "grid=0.5"]];
    for (at, demand) in one_by_one.into_iter().enumerate() {
        let arguments: Vec<&str> = ["lca", "solve", "my.mwdb", "--samples", "50"].into_iter().chain(demand.iter().copied()).collect();
        let one = json(&folder, &arguments);
        for key in ["score", "p5", "p50", "p95", "mean"] {
            assert_eq!(many["demands"][at][key], one[key], "{at} {key}");
        }
    }
    let table = std::fs::read_to_string(folder.join("draws.csv")).unwrap();
    assert!(table.starts_with("draw,hot,grid,both\n0,") && table.lines().count() == 51, "{table}");
    let csv = data(&folder, &["lca", "solve", "my.mwdb", "--demands", "demands.csv", "--format", "csv"]);
    assert!(csv.starts_with("name,method,unit,score,p5,p50,p95,mean\nhot,Ours: climate,kg CO2e,"), "{csv}");
    let shown = data(&folder, &["lca", "solve", "my.mwdb", "--demands", "demands.csv"]);
    assert!(shown.contains("3 demands, method Ours: climate") && shown.lines().all(|l| l.chars().count() <= 80), "{shown}");
    let with = |text: &str, words: &[&str]| {
        write(&folder.join("bad.csv"), text);
        refused(&folder, &["lca", "solve", "my.mwdb", "--demands", "bad.csv"], "minewheel::lca::demands", words);
    };
    with("name,amount\n", &["there is no column `process`"]);
    with("process,amount\ngrid,much\n", &["line 2: `amount` wants a finite number"]);
    with("process,amount\n,1\n", &["line 2: a `process` is wanted"]);
    with("process,amount\n", &["it has no demands"]);
    write(&folder.join("bad.csv"), "process,amount\ngird,1\n");
    refused(&folder, &["lca", "solve", "my.mwdb", "--demands", "bad.csv"], "minewheel::lca::process", &["`gird`"]);
}

#[test]
fn a_run_goes_on_from_its_draws_and_from_no_others() {
    let folder = imported("database-resume");
    let solve = |more: &[&str]| {
        let base = ["lca", "solve", "my.mwdb", "--demand", "making-steel=2", "--format", "json"];
        run_in(&folder, &base.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let answer = |more: &[&str]| -> serde_json::Value { serde_json::from_str(&solve(more).data).unwrap() };
    let whole = answer(&["--samples", "300", "--draws", "whole.csv"]);
    answer(&["--samples", "120", "--draws", "parts.csv"]);
    let resumed = solve(&["--samples", "180", "--first-draw", "120", "--draws", "parts.csv"]);
    assert!(resumed.remarks.contains("note: 120 earlier draws of `parts.csv` are counted"), "{}", resumed.remarks);
    let resumed: serde_json::Value = serde_json::from_str(&resumed.data).unwrap();
    for key in ["score", "p5", "p50", "p95", "mean", "samples"] {
        assert_eq!(resumed[key], whole[key], "{key}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("parts.csv"), read("whole.csv"));
    // Draws that are asked for again are drawn again, and count once.
    assert_eq!(answer(&["--samples", "100", "--first-draw", "200", "--draws", "parts.csv"])["samples"], 300);
    assert_eq!(read("parts.csv"), read("whole.csv"));
    let other = |more: &[&str], words: &[&str]| {
        let answer = solve(&[&["--samples", "10", "--first-draw", "300", "--draws", "parts.csv"], more].concat());
        assert!(answer.code == 2 && answer.remarks.contains("error[minewheel::lca::draws]"), "{}", answer.remarks);
        for word in words {
            assert!(answer.remarks.contains(word), "{}", answer.remarks);
        }
    };
    other(&["--seed", "2"], &["its draw 299 has", "another database, method, demand or seed"]);
    // A killed run leaves a torn line, which is passed over.
    write(&folder.join("parts.csv"), format!("{}120,3.", read("whole.csv").lines().take(121).fold(String::new(), |text, line| text + line + "\n")));
    answer(&["--samples", "180", "--first-draw", "120", "--draws", "parts.csv"]);
    assert_eq!(read("parts.csv"), read("whole.csv"));
    // Draws before those that are there come before them.
    let tail = read("whole.csv").lines().skip(201).fold("draw,score\n".to_owned(), |text, line| text + line + "\n");
    write(&folder.join("parts.csv"), tail);
    answer(&["--samples", "199", "--first-draw", "1", "--draws", "parts.csv"]);
    assert_eq!(read("parts.csv").lines().skip(1).collect::<Vec<_>>(), read("whole.csv").lines().skip(2).collect::<Vec<_>>());
    for (text, line) in [("draw,score\n0,1\n0,1\n", 3), ("draw,score\n0,x\n", 2), ("draw,score\n0,1,2\n", 2), ("draw,score\n0,inf\n", 2)] {
        write(&folder.join("parts.csv"), text);
        other(&[], &[&format!("line {line}: the number of a draw, above that of the line before")]);
        assert!(std::fs::read_dir(&folder).unwrap().all(|e| !e.unwrap().file_name().to_string_lossy().ends_with(".part")));
    }
    write(&folder.join("parts.csv"), "draw,boiler\n0,1\n");
    other(&[], &["its columns are `draw,boiler`", "`draw,score`"]);
    assert_eq!(read("parts.csv"), "draw,boiler\n0,1\n");
}

/// A forge uses 0.5 to 1.5 kWh, half from each of two plants, and shares 0.5 to 1.5 kg of soot between two products: one draw each.
#[test]
fn what_several_suppliers_or_products_share_has_one_draw() {
    let folder = scratch("database-one-draw");
    let own = "process,what,flow,amount,unit,distribution,low,high,physical_share,allocation\n\
               first,product,power,1,kWh,,,,,\nfirst,emission,soot,1,kg,,,,,\nsecond,product,power,1,kWh,,,,,\nsecond,emission,soot,1,kg,,,,,\n\
               forge,product,tool,1,kg,,,,,\nforge,input,power,1,kWh,uniform,0.5,1.5,,\n\
               still,product,spirit,1,kg,,,,0.5,physical\nstill,product,stillage,1,kg,,,,0.5,physical\nstill,emission,soot,1,kg,uniform,0.5,1.5,,\n";
    write(&folder.join("own.csv"), own);
    write(&folder.join("factors.csv"), "method,category,name,factor\nm,dust,soot,1\n");
    data(&folder, &["lca", "import", "own.csv", "--into", "own.mwdb"]);
    data(&folder, &["lca", "import", "factors.csv", "--into", "own.mwdb"]);
    let draws = ["--providers", "market", "--samples", "2000"];
    for demand in [&["--demand", "forge=1"][..], &["--demand", "still/spirit=1", "--demand", "still/stillage=1"]] {
        let found = json(&folder, &[&["lca", "solve", "own.mwdb"], demand, draws.as_slice()].concat());
        let at = |key: &str| found[key].as_f64().unwrap();
        // Two independent halves would lie between 0.66 and 1.34.
        assert!((at("p5") - 0.55).abs() < 0.02 && (at("p95") - 1.45).abs() < 0.02, "{found}");
    }
    let sensitivity = json(&folder, &["lca", "sensitivity", "own.mwdb", "--demand", "forge=1", "--providers", "market", "--samples", "200"]);
    assert_eq!(sensitivity["rows"].as_array().unwrap().len(), 1, "{sensitivity}");
}

#[test]
fn one_draw_is_no_interval() {
    let folder = imported("database-one-draw");
    for command in ["solve", "compare", "hotspots", "sensitivity"] {
        let asked = ["lca", command, "my.mwdb", "--demand", "making-steel=2", "--samples", "1"];
        refused(&folder, &asked, "minewheel::option", &["--samples is 1, wanted", "at least 2 draws"]);
    }
}

#[test]
fn more_draws_than_fit_are_refused_before_any_is_drawn() {
    let folder = imported("database-many-draws");
    let question = ["lca", "sensitivity", "my.mwdb", "--demand", "grid=1", "--samples", "100000000000"];
    refused(&folder, &question, "minewheel::option", &["--samples is 100000000000, wanted at most"]);
}

#[test]
fn flows_without_a_factor_are_listed_with_the_likest_that_has_one() {
    let folder = scratch("database-without-factor");
    let own = "process,what,flow,flow_name,flow_category,amount,unit\nmill,product,steel,,,1,kg\nmill,emission,a,\"Carbon dioxide, fossil\",air,1,kg\n\
         mill,emission,b,Carbon dioxide fossil,air/urban,2,kg\nforge,product,tool,,,1,kg\nforge,emission,b,Carbon dioxide fossil,air/urban,3,kg\nforge,emission,c,xyz,water,1,kg\n\
         forge,emission,d,Soot,air,1,kg\n";
    write(&folder.join("own.csv"), own);
    write(&folder.join("factors.csv"), "method,category,flow_id,factor\nm,climate,a,1\nm,dust,d,3\n");
    data(&folder, &["lca", "import", "own.csv", "--into", "own.mwdb"]);
    data(&folder, &["lca", "import", "factors.csv", "--into", "own.mwdb"]);
    let base = ["lca", "info", "own.mwdb", "--list-without-factor"];
    let with = |more: &[&'static str]| base.iter().chain(more).copied().collect::<Vec<_>>();
    let listed = json(&folder, &with(&[]));
    let of = |at: usize, key: &str| listed[at][key].clone();
    assert_eq!((listed.as_array().unwrap().len(), of(0, "flow"), of(0, "uses"), of(0, "nearest")), (2, "b".into(), 2.into(), "a".into()));
    assert!(of(0, "likeness").as_f64().unwrap() > 0.7 && of(1, "nearest").is_null(), "{listed}");
    let climate = json(&folder, &with(&["--method", "climate"]));
    assert_eq!(climate.as_array().unwrap().iter().map(|l| l["flow"].as_str().unwrap()).collect::<Vec<_>>(), ["b", "c", "d"]);
    assert!(data(&folder, &base).contains("Carbon dioxide fossil (air/urban)"));
    // The template is a mapping: with it the flow has its factor.
    let template = data(&folder, &with(&["--mapping-template"]));
    assert!(template.starts_with("kind,from,to,factor,note\nflow,b,a,1,") && template.contains("\n# flow,c,,1,"), "{template}");
    write(&folder.join("map.csv"), template);
    data(&folder, &["lca", "import", "own.csv", "--into", "mapped.mwdb", "--mapping", "map.csv"]);
    data(&folder, &["lca", "import", "factors.csv", "--into", "mapped.mwdb"]);
    let found = json(&folder, &["lca", "solve", "mapped.mwdb", "--demand", "forge=1", "--method", "climate"]);
    assert_eq!(found["score"], 3.0);
    refused(&folder, &with(&["--method", "climat"]), "minewheel::name", &["`climat` is not a method", "m: climate"]);
}

/// σ² = 0.0001 + 0.008 of the grid's carbon dioxide: exp(1.645·0.09) = 1.16 either way.
#[test]
fn a_pedigree_alone_is_drawn_and_said_to_be() {
    let folder = imported("database-pedigree");
    let spread = r#","uncertainty":{"distributionType":"LOG_NORMAL_DISTRIBUTION","geomMean":0.4,"geomSd":1.2}"#;
    write(&folder.join("bare.zip"), packages::zipped(&packages::spoilt("processes/grid.json", spread, "")));
    let holds = json(&folder, &["lca", "import", "bare.zip", "--into", "bare.mwdb"]);
    assert_eq!((&holds["holds"]["uncertain_exchanges"], &holds["holds"]["pedigree_exchanges"]), (&0.into(), &1.into()));
    let solve = |more: &[&str]| {
        let base = ["lca", "solve", "bare.mwdb", "--demand", "grid=1", "--samples", "400", "--format", "json"];
        run_in(&folder, &base.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let drawn = solve(&[]);
    assert!(drawn.remarks.contains("note: 1 amounts have a pedigree and no distribution"), "{}", drawn.remarks);
    let found: serde_json::Value = serde_json::from_str(&drawn.data).unwrap();
    let at = |key: &str| found[key].as_f64().unwrap();
    assert!((at("p5") - 0.4 / 1.16).abs() < 0.01 && (at("p95") - 0.4 * 1.16).abs() < 0.015, "{found}");
    let still = solve(&["--pedigree", "ignore"]);
    let found: serde_json::Value = serde_json::from_str(&still.data).unwrap();
    assert!(found["p5"] == found["p95"] && still.remarks.is_empty(), "{found} {}", still.remarks);
}

#[test]
fn a_method_without_a_flow_of_the_inventory_is_said_to_be_so() {
    let folder = imported("database-nought");
    write(&folder.join("own.csv"), "process,what,flow,amount,unit\nmill,product,steel,1,kg\nmill,emission,soot,2,kg\n");
    write(&folder.join("factors.csv"), "method,category,name,factor\nm,climate,carbon dioxide,1\nm,dust,soot,3\n");
    data(&folder, &["lca", "import", "own.csv", "--into", "own.mwdb"]);
    data(&folder, &["lca", "import", "factors.csv", "--into", "own.mwdb"]);
    let solve = |category: &str| run_in(&folder, &["lca", "solve", "own.mwdb", "--demand", "mill=1", "--method", category, "--format", "json"]);
    let nought = solve("climate");
    assert!(nought.remarks.contains("no flow of the inventory has a factor in `m: climate`"), "{}", nought.remarks);
    let dust = solve("dust");
    assert!(!dust.remarks.contains("has a factor"), "{}", dust.remarks);
    let answer: serde_json::Value = serde_json::from_str(&dust.data).unwrap();
    assert_eq!((&answer["category"], &answer["score"]), (&"dust".into(), &6.0.into()));
}

#[test]
fn an_exported_package_imports_as_the_same_database_and_matrices_are_written() {
    let folder = imported("database-export");
    data(&folder, &["lca", "export", "my.mwdb", "--olca", "out.zip"]);
    data(&folder, &["lca", "import", "out.zip", "--into", "again.mwdb"]);
    assert_eq!(std::fs::read(folder.join("my.mwdb")).unwrap(), std::fs::read(folder.join("again.mwdb")).unwrap());
    data(&folder, &["lca", "export", "my.mwdb", "--matrices", "out"]);
    let technosphere = std::fs::read_to_string(folder.join("out/technosphere.csv")).unwrap();
    assert!(technosphere.starts_with("row,column,amount\n") && technosphere.contains(",-0.5\n"), "{technosphere}");
    let activities = std::fs::read_to_string(folder.join("out/activities.csv")).unwrap();
    assert_eq!(activities.lines().count(), 1 + 5, "{activities}");
}

#[test]
fn an_import_that_fails_leaves_the_old_file_whole() {
    let folder = imported("database-crash");
    let before = std::fs::read(folder.join("my.mwdb")).unwrap();
    write(&folder.join("bad.zip"), packages::zipped(&packages::spoilt("processes/grid.json", r#""@id":"steel""#, r#""@id":"iron""#)));
    refused(&folder, &["lca", "import", "bad.zip", "--into", "my.mwdb"], "minewheel::lca::import", &["there is no flow `iron`"]);
    let whole = packages::zipped(&packages::good());
    write(&folder.join("cut.zip"), &whole[..whole.len() / 2]);
    refused(&folder, &["lca", "import", "cut.zip", "--into", "my.mwdb"], "minewheel::lca::import", &["no whole zip file"]);
    assert_eq!(std::fs::read(folder.join("my.mwdb")).unwrap(), before);
    let left = std::fs::read_dir(&folder).unwrap().filter(|f| f.as_ref().unwrap().path().extension().is_some_and(|e| e == "part")).count();
    assert_eq!(left, 0);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = imported("database-refused");
    let solve = |demand: &'static str| vec!["lca", "solve", "my.mwdb", "--demand", demand];
    refused(
        &folder,
        &solve("making-stel=1"),
        "minewheel::lca::process",
        &["no process has the id or the name `making-stel`", "perhaps making-steel"],
    );
    refused(&folder, &solve("boiler/slag=1"), "minewheel::lca::system", &["does not supply `slag`; it supplies `heat`, `power`"]);
    let with = |more: &[&'static str]| solve("making-steel=1").into_iter().chain(more.iter().copied()).collect::<Vec<_>>();
    refused(&folder, &with(&["--method", "climat"]), "minewheel::name", &["`climat` is not a method"]);
    refused(&folder, &with(&["--allocation", "property:Mas"]), "minewheel::name", &["property:Mas", "property:Mass"]);
    refused(
        &folder,
        &with(&["--providers", "only"]),
        "minewheel::lca::unlinked",
        &["2 products have no supplier", "`slag`, wanted 1 times, first by `making-steel`", "nearest: `dump` (dump)"],
    );
    for question in ["solve", "contributions", "path"] {
        let words = ["cannot read `boiler`", "a database is a file that `minewheel lca import PACKAGE --into FILE` makes"];
        refused(&folder, &["lca", question, "boiler", "--demand", "1=1"], "minewheel::file", &words);
    }
    let boiler: Vec<&str> = solve("boiler=1").into_iter().chain(["--allocation", "economic"]).collect();
    refused(&folder, &boiler, "minewheel::lca::allocation", &["1 processes cannot be allocated", "no economic allocation factor for `heat`"]);
    refused(&folder, &["lca", "contributions", "my.mwdb", "--demand", "grid=1", "--cut", "0"], "minewheel::option", &["--cut is 0"]);
    let mut bytes = std::fs::read(folder.join("my.mwdb")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write(&folder.join("damaged.mwdb"), bytes);
    refused(&folder, &["lca", "info", "damaged.mwdb"], "minewheel::lca::database", &["its checksum is wrong"]);
    refused(&folder, &["lca", "import", "nowhere", "--into", "my.mwdb"], "minewheel::file", &["nowhere"]);
    let mut bare = packages::good();
    bare.retain(|(name, _)| !name.starts_with("lcia"));
    write(&folder.join("bare.zip"), packages::zipped(&bare));
    data(&folder, &["lca", "import", "bare.zip", "--into", "bare.mwdb"]);
    refused(&folder, &["lca", "solve", "bare.mwdb", "--demand", "grid=1"], "minewheel::lca", &["it holds no method"]);
}

/// The tiny package with losses from 0.02 to 0.08, and a second maker of electricity.
fn with_choices(name: &str) -> PathBuf {
    let folder = scratch(name);
    let spread = r#""value":0.05,"uncertainty":{"distributionType":"UNIFORM_DISTRIBUTION","minimum":0.02,"maximum":0.08}"#;
    let package = |provider: &str| {
        let mut files = packages::spoilt("parameters/losses.json", r#""value":0.05"#, spread);
        for (_, text) in &mut files {
            *text = text.replace(r#""defaultProvider":{"@id":"grid"}"#, &format!(r#""defaultProvider":{{"@id":"{provider}"}}"#));
        }
        let wind = packages::exchange("electricity", false, 1.0, "kWh", "energy", packages::REFERENCE);
        let steel = packages::exchange("steel", true, 2.0, "g", "mass", "");
        files.push(packages::process("wind", "", &[wind, steel]));
        packages::zipped(&files)
    };
    write(&folder.join("grid.zip"), package("grid"));
    write(&folder.join("wind.zip"), package("wind"));
    data(&folder, &["lca", "import", "grid.zip", "--into", "grid.mwdb"]);
    data(&folder, &["lca", "import", "wind.zip", "--into", "wind.mwdb"]);
    folder
}

#[test]
fn draws_follow_parameters_and_go_on_where_they_ended() {
    let folder = with_choices("database-parameters");
    let question = ["lca", "solve", "grid.mwdb", "--demand", "dump=1", "--providers", "market"];
    let drawn = |more: &[&str]| json(&folder, &[&question, more].concat());
    let found = drawn(&["--samples", "400"]);
    let (p5, p95) = (found["p5"].as_f64().unwrap(), found["p95"].as_f64().unwrap());
    // Half of the power is the grid's: 0.01 + 2·losses·0.2 kg and a little, with 5 % and 95 % of the losses at 0.023 and 0.077.
    assert!(p5 < 0.023 && p95 > 0.035 && found["mean"].as_f64().unwrap() > p5, "{found}");
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    drawn(&["--samples", "20", "--draws", "all.csv"]);
    drawn(&["--samples", "8", "--draws", "first.csv"]);
    drawn(&["--samples", "12", "--first-draw", "8", "--draws", "rest.csv"]);
    let rest = file("rest.csv");
    assert_eq!(file("all.csv"), file("first.csv") + rest.strip_prefix("draw,score\n").unwrap());
    let sensitivity = ["lca", "sensitivity", "grid.mwdb", "--demand", "dump=1", "--providers", "market", "--top", "2", "--samples", "300"];
    let found = json(&folder, &sensitivity);
    let kinds: Vec<&str> = found["rows"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["parameter", "exchange"], "{found}");
    assert!(data(&folder, &sensitivity).contains("parameter losses"));
    write(&folder.join("pairs.csv"), "first,second,correlation\nlosses,gains,0.5\n");
    let with_pairs: Vec<&str> = question.into_iter().chain(["--samples", "4", "--correlations", "pairs.csv"]).collect();
    refused(&folder, &with_pairs, "minewheel::lca::correlations", &["`gains` is no uncertain parameter of this system; there are losses"]);
}

/// Steel needs 0.5 kWh and makes slag whose dump needs 0.1 kWh a kilogram, all of the grid at 0.4 kg; its own 1.6 kg are 88 % of it all. Only
/// the grid's emission is uncertain, geometric deviation 1.2.
#[test]
fn hot_spots_make_the_share_asked_for_and_say_whose_the_spread_is() {
    let folder = imported("database-hotspots");
    let question = ["lca", "hotspots", "my.mwdb", "--demand", "making-steel=2"];
    let text = data(&folder, &[question.as_slice(), &["--share", "0.95"]].concat());
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    insta::assert_snapshot!("database-hotspots", text);
    let found = json(&folder, &question);
    let (score, lines) = (found["score"].as_f64().unwrap(), found["processes"]["lines"].as_array().unwrap());
    assert_eq!((lines.len(), found["processes"]["needed"].as_u64(), found["processes"]["of"].as_u64()), (1, Some(1), Some(3)));
    let steel = &lines[0];
    let made = 2.0 / (1.0 - 0.52e-3);
    assert!((steel["direct"].as_f64().unwrap() - 1.6 * made).abs() < 1e-9 && steel["id"] == "making-steel", "{steel}");
    assert!((steel["direct"].as_f64().unwrap() + steel["upstream"].as_f64().unwrap() - made * score / 2.0).abs() < 1e-9, "{steel}");
    assert_eq!((steel["variance_share"].as_f64(), found["variance_by"].as_str()), (Some(0.0), Some("derivatives")));
    let all = json(&folder, &[question.as_slice(), &["--share", "1"]].concat());
    for list in ["processes", "flows", "exchanges", "places"] {
        let lines = all[list]["lines"].as_array().unwrap();
        let sum: f64 = lines.iter().map(|l| l["direct"].as_f64().or(l["impact"].as_f64()).unwrap()).sum();
        assert!((sum - score).abs() < 1e-12 * score, "{list}: {sum} {score}");
        let spread: f64 = lines.iter().map(|l| l["variance_share"].as_f64().unwrap()).sum();
        assert!((spread - 1.0).abs() < 1e-12, "{list}: {spread}");
        assert!((lines[lines.len() - 1]["cumulated"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    }
    let of = |found: &serde_json::Value, list: &str, key: &str, name: &str| {
        found[list]["lines"].as_array().unwrap().iter().find(|l| l[key] == name).unwrap().clone()
    };
    assert_eq!(of(&all, "exchanges", "process", "grid")["spread"], "stated");
    assert_eq!(of(&all, "exchanges", "process", "making-steel")["spread"], serde_json::Value::Null);
    // Draws see the one uncertain amount too, and the result is all but linear in it.
    let drawn = json(&folder, &[question.as_slice(), &["--share", "1", "--samples", "300"]].concat());
    assert!((of(&drawn, "processes", "id", "grid")["variance_share"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{drawn}");
    let solved = json(&folder, &["lca", "solve", "my.mwdb", "--demand", "making-steel=2", "--samples", "300"]);
    assert_eq!((&drawn["p5"], &drawn["p50"], &drawn["p95"]), (&solved["p5"], &solved["p50"], &solved["p95"]));
    let csv = data(&folder, &[question.as_slice(), &["--format", "csv"]].concat());
    assert!(csv.starts_with("kind,id,name,place,flow,impact,share,upstream_share,") && csv.contains("\nprocess,making-steel,"), "{csv}");
    for (option, value, words) in [("--share", "0", "--share is 0"), ("--share", "1.1", "--share is 1.1"), ("--top", "0", "--top is 0")] {
        refused(&folder, &[question.as_slice(), &[option, value]].concat(), "minewheel::option", &[words]);
    }
    // A parameter moves the dump's power; by draws that is the dump's, by derivatives nobody's.
    let folder = with_choices("database-hotspots-parameters");
    let question = ["lca", "hotspots", "grid.mwdb", "--demand", "dump=1", "--providers", "market", "--share", "1"];
    let found = json(&folder, &question);
    assert!(found["variance_elsewhere"].as_f64().unwrap() > 0.5, "{found}");
    let drawn = json(&folder, &[question.as_slice(), &["--samples", "300"]].concat());
    assert!(drawn["variance_elsewhere"].as_f64().unwrap().abs() < 1e-9, "{drawn}");
    assert!(of(&drawn, "processes", "id", "dump")["variance_share"].as_f64().unwrap() > 0.5, "{drawn}");
    // A package has no names and no pedigrees, and the same numbers.
    data(&folder, &["lca", "export", "grid.mwdb", "--data-package", "matrices.zip", "--providers", "market", "--allocation", "physical"]);
    let found = json(&folder, &["lca", "hotspots", "matrices.zip", "--demand", "1=1", "--share", "1"]);
    assert!(found["processes"]["lines"][0]["quality"].is_null() && found["links"].is_null(), "{found}");
}

#[test]
fn a_swapped_supplier_gives_what_another_provider_gives() {
    let folder = with_choices("database-swap");
    let solve = |file: &str| {
        let found = json(&folder, &["lca", "solve", file, "--demand", "making-steel=2", "--providers", "market"]);
        found["score"].as_f64().unwrap()
    };
    let question = ["lca", "swap", "grid.mwdb", "--demand", "making-steel=2", "--process", "making-steel", "--providers", "market"];
    let found = json(&folder, &question);
    let swaps = found["swaps"].as_array().unwrap();
    assert_eq!(swaps.len(), 1, "{found}");
    assert_eq!((swaps[0]["from"].as_str(), swaps[0]["to"].as_str()), (Some("grid"), Some("wind")));
    assert!((found["score"].as_f64().unwrap() - solve("grid.mwdb")).abs() < 1e-12);
    assert!((swaps[0]["score"].as_f64().unwrap() - solve("wind.mwdb")).abs() < 1e-12, "{found}");
    let text = data(&folder, &question);
    assert!(text.contains("electricity: wind, CN instead of grid, CN") && text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let with =
        |process: &'static str| ["lca", "swap", "grid.mwdb", "--demand", "making-steel=2", "--providers", "market", "--process", process].to_vec();
    refused(&folder, &with("boiler"), "minewheel::option", &["a process that the demand reaches"]);
    refused(&folder, &with("gird"), "minewheel::lca::process", &["no process has the id or the name `gird`"]);
}

#[test]
fn a_database_goes_to_ilcd_excel_and_brightway_and_says_what_it_leaves_behind() {
    let folder = imported("database-formats");
    let remarks = |arguments: &[&str]| {
        let answer = run_in(&folder, arguments);
        assert_eq!(answer.code, 0, "{}", answer.remarks);
        answer.remarks
    };
    let score = |file: &str| json(&folder, &["lca", "solve", file, "--demand", "making-steel=2"])["score"].as_f64().unwrap();
    let left = remarks(&["lca", "export", "my.mwdb", "--ilcd", "ilcd.zip"]);
    assert!(left.contains("wrote 4 processes") && left.contains("left out: flow_properties: whether they are economic (1)"), "{left}");
    data(&folder, &["lca", "import", "ilcd.zip", "--into", "ilcd.mwdb"]);
    assert!((score("ilcd.mwdb") - score("my.mwdb")).abs() < 1e-12);
    let left = remarks(&["lca", "export", "my.mwdb", "--excel", "sheet.xlsx"]);
    assert!(left.contains("left out: impact categories (1)"), "{left}");
    data(&folder, &["lca", "import", "sheet.xlsx", "--into", "sheet.mwdb"]);
    assert!(data(&folder, &["lca", "info", "sheet.mwdb"]).contains("processes"));
    remarks(&["lca", "export", "my.mwdb", "--data-package", "package.zip", "--method", "climate"]);
    let found = json(&folder, &["lca", "solve", "package.zip", "--demand", "1=1"]);
    let first = run_in(&folder, &["lca", "scores", "my.mwdb", "--format", "json"]);
    let first: serde_json::Value = serde_json::from_str(&first.data).unwrap();
    let wanted = first["products"].as_array().unwrap().iter().find(|p| p["number"] == 1).unwrap()["score"].as_f64().unwrap();
    assert!((found["score"].as_f64().unwrap() - wanted).abs() < 1e-12, "{found}");
    refused(
        &folder,
        &["lca", "export", "my.mwdb", "--data-package", "p.zip", "--method", "climat"],
        "minewheel::name",
        &["`climat` is not a method"],
    );
}
