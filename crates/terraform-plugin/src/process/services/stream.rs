//! Streams on which nothing is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;

/// A response stream that says at most one thing, then stays open until the process is to stop.
pub(in crate::process) struct OpenUntilStop<T> {
    first: Option<T>,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<T> OpenUntilStop<T> {
    pub(super) fn new(first: Option<T>, stop: &CancellationToken) -> Self {
        Self {
            first,
            stopped: Box::pin(stop.clone().cancelled_owned()),
        }
    }
}

impl<T: Unpin> Stream for OpenUntilStop<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        self.stopped.as_mut().poll(cx).map(|()| None)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;

    #[tokio::test]
    async fn a_stream_says_its_piece_and_ends_with_the_process() {
        let stop = CancellationToken::new();
        let mut stream = OpenUntilStop::new(Some(1), &stop);
        assert_eq!(stream.next().await.unwrap().unwrap(), 1);
        assert!(stream.next().now_or_never().is_none());
        stop.cancel();
        assert!(stream.next().await.is_none());
    }
}
