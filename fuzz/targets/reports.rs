#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| envgate_fuzz::reports(data));
