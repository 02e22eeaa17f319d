// Decides what of a course file a local.conf becomes: a server with its layout, and the engine, as YAML.
// Leaves what it cannot know (sizes, how the block arrives) to comments, and secrets where they are.
import { Address, Prefix } from '../../core/prefix.ts'
import type { Given } from './lint/finding.ts'

/** The stanza. Values are those of the file, also where `bateau lint` has something against them. */
export function adopt(given: Given): string {
  const address = given.set('HOST_IP')?.text ?? plainHost(given.set('HOST_IPV6')?.text)
  return `${[
    `# From ${given.conf.name}. Values are as they stand there: \`bateau lint\` and \`bateau plan\` say what is wrong with them.`,
    '# A line that is a comment is what a local.conf does not say: fill it in, and take the # away.',
    'servers:',
    '  - name: os1 # a name of your own; becomes the host name',
    '    provider: adopted',
    address === null
      ? '    # address: os1.example.org'
      : `    address: ${quoted(address)} # ${given.set('HOST_IP') ? 'HOST_IP' : 'HOST_IPV6'}`,
    '    # cores: 8',
    '    # ram: 16 GiB',
    '    # disks: [{kind: ssd, size: 250 GB}]',
    ...network(given),
    ...engine(given),
  ].join('\n')}\n`
}

function network(given: Given): string[] {
  const range = prefixOf(given.set('IPV6_PUBLIC_RANGE')?.text)
  const pool = prefixOf((given.set('SUBNETPOOL_PREFIX_V6') ?? given.set('IPV6_ADDRS_SAFE_TO_USE'))?.text)
  const gateway = addressOf(given.set('IPV6_PUBLIC_NETWORK_GATEWAY')?.text)
  const card = given.set('PUBLIC_INTERFACE')?.text
  const block = blockOf(range, pool)
  const isCard = card != null && /^[A-Za-z0-9][\w.-]{0,14}$/.test(card)
  const layout = [
    ...(range ? [`public: '${range}' # IPV6_PUBLIC_RANGE`] : []),
    ...(gateway ? [`public_gateway: '${gateway}' # IPV6_PUBLIC_NETWORK_GATEWAY`] : []),
    ...(pool ? [`pool: '${pool}' # IPV6_ADDRS_SAFE_TO_USE`] : []),
    ...(isCard ? [`bridge_ports: [${quoted(card)}] # PUBLIC_INTERFACE`] : []),
  ]
  if (block === null)
    return [
      "    # ipv6: {delivery: routed, block: '2001:db8:17::/56'} # the provider's console shows the block",
    ]
  return [
    '    ipv6:',
    '      delivery: routed # a guess: `bateau probe` finds out how the block arrives',
    `      block: '${block}' # ${block.equals(range ?? block) && !pool ? 'IPV6_PUBLIC_RANGE' : 'the smallest that holds what is below'}; the provider's console shows the whole`,
    "      # gateway: 'fe80::1' # where the provider's router does not announce itself",
    ...(isCard ? [`      uplink: ${quoted(card)} # PUBLIC_INTERFACE`] : []),
    ...(layout.length === 0 ? [] : ['    addressing: # left out, bateau lays the block out itself']),
    ...layout.map((line) => `      ${line}`),
  ]
}

function engine(given: Given): string[] {
  const cinder = given.isOn('c-api', 'c-vol')
  const base = given.set('GIT_BASE')?.text
  const images = given.set('IMAGE_URLS')?.text?.split(',') ?? []
  const isPlain = (text: string) => /^(https?|file):\/\/[\w.:/~%+@=[\]-]+$/.test(text) && !text.includes('@')
  return [
    'engine:',
    '  kind: devstack',
    `  release: '${given.release}'`,
    `  cinder: ${cinder}${cinder ? ' # its services are on, by default or by name' : ''}`,
    ...(base != null && isPlain(base) ? [`  git_base: '${base}' # GIT_BASE`] : []),
    ...(images.length > 0 && images.every(isPlain)
      ? [`  image_urls: [${images.map((url) => `'${url}'`).join(', ')}] # IMAGE_URLS`]
      : []),
  ]
}

/** The smallest prefix that holds both; only of global ones, as others are nobody's block. */
function blockOf(range: Prefix | null, pool: Prefix | null): Prefix | null {
  const [first, ...others] = [range, pool]
    .filter((one) => one !== null && global.contains(one))
    .map((one) => one ?? global)
  if (!first) return null
  let block = first
  while (!others.every((other) => block.contains(other))) block = Prefix.at(block.network, block.length - 1)
  return block
}

const global = Prefix.of('2000::/3')

function prefixOf(text: string | null | undefined): Prefix | null {
  const parsed = text == null ? null : Prefix.parse(text)
  return parsed?.ok ? parsed.value : null
}

function addressOf(text: string | null | undefined): Address | null {
  const parsed = text == null ? null : Address.parse(text)
  return parsed?.ok ? parsed.value : null
}

const plainHost = (text: string | null | undefined) => (text == null || text === '' ? null : text)

/** YAML single-quoted style (YAML 1.2 section 7.3.2). */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
