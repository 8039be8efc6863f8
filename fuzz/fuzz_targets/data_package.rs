#![no_main]

minewheel_fuzz::target!(data_package_zip);
