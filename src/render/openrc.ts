// Decides the text of openrc files, for a POSIX-like shell (bash, zsh) and for PowerShell.
// Leaves who gets which account to classroom/, and the secrets themselves to whoever installs the files.

export type OpenrcAccount =
  /** `password` is a secret reference (core/secret); null: asked for when the file is read. */
  | { kind: 'password'; user: string; project: string; password: string | null }
  /** `secret` is a reference. Bound to its project: naming one besides is refused (Keystone, application credentials). */
  | { kind: 'application-credential'; user: string; name: string; secret: string }

export type Openrc = {
  /** First line of the file, a comment. */
  about: string
  authUrl: string
  account: OpenrcAccount
  region: string
  interface: 'public' | 'internal'
  /** Certificate authority: a file name beside the openrc; null where a public one signed. */
  cacert: string | null
}

/**
 * What may still be set from another cloud: `OS_CLOUD` goes before everything else, a project beside an application
 * credential is refused. Names: keystoneauth1, loading/identity.py, and python-openstackclient's manual.
 */
const strangers = [
  'OS_CLOUD',
  'OS_TOKEN',
  'OS_USER_ID',
  'OS_USERNAME',
  'OS_PASSWORD',
  'OS_PROJECT_ID',
  'OS_PROJECT_NAME',
  'OS_TENANT_ID',
  'OS_TENANT_NAME',
  'OS_USER_DOMAIN_ID',
  'OS_USER_DOMAIN_NAME',
  'OS_PROJECT_DOMAIN_ID',
  'OS_PROJECT_DOMAIN_NAME',
  'OS_DOMAIN_NAME',
  'OS_SYSTEM_SCOPE',
  'OS_APPLICATION_CREDENTIAL_ID',
  'OS_APPLICATION_CREDENTIAL_NAME',
  'OS_APPLICATION_CREDENTIAL_SECRET',
  'OS_CACERT',
]

/** To be sourced: `source ./openrc`. Throws RangeError for a line break in a value. */
export function openrc(wanted: Openrc): string {
  const quoted = (value: string) => `'${plain(value).replaceAll("'", `'\\''`)}'`
  const asked =
    wanted.account.kind === 'password' && wanted.account.password === null
      ? [
          `printf 'Password of %s: ' ${quoted(wanted.account.user)}`,
          'read -rs OS_PASSWORD',
          'printf "\\n"',
          'export OS_PASSWORD',
        ]
      : []
  return lines([
    `# ${plain(wanted.about)}`,
    '# In bash or zsh: source ./openrc',
    `unset ${strangers.join(' ')}`,
    ...variables(wanted).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...(wanted.cacert === null
      ? []
      : [
          'OS_CACERT="$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")" && pwd)"/' + quoted(wanted.cacert),
          'export OS_CACERT',
        ]),
    ...asked,
  ])
}

/** The same for PowerShell 5.1 and later: `. .\openrc.ps1`. ASCII as long as the values are: 5.1 reads files as ANSI. */
export function openrcPowershell(wanted: Openrc): string {
  const quoted = (value: string) => `'${plain(value).replaceAll("'", "''")}'`
  const asked =
    wanted.account.kind === 'password' && wanted.account.password === null
      ? [
          `$typed = Read-Host -AsSecureString ${quoted(`Password of ${wanted.account.user}`)}`,
          "$env:OS_PASSWORD = (New-Object System.Net.NetworkCredential('', $typed)).Password",
        ]
      : []
  return lines([
    `# ${plain(wanted.about)}`,
    '# In PowerShell: . .\\openrc.ps1',
    '# Where scripts are not allowed, first: Set-ExecutionPolicy -Scope Process Bypass',
    `Remove-Item ${strangers.map((name) => `Env:${name}`).join(', ')} -ErrorAction Ignore`,
    ...variables(wanted).map(([name, value]) => `$env:${name} = ${quoted(value)}`),
    ...(wanted.cacert === null ? [] : [`$env:OS_CACERT = Join-Path $PSScriptRoot ${quoted(wanted.cacert)}`]),
    ...asked,
  ])
}

function variables({ authUrl, account, region, interface: door }: Openrc): [string, string][] {
  return [
    ['OS_AUTH_URL', authUrl],
    ['OS_IDENTITY_API_VERSION', '3'],
    ['OS_REGION_NAME', region],
    ['OS_INTERFACE', door],
    ...accountVariables(account),
  ]
}

function accountVariables(account: OpenrcAccount): [string, string][] {
  switch (account.kind) {
    case 'password':
      return [
        ['OS_AUTH_TYPE', 'password'],
        ['OS_USERNAME', account.user],
        ['OS_USER_DOMAIN_NAME', 'Default'],
        ['OS_PROJECT_NAME', account.project],
        ['OS_PROJECT_DOMAIN_NAME', 'Default'],
        ...(account.password === null ? [] : [['OS_PASSWORD', account.password] as [string, string]]),
      ]
    case 'application-credential':
      return [
        ['OS_AUTH_TYPE', 'v3applicationcredential'],
        ['OS_USERNAME', account.user],
        ['OS_USER_DOMAIN_NAME', 'Default'],
        ['OS_APPLICATION_CREDENTIAL_NAME', account.name],
        ['OS_APPLICATION_CREDENTIAL_SECRET', account.secret],
      ]
  }
}

const lines = (all: readonly string[]) => `${all.join('\n')}\n`

function plain(value: string): string {
  if (/[\r\n]/.test(value)) throw new RangeError(`not for an openrc: ${JSON.stringify(value)}`)
  return value
}
