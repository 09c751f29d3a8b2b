//! The program as its users meet it: command line, settings, start and end, logs, the page for people.

mod browser;
mod check;
mod configuration;
mod connections;
mod demo;
mod drain;
mod hall;
mod help;
mod http;
mod key;
mod logs;
mod migrate;
mod page;
mod pipes;
mod rates;
mod readme;
mod roles;
mod sites;
mod start;
mod verify;
