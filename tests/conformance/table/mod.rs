//! What the provider does, as tables: a situation on the left, what comes of it on the right.
//!
//! A row can be checked against the documents that each table names, without reading code. Rows of
//! one table neither overlap nor leave a gap: `every_situation_has_one_row` tries all combinations.
//! Nor is there a row that no walk was in: that makes `no_walk_breaks_a_rule` fail.
//! `world::lookup` tells which situation a walk is in, and puts what the row says into values.
//!
//! | Table | Says |
//! |---|---|
//! | [`validity`] | which configurations are refused |
//! | [`reading`] | what follows from a reading, and when a change made elsewhere is noticed |
//! | [`sending`] | which keys, name and URL are sent, and why |
//! | [`showing`] | what a plan shows as known after apply, and what it becomes |
//! | [`warnings`] | what a plan warns of |
//! | [`memory`] | what is remembered of a key and of a write |

pub mod memory;
pub mod reading;
pub mod sending;
pub mod showing;
pub mod validity;
pub mod warnings;

use std::sync::atomic::{AtomicU64, Ordering};

test_support::tests! {
    every_situation_has_one_row
}

/// One side of a situation: a few cases that exclude each other.
pub trait Fact: Copy + std::fmt::Debug + 'static {
    const ALL: &'static [Self];
}

/// Declares facts.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident,)+ })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$case_doc])* $case,)+ }

        impl $crate::table::Fact for $name {
            const ALL: &'static [Self] = &[$(Self::$case,)+];
        }
    )+ };
}

/// A tuple of facts.
pub trait Situation: Copy + std::fmt::Debug + 'static {
    /// All combinations.
    fn all() -> Vec<Self>;
}

macro_rules! situation {
    ($($fact:ident)+) => {
        impl<$($fact: Fact),+> Situation for ($($fact,)+) {
            fn all() -> Vec<Self> {
                let all = vec![()];
                situation!(@ all, $($fact)+;)
            }
        }
    };
    (@ $all:ident, ;$($done:ident)*) => { $all };
    (@ $all:ident, $next:ident $($rest:ident)*; $($done:ident)*) => {{
        #[expect(non_snake_case, reason = "a variable for each type")]
        let $all: Vec<_> = $all
            .into_iter()
            .flat_map(|($($done,)*)| $next::ALL.iter().map(move |&$next| ($($done,)* $next,)))
            .collect();
        situation!(@ $all, $($rest)*; $($done)* $next)
    }};
}

situation!(A);
situation!(A B);
situation!(A B C);
situation!(A B C D);
situation!(A B C D E);

/// A row of a table.
pub struct Row<S: 'static, O: 'static> {
    title: &'static str,
    fits: fn(&S) -> bool,
    outcome: O,
}

/// Rows, of which exactly one fits each situation.
pub struct Table<S: 'static, O: 'static> {
    name: &'static str,
    rows: &'static [Row<S, O>],
    /// Which rows a walk has been in, a bit for each.
    met: AtomicU64,
}

impl<S: Situation, O: Copy> Table<S, O> {
    /// The rows that fit, with their numbers.
    fn fitting(&self, situation: &S) -> Vec<(usize, &'static Row<S, O>)> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| (row.fits)(situation)).collect()
    }

    /// What comes of a situation.
    pub fn look_up(&self, situation: S) -> O {
        let rows = self.fitting(&situation);
        let [(number, row)] = rows[..] else {
            panic!("{} rows of {} fit {situation:?}", rows.len(), self.name);
        };
        assert!(
            !row.title.starts_with(NEVER),
            "{}: {situation:?}",
            row.title
        );
        self.met.fetch_or(1 << number, Ordering::Relaxed);
        row.outcome
    }

    /// Situations that no row fits, or more than one.
    #[cfg(test)]
    fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        for situation in S::all() {
            let rows = self.fitting(&situation);
            if rows.len() != 1 {
                let titles: Vec<_> = rows.iter().map(|(_, row)| row.title).collect();
                flaws.push(format!("{}: {situation:?}: {titles:?}", self.name));
            }
        }
        for row in self.rows {
            if !S::all().iter().any(|situation| (row.fits)(situation)) {
                flaws.push(format!("{}: nothing fits {:?}", self.name, row.title));
            }
        }
        flaws
    }

    /// Rows that no walk has been in so far.
    fn unmet(&self) -> Vec<String> {
        let met = self.met.load(Ordering::Relaxed);
        let rows = self.rows.iter().enumerate();
        let unmet =
            rows.filter(|(number, row)| met & (1 << number) == 0 && !row.title.starts_with(NEVER));
        unmet
            .map(|(_, row)| format!("{}: {}", self.name, row.title))
            .collect()
    }
}

/// How the title of a row begins that stands for what cannot be.
const NEVER: &str = "never: ";

/// Declares a table. Left of `=>` stand patterns, one for each fact.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident: $situation:ty => $outcome:ty {
        $($title:literal: $fits:pat => $then:expr;)+
    }) => {
        $(#[$doc])*
        pub static $name: $crate::table::Table<$situation, $outcome> = $crate::table::Table {
            name: concat!(module_path!(), "::", stringify!($name)),
            rows: &[$($crate::table::Row {
                title: $title,
                fits: |situation| matches!(situation, $fits),
                outcome: $then,
            },)+],
            met: std::sync::atomic::AtomicU64::new(0),
        };
    };
}

pub(crate) use {facts, table};

/// Calls a method of all tables.
macro_rules! of_all {
    ($method:ident) => {
        [
            validity::KEYS.$method(),
            validity::BLOCKS.$method(),
            validity::KINDS.$method(),
            reading::READINGS.$method(),
            reading::TIMES.$method(),
            reading::VISIBLE.$method(),
            reading::EXPLANATIONS.$method(),
            reading::SIGNS.$method(),
            reading::SWITCHES.$method(),
            sending::DECIDED.$method(),
            sending::KEYS.$method(),
            sending::TEXTS.$method(),
            showing::PLANNED.$method(),
            showing::APPLIED.$method(),
            warnings::BLOCKS.$method(),
            warnings::VALUES.$method(),
            warnings::MISSING.$method(),
            warnings::REPLACES.$method(),
            warnings::FORGOTTEN.$method(),
            warnings::RENAMES.$method(),
            memory::KEYS.$method(),
            memory::LOSSES.$method(),
            memory::WRITES.$method(),
        ]
        .concat()
    };
}

/// Rows that no walk has been in so far.
pub fn unmet() -> Vec<String> {
    of_all!(unmet)
}

fn every_situation_has_one_row() {
    let flaws: Vec<String> = of_all!(flaws);
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}
