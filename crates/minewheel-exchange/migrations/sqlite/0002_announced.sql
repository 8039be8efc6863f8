CREATE TABLE announced (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL REFERENCES tenant (id), footprint TEXT NOT NULL, attempts BIGINT NOT NULL,
    due BIGINT NOT NULL, state TEXT NOT NULL, failure TEXT, created BIGINT NOT NULL, UNIQUE (tenant, footprint)
);
CREATE INDEX announced_due ON announced (state, due);
