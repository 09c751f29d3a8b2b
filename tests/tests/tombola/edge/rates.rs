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

/// Sixty requests a minute, ten at once; six passwords a minute, two at once.
fn rates() -> (Rates, Clock) {
    let clock = Clock::fixed(Utc::now());
    let config = RatesConfig {
        requests_per_minute: 60,
        burst: 10,
        callers_per_address: 5,
        passwords_per_minute: 6,
        password_burst: 2,
        sign_ins_per_minute: 6,
        sign_in_burst: 3,
        join_codes_per_minute: 6,
        join_code_burst: 3,
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
    // Strangers have what their address has left.
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::Request), 30);
    assert_eq!(
        asks(&rates, &Caller::Anonymous, "::ffff:192.0.2.1", RateKind::Request),
        0,
        "the same address"
    );
    assert_eq!(
        asks(&rates, &Caller::Anonymous, "192.0.2.2", RateKind::Request),
        50,
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
    assert_eq!(all, 50);
    assert_eq!(
        asks(&rates, &Caller::Anonymous, "2001:db8:1:3::1", RateKind::Request),
        50
    );
}

#[test]
fn passwords_are_counted_apart() {
    let (rates, clock) = rates();
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::Password), 2);
    let refused = rates
        .check(&user(), address("192.0.2.1"), RateKind::Password, 1)
        .unwrap_err();
    assert_eq!(refused.retry_after_seconds, Some(10));
    assert!(refused.sentence.contains("sign in"), "{}", refused.sentence);
    assert!(
        rates
            .check(&Caller::Anonymous, address("192.0.2.1"), RateKind::Request, 1)
            .is_ok()
    );
    clock.advance(Duration::seconds(10));
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::Password), 1);
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
            .check(&Caller::Anonymous, Some(from), RateKind::Password, 1)
            .unwrap();
    }
    assert_eq!(rates.kept(), 1000);
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

#[test]
fn strangers_of_one_address_share_what_costs_much() {
    let (rates, _) = rates();
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::Cost), 10);
    assert_eq!(asks(&rates, &user(), "192.0.2.1", RateKind::Cost), 10);
    assert_eq!(asks(&rates, &Caller::Anonymous, "192.0.2.1", RateKind::Request), 30);
}

/// Guesses until it is refused; answers how often it was not. All are wrong.
fn guesses(rates: &Rates, email: impl Fn(usize) -> String, from: &str) -> usize {
    (0..10_000)
        .take_while(|number| match rates.try_password(&email(*number), address(from)) {
            Ok(guess) => {
                guess.was_wrong();
                true
            }
            Err(_) => false,
        })
        .count()
}

#[test]
fn wrong_passwords_count_for_the_account_and_for_the_network() {
    let (rates, clock) = rates();
    let ann = |_| "ann@example.com".to_owned();
    assert_eq!(guesses(&rates, ann, "192.0.2.1"), 3);
    assert_eq!(guesses(&rates, ann, "198.51.100.1"), 0, "from elsewhere");
    let refused = rates.may_sign_in("ann@example.com", address("192.0.2.1")).unwrap_err();
    assert_eq!(refused.retry_after_seconds, Some(10));
    // Of other accounts the network has 27 left, and the /48 of an address of IPv6 ten times what its /64 has.
    assert_eq!(
        guesses(&rates, |number| format!("{number}@example.com"), "192.0.2.1"),
        27
    );
    assert_eq!(
        guesses(&rates, |number| format!("a{number}@example.com"), "2001:db8:1:1::1"),
        30
    );
    let all: usize = (2..100)
        .map(|subnet| {
            let from = format!("2001:db8:1:{subnet:x}::1");
            guesses(&rates, |number| format!("{subnet}-{number}@example.com"), &from)
        })
        .sum();
    assert_eq!(all, 270);
    clock.advance(Duration::seconds(10));
    assert_eq!(guesses(&rates, ann, "203.0.113.1"), 1);
}

#[test]
fn right_passwords_take_nothing_and_open_their_network() {
    let (rates, _) = rates();
    let from = address("192.0.2.1");
    for _ in 0..1000 {
        rates.try_password("ann@example.com", from).unwrap().was_right();
    }
    // What strangers try elsewhere or beside her keeps her from nowhere where she was.
    assert_eq!(guesses(&rates, |_| "ann@example.com".to_owned(), "198.51.100.1"), 3);
    assert_eq!(
        guesses(&rates, |number| format!("{number}@example.com"), "192.0.2.1"),
        30
    );
    rates.try_password("ann@example.com", from).unwrap().was_right();
    assert!(rates.try_password("ann@example.com", address("203.0.113.1")).is_err());
    // Who guesses in her own network is slow, too.
    assert_eq!(guesses(&rates, |_| "ann@example.com".to_owned(), "192.0.2.1"), 3);
}

#[test]
fn guesses_at_once_are_no_more_than_one_after_another() {
    let (rates, _) = rates();
    let taken: Vec<_> = (0..10)
        .filter_map(|_| rates.try_password("ann@example.com", address("192.0.2.1")).ok())
        .collect();
    assert_eq!(taken.len(), 3);
    drop(taken);
    // What was never judged is given back.
    assert_eq!(guesses(&rates, |_| "ann@example.com".to_owned(), "192.0.2.1"), 3);
}

/// Five hundred people behind one address: each signs up, looks a code up, joins, opens a socket and asks for a few things.
#[tokio::test]
async fn a_hall_gets_in_with_the_defaults() {
    let rates = Rates::new(&RatesConfig::default(), &Clock::fixed(Utc::now()), Metrics::default());
    let hall = address("192.0.2.1");
    for _ in 0..500 {
        let person = user();
        // The page, and the sign-up.
        rates.enter(hall).unwrap();
        rates.enter(hall).unwrap();
        rates.check(&Caller::Anonymous, hall, RateKind::Password, 1).unwrap();
        rates.try_password("somebody", hall).unwrap().was_right();
        for _ in 0..3 {
            rates.enter(hall).unwrap();
            rates.check_user(person.user().unwrap()).unwrap();
        }
        rates
            .try_join_code(&person, hall, "7K3M9QXA")
            .await
            .unwrap()
            .was_right();
        // A socket: its upgrade, its first message, two operations.
        rates.enter(hall).unwrap();
        rates.enter(hall).unwrap();
        for _ in 0..2 {
            rates.check(&person, hall, RateKind::Request, 1).unwrap();
        }
    }
    // Some of them mistyped.
    for number in 0..50 {
        let person = user();
        let code = format!("7K3M9Q{number:02}");
        rates.try_join_code(&person, hall, &code).await.unwrap().was_wrong();
        rates
            .try_password(&format!("{number}@example.com"), hall)
            .unwrap()
            .was_wrong();
        rates.refresh_failed(hall).unwrap();
    }
}

#[tokio::test]
async fn wrong_codes_count_for_the_user_and_for_the_network() {
    let (rates, _) = rates();
    let ann = user();
    let tries =
        async |who: &Caller, code: usize| match rates.try_join_code(who, address("192.0.2.1"), &code.to_string()).await
        {
            Ok(guess) => {
                guess.was_wrong();
                true
            }
            Err(_) => false,
        };
    for number in 0..3 {
        assert!(tries(&ann, number).await);
    }
    assert!(!tries(&ann, 3).await);
    for number in 0..27 {
        assert!(tries(&Caller::Anonymous, number).await);
    }
    assert!(!tries(&user(), 4).await, "the network has no more");
    let elsewhere = rates.try_join_code(&user(), address("192.0.2.2"), "right").await;
    elsewhere.unwrap().was_right();
    for _ in 0..100 {
        rates
            .try_join_code(&user(), address("192.0.2.2"), "right")
            .await
            .unwrap()
            .was_right();
    }
}
