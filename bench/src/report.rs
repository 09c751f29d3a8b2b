//! The table on the terminal, and the same in `docs/benchmarks.md`.

use std::fmt::Write as _;

use crate::{
    measure::Phase,
    memory::Memory,
    part::{Found, Part},
    scenario::Goal,
};

/// A line on top of the one before.
pub fn heading() -> String {
    format!(
        "  {:<49} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}  {}",
        "", "kB", "p50", "p99", "p50·n", "p99·n", "req/s", "CPU", "db CPU", "goal"
    )
}

/// A row of the table.
pub struct Row {
    /// What was measured.
    pub name: String,
    /// With one connection.
    pub alone: Phase,
    /// With several.
    pub together: Phase,
    /// What it should stay under.
    pub goal: Option<Goal>,
    /// CPU time in units of the bare server's.
    pub times_bare: Option<f64>,
}

impl Row {
    /// Whether the goal is reached; none without a goal or without what it is compared with.
    fn reached(&self) -> Option<bool> {
        Some(match self.goal? {
            Goal::Latency(most) => self.alone.latency(0.5) < most,
            Goal::TimesBare(most) => self.times_bare? <= most,
        })
    }

    fn goal_text(&self) -> String {
        let mark = match self.reached() {
            Some(true) => "yes: ",
            Some(false) => "**no**: ",
            None => "",
        };
        match (self.goal, self.times_bare) {
            (Some(Goal::Latency(most)), _) => format!("{mark}p50 under {most} ms"),
            (Some(Goal::TimesBare(most)), Some(times)) => {
                format!("{mark}{times:.2} × the bare server, goal {most}")
            }
            _ => "–".to_owned(),
        }
    }

    /// The row for a terminal.
    pub fn line(&self) -> String {
        let cells = self.cells();
        let mut line = format!("  {:<49} {:>6}", self.name, cells[0]);
        for cell in &cells[1..] {
            let _ = write!(line, " {cell:>8}");
        }
        line + "  " + &self.goal_text().replace("**", "")
    }

    fn markdown(&self) -> String {
        format!(
            "| {} | {} | {} |\n",
            self.name,
            self.cells().join(" | "),
            self.goal_text()
        )
    }

    fn cells(&self) -> [String; 8] {
        let milliseconds = |value: f64| format!("{value:.2}");
        let cpu = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
        [
            format!("{:.1}", self.together.size as f64 / 1000.0),
            milliseconds(self.alone.latency(0.5)),
            milliseconds(self.alone.latency(0.99)),
            milliseconds(self.together.latency(0.5)),
            milliseconds(self.together.latency(0.99)),
            format!("{:.0}", self.together.rate),
            cpu(self.together.server_cpu),
            cpu(self.together.database_cpu),
        ]
    }
}

/// One database's figures.
pub struct Figures {
    /// `PostgreSQL 15.4`, ….
    pub database: String,
    /// The data set.
    pub data: String,
    /// The table.
    pub rows: Vec<Row>,
    /// At 50 connections.
    pub memory: Option<Memory>,
}

impl Figures {
    /// Memory against its goal.
    pub fn memory_text(&self) -> String {
        match &self.memory {
            Some(memory) => format!(
                "Memory of the server at 50 open connections (40 HTTP, 10 sockets), after all of the above: {:.0} MiB, \
                 {:.0} MiB at its highest (goal: under 128 MiB{}).",
                memory.now,
                memory.highest,
                if memory.now < 128.0 { "" } else { ", **missed**" }
            ),
            None => "Memory: unknown on this system.".to_owned(),
        }
    }

    fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n{}\n\n", self.database, self.data);
        text += "| | kB | p50 | p99 | p50·n | p99·n | req/s | CPU | db CPU | goal |\n";
        text += "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n";
        for row in &self.rows {
            text += &row.markdown();
        }
        text + "\n" + &self.memory_text() + "\n\n"
    }
}

/// How a run was made.
pub struct Run {
    /// Day and time.
    pub date: String,
    /// The commit.
    pub commit: String,
    /// What was typed.
    pub command: String,
    /// The machine.
    pub machine: String,
    /// How busy the machine was before anything was measured, when the system tells.
    pub load: Option<f64>,
    /// Connections of the columns `p50·n` to `db CPU`.
    pub connections: usize,
}

impl Run {
    /// When, what and where, in one line.
    pub fn circumstances(&self) -> String {
        let load = match self.load {
            Some(load) => format!("; load of the machine before it began: {load:.1}"),
            None => String::new(),
        };
        format!(
            "{}, commit {}, `{}`; {}{load}",
            self.date, self.commit, self.command, self.machine
        )
    }

    /// The whole page.
    pub fn markdown(&self, figures: &[Figures], parts: &str, engine: &str) -> String {
        let connections = self.connections;
        let circumstances = self.circumstances();
        let mut text = format!(
            "# Benchmarks\n\n\
             Written by `make bench` (the crate [`bench`](../bench)); a run overwrites it. `--only` with `transport`, `mixed`, \
             `sockets` or `attacks` renews that section alone, which says when and what it measured. Figures, not tests: a \
             slow one is marked, and nothing fails.\n\n\
             - {circumstances}\n\
             - Client, server and database share the machine. PostgreSQL runs with `fsync = off` \
             (`scripts/with-postgres`), so its changes do not wait for a disk; SQLite's do.\n\n\
             **Columns.** kB: mean size of an answer. p50, p99: milliseconds until the client has the whole answer, one \
             request at a time. p50·n to db CPU: with {connections} connections that never rest, so that latency is mostly \
             waiting for a core. CPU: milliseconds of CPU time of the server's process for one request (SQLite's own work \
             included); db CPU: of PostgreSQL's processes. Every row but the first sends an access token, so that each \
             includes its verification.\n\n"
        );
        for part in figures {
            text += &part.markdown();
        }
        text += parts;
        text += engine;
        text.trim_end().to_owned() + "\n"
    }
}

/// The section of a part, with what all databases show.
pub fn section(part: Part, run: &Run, found: &Found) -> String {
    let (title, introduction) = (part.title(), part.introduction());
    let Found { rows, notes } = found;
    format!(
        "## {title}\n\n{introduction}\n\n{}{rows}\n{notes}- Measured {}.\n\n",
        part.head(),
        run.circumstances()
    )
}

/// The page with one part's section in place of the one that it had, or with a new one.
pub fn with_section(page: &str, part: Part, section: &str) -> String {
    let heading = |title: &str| page.find(&format!("\n## {title}\n")).map(|newline| newline + 1);
    let place = match heading(part.title()) {
        Some(start) => {
            let next = page[start + 1..].find("\n## ");
            start..next.map_or(page.len(), |newline| start + newline + 2)
        }
        None => {
            let end = heading("The draw engine").unwrap_or(page.len());
            end..end
        }
    };
    let (before, after) = (page[..place.start].trim_end(), page[place.end..].trim_end());
    let text = format!("{before}\n\n{}\n\n{after}", section.trim_end());
    text.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Benchmarks\n\n## SQLite\n\nfast\n\n## The draw engine\n\nfair\n";

    #[test]
    fn a_new_section_goes_before_the_engine() {
        let page = with_section(PAGE, Part::Mixed, "## Mixed load\n\nsome\n\n");
        assert_eq!(
            page,
            "# Benchmarks\n\n## SQLite\n\nfast\n\n## Mixed load\n\nsome\n\n## The draw engine\n\nfair\n"
        );
    }

    #[test]
    fn a_section_is_renewed_where_it_stands() {
        let page = with_section(PAGE, Part::Mixed, "## Mixed load\n\nsome\n");
        let page = with_section(&page, Part::Sockets, "## Idle sockets\n\nmany\n");
        let again = with_section(&page, Part::Mixed, "## Mixed load\n\nmore\n");
        assert_eq!(again, page.replace("some", "more"));
    }

    #[test]
    fn a_page_without_an_engine_gets_its_section_at_the_end() {
        let page = with_section("# Benchmarks\n", Part::Transport, "## Transport\n\nlight\n");
        assert_eq!(page, "# Benchmarks\n\n## Transport\n\nlight\n");
        let again = with_section(&page, Part::Transport, "## Transport\n\nlighter\n");
        assert_eq!(again, "# Benchmarks\n\n## Transport\n\nlighter\n");
    }
}
