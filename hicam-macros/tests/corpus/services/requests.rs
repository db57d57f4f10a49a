//! Requests that are put together by builders, with awaits in between.

#![allow(
    dead_code,
    unused_variables,
    clippy::dbg_macro,
    reason = "as much of each type as a service would have"
)]

use std::fmt;
use std::time::Duration;

use super::drop_order::{Log, log};
use super::errors::ApiError;
use super::{hicam, programs};

#[derive(Clone, hicam::State)]
struct Client {
    log: Log,
    base: String,
}
struct Req {
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    client: Client,
}
struct Resp {
    status: u16,
    body: Vec<u8>,
    client: Client,
}
impl Client {
    fn new() -> Client {
        Client {
            log: log(),
            base: "b".into(),
        }
    }
    fn get(&self, url: impl AsRef<str>) -> Req {
        Req {
            url: format!("{}{}", self.base, url.as_ref()),
            headers: vec![],
            body: None,
            client: self.clone(),
        }
    }
    fn post<U: Into<String>>(&self, url: U) -> Req {
        self.get(url.into())
    }
}
impl Req {
    fn header(mut self, k: &str, v: impl fmt::Display) -> Self {
        self.headers.push((k.into(), v.to_string()));
        self
    }
    fn query<T: fmt::Debug + ?Sized>(self, q: &T) -> Self {
        self
    }
    fn timeout(self, d: Duration) -> Self {
        self
    }
    fn body<B: Into<Vec<u8>>>(mut self, b: B) -> Self {
        self.body = Some(b.into());
        self
    }
    fn add(&mut self, k: &str) -> &mut Self {
        self.headers.push((k.into(), k.into()));
        self
    }
    async fn send(self) -> Result<Resp, ApiError> {
        tokio::task::yield_now().await;
        if self.url.is_empty() {
            return Err(ApiError::NotFound("x".into()));
        }
        Ok(Resp {
            status: 200 + self.headers.len() as u16,
            body: self.body.unwrap_or_default(),
            client: self.client,
        })
    }
    fn send_sync(self) -> Result<Resp, ApiError> {
        Ok(Resp {
            status: 200 + self.headers.len() as u16,
            body: self.body.unwrap_or_default(),
            client: self.client,
        })
    }
    async fn fetch(&self) -> u32 {
        tokio::task::yield_now().await;
        self.headers.len() as u32
    }
}
impl Resp {
    fn status(&self) -> u16 {
        self.status
    }
    fn error_for_status(self) -> Result<Resp, ApiError> {
        if self.status > 300 {
            Err(ApiError::Db {
                code: 1,
                why: "w".into(),
            })
        } else {
            Ok(self)
        }
    }
    async fn text(self) -> Result<String, ApiError> {
        Ok(String::from_utf8_lossy(&self.body).into_owned())
    }
    async fn json<T: std::str::FromStr<Err = std::num::ParseIntError>>(
        self,
    ) -> Result<T, ApiError> {
        Ok(String::from_utf8_lossy(&self.body).parse::<T>()?)
    }
}

#[hicam::migratable]
async fn requests_of(client: &Client, id: u32) -> Result<Vec<u32>, ApiError> {
    let mut out = vec![];
    let n: u32 = client
        .get(format!("/{id}"))
        .header("a", id)
        .query(&[("q", id)])
        .timeout(Duration::from_secs(1))
        .body("12")
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    out.push(n);
    let text = client
        .post("/x")
        .body(vec![b'4', b'2'])
        .send()
        .await?
        .text()
        .await?;
    hicam::point().await;
    out.push(text.parse()?);
    let status = client
        .post(text)
        .send()
        .await
        .map(|r| r.status())
        .unwrap_or(0);
    out.push(status as u32);
    out.push(client.get("/z").add("k").add("l").fetch().await);
    Ok(out)
}
#[hicam::migratable]
async fn requests() -> Result<Vec<u32>, String> {
    let c = Client::new();
    requests_of(&c, 3).await.map_err(|e| e.to_string())
}

programs! {
    services::requests;
    builders_of_requests: requests();
}
