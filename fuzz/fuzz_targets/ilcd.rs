#![no_main]

minewheel_fuzz::target!(ilcd_xml);
