//! Organizations.

use serde_json::json;

use super::mutation::{Mutation, OpenTo, mutation};

pub fn mutations() -> Vec<Mutation> {
    vec![
        mutation(
            "createOrganization",
            json!({ "name": "Another" }),
            &["ORGANIZATION_CREATED"],
        )
        .open_to(OpenTo::Oneself),
    ]
}
