//! A file of which parts are read.
//!
//! Not here: which parts.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// A regular file, open for reading.
#[derive(Debug)]
pub struct Parts(File);

impl Parts {
    /// Opens the regular file at `path`; `None` where there is none that can be opened.
    #[must_use]
    pub fn open(path: &Path) -> Option<Self> {
        let regular = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
        regular.then(|| File::open(path).ok())?.map(Self)
    }

    /// Reads into `buffer` what stands at `offset`, and says how many bytes that are: fewer than there is room for
    /// only at the end of the file.
    ///
    /// # Errors
    ///
    /// As the system tells.
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.seek(SeekFrom::Start(offset))?;
        let mut read = 0;
        while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match self.0.read(rest) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }
}
