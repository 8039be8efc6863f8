#![no_main]

minewheel_fuzz::target!(payloads, events);
