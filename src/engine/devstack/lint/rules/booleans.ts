// Decides which spellings of yes and no DevStack does not take for one.
// Leaves what is switched on or off by them to the other rules.
import { variables } from '../../variables.ts'
import { about, type Draft, type Rule, shown } from '../finding.ts'

/** What trueorfalse of functions-common takes; anything else is the default, without a word. */
const yes = ['1', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE']
const no = ['0', 'no', 'No', 'NO', 'false', 'False', 'FALSE']

const booleans: Rule = ({ settings, knows, source, release }) =>
  settings.each.flatMap((setting): Draft[] => {
    const known = knows(setting.name)
    const { text } = setting
    if (!known || text === null || text === '' || setting.isSecret) return []
    const meant = /^(?:1|y|yes|on|true|enabled?)$/i.test(text)
      ? 'True'
      : /^(?:0|n|no|off|false|disabled?)$/i.test(text)
        ? 'False'
        : undefined
    const mend =
      meant === undefined ? {} : { mend: { kind: 'replace' as const, text: `${setting.name}=${meant}` } }
    const fix = meant === undefined ? 'write True or False' : `write ${setting.name}=${meant}`
    if (known.isBool)
      return [...yes, ...no].includes(text)
        ? []
        : [
            about(setting, {
              code: 'neither-true-nor-false',
              verdict: 'wrong',
              title: `DevStack takes ${shown(setting)} for neither true nor false`,
              why: `what it does not know counts as the default${known.default === null ? '' : `, here ${known.default}`}, without a word`,
              fix,
              source: source('trueOrFalse'),
              ...mend,
            }),
          ]
    const isTruth = variables.get(setting.name)?.kind === 'bool'
    if (!isTruth || !/^(?:True|False)$/.test(known.default ?? '') || /^(?:True|False)$/.test(text)) return []
    return [
      about(setting, {
        code: 'true-by-the-letter',
        verdict: 'wrong',
        title: `${setting.name} is compared by the letter: ${shown(setting)} is not ${meant ?? 'True or False'}`,
        why: 'this variable does not go through the function that understands other spellings',
        fix,
        source: `${known.place}@${release}`,
        ...mend,
      }),
    ]
  })

export const booleanRules: readonly Rule[] = [booleans]
