//! How large the program is that people download.

use std::fs;

use crate::report::Row;

const MIB: u32 = 1024 * 1024;

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    let bytes = u32::try_from(fs::metadata(env!("CARGO_BIN_EXE_azpat"))?.len())?;
    let size = f64::from(bytes) / f64::from(MIB);
    Ok(vec![Row::at_most("size of the program", (size, 12.0), "MiB")])
}
