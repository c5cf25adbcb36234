#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_plugin::fuzzing;

fuzz_target!(|data: &[u8]| fuzzing::number(data));
