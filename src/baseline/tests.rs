use super::Baseline;
