//! The logic of tonic's route guide example: features by place, features in a rectangle, the summary of a route.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use tonic::{Request, Response, Status};

use super::{hicam, programs};

#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub(crate) struct Point {
    #[prost(int32, tag = "1")]
    latitude: i32,
    #[prost(int32, tag = "2")]
    longitude: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Rectangle {
    #[prost(message, optional, tag = "1")]
    lo: Option<Point>,
    #[prost(message, optional, tag = "2")]
    hi: Option<Point>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Feature {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    location: Option<Point>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Route {
    #[prost(message, repeated, tag = "1")]
    points: Vec<Point>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RouteSummary {
    #[prost(int32, tag = "1")]
    point_count: i32,
    #[prost(int32, tag = "2")]
    feature_count: i32,
    #[prost(int32, tag = "3")]
    distance: i32,
    #[prost(int32, tag = "4")]
    elapsed_time: i32,
}

fn in_range(point: &Point, rectangle: &Rectangle) -> bool {
    let (Some(lo), Some(hi)) = (rectangle.lo.as_ref(), rectangle.hi.as_ref()) else {
        return false;
    };
    let left = lo.longitude.min(hi.longitude);
    let right = lo.longitude.max(hi.longitude);
    let bottom = lo.latitude.min(hi.latitude);
    let top = lo.latitude.max(hi.latitude);
    (left..=right).contains(&point.longitude) && (bottom..=top).contains(&point.latitude)
}

/// The distance of two points along the earth's surface, by the haversine formula.
fn distance(from: &Point, to: &Point) -> i32 {
    const FACTOR: f64 = 1e7;
    const RADIUS: f64 = 6_371_000.0;
    let radians = |degrees: i32| (f64::from(degrees) / FACTOR).to_radians();
    let (lat1, lat2) = (radians(from.latitude), radians(to.latitude));
    let delta_lat = lat2 - lat1;
    let delta_lng = radians(to.longitude) - radians(from.longitude);
    let a =
        (delta_lat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (delta_lng / 2.0).sin().powi(2);
    (RADIUS * 2.0 * a.sqrt().atan2((1.0 - a).sqrt())) as i32
}

#[derive(Debug)]
pub(crate) struct RouteGuide {
    features: Arc<Vec<Feature>>,
}

#[hicam::migratable]
impl RouteGuide {
    async fn get_feature(&self, request: Request<Point>) -> Result<Response<Feature>, Status> {
        for feature in self.features.iter() {
            if feature.location.as_ref() == Some(request.get_ref()) {
                return Ok(Response::new(feature.clone()));
            }
        }
        Ok(Response::new(Feature::default()))
    }

    async fn list_features(
        &self,
        request: Request<Rectangle>,
        found: &mut Vec<Feature>,
    ) -> Result<(), Status> {
        let rectangle = request.into_inner();
        if rectangle.lo.is_none() || rectangle.hi.is_none() {
            return Err(Status::invalid_argument("a rectangle has two corners"));
        }
        for feature in self.features.iter() {
            if let Some(location) = feature.location.as_ref()
                && in_range(location, &rectangle)
            {
                found.push(feature.clone());
            }
        }
        Ok(())
    }

    async fn record_route(
        &self,
        request: Request<Route>,
    ) -> Result<Response<RouteSummary>, Status> {
        let mut summary = RouteSummary::default();
        let mut last_point = None;
        let now = Instant::now();
        for point in request.into_inner().points {
            summary.point_count += 1;
            for feature in self.features.iter() {
                if feature.location.as_ref() == Some(&point) {
                    summary.feature_count += 1;
                }
            }
            if let Some(last_point) = &last_point {
                summary.distance += distance(last_point, &point);
            }
            last_point = Some(point);
        }
        summary.elapsed_time = now.elapsed().as_secs() as i32;
        Ok(Response::new(summary))
    }
}

fn point(latitude: i32, longitude: i32) -> Point {
    Point {
        latitude,
        longitude,
    }
}

fn features() -> Vec<Feature> {
    [
        ("Patriots Path, Mendham", 407_838_351, -746_143_763),
        ("101 New Jersey 10, Whippany", 408_122_808, -743_999_179),
        ("U.S. 6, Shohola", 413_628_156, -749_015_468),
        ("", 419_999_544, -733_555_590),
    ]
    .map(|(name, latitude, longitude)| Feature {
        name: name.to_owned(),
        location: Some(point(latitude, longitude)),
    })
    .to_vec()
}

#[hicam::migratable]
async fn session(guide: &RouteGuide) -> Result<(Vec<String>, RouteSummary), String> {
    let mut log = Vec::new();
    for place in [point(408_122_808, -743_999_179), point(1, 1)] {
        let reply = guide.get_feature(Request::new(place)).await;
        let feature = reply.map_err(|status| status.to_string())?.into_inner();
        log.push(format!("{:?} at {:?}", feature.name, feature.location));
    }
    let mut found = Vec::new();
    let rectangle = Rectangle {
        lo: Some(point(400_000_000, -750_000_000)),
        hi: Some(point(420_000_000, -740_000_000)),
    };
    guide
        .list_features(Request::new(rectangle), &mut found)
        .await
        .map_err(|status| status.to_string())?;
    log.extend(found.into_iter().map(|feature| feature.name));
    if let Err(status) = guide
        .list_features(Request::new(Rectangle::default()), &mut Vec::new())
        .await
    {
        log.push(status.message().to_owned());
    }
    let route = Route {
        points: vec![
            point(407_838_351, -746_143_763),
            point(408_122_808, -743_999_179),
            point(413_628_156, -749_015_468),
        ],
    };
    let summary = guide
        .record_route(Request::new(route))
        .await
        .map_err(|status| status.to_string())?;
    Ok((log, summary.into_inner()))
}

/// The service itself is not part of a call's frames.
static GUIDE: LazyLock<RouteGuide> = LazyLock::new(|| RouteGuide {
    features: Arc::new(features()),
});

programs! {
    algorithms::route_guide;
    route_guide_session: session(&GUIDE);
}
