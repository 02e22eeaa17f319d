// Decides what is said of branches, plugins and ways of running that do not belong together.
// Leaves repositories elsewhere alone: a mirror is fine.
import { branchOf, releases } from '../../release.ts'
import { about, type Draft, type Rule } from '../finding.ts'

const projects = 'NOVA|NEUTRON|KEYSTONE|GLANCE|CINDER|HORIZON|PLACEMENT|SWIFT|REQUIREMENTS'
const project = new RegExp(`^(?:${projects}|TARGET)_BRANCH$`)

const mixed: Rule = ({ settings, release, source, knows }) =>
  [...settings.final.values()].flatMap((setting): Draft[] => {
    const { name, text } = setting
    if (!project.test(name) || !text) return []
    const branch = branchOf(release)
    const same = [branch, branch.replace('stable/', 'unmaintained/')].includes(text)
    if (same)
      return [
        about(setting, {
          code: 'default-anyway',
          verdict: 'redundant',
          title: `it is the branch that DevStack ${release} takes by itself`,
          why: 'the line changes nothing, and is forgotten with the next release',
          fix: 'take the line out',
          source: source('targetBranch'),
        }),
      ]
    if (!/^(?:master|(?:stable|unmaintained)\/)/.test(text)) return []
    return [
      about(setting, {
        code: 'branches-mixed',
        verdict: 'wrong',
        title: `${name} is ${text}, and DevStack ${release} is made for ${branch}`,
        why: "services, requirements and DevStack of different branches do not know each other's options (kubernetes-sigs/cluster-api-provider-openstack#1397)",
        fix: `take the line out, or check out the branch ${text} of DevStack`,
        source: knows(name) ? `${knows(name)?.place ?? ''}@${release}` : source('targetBranch'),
        mend: { kind: 'out' },
      }),
    ]
  })

const plugins: Rule = ({ services, release, source }) =>
  services.plugins.flatMap(({ name, branch, url, call }, i): Draft[] => {
    const base = { line: call.line, column: call.column, length: call.call.length, variable: null }
    if (services.plugins.slice(0, i).some((other) => other.name === name))
      return [
        {
          ...base,
          code: 'plugin-twice',
          verdict: 'wrong',
          title: `the plugin ${name} is enabled twice`,
          why: 'stack.sh stops',
          fix: 'take this line out',
          source: source('pluginTwice'),
          mend: { kind: 'out' },
        },
      ]
    if (!url)
      return [
        {
          ...base,
          code: 'plugin-without-address',
          verdict: 'wrong',
          title: `enable_plugin ${name} names no repository`,
          why: 'it takes a name, an address and, for a stable DevStack, a branch',
          fix: `write enable_plugin ${name} https://opendev.org/openstack/${name} ${branchOf(release)}`,
          source: source('pluginTwice'),
        },
      ]
    if (release === 'master' || branch !== 'master' || !/opendev\.org\/openstack\//.test(url)) return []
    return [
      {
        ...base,
        code: 'plugin-of-another-branch',
        verdict: 'wrong',
        title: `the plugin ${name} is taken from master, for DevStack ${release}`,
        why: 'without a third word master is taken; a plugin and a DevStack of different branches do not fit',
        fix: `write enable_plugin ${name} ${url} ${branchOf(release)}, where it has that branch`,
        source: source('pluginTwice'),
      },
    ]
  })

/** A file that was written for a release names it; what it is checked against should be that one. */
const otherRelease: Rule = ({ conf, release, source }) => {
  const comment = conf.statements.find(
    ({ kind, text }) => kind === 'comment' && /stable\/20\d\d\.\d/.test(text) && /devstack/i.test(text),
  )
  const named = /stable\/(20\d\d\.\d)/.exec(comment?.text ?? '')?.[1]
  const meant = releases.find((one) => one === named)
  if (!comment || meant === undefined || meant === release) return []
  return [
    {
      code: 'checked-for-another-release',
      ...{ line: comment.line, column: 1, length: comment.text.length, variable: null },
      verdict: 'contradiction',
      title: `this comment speaks of ${meant}, and the file is checked for ${release}`,
      why: 'names and services differ between releases',
      fix: `bateau lint ${conf.name} --release ${meant}`,
      source: source('targetBranch'),
    },
  ]
}

export const branchRules: readonly Rule[] = [mixed, plugins, otherRelease]
