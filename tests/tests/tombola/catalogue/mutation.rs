//! What there is to know of a mutation.

use serde_json::Value as Json;

/// Who may call a mutation, beside those whom the policy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    /// Anybody: it signs in.
    Strangers,
    /// Everybody with an account: it is about themselves.
    Oneself,
    /// On a public room, everybody with an account.
    Joiners,
    /// Others are refused with this code, also on a public room.
    Roles(&'static str),
}

/// What there is to know of a mutation.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// Its field.
    pub name: &'static str,
    /// A good input, with something in every argument that takes an id; none where it takes none. A text that begins with
    /// `@` stands for an id of the scenery.
    pub input: Option<Json>,
    /// Who may call it.
    pub open_to: OpenTo,
    /// Whether its answer holds a secret, which is shown once.
    pub shows_secret: bool,
    /// The actions that the audit log is told of when it is made.
    pub audited: &'static [&'static str],
    /// The events that it announces in its room.
    pub announces: &'static [&'static str],
    /// Actions and events that it tells beside these, when there is something to tell.
    pub at_times: &'static [&'static str],
}

/// A mutation for those whom the policy names.
pub(super) fn mutation(name: &'static str, input: Json, audited: &'static [&'static str]) -> Mutation {
    Mutation {
        name,
        input: Some(input),
        open_to: OpenTo::Roles("FORBIDDEN"),
        shows_secret: false,
        audited,
        announces: &[],
        at_times: &[],
    }
}

impl Mutation {
    pub(super) fn open_to(self, open_to: OpenTo) -> Self {
        Self { open_to, ..self }
    }

    pub(super) fn shows_secret(self) -> Self {
        Self {
            shows_secret: true,
            ..self
        }
    }

    pub(super) fn announces(self, announces: &'static [&'static str]) -> Self {
        Self { announces, ..self }
    }

    pub(super) fn at_times(self, at_times: &'static [&'static str]) -> Self {
        Self { at_times, ..self }
    }

    pub(super) fn without_input(self) -> Self {
        Self { input: None, ..self }
    }

    /// Its input with the ids that `id` knows for what stands for them.
    pub fn filled(&self, id: &impl Fn(&str) -> String) -> Option<Json> {
        let mut input = self.input.clone()?;
        fill(&mut input, id);
        Some(input)
    }
}

fn fill(value: &mut Json, id: &impl Fn(&str) -> String) {
    match value {
        Json::String(text) => {
            if let Some(name) = text.strip_prefix('@') {
                *text = id(name);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| fill(item, id)),
        Json::Object(fields) => fields.values_mut().for_each(|field| fill(field, id)),
        _ => {}
    }
}
