//! A place to run statements as someone, and how one hands them to its connection.

use sea_orm::ConnectionTrait;

use crate::caller::Caller;

/// A place to run statements as someone.
pub trait Scope: ConnectionTrait {
    /// Who asks.
    fn caller(&self) -> &Caller;
}

/// Implements `ConnectionTrait` by handing every statement to another connection.
macro_rules! delegate_connection {
    ($name:ty, |$this:ident| $connection:expr) => {
        #[async_trait::async_trait]
        impl sea_orm::ConnectionTrait for $name {
            fn get_database_backend(&self) -> sea_orm::DbBackend {
                self.backend()
            }

            async fn execute_raw(&self, statement: sea_orm::Statement) -> Result<sea_orm::ExecResult, sea_orm::DbErr> {
                let $this = self;
                $connection.execute_raw(statement).await
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<sea_orm::ExecResult, sea_orm::DbErr> {
                let $this = self;
                $connection.execute_unprepared(sql).await
            }

            async fn query_one_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<Option<sea_orm::QueryResult>, sea_orm::DbErr> {
                let $this = self;
                $connection.query_one_raw(statement).await
            }

            async fn query_all_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<Vec<sea_orm::QueryResult>, sea_orm::DbErr> {
                let $this = self;
                $connection.query_all_raw(statement).await
            }
        }
    };
}
pub(super) use delegate_connection;
