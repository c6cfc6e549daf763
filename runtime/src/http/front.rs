//! An `http.service` as the supervisor starts and stops it.
//!
//! Knows nothing of clients.

use std::sync::Arc;

use super::event_loop::ListenerKey;
use super::router::Router;
use super::server::{Offer, Server};
use super::service::Target;
use super::site::{Serves, Site};
use super::steps::Steps;
use crate::app::{App, HttpService, Problem};
use crate::error::{Error, kind};
use crate::node::Node;
use crate::node::services;
use crate::node::supervisor::{Ending, OnRun, Running};

/// A service.
pub struct Front {
    server: Arc<Server>,
    node: Arc<Node>,
    service: HttpService,
    /// Who takes which requests.
    site: Site,
    /// What happens around that: of each chain of the site.
    steps: Vec<Arc<Steps>>,
}

impl Front {
    /// The service `service` of `app`.
    ///
    /// # Errors
    /// What is wrong with its routes and middleware; loading an app reports that if it is asked to check it.
    pub fn new(
        app: &App,
        service: &HttpService,
        server: Arc<Server>,
        node: Arc<Node>,
    ) -> Result<Front, Vec<Problem>> {
        let site = Site::new(app, &service.id)?;
        let steps = site.chains().iter().map(|chain| {
            let all = chain.before.iter().chain(&chain.after);
            Steps::new(all.cloned().collect())
        });
        Ok(Front {
            steps: steps.collect(),
            server,
            node,
            service: service.clone(),
            site,
        })
    }

    /// The routes, with the functions that they call.
    fn routes(&self) -> Result<Router<Arc<Target>>, Error> {
        let mut router = Router::new();
        for route in self.site.routes() {
            let id = match &route.target.serves {
                Serves::Function(id) => id.as_str(),
                Serves::Folder(_) => {
                    let entry = route.target.entry.as_str();
                    log::warn!(entry; "this version does not serve static mounts");
                    continue;
                }
            };
            let function =
                self.node.functions().get(id).ok_or_else(|| {
                    Error::new(kind::NOT_FOUND, format!("there is no function {id}"))
                })?;
            // Its top level runs here, so that it is not the loop's business. What it fails with, its callers are told.
            if let Err(error) = function.warm(0) {
                log::error!(function = id; "function can't be called: {error}");
            }
            let target = Arc::new(Target {
                steps: self.steps[route.target.chain].clone(),
                function,
            });
            // The site has no two that conflict.
            let _ = router.add(route.pattern.clone(), target);
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
