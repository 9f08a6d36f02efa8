/** The database's history: each entry is run once, in order, and never changed after it was released. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT;

  CREATE TABLE labs (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    scenario TEXT NOT NULL,
    seed INTEGER NOT NULL,
    -- The lab host's name for it: another one after each reset, none while there is no such lab.
    agent_id TEXT UNIQUE,
    phase TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- Milliseconds since 1970, as all times here.
    created_at INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    solved INTEGER NOT NULL,
    verdict TEXT,
    hints TEXT NOT NULL,
    tries INTEGER NOT NULL,
    first_input_at INTEGER,
    solution_seen INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX labs_of_owner ON labs (owner);

  CREATE TABLE progress (
    learner TEXT NOT NULL,
    scenario TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    solved_at INTEGER,
    -- Seconds from the first key to solved, the best of all times.
    best_seconds REAL,
    PRIMARY KEY (learner, scenario)
  ) STRICT;

  CREATE TABLE pool (
    agent_id TEXT PRIMARY KEY,
    -- Both null for a blank lab.
    scenario TEXT,
    seed INTEGER,
    ready INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- What an operator has switched, by name; JSON.
  CREATE TABLE switches (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
];
