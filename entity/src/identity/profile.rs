//! `users` as others see them: what a profile shows, without what is private to the account or long.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::user;
use crate::UserId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    pub display_name: String,
    pub avatar_url: Option<String>,
    pub deleted_at: Option<DateTimeUtc>,
}

impl From<&user::Model> for Model {
    fn from(user: &user::Model) -> Self {
        Self {
            id: user.id,
            display_name: user.display_name.clone(),
            avatar_url: user.avatar_url.clone(),
            deleted_at: user.deleted_at,
        }
    }
}

impl ActiveModelBehavior for ActiveModel {}
