//! The servers that are measured, as child processes: `tombola` itself, the stock one of [`crate::stock`] and the bare
//! one of [`crate::bare`].

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};

/// A server that runs until this is dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// Its process.
    pub pid: u32,
}

impl Server {
    /// Starts the release build of `tombola` beside this program.
    ///
    /// # Errors
    /// When it is not built or does not answer; then its log says why.
    pub async fn tombola(folder: &Path, database: &str, key: &Path) -> Result<Self> {
        let port = free_port()?;
        let command = configured(&beside("tombola")?, port, database, key);
        Self::start(command, port, &folder.join("tombola.log")).await
    }

    /// Starts `tombola` without a line of log for each request.
    ///
    /// # Errors
    /// When it is not built or does not answer; then its log says why.
    pub async fn quiet_tombola(folder: &Path, database: &str, key: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut command = configured(&beside("tombola")?, port, database, key);
        command.env("TOMBOLA_LOG__FILTER", "warn");
        Self::start(command, port, &folder.join("tombola-quiet.log")).await
    }

    /// Starts the same schema behind the stock integration.
    ///
    /// # Errors
    /// When it does not answer; then its log says why.
    pub async fn stock(folder: &Path, database: &str, key: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut command = configured(&std::env::current_exe()?, port, database, key);
        command.arg("stock");
        Self::start(command, port, &folder.join("stock.log")).await
    }

    /// Starts the bare server.
    ///
    /// # Errors
    /// When it does not answer; then its log says why.
    pub async fn bare(folder: &Path, database: &str) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("bare")
            .arg(format!("127.0.0.1:{port}"))
            .env(crate::bare::URL, database);
        Self::start(command, port, &folder.join("bare.log")).await
    }

    async fn start(mut command: Command, port: u16, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("writing {}", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true);
        let mut child = command.spawn().context("starting the server")?;
        let pid = child.id().context("the server ended at once")?;
        let address = format!("http://127.0.0.1:{port}");
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(Self { child, address, pid });
            }
            if let Some(status) = child.try_wait()? {
                bail!("the server ended with {status}; its log: {}", log.display());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!(
            "the server did not answer within 30 seconds; its log: {}",
            log.display()
        )
    }

    /// Ends the process and waits for it.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("ending the server")
    }
}

/// A program with Tombola's settings.
fn configured(program: &Path, port: u16, database: &str, key: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("TOMBOLA_LISTEN", format!("127.0.0.1:{port}"))
        .env("TOMBOLA_DATABASE__URL", database)
        .env("TOMBOLA_AUTH__SIGNING_KEY_FILE", key);
    // What is measured is the server, not how it sends callers away.
    for (limit, most) in [
        ("CONNECTIONS__PER_ADDRESS", 100_000),
        ("LIMITS__SOCKETS_PER_ADDRESS", 100_000),
        ("RATES__REQUESTS_PER_MINUTE", 10_000_000),
        ("RATES__BURST", 10_000_000),
        ("RATES__CALLERS_PER_ADDRESS", 100_000),
        ("RATES__PASSWORDS_PER_MINUTE", 10_000_000),
        ("RATES__PASSWORD_BURST", 10_000_000),
        ("RATES__SIGN_INS_PER_MINUTE", 10_000_000),
        ("RATES__SIGN_IN_BURST", 10_000_000),
    ] {
        command.env(format!("TOMBOLA_{limit}"), most.to_string());
    }
    command
}

fn beside(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    if !program.exists() {
        bail!(
            "{} does not exist. Build both first: cargo build --release -p api -p bench",
            program.display()
        );
    }
    Ok(program)
}

/// Free at this moment; nobody else on this machine is likely to take it before the server does.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
