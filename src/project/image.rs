//! Image references, and what is known of images by their names.
//!
//! Not here: registries; nothing is asked.

use crate::source::file_name;

/// An image reference, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    /// Registry, namespace and name, without tag and digest.
    pub name: &'a str,
    /// The tag, where there is one.
    pub tag: Option<&'a str>,
    /// Whether a digest pins it.
    pub digest: bool,
}

impl<'a> Image<'a> {
    /// Takes a reference apart.
    ///
    /// ```
    /// use envgate::project::image::Image;
    /// let image = Image::parse("registry.example:5000/team/api");
    /// assert_eq!((image.name, image.tag), ("registry.example:5000/team/api", None));
    /// assert_eq!(Image::parse("redis:7.4-alpine").tag, Some("7.4-alpine"));
    /// assert!(Image::parse("redis@sha256:0123").digest);
    /// ```
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, _)) => (rest, true),
            None => (text, false),
        };
        let slash = rest.rfind('/').map_or(0, |at| at + 1);
        let colon = rest.get(slash..).and_then(|last| last.find(':')).map(|at| slash + at);
        let (name, tag) = match colon {
            Some(at) => (rest.get(..at).unwrap_or(rest), rest.get(at + 1..)),
            None => (rest, None),
        };
        Self { name, tag, digest }
    }

    /// The datastore that the image is, with the ports that it listens on; `None` for everything else.
    #[must_use]
    pub fn datastore(&self) -> Option<&'static [u16]> {
        let lower = self.name.to_ascii_lowercase();
        // Microsoft's is called `server`, in a namespace of its own.
        let name = if lower.ends_with("mssql/server") { "mssql" } else { file_name(&lower) };
        // `postgres-exporter` and `redis-commander` are no datastores.
        let known = |known: &str| {
            name == known || name.strip_prefix(known).is_some_and(|rest| VARIANTS.contains(&rest))
        };
        DATASTORES.iter().find(|(one, _)| known(one)).map(|(_, ports)| *ports)
    }

    /// Whether the image is an official one that is known to bring no health check of its own.
    #[must_use]
    pub fn without_healthcheck(&self) -> bool {
        let name = self.name.strip_prefix("docker.io/").unwrap_or(self.name);
        let name = name.strip_prefix("library/").unwrap_or(name);
        UNCHECKED.contains(&name)
    }
}

/// Endings that leave a datastore what it is.
const VARIANTS: &[&str] =
    &["-stack-server", "-stack", "-server", "-community-server", "-oss", "ql", "-alpine"];

/// Datastores by the last part of their image's name, and their ports.
const DATASTORES: &[(&str, &[u16])] = &[
    ("postgres", &[5432]),
    ("postgis", &[5432]),
    ("timescaledb", &[5432]),
    ("pgvector", &[5432]),
    ("mysql", &[3306, 33060]),
    ("mariadb", &[3306]),
    ("percona", &[3306]),
    ("mongo", &[27017]),
    ("mongodb", &[27017]),
    ("redis", &[6379]),
    ("valkey", &[6379]),
    ("keydb", &[6379]),
    ("dragonfly", &[6379]),
    ("memcached", &[11211]),
    ("elasticsearch", &[9200, 9300]),
    ("opensearch", &[9200, 9300]),
    ("cassandra", &[9042, 7000]),
    ("scylla", &[9042]),
    ("couchdb", &[5984]),
    ("neo4j", &[7474, 7687]),
    ("influxdb", &[8086]),
    ("clickhouse", &[8123, 9000]),
    ("qdrant", &[6333, 6334]),
    ("etcd", &[2379, 2380]),
    ("zookeeper", &[2181]),
    ("rabbitmq", &[5672]),
    ("rethinkdb", &[28015]),
    ("arangodb", &[8529]),
    ("cockroach", &[26257]),
    ("mssql", &[1433]),
    ("azure-sql-edge", &[1433]),
    ("oracle-free", &[1521]),
    ("oracle-xe", &[1521]),
    ("kafka", &[9092]),
    ("cp-kafka", &[9092]),
    ("redpanda", &[9092]),
    ("nats", &[4222]),
    ("solr", &[8983]),
    ("meilisearch", &[7700]),
    ("typesense", &[8108]),
    ("milvus", &[19530]),
    ("weaviate", &[8080, 50051]),
    ("questdb", &[8812, 9000]),
    ("ferretdb", &[27017]),
    ("timescaledb-ha", &[5432]),
];

/// Official images without a `HEALTHCHECK`.
const UNCHECKED: &[&str] = &[
    "alpine",
    "busybox",
    "cassandra",
    "debian",
    "elasticsearch",
    "golang",
    "httpd",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "neo4j",
    "nginx",
    "node",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "traefik",
    "ubuntu",
    "valkey/valkey",
    "zookeeper",
];

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn datastores_are_told_by_their_names() {
        for (text, ports) in [
            ("postgres:16", Some(5432)),
            ("docker.io/bitnami/postgresql:16", Some(5432)),
            ("clickhouse/clickhouse-server", Some(8123)),
            ("redis/redis-stack-server:7", Some(6379)),
            ("mcr.microsoft.com/mssql/server:2022-latest", Some(1433)),
            ("apache/kafka:3.8.0", Some(9092)),
            ("example/server", None),
            ("provectuslabs/kafka-ui", None),
            ("prometheuscommunity/postgres-exporter", None),
            ("mongo-express", None),
            ("rediscommander/redis-commander", None),
        ] {
            assert_eq!(Image::parse(text).datastore().map(|ports| ports[0]), ports, "{text}");
        }
    }
}
