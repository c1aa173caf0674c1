import type { DatabaseSync } from 'node:sqlite'

/**
 * The tables of a tenant's mailboxes. An item's `head` is its property list with its recipients in FastTransfer's own
 * encoding and the truth about it; the other columns repeat what listings need without opening it.
 */
export function createMailboxTables(database: DatabaseSync): void {
  database.exec(`
    create table if not exists mailboxes (
      id integer primary key,
      guid text not null unique,
      user_id text not null,
      kind text not null,
      address text not null,
      language text not null,
      ready_ms integer not null,
      settings text not null,
      change integer not null default 0,
      size_bytes integer not null default 0,
      main_id integer
    );
    create index if not exists mailboxes_user on mailboxes (user_id, kind);

    create table if not exists folders (
      id integer primary key,
      mailbox_id integer not null,
      parent_id integer,
      well_known text,
      name text not null,
      class text not null,
      is_hidden integer not null default 0,
      is_search integer not null default 0,
      created_ms integer not null,
      modified_ms integer not null,
      change integer not null,
      uid_validity integer not null,
      uid_next integer not null default 1,
      properties blob,
      moved_to text
    );
    create index if not exists folders_parent on folders (mailbox_id, parent_id);

    create table if not exists items (
      id integer primary key autoincrement,
      mailbox_id integer not null,
      folder_id integer not null,
      uid integer not null,
      change integer not null,
      created_change integer not null,
      class text not null,
      is_associated integer not null,
      message_flags integer not null,
      flag_status integer not null,
      last_verb integer not null,
      imap_deleted integer not null default 0,
      categories text,
      subject text,
      message_id text,
      received_ms integer,
      submitted_ms integer,
      start_ms integer,
      end_ms integer,
      created_ms integer not null,
      modified_ms integer not null,
      size_bytes integer not null,
      mime_size_bytes integer,
      attachment_count integer not null,
      head blob not null
    );
    create unique index if not exists items_folder on items (folder_id, uid);
    create index if not exists items_change on items (folder_id, change);
    create index if not exists items_received on items (folder_id, received_ms);
    create index if not exists items_message_id on items (mailbox_id, message_id) where message_id is not null;

    create table if not exists attachments (
      item_id integer not null,
      number integer not null,
      name text,
      head blob not null,
      data blob,
      is_embedded integer not null,
      size_bytes integer not null,
      primary key (item_id, number)
    ) without rowid;

    create table if not exists departures (
      mailbox_id integer not null,
      folder_id integer not null,
      item_id integer not null,
      uid integer not null,
      change integer not null,
      reason text not null
    );
    create index if not exists departures_folder on departures (folder_id, change);

    create table if not exists folder_departures (
      mailbox_id integer not null,
      folder_id integer not null,
      change integer not null
    );
    create index if not exists folder_departures_change on folder_departures (mailbox_id, change);

    create table if not exists outbox (
      id integer primary key,
      mailbox_id integer not null,
      sent_ms integer not null,
      reason text not null,
      subject text not null,
      recipients text not null
    );

    create table if not exists mailbox_documents (
      mailbox_id integer not null,
      type text not null,
      id text not null,
      position integer not null,
      document text not null,
      primary key (mailbox_id, type, id)
    ) without rowid;
  `)
}
