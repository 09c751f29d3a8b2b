//! Rates: who asks too often is told when to come again, and nobody else is kept waiting.

use std::net::IpAddr;

use api::{
    caller::{Caller, UserSession},
    clock::Clock,
    config::RatesConfig,
    limit::RateState,
    rates::{RateKind, Rates},
    telemetry::Metrics,
};
use chrono::{Duration, Utc};
use entity::{SessionId, UserId, identity::user::PlatformRole};

/// Sixty requests a minute, ten at once; six attempts to sign in a minute, two at once.
fn rates() -> (Rates, Clock) {
    let clock = Clock::fixed(Utc::now());
    let config = RatesConfig {
        requests_per_minute: 60,
        burst: 10,
        sign_ins_per_minute: 6,
        sign_in_burst: 2,
    };
    (Rates::new(&config, &clock, Metrics::default()), clock)
}

fn user() -> Caller {
    Caller::User(UserSession {
        user: UserId(uuid::Uuid::now_v7()),
        session: SessionId(uuid::Uuid::now_v7()),
        platform_role: PlatformRole::None,
    })
}

fn address(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

/// Asks until it is refused; answers how often it was not.
fn asks(rates: &Rates, caller: &Caller, from: &str, kind: RateKind) -> usize {
    (0..10_000)
        .take_while(|_| rates.check(caller, address(from), kind, 1).is_ok())
        .count()
}

#[test]
fn a_caller_has_a_burst_and_then_the_rate() {
    let (rates, clock) = rates();
    let ann = user();
    for left in (0..10).rev() {
        let state = rates.check(&ann, address("192.0.2.1"), RateKind::Request, 1).unwrap();
        let wanted = RateState {
            limit: 10,
            remaining: left,
            reset_seconds: u64::from(10 - left),
        };
        assert_eq!(state, wanted);
    }
    let refused = rates
        .check(&ann, address("192.0.2.1"), RateKind::Request, 1)
        .unwrap_err();
    assert_eq!(refused.retry_after_seconds, Some(1));
    assert_eq!((refused.state.remaining, refused.state.reset_seconds), (0, 10));
    assert!(refused.sentence.contains("again in a second"), "{}", refused.sentence);
    // Whoever waits as long as they are told gets in.
    clock.advance(Duration::seconds(1));
    assert_eq!(asks(&rates, &ann, "192.0.2.1", RateKind::Request), 1);
    clock.advance(Duration::hours(1));
    assert_eq!(asks(&rates, &ann, "192.0.2.1", RateKind::Request), 10);
}

#[test]
fn callers_are_counted_by_user_and_strangers_by_address() {
    let (rates, _) = rates();
    let ann = user();
    assert_eq!(asks(&rates, &ann, "192.0.2.1", RateKind::Request), 10);
    assert_eq!(
        asks(&rates, &ann, "198.51.100.1", RateKind::Request),
        0,
        "from elsewhere"
    );
    assert_eq!(
        asks(&rates, &user(), "192.0.2.1", RateKind::Request),
        10,
        "somebody else"
    );
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::Request), 10);
    assert_eq!(
        asks(&rates, &Caller::Anonymous, "::ffff:192.0.2.1", RateKind::Request),
        0,
        "the same address"
    );
    assert_eq!(
        asks(&rates, &Caller::Anonymous, "192.0.2.2", RateKind::Request),
        10,
        "another address"
    );
}

#[test]
fn all_callers_of_an_address_have_five_times_as_much() {
    let (rates, _) = rates();
    let all: usize = (0..10)
        .map(|_| asks(&rates, &user(), "192.0.2.1", RateKind::Request))
        .sum();
    assert_eq!(all, 50);
    let refused = rates
        .check(&user(), address("192.0.2.1"), RateKind::Request, 1)
        .unwrap_err();
    assert!(refused.sentence.contains("network address"), "{}", refused.sentence);
}

#[test]
fn ipv6_is_counted_by_its_network() {
    let (rates, _) = rates();
    let all: usize = (0..100)
        .map(|host| {
            asks(
                &rates,
                &Caller::Anonymous,
                &format!("2001:db8:1:2::{host:x}"),
                RateKind::Request,
            )
        })
        .sum();
    assert_eq!(all, 10);
    assert_eq!(
        asks(&rates, &Caller::Anonymous, "2001:db8:1:3::1", RateKind::Request),
        10
    );
}

#[test]
fn signing_in_is_counted_apart() {
    let (rates, clock) = rates();
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::SignIn), 2);
    let refused = rates
        .check(&user(), address("192.0.2.1"), RateKind::SignIn, 1)
        .unwrap_err();
    assert_eq!(refused.retry_after_seconds, Some(10));
    assert!(refused.sentence.contains("sign in"), "{}", refused.sentence);
    assert!(
        rates
            .check(&Caller::Anonymous, address("192.0.2.1"), RateKind::Request, 1)
            .is_ok()
    );
    clock.advance(Duration::seconds(10));
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::SignIn), 1);
}

#[test]
fn a_batch_counts_as_what_it_holds() {
    let (rates, _) = rates();
    let ann = user();
    let state = rates.check(&ann, address("192.0.2.1"), RateKind::Request, 7).unwrap();
    assert_eq!(state.remaining, 3);
    let refused = rates
        .check(&ann, address("192.0.2.1"), RateKind::Request, 4)
        .unwrap_err();
    assert_eq!(refused.retry_after_seconds, Some(1));
    // No waiting helps here.
    let refused = rates
        .check(&ann, address("192.0.2.1"), RateKind::Request, 11)
        .unwrap_err();
    assert_eq!(refused.retry_after_seconds, None);
    assert!(refused.sentence.contains("At most 10"), "{}", refused.sentence);
}

#[test]
fn whoever_is_gone_is_forgotten() {
    let (rates, clock) = rates();
    for number in 0..1000_u32 {
        let from = IpAddr::from((0x0a00_0000 + number).to_be_bytes());
        rates
            .check(&Caller::Anonymous, Some(from), RateKind::SignIn, 1)
            .unwrap();
    }
    assert_eq!(rates.kept(), 3000);
    rates.forget_idle();
    assert!(rates.kept() > 0, "who has just asked is known");
    clock.advance(Duration::minutes(1));
    rates.forget_idle();
    assert_eq!(rates.kept(), 0);
}

#[test]
fn many_at_once_get_no_more_than_there_is() {
    let (rates, _) = rates();
    let ann = user();
    let all: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| asks(&rates, &ann, "192.0.2.1", RateKind::Request)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(all, 10);
}
