//! Apps: registered, changed, given new secrets, taken out of use.

mod asking;
mod documents;
mod lifecycle;
mod listing;
mod registration;
mod secret;
