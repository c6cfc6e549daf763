//! The program, as people use it: folders in, text and exit codes out.
//!
//! `app.rs` is the vocabulary; each other file tells the stories of one command.

mod app;
mod check;
mod init;
mod usage;
