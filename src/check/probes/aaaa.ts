// Decides whether the name that the course gives a server leads to it over IPv6, as seen from outside.
// Leaves making the record to whoever holds the zone.
import { Address } from '../../core/prefix.ts'
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { witness } from '../panel.ts'
import type { Probe } from '../probe.ts'
import { hostReached } from './host.ts'
import { names, outsideWorks, type Scope } from './places.ts'

/** One probe for a server with a name; none for one that the course knows by address. */
export function aaaaProbe(scope: Scope, site: Site): Probe[] {
  const name = scope.input.hostName?.(site) ?? null
  if (name === null) return []
  return [
    {
      id: `outside/aaaa/${site.name}`,
      title: `${name} has an AAAA record that leads to ${site.name}`,
      vantage: names(scope.vantages, site.name),
      needs: [outsideWorks, hostReached(site)],
      async run() {
        const from = await witness(scope.vantages, site.name)
        if (!from?.shell) return unclear('no vantage with a shell has IPv6')
        const own = await ownAddresses(scope.input.hostShell(site.name))
        return judge(site, name, await resolve(from.shell, name), own)
      },
    },
  ]
}

/**
 * getent(1) where there is glibc, nslookup elsewhere (musl, BSD). `ahostsv6` turns IPv4 into ::ffff:0:0/96 where there is
 * no AAAA, and ends with 2 both for an absent name and for a silent resolver: a name that everybody has tells which.
 * Exit 3: the resolver says nothing.
 */
const script = `LC_ALL=C; export LC_ALL
known=a.root-servers.net
if command -v getent >/dev/null; then
  if said=$(getent ahostsv6 "$1"); then echo "$said" | sed -n '/^::ffff:/d; s/ .*//p' | sort -u; exit 0; fi
  getent ahosts "$1" >/dev/null || getent ahosts "$known" >/dev/null || exit 3
  exit 0
fi
command -v nslookup >/dev/null || { echo 'neither getent nor nslookup is there' >&2; exit 3; }
nslookup -type=AAAA "$1" 2>/dev/null | sed '1,/^$/d' | grep -io '[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*' | sort -u
nslookup "$known" >/dev/null 2>&1 || exit 3
`

type Resolved = { addresses: Address[] } | { trouble: string }

async function resolve(place: Shell, name: string): Promise<Resolved> {
  const ran = await place.run(['sh', '-s', name], { stdin: script, timeout: 30_000 })
  const addresses = ran.stdout.split('\n').flatMap((line) => {
    const read = Address.parse(line.trim())
    return read.ok ? [read.value] : []
  })
  if (ran.code === 0 || addresses.length > 0) return { addresses }
  return {
    trouble: `${place.name}: ${ran.stderr.trim().split('\n').at(-1) || 'its resolver gives no answer'}`,
  }
}

async function ownAddresses(shell: Shell): Promise<Address[]> {
  const ran = await shell.run(['ip', '-6', '-o', 'addr', 'show', 'scope', 'global'])
  return [...ran.stdout.matchAll(/inet6 ([0-9a-f:]+)\//g)].flatMap(([, text = '']) => {
    const read = Address.parse(text)
    return read.ok ? [read.value] : []
  })
}

function judge(site: Site, name: string, resolved: Resolved, own: readonly Address[]): Seen {
  if ('trouble' in resolved) return unclear(resolved.trouble)
  const { addresses } = resolved
  const service = site.addressing.service
  if (addresses.length === 0)
    return no(`${name} has no AAAA record`, {
      code: 'aaaa-missing',
      why: 'whoever has the name and no IPv4, as the students of an IPv6 class, does not find the server',
      fix: `in the zone: ${name}. AAAA ${service}`,
      host: site.name,
    })
  const seen = `${name}: ${addresses.join(', ')}`
  const strange = addresses.filter((one) => !one.equals(service) && !own.some((mine) => mine.equals(one)))
  if (strange.length === 0) return yes(seen)
  return no(seen, {
    code: 'aaaa-elsewhere',
    why: `${strange.join(', ')} is no address of ${site.name}: a record of an earlier server, or of an earlier block`,
    fix: `in the zone: ${name}. AAAA ${service}`,
    host: site.name,
  })
}
