//! The answer of a folder on its way to a client: looked up, read and sent part by part, as fast as the client takes it.
//!
//! Runs on the threads for files, and leaves them while the client has enough. Knows nothing of how files are found.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::exchange::OnItsWay;
use super::file_threads::FileThreads;
use super::folder::{Answer, Folder};
use crate::node::function::Called;
use crate::payload::Payload;
use crate::process::Exit;
use crate::request::{Reply, Request, Response};

/// Bytes of a file that are read at once. A file that has no more is answered whole.
const PART: u64 = 64 << 10;

/// Has a folder answer a request. Doesn't block.
pub(super) fn begin(
    folder: Arc<Folder>,
    request: Box<Request>,
    on_its_way: Arc<OnItsWay>,
    threads: &FileThreads,
) {
    let due = Due(Some(on_its_way));
    let next = threads.clone();
    threads.run(Box::new(move || {
        if !due.has_left() {
            answer(folder, &request, due, next);
        }
    }));
}

fn answer(folder: Arc<Folder>, request: &Request, due: Due, threads: FileThreads) {
    let (head, file, body) = match folder.answer(request) {
        Ok(Answer::Whole(response)) => return due.settle().respond(response),
        Ok(Answer::File(head, file, body)) => (head, file, body),
        Err(error) => return warn(&folder, request.path(), &error),
    };
    if request.method() == "HEAD" {
        let reply = due.settle();
        reply.begin(head, Some(body.end - body.start));
        return reply.end();
    }
    let transfer = Transfer {
        path: request.path().to_owned(),
        folder,
        file,
        left: body,
        due,
        threads,
    };
    transfer.begin(head);
}

/// Says what can't be read; who asked is told by the [`Due`] that is dropped.
fn warn(folder: &Folder, path: &str, error: &io::Error) {
    let entry = folder.entry.as_str();
    log::warn!(entry, path; "file can't be read: {error}");
}

/// A request that is in progress: it counts as such until it is settled. Dropped before, it has failed.
struct Due(Option<Arc<OnItsWay>>);

impl Due {
    fn has_left(&self) -> bool {
        self.0.as_ref().is_none_or(|reply| reply.has_left())
    }

    /// It is in progress no more: all that is still to be said follows at once. The client may ask again when it has heard it,
    /// and is not to be refused for this one.
    fn settle(mut self) -> Arc<OnItsWay> {
        let on_its_way = self.0.take().expect("it is settled once");
        let afterwards = on_its_way.returned(&Exit::Normal(Payload::default()), false);
        debug_assert!(afterwards.is_none(), "nothing goes on");
        on_its_way
    }
}

impl Drop for Due {
    fn drop(&mut self) {
        if let Some(on_its_way) = self.0.take() {
            on_its_way.returned(&Exit::failed("the file can't be read"), false);
        }
    }
}

/// A file on its way.
struct Transfer {
    folder: Arc<Folder>,
    /// As it was asked for.
    path: String,
    file: File,
    /// Bytes that were not read yet.
    left: Range<u64>,
    due: Due,
    threads: FileThreads,
}

impl Transfer {
    /// Sends the head, and as much of the file as is read at once.
    fn begin(mut self, mut head: Response) {
        let length = self.left.end - self.left.start;
        match self.read() {
            Ok(bytes) => head.body = bytes,
            Err(error) => return warn(&self.folder, &self.path, &error),
        }
        if self.left.is_empty() {
            return self.due.settle().respond(head);
        }
        if let Some(reply) = &self.due.0 {
            reply.begin(head, Some(length));
        }
        self.wait();
    }

    /// Sends the next part.
    fn go_on(mut self) {
        if self.due.has_left() {
            return;
        }
        let bytes = match self.read() {
            Ok(bytes) => bytes,
            Err(error) => return warn(&self.folder, &self.path, &error),
        };
        if self.left.is_empty() {
            let reply = self.due.settle();
            reply.part(bytes);
            return reply.end();
        }
        if let Some(reply) = &self.due.0 {
            reply.part(bytes);
        }
        self.wait();
    }

    /// Goes on when those who came meanwhile had their turn, and the client has room, or has left.
    fn wait(self) {
        let Some(reply) = self.due.0.clone() else {
            return;
        };
        let threads = self.threads.clone();
        let go_on = Box::new(move || self.go_on());
        reply.wait_for_room(Box::new(move || threads.run(go_on)));
    }

    /// Reads the next part. That there is less than there was is an error: the client was told how much would come.
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let count = PART.min(self.left.end - self.left.start);
        let mut bytes = vec![0; count as usize];
        match self.file.read_exact_at(&mut bytes, self.left.start) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(io::Error::new(error.kind(), "it has become shorter"));
            }
            Err(error) => return Err(error),
        }
        self.left.start += count;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::http::event_loop::Note;
    use crate::http::exchange::{Load, News, Ticket};
    use crate::http::outbox::Outbox;

    #[test]
    fn a_request_that_nobody_gets_to_has_failed() {
        let notes = Arc::new(Outbox::new(Box::new(|| ())));
        let load = Arc::new(Load::default());
        let ticket = Ticket {
            session: 1,
            request: 2,
        };
        let on_its_way = OnItsWay::new(notes.clone(), ticket, load.clone(), None);
        let due = Due(Some(Arc::new(on_its_way)));
        assert_eq!(load.requests.load(Ordering::Relaxed), 1);
        let threads = FileThreads::new();
        threads.close();
        threads.run(Box::new(move || drop(due.settle())));
        assert_eq!(load.requests.load(Ordering::Relaxed), 0);
        let mut said = Vec::new();
        notes.take(&mut said);
        let [Note::Request(to, News::Answer(response))] = &said[..] else {
            panic!("{} notes", said.len());
        };
        assert_eq!((*to, response.status), (ticket, 500));
    }
}
