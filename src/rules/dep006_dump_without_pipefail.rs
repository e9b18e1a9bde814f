//! DEP006: a dump is piped into a compressor, and nobody learns that it failed.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, Script};
use crate::project::{File, Project, hooks};
use crate::source::file_name;

use super::{Rule, meta};

/// Programs that dump a database.
const DUMPS: &[&str] = &["pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "mongodump"];

/// Programs that succeed on an empty input.
const COMPRESSORS: &[&str] = &["gzip", "pigz", "bzip2", "xz", "zstd", "lz4", "tee", "cat", "ssh"];

/// The rule.
#[derive(Debug)]
pub(super) struct DumpWithoutPipefail;

impl Rule for DumpWithoutPipefail {
    fn meta(&self) -> &'static Meta {
        meta!(
            "DEP006",
            "dump-without-pipefail",
            Error,
            Certain,
            "a failed dump leaves a small file and a status of 0"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for step in script.flow(hooks::launch(file, project)).steps {
            let context = step.context;
            let Some(name) = dump(step.command).filter(|_| context.position + 1 < context.of) else {
                continue;
            };
            let pipeline = step.item.pipelines().nth(step.index);
            let last = pipeline.and_then(|pipeline| pipeline.commands.last()).and_then(Command::simple);
            let compresses = last
                .and_then(|simple| simple.name())
                .is_some_and(|last| COMPRESSORS.contains(&file_name(last)));
            if context.options.pipefail || !compresses {
                continue;
            }
            let message = format!(
                "the pipeline has the status of its last command: where `{name}` fails, an empty backup is left and the status is 0"
            );
            let finding = found.push(step.command.span, message);
            if context.remote {
                finding.help("begin the remote command with `set -o pipefail;`");
            } else {
                finding.help("`set -o pipefail` before it, under bash");
            }
        }
    }
}

/// The dump that a command runs, in a container or not.
fn dump(command: &Command) -> Option<&str> {
    let words = command.simple()?.unwrapped();
    let first = words.first()?.literal()?;
    let runs = DUMPS.contains(&file_name(first))
        || matches!(file_name(first), "docker" | "docker-compose" | "podman" | "kubectl");
    let named = words.iter().filter_map(|word| word.literal()).find(|text| DUMPS.contains(&file_name(text)));
    named.filter(|_| runs).map(file_name)
}
