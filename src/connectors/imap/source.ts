import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Folder } from '../../core/model/folder.ts'
import type { Cursor } from '../../core/model/ids.ts'
import type { ItemRef, ReadResult } from '../../core/model/item.ts'
import type { Quota } from '../../core/model/quota.ts'
import type { Described, Page, Reader } from '../../core/ports/connector.ts'
import { describeMessages } from './describe-messages.ts'
import { discoverFolders } from './discover.ts'
import { whenEnabled } from './enable-extensions.ts'
import { enumerateFolder } from './enumerate.ts'
import type { Naming } from './names.ts'
import type { Session } from './protocol/session.ts'
import { readBodies } from './read-bodies.ts'
import { readQuota } from './read-quota.ts'
import type { Sessions } from './sessions.ts'

/** An IMAP account, read only: LIST, STATUS, EXAMINE and BODY.PEEK. */
export class ImapReader implements Reader {
  capabilities: Capabilities
  readonly quota?: () => Promise<Quota | undefined>
  protected readonly sessions: Sessions
  protected naming: Naming = { delimiter: '/', prefix: '' }
  protected isNamingKnown = false

  constructor(sessions: Sessions, capabilities: Capabilities) {
    this.sessions = sessions
    this.capabilities = capabilities
    if (capabilities.announced.includes('QUOTA')) this.quota = async () => readQuota(await sessions.control())
  }

  async discover(): Promise<readonly Folder[]> {
    const { naming, folders } = await discoverFolders(await this.sessions.control())
    this.naming = naming
    this.isNamingKnown = true
    return folders
  }

  async *enumerate(folder: Folder, after?: Cursor): AsyncGenerator<Page> {
    yield* enumerateFolder(await this.control(), folder, after)
  }

  async *describe(refs: readonly ItemRef[]): AsyncGenerator<Described> {
    yield* describeMessages(await this.control(), refs)
  }

  async *read(requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
    const lease = await this.sessions.lease()
    try {
      await whenEnabled(lease.session)
      yield* readBodies(lease.session, requests)
    } finally {
      lease.release()
    }
  }

  close(): Promise<void> {
    return this.sessions.close()
  }

  /** The session that looks after folders, when folders are about to be named. */
  protected async control(): Promise<Session> {
    const session = await this.sessions.control()
    await whenEnabled(session)
    return session
  }
}
