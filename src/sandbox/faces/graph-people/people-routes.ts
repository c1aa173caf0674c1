import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import type { Route } from '../../http/route.ts'
import { contactDeltaRoutes } from './contact-delta.ts'
import { contactFolderDeltaRoutes } from './contact-folder-delta.ts'
import { contactFolderRoutes } from './contact-folder-routes.ts'
import { contactPhotoRoutes } from './contact-photo-routes.ts'
import { contactRoutes } from './contact-routes.ts'
import { inferenceOverrideRoutes } from './inference-override-routes.ts'
import { mailboxSettingsRoutes } from './mailbox-settings-routes.ts'
import { masterCategoryRoutes } from './master-category-routes.ts'
import { messageRuleRoutes } from './message-rule-routes.ts'
import { outlookListRoutes } from './outlook-list-routes.ts'

/**
 * Graph's contacts with their folders and photos, and what else belongs to a person's mailbox: categories, inbox rules,
 * settings, and the overrides of the focused inbox (exchange.md 3.4 and 3.5). Nothing here ever sends anything.
 */
export function graphPeopleRoutes(stores: MailboxStores): readonly Route[] {
  return [
    ...contactRoutes(stores),
    ...contactDeltaRoutes(stores),
    ...contactPhotoRoutes(stores),
    ...contactFolderRoutes(stores),
    ...contactFolderDeltaRoutes(stores),
    ...masterCategoryRoutes(stores),
    ...messageRuleRoutes(stores),
    ...mailboxSettingsRoutes(stores),
    ...inferenceOverrideRoutes(stores),
    ...outlookListRoutes(),
  ]
}
