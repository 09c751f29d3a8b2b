//! `users`: a person's account.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a user may do on the platform as a whole, beside their organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlatformRole {
    /// An ordinary user.
    None,
    /// Runs the platform.
    PlatformAdmin,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Lower case; unique among accounts that are not deleted.
    pub email: String,
    pub email_verified_at: Option<DateTimeUtc>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// What others see.
    pub display_name: String,
    pub avatar_url: Option<String>,
    /// IANA name of a time zone.
    pub timezone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub preferences: Json,
    /// argon2id in PHC format; none for accounts without a password.
    #[serde(skip)]
    pub password_hash: Option<String>,
    pub platform_role: PlatformRole,
    pub level: i32,
    pub xp: i64,
    pub last_login_at: Option<DateTimeUtc>,
    pub disabled_at: Option<DateTimeUtc>,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
