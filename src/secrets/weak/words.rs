//! The few hundred words that secrets are made of when people make them up.
//!
//! Not here: a dictionary. Words that are not listed count as words by their look.

/// Values that products ship with, in small letters.
#[rustfmt::skip]
pub(super) const KNOWN_DEFAULTS: &[&str] = &[
    "admin", "admin123", "admin1234", "administrator", "adminadmin", "airflow", "alfresco", "apache",
    "arangodb", "cassandra", "changeit", "clickhouse", "couchdb", "default", "demo", "elastic",
    "elasticsearch", "gitea", "grafana", "guest", "hadoop", "harbor12345", "influxdb", "jenkins", "joomla",
    "kafka", "keycloak", "kibana", "letmein", "mariadb", "meilisearch", "minio", "minio123", "minioadmin",
    "minioadmin123", "minioadmin1234", "mongo", "mongodb", "mysql", "mypassword", "mysecret",
    "mysecretpassword", "neo4j", "nifi", "oracle", "p@ssw0rd", "pass", "pass123", "passw0rd", "password",
    "password1", "password12", "password123", "password1234", "postgres", "postgres123", "postgresql",
    "public", "qwerty", "rabbitmq", "redis", "redis123", "redispassword", "root", "root123", "rootpassword",
    "rootroot", "sa", "secret", "secret123", "secretkey", "solr", "sonar", "superset", "supersecret",
    "supersecretpassword", "system", "test", "test123", "tester", "tomcat", "toor", "user", "user123",
    "vagrant", "weaviate", "welcome", "welcome1", "wordpress", "zabbix", "contraseña", "contrasena",
    "clave", "secreto", "masterkey", "dev", "local", "123", "1234", "12345", "123456", "12345678",
    "123456789", "1234567890",
];

/// Phrases that say "put something else here"; a value's words are joined by `_` and have one at both ends.
#[rustfmt::skip]
pub(super) const PLACEHOLDER_PHRASES: &[&str] = &[
    "_change_me_", "_changeme_", "_change_this_", "_changethis_", "_change_in_", "_change_it_",
    "_change_before_", "_must_change_", "_please_change_", "_to_change_", "_change_the_", "_change_on_",
    "_replace_with_", "_replace_me_", "_replaceme_", "_replace_this_", "_replace_in_", "_to_be_replaced_",
    "_to_be_changed_", "_must_be_changed_", "_should_be_changed_", "_must_be_replaced_", "_should_be_replaced_",
    "_should_be_updated_", "_must_be_updated_", "_update_me_", "_update_this_", "_is_insecure_",
    "_to_be_set_", "_to_be_defined_", "_set_me_", "_setme_", "_set_in_", "_fill_me_", "_fill_in_",
    "_fillme_", "_fill_this_", "_put_your_", "_insert_your_", "_enter_your_", "_add_your_", "_paste_your_",
    "_use_your_", "_with_your_", "_generate_with_", "_generate_a_", "_generate_me_", "_generate_your_",
    "_generate_new_", "_not_a_real_", "_not_real_", "_not_set_", "_do_not_use_", "_for_testing_only_",
    "_only_for_dev_", "_for_development_only_", "_dev_only_", "_placeholder_", "_optional_", "_if_required_", "_if_needed_", "_not_required_", "_your_key_",
    "_your_secret_", "_your_password_", "_your_token_", "_your_api_", "_your_jwt_", "_your_super_",
    "_cambiar_", "_cambiame_", "_cámbiame_", "_cambia_esto_", "_cambiar_esto_", "_cambia_me_",
    "_reemplazar_", "_reemplaza_", "_sustituir_", "_tu_password_", "_tu_clave_", "_tu_token_", "_tu_api_",
    "_tu_contraseña_", "_tu_contrasena_", "_tu_secreto_", "_poner_aqui_", "_pon_tu_", "_por_definir_",
    "_ingresa_tu_",
];

/// First words of placeholders, where only words and short numbers follow.
#[rustfmt::skip]
pub(super) const PLACEHOLDER_STARTS: &[&str] = &[
    "your", "yours", "replace", "insert", "enter", "generate", "tu", "su", "dev", "development", "devel",
    "example", "sample", "dummy", "fake", "todo", "fixme", "tbd", "foo", "placeholder", "change",
];

/// Last words of placeholders.
#[rustfmt::skip]
pub(super) const PLACEHOLDER_ENDS: &[&str] =
    &[
    "here", "aqui", "aquí", "goes", "changeme", "placeholder", "todo", "example", "sample",
];

/// Placeholders of one word.
#[rustfmt::skip]
pub(super) const PLACEHOLDER_WORDS: &[&str] = &[
    "changeme", "changethis", "replaceme", "setme", "fillme", "todo", "fixme", "tbd", "placeholder",
    "dummy", "example", "sample", "fake", "foo", "bar", "foobar", "cambiame", "cámbiame", "cambiar",
    "reemplazar", "none", "null", "nil", "undefined", "empty", "unset", "redacted",
    "secure_password_change_me", "yourkey", "yoursecret", "yourpassword", "yourtoken", "yourapikey",
    "yoursecretkey",
];

/// Words that people make secrets of.
#[rustfmt::skip]
pub(super) const SECRETISH: &[&str] = &[
    "access", "admin", "api", "app", "auth", "char", "characters", "chars", "clave", "code", "contrasena",
    "contraseña", "cookie", "credential", "crypt", "database", "db", "default", "dev", "development",
    "encryption", "generated", "here", "jwt", "key", "keys", "length", "llave", "local", "login", "long",
    "master", "min", "minimum", "mongo", "mongodb", "my", "mysql", "pass", "passphrase", "passwd",
    "password", "phrase", "postgres", "private", "prod", "production", "pwd", "random", "redis", "refresh",
    "root", "safe", "salt", "secreta", "secret", "secreto", "secrets", "secure", "security", "segura",
    "seguro", "session", "sign", "signing", "stage", "staging", "string", "strong", "super", "test",
    "testing", "token", "ultra", "user", "very",
];

/// Other words that come up all the time.
#[rustfmt::skip]
pub(super) const COMMON: &[&str] = &[
    "a", "abc", "alpha", "amor", "an", "and", "angel", "apple", "at", "autumn", "backend", "banana", "base",
    "beta", "big", "bit", "bits", "black", "blue", "cache", "casa", "cat", "chat", "client", "cloud",
    "company", "compose", "con", "config", "correct", "data", "de", "del", "demo", "deploy", "docker",
    "dog", "dragon", "el", "email", "empresa", "en", "enough", "env", "environment", "es", "esta", "este",
    "extra", "fall", "file", "football", "for", "free", "from", "frontend", "god", "google", "great",
    "guest", "hash", "hello", "hola", "house", "hunter", "id", "iloveyou", "in", "internal", "is", "it",
    "la", "letmein", "live", "love", "magic", "mail", "main", "manager", "me", "mexico", "minio",
    "minioadmin", "monkey", "more", "mundo", "name", "new", "node", "not", "number", "of", "old", "on",
    "one", "only", "or", "orange", "our", "para", "person", "please", "port", "power", "princess",
    "project", "proyecto", "public", "python", "qwerty", "rabbit", "red", "safety", "sample", "server",
    "service", "shadow", "shared", "simple", "site", "some", "spring", "star", "start", "storage", "summer",
    "sunshine", "system", "temp", "temporary", "that", "the", "this", "three", "tmp", "to", "two", "use",
    "used", "value", "web", "welcome", "white", "winter", "with", "word", "world", "your", "zero",
    "cambiar", "change", "changed", "default", "least", "must", "should", "be", "no", "si", "muy", "larga",
    "largo", "caracteres", "produccion", "desarrollo", "usuario", "prueba", "pruebas", "sistema",
    "servidor", "datos", "base",
];

/// Rows of keys, both ways.
#[rustfmt::skip]
pub(super) const KEYBOARD: &[&str] = &[
    "qwertyuiop", "poiuytrewq", "asdfghjklñ", "ñlkjhgfdsa", "asdfghjkl", "lkjhgfdsa", "zxcvbnm", "mnbvcxz",
    "1234567890", "0987654321", "qazwsxedcrfvtgbyhnujm", "azertyuiop",
];
