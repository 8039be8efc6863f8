//! Embeds every file of the built browser app, `web/dist/`, so that the binary needs no file beside it. Without the folder
//! nothing is embedded, and the server says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[expect(clippy::disallowed_methods, reason = "a build script reads the files it embeds")]
fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let root = manifest.join("../../web/dist");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    if root.is_dir() {
        collect(&root, &root, &mut files)?;
    }
    files.sort();
    let mut code = String::from("pub(crate) static FILES: &[(&str, &[u8], u64)] = &[\n");
    for (name, path) in &files {
        let hash = fs::read(path)?.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        let path = path.canonicalize()?.display().to_string();
        writeln!(code, "    ({name:?}, include_bytes!({path:?}), {hash:#018x}),").expect("writing to a String cannot fail");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("app.rs"), code)
}

#[expect(clippy::disallowed_methods, reason = "a build script reads the files it embeds")]
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root).expect("walked below the root").to_string_lossy().replace('\\', "/");
            println!("cargo::rerun-if-changed={}", path.display());
            files.push((name, path));
        }
    }
    Ok(())
}
