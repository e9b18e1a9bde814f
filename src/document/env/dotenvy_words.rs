//! todo
pub(super) fn read(_sink: &mut super::loader::Sink<'_>) {}
