//! The servers that are measured, as child processes: `tombola` itself, and the bare one of [`crate::bare`].

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
        let program = beside("tombola")?;
        let port = free_port()?;
        let mut command = Command::new(&program);
        command
            .env("TOMBOLA_LISTEN", format!("127.0.0.1:{port}"))
            .env("TOMBOLA_DATABASE__URL", database)
            .env("TOMBOLA_AUTH__SIGNING_KEY_FILE", key)
            // What is measured is the server, not how it sends callers away.
            .env("TOMBOLA_CONNECTIONS__PER_ADDRESS", "100000")
            .env("TOMBOLA_RATES__REQUESTS_PER_MINUTE", "10000000")
            .env("TOMBOLA_RATES__BURST", "10000000")
            .env("TOMBOLA_RATES__SIGN_INS_PER_MINUTE", "10000000")
            .env("TOMBOLA_RATES__SIGN_IN_BURST", "10000000");
        Self::start(command, port, &folder.join("tombola.log")).await
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
