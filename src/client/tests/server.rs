//! A server that answers from a script, one request per connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What to do with one request.
#[derive(Clone, Default)]
pub(super) struct Reply {
    /// Everything that is written, byte by byte as given.
    bytes: Vec<u8>,
    /// Waits for this before writing.
    gate: Option<Arc<Notify>>,
    /// Keeps the connection open afterwards.
    hang: bool,
}

impl Reply {
    pub(super) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    pub(super) fn json(status: u16, body: &str) -> Self {
        Self::raw(format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        let start = self.bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        self.bytes
            .splice(start..start, format!("{name}: {value}\r\n").into_bytes());
        self
    }

    pub(super) fn behind(mut self, gate: &Arc<Notify>) -> Self {
        self.gate = Some(Arc::clone(gate));
        self
    }

    pub(super) fn then_hang(mut self) -> Self {
        self.hang = true;
        self
    }
}

/// Runs until dropped.
pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    open: Mutex<(usize, usize)>,
    arrived: Notify,
}

impl Server {
    pub(super) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let task = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                let replies = Arc::new(replies);
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(serve(stream, Arc::clone(&replies), Arc::clone(&seen)));
                }
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, as it came.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// How many requests came so far.
    pub(super) fn count(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }

    /// How many requests were in flight at once at most.
    pub(super) fn most_at_once(&self) -> usize {
        self.seen.open.lock().unwrap().1
    }

    /// Waits until `count` requests have come.
    pub(super) async fn wait_for(&self, count: usize) {
        while self.count() < count {
            self.seen.arrived.notified().await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, replies: Arc<Vec<Reply>>, seen: Arc<Seen>) {
    let Some(request) = receive(&mut stream).await else {
        return;
    };
    let index = {
        let mut requests = seen.requests.lock().unwrap();
        requests.push(request);
        requests.len() - 1
    };
    {
        let mut open = seen.open.lock().unwrap();
        open.0 += 1;
        open.1 = open.1.max(open.0);
    }
    seen.arrived.notify_one();
    let reply = replies[index.min(replies.len() - 1)].clone();
    if let Some(gate) = reply.gate {
        gate.notified().await;
    }
    seen.open.lock().unwrap().0 -= 1;
    let _ = stream.write_all(&reply.bytes).await;
    if reply.hang {
        // Until the client goes.
        let _ = stream.read(&mut [0]).await;
    }
}

/// Reads a request with its body; nothing if the client went first.
pub(super) async fn receive(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut bytes = vec![];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text.into_owned());
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
