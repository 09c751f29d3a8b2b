//! What people type or read: dice, times, policies.

use std::collections::HashSet;

use draw::{DiceError, Level, Policy, PolicyError, Time, check_dice};
use proptest::prelude::*;

use super::builder::{DICE, sample};

#[test]
fn dice_are_throws() {
    assert_eq!(check_dice(DICE), Ok(()));
    assert_eq!(check_dice(&DICE[..25]), Ok(()));
    assert_eq!(check_dice(&DICE[..24]), Err(DiceError::TooShort(24)));
    assert_eq!(check_dice(""), Err(DiceError::TooShort(0)));
    let long: String = DICE.chars().cycle().take(1001).collect();
    assert_eq!(check_dice(&long[..1000]), Ok(()));
    assert_eq!(check_dice(&long), Err(DiceError::TooLong(1001)));
    let no_throw = |place, found| Err(DiceError::NoThrow { place, found });
    assert_eq!(check_dice("316524a"), no_throw(7, 'a'));
    assert_eq!(check_dice("0"), no_throw(1, '0'));
    assert_eq!(check_dice("17"), no_throw(2, '7'));
    assert_eq!(check_dice("1 "), no_throw(2, ' '));
    assert_eq!(check_dice("12\u{0663}"), no_throw(3, '\u{0663}'));
    assert_eq!(check_dice(&"5".repeat(25)), Err(DiceError::AllEqual('5')));
    assert_eq!(check_dice(&"12".repeat(20)), Err(DiceError::Repeating(2)));
    assert_eq!(
        check_dice(&format!("{}123", "12345611".repeat(3))),
        Err(DiceError::Repeating(8))
    );
    assert_eq!(check_dice(&"123456112".repeat(3)), Ok(()));
    assert_eq!(check_dice(&format!("{}6", "1".repeat(24))), Ok(()));
}

#[test]
fn times_that_everybody_knows() {
    let known = [
        ("1970-01-01T00:00:00.000Z", 0),
        ("2000-02-29T12:34:56.789Z", 951_827_696_789),
        ("2023-09-15T11:00:03.000Z", 1_694_775_603_000),
        ("2038-01-19T03:14:08.000Z", 2_147_483_648_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ];
    for (text, milliseconds) in known {
        assert_eq!(text.parse(), Ok(Time(milliseconds)));
        assert_eq!(Time(milliseconds).to_string(), text);
    }
}

#[test]
fn every_day_from_1970_to_9999_is_there_once() {
    let (mut day, mut last) = (0, String::new());
    while day < 2_932_897 {
        let time = Time(day * 86_400_000);
        let text = time.to_string();
        assert!(text > last && text.len() == 24, "{text}");
        assert_eq!(text.parse(), Ok(time));
        last = text;
        day += 1;
    }
    assert!(last.starts_with("9999-12-31"));
}

#[test]
fn what_is_no_time_is_refused() {
    let wrong = [
        "",
        "2023-09-15",
        "2023-09-15T10:00:00Z",
        "2023-09-15T10:00:00.00Z",
        "2023-09-15T10:00:00.0000Z",
        "2023-09-15T10:00:00,000Z",
        "2023-09-15t10:00:00.000Z",
        "2023-09-15T10:00:00.000z",
        "2023-09-15 10:00:00.000Z",
        "2023-09-15T24:00:00.000Z",
        "2023-09-15T10:60:00.000Z",
        "2023-09-15T10:00:60.000Z",
        "2023-00-15T10:00:00.000Z",
        "2023-13-15T10:00:00.000Z",
        "2023-09-00T10:00:00.000Z",
        "2023-09-31T10:00:00.000Z",
        "2023-02-29T10:00:00.000Z",
        "2100-02-29T10:00:00.000Z",
        "1969-12-31T23:59:59.999Z",
        "+023-09-15T10:00:00.000Z",
        "2023-09-15T10:00:00.-00Z",
        "2023-09-15T1\u{0663}:00:00.000Z",
    ];
    for text in wrong {
        assert!(text.parse::<Time>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn times_are_what_they_say(milliseconds in 0..253_402_300_800_000_i64) {
        prop_assert_eq!(Time(milliseconds).to_string().parse(), Ok(Time(milliseconds)));
    }

    #[test]
    fn any_number_can_be_shown(milliseconds: i64) {
        prop_assert!(Time(milliseconds).to_string().ends_with('Z'));
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = text.parse::<Time>();
        let _ = check_dice(&text);
        let _ = draw::Chain::by_hash(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let result = draw::verify(bytes.as_slice(), &mut |_| ());
        prop_assert!(result.is_err());
        prop_assert!(draw::Receipt::parse(&bytes).is_err());
    }
}

#[test]
fn a_policy_is_its_canonical_text() {
    let policy = sample(Level::L0).policy;
    let text = policy.canonical();
    assert!(text.starts_with(
        "{\"claim_window_seconds\":3600,\"closes_at\":\"2023-09-15T09:00:00.000Z\",\"drand\":null,\"draw\":"
    ));
    assert!(text.contains("\"name\":\"Größtes \\\"Los\\\" \u{1f3c6}\\nprize_a\""));
    assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
    assert_eq!(policy.hash(), draw::sha256(&[text.as_bytes()]));
    let mut hashes = HashSet::from([policy.hash()]);
    let changes: [fn(&mut Policy); 5] = [
        |policy| policy.review = true,
        |policy| policy.supersedes = Some("draw_0".into()),
        |policy| policy.claim_window_seconds = None,
        |policy| policy.prizes.swap(0, 1),
        |policy| policy.closes_at = None,
    ];
    for change in changes {
        let mut other = policy.clone();
        change(&mut other);
        assert!(hashes.insert(other.hash()), "the hash does not notice");
    }
}

#[test]
fn a_policy_says_what_is_wrong_with_it() {
    let whole = sample(Level::L0).policy;
    let message = |change: fn(&mut Policy)| {
        let mut policy = whole.clone();
        change(&mut policy);
        policy.check().unwrap_err().to_string()
    };
    assert_eq!(whole.check(), Ok(()));
    assert_eq!(
        message(|policy| policy.prizes[1].quantity = 0),
        "prizes[1].quantity is 0; it must be 1 to 1000000"
    );
    assert_eq!(
        message(|policy| policy.prizes.clear()),
        "it has 0 prizes; there must be 1 to 1000"
    );
    assert_eq!(
        message(|policy| policy.closes_at = Some(Time(-1))),
        PolicyError::Time("closes_at").to_string()
    );
}
