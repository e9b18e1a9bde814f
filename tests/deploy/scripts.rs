//! What the script on a server decides, held to this machine's `sh`, with a stand-in for what it calls.
//!
//! Not here: a server, an engine or a database; see the tests on the bed.

use std::process::Command;

/// A run in an empty folder: the script's words, then these. What was printed, and the exit code.
fn run(words: &str) -> (String, i32) {
    let folder = tempfile::tempdir().unwrap();
    let parts = ["base", "data", "stack", "ends"].map(|name| {
        let path = format!("{}/src/deploy/server/{name}.sh", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    });
    let script = format!(
        "ROOT=.\nRUN=20260101T000000Z-aaaaaa\nKIND=deploy\nPROJECT=shop\nENV_FILE=.env\nENV_SHA=\nFINGERPRINT=\nVERSION=2\n\
         COMMIT=c\nSERVICES='web new'\nALL='web db new'\nDATABASE=if-unchanged\nKEEP=5\n{}\n\
         mkdir -p \"$R\" \"$REL\"\nwatch() {{ :; }}\ncheck_data() {{ :; }}\nsleep() {{ :; }}\n{words}\n",
        parts.concat()
    );
    let output = Command::new("sh").args(["-c", &script]).env("HOME", folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (text.trim_end().to_owned(), output.status.code().unwrap_or(-1))
}

#[track_caller]
fn says(words: &str, wanted: &str) {
    assert_eq!(run(words).0, wanted, "{words}");
}

/// A database that is a file, and that somebody writes to while it is dumped.
const DATABASE: &str = r#"
asked() { echo id; }
room() { :; }
echo 7 >writes; echo a >rows
pg() { case $(cat) in *n_tup*) cat writes;; *) echo 64;; esac; }
docker() { printf -- '-- x\nCOPY public.t (a) FROM stdin;\n%s\n\\.\n\n-- PostgreSQL database dump complete\n' "$(cat rows)"; }
dump() { docker; printf 'count\t1\tpublic.t\ndump\t0\n' >"$4"; echo 8 >writes; }
"#;

#[test]
fn what_is_written_while_a_dump_is_taken_counts_as_written_after_it() {
    let words = "backup shop db u shop backups 5 0 100 || cat \"$R/note\"\ncat \"$R/shop.counter\" backups/*.counter writes";
    says(&format!("{DATABASE}{words}"), "7\n7\n8");
}

#[test]
fn backups_of_names_that_begin_alike_are_left_alone() {
    let words = r#"
mkdir backups; cd backups
for n in 1 2 3; do : >shop-audit-2025010${n}T000000Z-aaaaaa.sql.gz; : >shop-2-2025010${n}T000000Z-aaaaaa.sql.gz; done
: >shop-audit-20250101T000000Z-aaaaaa.sql.gz.part; : >shop-20250101T000000Z-aaaaaa.sql.gz.part; : >shop-20250101T000000Z-aaaaaa.sql.gz
cd ..
backup shop db u shop backups 1 0 100 || cat "$R/note"
ls backups | grep -v counte | sort"#;
    let left = "shop-2-20250101T000000Z-aaaaaa.sql.gz\nshop-2-20250102T000000Z-aaaaaa.sql.gz\n\
        shop-2-20250103T000000Z-aaaaaa.sql.gz\nshop-20260101T000000Z-aaaaaa.sql.gz\n\
        shop-audit-20250101T000000Z-aaaaaa.sql.gz\nshop-audit-20250101T000000Z-aaaaaa.sql.gz.part\n\
        shop-audit-20250102T000000Z-aaaaaa.sql.gz\nshop-audit-20250103T000000Z-aaaaaa.sql.gz";
    says(&format!("{DATABASE}export LC_ALL=C\n{words} | grep -v '\\.count'"), left);
}

#[test]
fn nothing_is_left_behind_only_where_that_was_seen() {
    let backed = "backup shop db u shop backups 5 0 100; echo shop db u shop >\"$R/databases\"\n";
    let asked = "if untouched; then echo untouched; else echo touched; fi";
    says(&format!("{DATABASE}{backed}{asked}"), "untouched");
    // As many rows as before, and another value in one.
    says(&format!("{DATABASE}{backed}echo b >rows; {asked}"), "touched");
    // The database does not answer.
    says(&format!("{DATABASE}{backed}docker() {{ return 1; }}; {asked}"), "touched");
    // Nobody took a backup.
    says(&format!("{DATABASE}: >\"$R/databases\"; {asked}"), "touched");
    let (_, code) = run(&format!("{DATABASE}: >\"$R/databases\"; mark migrated; failed"));
    assert_eq!(code, 5, "a failed migration without a backup");
    // What differs by itself is no difference.
    let same = "printf '\\\\restrict a\\nx\\nSELECT pg_catalog.setval(1);\\n\\\\unrestrict a\\n' | content; printf 'x\\n' | content";
    let (text, _) = run(same);
    let (one, two) = text.split_once('\n').unwrap();
    assert_eq!(one, two);
}

/// Containers are files in a folder; releases `old` (all but `new`) and `part` (`web` alone) ended well.
const RELEASES: &str = r#"
mkdir c; : >c/web; : >c/db
docker() {
  case $1 in
    ps) for w; do case $w in *service=*) [ ! -e "c/${w##*=}" ] || echo "${w##*=}";; esac; done;;
    rm) rm -f "c/$3"; echo "rm $3";;
    compose) shift; echo "$*" >>up;;
  esac
}
release() { mkdir -p "$S/releases/$1"; shift; }
for r in old part; do mkdir -p "$S/releases/$r"; echo -- >"$S/releases/$r/args"; echo "files-of-$r" >>"$S/releases/$r/args"; : >"$S/releases/$r/good"; done
printf 'web a\ndb b\n' >"$S/releases/old/pins"; printf 'web c\n' >"$S/releases/part/pins"
printf 'db old\n' >"$S/releases/part/others"; echo part >"$S/good"
printf 'web\ndb\n' >"$R/had"
echo A=1 >.env
shown() { sed 's/--no-build.*--wait-timeout 120//; s/-- *//' up; }
"#;

#[test]
fn each_service_goes_back_to_the_release_that_brought_it() {
    let (text, code) =
        run(&format!("{RELEASES}SERVICES='web db'; mark changed; (failed) >/dev/null; echo $?; shown"));
    assert_eq!((text.as_str(), code), ("4\nfiles-of-part up -d  web\nfiles-of-old up -d  db", 0));
    // What the failing run left alone is left alone.
    says(
        &format!("{RELEASES}SERVICES=db; mark changed; (failed) >/dev/null; shown"),
        "files-of-old up -d  db",
    );
    // A release that does not know how a service ran is not said to have brought it back.
    let lost = "rm \"$S/releases/part/others\"; SERVICES='web db'; mark changed; (failed) >/dev/null; echo $?\ngrep -c 'does not hold db' \"$R/journal\"; shown";
    says(&format!("{RELEASES}{lost}"), "5\n1\nfiles-of-part up -d  web");
}

#[test]
fn a_service_that_is_new_with_the_failing_run_goes_with_it() {
    let words = "SERVICES='web new'; : >c/new\nwatch() { \"$1\" health health_service new 1 0; }\nmark changed; (failed) >/dev/null; echo $?; ls c";
    says(&format!("{RELEASES}{words}"), "4\ndb\nweb");
}

#[test]
fn a_release_of_some_services_takes_over_the_others() {
    let words = r#"
echo "web d" >"$REL/pins"; KEEP=1; finish
cat "$REL/others"; ls "$S/releases" | tr '\n' ' '"#;
    // `old` is needed by what is left alone, and `part` is the one before.
    says(&format!("{RELEASES}{words}"), "db old\n20260101T000000Z-aaaaaa old part");
}

#[test]
fn only_a_release_that_ended_well_is_gone_back_to() {
    let words = r#"
mkdir "$S/releases/bad" "$S/releases/done"; for r in bad done; do echo 'web a' >"$S/releases/$r/pins"; done
echo '{"run":"done","kind":"deploy","code":0,"version":""}' >"$S/history"
echo '{"run":"bad","kind":"deploy","code":4,"version":""}' >>"$S/history"
for r in old done bad none; do if ended_well "$r"; then echo "$r"; fi; done"#;
    says(&format!("{RELEASES}{words}"), "old\ndone");
}

#[test]
fn an_env_file_that_cannot_be_put_back_ends_the_way_back() {
    let kept = "echo A=2 >\"$S/releases/part/env\"; ";
    says(&format!("{RELEASES}{kept}back_to part '*' && cat .env \"$R/env.failed\""), "A=2\nA=1");
    let broken =
        "put_env() { return 1; }; back_to part '*' || echo failed; [ -e up ] || echo nothing; cat .env";
    says(&format!("{RELEASES}{kept}{broken}"), "failed\nnothing\nA=1");
    says(
        "echo A=1 >.env; echo A=2 >f; mkdir d; mv .env d/e; ln -s d/e .env; put_env f; cat d/e; ls d",
        "A=2\ne",
    );
}

#[test]
fn the_release_holds_the_env_file_that_was_checked() {
    let words = r#"
docker() { :; }
echo A=1 >.env; ENV_SHA=$(sha256sum .env | cut -c1-64); echo 'web a' >"$REL/pins"
recheck && echo A=2 >.env && finish && cat "$REL/env""#;
    says(words, "A=1");
}

#[test]
fn compose_files_that_are_gone_make_no_release() {
    let words = r#"
docker() { case $1 in ps) echo id;; inspect) case $3 in *config_files*) echo "$FILES";; *working_dir*) pwd;; *Image*) echo reg/web:1;; esac;; *) :;; esac; }
echo 'services: {}' >a.yml
FILES=$PWD/a.yml,$PWD/gone.yml; adopt 2>/dev/null || cat "$R/note"; ls "$S/releases"; cat "$S/good" 2>/dev/null
FILES=$PWD/a.yml; adopt; cat "$R/note"; cut -d' ' -f1 "$S/releases/before-$RUN/pins" | tr '\n' ' '"#;
    says(
        words,
        "the compose files of what runs now are not there\n20260101T000000Z-aaaaaa\n\
         what runs now is kept as before-20260101T000000Z-aaaaaa\nweb new db",
    );
}

#[test]
fn a_rehearsal_never_sees_the_database_itself() {
    let stubs = r#"
echo f >"$R/shop.file"; copy_into() { :; }; drop() { :; }
container() { echo id; }; docker() { echo "URL=$URL_IS"; }
job() { printf '%s\n' "$URL"; }
try_it() { URL_IS=$1; rehearse web 9 shop db u shop url URL migrate 2>/dev/null || echo refused; }
"#;
    let cases = [
        ("postgres://shop:p@db/shop", "postgres://shop:p@db/envgate_rehearsal"),
        ("postgres://u:p@db/shop?sslmode=off", "postgres://u:p@db/envgate_rehearsal?sslmode=off"),
        ("postgres://u:p@db/shop?options=/shop", "postgres://u:p@db/envgate_rehearsal?options=/shop"),
        ("postgres://shop:p@db/shopping", "refused"),
        ("postgres://shop/live", "refused"),
        ("postgres://u:p@db/live?application_name=/shop", "refused"),
        ("postgres://u:p@db/shop?dbname=live", "refused"),
    ];
    for (url, wanted) in cases {
        says(&format!("{stubs}try_it '{url}'"), wanted);
    }
}

#[test]
fn answers_and_ends_are_read_whole() {
    let ask = |printed: &str| {
        format!("pg() {{ printf '{printed}'; }}; ask users pg db u d 'SELECT 1' || cat \"$R/note\"")
    };
    says(&ask(" 100 \\r\\n"), "100");
    says(&ask("100\\n8\\n"), "users: no number came back");
    says(&ask("1 0\\n"), "users: no number came back");
    // A step whose end could not be written down has failed; the one before does not speak for it.
    says(
        "echo 0 >\"$R/.rc\"; STEP=x; mask() { cat; rm -f \"$R/.rc\"; : >\"$R/.rc\"; }; attempt true || echo failed",
        "failed",
    );
}

#[test]
fn each_replica_has_to_be_well() {
    let words = r#"
containers() { echo a; echo b; }
docker() { shift 3; for one; do case $one in b) echo "0 t running $B";; *) echo "0 t running healthy";; esac; done; }
B=healthy; health_service web 0 0 && cat "$R/note"
B=unhealthy; health_service web 0 0 || echo sick"#;
    says(words, "web\nsick");
}

#[test]
fn files_that_are_there_are_used_as_what_they_are() {
    let path = format!("{}/src/deploy/server/put.sh", env!("CARGO_MANIFEST_DIR"));
    let words = format!(
        r#"
sum=$(printf abc | sha256sum | cut -c1-64); line="3 $sum 644 f/a b"
put() {{ {{ printf '%s\n' "$line"; printf abc; }} | ROOT=. D=x/files/1 NAMED=true LIST=$((${{#line}} + 1)) sh {path}; }}
put && cat "x/files/1/f/a b" && put && echo ' again'
echo other >"x/files/1/f/a b"; put || echo refused
ls x/files"#
    );
    says(&words, "abc again\nrefused\n1\n1.whole\na file was changed on the server: x/files/1/f/a b");
}
