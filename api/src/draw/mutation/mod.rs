//! Changing draws and what becomes of their wins: thin, one service call each.

mod draw;
mod win;

use async_graphql::MergedObject;

/// Mutations of the area.
#[derive(Default, MergedObject)]
pub struct DrawMutation(draw::DrawLifeMutation, win::WinMutation);
