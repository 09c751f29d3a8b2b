//! The binary, run in a folder of its own with an environment of its own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value as Json;
use tempfile::TempDir;
use tests::Client;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    sync::mpsc,
};

/// Longest wait for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A folder and an environment.
pub struct Program {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit status; none after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error: the log, and why it failed.
    pub err: String,
}

/// A server that runs.
pub struct Serving {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    lines: mpsc::UnboundedReceiver<String>,
    seen: Vec<String>,
    out: tokio::task::JoinHandle<String>,
}

/// Where cargo puts the binary: beside the folder of the tests.
pub fn binary() -> PathBuf {
    let mut path = std::env::current_exe().expect("the test's own path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.push(format!("tombola{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not there. Build the program first: `cargo build`, or run the tests by `make test`.",
        path.display()
    );
    path
}

impl Program {
    /// On a SQLite file in its folder, on a free port.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("tombola-edge-")
            .tempdir()
            .expect("a folder can be made");
        Self {
            folder,
            variables: Vec::new(),
        }
        .with("TOMBOLA_LISTEN", "127.0.0.1:0")
        .with("TOMBOLA_RATES__REQUESTS_PER_MINUTE", "10000000")
        .with("TOMBOLA_RATES__BURST", "10000000")
        .with("TOMBOLA_RATES__SIGN_INS_PER_MINUTE", "10000000")
        .with("TOMBOLA_RATES__SIGN_IN_BURST", "10000000")
    }

    /// On a database.
    pub fn on(url: &str) -> Self {
        Self::new().with("TOMBOLA_DATABASE__URL", url)
    }

    /// With a variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The folder in which it runs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of its SQLite file.
    pub fn sqlite(&self) -> String {
        format!("sqlite://{}", self.folder().join("tombola.sqlite").display())
    }

    /// Writes a file in its folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).expect("the file can be written");
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments);
        self.prepared(command)
    }

    /// In the folder, with the environment.
    fn prepared(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder())
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        self.ended(arguments, self.command(arguments).spawn()).await
    }

    /// Runs a command that reads its standard input.
    pub async fn run_with(&self, arguments: &[&str], input: Vec<u8>) -> Ended {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut pipe = child.stdin.take().expect("standard input is piped");
        // It may stop reading when it has seen enough.
        tokio::spawn(async move { pipe.write_all(&input).await });
        self.ended(arguments, Ok(child)).await
    }

    /// Runs a command whose answer nobody reads, nor its errors when `silent`: their pipes are closed.
    pub async fn run_unread(&self, arguments: &[&str], silent: bool) -> Ended {
        let closed = || {
            let (reader, writer) = std::io::pipe().expect("a pipe can be made");
            drop(reader);
            Stdio::from(writer)
        };
        let mut command = self.command(arguments);
        command.stdout(closed());
        if silent {
            command.stderr(closed());
        }
        self.ended(arguments, command.spawn()).await
    }

    async fn ended(&self, arguments: &[&str], child: std::io::Result<Child>) -> Ended {
        let child = child.expect("the program runs");
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let output = output
            .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
            .expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Ended {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Serves with so many files at most.
    pub async fn serve_with_files(&self, most: u32) -> Serving {
        let mut command = Command::new("sh");
        let limited = format!("ulimit -n {most}; exec '{}'", binary().display());
        command.args(["-c", &limited]);
        self.serve_by(self.prepared(command)).await
    }

    /// Runs a command that serves, until it says where.
    pub async fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_by(self.command(arguments)).await
    }

    async fn serve_by(&self, mut command: Command) -> Serving {
        let mut child = command.spawn().expect("the program runs");
        let errors = child.stderr.take().expect("standard error is piped");
        let mut output = child.stdout.take().expect("standard output is piped");
        let (sender, lines) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut reader = BufReader::new(errors).lines();
            while let Ok(Some(line)) = reader.next_line().await {
                let _ = sender.send(line);
            }
        });
        let out = tokio::spawn(async move {
            let mut text = String::new();
            output.read_to_string(&mut text).await.expect("output is UTF-8");
            text
        });
        let mut serving = Serving {
            child,
            address: String::new(),
            lines,
            seen: Vec::new(),
            out,
        };
        let line = serving.line("tombola serves").await;
        let line: Json = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let graphql = line["graphql"].as_str().expect("the log says where");
        serving.address = graphql.trim_end_matches("/graphql").to_owned();
        serving
    }
}

impl Serving {
    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Nobody in particular.
    pub fn client(&self) -> Client {
        Client::stranger(&self.address)
    }

    /// Waits for a line of the log.
    pub async fn line(&mut self, part: &str) -> String {
        let found = async {
            while let Some(line) = self.lines.recv().await {
                self.seen.push(line.clone());
                if line.contains(part) {
                    return Some(line);
                }
            }
            None
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found
            .ok()
            .flatten()
            .unwrap_or_else(|| panic!("no line says {part:?}:\n{}", self.seen.join("\n")))
    }

    /// Sends SIGKILL: it ends where it is.
    pub fn kill(&mut self) {
        self.child.start_kill().expect("it can be killed");
    }

    /// Sends SIGTERM.
    pub async fn terminate(&self) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status()
            .await;
        assert!(sent.expect("sh runs").success());
    }

    /// Sends SIGTERM and waits for the end.
    pub async fn stop(self) -> Ended {
        self.terminate().await;
        self.ended().await
    }

    /// Waits for the end.
    pub async fn ended(mut self) -> Ended {
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("it ends")
            .expect("it ran");
        while let Some(line) = self.lines.recv().await {
            self.seen.push(line);
        }
        Ended {
            code: status.code(),
            out: self.out.await.expect("output is read"),
            err: self.seen.join("\n"),
        }
    }
}

impl Ended {
    /// It worked.
    #[track_caller]
    pub fn is_ok(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It was refused with exit status 1, and the reason holds all of these.
    #[track_caller]
    pub fn assert_refused(&self, parts: &[&str]) -> &Self {
        assert_eq!(self.code, Some(1), "{self:#?}");
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not said: {self:#?}");
        }
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self
    }
}
