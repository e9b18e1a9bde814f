# What CI runs, and what it installs: tests/run.

ci:
    tests/run

fix:
    cargo clippy --fix --allow-dirty --all-targets
    cargo fmt

# Writes the generated files: JSON schema, rule table, snapshots.
bless:
    ENVGATE_BLESS=1 INSTA_UPDATE=always cargo test --no-fail-fast

bench:
    cargo bench
