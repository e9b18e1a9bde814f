//! Tables of declarations and the fields they come to.
//!
//! Not here: rules that use them.

use super::{ListShape, SettingsFile};

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
        ("dict[str, int]", Some(ListShape::Json)),
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

#[test]
fn names_defaults_and_lengths_of_pydantic_fields() {
    let text = r#"
from pydantic import BaseSettings, Field

class Base(BaseSettings):
    """Settings: of the app."""
    secret_key: str = Field(..., min_length=32)
    jwt: str = Field(default="x", validation_alias="JWT_SECRET")
    both: str = Field(validation_alias=AliasChoices("A_ONE", "a_two"))
    plain: int
    maybe: Optional[str]
    note: str = "a: b = c"  # comment: List[str]
    token: Annotated[str, Field(min_length=20)]
    _private: str = "x"
    KINDS: ClassVar[list[str]] = []

    class Config:
        env_prefix = "APP_"

    @validator("plain", "maybe")
    def check(cls, v):
        if len(v) < 16:
            raise ValueError("short")
        return v

class Child(Base):
    model_config = SettingsConfigDict(env_prefix="C_", enable_decoding=False)
    hosts: list[str]

class NotSettings(BaseModel):
    ignored: str
"#;
    let expected = [
        ("APP_SECRET_KEY", true, None, Some(32)),
        ("JWT_SECRET", false, None, None),
        ("A_ONE", false, None, None),
        ("A_TWO", false, None, None),
        ("APP_PLAIN", true, None, Some(16)),
        ("APP_MAYBE", false, None, Some(16)),
        ("APP_NOTE", false, None, None),
        ("APP_TOKEN", true, None, Some(20)),
        ("C_HOSTS", true, Some(ListShape::Csv), None),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, r, l, m)| ((*name).to_owned(), *r, *l, *m)).collect();
    assert_eq!(shown(text), expected);
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
    let texts = [
        "class A(BaseSettings):\n".to_owned() + &"    a: list[".repeat(20_000),
        "BaseSettings ".to_owned() + &"\"\"\"".repeat(30_001),
        "BaseSettings ñ '\\\n(".repeat(5_000),
        "class A(BaseSettings):\n".to_owned() + &"    a: Optional[\n".repeat(5_000) + &"]".repeat(5_000),
    ];
    for text in texts {
        let _ = SettingsFile::parse(&text);
    }
}
