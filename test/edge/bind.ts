// Decides how a real BIND serves zones for a test: a process of its own with its own files and port, gone with the test.
// Leaves what is asked of it to the tests.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localShell, spawnRun } from '../../src/host/spawn.ts'

const shell = localShell()

export const zones = { forward: 'course.example', reverse: '8.b.d.0.1.0.0.2.ip6.arpa' } as const

export type Bind = {
  port: number
  /** Key files: the right one; one of a name that the server does not know; the right name with another secret; no key at all. */
  keys: { right: string; unknown: string; wrong: string; garbage: string }
  /** All records of a zone but its SOA, sorted: `vm1.alice.course.example. 300 IN AAAA 2001:db8::5`. */
  records(zone: string): Promise<string[]>
  serial(zone: string): Promise<string>
  /** Changes that somebody else makes: lines of nsupdate. */
  update(zone: string, ...lines: string[]): Promise<void>
  stop(): Promise<void>
}

/** `static.example` takes no updates; of `course.example` a part is delegated away, and a wildcard answers. */
export async function startBind(): Promise<Bind> {
  const dir = mkdtempSync(join(tmpdir(), 'bateau-bind-'))
  mkdirSync(join(dir, 'work'))
  const port = await freePort()
  const key = async (name: string, as: string) => {
    const { stdout } = await shell.run(['tsig-keygen', '-a', 'hmac-sha256', name])
    writeFileSync(join(dir, as), stdout, { mode: 0o600 })
    return join(dir, as)
  }
  const keys = {
    right: await key('course', 'right.key'),
    unknown: await key('stranger', 'unknown.key'),
    wrong: await key('course', 'wrong.key'),
    garbage: join(dir, 'garbage.key'),
  }
  writeFileSync(keys.garbage, 'application_key: abc\n', { mode: 0o600 })
  const soa =
    '$TTL 3600\n@ SOA ns1.course.example. admin.course.example. 1 3600 600 86400 60\n@ NS ns1.course.example.\n'
  const files = {
    [zones.forward]: `${soa}ns1 A 127.0.0.1\nwww AAAA 2001:db8::80\nalias CNAME www\n*.wild AAAA 2001:db8::7\naway NS ns.else.example.\n`,
    [zones.reverse]: soa,
    'static.example': soa,
  }
  for (const [zone, text] of Object.entries(files)) writeFileSync(join(dir, 'work', zone), text)
  writeFileSync(
    join(dir, 'named.conf'),
    `options {
  directory "${dir}/work"; pid-file none; session-keyfile "${dir}/session.key"; lock-file none;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; allow-transfer { 127.0.0.1; };
};
controls { };
include "${keys.right}";
zone "${zones.forward}" { type primary; file "${zones.forward}"; update-policy { grant course zonesub ANY; }; };
zone "${zones.reverse}" { type primary; file "${zones.reverse}"; allow-update { key course; }; };
zone "static.example" { type primary; file "static.example"; };
`,
  )
  // A copy: where AppArmor confines /usr/sbin/named, it could not read a directory of the test's.
  const program = join(dir, 'named')
  copyFileSync('/usr/sbin/named', program)
  const stopping = new AbortController()
  const log: string[] = []
  let over: Promise<unknown> = Promise.resolve()
  await new Promise<void>((ready, failed) => {
    over = spawnRun([program, '-g', '-c', join(dir, 'named.conf')], {
      signal: stopping.signal,
      onLine(line) {
        log.push(line)
        if (line.endsWith(' running')) ready()
      },
    }).then(() => failed(new Error(`named ended:\n${log.join('\n')}`)))
  })
  const dig = async (...words: string[]) =>
    (await shell.run(['dig', '@127.0.0.1', '-p', String(port), '+tcp', '+noall', '+answer', ...words])).stdout
  return {
    port,
    keys,
    async records(zone) {
      const lines = (await dig('+nottlunits', zone, 'AXFR')).trim().split('\n')
      return lines
        .map((line) => line.replaceAll(/\s+/g, ' '))
        .filter((line) => !line.includes(' IN SOA '))
        .toSorted()
    },
    async serial(zone) {
      return (await dig('+short', zone, 'SOA')).split(' ')[2] ?? ''
    },
    async update(zone, ...lines) {
      const stdin = [`server 127.0.0.1 ${port}`, `zone ${zone}`, ...lines, 'send', ''].join('\n')
      const ran = await shell.run(['nsupdate', '-k', keys.right], { stdin })
      if (ran.code !== 0) throw new Error(ran.stderr)
    },
    async stop() {
      stopping.abort()
      await over
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
