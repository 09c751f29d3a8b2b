//! What a command answers, and how it ends.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

/// Runs an asynchronous command to its end.
pub(super) fn block_on(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => fail(&error),
    }
}

/// Says what a command answers.
pub(super) fn print(text: &str) -> ExitCode {
    match write(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("the answer cannot be written: {error}")),
    }
}

/// Writes to standard output. A reader that has closed it, as `head` does, has seen enough: that is not a fault.
pub(super) fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match writeln!(output, "{}", text.trim_end()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Says on standard error why a command fails, if anybody still reads it.
pub(super) fn fail(error: &dyn Display) -> ExitCode {
    drop(writeln!(io::stderr(), "tombola: {error}"));
    ExitCode::FAILURE
}
