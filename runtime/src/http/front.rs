//! An `http.service` as the supervisor starts and stops it.
//!
//! Knows nothing of clients.

use std::sync::Arc;

use super::event_loop::ListenerKey;
use super::middleware;
use super::router::{Pattern, Router};
use super::server::{Offer, Server};
use super::service::Target;
use super::steps::Steps;
use crate::app::{App, EntryId, HttpService};
use crate::error::{Error, kind};
use crate::node::Node;
use crate::node::services;
use crate::node::supervisor::{Ending, OnRun, Running};

/// A service.
pub struct Front {
    server: Arc<Server>,
    node: Arc<Node>,
    service: HttpService,
    /// Which function takes which requests.
    routes: Vec<Planned>,
}

struct Planned {
    pattern: Pattern,
    function: EntryId,
    steps: Arc<Steps>,
}

impl Front {
    /// The service `service` of `app`.
    ///
    /// # Errors
    /// TODO
    pub fn new(
        app: &App,
        service: &HttpService,
        server: Arc<Server>,
        node: Arc<Node>,
    ) -> Result<Front, String> {
        let mut routes = Vec::new();
        for endpoint in app.http_endpoints.values() {
            let router = &app.http_routers[&endpoint.router];
            if router.server != service.id {
                continue;
            }

            let pattern = Pattern::new(Some(&endpoint.method), &router.prefix, &endpoint.path)
                .map_err(|e| e.to_string())?;
            let mut all =
                middleware::read(&router.middleware, &router.options).map_err(|e| e.to_string())?;
            all.extend(
                middleware::read(&router.post_middleware, &router.post_options)
                    .map_err(|e| e.to_string())?,
            );
            routes.push(Planned {
                pattern,
                function: endpoint.function.clone(),
                steps: Steps::new(all),
            });
        }
        Ok(Front {
            server,
            node,
            service: service.clone(),
            routes,
        })
    }

    /// The routes, with the functions that they call.
    fn routes(&self) -> Result<Router<Arc<Target>>, Error> {
        let mut router = Router::new();
        for planned in &self.routes {
            let id = planned.function.as_str();
            let function =
                self.node.functions().get(id).ok_or_else(|| {
                    Error::new(kind::NOT_FOUND, format!("there is no function {id}"))
                })?;
            // Its top level runs here, so that it is not the loop's business. What it fails with, its callers are told.
            if let Err(error) = function.warm(0) {
                log::error!(function = id; "function can't be called: {error}");
            }
            let target = Arc::new(Target {
                steps: planned.steps.clone(),
                function,
            });
            let _ = router.add(planned.pattern.clone(), target);
        }
        Ok(router)
    }
}

impl services::Front for Front {
    fn start(&self, news: Arc<OnRun>) -> Result<Box<dyn Running>, Error> {
        let service = &self.service;
        let offer = Offer {
            id: service.id.to_string(),
            routes: self.routes()?,
            limits: service.limits,
            timeouts: service.timeouts,
        };
        let ended = {
            let news = news.clone();
            Box::new(move || news.ended(Ending::Normal))
        };
        let listening = self.server.listen(offer, &service.address, ended);
        let (key, address) = listening.map_err(|error| {
            let text = format!(
                "{} cannot listen on {}: {error}",
                service.id, service.address
            );
            Error::new(kind::UNAVAILABLE, text)
        })?;
        log::info!(service = service.id.as_str(), address = address.to_string().as_str(); "http service is listening");
        news.started();
        let server = self.server.clone();
        Ok(Box::new(Served { server, key }))
    }
}

struct Served {
    server: Arc<Server>,
    key: ListenerKey,
}

impl Running for Served {
    fn stop(&self) {
        self.server.close(self.key);
    }

    fn kill(&self) {
        self.server.kill(self.key);
    }
}
