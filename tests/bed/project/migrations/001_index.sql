CREATE INDEX IF NOT EXISTS monthly_kpis_institucion ON monthly_kpis(institucion_id);
