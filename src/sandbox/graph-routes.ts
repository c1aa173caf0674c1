import { calendarConversion } from '../formats/calendar/calendar-conversion.ts'
import { directoryRoutes } from './faces/directory/directory-routes.ts'
import { embeddedEventJson, makeEmbeddedEvent } from './faces/graph-calendar/embedded-event.ts'
import { graphCalendarRoutes } from './faces/graph-calendar/graph-calendar-routes.ts'
import { graphMailRoutes } from './faces/graph-mail/graph-mail-routes.ts'
import { graphPeopleRoutes } from './faces/graph-people/people-routes.ts'
import { transferRoutes } from './faces/transfer/transfer-routes.ts'
import type { TransferSettings } from './faces/transfer/transfer-settings.ts'
import { batchRoute } from './http/batch.ts'
import type { Route } from './http/route.ts'
import type { MailboxStores } from './graph-mailbox/open-mailbox.ts'
import type { Tenants } from './tenant/tenant.ts'
import type { SigningKeys } from './tokens/signing-keys.ts'

/** What the routes of Graph work on. */
export interface GraphRouteParts {
  readonly tenants: Tenants
  readonly stores: MailboxStores
  readonly keys: SigningKeys
  readonly transferSettings?: Partial<TransferSettings>
}

/** Everything that a sandbox's Graph answers: the tables of all faces, and `$batch`. */
export function graphRoutes({ tenants, stores, keys, transferSettings }: GraphRouteParts): readonly Route[] {
  return [
    batchRoute,
    ...directoryRoutes(tenants),
    ...graphMailRoutes({ stores, ...calendarConversion, embeddedJson: embeddedEventJson, makeEmbedded: makeEmbeddedEvent() }),
    ...graphCalendarRoutes(stores),
    ...graphPeopleRoutes(stores),
    ...transferRoutes(stores, keys, transferSettings),
  ]
}
