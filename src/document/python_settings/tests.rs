//! Tables of declarations and the fields they come to.
//!
//! Not here: rules that use them.

use super::{Field, Items, ListShape, SettingsFile, link};
use crate::document::kinds::ValueKind;

fn shown(text: &str) -> Vec<(String, bool, Option<ListShape>, Option<usize>)> {
    let fields = SettingsFile::parse(text).fields;
    fields.into_iter().map(|field| (field.variable, field.required, field.list, field.min_length)).collect()
}

fn lists(text: &str) -> Vec<(String, Option<ListShape>)> {
    shown(text).into_iter().map(|(variable, _, list, _)| (variable, list)).collect()
}

#[test]
fn the_annotation_decides_the_shape_of_a_list() {
    let cases = [
        ("List[str]", Some(ListShape::Json)),
        ("list[str]", Some(ListShape::Json)),
        ("set[str]", Some(ListShape::Json)),
        ("Tuple[str, ...]", Some(ListShape::Json)),
        ("dict[str, int]", None),
        ("int | list[int]", Some(ListShape::Either)),
        ("Optional[List[str]]", Some(ListShape::Json)),
        ("typing.List[str]", Some(ListShape::Json)),
        ("list[str] | None", Some(ListShape::Json)),
        ("Annotated[list[str], NoDecode, BeforeValidator(split)]", Some(ListShape::Csv)),
        ("Annotated[list[str], BeforeValidator(split)]", Some(ListShape::Json)),
        ("list[str] | str", Some(ListShape::Either)),
        ("Union[str, List[AnyHttpUrl]]", Some(ListShape::Either)),
        ("Annotated[list[AnyUrl] | str, BeforeValidator(parse_cors)]", Some(ListShape::Either)),
        ("str", None),
        ("Literal['list', 'set']", None),
        ("SecretStr", None),
    ];
    for (annotation, expected) in cases {
        let text = format!(
            "from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    hosts: {annotation} = []\n"
        );
        assert_eq!(lists(&text), [("HOSTS".to_owned(), expected)], "{annotation}");
    }
}

fn field(annotation: &str) -> Field {
    let text = format!(
        "from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    it: {annotation} = None\n"
    );
    SettingsFile::parse(&text).fields.remove(0)
}

#[test]
fn the_annotation_tells_what_stands_in_a_list() {
    for (annotation, expected) in [
        ("list", Items::Scalars),
        ("list[str]", Items::Scalars),
        ("set[int | None]", Items::Others),
        ("tuple[str, ...]", Items::Scalars),
        ("tuple[str, str]", Items::Others),
        ("list[dict[str, str]]", Items::Others),
        ("list[tuple[str, int]]", Items::Others),
        ("list[Server]", Items::Others),
        ("str", Items::Unknown),
    ] {
        assert_eq!(field(annotation).items, expected, "{annotation}");
    }
}

#[test]
fn maps_are_objects_and_null_is_none_where_json_is_read() {
    for (annotation, kind, nones) in [
        ("dict[str, int]", Some(ValueKind::Json), &["null"][..]),
        ("Mapping[str, int] | None", Some(ValueKind::Json), &["null"]),
        ("Optional[list[str]]", None, &["null"]),
        ("int | None", Some(ValueKind::Integer), &[]),
        ("Annotated[dict[str, str], NoDecode]", None, &[]),
    ] {
        let field = field(annotation);
        assert_eq!(
            (field.kind, field.nones.as_slice()),
            (kind, &nones.iter().map(|none| (*none).to_owned()).collect::<Vec<_>>()[..]),
            "{annotation}"
        );
    }
}

#[test]
fn names_defaults_and_lengths_of_pydantic_fields() {
    let text = r#"
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    """Settings: of the app."""
    secret_key: str = Field(..., min_length=32)
    jwt: str = Field(default="x", validation_alias="JWT_SECRET")
    both: str = Field(validation_alias=AliasChoices("A_ONE", "a_two"))
    deep: str = Field(validation_alias=AliasPath("DEEP", "in", "it"))
    plain: int
    maybe: Optional[str]
    note: str = "a: b = c"  # comment: List[str]
    token: Annotated[str, Field(min_length=20)]
    _private: str = "x"
    KINDS: ClassVar[list[str]] = []

    model_config = SettingsConfigDict(env_prefix="APP_")

    @field_validator("plain", "maybe")
    def check(cls, v):
        if len(v) < 16:
            raise ValueError("short")
        return v

class Child(Base):
    model_config = SettingsConfigDict(env_prefix="C_", enable_decoding=False)
    hosts: list[str]
    note: str

class NotSettings(BaseModel):
    ignored: str
"#;
    let expected = [
        ("C_SECRET_KEY", true, None, Some(32)),
        ("JWT_SECRET", false, None, None),
        ("A_ONE", true, None, None),
        ("A_TWO", false, None, None),
        ("DEEP", true, None, None),
        ("C_PLAIN", true, None, Some(16)),
        ("C_MAYBE", true, None, Some(16)),
        ("C_NOTE", true, None, None),
        ("C_TOKEN", true, None, Some(20)),
        ("C_HOSTS", true, Some(ListShape::Csv), None),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, r, l, m)| ((*name).to_owned(), *r, *l, *m)).collect();
    assert_eq!(shown(text), expected);
    let called = format!("{text}\nbase = Base()\n");
    assert!(shown(&called).iter().any(|(name, ..)| name == "APP_NOTE"), "an instance is made of it");
}

#[test]
fn pydantic_one_has_names_and_defaults_of_its_own() {
    let text = "from pydantic import BaseSettings, Field\n\nclass S(BaseSettings):\n    maybe: Optional[str]\n    \
                a: str = Field(..., env='B')\n    c: str = Field(..., env=['D', 'e'])\n    f: str = Field(..., alias='G')\n    \
                class Config:\n        env_prefix = 'P_'\n";
    let found: Vec<_> = shown(text).into_iter().map(|(name, required, ..)| (name, required)).collect();
    let expected = [("P_MAYBE", false), ("B", true), ("D", true), ("E", false), ("P_F", true)];
    assert_eq!(found, expected.map(|(name, required)| (name.to_owned(), required)));
    let field = &SettingsFile::parse(text).fields[2];
    assert_eq!((field.variable.as_str(), field.alternatives.as_slice()), ("D", &["E".to_owned()][..]));
}

#[test]
fn annotations_say_the_kind_and_the_limits() {
    let kind = |annotation: &str| {
        let text = format!(
            "from pydantic_settings import BaseSettings\n\nclass Mode(str, Enum):\n    DEV = 'dev'\n    PROD = 'prod'\n\n\
             class Odd(Enum):\n    A = 1\n\nclass S(BaseSettings):\n    x: {annotation}\n"
        );
        let field = SettingsFile::parse(&text).fields.remove(0);
        (field.kind, field.limits.len())
    };
    let words = ValueKind::Enumeration(vec!["dev".to_owned(), "prod".to_owned()]);
    for (annotation, expected) in [
        ("int", (Some(ValueKind::Integer), 0)),
        ("Optional[int] = None", (Some(ValueKind::Integer), 0)),
        ("bool | None", (Some(ValueKind::Boolean), 0)),
        ("PositiveInt", (Some(ValueKind::Integer), 1)),
        ("int = Field(ge=1, le=65_535)", (Some(ValueKind::Integer), 2)),
        ("Annotated[int, Field(gt=0)] = 3", (Some(ValueKind::Integer), 1)),
        ("conint(ge=1)", (Some(ValueKind::Integer), 1)),
        ("float", (Some(ValueKind::Number), 0)),
        ("AnyHttpUrl", (Some(ValueKind::Url), 1)),
        ("Literal['dev', \"prod\"]", (Some(words.clone()), 0)),
        ("Mode = Mode.DEV", (Some(words), 0)),
        ("Literal[1, 2]", (None, 0)),
        ("Odd", (None, 0)),
        ("int | str", (None, 0)),
        ("Annotated[int, BeforeValidator(f)]", (None, 0)),
        ("str = Field(max_length=3, pattern=r'^\\d+$')", (None, 2)),
        ("constr(max_length=3)", (None, 1)),
        ("Unknown", (None, 0)),
    ] {
        assert_eq!(kind(annotation), expected, "{annotation}");
    }
}

#[test]
fn validators_that_come_first_leave_the_kind_open() {
    let text = |decorator: &str| {
        format!(
            "from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    x: int\n    y: int\n\n    {decorator}\n    \
             @classmethod\n    def f(cls, v):\n        return v\n"
        )
    };
    let kinds = |text: &str| {
        SettingsFile::parse(text).fields.iter().map(|field| field.kind.is_some()).collect::<Vec<_>>()
    };
    for (decorator, expected) in [
        ("@field_validator('x', mode='before')", [false, true]),
        ("@field_validator('x', mode='after')", [true, true]),
        ("@field_validator('x')", [true, true]),
        ("@field_validator('*', mode='wrap')", [false, false]),
        ("@validator('y', pre=True)", [true, false]),
        ("@pydantic.field_validator('x', mode='before')", [false, true]),
        ("@field_validator(*NAMES, mode='before')", [false, false]),
        ("_of_x = field_validator('x', mode='before')(read)", [false, true]),
        ("@model_validator(mode='before')", [false, false]),
        ("@root_validator(pre=True)", [false, false]),
        ("@model_validator(mode='after')", [true, true]),
    ] {
        assert_eq!(kinds(&text(decorator)), expected, "{decorator}");
    }
    let whole = SettingsFile::parse(&text("@model_validator(mode='before')"));
    assert!(whole.fields.iter().all(|field| !field.required), "it may fill in what is missing");
}

#[test]
fn parts_of_nested_models_are_variables_where_a_delimiter_is_set() {
    let text = |config: &str| {
        format!(
            "from pydantic_settings import BaseSettings\n\nclass Pool(BaseModel):\n    size: int = 5\n\n\
             class Db(BaseModel):\n    host: str\n    port: int = 5432\n    pool: Pool = Pool()\n\n\
             class S(BaseSettings):\n    model_config = SettingsConfigDict({config})\n    db: Db\n    spare: Db = Db(host='x')\n"
        )
    };
    let found = |config: &str| {
        let fields = SettingsFile::parse(&text(config)).fields.into_iter();
        fields.map(|field| (field.variable, field.required, field.kind)).collect::<Vec<_>>()
    };
    let of = |name: &str, required, kind| (name.to_owned(), required, kind);
    assert_eq!(
        found("env_prefix='A_'"),
        [of("A_DB", true, Some(ValueKind::Json)), of("A_SPARE", false, Some(ValueKind::Json))]
    );
    let nested = found("env_nested_delimiter='__'");
    assert_eq!(
        nested[..5],
        [
            of("DB", true, Some(ValueKind::Json)),
            of("DB__HOST", true, None),
            of("DB__PORT", false, Some(ValueKind::Integer)),
            of("DB__POOL__SIZE", false, Some(ValueKind::Integer)),
            of("DB__POOL", false, None),
        ]
    );
    assert!(nested[5..].iter().all(|(_, required, _)| !required));
}

#[test]
fn classes_inherit_across_files() {
    let mut base = SettingsFile::parse(
        "from pydantic_settings import BaseSettings\n\nclass AppBase(BaseSettings):\n    region: str\n    class Config:\n        \
         env_prefix = 'X_'\n",
    );
    let mut again = SettingsFile::parse("from .base import AppBase as Common  # Settings\n");
    let mut child =
        SettingsFile::parse("from app.core import Common\n\nclass Settings(Common):\n    port: int = 80\n");
    let mut files = vec![
        ("svc/app/core/base.py", &mut base),
        ("svc/app/core/__init__.py", &mut again),
        ("svc/app/main_settings.py", &mut child),
    ];
    link(&mut files);
    let names = |file: &SettingsFile| {
        file.fields.iter().map(|field| (field.variable.clone(), field.required)).collect::<Vec<_>>()
    };
    assert_eq!(names(&child), [("X_REGION".to_owned(), true), ("X_PORT".to_owned(), false)]);
    assert_eq!(names(&base), [], "what others derive from is not looked at by itself");
}

#[test]
fn calls_of_environ_environs_and_decouple() {
    let django = "import environ\nenv = environ.Env(DEBUG=(bool, False))\nDEBUG = env('DEBUG')\n\
                  HOSTS = env.list('ALLOWED_HOSTS', default=[])\nKEY = env.str(\"SECRET_KEY\")\n# env('NO')\n\
                  X = my.env('NO')\n";
    let expected =
        [("DEBUG", false, None), ("ALLOWED_HOSTS", false, Some(ListShape::Csv)), ("SECRET_KEY", true, None)];
    let found: Vec<_> =
        shown(django).into_iter().map(|(name, required, list, _)| (name, required, list)).collect();
    let expected: Vec<_> = expected.iter().map(|(name, r, l)| ((*name).to_owned(), *r, *l)).collect();
    assert_eq!(found, expected);

    let environs = "from environs import Env\nenv = Env()\nA = env.json('A')\nB = env.list('B')\n";
    assert_eq!(
        lists(environs),
        [("A".to_owned(), Some(ListShape::Json)), ("B".to_owned(), Some(ListShape::Csv))]
    );

    let decouple = "from decouple import config, Csv\nH = config('ALLOWED_HOSTS', cast=Csv())\nD = config('D', default=1, cast=int)\n";
    assert_eq!(
        shown(decouple),
        [("ALLOWED_HOSTS".to_owned(), true, Some(ListShape::Csv), None), ("D".to_owned(), false, None, None)]
    );
}

#[test]
fn prefixes_of_readers_are_part_of_the_name() {
    let names =
        |text: &str| shown(text).into_iter().map(|(name, required, ..)| (name, required)).collect::<Vec<_>>();
    let environs = "from environs import Env\nenv = Env()\nenv.read_env('prod.env')\nwith env.prefixed('DB_'):\n    \
                    H = env.str('HOST')\n    with env.prefixed('POOL_'):\n        S = env.int('SIZE', 5)\n\
                    with env.prefixed(START):\n    X = env('X')\nA = env('A')\n";
    let of = |name: &str, required| (name.to_owned(), required);
    assert_eq!(names(environs), [of("DB_HOST", true), of("DB_POOL_SIZE", false), of("A", true)]);
    let django = "import environ\nenv = environ.Env(P_B=(bool, False))\nA = env('A')\nenv.prefix = 'P_'\nB = env('B')\nC = env('C')\n";
    assert_eq!(names(django), [of("A", true), of("P_B", false), of("P_C", true)]);
}

#[test]
fn what_every_call_gives_is_not_required() {
    let required = |calls: &str| {
        let text = format!(
            "class Settings(BaseSettings):\n    region: str\n    zone: str = Field(alias='az')\n    name: str\n{calls}"
        );
        let file = SettingsFile::parse(&text);
        file.fields
            .iter()
            .filter(|field| field.required)
            .map(|field| field.variable.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(required("s = Settings(region='eu', az='a')\n"), ["NAME"]);
    assert_eq!(required("s = Settings(region='eu')\nt = Settings()\n"), ["REGION", "AZ", "NAME"]);
    assert_eq!(required("def get():\n    return Settings(**more)\n"), [""; 0]);
    assert_eq!(required("s = Settings(_secrets_dir='s')\n"), [""; 0]);
    assert_eq!(required("s = app.Settings.model_validate(read())\n"), [""; 0]);
    assert_eq!(required("s = Settings(**more)\nt = Settings(region='eu')\n"), ["AZ", "NAME"]);
    assert_eq!(required("x = Other(region='eu')\n"), ["REGION", "AZ", "NAME"]);
}

#[test]
fn tests_of_a_class_hide_none_of_its_instances() {
    let class = "class Settings(BaseSettings):\n    dsn: str\n";
    let mut settings = SettingsFile::parse(class);
    let mut conftest = SettingsFile::parse(
        "from config import Settings\nclass TestSettings(Settings):\n    dsn: str = 'x'\nSettings(dsn='y')\n",
    );
    let mut files = vec![("config.py", &mut settings), ("tests/conftest.py", &mut conftest)];
    link(&mut files);
    assert!(settings.fields.iter().any(|field| field.variable == "DSN" && field.required));
}

#[test]
fn other_python_declares_nothing() {
    let texts = [
        "import os\nX = os.environ['X']\n",
        "class A(BaseModel):\n    hosts: list[str]\n# BaseSettings\n",
        "def config(x):\n    return x\nconfig('A')\n# decouple\n",
        "",
    ];
    for text in texts {
        assert!(shown(text).is_empty(), "{text}");
    }
}

#[test]
fn hostile_text_is_read_in_reasonable_time() {
    let mut chain = String::new();
    for at in 0..3_000 {
        chain += &format!("class C{}(C{at}, C{at}, BaseSettings):\n    x{at}: C{at}\n", at + 1);
    }
    let texts = [
        "class A(BaseSettings):\n".to_owned() + &"    a: list[".repeat(20_000),
        "BaseSettings ".to_owned() + &"\"\"\"".repeat(30_001),
        "BaseSettings ñ '\\\n(".repeat(5_000),
        "class A(BaseSettings):\n".to_owned() + &"    a: Optional[\n".repeat(5_000) + &"]".repeat(5_000),
        "class A(BaseSettings):\n    a: A\n    model_config = {'env_nested_delimiter': '_'}\nclass B(A, A):\n    b: A\n".repeat(2_000),
        chain,
        "from . import BaseSettings as BaseSettings\nclass BaseSettings(BaseSettings):\n    a: int\n".repeat(2_000),
    ];
    for text in texts {
        let _ = SettingsFile::parse(&text);
    }
}
