//! Answers on their way: while one is being sent, its connection is busy.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::{
    Version,
    body::{Frame, SizeHint},
};

use super::pulse::Pulse;

/// Largest piece of an answer over HTTP/2, in bytes.
const PIECE: usize = 16 * 1024;

/// A request that is being answered.
pub(super) struct Busy {
    pulse: Arc<Pulse>,
    answer: u64,
    is_http2: bool,
}

impl Busy {
    /// A request begins, and ends when this is dropped.
    pub(super) fn begin(pulse: Arc<Pulse>, version: Version) -> Self {
        let (answer, is_http2) = pulse.begin(version);
        Self {
            pulse,
            answer,
            is_http2,
        }
    }

    /// The same body, which keeps the connection busy until it is sent. HTTP/2 asks for more when the client has taken
    /// what came before: so it is told who takes nothing. With HTTP/1 that is seen by the bytes of the connection.
    pub(super) fn until_sent(self, body: Body) -> Body {
        if self.is_http2 {
            // The first piece has to be taken in time, too: a window may be shut from the start.
            self.pulse.hands_over(self.answer);
            let rest = Bytes::new();
            let has_begun = false;
            return Body::new(PacedBody {
                sending: Sending { body, busy: self },
                rest,
                has_begun,
            });
        }
        Body::new(Sending { body, busy: self })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.pulse.done(self.answer);
    }
}

struct Sending {
    body: Body,
    busy: Busy,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body in small pieces, each of which has to be taken in time: a slow client gets on, one that does not read does not.
struct PacedBody {
    sending: Sending,
    /// What is left of a piece that was too large.
    rest: Bytes,
    has_begun: bool,
}

impl PacedBody {
    fn piece(&mut self) -> Frame<Bytes> {
        let most = self.rest.len().min(PIECE);
        Frame::data(self.rest.split_to(most))
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(self.piece())));
        }
        let frame = ready!(Pin::new(&mut self.sending).poll_frame(context));
        Poll::Ready(match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => {
                self.rest = data;
                Some(Ok(self.piece()))
            }
            Some(Ok(Err(trailers))) => Some(Ok(trailers)),
            Some(Err(cause)) => Some(Err(cause)),
            None => None,
        })
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let (pulse, answer) = (self.sending.busy.pulse.clone(), self.sending.busy.answer);
        pulse.has_room(answer);
        let frame = self.next(context);
        if matches!(frame, Poll::Ready(Some(Ok(_)))) {
            self.has_begun = true;
            pulse.hands_over(answer);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        // It is asked once more after the last piece, when that has been taken.
        !self.has_begun && self.sending.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (body, rest) = (self.sending.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        // The upper bound first: the lower one must not be above it.
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(body.lower() + rest);
        hint
    }
}
