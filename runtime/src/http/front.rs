//! An `http.service` as the supervisor starts and stops it.
//!
//! Knows nothing of clients.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::event_loop::ListenerKey;
use super::folder::Folder;
use super::router::Router;
use super::server::{Offer, Server};
use super::service::{Takes, Target};
use super::site::{self, Serves, Site};
use super::steps::Steps;
use super::tree::Tree;
use crate::app::{App, Directory, EntryId, HttpService, Problem};
use crate::error::{Error, kind};
use crate::node::Node;
use crate::node::function::Pool;
use crate::node::services;
use crate::node::supervisor::{Ending, OnRun, Running};

/// A service.
pub struct Front {
    server: Arc<Server>,
    node: Arc<Node>,
    service: HttpService,
    site: Site,
    /// Every `fs.directory`.
    directories: BTreeMap<EntryId, Directory>,
}

impl Front {
    /// The service `service` of `app`.
    ///
    /// # Errors
    /// All that is wrong with its routes and middleware.
    pub fn new(
        app: &App,
        service: &HttpService,
        server: Arc<Server>,
        node: Arc<Node>,
    ) -> Result<Front, Vec<Problem>> {
        Ok(Front {
            server,
            node,
            site: Site::new(app, &service.id)?,
            service: service.clone(),
            directories: app.directories.clone(),
        })
    }

    /// The routes, with the functions that they call and the folders that they serve.
    fn routes(&self) -> Result<Router<Arc<Target>>, Error> {
        let chains = self.site.chains().iter().map(|chain| {
            let all = chain.before.iter().chain(&chain.after);
            Steps::new(all.cloned().collect())
        });
        let chains: Vec<Arc<Steps>> = chains.collect();
        let mut router = Router::new();
        for route in self.site.routes() {
            let takes = match &route.target.serves {
                Serves::Function(id) => Takes::Function(self.function(id)),
                Serves::Folder(folder) => Takes::Folder(self.folder(&route.target.entry, folder)?),
            };
            let steps = chains[route.target.chain].clone();
            let added = router.add(route.pattern.clone(), Arc::new(Target { steps, takes }));
            added.expect("the routes of a site don't conflict");
        }
        Ok(router)
    }

    /// A function of the app. Its top level runs here, so that it is not the loop's business.
    fn function(&self, id: &EntryId) -> Arc<Pool> {
        let id = id.as_str();
        let function = self.node.functions().get(id);
        let function = function.expect("loading found that it exists");
        function.prepare();
        function
    }

    /// The folder of an `http.static`.
    fn folder(&self, entry: &EntryId, folder: &site::Folder) -> Result<Arc<Folder>, Error> {
        let directory = &self.directories[&folder.files];
        let failed = |error| {
            let path = directory.directory.display();
            let text = format!("{} has no folder {path}: {error}", folder.files);
            Error::new(kind::UNAVAILABLE, text)
        };
        let tree = Tree::of(directory).map_err(failed)?;
        let served = Folder::new(entry.clone(), tree, folder.clone());
        if !served.is_there().map_err(failed)? {
            let (entry, directory) = (entry.as_str(), folder.directory.as_deref());
            log::warn!(entry, directory; "folder is not there yet: nothing is served");
        }
        Ok(Arc::new(served))
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
