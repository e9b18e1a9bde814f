//! Env files that settings classes read themselves, and what in them the classes refuse.
//!
//! Not here: what comes in through the environment.

use std::collections::BTreeSet;

use super::{Case, ONE, TWO, refused};

/// Files for the classes.
const ENVS: [&str; 14] = [
    "A=1\n",
    "A=1\nC=2\n",
    "A=1\nC=${NOPE}\n",
    "a=1\nB={}\n",
    "A=1\nC=\n",
    "A=1\nC\n",
    "A=1\nexport C='x'\n",
    "A=1\nP_A=2\nP_Z=3\n",
    "P_A=1\n",
    "P_A=1\nA=1\nB=2\n",
    "A=1\nB__HOST=x\n",
    "A=1\nBHOST=x\n",
    "A=1\nL_MORE=x\n",
    "OTHER=1\n",
];

fn config(options: &str) -> String {
    format!("    model_config = SettingsConfigDict(env_file='.env'{options})\n")
}

/// Classes that are read whole: they are judged.
fn judged() -> Vec<String> {
    let class = |options: &str, fields: &str| {
        format!("{TWO}class Settings(BaseSettings):\n{}    a: int = 1\n{fields}", config(options))
    };
    let mut classes: Vec<String> = [
        ("", "    b: str = 'x'\n"),
        ("", "    c: str = 'x'\n"),
        ("", "    b: str = Field('x', alias='C')\n"),
        ("", "    b: str = Field('x', validation_alias=AliasChoices('C', 'OTHER'))\n"),
        ("", "    b: dict[str, str] = {}\n"),
        ("", "    l: list[str] = []\n"),
        ("", "    l: Optional[list[str]] = None\n"),
        ("", "    _c: str = 'x'\n    C: ClassVar[str] = 'x'\n"),
        (", extra='forbid'", ""),
        (", extra='ignore'", ""),
        (", extra='allow'", ""),
        (", case_sensitive=True", "    b: str = 'x'\n"),
        (", env_prefix='P_'", "    b: str = 'x'\n"),
        (", env_prefix='P_', extra='ignore'", ""),
        (", env_nested_delimiter='__'", "    b: Optional[dict[str, str]] = None\n"),
        (", env_nested_delimiter='__'", "    b: str = 'x'\n"),
    ]
    .iter()
    .map(|(options, fields)| class(options, fields))
    .collect();
    classes.push(format!(
        "{TWO}class Common(BaseSettings):\n{}    a: int = 1\n\nclass Settings(Common):\n    c: str = 'x'\n",
        config("")
    ));
    classes.push(format!("{TWO}class Settings(BaseSettings, env_file='.env'):\n    a: int = 1\n"));
    classes.push(format!(
        "{TWO}class Settings(BaseSettings):\n    a: int = 1\n    class Config:\n        env_file = '.env'\n"
    ));
    classes.push(format!(
        "{TWO}class Db(BaseModel):\n    host: str = 'h'\n\nclass Settings(BaseSettings):\n{}    a: int = 1\n    b: Db = Db()\n",
        config(", env_nested_delimiter='__'")
    ));
    classes.push(format!(
        "{ONE}class Settings(BaseSettings):\n    a: int = 1\n    class Config:\n        env_file = '.env'\n"
    ));
    classes
}

/// Classes that are not: of these none may be reported that pydantic takes.
fn loose() -> Vec<String> {
    let mut classes = Vec::new();
    for (before, head, fields) in [
        ("", "", "    if True:\n        c: int = 1\n"),
        ("", "", "    b: int = 1; c: int = 2\n"),
        ("F = Field\n", "", "    b: str = F('x', alias='C')\n"),
        ("def env(n):\n    return Field('x', validation_alias=n)\n\n", "", "    b: str = env('C')\n"),
        ("Port = Annotated[int, Field(alias='C')]\n", "", "    b: Port = 1\n"),
        ("C = 'C'\n", "", "    b: str = Field('x', validation_alias=AliasChoices('B', C))\n"),
        ("", ", env_nested_delimiter='__'", "    b: 'Optional[dict[str, str]]' = None\n"),
        (
            "",
            "",
            "    @model_validator(mode='before')\n    @classmethod\n    def f(cls, v):\n        return {}\n",
        ),
    ] {
        classes.push(format!(
            "{TWO}{before}\nclass Settings(BaseSettings):\n{}    a: int = 1\n{fields}",
            config(head)
        ));
    }
    for end in [
        "class One(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n    a: int = 1\n\n\
         class Two(BaseSettings):\n    b: int = 1\n\nclass Settings(One, Two):\n    pass\n",
        "class Settings(BaseSettings):\n    a: int = 1\n    class Config:\n        env_file = '.env'\n        \
         extra: str = 'ignore'\n",
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env' if 0 else None)\n    a: int = 1\n",
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env')\n    a: int = 1\n    \
         def __init__(self, **more):\n        super().__init__(_env_file=None, **more)\n",
    ] {
        classes.push(format!("{TWO}{end}"));
    }
    classes
}

/// Classes that name their env file, each with files that it takes and files that it does not.
#[test]
fn pydantic_refuses_the_files_that_we_report_and_no_others() {
    let loose: BTreeSet<String> = loose().into_iter().collect();
    let classes: Vec<String> = judged().into_iter().chain(loose.iter().cloned()).collect();
    let pairs = classes.iter().flat_map(|class| ENVS.iter().map(move |env| (class, *env)));
    let pairs: Vec<(&String, &str)> = pairs.collect();
    let case = |(class, env): &(&String, &str)| {
        let mut case = Case::new(class, "");
        case.files.insert(".env".to_owned(), (*env).to_owned());
        case
    };
    let cases: Vec<Case> = pairs.iter().map(case).collect();
    let mut wrong = String::new();
    for ((case, (class, env)), refused) in cases.iter().zip(&pairs).zip(refused(&cases)) {
        let reported = !case.findings(None, &["ENV112"]).is_empty();
        // Older versions take whatever begins like a field with parts for one of them.
        let part = refused && ["BHOST", "B__HOST", "L_MORE"].iter().any(|name| env.contains(name));
        let part = part || refused && loose.contains(*class);
        if reported != refused && !part {
            let class = class.split("\n\n").nth(1).unwrap_or(class);
            wrong += &format!("{class}\n{env:?}: refused {refused}, reported {reported}\n\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
