// Decides the commands that a hand-out has its reader type, on each kind of computer.
// Leaves the words around them to texts.
import type { Sheet } from './sheet.ts'

/** Where the files of a hand-out are put, seen from the reader's home; `$HOME` is known to sh and PowerShell alike. */
export const places = (course: string) => ({
  key: `.ssh/${course}`,
  sshConfig: `.ssh/${course}.config`,
  knownHosts: `.ssh/${course}.known_hosts`,
  jumpKeys: `.ssh/${course}.jump_known_hosts`,
})

/** Sources of the client: Debian's and Homebrew's package, PyPI's where there is neither. */
/** Of `ssh -D`, as both the browser and the client are told. */
export const proxyAt = 'localhost:1080'

/** PySocks, without which the client takes no SOCKS proxy. */
const withSocks = ({ jump }: Sheet, name: string) => (jump?.api === true ? ` ${name}` : '')

/** File of a hand-out with the key of the jump host, as known_hosts has it. */
export const jumpKeysFile = 'jump_known_hosts'

export function installOnUnix(sheet: Sheet): string[] {
  const { course, authority, key, jump } = sheet
  const at = places(course)
  const files = ['clouds.yaml', ...(authority ? [authority.file] : [])]
  return [
    'mkdir -p ~/.config/openstack ~/.ssh',
    `install -m 600 ${files.join(' ')} ~/.config/openstack/`,
    `install -m 600 ssh_config ~/${at.sshConfig}`,
    ...(jump === null ? [] : [`install -m 600 ${jumpKeysFile} ~/${at.jumpKeys}`]),
    ...(key.kind === 'brought' ? [] : [`install -m 600 ${key.file} ~/${at.key}`]),
    '# Debian, Ubuntu:',
    `sudo apt install python3-openstackclient${withSocks(sheet, 'python3-socks')}`,
    '# macOS:',
    'brew install openstackclient',
  ]
}

export function installOnWindows(sheet: Sheet): string[] {
  const { course, authority, key, jump } = sheet
  const at = (path: string) => `$HOME\\${path.replaceAll('/', '\\')}`
  const files = ['clouds.yaml', ...(authority ? [authority.file] : [])]
  return [
    'mkdir -Force $HOME\\.config\\openstack, $HOME\\.ssh',
    `copy ${files.join(', ')} $HOME\\.config\\openstack`,
    `copy ssh_config ${at(places(course).sshConfig)}`,
    ...(jump === null ? [] : [`copy ${jumpKeysFile} ${at(places(course).jumpKeys)}`]),
    ...(key.kind === 'brought' ? [] : [`copy ${key.file.replaceAll('/', '\\')} ${at(places(course).key)}`]),
    `py -m pip install python-openstackclient${withSocks(sheet, 'pysocks')}`,
  ]
}

/** No command, no terminal: a proxy at proxyAt for as long as it runs. */
export const proxyBySsh = ({ course }: Sheet): string =>
  `ssh -F $HOME/${places(course).sshConfig} -N -D ${proxyAt} ${course}-jump`
export const proxyOnUnix = `export HTTPS_PROXY=socks5h://${proxyAt}`
export const proxyOnWindows = `$env:HTTPS_PROXY = "socks5h://${proxyAt}"`

export const chooseOnUnix = (cloud: string) => `export OS_CLOUD=${cloud}`
export const chooseOnWindows = (cloud: string) => `$env:OS_CLOUD = "${cloud}"`

export const see = ['openstack image list', 'openstack flavor list', 'openstack network list']
export const list = 'openstack server list'

export function make({ boot }: Sheet): string {
  const options = [
    ['image', boot.image],
    ['flavor', boot.flavor],
    ...(boot.network === null ? [] : [['network', boot.network]]),
    ['key-name', boot.keypair],
  ]
  return [
    'openstack server create',
    ...options.map(([name = '', value = '']) => `--${name} ${word(value)}`),
    'vm1',
  ].join(' ')
}

export function sshDirect({ course, key }: Sheet, user: string, address: string): string {
  const identity = key.kind === 'brought' ? '' : `-i $HOME/${places(course).key} `
  return `ssh ${identity}${user}@${address}`
}

/** With the configuration of the hand-out, which knows key and jump host. */
export const sshConfigured = ({ course }: Sheet, user: string, address: string): string =>
  `ssh -F $HOME/${places(course).sshConfig} ${user}@${address}`

/** For sh and PowerShell alike where the name is a plain one. */
const word = (text: string) => (/^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`)
