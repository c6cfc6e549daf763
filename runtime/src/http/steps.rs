//! What a route's middleware does to its requests and answers, in order.
//!
//! Knows nothing of what each step decides: that is `middleware/`.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::middleware::{
    Buckets, Compress, Compressor, Cors, Middleware, Quota, RateLimit, RealIp,
};
use crate::clock::Moment;
use crate::request::{Request, Response};

/// The steps of a route.
#[derive(Debug)]
pub struct Steps {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Cors(Cors),
    RateLimit(RateLimit, Mutex<Buckets>),
    Compress(Compress),
    RealIp(RealIp),
}

/// What is to be done with an answer. Of its own, since the request is its function's by then.
#[derive(Debug)]
pub struct After {
    steps: Arc<Steps>,
    request: Request,
    quota: Option<Quota>,
    compressor: Mutex<Option<Compressor>>,
}

impl Steps {
    /// These steps.
    pub fn new(middleware: Vec<Middleware>) -> Arc<Steps> {
        let step = |middleware| match middleware {
            Middleware::Cors(cors) => Step::Cors(cors),
            Middleware::RateLimit(limit) => Step::RateLimit(limit, Mutex::default()),
            Middleware::Compress(compress) => Step::Compress(compress),
            Middleware::RealIp(real_ip) => Step::RealIp(real_ip),
        };
        Arc::new(Steps {
            steps: middleware.into_iter().map(step).collect(),
        })
    }

    /// Takes a request through the steps; `client` may be found to be another. Answers what is to be done with the answer,
    /// if anything.
    ///
    /// # Errors
    /// The answer that a step gives itself.
    pub fn before(
        self: &Arc<Self>,
        request: &Request,
        client: &mut SocketAddr,
        now: Moment,
    ) -> Result<Option<Box<After>>, Box<Response>> {
        let mut known = None;
        for step in &self.steps {
            match step {
                Step::RealIp(real_ip) => {
                    client.set_ip(real_ip.client(client.ip(), &request.headers))
                }
                Step::Cors(cors) => {
                    if let Some(response) = cors.preflight(request) {
                        return Err(Box::new(response));
                    }
                }
                Step::RateLimit(limit, buckets) => {
                    let key = limit.key(request, client.ip());
                    match limit.take(&mut buckets.lock(), &key, now.0) {
                        Ok(quota) => known = Some(quota),
                        Err(quota) => {
                            let mut response = limit.refusal(quota);
                            self.after(request, None).whole(&mut response);
                            return Err(Box::new(response));
                        }
                    }
                }
                Step::Compress(_) => {}
            }
        }
        // Whose request it is, nothing of the answer says.
        let says_more = |step: &Step| !matches!(step, Step::RealIp(_));
        let is_wanted = self.steps.iter().any(says_more);
        Ok(is_wanted.then(|| Box::new(self.after(request, known))))
    }

    fn after(self: &Arc<Self>, request: &Request, quota: Option<Quota>) -> After {
        After {
            steps: self.clone(),
            request: request.clone(),
            quota,
            compressor: Mutex::default(),
        }
    }
}

impl After {
    /// Does it with a whole answer.
    pub fn whole(&self, response: &mut Response) {
        self.decorate(response);
        if let Some(compress) = self.compress() {
            compress.apply(&self.request, response);
        }
    }

    /// Does it with the head and the first part of an answer whose others go through [`After::part`]. Answers whether its
    /// length is another now.
    pub fn head(&self, response: &mut Response, length: Option<u64>) -> bool {
        self.decorate(response);
        let Some(compress) = self.compress() else {
            return false;
        };
        let headers = &mut response.headers;
        let Some(mut compressor) = compress.begin(&self.request, response.status, headers, length)
        else {
            return false;
        };
        let body = std::mem::take(&mut response.body);
        response.body = compressor.part(&body, true);
        *self.compressor.lock() = Some(compressor);
        true
    }

    /// Does it with a further part. Each is what its function wanted to be sent now.
    pub fn part(&self, bytes: Vec<u8>) -> Vec<u8> {
        match &mut *self.compressor.lock() {
            Some(compressor) => compressor.part(&bytes, true),
            None => bytes,
        }
    }

    /// The last part; empty if there is none.
    pub fn end(&self) -> Vec<u8> {
        let compressor = self.compressor.lock().take();
        compressor.map(Compressor::end).unwrap_or_default()
    }

    fn decorate(&self, response: &mut Response) {
        for step in &self.steps.steps {
            if let Step::Cors(cors) = step {
                cors.decorate(&self.request, &mut response.headers);
            }
        }
        if let Some(quota) = &self.quota {
            quota.decorate(&mut response.headers);
        }
    }

    fn compress(&self) -> Option<&Compress> {
        self.steps.steps.iter().find_map(|step| match step {
            Step::Compress(compress) => Some(compress),
            _ => None,
        })
    }
}
