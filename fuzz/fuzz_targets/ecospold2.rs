#![no_main]

minewheel_fuzz::target!(ecospold2_xml);
