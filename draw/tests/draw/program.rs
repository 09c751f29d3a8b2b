//! The verifier in Python, as a program.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What it said, and its exit status.
#[derive(Debug)]
pub struct Ended {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

fn verifier() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("verify.py")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.arg(verifier()).args(arguments).current_dir(folder);
    command
}

fn ended(mut command: Command) -> Ended {
    let output = command
        .output()
        .expect("python3 is needed to compare the two verifiers");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
    Ended {
        status: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Runs it in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Ended {
    ended(command(folder, arguments))
}

/// Runs it where the package `py_ecc` is missing, whatever this machine has.
pub fn run_without_drand(folder: &Path, arguments: &[&str]) -> Ended {
    let missing = tempfile::tempdir().unwrap();
    std::fs::write(missing.path().join("py_ecc.py"), "raise ImportError\n").unwrap();
    let mut command = command(folder, arguments);
    command.env("PYTHONPATH", missing.path());
    ended(command)
}

/// Runs it where nobody reads what it writes; answers its exit status and its errors.
pub fn run_unread(folder: &Path, arguments: &[&str]) -> Ended {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = command(folder, arguments);
    command.stdout(writer).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    Ended {
        status: output.status.code(),
        out: String::new(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
