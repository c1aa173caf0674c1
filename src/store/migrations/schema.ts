/** What all migrations come to; written by their test, never by hand. */
export const schemaSql = `
CREATE TABLE migrations (number integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE "mailboxes" (
  "id" integer primary key,
  "source_url" text not null,
  "target_url" text not null,
  "last_key" bigint default 0 not null,
  "source_permanent_id" text,
  "target_permanent_id" text,
  constraint "mailboxes_by_urls" unique ("source_url", "target_url")
);
CREATE TABLE "passes" (
  "mailbox" integer not null references "mailboxes" ("id"),
  "number" integer not null,
  "started_ms" bigint not null,
  "ended_ms" bigint,
  "settings" text not null,
  "result" text,
  "counts" text,
  constraint "passes_by_number" primary key ("mailbox", "number")
);
CREATE TABLE "folders" (
  "id" integer primary key,
  "mailbox" integer not null references "mailboxes" ("id"),
  "source_id" text not null,
  "source_path" text not null,
  "role" text,
  "target_path" text,
  "target_id" text,
  "skipped_by" text,
  "cursor" text,
  "is_present" smallint not null,
  constraint "folders_by_source_id" unique ("mailbox", "source_id")
);
CREATE TABLE "target_folders" (
  "id" integer primary key,
  "mailbox" integer not null references "mailboxes" ("id"),
  "target_id" text not null,
  constraint "target_folders_by_target_id" unique ("mailbox", "target_id")
);
CREATE TABLE "items" (
  "mailbox" integer not null references "mailboxes" ("id"),
  "key" bigint not null,
  "folder" integer not null references "folders" ("id"),
  "fate" text,
  "task" text,
  "fate_pass" integer,
  "update_pass" integer,
  "size_bytes" bigint not null,
  "seen_pass" integer not null,
  "received_ms" bigint not null,
  "received_offset" integer not null,
  "source_id" text not null,
  "version" text not null,
  "keywords" text,
  "reason" text,
  "hint" text,
  "conflict" text,
  "prior_fate" text,
  "prior_task" text,
  "target_folder" integer,
  "target_id" text,
  "target_version" text,
  "superseded_id" text,
  "is_orphan" smallint default 0 not null,
  "digest" blob,
  "content_bytes" bigint,
  "proof" text,
  "altered" text,
  "identity" text,
  "message_id" text,
  "sender" text,
  "subject" text,
  constraint "items_by_key" primary key ("mailbox", "key")
) without rowid;
CREATE UNIQUE INDEX "items_by_source_id" on "items" ("folder", "source_id");
CREATE INDEX "items_by_task" on "items" ("folder", "task", "key") where "task" is not null;
CREATE UNIQUE INDEX "items_by_claim" on "items" ("target_folder", "target_id") where "target_id" is not null;
CREATE UNIQUE INDEX "items_by_superseded" on "items" ("target_folder", "superseded_id") where "superseded_id" is not null;
CREATE INDEX "items_by_orphan" on "items" ("mailbox", "identity") where "is_orphan" = 1;
CREATE TABLE "extras" (
  "mailbox" integer not null references "mailboxes" ("id"),
  "kind" text not null,
  "source_id" text not null,
  "name" text not null,
  "fate" text,
  "reason" text,
  "hint" text,
  "handwork" text,
  "target_id" text,
  "carried" text,
  "kept" text,
  "intended" text,
  "pass" integer not null,
  "is_present" smallint not null,
  constraint "extras_by_source_id" primary key ("mailbox", "kind", "source_id")
);
INSERT INTO migrations (number, name) VALUES (1, 'initial');
INSERT INTO migrations (number, name) VALUES (2, 'extras');
INSERT INTO migrations (number, name) VALUES (3, 'permanent-ids');
`
