#![no_main]

minewheel_fuzz::target!(simapro_csv);
