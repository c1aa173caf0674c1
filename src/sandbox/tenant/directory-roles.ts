/** A directory role of every tenant. */
export interface DirectoryRole {
  readonly id: string
  readonly displayName: string
}

/** Templates' ids as Microsoft documents them; the ids are the same in every tenant. */
export const directoryRoles = {
  globalAdministrator: { id: '62e90394-69f5-4237-9190-012177145e10', displayName: 'Global Administrator' },
  exchangeAdministrator: { id: '29232cdf-9323-42fd-ade2-1d097af3e4de', displayName: 'Exchange Administrator' },
  userAdministrator: { id: 'fe930be7-5e62-47db-91af-98c3a49a38b1', displayName: 'User Administrator' },
  applicationAdministrator: { id: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', displayName: 'Application Administrator' },
  licenseAdministrator: { id: '4d6ac14f-3453-41d0-bef9-a3e0c569773a', displayName: 'License Administrator' },
  domainNameAdministrator: { id: '8329153b-31d0-4727-b945-745eb3bc5f31', displayName: 'Domain Name Administrator' },
  privilegedRoleAdministrator: { id: 'e8611ab8-c189-46e8-94e1-60213ab1f814', displayName: 'Privileged Role Administrator' },
  globalReader: { id: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451', displayName: 'Global Reader' },
} as const satisfies Readonly<Record<string, DirectoryRole>>

/** What every user's token carries beside the roles of its own: "user". */
export const userRoleTemplateId = 'b79fbf4d-3ef9-4689-8143-76b194e85509'
