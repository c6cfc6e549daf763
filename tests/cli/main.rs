//! The program, as people use it: folders in, text and exit codes out.
//!
//! `app.rs` is the vocabulary for what ends by itself, `running.rs` for what runs until it is told to end; each other
//! file tells the stories of one command or of one thing that can happen to a running app. `../lua` holds the cases
//! that are told in Lua, which `lua.rs` runs.

mod app;
mod chat_room;
mod check;
mod hogs;
mod http;
mod http_examples;
mod init;
mod limits;
mod logs;
mod lua;
mod mass_spawn;
mod messages;
mod natives;
mod pipeline;
mod refusals;
mod room;
mod running;
mod services;
mod signals;
mod sources;
mod stubs;
mod supervision_tree;
mod terminal;
mod usage;
mod wire;
mod zones;
