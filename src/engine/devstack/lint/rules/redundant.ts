// Decides which lines say what DevStack does anyway.
// Leaves those whose default is computed from others to addresses and branches.
import { about, type Draft, type Rule } from '../finding.ts'

const redundant: Rule = ({ settings, knows, release, source }) =>
  [...settings.final.values()].flatMap((setting): Draft[] => {
    const known = knows(setting.name)
    const { name, text } = setting
    if (
      !known ||
      text === null ||
      setting.isSecret ||
      known.default === null ||
      setting.assignment.operator !== '='
    )
      return []
    const isSame =
      text === known.default || (known.isBool && text.toLowerCase() === known.default.toLowerCase())
    if (!isSame) return []
    const isTempest = name === 'INSTALL_TEMPEST'
    return [
      about(setting, {
        code: 'default-anyway',
        verdict: 'redundant',
        title: text === '' ? `${name} is empty anyway` : `${text} is the default of ${name} in ${release}`,
        why: isTempest
          ? 'the line changes nothing; Tempest is fetched and built all the same, as long as the service is on'
          : 'the line changes nothing',
        fix: isTempest
          ? 'disable_service tempest is what keeps it off'
          : 'take the line out, or leave it as a reminder',
        source: isTempest ? source('tempestInstall') : `${known.place}@${release}`,
      }),
    ]
  })

export const redundancyRules: readonly Rule[] = [redundant]
