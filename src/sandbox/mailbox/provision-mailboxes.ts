import type { DirectoryStore } from '../tenant/directory-store.ts'
import type { MailboxProvisioning } from '../tenant/tenant.ts'
import type { MailboxStore } from './mailbox-store.ts'

/**
 * Gives licensed users their mailboxes. A new one takes the user's principal name as its address and the user's
 * preferred language for its folders; one that was taken away comes back as it was.
 */
export function provisionMailboxes(store: MailboxStore, directory: DirectoryStore): MailboxProvisioning {
  return {
    provision(userId, readyAtMs) {
      const user = directory.users.find(userId)
      if (user === undefined) return
      const mailbox = store.ofUser(userId)
      if (mailbox !== undefined) {
        if (mailbox.isDisconnected) store.reconnect(mailbox, readyAtMs)
        return
      }
      const address = user.mail ?? user.userPrincipalName
      store.create({ userId, address, language: user.preferredLanguage ?? 'en-US', readyMs: readyAtMs })
      const hasPrimary = user.proxyAddresses.some((proxy) => proxy.startsWith('SMTP:'))
      const proxyAddresses = hasPrimary ? user.proxyAddresses : [`SMTP:${address}`, ...user.proxyAddresses]
      directory.users.update({ ...user, mail: address, proxyAddresses })
    },
    deprovision(userId) {
      const mailbox = store.ofUser(userId)
      if (mailbox !== undefined) store.disconnect(mailbox)
    },
  }
}
