#![no_main]

minewheel_fuzz::target!(csv_tables);
