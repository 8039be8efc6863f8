CREATE TABLE tenant (id TEXT PRIMARY KEY, name TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE client (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant (id), secret TEXT NOT NULL, created BIGINT NOT NULL, revoked BIGINT
);
CREATE TABLE token (hash TEXT PRIMARY KEY, client TEXT NOT NULL REFERENCES client (id), expires BIGINT NOT NULL);
CREATE INDEX token_expires ON token (expires);
CREATE TABLE footprint (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL REFERENCES tenant (id), body TEXT NOT NULL,
    original TEXT, status TEXT NOT NULL, starts BIGINT NOT NULL, ends BIGINT NOT NULL, stored BIGINT NOT NULL
);
CREATE TABLE footprint_key (
    kind TEXT NOT NULL, value TEXT NOT NULL, footprint BIGINT NOT NULL REFERENCES footprint (seq), PRIMARY KEY (kind, value, footprint)
) WITHOUT ROWID;
CREATE TABLE access_grant (
    tenant TEXT NOT NULL REFERENCES tenant (id), footprint BIGINT NOT NULL REFERENCES footprint (seq), granted BIGINT NOT NULL,
    PRIMARY KEY (tenant, footprint)
) WITHOUT ROWID;
CREATE TABLE standing_grant (
    owner TEXT NOT NULL REFERENCES tenant (id), tenant TEXT NOT NULL REFERENCES tenant (id), granted BIGINT NOT NULL, PRIMARY KEY (owner, tenant)
);
CREATE TABLE peer (tenant TEXT PRIMARY KEY REFERENCES tenant (id), url TEXT NOT NULL, client TEXT NOT NULL, secret TEXT NOT NULL);
CREATE TABLE event_in (
    tenant TEXT NOT NULL REFERENCES tenant (id), source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    received BIGINT NOT NULL, PRIMARY KEY (tenant, source, id)
);
CREATE TABLE request_in (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL REFERENCES tenant (id), event TEXT NOT NULL, source TEXT NOT NULL,
    criteria TEXT NOT NULL, state TEXT NOT NULL, created BIGINT NOT NULL, answered BIGINT, UNIQUE (tenant, source, event)
);
CREATE TABLE request_out (
    event TEXT PRIMARY KEY, asker TEXT NOT NULL REFERENCES tenant (id), asked TEXT NOT NULL REFERENCES tenant (id), criteria TEXT NOT NULL,
    state TEXT NOT NULL, created BIGINT NOT NULL, answered BIGINT, answer TEXT
);
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL REFERENCES tenant (id), event TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    attempts BIGINT NOT NULL, due BIGINT NOT NULL, state TEXT NOT NULL, failure TEXT, created BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, due);
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at BIGINT NOT NULL, tenant TEXT, client TEXT, action TEXT NOT NULL, object TEXT NOT NULL,
    outcome TEXT NOT NULL
);
