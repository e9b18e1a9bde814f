//! The rules, one file each, and [`ALL`], the only list of them.
//!
//! Not here: configuration files, the engine, rendering, the disk. Rules do not know each other.

// ENV
mod env001_syntax_error;
mod env002_loads_differently;
mod env003_runs_when_sourced;
mod env004_split_by_xargs;
mod env005_quotes_kept;
mod env006_ambiguous_hash;
mod env007_dollar_in_secret;
mod env008_duplicate_key;
mod env009_unclean_bytes;
mod env010_unportable_key;
mod env011_loose_assignment;
mod env012_unclosed_quote;
mod env013_unset_reference;
mod env014_loader_stops;
mod env015_style;
mod env101_required_missing;
mod env102_too_short;
mod env103_weak_secret;
mod env104_list_shape;
mod env105_dequoted_json;
mod env106_wrong_kind;
mod env107_production_flags;
mod env108_public_secret;
mod env109_real_secret;
mod env110_readable_by_others;
mod env111_shared_secret;
mod env112_unknown_setting;
mod env201_keys_disagree;
mod env202_same_secret;
mod env203_values_disagree;
mod env204_invalid_schema;

// CMP
mod cmp001_invalid_template;
mod cmp002_secret_fallback;
mod cmp003_secret_may_be_blank;
mod cmp004_shadowed_env_file;
mod cmp005_unread_env_file;
mod cmp006_shell_beats_env_file;
mod cmp007_host_variable;
mod cmp008_quoted_item;
mod cmp009_duplicate_item;
mod cmp010_changed_scalar;
mod cmp011_required_elsewhere;
mod cmp101_no_effect_override;
mod cmp102_appended_ports;
mod cmp103_moved_path;
mod cmp104_missing_reference;
mod cmp105_port_mismatch;
mod cmp106_different_secret;
mod cmp107_invalid_compose;
mod cmp201_literal_secret;
mod cmp202_url_credential;
mod cmp203_build_secret;
mod cmp204_secret_argument;
mod cmp301_floating_image;
mod cmp302_open_datastore;
mod cmp303_development_in_production;
mod cmp304_host_access;
mod cmp305_unattended_service;

// HOK
mod hok001_not_executable;
mod hok002_hook_name;
mod hok003_hook_place;
mod hok004_husky_format;
mod hok005_husky_shebang;
mod hok006_shebang;
mod hok007_missing_script;
mod hok101_match_in_assignment;
mod hok102_match_under_pipefail;
mod hok103_increment_from_zero;
mod hok104_dead_status_test;
mod hok105_last_test;
mod hok106_answer_as_command;
mod hok107_unbound_argument;
mod hok108_function_last_test;
mod hok201_split_names;
mod hok202_diff_filter;
mod hok203_worktree_scan;
mod hok204_names_after_cd;
mod hok205_lost_in_pipe;
mod hok206_hidden_failure;
mod hok207_ignored_check;
mod hok208_missing_tool_passes;
mod hok209_pattern;
mod hok210_read_without_input;
mod hok211_bashism;
mod hok212_no_verify;
mod hok213_wide_exclusion;

// DEP
mod dep001_sourced_env;
mod dep002_up_without_env_file;
mod dep003_restart_after_pull;
mod dep004_sed_version;
mod dep005_dies_at_first_finding;
mod dep006_dump_without_pipefail;
mod dep007_unverified_restore;
mod dep008_build_on_server;

// SEC
mod sample;
mod sec001_secrets;
mod sec005_public_ip;
mod sec006_ssh_target;
mod sec008_server_path;
mod sec009_large_file;
#[cfg(test)]
mod sec_tests;

mod read_by;

use std::sync::Arc;

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::document::env::EnvFile;
use crate::document::shell::Script;
use crate::project::{File, Project};
use crate::secrets::Own;

/// A rule: pure, infallible, and silent where it does not apply.
///
/// Each hook is one depth of understanding; a rule takes the ones it needs.
pub trait Rule: Sync {
    /// Its identity.
    fn meta(&self) -> &'static Meta;

    /// Whether it reports under the identities of many declared patterns rather than its own.
    fn stands_for_patterns(&self) -> bool {
        false
    }

    /// Looks at any checked text file by itself, while the tree is still being read: the files of a
    /// large tree are not all kept, so there is no project yet.
    fn check_text(&self, _file: &File, _found: &mut Findings<'_>) {}

    /// Looks at an env file.
    fn check_env(&self, _env: &EnvFile, _file: &File, _project: &Project<'_>, _found: &mut Findings<'_>) {}

    /// Looks at one compose file by itself.
    fn check_compose(
        &self,
        _compose: &ComposeFile,
        _file: &File,
        _project: &Project<'_>,
        _found: &mut Findings<'_>,
    ) {
    }

    /// Looks at a shell script: a file, or a Makefile's recipe.
    fn check_shell(&self, _script: &Script, _file: &File, _project: &Project<'_>, _found: &mut Findings<'_>) {
    }

    /// Looks at the files together.
    fn check_project(&self, _project: &Project<'_>, _found: &mut Findings<'_>) {}
}

pub(crate) use crate::diagnostic::meta;

/// Every rule, in the order of the codes. The patterns declared in `rules/secrets/` have identities of
/// their own behind the one rule that runs them; [`catalog`] lists those too.
#[rustfmt::skip]
pub static ALL: &[&dyn Rule] = &[
    // ENV
    &env001_syntax_error::SyntaxError,
    &env002_loads_differently::LoadsDifferently,
    &env003_runs_when_sourced::RunsWhenSourced,
    &env004_split_by_xargs::SplitByXargs,
    &env005_quotes_kept::QuotesKept,
    &env006_ambiguous_hash::AmbiguousHash,
    &env007_dollar_in_secret::DollarInSecret,
    &env008_duplicate_key::DuplicateKey,
    &env009_unclean_bytes::UncleanBytes,
    &env010_unportable_key::UnportableKey,
    &env011_loose_assignment::LooseAssignment,
    &env012_unclosed_quote::UnclosedQuote,
    &env013_unset_reference::UnsetReference,
    &env014_loader_stops::LoaderStops,
    &env015_style::Style,
    &env101_required_missing::RequiredMissing,
    &env102_too_short::TooShort,
    &env103_weak_secret::WeakSecret,
    &env104_list_shape::WrongListShape,
    &env105_dequoted_json::DequotedJson,
    &env106_wrong_kind::WrongKind,
    &env107_production_flags::ProductionFlags,
    &env108_public_secret::PublicSecret,
    &env109_real_secret::RealSecret,
    &env110_readable_by_others::ReadableByOthers,
    &env111_shared_secret::SharedSecret,
    &env112_unknown_setting::UnknownSetting,
    &env201_keys_disagree::KeysDisagree,
    &env202_same_secret::SameSecret,
    &env203_values_disagree::ValuesDisagree,
    &env204_invalid_schema::InvalidSchema,

    // CMP
    &cmp001_invalid_template::InvalidTemplate,
    &cmp002_secret_fallback::SecretFallback,
    &cmp003_secret_may_be_blank::SecretMayBeBlank,
    &cmp004_shadowed_env_file::ShadowedEnvFile,
    &cmp005_unread_env_file::UnreadEnvFile,
    &cmp006_shell_beats_env_file::ShellBeatsEnvFile,
    &cmp007_host_variable::HostVariable,
    &cmp008_quoted_item::QuotedItem,
    &cmp009_duplicate_item::DuplicateItem,
    &cmp010_changed_scalar::ChangedScalar,
    &cmp011_required_elsewhere::RequiredElsewhere,
    &cmp101_no_effect_override::NoEffectOverride,
    &cmp102_appended_ports::AppendedPorts,
    &cmp103_moved_path::MovedPath,
    &cmp104_missing_reference::MissingReference,
    &cmp105_port_mismatch::PortMismatch,
    &cmp106_different_secret::DifferentSecret,
    &cmp107_invalid_compose::InvalidCompose,
    &cmp201_literal_secret::LiteralSecret,
    &cmp202_url_credential::UrlCredential,
    &cmp203_build_secret::BuildSecret,
    &cmp204_secret_argument::SecretArgument,
    &cmp301_floating_image::FloatingImage,
    &cmp302_open_datastore::OpenDatastore,
    &cmp303_development_in_production::DevelopmentInProduction,
    &cmp304_host_access::HostAccess,
    &cmp305_unattended_service::UnattendedService,

    // HOK
    &hok001_not_executable::NotExecutable,
    &hok002_hook_name::UnknownHookName,
    &hok003_hook_place::HookPlace,
    &hok004_husky_format::HuskyFormat,
    &hok005_husky_shebang::HuskyShebang,
    &hok006_shebang::ShebangFaults,
    &hok007_missing_script::MissingScript,
    &hok101_match_in_assignment::MatchInAssignment,
    &hok102_match_under_pipefail::MatchUnderPipefail,
    &hok103_increment_from_zero::IncrementFromZero,
    &hok104_dead_status_test::DeadStatusTest,
    &hok105_last_test::LastTest,
    &hok106_answer_as_command::AnswerAsCommand,
    &hok107_unbound_argument::UnboundArgument,
    &hok108_function_last_test::FunctionLastTest,
    &hok201_split_names::SplitNames,
    &hok202_diff_filter::DiffFilter,
    &hok203_worktree_scan::WorktreeScan,
    &hok204_names_after_cd::NamesAfterCd,
    &hok205_lost_in_pipe::LostInPipe,
    &hok206_hidden_failure::HiddenFailure,
    &hok207_ignored_check::IgnoredCheck,
    &hok208_missing_tool_passes::MissingToolPasses,
    &hok209_pattern::PatternFaults,
    &hok210_read_without_input::ReadWithoutInput,
    &hok211_bashism::Bashism,
    &hok212_no_verify::NoVerify,
    &hok213_wide_exclusion::WideExclusion,

    // DEP
    &dep001_sourced_env::SourcedEnv,
    &dep002_up_without_env_file::UpWithoutEnvFile,
    &dep003_restart_after_pull::RestartAfterPull,
    &dep004_sed_version::SedVersion,
    &dep005_dies_at_first_finding::DiesAtFirstFinding,
    &dep006_dump_without_pipefail::DumpWithoutPipefail,
    &dep007_unverified_restore::UnverifiedRestore,
    &dep008_build_on_server::BuildOnServer,

    // SEC
    &sec001_secrets::PLAIN,
    &sec005_public_ip::PublicIp,
    &sec006_ssh_target::SshTarget,
    &sec008_server_path::ServerPath,
    &sec009_large_file::LargeFile,
];

/// The rule that stands for the declared patterns, with those that a project declares for itself.
#[must_use]
pub fn with_own(own: Arc<Own>) -> Box<dyn Rule> {
    Box::new(sec001_secrets::Secrets::with(own))
}

/// The identity of every rule and of every declared pattern, in the order of the codes.
#[must_use]
pub fn catalog() -> Vec<&'static Meta> {
    let mut metas: Vec<&'static Meta> = ALL.iter().map(|rule| rule.meta()).collect();
    metas.extend(crate::secrets::PATTERNS.iter().map(|pattern| &pattern.meta));
    // The rule that runs the patterns bears the identity of one of them; the other families keep their
    // place.
    metas.sort_by_key(|meta| (meta.family() == "SEC").then_some(meta.code));
    metas.dedup_by_key(|meta| meta.code);
    metas
}
