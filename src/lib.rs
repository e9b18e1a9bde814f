//! One gate between your configuration and production.
//!
//! The `envgate` command is the way to use this; the library is the same check for programs: [`check`] finds what is
//! wrong with a [`Project`], [`resolve`] says what each of its services gets.
//!
//! ```
//! use envgate::{Project, Severity};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("envgate-example-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! std::fs::write(folder.join(".env"), "PORT=8080\nPORT=8081\n")?;
//! std::fs::write(
//!     folder.join("compose.yaml"),
//!     "services:\n  web:\n    image: nginx:1.27\n    environment:\n      PORT: ${PORT}\n",
//! )?;
//! let project = Project::at(&folder).only(["ENV008"]);
//!
//! let report = envgate::check(&project)?;
//! assert_eq!((report.files, report.count(Severity::Error)), (2, 1));
//! let finding = &report.findings[0];
//! assert_eq!(finding.diagnostic.meta.name, "duplicate-key");
//! assert_eq!(finding.region.start.line, 1);
//!
//! let services = envgate::resolve(&project)?;
//! let port = &services[0].variables[0];
//! assert_eq!((services[0].name.as_str(), port.name.as_str(), port.line), ("web", "PORT", Some(2)));
//! assert_eq!(port.value.as_ref().map(|value| value.reveal()), Some("8081"));
//! assert_eq!(format!("{:?}", port.value), "Some(Value { bytes: 4 })");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! **Stability:** the command line, `envgate.yaml` and the JSON and SARIF reports are stable within a major version, the
//! names that this page lists within a minor one, and the modules behind them, which only the command and its tests
//! need, not at all.

// The floors, from the ground up: `source` (text and positions), `diagnostic` (what a rule says), `document` (text
// understood), `project` (the files together), `rules`, then `engine` which runs them, `render` which writes the report,
// and `commands` which puts the others together. Arrows go down only; `tests/architecture` holds the walls.

pub use commands::Error;
pub use commands::library::{Project, Service, Value, Variable, check, resolve};
pub use diagnostic::{Diagnostic, Finding, Fix, Label, Meta, Region, Report, Severity};

#[doc(hidden)]
pub mod baseline;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod commands;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod deploy;
#[doc(hidden)]
pub mod diagnostic;
#[doc(hidden)]
pub mod document;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod fix;
#[doc(hidden)]
pub mod git;
#[doc(hidden)]
pub mod lang;
#[doc(hidden)]
pub mod packs;
#[doc(hidden)]
pub mod project;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod secrets;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod suppress;
pub mod verify;
