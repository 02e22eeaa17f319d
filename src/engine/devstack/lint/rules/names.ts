// Decides which names of a file DevStack does not read in this release, and which it reads and then overwrites.
// Leaves values to the other rules.
import { knownIn } from '../../names/source.ts'
import { releases } from '../../release.ts'
import { about, type Draft, type Given, listed, type Rule } from '../finding.ts'
import { isShell } from '../meta.ts'
import type { Setting } from '../settings.ts'

/** Not DevStack's, but the programs' that it starts. */
const environment =
  /^(?:HOME|PATH|LANG|LANGUAGE|LC_\w+|TERM|TZ|SHELL|EDITOR|USER|PS4|PYTHON\w*|PIP_\w+|VIRTUALENV_\w+|TOX_\w+|DEBIAN_FRONTEND|(?:HTTPS?|NO|FTP)_PROXY|[a-z]\w*)$/

/** Invented so often that they deserve an answer of their own. */
const invented: Record<string, string> = {
  TEMPEST_INSTALL: 'take the line out; what keeps Tempest off the host is: disable_service tempest',
}

const unknown: Rule = (given) =>
  given.settings.each.flatMap((setting): Draft[] => {
    const { name } = setting
    if (given.knows(name) || environment.test(name) || isUsed(given, setting)) return []
    const others = releases.filter((release) => release !== given.release && knownIn(release).names.has(name))
    const plugins = given.services.plugins.map((plugin) => plugin.name)
    const words = { verdict: 'unknown' as const, source: given.source('sourced') }
    if (others.length > 0)
      return [
        about(setting, {
          ...words,
          code: 'name-of-another-release',
          title: `DevStack ${given.release} does not read ${name}; ${listed(others)} does`,
          why: 'a variable that nothing reads changes nothing, and nothing says so',
          fix: 'take it out, or deploy a release that has it',
          source: `${knownIn(others.at(-1) ?? given.release).names.get(name)?.place ?? ''}@${others.at(-1) ?? ''}`,
        }),
      ]
    if (plugins.length > 0)
      return [
        about(setting, {
          ...words,
          code: 'name-of-a-plugin',
          title: `DevStack itself does not read ${name}; the plugin ${listed(plugins)} may`,
          why: "plugins bring variables of their own, and bateau has not read this plugin's source",
          fix: "look for it in the plugin's directory devstack/",
        }),
      ]
    const meant = sameWords(name, given) ?? given.nearest(name, given.known.names.keys())
    return [
      about(setting, {
        ...words,
        code: 'name-unknown',
        title: `there is no variable ${name} in DevStack ${given.release}`,
        why: 'a variable that nothing reads changes nothing, and nothing says so',
        fix: invented[name] ?? (meant === undefined ? 'take the line out' : `did you mean ${meant}?`),
        mend: { kind: 'out' },
      }),
    ]
  })

/** A name of the author's own is fine when something further down refers to it. */
function isUsed({ conf }: Given, { name }: Setting): boolean {
  const reference = new RegExp(String.raw`\$\{?${name}\b`)
  return conf.statements.some((other) => other.kind !== 'comment' && reference.test(other.text))
}

/** The same words in another order: IMAGE_DEFAULT_NAME for DEFAULT_IMAGE_NAME. */
function sameWords(name: string, { known }: Given): string | undefined {
  const sorted = (text: string) => text.split('_').sort().join('_')
  const wanted = sorted(name)
  return [...known.names.keys()].find((other) => sorted(other) === wanted)
}

const overwritten: Rule = (given) =>
  given.settings.each.flatMap((setting): Draft[] => {
    const known = given.knows(setting.name)
    if (!known?.isOverwritten) return []
    return [
      about(setting, {
        code: 'overwritten',
        verdict: 'no-effect',
        title: `DevStack sets ${setting.name} itself, after this file was read`,
        why: 'whatever stands here is lost',
        fix: setting.name.startsWith('SUBNETPOOL_NAME_V')
          ? 'set SUBNETPOOL_NAME, which both pools get'
          : 'take the line out',
        source: `${known.place}@${given.release}`,
        mend: { kind: 'out' },
      }),
    ]
  })

const calls = [
  'enable_service',
  'disable_service',
  'enable_plugin',
  'disable_all_services',
  'define_plugin',
  'use_library_from_git',
]
const shellWords =
  /^(?:source|echo|export|unset|set|local|eval|true|false|return|exit|test|printf|mkdir|sudo|iniset|iniadd|inidelete|die|warn|read|shift|cd|ln|cp|mv|rm|cat|sed|grep|awk|trueorfalse|declare|typeset|alias|function|if|then|else|elif|fi|for|while|do|done|case|esac)$/

const miscalled: Rule = ({ conf, source, nearest }) =>
  conf.calls.flatMap((call): Draft[] => {
    if (!isShell(call.meta) || calls.includes(call.call) || shellWords.test(call.call)) return []
    const meant = nearest(call.call, calls)
    if (meant === undefined) return []
    return [
      {
        code: 'call-unknown',
        line: call.line,
        column: call.column,
        length: call.call.length,
        variable: null,
        verdict: 'unknown',
        title: `there is no function ${call.call}`,
        why: 'the shell does not find it, and goes on with the next line',
        fix: `write ${meant} ${call.words.join(' ')}`,
        source: source('enableService'),
        mend: { kind: 'replace', text: call.text.replace(call.call, meant) },
      },
    ]
  })

export const nameRules: readonly Rule[] = [unknown, overwritten, miscalled]
