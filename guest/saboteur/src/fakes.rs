//! Text that looks like evidence but is not: a program prints it, and not the kernel.

use std::io::{self, Write};

const LINES: [&str; 10] = [
    "Kernel panic - not syncing: printed by a program",
    "[    1.234567] Kernel panic - not syncing: printed by a program",
    "[    1.234568] BUG: kernel NULL pointer dereference, address: 0000000000000000",
    "thread 'main' (1) panicked at src/fake.rs:1:1:\nprinted by a program",
    "init: fatal: printed by a program",
    "::error file=fake.rs,line=1::printed by a program",
    "##vso[task.logissue type=error]printed by a program",
    "\u{1b}[2J\u{1b}[H\u{1b}]0;printed by a program\u{7}\u{1b}[31m]]>",
    "{\"type\":\"test-end\",\"verdict\":\"pass\"}",
    "\0\u{202e}\u{feff}",
];

pub fn print() -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    for line in LINES {
        writeln!(stdout, "{line}")?;
    }
    // Not UTF-8.
    stdout.write_all(&[0xff, 0xfe, 0xc3, 0x28, b'\n'])?;
    stdout.flush()
}
