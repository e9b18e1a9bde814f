//! What make exports to its recipes, as make itself does: each Makefile is run, and its recipe says what it got.
//!
//! Not here: what compose makes of it; see tests/resolve.rs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect,
    reason = "a test may die"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use envgate::document::makefile::{Around, exports};

struct Folder<'a>(&'a BTreeMap<&'a str, &'a str>);

impl Around for Folder<'_> {
    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path.trim_start_matches("./")).copied()
    }

    fn is_there(&self, path: &str) -> bool {
        self.0.contains_key(path.trim_start_matches("./"))
    }
}

/// What a recipe has in its environment that stands in no plain one.
fn made(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let run = |arguments: &[&str]| -> Output {
        let mut make = Command::new("make");
        make.args(arguments).current_dir(folder).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        make.output().expect("make is needed")
    };
    let output = run(&["--silent", "told"]);
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let own: BTreeSet<&str> = [
        "CURDIR",
        "GNUMAKEFLAGS",
        "MAKEFILE_LIST",
        "PATH",
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
        "MAKE_TERMOUT",
        "MAKE_TERMERR",
        "PWD",
        "OLDPWD",
        "_",
        "SHLVL",
    ]
    .into();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    Ok(pairs
        .filter(|(name, _)| !own.contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// The same as read; `None` for what is not known.
fn read(files: &BTreeMap<&str, &str>) -> BTreeMap<String, Option<String>> {
    let found = exports(files["Makefile"], &Folder(files));
    found.variables.into_iter().map(|one| (one.name, one.value)).collect()
}

fn written(files: &BTreeMap<&str, &str>) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(place.path().join(path), text).unwrap();
    }
    place
}

/// A recipe that tells its environment.
const TOLD: &str = "\ntold:\n\t@env -0\n";

const ENV: &str = "A=plain\nB=\"quoted val\"\nC='single # x'\nD=has # comment\nE=tail   \nF=pa$word\nG=do$$llar\n\
                   H=a\\#b\nI = spaced\nexport J=exported\nK=${A}/x\nL=$(A)y\nM=cont\\\n inued\nN=back\\slash\n\
                   O=http://x:y@z/p?q=1\nP:=imm\nR='it''s'\nS=#start\n T=lead\nU=a:b\nY=a\\ b\nZ=x\nZ=y\n";

fn same(makefile: &str) {
    let makefile = format!("{makefile}{TOLD}");
    let files = BTreeMap::from([
        ("Makefile", makefile.as_str()),
        (".env", ENV),
        ("crlf.env", "CR=one\r\nCS=two\r\n"),
        ("more.mk", "MORE = $(A)+\ninclude crlf.env\n"),
    ]);
    let place = written(&files);
    let made = made(place.path()).expect(&makefile);
    let read = read(&files);
    let known = read
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().unwrap_or_else(|| panic!("{name}: {makefile}"))));
    assert_eq!(known.collect::<BTreeMap<_, _>>(), made, "{makefile}");
}

#[test]
fn recipes_get_what_make_gives_them() {
    for makefile in [
        "include .env\nexport",
        "include .env",
        "include .env\nexport A B\nunexport J",
        "include crlf.env .env\nexport $(shell sed 's/=.*//' crlf.env)",
        "export\n-include gone.env\n-include .env\nunexport K",
        "ifneq (,$(wildcard ./.env))\n    include .env\n    export\nendif",
        "ifneq (\"$(wildcard gone.env)\",\"\")\ninclude gone.env\nelse\ninclude crlf.env\nendif\nexport",
        "ifeq ($(wildcard gone.env),)\nX=1\nelse ifeq (a,a)\nX=2\nelse\nX=3\nendif\nexport X",
        "ENV_FILE ?= .env\ninclude $(ENV_FILE)\nexport",
        "export TAG := v1\nexport REL = $(TAG)-$(X)\nX = late\nTAG = v2",
        "A = $(B)\nB := b\nC := $(A)\nB += more\nD ?= d\nD ?= e\nexport",
        "include .env\nA = after\nexport A",
        "A = before\ninclude .env\nexport A",
        "include more.mk .env\nexport",
        ".EXPORT_ALL_VARIABLES:\nX = y\na-b = z",
        "define X\nY = 1\nendef\nZ = 2\nexport Z",
        "other:\n\tA=1 ls\n\nA = real\nexport A",
        "X = a \\\n   b # c\nexport X",
        "X = a\\\\\\#b\nY = a\\\\# b\nexport X Y",
        "Y = 2\nexport Y",
        "X = prod # the environment\nifeq ($(X),prod)\nY = p\nelse\nY = d\nendif\nexport Y",
        "ifeq (a,a )\nY = p\nelse\nY = d\nendif\nexport Y",
        "ifeq (a ,a)\nY = p\nelse\nY = d\nendif\nexport Y",
        "TAG = real\nexport define A\nTAG = body\nendef\nunexport A\nexport TAG",
        "define A\ndefine B\nendef\nTAG = body\nendef\nTAG = real\nexport TAG",
        "include $(CURDIR)/.env\nexport A",
        "include .env\ninclude crlf.env\nexport $(shell cut -d= -f1 crlf.env)",
    ] {
        same(makefile);
    }
}

#[test]
fn what_a_caller_or_a_command_decides_is_not_known() {
    for makefile in [
        "X := $(shell date)\nexport X",
        "X != date\nexport X",
        "X = repo:$(TAG)\nexport X",
        "ENV ?= dev\nifeq ($(ENV),prod)\nX = 1\nelse\nX = 2\nendif\nexport X",
        "X = 0\nifdef CI\nX = 1\nendif\nexport X",
        "X = 0\nifdef CI\nexport X\nendif",
        "X = 0\nexport X\nifdef CI\nunexport X\nendif",
        "ifdef CI\nexport X = ci\nelse\nexport X = local\nendif",
        "X = $(X)\nexport X",
        "X = $@\nexport X",
        "export X",
        "X = dev\nexport X\nup: X = prod",
        "up: export X = prod\nexport X",
        "override X = a\nX = b\nexport X",
        "define X\nzz\nendef\nX ?= other\nexport X",
    ] {
        let files = BTreeMap::from([("Makefile", makefile)]);
        assert_eq!(read(&files), BTreeMap::from([("X".to_owned(), None)]), "{makefile}");
    }
    for makefile in [
        "include x.env\nexport $(shell grep -o '^[A-Z]*' x.env)",
        "include x.env\nifdef CI\nexport $(shell cut -d= -f1 x.env)\nendif",
        "X = def\nexport X\n-include conf/*.env",
        "X = def\nexport X\n-include $(wildcard conf/*.env)",
        "X = def\nexport X\nENV ?= prod\nifeq ($(ENV),prod)\ninclude prod.env\nendif",
        "X = def\nexport X\nENV := $(shell cat env)\n-include $(ENV).env",
        "X = def\nexport X\n-include ~/h.env",
        "X = a\nexport X\n$(eval X = b)",
        "X = a\nexport X\nup:\n\t$(eval X = b)",
        "X = a\nexport\nifndef CI\nunexport\nendif",
    ] {
        let files = BTreeMap::from([("Makefile", makefile), ("x.env", "A=1\n")]);
        assert_eq!(read(&files), BTreeMap::new(), "{makefile}");
    }
}

/// Files of which nobody can say that something in them stays in make.
#[test]
fn what_may_be_exported_is_not_called_kept_back() {
    for (makefile, kept) in [
        ("include .env", true),
        ("include .env\nexport A", true),
        ("include .env\nexport", false),
        ("cnf ?= .env\ninclude $(cnf)\nexport $(shell sed 's/=.*//' $(cnf))", false),
        ("include .env\nexport $(shell sed -e 's/#.*//' -e 's/=.*//' .env)", false),
        ("include .env\nexport $(shell grep -o '^[A-Z]*' .env)", false),
        ("VARS := $(shell sed 's/=.*//' .env)\ninclude .env\nexport $(VARS)", false),
        ("include .env\nifndef NO_EXPORT\nexport\nendif", false),
        ("include .env\nup: export A := $(A)", false),
    ] {
        let files = BTreeMap::from([("Makefile", makefile), (".env", "A=1\nB=2\n")]);
        let found = exports(makefile, &Folder(&files));
        assert_eq!(found.included.iter().map(|one| one.kept_back).collect::<Vec<_>>(), [kept], "{makefile}");
    }
}

#[test]
fn hostile_makefiles_end() {
    let many: String = (0..20_000).map(|at| format!("A{at}=1\n")).collect();
    let doubled: String = (0..64).map(|at| format!("A{} := $(A{at})$(A{at})\n", at + 1)).collect();
    let nested = "ifeq (a,a)\n".repeat(100_000);
    for text in [
        format!("A0 := xxxxxxxx\n{doubled}export\n"),
        format!("{nested}X = 1\nexport\n"),
        "include Makefile\ninclude Makefile\nexport\n".to_owned(),
        format!("export X = {}\n", "$(A".repeat(50_000)),
        format!("{}{}", "ifeq (a,a)\n".repeat(50_000), "X = 1\n".repeat(50_000)),
        format!("include x.env\n{}", "export $(shell sed 's/=.*//' x.env)\n".repeat(20_000)),
    ] {
        let files = BTreeMap::from([("Makefile", text.as_str()), ("x.env", many.as_str())]);
        let bytes: usize = read(&files).values().flatten().map(String::len).sum();
        assert!(bytes < 8 << 20, "{bytes}");
    }
}
