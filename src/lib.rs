//! azpat: every Azure DevOps personal access token (PAT) you own, from the keyboard.
//!
//! Data flows one way: terminal → action → update → effect → worker → event → update, and the
//! view is a pure function of the state. The modules below stand in reading order.

pub mod pat;

pub mod failure;
pub mod identity;
pub mod text;
pub mod when;

pub mod cli;
pub mod config;

pub mod action;
pub mod effect;
pub mod event;
pub mod keys;
pub mod state;
pub mod ui;
pub mod update;

pub mod app;
pub mod terminal;
pub mod worker;

mod transport;

pub mod accounts;
pub mod audit;
pub mod azure;
pub mod entra;
pub mod journal;
pub mod limits;
pub mod memory;
pub mod operations;
pub mod private;
mod programs;
pub mod secret;
pub mod sign_in;
pub mod sink;
pub mod token_store;

pub mod connect;
pub mod desktop;

pub mod clock;
pub mod emulator;

pub mod commands;
