#![no_main]

minewheel_fuzz::target!(formula_text);
