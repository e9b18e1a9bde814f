//! The gated deploy: what is there is surveyed, a plan is made of it, the gate judges it, and only what the
//! gate has let through is executed.
//!
//! Not here: how findings are made, and how anything looks. The work on a server is done by a script of its
//! own that outlives the connection; see `server/`.

pub mod effect;
pub mod env_files;
pub mod execute;
pub mod facts;
pub mod follow;
pub mod gate;
pub mod here;
pub mod images;
pub mod interrupt;
pub mod journal;
pub mod markdown;
pub mod mask;
pub mod mounted;
pub mod overlay;
pub mod plan;
pub mod preview;
pub mod release;
pub mod report;
pub mod script;
pub mod settings;
pub mod steps;
pub mod survey;
pub mod transport;
