// Holds the reading of sysctl.d to the order that sysctl.d(5) and systemd-sysctl(8) give.
import { describe, expect, it } from 'vitest'
import { readSysctlFiles } from './state-sysctl.ts'

const forwarding = 'net/ipv6/conf/all/forwarding'
const accept = 'net/ipv6/conf/eno1/accept_ra'

/** `path` -> lines, as the server prints them. */
function read(files: Record<string, string[]>, keys = [forwarding, accept]): Record<string, string> {
  const names = Object.keys(files).map((file) => `file ${file}`)
  const lines = Object.entries(files).flatMap(([file, text]) => text.map((line) => `${file}:${line}`))
  const says = readSysctlFiles([...names, ...lines].join('\n'), keys)
  return Object.fromEntries(
    Object.entries(says).map(([key, { value, file }]) => [key, `${value} by ${file}`]),
  )
}

describe('sysctl.d', () => {
  it('applies files by name, whatever the directory: the last word counts', () => {
    expect(
      read({
        '/usr/lib/sysctl.d/99-vendor.conf': [`${forwarding} = 0`],
        '/etc/sysctl.d/60-bateau.conf': [`${forwarding} = 1`],
      }),
    ).toEqual({ [forwarding]: '0 by /usr/lib/sysctl.d/99-vendor.conf' })
  })

  it('lets a file in /etc hide one of the same name elsewhere, also when it says nothing (a link to /dev/null)', () => {
    expect(
      read({ '/usr/lib/sysctl.d/90-x.conf': [`${forwarding}=0`], '/etc/sysctl.d/90-x.conf': [] }),
    ).toEqual({})
    expect(
      read({
        '/run/sysctl.d/90-x.conf': [`${forwarding}=1`],
        '/usr/lib/sysctl.d/90-x.conf': [`${forwarding}=0`],
      }),
    ).toEqual({ [forwarding]: '1 by /run/sysctl.d/90-x.conf' })
  })

  it('takes dots and slashes, comments, and a dash for what may be absent', () => {
    expect(
      read({
        '/etc/sysctl.d/1.conf': [
          '# net.ipv6.conf.all.forwarding = 0',
          '; x=1',
          '-net.ipv6.conf.all.forwarding=1',
        ],
      }),
    ).toEqual({ [forwarding]: '1 by /etc/sysctl.d/1.conf' })
  })

  it('keeps a dot in the name of an interface', () => {
    const key = 'net/ipv6/conf/eno1.100/accept_ra'
    const file = '/etc/sysctl.d/1.conf'
    expect(read({ [file]: ['net.ipv6.conf.eno1/100.accept_ra=2'] }, [key])).toEqual({ [key]: `2 by ${file}` })
    expect(read({ [file]: [`${key}=2`] }, [key])).toEqual({ [key]: `2 by ${file}` })
  })

  it('lets a glob speak only where no line names the key, and a dash take it out of globs', () => {
    const file = '/etc/sysctl.d/1.conf'
    expect(read({ [file]: [`${accept}=2`, 'net.ipv6.conf.*.accept_ra=0'] })).toEqual({
      [accept]: `2 by ${file}`,
    })
    expect(read({ [file]: ['net.ipv6.conf.*.accept_ra=0'] })).toEqual({ [accept]: `0 by ${file}` })
    expect(read({ [file]: [`-${accept}`, 'net.ipv6.conf.*.accept_ra=0'] })).toEqual({})
    expect(read({ [file]: ['net.ipv6.conf.en?1.accept_ra=0'] })).toEqual({ [accept]: `0 by ${file}` })
    expect(read({ [file]: ['net.ipv6.*.accept_ra=0', 'net.[ipv6=1'] })).toEqual({})
  })
})
