import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { makeCertificate } from './certificate.ts'
import { dovecotConfig, dovecotFiles, oauthConfig } from './dovecot-config.ts'
import type { DovecotOptions, DovecotPlace } from './dovecot-config.ts'

/** Mail processes refuse to run as root, so that a root test run stores mail as this unnamed user. */
const mailUidForRoot = 5000

/** Unix sockets in the folder have paths of up to 45 more characters, and 107 are allowed. */
const folderPathLengthMax = 60

/**
 * Makes the short throw-away folder of one server: configuration, certificate, keys and an empty mail root. The caller
 * removes it. `password` opens every mailbox; `oauthKey` signs the access tokens that the server accepts.
 */
export async function makeDovecotFolder(
  options: DovecotOptions,
  ports: { readonly port: number; readonly tlsPort: number },
  password: string,
): Promise<{ place: DovecotPlace; oauthKey: string }> {
  const isRoot = process.getuid?.() === 0
  const folder = await mkdtemp(join(await reachableTemporaryFolder(isRoot), 'mv-'))
  await chmod(folder, 0o755)
  const mailRoot = join(folder, 'mail')
  const owner = isRoot
    ? { uid: mailUidForRoot, gid: mailUidForRoot }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  for (const name of ['run', 'state', 'mail', dirname(dovecotFiles.oauthKey)]) {
    await mkdir(join(folder, name), { recursive: true })
  }
  await chown(mailRoot, owner.uid, owner.gid)
  const place: DovecotPlace = {
    folder,
    mailRoot,
    ...ports,
    owner,
    certificate: options.tls === false ? undefined : await makeCertificate(folder),
    rootless: isRoot ? undefined : { user: userInfo().username, group: groupName() },
  }
  const oauthKey = randomBytes(24).toString('hex')
  const files: Readonly<Record<string, string>> = {
    [dovecotFiles.oauthKey]: Buffer.from(oauthKey).toString('base64'),
    [dovecotFiles.oauth]: oauthConfig(folder),
    [dovecotFiles.masters]: `${options.masterUser ?? ''}:{PLAIN}${password}\n`,
    [dovecotFiles.config]: `${dovecotConfig(options, place, password)}\n`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return { place, oauthKey }
}

async function reachableTemporaryFolder(mustBeOpenToAll: boolean): Promise<string> {
  for (const folder of [tmpdir(), '/tmp']) {
    if (folder.length > folderPathLengthMax) continue
    if (!mustBeOpenToAll || (await isOpenToAll(folder))) return folder
  }
  throw new Error('found no temporary folder with a short path that other users may enter')
}

async function isOpenToAll(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false
    if (path === dirname(path)) return true
  }
}

function groupName(): string {
  return execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()
}
