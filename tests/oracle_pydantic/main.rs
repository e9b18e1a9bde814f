//! What pydantic refuses is what we report, and what it takes is not: the same classes and environments through
//! the real pydantic, version 2 and the version 1 that it carries along.
//!
//! `ENVGATE_PYDANTIC` names the Python that has pydantic and pydantic-settings; `tests/run` installs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

mod files;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use envgate::diagnostic::{Diagnostic, Severity};
use envgate::engine::{self, Input, Selection, Settings};
use envgate::source::{PathKind, Tree};

/// A project: Python files, and one environment.
#[derive(Clone, serde::Serialize)]
struct Case {
    files: BTreeMap<String, String>,
    env: BTreeMap<String, String>,
}

struct Disk(BTreeMap<String, Vec<u8>>);

impl Tree for Disk {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.0.contains_key(path).then_some(PathKind::File)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

impl Case {
    fn new(source: &str, env: &str) -> Self {
        let files = source.split("### ").filter(|part| !part.trim().is_empty()).map(|part| {
            let (path, text) = part.split_once('\n').unwrap();
            (path.trim().to_owned(), text.to_owned())
        });
        let files = if source.starts_with("### ") {
            files.collect()
        } else {
            BTreeMap::from([("config.py".to_owned(), source.to_owned())])
        };
        let pairs = env.split(' ').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.replace('~', " "))
        });
        Self { files, env: pairs.collect() }
    }

    /// Whether we report something that a start would stumble over.
    fn is_reported(&self) -> bool {
        // An env file with nothing in it says nothing about itself.
        let lines = self.env.iter().map(|(name, value)| format!("{name}='{value}'\n"));
        let rules = ["ENV101", "ENV102", "ENV104", "ENV105", "ENV106"];
        let findings = self.findings(Some(lines.collect()), &rules);
        findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// What these rules find in the files, beside an env file of this text.
    fn findings(&self, env: Option<String>, rules: &[&str]) -> Vec<Diagnostic> {
        let mut files: BTreeMap<String, Vec<u8>> =
            self.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
        files.extend(env.map(|env| (".env".to_owned(), env.into_bytes())));
        let inputs: Vec<Input> = files
            .keys()
            .map(|path| Input {
                path: path.clone(),
                tracked: None,
                mode: None,
                hook: false,
                checked: true,
                lines: None,
            })
            .collect();
        let only = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let selection = Selection { only, ..Selection::default() };
        let mut settings = Settings { selection, ..Settings::default() };
        engine::check(&inputs, &mut settings, &Disk(files)).unwrap().findings
    }
}

fn refused(cases: &[Case]) -> Vec<bool> {
    let python = std::env::var_os("ENVGATE_PYDANTIC")
        .expect("ENVGATE_PYDANTIC is not set: `tests/run` installs pydantic and sets it");
    let mut child = Command::new(python)
        .arg("tests/pydantic/ask.py")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(cases).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "pydantic could not be asked");
    serde_json::from_slice(&output.stdout).unwrap()
}

const TWO: &str = "from typing import *\nfrom enum import Enum\nfrom uuid import UUID\nfrom pydantic import *\n\
    from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict\n\n";
const ONE: &str = "from typing import *\nfrom enum import Enum\nfrom pydantic.v1 import *\nfrom pydantic.v1 import BaseSettings\n\n";

/// Every annotation with every value: `X` is read as it, beside a field that is always there.
#[allow(clippy::too_many_lines, reason = "a table is as long as its rows")]
fn annotations(found: &mut Vec<(String, Case)>) {
    let values = "x= x=~ x=true x=True x=t x=Y x=off x=0 x=1 x=2 x=~1 x=1~ x=1.0 x=1.5 x=+1 x=-1 x=01 x=1_000 x=1__0 \
        x=_1 x=1e3 x=inf x=nan x=.5 x=1. x=abc x=1,5 x=0x10 x=dev x=DEV x=prod x=a,b x=[\"a\",\"b\"] x=[a,b] x=[] x={} \
        x={\"a\":1} x=http://a x=a.b x=://x x=http:// x=redis://x x=postgres://u:p@h/d x=mailto:x x=http://a~b x=HTTP://A \
        x=10.0.0.1 x=::1 x=10.0.0.256 x=123e4567-e89b-12d3-a456-426614174000 x=123e4567e89b12d3a456426614174000 \
        x=99999999999999999999 x=65536 x=nobody";
    let annotations = [
        "bool",
        "int",
        "float",
        "Optional[int]",
        "int | None",
        "PositiveInt",
        "NonNegativeInt",
        "PositiveFloat",
        "Annotated[int, Field(gt=0, le=10)]",
        "conint(ge=1)",
        "Literal['dev', 'prod']",
        "Mode",
        "UUID",
        "IPvAnyAddress",
        "AnyHttpUrl",
        "AnyUrl",
        "PostgresDsn",
        "List[str]",
        "list[str]",
        "set[str]",
        "Optional[List[str]]",
        "Dict[str, int]",
        "str",
        "SecretStr",
        "int | str",
        "Union[str, List[str]]",
    ];
    for annotation in annotations {
        let source = format!(
            "{TWO}class Mode(str, Enum):\n    DEV = 'dev'\n    PROD = 'prod'\n\nclass Settings(BaseSettings):\n    \
             here: str\n    x: {annotation}\n"
        );
        for value in values.split(' ').filter(|value| !value.is_empty()) {
            // What a list of texts or a number of pairs holds is not looked into.
            let inner =
                (annotation.contains("ist") || annotation.contains("set[") || annotation.contains("Dict"))
                    && [
                        "{}",
                        "{\"a\":1}",
                        "[]",
                        "[\"a\",\"b\"]",
                        "1",
                        "0",
                        "2",
                        "true",
                        "-1",
                        "1.5",
                        "1e3",
                        "1.0",
                        "~1",
                        "1~",
                        "65536",
                    ]
                    .iter()
                    .any(|odd| value == format!("x={odd}"))
                    || value == "x=99999999999999999999" && annotation.contains("ist");
            // Pydantic takes it for a text, and nobody who writes it means one.
            let eaten = value == "x=[a,b]" && annotation.starts_with("Union[str");
            // An empty text is a text for pydantic, and hardly one for who wrote the class.
            let texts = annotation.contains("str") || annotation.contains("Secret");
            let empty = value == "x="
                && (texts
                    || !["bool", "int", "float", "Int", "Float", "Literal", "Mode"]
                        .iter()
                        .any(|kind| annotation.contains(kind)));
            if !inner && !eaten && !empty {
                found.push((annotation.to_owned(), Case::new(&source, &format!("here=a {value}"))));
            }
        }
    }
}

/// Names, defaults, configuration, inheritance.
#[allow(clippy::too_many_lines, reason = "a table is as long as its rows")]
fn classes(found: &mut Vec<(String, Case)>) {
    #[rustfmt::skip]
    let two: &[(&str, &[&str])] = &[
        ("class Settings(BaseSettings):\n    a: str\n    b: str = 'x'\n", &["A=1", "a=1", "B=1", "A=1 B=1"]),
        ("class Settings(BaseSettings):\n    a: Optional[str]\n    b: str = 'x'\n", &["A=1", "B=1"]),
        ("class Settings(BaseSettings):\n    a: str | None = None\n    b: str = 'x'\n", &["B=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(...)\n    b: str = 'x'\n", &["B=1", "A=1"]),
        ("class Settings(BaseSettings):\n    a: str = ...\n    b: str = 'x'\n", &["B=1", "A=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(default='y')\n    b: str = 'x'\n", &["B=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(default_factory=str)\n    b: str = 'x'\n", &["B=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(min_length=4)\n    b: str = 'x'\n", &["B=1", "A=123 B=1", "A=1234"]),
        ("class Settings(BaseSettings):\n    a: str = Field(max_length=4, pattern=r'^\\d+$')\n    b: str = 'x'\n", &["A=123", "A=12345", "A=abc"]),
        ("class Settings(BaseSettings):\n    a: Annotated[str, Field(min_length=4)] = 'four'\n    b: str = 'x'\n", &["B=1", "A=123"]),
        ("class Settings(BaseSettings):\n    a: str = Field(validation_alias='C')\n    b: str = 'x'\n", &["A=1 B=1", "C=1 B=1", "c=1 B=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(alias='C')\n    b: str = 'x'\n", &["A=1 B=1", "C=1 B=1"]),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='P_')\n    a: str = Field(alias='C')\n    b: str\n", &["P_C=1 P_B=1", "C=1 P_B=1", "C=1 B=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(validation_alias=AliasChoices('C', 'D'))\n    b: str = 'x'\n", &["A=1 B=1", "C=1 B=1", "D=1 B=1", "B=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(validation_alias=AliasPath('C', 0))\n    b: str = 'x'\n", &["C=[\"1\"] B=1", "B=1"]),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(case_sensitive=True)\n    a: str\n    b: str = 'x'\n", &["a=1", "A=1 b=1"]),
        ("class Settings(BaseSettings):\n    model_config = {'env_prefix': 'P_'}\n    a: int\n    b: str = 'x'\n", &["P_A=1", "P_A=x", "A=1 P_B=2"]),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_ignore_empty=True)\n    a: int = 1\n    b: str = 'x'\n", &["A= B=1", "A=x B=1"]),
        ("class Settings(BaseSettings):\n    a: int = 1\n    b: str = 'x'\n", &["A= B=1", "A=2 B=1"]),
        ("class Settings(BaseSettings):\n    a: Annotated[list[str], NoDecode]\n    b: str = 'x'\n    @field_validator('a', mode='before')\n    @classmethod\n    def split(cls, v):\n        return v.split(',') if isinstance(v, str) else v\n", &["A=a,b", "A=a", "B=1"]),
        ("class Settings(BaseSettings):\n    a: list[str]\n    b: str = 'x'\n    @field_validator('a', mode='before')\n    @classmethod\n    def split(cls, v):\n        return v.split(',') if isinstance(v, str) else v\n", &["A=a,b", "A=[\"a\"]", "B=1"]),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(enable_decoding=False)\n    a: list[str]\n    b: str = 'x'\n    @field_validator('a', mode='before')\n    @classmethod\n    def split(cls, v):\n        return v.split(',')\n", &["A=a,b"]),
        ("class Settings(BaseSettings):\n    a: int\n    b: str = 'x'\n    @field_validator('a', mode='before')\n    @classmethod\n    def f(cls, v):\n        return 1\n", &["A=nothing", "B=1"]),
        ("class Settings(BaseSettings):\n    a: str\n    b: str = 'x'\n    @model_validator(mode='before')\n    @classmethod\n    def f(cls, values):\n        values.setdefault('a', 'y')\n        return values\n", &["B=1"]),
        ("class Settings(BaseSettings):\n    a: str\n    b: str = 'x'\n    @field_validator('a')\n    @classmethod\n    def f(cls, v):\n        if len(v) < 8:\n            raise ValueError('short')\n        return v\n", &["A=short", "A=long~enough", "B=1"]),
        ("class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='P_')\n    a: str\n\nclass Settings(Base):\n    b: int = 1\n", &["P_A=1", "P_B=1", "P_A=1 P_B=x", "A=1 P_B=1"]),
        ("class Base(BaseSettings):\n    a: str\n\nclass Settings(Base):\n    a: str = 'y'\n    b: int = 1\n", &["B=1"]),
        ("class Base(BaseSettings):\n    a: str\n\nclass Settings(Base):\n    model_config = SettingsConfigDict(env_prefix='Q_')\n    b: int = 1\n", &["Q_A=1", "A=1 Q_B=1"]),
        ("class Mixin(BaseModel):\n    a: int\n\nclass Settings(Mixin, BaseSettings):\n    b: str = 'x'\n", &["A=1", "A=x", "B=1"]),
        ("class Db(BaseModel):\n    host: str\n    port: int = 1\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    db: Db\n    b: str = 'x'\n", &["DB__HOST=a", "DB__PORT=2 B=1", "B=1", "DB={\"host\":\"a\"}", "DB__HOST=a DB__PORT=x", "DB=no DB__HOST=a"]),
        ("class Db(BaseModel):\n    host: str\n\nclass Settings(BaseSettings):\n    db: Db\n    b: str = 'x'\n", &["DB__HOST=a B=1", "DB={\"host\":\"a\"}", "DB=a"]),
        ("class Pool(BaseModel):\n    size: int\n\nclass Db(BaseModel):\n    pool: Pool\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='P_', env_nested_delimiter='__')\n    db: Db\n    b: str = 'x'\n", &["P_DB__POOL__SIZE=1", "P_DB__POOL__SIZE=x", "P_B=1"]),
        ("class Db(BaseModel):\n    host: str\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    db: Db = Db(host='x')\n    b: str = 'x'\n", &["B=1"]),
        ("### base.py\n@class Common(BaseSettings):\n    a: int\n### config.py\nfrom base import Common\n\nclass Settings(Common):\n    b: str = 'x'\n", &["A=1", "A=x", "B=1"]),
        ("### app/__init__.py\n### app/base.py\n@class Common(BaseModel):\n    a: int\n### app/kinds.py\n@class Mode(str, Enum):\n    DEV = 'dev'\n### config.py\n@from app.base import Common as Shared\nfrom app import kinds\nfrom app.kinds import Mode\n\nclass Settings(Shared, BaseSettings):\n    m: Mode = Mode.DEV\n    b: str = 'x'\n", &["A=1", "A=x", "B=1"]),
        ("class Settings(BaseSettings):\n    a: Optional[list[str]] = None\n    b: str = 'x'\n", &["A=null B=1", "A=a,b B=1", "A={\"a\":1} B=1"]),
        ("class Settings(BaseSettings):\n    a: dict[str, int] = {}\n    b: str = 'x'\n", &["A= B=1", "A={\"a\":1} B=1", "A=[] B=1", "A=a=1,b=2 B=1", "A=null B=1"]),
        ("class Settings(BaseSettings):\n    a: dict[str, int] | None = None\n    b: str = 'x'\n", &["A=null B=1", "A=a B=1", "A={} B=1"]),
        ("class Settings(BaseSettings):\n    a: Optional[list[str]]\n    b: str = 'x'\n", &["A=null B=1", "A=[] B=1"]),
        ("class Settings(BaseSettings):\n    a: int | list[int] = 1\n    b: str = 'x'\n", &["A=4 B=1", "A=[4] B=1"]),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_parse_none_str='none')\n    a: int | None = None\n    b: str = 'x'\n", &["A=none B=1", "A=x B=1", "A=2 B=1"]),
        ("class Mode(Enum):\n    DEV = 'dev'\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_parse_enums=True)\n    a: Mode = Mode.DEV\n    b: str = 'x'\n", &["A=DEV B=1", "A=dev B=1"]),
        ("class Mode(Enum):\n    DEV = 'dev'\n\n    @classmethod\n    def _missing_(cls, value):\n        return cls.DEV\n\nclass Settings(BaseSettings):\n    a: Mode = Mode.DEV\n    b: str = 'x'\n", &["A=other B=1"]),
        ("import json\n\nclass Settings(BaseSettings):\n    a: Annotated[list[str], NoDecode] = []\n    b: str = 'x'\n    @field_validator('a', mode='before')\n    @classmethod\n    def read(cls, v):\n        return json.loads(v)\n", &["A=[\"a\"] B=1"]),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_ignore_empty=True)\n    a: list[str] = []\n    b: str = 'x'\n", &["A= B=1", "A=a,b B=1"]),
        ("class Db(BaseModel):\n    host: str\n\nclass Settings(BaseSettings):\n    db: Db | None = None\n    b: str = 'x'\n", &["DB=null B=1", "DB=a B=1"]),
    ];
    #[rustfmt::skip]
    let one: &[(&str, &[&str])] = &[
        ("class Settings(BaseSettings):\n    a: Optional[str]\n    b: str = 'x'\n", &["B=1"]),
        ("class Settings(BaseSettings):\n    a: int\n    b: str = 'x'\n", &["A=1", "A=x", "A=1.5", "A=~2", "B=1"]),
        ("class Settings(BaseSettings):\n    a: bool\n    b: str = 'x'\n", &["A=Y", "A=maybe", "A="]),
        ("class Settings(BaseSettings):\n    a: str = Field(..., env='C')\n    b: str = 'x'\n", &["A=1 B=1", "C=1", "c=1"]),
        ("class Settings(BaseSettings):\n    a: str = Field(..., env=['C', 'D'])\n    b: str = 'x'\n", &["D=1 B=1", "B=1"]),
        ("class Settings(BaseSettings):\n    a: str\n    b: str = 'x'\n    class Config:\n        env_prefix = 'P_'\n", &["P_A=1", "A=1 P_B=1"]),
        ("class Settings(BaseSettings):\n    a: str\n    b: str = 'x'\n    class Config:\n        case_sensitive = True\n", &["a=1", "A=1 b=1"]),
        ("class Settings(BaseSettings):\n    a: List[str]\n    b: str = 'x'\n", &["A=a,b", "A=[\"a\"]"]),
        ("class Settings(BaseSettings):\n    a: List[str]\n    b: str = 'x'\n    @validator('a', pre=True)\n    def f(cls, v):\n        return v.split(',') if isinstance(v, str) else v\n", &["A=a,b", "A=[\"a\"]"]),
        ("class Settings(BaseSettings):\n    a: List[str]\n    b: str = 'x'\n    class Config:\n        @classmethod\n        def parse_env_var(cls, field_name, raw_val):\n            return raw_val.split(',')\n", &["A=a,b"]),
        ("class Settings(BaseSettings):\n    a: constr(regex='[a-z]+$') = 'a'\n    b: conint(gt=3) = 4\n", &["A=abc", "A=1abc", "B=3", "B=4"]),
        ("class Settings(BaseSettings):\n    a: str\n    b: str = 'x'\n    @root_validator(pre=True)\n    def f(cls, values):\n        values.setdefault('a', 'y')\n        return values\n", &["B=1"]),
    ];
    for (head, table) in [(TWO, two), (ONE, one)] {
        for (source, environments) in table {
            // `@` stands for the imports of a file among several.
            let source =
                if source.starts_with("###") { source.replace('@', head) } else { format!("{head}{source}") };
            for env in *environments {
                found.push((source.clone(), Case::new(&source, env)));
            }
        }
    }
}

#[test]
fn pydantic_refuses_what_we_report_and_nothing_else() {
    let mut named = Vec::new();
    annotations(&mut named);
    classes(&mut named);
    let cases: Vec<Case> = named.iter().map(|(_, case)| case.clone()).collect();
    let answers = refused(&cases);
    assert_eq!(answers.len(), cases.len());
    let mut wrong = String::new();
    for ((name, case), refused) in named.iter().zip(answers) {
        let reported = case.is_reported();
        if reported != refused {
            let verdict = if refused { "is refused and not reported" } else { "is reported and not refused" };
            wrong += &format!("{name}\n    {:?} {verdict}\n", case.env);
        }
    }
    assert!(wrong.is_empty(), "{} cases\n{wrong}", cases.len());
    assert!(cases.len() > 1000, "{} cases", cases.len());
}
