//! What a transcript comes to, for people. `draw/verify.py` writes the same lines.

use core::fmt::Write;

use super::report::{PrizeReport, Report};
use crate::{hex::Hex, shown::shown};

/// Winners of a prize that are listed for people.
const LISTED: usize = 20;

impl Report {
    /// The draw, the numbers to compare with those from before, and who holds which prize.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!(
            "Draw {} in {}\npolicyHash  {}\n",
            shown(&self.draw),
            shown(&self.room),
            self.policy_hash
        );
        let written = match &self.list {
            Some(list) => write!(text, "listRoot    {}\nentryCount  {}\n", Hex(list.root), list.n),
            None => writeln!(text, "listRoot    not frozen yet"),
        };
        let written = written.and_then(|()| writeln!(text, "key         {}", self.key));
        let written = written.and_then(|()| self.prizes.iter().try_for_each(|prize| summarize(prize, &mut text)));
        debug_assert!(written.is_ok(), "writing to a text does not fail");
        text
    }
}

fn summarize(prize: &PrizeReport, text: &mut String) -> core::fmt::Result {
    let (id, name, held) = (shown(&prize.id), shown(&prize.name), prize.winners.len());
    // Behind the id stands a word: digits beside letters that are read from the right would change their places.
    writeln!(
        text,
        "\nPrize {id} has {held} of {} held; its name is {name}",
        prize.quantity
    )?;
    for winner in prize.winners.iter().take(LISTED) {
        let claimed = if winner.claimed { ", claimed" } else { "" };
        writeln!(text, "  rank {:<6} entry {}{claimed}", winner.rank, winner.pid)?;
    }
    match held.checked_sub(LISTED) {
        Some(more @ 1..) => writeln!(text, "  and {more} more (--json lists them all)"),
        _ => Ok(()),
    }
}
