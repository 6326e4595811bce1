//! The shapes of a process file, worked out of its JSON Schema once: checking a file walks along them, and writing one takes
//! its comments from them.

use std::sync::LazyLock;

use peercircle_file::Book;

static PROCESS: LazyLock<Book> = LazyLock::new(|| Book::new(&crate::schema()));

/// The shapes of a process file.
pub(crate) fn process() -> &'static Book {
    &PROCESS
}

#[cfg(test)]
mod tests;
