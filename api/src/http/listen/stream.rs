//! A connection's bytes. Its place is taken as long as it lives, also when it has become a WebSocket.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use super::{limits::ConnectionPermit, linger::Lingering, pulse::Pulse};

/// A stream that tells its pulse when something comes in, and fails when its client does not take what it is sent.
pub(super) struct Watched {
    stream: Lingering,
    pulse: Arc<Pulse>,
    /// How long nothing may be taken.
    reading: Duration,
    /// Runs while the client takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, pulse: Arc<Pulse>, place: ConnectionPermit, reading: Duration) -> Self {
        Self {
            stream: Lingering::new(stream, place),
            pulse,
            reading,
            stalled: None,
        }
    }

    /// What has become of a write; an error when it has waited for too long.
    fn taken<T>(&mut self, outcome: Poll<Result<T>>, context: &mut Context<'_>) -> Poll<Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let reading = self.reading;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(reading)));
        if stalled.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        // Whoever takes nothing is not waited for at the end either.
        self.stream.give_up();
        Poll::Ready(Err(Error::new(
            ErrorKind::TimedOut,
            "the client takes nothing of what it is sent",
        )))
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let outcome = self.stream.get()?.poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.pulse.heard();
        }
        outcome
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let outcome = self.stream.get()?.poll_write(context, bytes);
        self.taken(outcome, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.stream.get()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.stream.get()?.poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let outcome = self.stream.get()?.poll_write_vectored(context, pieces);
        self.taken(outcome, context)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
