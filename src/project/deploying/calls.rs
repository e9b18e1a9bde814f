//! The words of single commands: what runs inside a container, and the options of PostgreSQL's clients.
//!
//! Not here: which script they stand in.

use crate::source::file_name;

/// Words of a command, `None` where one is not known.
pub(super) type Words<'a> = &'a [Option<String>];

/// docker's and compose's options that take a value of their own, before the name of the container.
const WITH_VALUE: &[&str] = &[
    "-e",
    "--env",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--index",
    "--env-file",
    "--detach-keys",
    "--name",
    "-v",
    "--volume",
    "-p",
    "--publish",
    "--entrypoint",
    "-l",
    "--label",
    "-f",
    "--file",
    "--profile",
    "--project-name",
    "--project-directory",
];

/// The container or service, and the command inside it, of `docker exec`, `docker compose exec` and
/// `docker compose run`.
pub(super) fn inside(words: Words<'_>) -> Option<(&str, Words<'_>)> {
    let name = file_name(words.first()?.as_deref()?);
    if name != "docker" && name != "docker-compose" {
        return None;
    }
    let at = words.iter().position(|word| matches!(word.as_deref(), Some("exec" | "run")))?;
    if words.get(1..at)?.iter().flatten().any(|word| word == "build" || word == "push") {
        return None;
    }
    let rest = without_options(words.get(at + 1..)?, WITH_VALUE)?;
    Some((rest.first()?.as_deref()?, rest.get(1..)?))
}

/// The words from the first that is no option on.
fn without_options<'a>(mut words: Words<'a>, with_value: &[&str]) -> Option<Words<'a>> {
    loop {
        match words.first()?.as_deref() {
            Some(option) if option.starts_with('-') => {
                let skipped = 1 + usize::from(with_value.contains(&option));
                words = words.get(skipped..)?;
            }
            _ => return Some(words),
        }
    }
}

/// Who asks which database what.
#[derive(Debug, Default)]
pub(super) struct Postgres {
    pub(super) user: Option<String>,
    pub(super) database: Option<String>,
    pub(super) query: Option<String>,
}

/// The options of `pg_dump` and `psql`.
pub(super) fn postgres(words: Words<'_>) -> Postgres {
    let mut found = Postgres::default();
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        let Some(word) = word.as_deref() else { continue };
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
            _ => (word, None),
        };
        let mut value = || attached.clone().or_else(|| rest.next().cloned().flatten());
        match option {
            "-U" | "--username" => found.user = value(),
            "-d" | "--dbname" => found.database = value(),
            "-c" | "--command" => found.query = value(),
            "-h" | "--host" | "-p" | "--port" | "-f" | "--file" | "-F" | "--format" | "-n" | "-N" | "-T"
            | "-v" | "--set" | "-P" | "-j" | "-Z" => drop(value()),
            _ if short(option, "-U").is_some() => found.user = short(option, "-U"),
            _ if short(option, "-d").is_some() => found.database = short(option, "-d"),
            // `-tAc QUERY`
            _ if bundled(option, 'c') => found.query = value(),
            _ if bundled(option, 'U') => found.user = value(),
            _ if bundled(option, 'd') => found.database = value(),
            _ if !option.starts_with('-') && found.database.is_none() => {
                found.database = Some(option.to_owned());
            }
            _ => {}
        }
    }
    found
}

fn short(option: &str, name: &str) -> Option<String> {
    option.strip_prefix(name).filter(|rest| !rest.is_empty()).map(str::to_owned)
}

/// Whether options of `psql` without values stand before one that has one, in one word.
fn bundled(option: &str, last: char) -> bool {
    let flags = option.strip_prefix('-').and_then(|rest| rest.strip_suffix(last));
    flags.is_some_and(|flags| !flags.is_empty() && flags.chars().all(|flag| "tAqX1xnw".contains(flag)))
}

/// The table of a query that counts the rows of one, and the query without its semicolon.
pub(super) fn counted(query: &str) -> Option<(String, String)> {
    let query = query.trim().trim_end_matches(';').trim_end();
    let lower = query.to_ascii_lowercase();
    let counts = lower.starts_with("select") && lower.matches("count(").count() == 1 && !query.contains(';');
    let from = lower.find(" from ").filter(|_| counts && !lower.contains("group by"))?;
    let table = query.get(from + 6..)?.split_whitespace().next()?;
    let name: String =
        table.chars().filter(|one| one.is_ascii_alphanumeric() || matches!(one, '.' | '_' | '-')).collect();
    Some((name.trim_matches(['.', '-']).to_owned(), query.to_owned()))
}

/// The collection of an expression that counts its documents, and that expression alone.
pub(super) fn documents(expression: &str) -> Option<(String, String)> {
    let start = expression.find("db.")?;
    let rest = expression.get(start + 3..)?;
    let counting = [".countDocuments(", ".estimatedDocumentCount(", ".count("];
    let at = counting.iter().filter_map(|name| rest.find(name)).min()?;
    let name =
        rest.get(..at).filter(|name| name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_'))?;
    let open = at + rest.get(at..)?.find('(')?;
    let mut depth = 0_u32;
    for (offset, one) in rest.get(open..)?.char_indices() {
        match one {
            '(' => depth += 1,
            ')' if depth == 1 => {
                return Some((name.to_owned(), format!("db.{}", rest.get(..=open + offset)?)));
            }
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Whether a command changes a schema, as the usual tools are called for it.
pub(super) fn migrates(words: Words<'_>) -> bool {
    let text: Vec<&str> = words.iter().map(|word| word.as_deref().unwrap_or_default()).collect();
    let text = text.join(" ");
    let named = [
        "alembic upgrade",
        "manage.py migrate",
        "prisma migrate deploy",
        "db:migrate",
        "migrate:latest",
        "migration:run",
        "migration run",
        "flyway migrate",
        "liquibase update",
        "artisan migrate",
        "goose up",
        "dbmate up",
        "sqlx migrate run",
    ];
    named.iter().any(|name| text.contains(name))
}

#[cfg(test)]
mod tests {
    use super::{counted, documents, inside, migrates, postgres};

    fn words(line: &str) -> Vec<Option<String>> {
        line.split(' ').map(|word| (word != "?").then(|| word.to_owned())).collect()
    }

    #[test]
    fn what_runs_inside_a_container() {
        for (line, name, command) in [
            ("docker exec -i -e A=b pg psql -U x", "pg", "psql -U x"),
            ("docker compose -f a.yml exec -T pg pg_dump shop", "pg", "pg_dump shop"),
            ("docker-compose run --rm --no-deps web alembic upgrade head", "web", "alembic upgrade head"),
        ] {
            let words = words(line);
            let (found, rest) = inside(&words).unwrap();
            let rest: Vec<&str> = rest.iter().flatten().map(String::as_str).collect();
            assert_eq!((found, rest.join(" ").as_str()), (name, command), "{line}");
        }
        for line in ["docker build -t run .", "docker compose up -d", "ssh exec web x", "docker exec -i"] {
            assert!(inside(&words(line)).is_none(), "{line}");
        }
    }

    #[test]
    fn clients_are_told_who_and_where() {
        for (line, user, database) in [
            ("pg_dump -U me -d shop --clean", Some("me"), Some("shop")),
            ("pg_dump --username=me shop", Some("me"), Some("shop")),
            ("pg_dump -Ume -Fc -h db shop", Some("me"), Some("shop")),
            ("pg_dump -U ? shop", None, Some("shop")),
            ("psql -U me shop -tAc Q", Some("me"), Some("shop")),
        ] {
            let found = postgres(&words(line));
            assert_eq!((found.user.as_deref(), found.database.as_deref()), (user, database), "{line}");
        }
        assert_eq!(postgres(&words("psql -U me shop -tAc Q")).query.as_deref(), Some("Q"));
    }

    #[test]
    fn counts_are_queries_that_give_one_number() {
        let (name, query) = counted(" SELECT COUNT(*) as n FROM kpis; ").unwrap();
        assert_eq!((name.as_str(), query.as_str()), ("kpis", "SELECT COUNT(*) as n FROM kpis"));
        for query in
            ["SELECT * FROM a", "SELECT count(*) FROM a GROUP BY b", "SELECT count(*) FROM a; DROP x"]
        {
            assert!(counted(query).is_none(), "{query}");
        }
        let (name, eval) = documents("print('users:', db.users.countDocuments({a: f(1)}))").unwrap();
        assert_eq!((name.as_str(), eval.as_str()), ("users", "db.users.countDocuments({a: f(1)})"));
        assert!(documents("db.users.find()").is_none() && documents("db.a.count(").is_none());
        assert!(migrates(&words("python manage.py migrate")) && !migrates(&words("alembic current")));
    }
}
