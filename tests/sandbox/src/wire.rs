//! Below HTTP: the socket, and the things that hyper would never do to it.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::server::TlsStream;

/// How long a closing connection is read from, so that unread bytes do not turn
/// the close into a reset.
const LINGER: Duration = Duration::from_secs(1);

/// A client's connection.
#[derive(Debug)]
pub(crate) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Socket {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    /// Drops the connection so that the client sees a reset.
    pub(crate) fn reset(self) {
        reset_on_drop(self.tcp());
    }

    /// Ends the connection in order.
    async fn close(mut self) {
        // The client may be gone already, which is as good.
        let _ = self.shutdown().await;
        let _ = timeout(LINGER, self.until_left()).await;
    }

    /// Waits until the client closes or resets its side.
    async fn until_left(&mut self) {
        let mut sink = [0; 4096];
        while matches!(self.read(&mut sink).await, Ok(read) if read > 0) {}
    }
}

/// Has the kernel send a reset when this stream is dropped.
pub(crate) fn reset_on_drop(stream: &TcpStream) {
    // Fails on a connection that is already dead.
    let _ = stream.set_zero_linger();
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// What is done by hand with a connection whose request hyper has parsed.
///
/// The HTTP service returns it as its error. hyper then gives up on the connection without
/// writing a byte, and hands the socket back.
#[derive(Debug, Clone)]
pub(crate) enum Takeover {
    /// Reset at once.
    Reset,
    /// Shut the listener for this long, then reset.
    Refuse(Duration),
    /// Silence for this long, then a reset.
    Hang(Duration),
    /// These bytes, with a pause after each one if given, then the end of the connection.
    Send(Bytes, Option<Duration>),
}

impl fmt::Display for Takeover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an injected fault took the connection over")
    }
}

impl std::error::Error for Takeover {}

impl Takeover {
    /// Carries it out; `Refuse` is a mere reset here, the listener being the server's.
    pub(crate) async fn play(self, mut socket: Socket) {
        match self {
            Self::Reset | Self::Refuse(_) => socket.reset(),
            Self::Hang(lasting) => {
                // Either way there is nothing left to say to the client.
                let _ = timeout(lasting, socket.until_left()).await;
                socket.reset();
            }
            Self::Send(bytes, pause) => {
                let sent = match pause {
                    None => socket.write_all(&bytes).await,
                    Some(pause) => drip(&mut socket, &bytes, pause).await,
                };
                if sent.is_ok() {
                    socket.close().await;
                }
            }
        }
    }
}

async fn drip(socket: &mut Socket, bytes: &[u8], pause: Duration) -> io::Result<()> {
    for byte in bytes {
        socket.write_all(&[*byte]).await?;
        socket.flush().await?;
        sleep(pause).await;
    }
    Ok(())
}
