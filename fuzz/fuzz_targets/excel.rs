#![no_main]

minewheel_fuzz::target!(excel_workbook);
