/** The first shape of the store. A released migration is never edited: a change is the next number. */
export const first = `
CREATE TABLE learner (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
INSERT INTO learner (id, name) VALUES (1, 'me');

-- A lab as it was when an attempt began: kept by content, so that a changed folder does not change a running attempt.
CREATE TABLE lab (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  content TEXT NOT NULL,
  imported_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  id TEXT PRIMARY KEY,
  learner INTEGER NOT NULL REFERENCES learner (id),
  lab_id TEXT NOT NULL,
  lab_hash TEXT NOT NULL REFERENCES lab (hash),
  mode TEXT NOT NULL CHECK (mode IN ('learn')),
  locale TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  earned INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  passed INTEGER NOT NULL DEFAULT 0,
  tasks INTEGER NOT NULL DEFAULT 0,
  -- Where the learner was, for the home view: {number, total, title} as JSON, and the newest line typed.
  step TEXT,
  last_command TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_by_lab ON attempt (learner, lab_id, opened_at);

-- Every input in order, written before it runs. \`at\` is virtual time. A skipped entry brought the emulator down twice.
CREATE TABLE journal (
  attempt TEXT NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at REAL NOT NULL,
  input TEXT NOT NULL,
  written_at INTEGER NOT NULL,
  skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped IN (0, 1)),
  PRIMARY KEY (attempt, seq)
) STRICT, WITHOUT ROWID;

-- The state after journal entry \`seq\`, at virtual time \`at\`. The newest few of an attempt are kept.
CREATE TABLE snapshot (
  id INTEGER PRIMARY KEY,
  attempt TEXT NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at REAL NOT NULL,
  checksum TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE INDEX snapshot_by_attempt ON snapshot (attempt, id);

CREATE TABLE task_result (
  attempt TEXT NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
  task TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'passed')),
  points INTEGER NOT NULL,
  seen TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (attempt, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  learner INTEGER NOT NULL REFERENCES learner (id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (learner, key)
) STRICT, WITHOUT ROWID;
`
