//! The functions of the fuzz targets on packages of our own with bytes changed at random: each ends with a value or an error.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;
#[path = "../../../fuzz/src/readers.rs"]
mod readers;
mod spold;

use std::collections::BTreeMap;
use std::io::Cursor;

use minewheel_lca::database::{LinkOptions, ProductSystem};
use minewheel_lca::formats::archive::{ArchiveError, ZipWriter};
use minewheel_lca::formats::{data_package, excel, ilcd, store};

/// What each reader takes in earnest.
fn seeds() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let database = packages::database();
    let system = ProductSystem::whole(&database, LinkOptions::default()).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    data_package::write("x", &system.matrices, &mut zip).unwrap();
    let mut xml = Vec::new();
    let _: Result<_, ArchiveError> = ilcd::write(&database, &mut |_, bytes| {
        xml.push(bytes);
        Ok(())
    });
    let texts = |list: Vec<(String, String)>| list.into_iter().map(|(_, text)| text.into_bytes()).collect::<Vec<_>>();
    let simapro = "{SimaPro 9.1}\n{CSV separator: Semicolon}\n{Decimal separator: .}\n\nProcess\n\nCategory type\nmaterial\n\nProducts\n\
                   steel;kg;1;100;not defined;Metals;\n\nEmissions to air\nCarbon dioxide;;kg;2*a;Lognormal;1.2;0;0;\n\nInput parameters\n\
                   a;0.5;Uniform;0;0.2;0.8;No;\n\nEnd\n\n";
    BTreeMap::from([
        ("olca", texts(packages::good())),
        ("ecospold2", texts(spold::model())),
        ("ilcd", xml),
        ("simapro", vec![simapro.as_bytes().to_vec()]),
        ("excel", vec![excel::write("x", &database).unwrap().0]),
        (
            "tables",
            vec![
                b"Method,Category,Name,Compartment,Subcompartment,CF\nEF,climate,CO2,air,urban,1\n".to_vec(),
                b"kind,from,to,factor,note\nflow,a,b,2,\nlocation,UK,GB,,\n".to_vec(),
            ],
        ),
        ("data_package", vec![zip.finish().unwrap().into_inner()]),
        ("store", vec![store::to_bytes(&database).unwrap()]),
        ("formula", vec![b"if(a > 1; max(b; 2) ^ 2; -c div 3) * 1e-3".to_vec(), b"2+not(true)".to_vec()]),
    ])
}

/// Numbers that look random and are the same each time.
fn scattered(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn spoilt(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=scattered(state) % 5 {
        if changed.is_empty() {
            changed.push(b'0');
        }
        let at = scattered(state) % changed.len();
        match scattered(state) % 5 {
            0 => changed[at] = scattered(state) as u8,
            1 => drop(changed.drain(at..(at + scattered(state) % 40).min(changed.len()))),
            2 => changed.truncate(at),
            3 => {
                let piece = changed[at..(at + scattered(state) % 60).min(changed.len())].to_vec();
                changed.splice(at..at, piece);
            }
            _ => changed.insert(at, b"<>&;\"0-9.e(^"[scattered(state) % 12]),
        }
    }
    changed
}

#[test]
fn every_reader_ends_with_a_value_or_an_error_whatever_the_bytes() {
    const ROUNDS: usize = 120;
    let seeds = seeds();
    let mut state = 11;
    for (name, reader) in readers::READERS {
        let own = &seeds[name];
        for seed in own {
            reader(seed);
        }
        for round in 0..ROUNDS {
            reader(&spoilt(&own[round % own.len()], &mut state));
        }
        // What another format looks like, too.
        seeds.values().flatten().for_each(|seed| reader(&seed[..seed.len().min(2000)]));
    }
}

/// A target without a reader here, or with another than its own, would be run by nobody who has no nightly compiler.
#[test]
#[allow(clippy::disallowed_methods, reason = "the test reads the targets from the disk")]
fn every_fuzz_target_is_run_by_a_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
    let mut targets: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    targets.sort_unstable();
    // Those two are run by `crates/minewheel-exchange/tests/footprints.rs`.
    let mut run: Vec<&str> = readers::READERS.iter().map(|r| r.0).chain(["events", "footprints"]).collect();
    run.sort_unstable();
    assert_eq!(targets, run);
}

#[test]
fn a_damaged_database_is_found_even_where_its_checksum_is_right() {
    let bytes = store::to_bytes(&packages::database()).unwrap();
    let mut state = 5;
    for _ in 0..300 {
        let mut changed = spoilt(&bytes[12..], &mut state);
        let sum = crc32(&changed).to_le_bytes();
        let mut file = bytes[..8].to_vec();
        file.extend(sum);
        file.append(&mut changed);
        readers::database_file(&file);
    }
}

/// The checksum of the file, bit by bit: polynomial 0xEDB88320, as in zip files.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}
