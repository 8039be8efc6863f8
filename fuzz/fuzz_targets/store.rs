#![no_main]

minewheel_fuzz::target!(database_file);
