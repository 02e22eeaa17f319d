// Decides what a campus without IPv6 is proven to reach through the jump host, and what nobody reaches through it.
// Leaves the jump host itself to jump/, and how ssh goes through it to host/jump-way.
import type { Ran, Shell } from '../../core/shell.ts'
import { frontPort, type Site } from '../../core/site.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { authenticates, hopArgv, hopCommand, type JumpWay } from '../../host/jump-way.ts'
import type { Probe } from '../probe.ts'
import type { JumpProof, ProofInstance } from '../proof-input.ts'
import { lastLine } from './guest.ts'
import { tcpInId } from './outside.ts'
import { patiently, type Waiting } from './patience.ts'

const jumpHoldsId = (server: string) => `jump/${server}/confirmed`
const jumpLoginId = (server: string) => `jump/${server}/login`
const campusId = 'vantage/campus'

export function jumpProbes(
  proof: JumpProof,
  sites: readonly Site[],
  instances: readonly ProofInstance[],
  waiting: Waiting = {},
): Probe[] {
  return [
    holdsProbe(proof),
    ...(proof.without === null ? [] : [campusProbe(proof, sites)]),
    loginProbe(proof),
    ...instances.map((instance) => throughProbe(proof, instance, waiting)),
    ...(proof.api ? sites.map((site) => frontProbe(proof, site)) : []),
    closedProbe(proof, sites, instances),
  ]
}

function holdsProbe({ server, shell, program }: JumpProof): Probe {
  return {
    id: jumpHoldsId(server),
    title: `the jump host on ${server} runs as it was confirmed by fresh log-ins`,
    vantage: server,
    async run() {
      const script = 'test -x "$1" || exit 3; "$1" holds || exit 4; "$1" confirmed || exit 5'
      const ran = await shell.run(['sh', '-c', script, 'sh', program], { timeout: 20_000 })
      const fix = 'bateau class jump'
      switch (ran.code) {
        case 0:
          return yes('sshd, packet filter and accounts are in place and confirmed')
        case 3:
          return no('there is no jump host', {
            code: 'jump-missing',
            why: 'the course names one, and it was not made',
            fix,
            host: server,
          })
        case 4:
          return no('it does not run as it was put in place', {
            code: 'jump-down',
            why: 'its sshd is down, or its packet filter is not loaded; without the filter it does not start',
            fix: `on ${server}: systemctl status bateau-jump bateau-jump-firewall; then ${fix}`,
            host: server,
          })
        case 5:
          return no('nobody has confirmed it', {
            code: 'jump-unconfirmed',
            why: 'the server takes it back when its time is over',
            fix,
            host: server,
          })
        default:
          return unclear(lastLine(ran) || `exit ${ran.code}`)
      }
    },
  }
}

/** Otherwise what is reached from there proves nothing. */
function campusProbe({ campus }: JumpProof, sites: readonly Site[]): Probe {
  return {
    id: campusId,
    title: 'the campus has no IPv6',
    vantage: campus.name,
    async run() {
      const [site] = sites
      const ran = await campus.run(['ip', '-6', 'route', 'get', String(site?.addressing.service ?? '::1')])
      return ran.code === 0 ? unclear(`it has a way: ${lastLine(ran)}`) : yes(lastLine(ran))
    },
  }
}

function loginProbe({ server, campus, without, way }: JumpProof): Probe {
  return {
    id: jumpLoginId(server),
    title: `the jump host lets a key of the class in, over IPv4`,
    vantage: campus.name,
    ...(without === null ? {} : { needs: [campusId] }),
    causes: [jumpHoldsId(server)],
    async run() {
      if (way.ipv4 !== true)
        return unclear(`${way.address} is an address of IPv6: a campus without it does not get there`)
      const tried = await authenticates(campus, way)
      if (tried.in) return yes(tried.said)
      const fault = {
        why: `students without IPv6 go to ${way.address}, port ${way.port}`,
        fix: `on ${server}: journalctl -u bateau-jump -n 20; and see that the provider lets port ${way.port} in`,
        host: server,
      }
      return no(tried.said, { code: 'jump-no-login', ...fault })
    },
  }
}

/** As a student does it: the key for the jump host, then the key of the instance, which never leaves the campus. */
function throughProbe(proof: JumpProof, instance: ProofInstance, waiting: Waiting): Probe {
  const { server, campus, way, knownHosts } = proof
  return {
    id: `jump/in/${instance.name}`,
    title: `${instance.name} is reached from a campus without IPv6, through ${server}`,
    vantage: campus.name,
    needs: [jumpLoginId(server)],
    causes: [tcpInId(instance)],
    // A refusal may be that of an instance whose sshd has not started yet, or of one that many ask at once.
    run: () => patiently(waiting, look),
  }

  async function look(): Promise<Seen> {
    const options = {
      BatchMode: 'yes',
      ConnectTimeout: '20',
      IdentitiesOnly: 'yes',
      StrictHostKeyChecking: 'accept-new',
      UserKnownHostsFile: knownHosts,
      GlobalKnownHostsFile: '/dev/null',
      LogLevel: 'ERROR',
      ControlPath: 'none',
      ProxyCommand: hopCommand(way),
    }
    const set = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])
    const to = ['-i', instance.identityFile, '-l', instance.user, String(instance.address)]
    const ran = await campus.run(['ssh', '-F', 'none', '-T', ...set, ...to, '--', 'uname -n; id -un'], {
      timeout: 60_000,
    })
    const [name, user] = ran.stdout.trim().split(/\s+/)
    if (ran.code === 0 && user !== undefined) return yes(`${user} on ${name ?? '?'}`)
    return no(refusal(ran), {
      code: 'jump-not-through',
      why: `the jump host lets in, and does not lead on to ${instance.address}: it has no IPv6 on that way, or its filter does not know the prefix`,
      fix: `on ${server}: ping -6 -c 2 ${instance.address}; nft list chain inet bateau_jump students; then bateau class jump`,
      host: server,
    })
  }
}

/** What the jump host said of the way on; what the instance's ssh says after it is that it was cut off. */
function refusal(ran: Ran): string {
  const way = /^channel \d+: open failed: .*$/m.exec(ran.stderr)
  return way?.[0] ?? (lastLine(ran) || `ssh ended with ${ran.code}`)
}

/** TLS is not spoken: that the front takes the connection, and ends it when nothing is said, is enough. */
function frontProbe({ server, campus, way }: JumpProof, { name, addressing }: Site): Probe {
  const target = at(String(addressing.service), frontPort)
  return {
    id: `jump/api/${name}`,
    title: `API and dashboard of ${name} are reached from a campus without IPv6, through ${server}`,
    vantage: campus.name,
    needs: [jumpLoginId(server)],
    async run() {
      const seen = await leads(campus, way, target)
      if (seen === true) return yes(target)
      if (seen === null) return unclear(`${target} could not be tried`)
      return no(`${target} is refused`, {
        code: 'jump-no-api',
        why: 'students without IPv6 open the dashboard and call the API by ssh -D through the jump host',
        fix: `on ${server}: nft list chain inet bateau_jump students; then bateau class jump`,
        host: server,
      })
    },
  }
}

/** Each is an address where something answers, or would hand over much if it did. */
function closedProbe(proof: JumpProof, sites: readonly Site[], instances: readonly ProofInstance[]): Probe {
  const { server, campus, way, ports, api } = proof
  const [allowed = 22] = ports
  return {
    id: `jump/closed/${server}`,
    title: `the jump host on ${server} leads nowhere but to the class's instances`,
    vantage: campus.name,
    needs: [jumpLoginId(server)],
    // A log-in for each: not every ten seconds of a watch.
    heavy: true,
    async run() {
      const [first] = instances
      const targets = [
        ...['::1', '127.0.0.1', '::ffff:127.0.0.1'].flatMap((one) => [at(one, allowed), at(one, 5000)]),
        at('169.254.169.254', 80),
        ...sites.flatMap(({ addressing }) => [
          at(String(addressing.service), allowed),
          ...(api ? [] : [at(String(addressing.service), frontPort)]),
          at(String(addressing.public.host), allowed),
        ]),
        at(way.address, allowed),
        ...(first ? [at(String(first.address), 1)] : []),
      ]
      const open: string[] = []
      const unsure: string[] = []
      for (const target of targets) {
        const seen = await leads(campus, way, target)
        if (seen === true) open.push(target)
        else if (seen === null) unsure.push(target)
      }
      return judged(server, targets, open, unsure)
    },
  }
}

const at = (address: string, port: number) => `[${address}]:${port}`

/** Null: nothing was tried, or nothing came of it, twice. */
async function leads(campus: Shell, way: JumpWay, target: string): Promise<boolean | null> {
  return (await led(campus, way, target)) ?? led(campus, way, target)
}

async function led(campus: Shell, way: JumpWay, target: string): Promise<boolean | null> {
  const ran = await campus.run(hopArgv(way, target, 'VERBOSE'), { timeout: 10_000 })
  // What was reached has spoken, or has ended the connection by itself.
  if (ran.stdout !== '' || ran.code === 0) return true
  return /^Authenticated to /m.test(ran.stderr) && /open failed/.test(ran.stderr) ? false : null
}

function judged(
  server: string,
  targets: readonly string[],
  open: readonly string[],
  unsure: readonly string[],
): Seen {
  if (open.length > 0)
    return no(`it leads to ${open.join(', ')}`, {
      code: 'jump-open',
      why: 'whoever has an account reaches what only this server should: the packet filter is not as it was put there',
      fix: `on ${server}: systemctl stop bateau-jump; then bateau class jump`,
      host: server,
    })
  if (unsure.length > 0) return unclear(`could not be tried: ${unsure.join(', ')}`)
  return yes(`${targets.length} targets refused: ${targets.join(', ')}`)
}
