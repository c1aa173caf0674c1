import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Paths of PEM files; `caFile` is what a client must trust to accept `certificateFile`. */
export interface Certificate {
  readonly caFile: string
  readonly certificateFile: string
  readonly keyFile: string
}

/**
 * Makes a throw-away authority and a server certificate for `localhost` and 127.0.0.1 with the `openssl` command. Only
 * the certificate and its key are left behind: the authority's own key is deleted, so nothing else can be signed by it.
 */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const paths = {
    caFile: join(folder, 'ca.pem'),
    certificateFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
  }
  const script = [
    'key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"',
    'openssl req -x509 $key -days 30 -subj "/CN=Mailvan test authority" -keyout ca.key -out ca.pem',
    'openssl req $key -subj /CN=localhost -keyout key.pem -out cert.csr',
    'openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile names -out cert.pem',
    'rm -f ca.key ca.srl cert.csr names',
  ].join('\n')
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  await run('/bin/sh', ['-ec', script], { cwd: folder, timeout: 30_000 })
  return paths
}
