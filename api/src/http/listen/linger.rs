//! The end of a connection: what its client still sends is read and thrown away for a moment.
//!
//! A socket that is closed with unread bytes is reset, and a reset takes the last words with it that the client has not
//! read yet: an answer of 413, or a close frame.

use std::{
    io::{Error, ErrorKind, Result},
    pin::Pin,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Handle,
    time::timeout,
};

use super::limits::ConnectionPermit;

/// How long a client may take to read the last words and to close its side.
const LINGER: Duration = Duration::from_secs(2);
/// So much of what still comes is taken, in bytes.
const STILL_TAKEN: u64 = 4 * 1024 * 1024;

/// A stream and its place, both of which last until its end has been waited for.
pub(super) struct Lingering(Option<(TcpStream, ConnectionPermit)>);

impl Lingering {
    pub(super) fn new(stream: TcpStream, place: ConnectionPermit) -> Self {
        Self(Some((stream, place)))
    }

    /// The stream.
    ///
    /// # Errors
    /// When it was given up.
    pub(super) fn get(&mut self) -> Result<Pin<&mut TcpStream>> {
        match &mut self.0 {
            Some((stream, _)) => Ok(Pin::new(stream)),
            None => Err(Error::from(ErrorKind::NotConnected)),
        }
    }

    /// Ends the connection without a last word.
    pub(super) fn give_up(&mut self) {
        self.0 = None;
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        // Without a runtime the process ends, and nothing is waited for.
        if let (Some((stream, place)), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(end(stream, place));
        }
    }
}

async fn end(mut stream: TcpStream, _place: ConnectionPermit) {
    let last = async {
        if stream.shutdown().await.is_ok() {
            let mut rest = (&mut stream).take(STILL_TAKEN);
            // It ends with the client's side, or with an error; both are its end.
            let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
        }
    };
    let _ = timeout(LINGER, last).await;
}
