//! Suites whose tests need a client: Terraform or OpenTofu.
//!
//! libtest has to know when it compiles which tests to ignore. These suites look when they run:
//! where there is no client, their tests are listed as ignored, with the reason, and it is said at
//! the end so that nobody takes silence for success. Where `CI` is set, they fail.
//!
//! Such a test target has `harness = false`, lists its functions with [`tests!`](crate::tests), and
//! begins like this:
//!
//! ```no_run
//! # mod adoption { pub(crate) fn tests() -> Vec<test_support::suite::Test> { Vec::new() } }
//! test_support::tests! { ; adoption }
//!
//! fn main() -> std::process::ExitCode {
//!     test_support::suite::run(test_support::suite::needing(test_support::client::ANY, tests()))
//! }
//! ```

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};

use crate::client::{Client, Needs};

/// Why a test does not run.
const REASON: &str = "needs terraform or tofu";

/// A test, and the name that it is listed and filtered by.
pub struct Test {
    name: String,
    body: Box<dyn FnOnce() + Send>,
    needs: Option<Needs>,
}

/// What can be a test: a function of nothing, or of a fixture. `Arguments` tells the two apart.
pub trait Body<Arguments>: Send + 'static {
    /// Runs it, and panics where it fails.
    fn run(self);
}

/// What a test starts from.
pub trait Fixture {
    /// Sets it up; it is dropped after the test.
    fn start() -> Self;
}

impl<F: FnOnce() + Send + 'static> Body<()> for F {
    fn run(self) {
        self();
    }
}

impl<F: FnOnce(&mut X) + Send + 'static, X: Fixture> Body<(X,)> for F {
    fn run(self) {
        self(&mut X::start());
    }
}

impl Test {
    /// For [`tests!`](crate::tests), which knows the path of the module.
    pub fn new<Arguments>(module: &str, name: &str, body: impl Body<Arguments>) -> Self {
        let within = module.split_once("::").map(|(_, within)| within);
        Self {
            name: within.map_or(name.to_owned(), |within| format!("{within}::{name}")),
            body: Box::new(|| body.run()),
            needs: None,
        }
    }
}

/// Makes a function `tests` of a module's tests, and of those in the modules behind a semicolon.
///
/// ```
/// mod inner {
///     fn third() {}
///
///     test_support::tests! { third }
/// }
///
/// fn first() {}
/// fn second() {}
///
/// test_support::tests! {
///     first,
///     second;
///     inner
/// }
/// # fn main() { assert_eq!(tests().len(), 3); }
/// ```
#[macro_export]
macro_rules! tests {
    ($($test:ident),* $(,)? $(; $($(#[$cfg:meta])* $module:ident),+ $(,)?)?) => {
        /// The tests of this module, and of those in it.
        pub(crate) fn tests() -> Vec<$crate::suite::Test> {
            let tests = [
                vec![$($crate::suite::Test::new(module_path!(), stringify!($test), $test)),*],
                $($($(#[$cfg])* $module::tests(),)+)?
            ];
            tests.into_iter().flatten().collect()
        }
    };
}

/// The same tests, which run only where there is a client, of these versions where they do not say
/// otherwise themselves.
pub fn needing(needs: Needs, tests: Vec<Test>) -> Vec<Test> {
    let needing = tests.into_iter().map(|test| Test {
        needs: test.needs.or(Some(needs)),
        ..test
    });
    needing.collect()
}

/// The same tests, with what each needs: the first row with which its name begins.
///
/// # Panics
///
/// If a row fits no test.
pub fn needing_by_name(rows: &[(&str, Needs)], mut tests: Vec<Test>) -> Vec<Test> {
    let row_of = |name: &str| rows.iter().position(|(row, _)| name.starts_with(row));
    let rows_used: BTreeSet<_> = tests.iter().filter_map(|test| row_of(&test.name)).collect();
    assert_eq!(rows_used.len(), rows.len(), "a row fits no test");
    for test in &mut tests {
        test.needs = row_of(&test.name).map(|row| rows[row].1).or(test.needs);
    }
    tests
}

/// Runs a suite as the command line says, which is that of libtest. To be returned from `main`.
pub fn run(tests: Vec<Test>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or_else(threads);
    if !arguments.nocapture {
        keep_panics();
    }
    let client = Client::find();
    let strict = std::env::var_os("CI").is_some();
    let show = arguments.nocapture;
    let trial = |test: Test| {
        let lacking = match (&client, &test.needs) {
            (_, None) => None,
            (None, Some(_)) if strict => Some(Err(REASON.into())),
            (None, Some(_)) => Some(Ok(Completion::ignored_with(REASON))),
            (Some(client), Some(needs)) => {
                let reason = client.lacks(needs);
                reason.map(|reason| Ok(Completion::ignored_with(reason)))
            }
        };
        let run = move || lacking.unwrap_or_else(|| attempt(test.body, show));
        Trial::ignorable_test(test.name, run)
    };
    let lacking = client.is_none();
    let conclusion = libtest_mimic::run(&arguments, tests.into_iter().map(trial).collect());
    if lacking {
        say_what_is_lacking(&conclusion, strict);
    }
    conclusion.exit_code()
}

/// Twice as many as there are processors: half of such a test is waiting for a process to start.
fn threads() -> Option<usize> {
    Some(2 * std::thread::available_parallelism().ok()?.get())
}

fn say_what_is_lacking(conclusion: &Conclusion, strict: bool) {
    let (count, what) = if strict {
        (conclusion.num_failed, "FAILED: CI is set, and there is")
    } else {
        (conclusion.num_ignored, "NOT RUN: there is")
    };
    if count > 0 {
        eprintln!(
            "!!! {count} tests {what} no terraform or tofu on the PATH.\n\
             !!! Install one of them, or name one in TF_ACC_TERRAFORM_PATH.\n"
        );
    }
}

thread_local! {
    /// What the test on this thread has noted; none where it may write as it goes.
    static NOTES: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Tells something that is to be read if the test fails.
pub fn note(text: &str) {
    let kept = NOTES.with_borrow_mut(|notes| notes.as_mut().map(|notes| *notes += text).is_some());
    if !kept {
        // libtest keeps this for itself, except with --nocapture.
        eprint!("{text}");
    }
}

/// Runs a test. What it has noted, its panic included, becomes the message of its failure.
fn attempt(body: Box<dyn FnOnce() + Send>, show: bool) -> Result<Completion, Failed> {
    NOTES.set((!show).then(String::new));
    let ended = catch_unwind(AssertUnwindSafe(body));
    let notes = NOTES.take().unwrap_or_default();
    match ended {
        Ok(()) => Ok(Completion::Completed),
        Err(_) => Err(notes.into()),
    }
}

/// Notes what panics on the thread of a test, instead of writing it between the results of others.
fn keep_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if NOTES.with_borrow(Option::is_none) {
            return usual(panic);
        }
        note(&format!("{panic}\n"));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            note(&format!("{backtrace}\n"));
        }
    }));
}
