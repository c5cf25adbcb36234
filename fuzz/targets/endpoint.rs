#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_incident::fuzzing;

fuzz_target!(|data: &[u8]| fuzzing::endpoint(data));
