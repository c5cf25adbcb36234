//! A client so simple that it hides nothing.

use std::{
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use incident_sandbox::{DEFAULT_KEY, Sandbox};
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(header, _)| header.eq_ignore_ascii_case(name))?;
        Some(&header.1)
    }

    /// `data_source.…` of a good answer.
    pub(crate) fn source(&self, field: &str) -> Value {
        assert_eq!(
            self.status,
            200,
            "{:?}",
            String::from_utf8_lossy(&self.body)
        );
        self.json()["data_source"][field].clone()
    }
}

/// One connection, kept alive.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    pub(crate) key: String,
}

impl Client {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::connect(sandbox.address()).unwrap()
    }

    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            key: DEFAULT_KEY.to_owned(),
        })
    }

    /// An update as the provider sends it.
    pub(crate) fn put(&mut self, id: &str, body: &Value) -> io::Result<Reply> {
        let path = format!("/v2/telemetry/data_sources/{id}");
        let bearer = format!("Bearer {}", self.key);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("user-agent", "test/1"),
        ];
        self.send("PUT", &path, &headers, body.to_string().as_bytes())
    }

    /// Asks whose the key is.
    pub(crate) fn identity(&mut self) -> io::Result<Reply> {
        let bearer = format!("Bearer {}", self.key);
        self.send("GET", "/v1/identity", &[("authorization", &bearer)], b"")
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut request = Vec::new();
        write!(request, "{method} {path} HTTP/1.1\r\nhost: sandbox\r\n")?;
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n")?;
        }
        write!(request, "content-length: {}\r\n\r\n", body.len())?;
        request.extend_from_slice(body);
        self.raw(&request)?;
        self.reply()
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads one answer; a body without a length is read to the connection's end, unframed.
    pub(crate) fn reply(&mut self) -> io::Result<Reply> {
        let status_line = self.line()?;
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, status_line))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut reply = Reply {
            status,
            headers,
            body: Vec::new(),
        };
        match reply.header("content-length") {
            Some(length) => {
                reply.body = vec![0; length.parse().unwrap()];
                self.stream.read_exact(&mut reply.body)?;
            }
            None if status == 204 => {}
            None => {
                self.stream.read_to_end(&mut reply.body)?;
            }
        }
        Ok(reply)
    }

    /// What is still to come until the other side closes.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest)?;
        Ok(rest)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
