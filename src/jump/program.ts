// Decides the program on the jump host: what is put in place, confirmed, taken back, and who has an account.
// Leaves when it is called to steps, and the log-ins that confirm to deploy/.
import type { Fault } from '../core/fault.ts'
import { file, type RenderedFile } from '../core/step.ts'
import { gecos, jumpFilterUnit, jumpGroup, jumpPaths, jumpTable, jumpUnit } from './input.ts'

/** Transient units that take back what nobody confirmed. */
const rollbackUnit = 'bateau-jump-rollback'

/**
 * One shell script with a word a deed. It is a file on the server because what takes a change back must run there when
 * nobody gets in any more.
 */
export const programFile = (course: string, port: number): RenderedFile =>
  file(jumpPaths.program, programText(course, port), '0755')

export function programText(course: string, port: number): string {
  return `#!/bin/sh
# Written by bateau for ${course}: the jump host's deeds. See docs/jump.md of bateau.
set -eu
umask 022
LC_ALL=C; export LC_ALL
PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
course='${course}' mark='${gecos(course)}' group=${jumpGroup} port=${port}
etc=${jumpPaths.etc} run=/run/bateau-jump
sshd=${jumpUnit} filter=${jumpFilterUnit} timer=${rollbackUnit}
${sameness}
${apply}
${takeBack}
${accounts}
${remove}
case \${1:-} in
  ground) ground ;;
  apply) alone; apply "$2" ;;
  holds) holds ;;
  confirmed) same "$etc" "$etc/confirmed" ;;
  confirm) alone; confirm ;;
  rollback) alone; take_back "\${2:-not confirmed by a fresh log-in in time}" ;;
  boot) boot ;;
  accounts) alone; accounts ;;
  accounts-hold) accounts_hold ;;
  remove) alone; remove "$2" ;;
  *) echo "no deed \${1:-}" >&2; exit 64 ;;
esac
`
}

const sameness = `
fault() { printf '==seen %s\\n' "$(printf %s "$2" | tr '\\n' ' ' | cut -c1-500)"; printf '==fault %s\\n' "$1"; exit 1; }
alone() { mkdir -p "$run"; exec 9>"$run/lock"; flock 9; }
# Both files of a set, byte for byte.
same() { cmp -s "$1/sshd_config" "$2/sshd_config" && cmp -s "$1/firewall.nft" "$2/firewall.nft"; }
put() {
  for f in sshd_config firewall.nft; do
    cp "$1/$f" "$2/.$f.new"; chmod 600 "$2/.$f.new"; mv -f "$2/.$f.new" "$2/$f"
  done
}
ground() {
  getent group "$group" >/dev/null || groupadd --system "$group"
  mkdir -p "$etc/keys" "$etc/wanted" "$etc/confirmed"
  chown root:"$group" "$etc/keys"; chmod 750 "$etc/keys"
  [ -s "$etc/ssh_host_ed25519_key.pub" ] || {
    rm -f "$etc/ssh_host_ed25519_key"
    ssh-keygen -q -t ed25519 -N '' -C "jump host of $course" -f "$etc/ssh_host_ed25519_key"
  }
}`

/** A reload: sshd begins anew with the new configuration, and sessions of students go on. */
const apply = `
listens() { systemctl is-active -q "$sshd" && ss -Hltnp "sport = :$port" | grep -q '"sshd"'; }
apply() {
  if said=$(sshd -t -f "$etc/wanted/sshd_config" 2>&1); then :; else fault jump-config-refused "$said"; fi
  if said=$(nft -c -f "$etc/wanted/firewall.nft" 2>&1); then :; else fault jump-filter-refused "$said"; fi
  : > "$run/pending"
  systemctl stop "$timer.timer" 2>/dev/null || true
  systemctl reset-failed "$timer.service" 2>/dev/null || true
  systemd-run --quiet --collect --unit="$timer" --on-active="$1" --timer-property=AccuracySec=500ms "$0" rollback
  put "$etc/wanted" "$etc"
  systemctl enable -q "$filter" "$sshd"
  systemctl reset-failed "$filter" "$sshd" 2>/dev/null || true
  if systemctl reload-or-restart "$filter" && systemctl reload-or-restart "$sshd"; then
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      sleep 0.25
      listens && return 0
    done
  fi
  why=$(journalctl -q -n 3 -o cat -u "$sshd" -u "$filter" 2>/dev/null || true)
  take_back 'it did not start'
  fault jump-not-started "$why"
}
holds() {
  same "$etc/wanted" "$etc" && systemctl is-enabled -q "$sshd" && listens &&
    nft list chain inet ${jumpTable} students >/dev/null
}`

const takeBack = `
# Only what was put in place is confirmed, and what is confirmed is not taken back any more.
confirm() {
  holds || fault jump-rolled-back 'what is in place is not what was to be confirmed'
  put "$etc" "$etc/confirmed"
  rm -f "$run/pending"
  systemctl stop "$timer.timer" 2>/dev/null || true
}
take_back() {
  if ! same "$etc" "$etc/confirmed"; then
    if [ -e "$etc/confirmed/sshd_config" ]; then
      put "$etc/confirmed" "$etc"
      systemctl reset-failed "$filter" "$sshd" 2>/dev/null || true
      systemctl reload-or-restart "$filter" "$sshd" || true
    else
      systemctl disable -q --now "$sshd" "$filter" || true
      rm -f "$etc/sshd_config" "$etc/firewall.nft"
    fi
    logger -t bateau-jump "taken back: $1" || true
  fi
  rm -f "$run/pending"
  systemctl stop "$timer.timer" 2>/dev/null || true
}
# Before the units start. A boot ends the timer that would have taken back, so it is done here.
boot() {
  [ ! -e "$run/pending" ] || return 0
  same "$etc" "$etc/confirmed" || { [ -e "$etc/confirmed/sshd_config" ] && put "$etc/confirmed" "$etc"; }
}`

/**
 * Wanted logins come on standard input. An account of another, or of this server's own, is never touched; the others
 * go on. UIDs are of a range of their own, as a class does not fit into that of system accounts.
 */
const accounts = `
ours() {
  gid=$(getent group "$group" | cut -d: -f3)
  getent passwd | awk -F: -v g="$gid" -v m="$mark" 'g != "" && $4 == g && $5 == m { print $1 }' | sort
}
# Whoever is out is out now: first no key, then no session, then no account.
end_account() {
  rm -f "$etc/keys/$1"
  for i in 1 2 3 4 5 6 7 8 9 10; do
    pkill -KILL -u "$1" || true
    if userdel "$1" 2>"$run/said"; then return 0; fi
    getent passwd "$1" >/dev/null || return 0
    sleep 0.2
  done
  fault jump-account-stays "$1: $(cat "$run/said")"
}
differing() {
  sort -u > "$run/wanted.$$"; ours > "$run/there.$$"
  missing=$(comm -23 "$run/wanted.$$" "$run/there.$$"); gone=$(comm -13 "$run/wanted.$$" "$run/there.$$")
  stray=$(for f in "$etc"/keys/*; do [ ! -e "$f" ] || printf '%s\\n' "\${f##*/}"; done | sort | comm -23 - "$run/wanted.$$")
  rm -f "$run/wanted.$$" "$run/there.$$"
}
accounts_hold() {
  mkdir -p "$run"; differing
  [ -z "$missing$gone$stray" ] || { echo "missing: $missing; to go: $gone$stray" | tr '\\n' ' '; return 1; }
}
accounts() {
  differing
  foreign='' done=0 total=$(printf '%s\\n' $gone $missing | grep -c . || true)
  for one in $stray; do rm -f "$etc/keys/$one"; done
  for one in $gone; do end_account "$one"; done=$((done + 1)); echo "==part $done $total"; done
  for one in $missing; do
    if getent passwd "$one" >/dev/null; then foreign="$foreign $one"
    else useradd -M -N -g "$group" -d /nonexistent -s /usr/sbin/nologin -c "$mark" -p '*' \\
      -K UID_MIN=20000 -K UID_MAX=59999 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$one"; fi
    done=$((done + 1)); echo "==part $done $total"
  done
  [ -z "$foreign" ] || fault jump-account-foreign "of this server or of others:$foreign"
}`

const remove = `
# Whoever asks says whose it is to be: another course's is left alone.
remove() {
  [ "$1" = "$course" ] || fault jump-foreign "it is that of $course"
  systemctl stop "$timer.timer" 2>/dev/null || true
  systemctl disable -q --now "$sshd" "$filter" 2>/dev/null || true
  for one in $(ours); do end_account "$one"; done
  nft delete table inet ${jumpTable} 2>/dev/null || true
  groupdel "$group" 2>/dev/null || true
  rm -f "/etc/systemd/system/$sshd" "/etc/systemd/system/$filter"
  systemctl daemon-reload
  rm -rf "$etc" /var/lib/bateau/steps/jump%*
  for kept in /var/lib/bateau/installed /var/lib/bateau/originals; do
    rm -rf "$kept$etc" "$kept/etc/systemd/system/$sshd" "$kept/etc/systemd/system/$filter" "$kept$0"
  done
  rm -rf "$0" "$run"
}`

const onHost = (code: string, title: string, why: string, fix: string): Fault => ({ code, title, why, fix })

/** What the program may name (host/said). */
export const jumpFaults: readonly Fault[] = [
  onHost(
    'jump-foreign',
    'the server is the jump host of another course',
    'a server has one students’ sshd; nothing of the other course was changed',
    'take the other one away first (bateau class jump --remove, with its course file), or name another server under jump, server',
  ),
  onHost(
    'jump-config-refused',
    'sshd does not take the configuration',
    'sshd -t refused it before anything was put in place; what ran before runs on',
    'this is a fault of bateau: report it with what sshd said',
  ),
  onHost(
    'jump-filter-refused',
    'nftables does not take the rules',
    'nft -c refused them before anything was put in place; what ran before runs on',
    'see that nftables is whole on the server: nft list tables',
  ),
  onHost(
    'jump-not-started',
    'the students’ sshd did not start with the new configuration',
    'it was taken back at once; what ran before runs on',
    'see whether something else has the port: ss -ltnp; or choose another: jump, port',
  ),
  onHost(
    'jump-rolled-back',
    'what was put in place is there no more',
    'it was not confirmed in time, and the server took it back by itself',
    'run the same command again',
  ),
  onHost(
    'jump-account-foreign',
    'some accounts of the server have the names of students',
    'they do not carry the course’s mark, so they were left alone; all others were made',
    'name another server under jump, server: one that bateau has for itself; or give these students other logins',
  ),
  onHost(
    'jump-account-stays',
    'an account could not be removed',
    'its key is gone, so nobody gets in by it any more',
    'run the same command again',
  ),
]
