// Decides what `bateau probe` does: log in, look at how IPv6 reaches a server, say it, and leave nothing behind.
// Leaves the looking and judging to check/delivery-*.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bad, type Fault, good, type Outcome, Trouble } from '../core/fault.ts'
import { Address, Prefix } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import type { Shell } from '../core/shell.ts'
import type { Evidence } from '../check/delivery-evidence.ts'
import { tellDelivery, type Told } from '../check/delivery-kind.ts'
import { lookAtDelivery } from '../check/delivery-look.ts'
import { stanza } from '../check/delivery-stanza.ts'
import { deliveryText, seenLines } from '../check/delivery-text.ts'
import { duidText, readDuid } from '../course/duid.ts'
import { closeConnection } from '../host/forward.ts'
import { readFacts } from '../host/facts.ts'
import { readRootDisk } from '../host/root-disk.ts'
import { sshShell, type SshTarget } from '../host/ssh.ts'
import { spawnRun } from '../host/spawn.ts'
import { adviseClient, networkdObjections } from '../plan/client.ts'
import { type ExitCode, exits } from './face.ts'
import { thisMachine } from './reach.ts'

export type ProbeOptions = {
  /** As ssh takes it: `os1`, `root@os1.example.org`. */
  host: string
  port?: number | undefined
  identity?: string | undefined
  block?: string | undefined
  /** A host as ssh takes it, or `here`. */
  from: string
  /** Path of a file that holds the DUID, and the name that the course file shall have of it. */
  duidFile?: { path: string; named: string } | undefined
  target: string
}

export type Probed = { exitCode: ExitCode; text: string; json: ProbeJson }

export type ProbeJson = {
  schema_version: 1
  host: string
  exit_code: ExitCode
  kind: Told['kind']
  block: Prefix | null
  gateway: Told['gateway']
  next_hop: Address | null
  because: readonly string[]
  ways: readonly string[]
  /** Everything that was seen, as a person reads it. */
  seen: readonly { what: string; seen: string }[]
  stanza: string | null
}

/** Faults of the options: `bad-prefix`, `host-bits`, `bad-address`, `bad-duid`, `duid-length`, `file-unreadable`, `bad-host`. Throws Trouble of the way to the server. */
export async function probe(options: ProbeOptions): Promise<Outcome<Probed>> {
  const block = options.block === undefined ? good(null) : Prefix.parse(options.block)
  const target = Address.parse(options.target)
  const duid = options.duidFile === undefined ? good(null) : readDuidFile(options.duidFile.path)
  const hosts = [options.host, options.from].filter((host) => !/^[^\s-][^\s]*$/.test(host)).map(badHost)
  const faults = [block, target, duid].flatMap((read) => (read.ok ? [] : read.faults))
  if (!block.ok || !target.ok || !duid.ok || hosts.length > 0) return bad(...hosts, ...faults)
  const controlDir = mkdtempSync(join(tmpdir(), 'bateau-'))
  const opened: SshTarget[] = []
  const login = async (host: string, port?: number, identity?: string): Promise<Shell> => {
    const to = await targetOf(host, port, identity)
    opened.push(to)
    return sshShell(to, controlDir)
  }
  try {
    const server = await login(options.host, options.port, options.identity)
    const outside = options.from === 'here' ? thisMachine : await login(options.from)
    const look = { server, outside, block: block.value, duid: duid.value, target: target.value }
    const address = opened[0]?.address ?? options.host
    return good(await probeShells({ ...look, address, duidFile: options.duidFile?.named ?? null }))
  } finally {
    for (const one of opened) await closeConnection(one, controlDir)
    rmSync(controlDir, { recursive: true, force: true })
  }
}

export type ShellsInput = {
  server: Shell
  outside: Shell | null
  block: Prefix | null
  duid: Secret | null
  target: Address
  /** For the stanza. */
  address: string
  duidFile: string | null
}

/** The same on shells that are there already: of a rehearsal. Throws Trouble. */
export async function probeShells({ address, duidFile, ...input }: ShellsInput): Promise<Probed> {
  const facts = await readFacts(input.server)
  const evidence = await lookAtDelivery({ ...input, facts })
  const told = tellDelivery(evidence)
  const advised = adviseClient(facts)
  const disk = await readRootDisk(input.server)
  const entry = stanza({
    told,
    facts,
    disk,
    address,
    duidFile,
    client: advised === 'networkd' ? null : advised,
  })
  const why = networkdObjections(facts)
  const client = `${advised} would hold a delegated block here${why === null ? '' : `: ${why}`}`
  const exitCode = told.kind === 'unknown' ? exits.unchecked : exits.done
  return {
    exitCode,
    text: deliveryText(evidence, told, { stanza: entry, client }),
    json: jsonOf(evidence, told, { exitCode, client, stanza: entry }),
  }
}

function jsonOf(
  evidence: Evidence,
  told: Told,
  more: { exitCode: ExitCode; client: string; stanza: string | null },
): ProbeJson {
  return {
    schema_version: 1,
    host: evidence.facts.hostname,
    exit_code: more.exitCode,
    kind: told.kind,
    block: told.block,
    gateway: told.gateway,
    next_hop: told.nextHop,
    because: told.because,
    ways: told.ways,
    seen: seenLines(evidence, more.client).map(([what, seen]) => ({ what, seen })),
    stanza: more.stanza,
  }
}

/** User, port, keys and host keys as the user's own ssh_config has them (ssh -G), so that `ssh HOST` and this agree. */
async function targetOf(host: string, port?: number, identity?: string): Promise<SshTarget> {
  const asked = [...(port === undefined ? [] : ['-p', String(port)]), ...(identity ? ['-i', identity] : [])]
  const ran = await spawnRun(['ssh', '-G', ...asked, host], { timeout: 20_000 })
  const says = new Map(
    ran.stdout.split('\n').map((line) => {
      const at = line.indexOf(' ')
      return [line.slice(0, at), line.slice(at + 1).trim()] as const
    }),
  )
  const user = says.get('user')
  if (ran.code !== 0 || user === undefined) throw new Trouble(sshUnusable(host, ran.stderr))
  const known = [says.get('userknownhostsfile'), says.get('globalknownhostsfile')]
  return {
    name: host,
    // The name as it was typed: ssh_config goes by it. A user before it is in `user` already.
    address: host.slice(host.lastIndexOf('@') + 1),
    user,
    port: Number(says.get('port') ?? 22),
    knownHostsFile: known.filter(Boolean).join(' '),
    ...(identity ? { identityFile: identity } : {}),
  }
}

function readDuidFile(path: string): Outcome<Secret> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return bad({
      code: 'file-unreadable',
      title: `${path} cannot be read`,
      why: (error as Error).message,
      fix: "name a file with the DUID that the provider's console shows beside the block",
    })
  }
  const duid = readDuid(text)
  return duid.ok ? good(new Secret(duidText(duid.value))) : duid
}

const badHost = (host: string): Fault => ({
  code: 'bad-host',
  title: `not a host: ${JSON.stringify(host)}`,
  why: 'it begins with a hyphen, holds a blank or is empty',
  fix: 'write it as ssh takes it: bateau probe root@os1.example.org',
})

const sshUnusable = (host: string, why: string): Fault => ({
  code: 'ssh-unusable',
  title: `ssh cannot say how to reach ${host}`,
  why: why.trim() || 'ssh -G ended without an answer',
  fix: `see what it says by hand: ssh -G ${host}`,
})
