//! Somebody who signed up over the API, and what they hold.

use serde_json::{Value as Json, json};
use tests::{Answer, Client, World};

pub const PASSWORD: &str = "quiet otter paints seven doors";

pub struct Account {
    pub client: Client,
    pub access: String,
    pub refresh: String,
}

impl Account {
    pub async fn sign_up(world: &World, email: &str) -> Self {
        let input = json!({ "email": email, "password": PASSWORD, "displayName": "Ann Account" });
        let selection = "signedIn { accessToken refreshToken viewer { profile { id } } }";
        let answer = world.stranger().mutate("signUp", input, selection).await;
        Self::of(world, answer.at("/signUp/signedIn"))
    }

    pub async fn sign_in(world: &World, email: &str) -> Self {
        let answer = sign_in(world.stranger(), email, PASSWORD).await;
        Self::of(world, answer.at("/signIn"))
    }

    fn of(world: &World, signed_in: &Json) -> Self {
        let text = |pointer: &str| signed_in.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let access = text("/accessToken");
        Self {
            client: world.stranger().signed_in(&access, &text("/viewer/profile/id")),
            access,
            refresh: text("/refreshToken"),
        }
    }
}

pub async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    let input = json!({ "email": email, "password": password });
    let selection = "__typename ... on SignedIn { accessToken accessTokenExpiresAt refreshToken
        viewer { email lastLoginAt profile { id } session { id userAgent ipAddress assuranceLevel expiresAt } } }";
    client.mutate("signIn", input, selection).await
}

pub async fn refresh(client: &Client, token: &str, request_id: Option<&str>) -> Answer {
    let input = json!({ "refreshToken": token, "requestId": request_id });
    let selection = "accessToken accessTokenExpiresAt refreshToken";
    client.mutate("refreshSession", input, selection).await
}

/// Whether a token opens the viewer's own account.
pub async fn opens(world: &World, access: &str) -> bool {
    let answer = world
        .stranger()
        .signed_in(access, "")
        .query("{ viewer { email } }")
        .await;
    match answer.status {
        200 => answer.at("/viewer/email").is_string(),
        401 => {
            answer.assert_refused("UNAUTHENTICATED");
            false
        }
        other => panic!("{other}: {}", answer.body),
    }
}
