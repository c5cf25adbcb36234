//! What some clients do and others do not.

mod forget;
mod minimal_refresh;
mod mocks;

test_support::tests! {
    ;
    forget, minimal_refresh, mocks
}
