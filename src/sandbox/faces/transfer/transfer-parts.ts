import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import type { TransferSettings } from './transfer-settings.ts'

/** What the calls of the import/export API work with. */
export interface TransferParts {
  readonly stores: MailboxStores
  /** Sign the tokens of import URLs. */
  readonly keys: SigningKeys
  readonly settings: TransferSettings
}
