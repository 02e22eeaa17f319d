// Decides what instances would miss: their settings, resolvers, a processor of today, room for images.
// Leaves their addresses to prefixes.
import { isIPv6 } from 'node:net'
import { about, absent, type Draft, type Rule } from '../finding.ts'

const hasCompute = ['n-cpu']

const configDrive: Rule = (given) => {
  if (given.value('IP_VERSION') !== '6' || !given.isOn(...hasCompute)) return []
  const setting = given.set('FORCE_CONFIG_DRIVE')
  if (setting && setting.text !== 'False') return []
  const words = {
    code: 'config-drive-missing',
    verdict: setting ? ('contradiction' as const) : ('missing' as const),
    title: 'IP_VERSION=6 without FORCE_CONFIG_DRIVE=True: instances may not get their keys',
    why: 'without IPv4 there is no 169.254.169.254; metadata at fe80::a9fe:a9fe needs a cloud-init of mid-2024 or later (canonical/cloud-init#5419), which Debian 12 has not got',
    fix: 'add FORCE_CONFIG_DRIVE=True',
    source: given.source('configDrive'),
  }
  return setting
    ? [about(setting, { ...words, mend: { kind: 'replace', text: 'FORCE_CONFIG_DRIVE=True' } })]
    : [
        absent(given, 'FORCE_CONFIG_DRIVE', {
          ...words,
          mend: { kind: 'add', text: 'FORCE_CONFIG_DRIVE=True' },
        }),
      ]
}

/** Quad9 and Google Public DNS, by IPv6. */
const resolvers6 = '2620:fe::fe,2001:4860:4860::8888'

const resolvers: Rule = (given) => {
  const servers = given.value('OVN_DNS_SERVERS')
  if (given.value('IP_VERSION') !== '6' || given.value('Q_AGENT') !== 'ovn' || servers === null) return []
  if (servers.split(',').some((one) => isIPv6(one.trim()))) return []
  const setting = given.set('OVN_DNS_SERVERS')
  const words = {
    code: 'resolvers-missing',
    verdict: setting ? ('wrong' as const) : ('missing' as const),
    title: `instances with IPv6 only are given the resolver ${servers}`,
    why: 'they cannot reach an IPv4 address, and so no name has an address for them',
    fix: `${setting ? 'write' : 'add'} OVN_DNS_SERVERS=${resolvers6}`,
    source: given.source('resolvers'),
  }
  const text = `OVN_DNS_SERVERS=${resolvers6}`
  return setting
    ? [about(setting, { ...words, mend: { kind: 'replace', text } })]
    : [absent(given, 'OVN_DNS_SERVERS', { ...words, mend: { kind: 'add', text } })]
}

const processor: Rule = (given) => {
  const type = given.value('LIBVIRT_TYPE')
  if (!given.isOn(...hasCompute) || given.value('VIRT_DRIVER') !== 'libvirt' || type !== 'kvm') return []
  if (given.set('LIBVIRT_CPU_MODE') || given.set('LIBVIRT_CPU_MODEL')) return []
  return [
    absent(given, 'LIBVIRT_CPU_MODE', {
      code: 'old-processor',
      verdict: 'missing',
      title: 'without LIBVIRT_CPU_MODE instances see a Nehalem, a processor of 2008',
      why: 'it is x86-64-v2 without AES and AVX: encryption is slow, and distributions that need x86-64-v3 do not start',
      fix: 'add LIBVIRT_CPU_MODE=host-model (host-passthrough where all nodes are alike)',
      source: given.source('cpuMode'),
      mend: { kind: 'add', text: 'LIBVIRT_CPU_MODE=host-model' },
    }),
  ]
}

const imageRoom: Rule = (given) => {
  const setting = given.set('IMAGE_URLS')
  if (!setting?.text || given.set('GLANCE_LIMIT_IMAGE_SIZE_TOTAL')) return []
  if (!/^(?:1|yes|true)$/i.test(given.value('GLANCE_ENABLE_QUOTAS') ?? 'True')) return []
  return [
    absent(given, 'GLANCE_LIMIT_IMAGE_SIZE_TOTAL', {
      code: 'image-quota-missing',
      verdict: 'missing',
      title: 'images of a project may take 2000 MiB in all, and there are images of your own',
      why: 'all that are registered count for project admin; what is past the limit is refused when it is uploaded',
      fix: 'add GLANCE_LIMIT_IMAGE_SIZE_TOTAL=50000',
      source: given.source('imageQuota'),
      mend: { kind: 'add', text: 'GLANCE_LIMIT_IMAGE_SIZE_TOTAL=50000' },
    }),
  ]
}

const imageTwice: Rule = ({ set, source }) => {
  const setting = set('IMAGE_URLS')
  const urls = (setting?.text ?? '').split(/[\s,]+/).filter((url) => url !== '')
  const twice = urls.find((url, i) => urls.some((other, j) => i !== j && other.includes(url)))
  if (!setting || twice === undefined) return []
  return [
    about(setting, {
      code: 'image-twice',
      verdict: 'wrong',
      title: `an image stands twice in IMAGE_URLS: ${twice}`,
      why: 'stack.sh stops when one address is also part of another',
      fix: 'name it once',
      source: source('imageTwice'),
    }),
  ]
}

const logFile: Rule = (given) =>
  given.set('LOGFILE')
    ? []
    : [
        absent(given, 'LOGFILE', {
          code: 'no-log',
          verdict: 'missing',
          title: 'LOGFILE is not set: of a run that fails nothing is kept',
          why: 'the log is only on the terminal, and that is gone when the connection is',
          fix: 'add LOGFILE=$DEST/logs/stack.sh.log',
          source: given.source('logFile'),
          mend: { kind: 'add', text: 'LOGFILE=$DEST/logs/stack.sh.log' },
        }),
      ]

const dataElsewhere: Rule = (given) => {
  const setting = given.set('DEST')
  if (!setting?.text || setting.text === '/opt/stack' || given.set('DATA_DIR')) return []
  const drafts: Draft[] = [
    absent(given, 'DATA_DIR', {
      code: 'data-stays',
      verdict: 'missing',
      title: `DEST is ${setting.text}, and data still goes to /opt/stack/data`,
      why: 'DATA_DIR is made from DEST before this file is read',
      fix: 'add DATA_DIR=$DEST/data',
      source: given.source('dataDir'),
      mend: { kind: 'add', text: 'DATA_DIR=$DEST/data' },
    }),
  ]
  return drafts
}

export const guestRules: readonly Rule[] = [
  configDrive,
  resolvers,
  processor,
  imageRoom,
  imageTwice,
  logFile,
  dataElsewhere,
]
