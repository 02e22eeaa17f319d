// Decides where DevStack itself comes from: the branch of the release, under its old name or its new one.
// Leaves OpenStack's own repositories to stack.sh, which takes them from the same git_base.
import type { Fault } from '../../core/fault.ts'
import { shell, type HostStep } from '../../core/step.ts'
import { places, user } from './places.ts'
import { type DevstackSite, releaseFacts } from './release-facts.ts'

const faults: readonly Fault[] = [
  {
    code: 'devstack-foreign',
    title: 'there is a DevStack on the server that bateau did not put there',
    why: `${places.checkout} exists without bateau's mark; a second stack.sh would destroy its cloud`,
    fix: 're-image the server, or move that directory away and say so by running the same command again',
  },
  {
    code: 'devstack-other-release',
    title: 'the server has a DevStack of another release',
    why: 'a cloud is not carried from one release to another by a second stack.sh',
    fix: 're-image the server, or give engine: release the value it was made with',
  },
  {
    code: 'devstack-branch-gone',
    title: 'DevStack has no branch for this release there',
    why: 'neither under its name nor under the one that it gets when its maintenance ends',
    fix: 'take a newer engine: release, or a git_base that has it',
  },
  {
    code: 'devstack-git-unreachable',
    title: 'DevStack could not be cloned',
    why: 'the host of git_base does not answer from the server, or has no openstack/devstack.git',
    fix: 'on the server: git ls-remote with the address above; name a mirror under engine: git_base',
  },
]

/** Which release the checkout is, in bateau's own words: the branch may have another name by then. */
const mark = `${places.memory}/release`

/**
 * The newest commit of the branch as long as nothing is stacked (old ones rot: pip and setuptools go on); afterwards
 * what is there stays, because services run from it.
 */
export function sourceStep({ engine }: DevstackSite): HostStep {
  const { branches } = releaseFacts[engine.release]
  const origin = `${engine.gitBase}/openstack/devstack.git`
  return {
    id: 'openstack/source',
    title: `DevStack ${engine.release}`,
    because: `OpenStack ${engine.release} by DevStack, cloned from ${engine.gitBase}`,
    files: [],
    run: [
      {
        ...shell(`refuse() { echo "==seen $2"; echo "==fault $1"; exit 1; }
as() { runuser -u ${user} -- env HOME=/opt/stack GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8 "$@"; }
install -d -m 0755 ${places.memory}
if [ -e ${places.checkout} ]; then
  [ -s ${mark} ] || refuse devstack-foreign ${places.checkout}
  [ "$(cat ${mark})" = ${engine.release} ] || refuse devstack-other-release "$(cat ${mark})"
fi
[ ! -s ${places.memory}/stacked.json ] || exit 0
heads=$(as git ls-remote --heads ${origin} 2>&1) || refuse devstack-git-unreachable "$(printf %s "$heads" | tail -n 1)"
branch=
for one in ${branches.join(' ')}; do
  if printf '%s\\n' "$heads" | grep -q "refs/heads/$one\\$"; then branch=$one; break; fi
done
[ -n "$branch" ] || refuse devstack-branch-gone '${branches.join(', ')} in ${origin}'
printf '%s' ${engine.release} > ${mark}
if [ ! -e ${places.checkout} ]; then
  as git clone --progress --branch "$branch" ${origin} ${places.checkout}.new 2>&1 | tr '\\r' '\\n' | tail -n 5
  mv ${places.checkout}.new ${places.checkout}
else
  cd ${places.checkout}
  as git fetch --quiet origin "$branch"
  as git checkout --quiet --force -B "$branch" FETCH_HEAD
fi
echo "$branch at $(as git -C ${places.checkout} log -1 --format='%h of %cs')"`),
        idleSeconds: 600,
        faults,
      },
    ],
    verify: [shell(`test "$(cat ${mark})" = ${engine.release} && test -x ${places.checkout}/stack.sh`)],
    after: ['openstack/user'],
  }
}
