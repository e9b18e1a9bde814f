//! Every format that people keep logins in: one file of each, made up here, and what must be found in it.
//!
//! Not here: how it is found. The values are put together from pieces and stand in no file whole.

use super::scan;

const WORD: &str = "kelp-Barn98x";
const KEY: &str = "mV9xQ2rT8kLp4ZwN7bJc3HsYd6Jg1Aq";

/// A path and a text with `«w»` and `«k»` where the secrets stand.
const FILES: &[(&str, &str)] = &[
    ("db/seed.sql", "INSERT INTO users (id, name, password) VALUES (1, 'anna', '«w»');\n"),
    ("db/roles.sql", "CREATE ROLE shop LOGIN PASSWORD '«w»';\n"),
    ("db/users.sql", "CREATE USER 'shop'@'%' IDENTIFIED BY '«w»';\n"),
    (".lftprc", "open -u anna,«w» ftp.shop.internal\n"),
    ("LocalSettings.php", "<?php\n$wgDBpassword = \"«w»\";\n"),
    ("redis.conf", "requirepass «w»\n"),
    (".netrc", "machine git.shop.internal login anna password «w»\n"),
    ("_netrc", "machine git.shop.internal\n  login anna\n  password «w»\n"),
    (".pgpass", "db.shop.internal:5432:shop:anna:«w»\n"),
    (".my.cnf", "[client]\nuser = anna\npassword = «w»\n"),
    (".kube/config", "users:\n- name: anna\n  user:\n    username: anna\n    password: «w»\n"),
    (".kube/config", "users:\n- name: anna\n  user:\n    token: «k»\n"),
    (".npmrc", "//registry.shop.internal/:_authToken=«k»\n"),
    (
        ".npmrc",
        "//registry.shop.internal/:username=anna\n//registry.shop.internal/:_password=S2VscC1CYXJuOTh4\n",
    ),
    (".pypirc", "[pypi]\nusername = anna\npassword = «w»\n"),
    (
        ".dockercfg",
        "{\"registry.shop.internal\": {\"auth\": \"YW5uYTprZWxwLUJhcm45OHg=\", \"email\": \"a@shop.internal\"}}\n",
    ),
    (
        ".docker/config.json",
        "{\"auths\": {\"registry.shop.internal\": {\"auth\": \"YW5uYTprZWxwLUJhcm45OHg=\"}}}\n",
    ),
    (".git-credentials", "https://anna:«w»@git.shop.internal\n"),
    (".s3cfg", "[default]\naccess_key = shop\nsecret_key = «k»\n"),
    (
        "filezilla/sitemanager.xml",
        "<Server><Host>ftp.shop.internal</Host><User>anna</User><Pass encoding=\"base64\">a2VscC1CYXJuOTh4</Pass></Server>\n",
    ),
    (
        "recentservers.xml",
        "<Server><Host>ftp.shop.internal</Host><User>anna</User><Pass>«w»</Pass></Server>\n",
    ),
    (
        "WinSCP.ini",
        "[Sessions\\anna@ftp.shop.internal]\nHostName=ftp.shop.internal\nPassword=A35C4B5E7A6C2F3D3C6E7A2B1F4D5C6E\n",
    ),
    ("ws_ftp.ini", "[shop]\nHOST=ftp.shop.internal\nUID=anna\nPWD=«w»\n"),
    (
        ".vscode/sftp.json",
        "{\"host\": \"ftp.shop.internal\", \"username\": \"anna\", \"password\": \"«w»\"}\n",
    ),
    (
        "sftp-config.json",
        "{\n    \"type\": \"sftp\",\n    \"user\": \"anna\",\n    \"password\": \"«w»\",\n}\n",
    ),
    (".ftpconfig", "{\"protocol\": \"ftp\", \"user\": \"anna\", \"pass\": \"«w»\"}\n"),
    (
        ".remote-sync.json",
        "{\"hostname\": \"ftp.shop.internal\", \"username\": \"anna\", \"password\": \"«w»\"}\n",
    ),
    ("wp-config.php", "<?php\ndefine( 'DB_PASSWORD', '«w»' );\n"),
    ("wp-config.php", "<?php\ndefine('AUTH_KEY', '«k»');\n"),
    (
        "sites/default/settings.php",
        "<?php\n$databases['default']['default'] = array (\n  'password' => '«w»',\n);\n",
    ),
    (
        "configuration.php",
        "<?php\nclass JConfig {\n\tpublic $password = '«w»';\n\tpublic $secret = '«k»';\n}\n",
    ),
    (
        "app/etc/env.php",
        "<?php\nreturn ['db' => ['connection' => ['default' => ['password' => '«w»']]], 'crypt' => ['key' => '«k»']];\n",
    ),
    (
        "typo3conf/LocalConfiguration.php",
        "<?php\nreturn ['DB' => ['Connections' => ['Default' => ['password' => '«w»']]]];\n",
    ),
    ("config/settings.inc.php", "<?php\ndefine('_DB_PASSWD_', '«w»');\n"),
    (
        ".dbeaver/data-sources.json",
        "{\"connections\": {\"pg\": {\"configuration\": {\"user\": \"anna\", \"password\": \"«w»\"}}}}\n",
    ),
    (
        "pgadmin4/servers.json",
        "{\"Servers\": {\"1\": {\"Name\": \"shop\", \"Username\": \"anna\", \"Password\": \"«w»\"}}}\n",
    ),
    (
        "robomongo.json",
        "{\"connections\": [{\"credentials\": [{\"userName\": \"anna\", \"userPassword\": \"«w»\"}]}]}\n",
    ),
    (
        "notes.ipynb",
        "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"password = \\\"«w»\\\"\\n\"]}]}\n",
    ),
    ("README.md", "Log in as `anna`, password: `«w»`.\n"),
    ("README.md", "```sh\nexport SHOP_PASSWORD=«w»\n```\n"),
    ("run.sh", "curl -u anna:«w» https://shop.internal/api\n"),
    ("run.sh", "docker login -u anna -p «w» registry.shop.internal\n"),
    ("run.sh", "docker login --username anna --password=«w» registry.shop.internal\n"),
    ("run.sh", "mysql -u anna -p«w» shop\n"),
    ("application.properties", "spring.datasource.password=«w»\n"),
    ("settings.xml", "<server><id>shop</id><username>anna</username><password>«w»</password></server>\n"),
    ("tomcat-users.xml", "<user username=\"anna\" password=\"«w»\" roles=\"manager\"/>\n"),
    ("rclone.conf", "[shop]\ntype = sftp\nuser = anna\npass = «k»\n"),
    ("main.tf", "resource \"db\" \"x\" {\n  password = \"«w»\"\n}\n"),
    ("app.config", "<add key=\"Password\" value=\"«w»\" />\n"),
    ("a.http", "GET https://shop.internal/api\nAuthorization: Basic YW5uYTprZWxwLUJhcm45OHg=\n"),
];

/// The same formats with what everyone writes where a secret belongs.
const INNOCENT: &[(&str, &str)] = &[
    ("db/schema.sql", "CREATE TABLE users (id int, name text, password text NOT NULL);\n"),
    (
        "db/seed.sql",
        "INSERT INTO users (name, password) VALUES ($1, $2);\nINSERT INTO t (name, kind) VALUES ('password', 'secret');\n",
    ),
    (".netrc", "machine git.shop.internal login anna password ${GIT_PASSWORD}\n"),
    (".npmrc", "//registry.shop.internal/:_authToken=${NPM_TOKEN}\n"),
    (".kube/config", "users:\n- name: anna\n  user:\n    tokenFile: /var/run/token\n"),
    (
        ".docker/config.json",
        "{\"auths\": {\"registry.shop.internal\": {}}, \"credsStore\": \"osxkeychain\"}\n",
    ),
    (
        "wp-config.php",
        "<?php\ndefine('DB_PASSWORD', getenv('DB_PASSWORD'));\ndefine('AUTH_KEY', 'put your unique phrase here');\n",
    ),
    (
        "run.sh",
        "curl -u \"$USER:$PASSWORD\" https://shop.internal/api\ndocker login -u anna --password-stdin registry.shop.internal\n",
    ),
    ("envgate.yaml", "secrets:\n  shop-partner-key:\n    description: a key\n"),
    ("docker-secrets.yml", "secrets:\n  db_password_v2:\n    external: true\n"),
    ("notes.ipynb", "{\"cells\": [{\"source\": [\"password = getpass()\\n\"]}]}\n"),
];

fn filled(text: &str) -> String {
    text.replace("«w»", WORD).replace("«k»", KEY)
}

#[test]
fn each_format_gives_its_login_away() {
    let mut missed = Vec::new();
    for (path, text) in FILES {
        let text = filled(text);
        if scan(path, &text).is_empty() {
            missed.push(format!("{path}: {}", text.trim()));
        }
    }
    assert!(missed.is_empty(), "nothing is found in\n{}", missed.join("\n"));
}

#[test]
fn what_stands_for_a_login_is_none() {
    for (path, text) in INNOCENT {
        let found: Vec<&str> =
            scan(path, text).iter().filter_map(|one| text.get(one.span.start..one.span.end)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}
