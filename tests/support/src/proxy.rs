//! A proxy on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a proxy does when it is asked for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tunnel {
    /// Connects to this address, whatever it was asked for.
    To(SocketAddr),
    /// 407.
    WantsCredentials,
    /// 502.
    Refused,
}

/// A proxy that answers `CONNECT`, until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Must be called within a tokio runtime.
    pub fn start(tunnel: Tunnel) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let asked = Arc::default();
        let task = tokio::spawn(serve(listener, tunnel, Arc::clone(&asked)));
        Self {
            address,
            asked,
            task,
        }
    }

    /// For `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, tunnel: Tunnel, asked: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, tunnel, Arc::clone(&asked)));
    }
}

async fn answer(mut stream: TcpStream, tunnel: Tunnel, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    asked.lock().unwrap().push(String::from_utf8(head).unwrap());
    let refusal = match tunnel {
        Tunnel::To(address) => {
            let Ok(mut target) = TcpStream::connect(address).await else {
                return;
            };
            // Either side may leave when it likes.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut target).await;
            return;
        }
        Tunnel::WantsCredentials => "407 Proxy Authentication Required",
        Tunnel::Refused => "502 Bad Gateway",
    };
    let answer = format!("HTTP/1.1 {refusal}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes()).await;
}
