import type { Certificate } from './certificate.ts'

/** RFC 6154 attributes that a folder of a test server can carry. */
export type SpecialUse = 'Archive' | 'Drafts' | 'Junk' | 'Sent' | 'Trash'

/** What a throw-away Dovecot should be like; the empty object is a plain modern server with every extension. */
export interface DovecotOptions {
  /** Hierarchy separator shown to clients; `/` by default. */
  readonly separator?: string
  /** Prefix of the personal namespace, for example `INBOX.` with separator `.`; none by default. */
  readonly namespacePrefix?: string
  /**
   * Replaces what CAPABILITY announces after login (`IMAP4rev1 UIDPLUS`), or adds to it when it begins with `+`.
   * Hidden extensions still work; a correct client cannot know.
   */
  readonly capability?: string
  readonly storage?: 'maildir' | 'sdbox'
  /** With a certificate (STARTTLS on the plain port, implicit TLS on `tlsPort`), or without any; true by default. */
  readonly tls?: boolean
  /** SASL mechanisms; `['plain', 'login']` by default. Also: `scram-sha-256`, `xoauth2`, `oauthbearer`. */
  readonly mechanisms?: readonly string[]
  /** Name of a user who may log in as anybody with the same password, as `user*master` or by SASL authzid. */
  readonly masterUser?: string
  /** Quota of every user in bytes. */
  readonly quotaBytes?: number
  /** Largest message accepted, announced as APPENDLIMIT and enforced with `NO [LIMIT]`. */
  readonly appendSizeBytesMax?: number
  /** Sessions allowed per user and address; 1000 by default, Dovecot's own default is 10. */
  readonly sessionsMax?: number
  /** COMPRESS=DEFLATE; true by default. */
  readonly compress?: boolean
  /**
   * Names of the special-use folders, below the namespace prefix: `{ Sent: 'Gesendete Objekte' }`. By default the
   * English names of all five; `{}` for none, and then SPECIAL-USE is not announced either.
   */
  readonly specialUse?: Readonly<Partial<Record<SpecialUse, string>>>
  /** Whether the special-use folders exist from the first login; true by default. */
  readonly createSpecialUse?: boolean
  /** Dovecot's `mail_fsync`; `optimized` by default, as Dovecot has it. */
  readonly fsync?: 'optimized' | 'never' | 'always'
  /** Further lines of configuration, for what no other option says. */
  readonly extraConfig?: string
  /** Ports to listen on instead of free ones. */
  readonly port?: number
  readonly tlsPort?: number
}

/** Where a server lives and as whom it runs; decided by `startDovecot`. */
export interface DovecotPlace {
  readonly folder: string
  readonly mailRoot: string
  readonly port: number
  readonly tlsPort: number
  readonly certificate: Certificate | undefined
  readonly owner: { readonly uid: number; readonly gid: number }
  /** Present when Dovecot runs without root: everything runs as this user then, and nothing is chrooted. */
  readonly rootless: { readonly user: string; readonly group: string } | undefined
}

const specialUseDefault: Readonly<Record<SpecialUse, string>> = {
  Archive: 'Archive',
  Drafts: 'Drafts',
  Junk: 'Junk',
  Sent: 'Sent',
  Trash: 'Trash',
}

/** File names inside the server's folder that the configuration refers to. */
export const dovecotFiles = {
  config: 'dovecot.conf',
  log: 'dovecot.log',
  masters: 'masters',
  oauth: 'oauth.conf',
  oauthKey: 'keys/default/HS256/default',
} as const

/** The text of dovecot.conf for Dovecot 2.3. Every user name logs in with `password` and has a mailbox of its own. */
export function dovecotConfig(options: DovecotOptions, place: DovecotPlace, password: string): string {
  const { folder, certificate, owner } = place
  const separator = options.separator ?? '/'
  const plugins = [
    ...(options.quotaBytes !== undefined || options.appendSizeBytesMax !== undefined ? ['quota'] : []),
    ...(options.compress === false ? [] : ['zlib']),
  ]
  const imapPlugins = [
    ...(options.quotaBytes !== undefined ? ['imap_quota'] : []),
    ...(options.compress === false ? [] : ['imap_zlib']),
  ]
  return lines(
    `base_dir = ${folder}/run`,
    `state_dir = ${folder}/state`,
    `log_path = ${folder}/${dovecotFiles.log}`,
    'instance_name = mailvan-test',
    'protocols = imap',
    'listen = 127.0.0.1',
    certificate && `ssl = yes\nssl_cert = <${certificate.certificateFile}\nssl_key = <${certificate.keyFile}`,
    !certificate && 'ssl = no',
    'disable_plaintext_auth = no',
    // Dovecot folds user names to lower case otherwise, and `userMaildir` would point elsewhere.
    'auth_username_format = %u',
    'auth_failure_delay = 0',
    'first_valid_uid = 1',
    `mail_location = ${options.storage === 'sdbox' ? 'sdbox:~/sdbox' : 'maildir:~/Maildir'}`,
    `mail_fsync = ${options.fsync ?? 'optimized'}`,
    `mail_plugins = ${plugins.join(' ')}`,
    'default_vsz_limit = 1G',
    'default_client_limit = 4096',
    'default_process_limit = 512',
    capabilityLine(options),
    authentication(options, place, password),
    `protocol imap {\nmail_plugins = $mail_plugins ${imapPlugins.join(' ')}`,
    `mail_max_userip_connections = ${options.sessionsMax ?? 1000}\n}`,
    quotaSettings(options),
    `namespace inbox {\ninbox = yes\nseparator = ${separator}\nprefix = ${options.namespacePrefix ?? ''}`,
    ...specialUseFolders(options),
    '}',
    listeners(place),
    // Repeated failed logins from one address are delayed by this service, and every test comes from one address.
    'service anvil {\nunix_listener anvil-auth-penalty {\nmode = 0\n}\n}',
    place.rootless && rootlessSettings(place.rootless),
    `userdb {\ndriver = static`,
    `args = uid=${owner.uid} gid=${owner.gid} home=${place.mailRoot}/%u allow_all_users=yes\n}`,
    options.extraConfig,
  )
}

/** The configuration that lets Dovecot check access tokens by itself, with a shared key (no introspection server). */
export function oauthConfig(folder: string): string {
  return lines(
    'introspection_mode = local',
    `local_validation_key_dict = fs:posix:prefix=${folder}/keys/`,
    'username_attribute = email',
    'username_format = %u',
  )
}

function capabilityLine(options: DovecotOptions): string | undefined {
  const limit = options.appendSizeBytesMax === undefined ? '' : `APPENDLIMIT=${options.appendSizeBytesMax}`
  if (options.capability === undefined) return limit && `imap_capability = +${limit}`
  return `imap_capability = ${options.capability} ${limit}`.trimEnd()
}

function authentication(options: DovecotOptions, place: DovecotPlace, password: string): string {
  const mechanisms = options.mechanisms ?? ['plain', 'login']
  const oauth = mechanisms.filter((name) => name === 'xoauth2' || name === 'oauthbearer')
  return lines(
    `auth_mechanisms = ${mechanisms.join(' ')}`,
    options.masterUser !== undefined && 'auth_master_user_separator = *',
    options.masterUser !== undefined && 'passdb {\ndriver = passwd-file\nmaster = yes\nresult_success = continue',
    options.masterUser !== undefined && `args = ${place.folder}/${dovecotFiles.masters}\n}`,
    oauth.length > 0 && `passdb {\ndriver = oauth2\nmechanisms = ${oauth.join(' ')}`,
    oauth.length > 0 && `args = ${place.folder}/${dovecotFiles.oauth}\n}`,
    `passdb {\ndriver = static\nargs = password=${password}\n}`,
  )
}

function quotaSettings(options: DovecotOptions): string | undefined {
  if (options.quotaBytes === undefined && options.appendSizeBytesMax === undefined) return undefined
  return lines(
    'plugin {',
    'quota = count:User quota\nquota_vsizes = yes\nquota_grace = 0',
    options.quotaBytes !== undefined && `quota_rule = *:storage=${options.quotaBytes}B`,
    options.appendSizeBytesMax !== undefined && `quota_max_mail_size = ${options.appendSizeBytesMax}B`,
    '}',
  )
}

function specialUseFolders(options: DovecotOptions): readonly string[] {
  const names = options.specialUse ?? specialUseDefault
  const auto = options.createSpecialUse === false ? 'no' : 'create'
  return Object.entries(names).map(
    ([use, name]) => `mailbox "${name}" {\nspecial_use = \\${use}\nauto = ${auto}\n}`,
  )
}

function listeners(place: DovecotPlace): string {
  return lines(
    `service imap-login {\ninet_listener imap {\nport = ${place.port}\n}`,
    `inet_listener imaps {\nport = ${place.certificate ? place.tlsPort : 0}\nssl = yes\n}\n}`,
    'service imap {\nprocess_limit = 512\n}',
  )
}

function rootlessSettings(as: { readonly user: string; readonly group: string }): string {
  return lines(
    `default_internal_user = ${as.user}\ndefault_internal_group = ${as.group}\ndefault_login_user = ${as.user}`,
    ...['anvil', 'imap-login', 'imap-urlauth-login'].map((name) => `service ${name} {\nchroot =\n}`),
  )
}

function lines(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join('\n')
}
