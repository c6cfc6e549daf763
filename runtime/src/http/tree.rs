//! A folder on disk, out of which nothing leads: neither a path nor a symbolic link, nor one that is put there meanwhile.
//!
//! What is looked at is what was opened, not its name. Opening may block. Knows nothing of requests.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use super::files::Metadata;
use crate::app::Directory;

/// How a folder is opened in order to look into it.
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// How what may be a file is opened: a pipe that nobody writes to is not waited for, a terminal doesn't become ours.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// How often a path is tried while folders are being moved.
const TRIES: usize = 10;

/// A folder and all that is in it.
#[derive(Debug)]
pub(super) struct Tree {
    /// Opened anew each time: what builds an app in the browser makes its folder anew, too.
    root: PathBuf,
}

/// What there is at a path.
#[derive(Debug)]
pub(super) enum Found {
    /// A file.
    File(File, Metadata),
    /// A folder.
    Folder,
    /// Neither, or nothing that may be read.
    Nothing,
}

impl Tree {
    /// The folder of an entry; it is made where there is none, if the entry says so. Relative to the present folder, which
    /// is that of the app.
    ///
    /// # Errors
    /// If there is none, or it can't be looked into.
    pub fn of(directory: &Directory) -> io::Result<Tree> {
        if directory.auto_init {
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(directory.mode);
            builder.create(&directory.directory)?;
        }
        let root = std::path::absolute(&directory.directory)?;
        openat(CWD, &root, FOLDER, Mode::empty())?;
        Ok(Tree { root })
    }

    /// Opens what is at a path, which is relative to the folder.
    ///
    /// # Errors
    /// If the system is not able to say what is there.
    pub fn open(&self, path: &Path) -> io::Result<Found> {
        let opened = openat(CWD, &self.root, FOLDER, Mode::empty()).and_then(|root| {
            open_beneath(&root, path).or_else(|error| without(error, &root, path))
        });
        let opened = match opened {
            Ok(opened) => File::from(opened),
            Err(error) if is_nothing(error) => return Ok(Found::Nothing),
            Err(error) => return Err(error.into()),
        };
        let metadata = opened.metadata()?;
        if metadata.is_dir() {
            return Ok(Found::Folder);
        }
        if !metadata.is_file() {
            return Ok(Found::Nothing);
        }
        let metadata = Metadata {
            length: metadata.len(),
            modified: metadata.modified()?,
        };
        Ok(Found::File(opened, metadata))
    }
}

/// Opens it in one go: links are followed, as long as they stay below the root.
fn open_beneath(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let mut tries = TRIES;
    loop {
        match openat2(root, path, READ, Mode::empty(), resolve) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if tries > 1 => tries -= 1,
            opened => return opened,
        }
    }
}

/// The same where the system can't, or must not, do that: then name by name, and no link is followed.
fn without(error: Errno, root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    match error {
        Errno::NOSYS | Errno::PERM => open_by_name(root, path),
        error => Err(error),
    }
}

fn open_by_name(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let mut above: Option<OwnedFd> = None;
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        let Component::Normal(name) = component else {
            return Err(Errno::XDEV);
        };
        let how = match components.peek() {
            Some(_) => FOLDER,
            None => READ,
        };
        let folder = above.as_ref().unwrap_or(root);
        above = Some(openat(folder, name, how | OFlags::NOFOLLOW, Mode::empty())?);
    }
    above.ok_or(Errno::NOENT)
}

/// Whether an error says that nothing is there, at least for us, or that it is outside.
fn is_nothing(error: Errno) -> bool {
    matches!(
        error,
        Errno::NOENT
            | Errno::NOTDIR
            | Errno::XDEV
            | Errno::LOOP
            | Errno::ACCESS
            | Errno::NAMETOOLONG
            | Errno::INVAL
            | Errno::NXIO
            | Errno::NODEV
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use rustix::fs::{RenameFlags, mknodat, renameat_with};

    use super::*;
    use crate::app::EntryId;

    fn directory(path: &Path) -> Directory {
        Directory {
            id: EntryId::new("app", "files"),
            directory: path.to_owned(),
            auto_init: false,
            mode: 0o750,
        }
    }

    /// A folder `in` with something of each sort, and a file outside.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("in");
        fs::create_dir_all(root.join("deep/er")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        fs::write(root.join("a.txt"), "abc").unwrap();
        fs::write(root.join("deep/er/b.txt"), "b").unwrap();
        for (link, to) in [
            ("out", "../secret"),
            ("deep/out", "../../secret"),
            ("deep/over", "../../in/a.txt"),
            ("up", ".."),
            ("absolute", "/etc/passwd"),
            ("itself", "itself"),
            ("near", "a.txt"),
            ("deep/near", "../a.txt"),
            ("far", "deep/er"),
            ("proc", "/proc/self/root"),
        ] {
            symlink(to, root.join(link)).unwrap();
        }
        let pipe = rustix::fs::FileType::Fifo;
        let mode = Mode::from_raw_mode(0o600);
        mknodat(CWD, root.join("pipe"), pipe, mode, 0).unwrap();
        UnixListener::bind(root.join("socket")).unwrap();
        folder
    }

    /// What is there, in a word; of a file, what is in it.
    fn shown(found: io::Result<Found>) -> String {
        match found.unwrap() {
            Found::File(file, metadata) => {
                let text = io::read_to_string(file).unwrap();
                assert_eq!(metadata.length, text.len() as u64);
                text
            }
            Found::Folder => "folder".to_owned(),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn nothing_leads_out() {
        let folder = folder();
        let tree = Tree::of(&directory(&folder.path().join("in"))).unwrap();
        let long = "x".repeat(300);
        for (path, expected) in [
            ("a.txt", "abc"),
            ("deep/er/b.txt", "b"),
            ("deep", "folder"),
            ("near", "abc"),
            ("deep/near", "abc"),
            ("far", "folder"),
            ("far/b.txt", "b"),
            ("out", "nothing"),
            ("deep/out", "nothing"),
            ("deep/over", "nothing"),
            ("up", "nothing"),
            ("up/secret", "nothing"),
            ("absolute", "nothing"),
            ("proc/etc/passwd", "nothing"),
            ("../secret", "nothing"),
            ("deep/../../secret", "nothing"),
            ("/etc/passwd", "nothing"),
            ("itself", "nothing"),
            ("pipe", "nothing"),
            ("socket", "nothing"),
            ("a.txt/b", "nothing"),
            ("none", "nothing"),
            (&long, "nothing"),
        ] {
            assert_eq!(shown(tree.open(Path::new(path))), expected, "{path}");
        }
    }

    #[test]
    fn nothing_leads_out_while_a_folder_and_a_link_change_places() {
        let folder = tempfile::tempdir().unwrap();
        for (at, text) in [("out", "out"), ("in/a", "in")] {
            fs::create_dir_all(folder.path().join(at)).unwrap();
            fs::write(folder.path().join(at).join("x"), text).unwrap();
        }
        let root = folder.path().join("in");
        symlink("../out", root.join("b")).unwrap();
        let tree = Tree::of(&directory(&root)).unwrap();
        let (a, b) = (root.join("a"), root.join("b"));
        let is_over = AtomicBool::new(false);
        let seen: BTreeSet<String> = thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE).unwrap();
                }
            });
            let mut seen = BTreeSet::new();
            while seen.len() < 2 {
                seen.extend((0..2_000).map(|_| shown(tree.open(Path::new("a/x")))));
            }
            is_over.store(true, Ordering::Relaxed);
            seen
        });
        assert_eq!(seen, ["in", "nothing"].map(str::to_owned).into());
    }

    #[test]
    fn name_by_name_no_link_is_followed() {
        let folder = folder();
        let root = openat(CWD, folder.path().join("in"), FOLDER, Mode::empty()).unwrap();
        let read = |path: &str| {
            let opened = open_by_name(&root, Path::new(path))?;
            Ok(io::read_to_string(File::from(opened)).unwrap())
        };
        assert_eq!(read("a.txt").as_deref(), Ok("abc"));
        assert_eq!(read("deep/er/b.txt").as_deref(), Ok("b"));
        for path in [
            "out",
            "near",
            "far/b.txt",
            "up/secret",
            "../secret",
            "/etc/passwd",
            "a.txt/b",
            "none",
            "",
        ] {
            let error: Errno = read(path).unwrap_err();
            assert!(is_nothing(error), "{path}: {error}");
        }
        // Where the system refuses the one, the other is taken.
        for refused in [Errno::NOSYS, Errno::PERM] {
            assert!(without(refused, &root, Path::new("a.txt")).is_ok());
        }
        let other = without(Errno::MFILE, &root, Path::new("a.txt"));
        assert_eq!(other.unwrap_err(), Errno::MFILE);
    }

    #[test]
    fn a_folder_is_made_if_its_entry_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut directory = directory(&folder.path().join("new/er"));
        let error = Tree::of(&directory).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        directory.auto_init = true;
        for _ in 0..2 {
            Tree::of(&directory).unwrap();
        }
        let mode = fs::metadata(&directory.directory).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o750);
        directory.directory = folder.path().join("file");
        directory.auto_init = false;
        fs::write(&directory.directory, "").unwrap();
        let error = Tree::of(&directory).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    }

    #[test]
    fn a_folder_that_was_made_anew_is_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("dist");
        let build = |text: &str| {
            fs::create_dir(&root).unwrap();
            fs::write(root.join("a"), text).unwrap();
        };
        build("old");
        let tree = Tree::of(&directory(&root)).unwrap();
        let look = || shown(tree.open(Path::new("a")));
        assert_eq!(look(), "old");
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(look(), "nothing");
        build("new");
        assert_eq!(look(), "new");
    }
}
