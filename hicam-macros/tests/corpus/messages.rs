//! Protocol buffer messages in locals, in the program's own data, in tonic's requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tonic::{Code, Request, Response, Status};

use super::{hicam, programs};

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Item {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(uint32, repeated, tag = "2")]
    prices: Vec<u32>,
}

#[derive(Clone, PartialEq, prost::Message, hicam::State)]
pub(crate) struct Order {
    #[prost(message, repeated, tag = "1")]
    items: Vec<Item>,
    #[prost(message, optional, tag = "2")]
    gift: Option<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Customer(u32);

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Shop {
    orders: Vec<Order>,
    by_name: Mutex<BTreeMap<String, Order>>,
    last: Option<Item>,
    best: Option<Arc<Order>>,
    first: Option<Customer>,
    visits: BTreeMap<hicam::Serde<Customer>, Order>,
}

#[hicam::migratable]
impl Shop {
    async fn order(&mut self, request: Request<Order>) -> Result<Response<Item>, Status> {
        let user = request.metadata().get("user").cloned();
        hicam::point().await;
        let Some(user) = user else {
            return Err(Status::unauthenticated("who are you?"));
        };
        let order = request.into_inner();
        let mut most = Item::default();
        for item in &order.items {
            hicam::point().await;
            if item.prices.iter().sum::<u32>() >= most.prices.iter().sum() {
                most = item.clone();
            }
        }
        let customer = Customer(order.items.len() as u32);
        self.first.get_or_insert(customer);
        self.visits.insert(customer.into(), order.clone());
        self.best = Some(Arc::new(order.clone()));
        hicam::point().await;
        let name = most.name.clone();
        self.by_name.lock().unwrap().insert(name, order.clone());
        self.orders.push(order);
        let mut response = Response::new(most);
        hicam::point().await;
        response.metadata_mut().insert("for", user);
        self.last = Some(response.get_ref().clone());
        Ok(response)
    }
}

fn order(prices: &[u32]) -> Order {
    let item = |price: &u32| Item {
        name: format!("item {price}"),
        prices: vec![*price; 2],
    };
    Order {
        items: prices.iter().map(item).collect(),
        gift: None,
    }
}

#[hicam::migratable]
async fn shopping() -> (Vec<String>, usize, Option<Item>) {
    let mut shop = Shop::default();
    let mut log = Vec::new();
    let mut requests = Vec::new();
    for (i, order) in vec![(0, order(&[1, 5, 2])), (1, order(&[7]))] {
        let mut request = Request::new(order);
        if i == 0 {
            if let Ok(user) = "me".parse() {
                request.metadata_mut().insert("user", user);
            }
        }
        requests.push(request);
    }
    for request in requests {
        match shop.order(request).await {
            Ok(response) => {
                let to = format!("{:?}", response.metadata().get("for"));
                hicam::point().await;
                log.push(format!("{to} {}", response.into_inner().name));
            }
            Err(status) if status.code() == Code::Unauthenticated => {
                hicam::point().await;
                log.push(status.message().to_owned());
            }
            Err(_) => log.push("?".to_owned()),
        }
    }
    log.extend(shop.by_name.lock().unwrap().keys().cloned());
    log.push(format!(
        "{:?} {:?} {:?}",
        shop.first, shop.best, shop.visits
    ));
    (log, shop.orders.len(), shop.last)
}

programs! {
    messages;
    a_shop: shopping();
}
