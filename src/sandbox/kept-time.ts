import type { DatabaseSync } from 'node:sqlite'
import type { MovableClock } from './clock.ts'

/** Remembers how late it is in tenants whose clock was put forward or runs fast, as time never goes back. */
export interface KeptTime {
  /** Puts the clock to where it stood, if that is later. */
  restore(): void
  save(): void
}

/** Keeps the time of `clock` in the tenants' databases. Makes the tables where there are none. */
export function keepTime(databases: readonly DatabaseSync[], clock: MovableClock): KeptTime {
  for (const database of databases) database.exec('create table if not exists kept_time (now_ms integer not null)')
  return {
    restore() {
      const kept = databases.map((database) => Number(database.prepare('select max(now_ms) as now_ms from kept_time').get()?.['now_ms'] ?? 0))
      const behindMs = Math.max(0, ...kept) - clock.nowMs()
      if (behindMs > 0) clock.advance(behindMs)
    },
    save() {
      const nowMs = Math.ceil(clock.nowMs())
      for (const database of databases) {
        database.exec('delete from kept_time')
        database.prepare('insert into kept_time (now_ms) values (?)').run(nowMs)
      }
    },
  }
}
