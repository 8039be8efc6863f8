#![no_main]

minewheel_fuzz::target!(olca_json);
