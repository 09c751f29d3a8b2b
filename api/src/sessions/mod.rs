//! Live sessions: the row is the authority, kept for a second; "last seen" is written in batches.

mod watch;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
};

use chrono::{DateTime, Duration, Utc};
use entity::{
    SessionId, UserId,
    identity::{session, user},
};
use sea_orm::{
    ColumnTrait, DbErr, QueryResult,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    background::Background,
    caller::{Caller, UserSession},
    clock::Clock,
    config::EventsConfig,
    error::{Error, Result},
    store::Store,
};

pub use watch::{Ending, Watch};

/// How long a session's state is trusted without looking again.
const KEPT: Duration = Duration::seconds(1);
/// How often "last seen" is written.
const WRITTEN_EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// How often a session's "last seen" moves at most.
const SEEN_EVERY: Duration = Duration::minutes(1);

/// Knows which sessions are live.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    state: Arc<Mutex<State>>,
    watches: watch::Watches,
}

#[derive(Default)]
struct State {
    known: HashMap<SessionId, (DateTime<Utc>, UserSession)>,
    swept: DateTime<Utc>,
    /// When all that are watched were last looked at together.
    looked: DateTime<Utc>,
    seen: HashMap<SessionId, DateTime<Utc>>,
    written: HashMap<SessionId, DateTime<Utc>>,
}

impl Sessions {
    /// Sessions of one database.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self {
            store,
            clock,
            state: Arc::default(),
            watches: watch::Watches::default(),
        }
    }

    /// Writes when sessions were last seen, once a minute and not within any request, and ends the sockets and streams of those
    /// that end.
    pub fn begin_work(&self, background: &Background, config: &EventsConfig) {
        let sessions = self.clone();
        background.every("last_seen", WRITTEN_EVERY, move |_| {
            let sessions = sessions.clone();
            async move { sessions.write_last_seen().await }
        });
        let sessions = self.clone();
        let every = std::time::Duration::from_millis(config.session_milliseconds);
        background.every("sessions", every, move |_| {
            let sessions = sessions.clone();
            async move { sessions.look_after_watched().await }
        });
    }

    /// The session, if it is live and belongs to the user.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it ended, expired, or its user is disabled.
    pub async fn validate(&self, user: UserId, session: SessionId) -> Result<UserSession> {
        let now = self.clock.now();
        if let Some(known) = self.known(session, now)
            && known.user == user
        {
            return Ok(known);
        }
        let found = self.look_up(session, now).await?.filter(|found| found.user == user);
        let mut state = self.locked();
        match found {
            Some(found) => {
                // Not each time: with thousands of sessions a second, that would cost more than looking them up.
                if now - state.swept >= KEPT {
                    state.known.retain(|_, (at, _)| now - *at < KEPT);
                    state.swept = now;
                }
                state.known.insert(session, (now, found.clone()));
                state.seen.insert(session, now);
                Ok(found)
            }
            None => {
                state.known.remove(&session);
                Err(Error::Unauthenticated("The session has ended. Sign in again.".into()))
            }
        }
    }

    /// The caller as they are now.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when their session is no longer live.
    pub async fn require_live(&self, caller: &Caller) -> Result<Caller> {
        match caller {
            Caller::Anonymous | Caller::Server => Ok(caller.clone()),
            Caller::User(session) => self.validate(session.user, session.session).await.map(Caller::User),
        }
    }

    /// Forgets a session's state, so that its end is felt at once.
    pub fn forget(&self, session: SessionId) {
        self.locked().known.remove(&session);
        self.watches.revoke(session);
    }

    /// Tells an open socket or stream when the session ends, on whichever server, or its access token expires.
    pub fn watch(&self, session: SessionId, expires: DateTime<Utc>) -> Watch {
        self.watches.open(session, expires)
    }

    /// Has the state of all watched sessions at hand, so that many streams of one event do not look each for itself.
    ///
    /// # Errors
    /// When the database does not answer; nothing has ended then.
    pub async fn freshen_watched(&self) -> Result<()> {
        let looked = self.locked().looked;
        match self.clock.now() - looked < KEPT / 2 {
            true => Ok(()),
            false => self.look_at_watched().await,
        }
    }

    /// Ends the watches of sessions that are live no more and of tokens that expired: one statement for all of them.
    ///
    /// # Errors
    /// When the database does not answer; nothing has ended then.
    pub async fn look_after_watched(&self) -> Result<()> {
        self.watches.expire(self.clock.now());
        self.look_at_watched().await
    }

    async fn look_at_watched(&self) -> Result<()> {
        let now = self.clock.now();
        self.locked().looked = now;
        for sessions in self.watches.sessions().chunks(10_000) {
            let select = live(now)
                .and_where(Expr::col((session::Entity, session::Column::Id)).is_in(sessions.iter().copied()))
                .to_owned();
            let rows = self.store.query_all(self.store.backend().build(&select)).await?;
            let alive: Vec<_> = rows.iter().map(read).collect::<Result<_, DbErr>>()?;
            let live: HashSet<_> = alive.iter().map(|found| found.session).collect();
            {
                let mut state = self.locked();
                // A socket or stream that is open uses its session.
                state.seen.extend(live.iter().map(|session| (*session, now)));
                state
                    .known
                    .extend(alive.into_iter().map(|found| (found.session, (now, found))));
            }
            for ended in sessions.iter().filter(|session| !live.contains(session)) {
                self.forget(*ended);
            }
        }
        Ok(())
    }

    /// Writes when sessions were last seen: one statement for all sessions seen at the same minute's flush.
    ///
    /// # Errors
    /// When the database does not answer; the times are then kept for the next flush.
    pub async fn write_last_seen(&self) -> Result<()> {
        let now = self.clock.now();
        let due: Vec<SessionId> = {
            let mut state = self.locked();
            state.written.retain(|_, at| now - *at < SEEN_EVERY);
            let seen = std::mem::take(&mut state.seen);
            seen.into_keys()
                .filter(|session| !state.written.contains_key(session))
                .collect()
        };
        let mut failure = None;
        for sessions in due.chunks(10_000) {
            let update = Query::update()
                .table(session::Entity)
                .value(session::Column::LastSeenAt, now)
                .value(session::Column::UpdatedAt, now)
                .and_where(session::Column::Id.is_in(sessions.iter().copied()))
                .to_owned();
            let outcome = self.store.execute(self.store.backend().build(&update)).await;
            let mut state = self.locked();
            let target = if outcome.is_ok() {
                &mut state.written
            } else {
                &mut state.seen
            };
            target.extend(sessions.iter().map(|session| (*session, now)));
            failure = outcome.err().or(failure);
        }
        failure.map_or(Ok(()), Err)
    }

    fn known(&self, session: SessionId, now: DateTime<Utc>) -> Option<UserSession> {
        let state = self.locked();
        let (at, known) = state.known.get(&session)?;
        (now - *at < KEPT).then(|| known.clone())
    }

    async fn look_up(&self, id: SessionId, now: DateTime<Utc>) -> Result<Option<UserSession>> {
        let select = live(now)
            .and_where(Expr::col((session::Entity, session::Column::Id)).eq(id))
            .to_owned();
        let row = self.store.query_one(self.store.backend().build(&select)).await?;
        Ok(row.as_ref().map(read).transpose()?)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn read(row: &QueryResult) -> Result<UserSession, DbErr> {
    Ok(UserSession {
        user: row.try_get("", "user_id")?,
        session: row.try_get("", "id")?,
        platform_role: row.try_get("", "platform_role")?,
    })
}

/// Sessions that are live, with their users.
fn live(now: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .column((session::Entity, session::Column::Id))
        .column((session::Entity, session::Column::UserId))
        .column((user::Entity, user::Column::PlatformRole))
        .from(session::Entity)
        .inner_join(
            user::Entity,
            Expr::col((user::Entity, user::Column::Id)).equals((session::Entity, session::Column::UserId)),
        )
        .and_where(session::Column::ExpiresAt.gt(now))
        .and_where(session::Column::RevokedAt.is_null())
        .and_where(user::Column::DisabledAt.is_null())
        .and_where(user::Column::DeletedAt.is_null())
        .to_owned()
}
