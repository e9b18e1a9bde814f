//! Tables of lines and verdicts.
