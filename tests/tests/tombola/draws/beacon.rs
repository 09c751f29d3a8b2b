//! A drand server on this machine, which says what a test wants.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What it says.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    /// A status and a body.
    This(u16, String),
    /// Nothing, ever.
    Nothing,
}

/// The server; it ends with its test.
pub(crate) struct Beacon {
    /// Where it is asked.
    pub(crate) address: String,
    says: Arc<Mutex<Says>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Beacon {
    /// Starts one that says nothing yet.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (says, asked) = (Arc::new(Mutex::new(Says::Nothing)), Arc::default());
        let beacon = Self { address, says, asked };
        let (says, asked) = (beacon.says.clone(), beacon.asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, says.clone(), asked.clone()));
            }
        });
        beacon
    }

    /// From now on it says this.
    pub(crate) fn says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// The paths that it was asked for since the last look.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn answer(mut stream: TcpStream, says: Arc<Mutex<Says>>, asked: Arc<Mutex<Vec<String>>>) {
    let (mut request, mut part) = (Vec::new(), [0; 1024]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
            _ => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    let path = request.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(path);
    let says = says.lock().unwrap().clone();
    match says {
        Says::This(status, body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            // Who has gone in the meantime needs no answer.
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
        Says::Nothing => std::future::pending().await,
    }
}
