//! A line that is typed and not shown. The terminal gets its echo back in every case: Ctrl-C ends
//! the line here, not the program.

use std::io;

use secrecy::zeroize::Zeroizing;

/// Asks, and reads a line without showing it.
#[cfg(unix)]
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    use std::io::Write as _;

    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

    const INTERRUPT: u8 = 3;
    let stdin = io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
    silent.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
    tcsetattr(&stdin, OptionalActions::Flush, &silent)?;
    let mut stderr = io::stderr();
    // Whether it can be seen or not, the terminal must get its echo back.
    stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush()).ok();
    // Room enough that it does not grow, which would leave copies behind.
    let mut line = Zeroizing::new(String::with_capacity(8192));
    let read = read_line(&mut line, INTERRUPT);
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    writeln!(stderr)?;
    read.map(|()| line)
}

/// One byte after the other, so that nothing stays in a buffer.
#[cfg(unix)]
fn read_line(line: &mut String, interrupt: u8) -> io::Result<()> {
    let stdin = rustix::stdio::stdin();
    let mut byte = [0];
    while rustix::io::retry_on_intr(|| rustix::io::read(stdin, &mut byte))? == 1 {
        match byte[0] {
            b'\n' => return Ok(()),
            byte if byte == interrupt => return Err(io::Error::other("it was taken back")),
            byte if line.len() < 4096 => line.push(char::from(byte)),
            _ => {}
        }
    }
    Ok(())
}

/// Elsewhere nothing is typed that could be seen.
#[cfg(not(unix))]
pub(super) fn ask(_: &str) -> io::Result<Zeroizing<String>> {
    Err(io::Error::other("pipe the secret into azpat, since typing would show it"))
}
