//! A thread with a runtime of its own: it accepts, and serves each connection with hyper.

use std::{
    collections::HashMap, error::Error as _, io, net::SocketAddr, sync::Arc, thread::JoinHandle,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::AbortHandle,
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    api::World,
    service::answer,
    shared::{Command, Gate, Shared},
    wire::{Socket, Takeover, reset_on_drop},
};

/// The running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(
        world: World,
        address: SocketAddr,
        tls: Option<TlsAcceptor>,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = {
            let _context = runtime.enter();
            bind(address)?.listen(1024)?
        };
        let address = listener.local_addr()?;
        let (commands, orders) = unbounded_channel();
        let shared = Arc::new(Shared::new(world, commands));
        let doorman = Doorman {
            shared: Arc::clone(&shared),
            address,
            tls,
            door: Door::Open(listener),
            connections: HashMap::new(),
            next: 0,
        };
        let thread = std::thread::Builder::new()
            .name("incident-sandbox".to_owned())
            .spawn(move || runtime.block_on(doorman.run(orders)))?;
        Ok(Self {
            shared,
            address,
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.command(Command::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic there has already been reported on stderr.
            let _ = thread.join();
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // The port is bound anew, whenever the gate moves, beside connections of its former life.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

enum Door {
    Open(TcpListener),
    Resets(TcpListener),
    /// Bound, so that nobody else gets the port, but not listening: connections are refused.
    Closed(Option<TcpSocket>),
}

/// Accepts connections, and knows those that are there.
struct Doorman {
    shared: Arc<Shared>,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    door: Door,
    connections: HashMap<u64, AbortHandle>,
    next: u64,
}

impl Doorman {
    async fn run(mut self, mut orders: UnboundedReceiver<Command>) {
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Command::Gate { gate, spare, done }) => {
                        self.turn(gate, spare);
                        done();
                    }
                    Some(Command::Stop) | None => return,
                },
                accepted = accept(&self.door) => match accepted {
                    Ok(stream) => self.admit(stream),
                    // Out of file descriptors, say: that may pass.
                    Err(_) => sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }

    fn turn(&mut self, gate: Gate, spare: Option<u64>) {
        let door = std::mem::replace(&mut self.door, Door::Closed(None));
        if gate == Gate::Closed {
            self.door = match door {
                Door::Closed(Some(held)) => Door::Closed(Some(held)),
                listening_or_nothing => {
                    drop(listening_or_nothing);
                    Door::Closed(bind(self.address).ok())
                }
            };
            self.connections.retain(|id, connection| {
                let stays = spare == Some(*id);
                if !stays {
                    connection.abort();
                }
                stays
            });
            return;
        }
        let listener = match door {
            Door::Open(listener) | Door::Resets(listener) => Ok(listener),
            Door::Closed(Some(held)) => held.listen(1024),
            Door::Closed(None) => bind(self.address).and_then(|socket| socket.listen(1024)),
        };
        // Should the port be lost, the door stays closed; clients will tell.
        if let Ok(listener) = listener {
            self.door = match gate {
                Gate::Resets => Door::Resets(listener),
                Gate::Open | Gate::Closed => Door::Open(listener),
            };
        }
    }

    fn admit(&mut self, stream: TcpStream) {
        if matches!(self.door, Door::Resets(_)) {
            reset_on_drop(&stream);
            return;
        }
        // Without it, each small answer would wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        self.connections
            .retain(|_, connection| !connection.is_finished());
        self.next += 1;
        let connection = Connection {
            id: self.next,
            shared: Arc::clone(&self.shared),
        };
        let task = tokio::spawn(connection.serve(stream, self.tls.clone()));
        self.connections.insert(self.next, task.abort_handle());
    }
}

async fn accept(door: &Door) -> io::Result<TcpStream> {
    match door {
        Door::Open(listener) | Door::Resets(listener) => {
            listener.accept().await.map(|(stream, _)| stream)
        }
        Door::Closed(_) => std::future::pending().await,
    }
}

/// One client's connection.
struct Connection {
    id: u64,
    shared: Arc<Shared>,
}

impl Connection {
    async fn serve(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        let socket = match tls {
            None => Socket::Plain(stream),
            Some(tls) => match tls.accept(stream).await {
                Ok(stream) => Socket::Tls(Box::new(stream)),
                // rustls has sent its alert.
                Err(_) => return,
            },
        };
        let service = service_fn(|request| answer(Arc::clone(&self.shared), request));
        let mut connection = http1::Builder::new()
            .auto_date_header(false)
            .serve_connection(TokioIo::new(socket), service);
        let Err(error) = (&mut connection).await else {
            return;
        };
        let takeover = error
            .source()
            .and_then(|source| source.downcast_ref::<Takeover>());
        let Some(takeover) = takeover.cloned() else {
            return;
        };
        let socket = connection.into_parts().io.into_inner();
        if let Takeover::Refuse(lasting) = takeover {
            self.refuse(lasting).await;
        }
        takeover.play(socket).await;
    }

    /// Closes the gate to all but this connection, and opens it again after a while.
    async fn refuse(&self, lasting: Duration) {
        let (done, closed) = tokio::sync::oneshot::channel();
        self.shared.command(Command::Gate {
            gate: Gate::Closed,
            spare: Some(self.id),
            done: Box::new(move || {
                // Nobody waits any more: nobody minds.
                let _ = done.send(());
            }),
        });
        // An error means that the server is stopping.
        let _ = closed.await;
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            sleep(lasting).await;
            shared.command(Command::Gate {
                gate: Gate::Open,
                spare: None,
                done: Box::new(|| {}),
            });
        });
    }
}
