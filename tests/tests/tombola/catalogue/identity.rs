//! Accounts and sessions.

use serde_json::{Value as Json, json};

use super::mutation::{Mutation, OpenTo, mutation};

pub fn mutations() -> Vec<Mutation> {
    let new = json!({ "email": "new@example.com", "password": "three unrelated words", "displayName": "New" });
    let credentials = json!({ "email": "nobody@example.com", "password": "three unrelated words" });
    vec![
        mutation("signUp", new, &["SIGNED_UP"])
            .at_times(&["ORGANIZATION_CREATED"])
            .open_to(OpenTo::Strangers)
            .shows_secret(),
        mutation("signIn", credentials, &["SIGNED_IN"])
            .open_to(OpenTo::Strangers)
            .shows_secret(),
        mutation("refreshSession", json!({ "refreshToken": "none" }), &[])
            .open_to(OpenTo::Strangers)
            .shows_secret(),
        mutation("signOut", Json::Null, &["SIGNED_OUT"])
            .open_to(OpenTo::Oneself)
            .without_input(),
        mutation(
            "updateProfile",
            json!({ "displayName": "Renamed" }),
            &["PROFILE_UPDATED"],
        )
        .open_to(OpenTo::Oneself),
    ]
}
