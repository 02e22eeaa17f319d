// Decides how a long command survives a lost link: it runs as a transient systemd unit on the server and is followed.
// Leaves what it is, and what its failure means, to its caller.
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'

export type LongCommand = {
  /** Unit name without `.service`. The same name again finds the same command: started once, followed by whoever asks. */
  unit: string
  argv: readonly string[]
  /** Already resolved; kept in a root-only file under /run while the unit lives. */
  stdin?: string
  /** Seconds without a line of output after which the command is stopped. */
  idleSeconds: number
}

const logOf = (unit: string) => `/var/log/bateau/${unit}.log`
const inputOf = (unit: string) => `/run/bateau/${unit}.in`
/** How much of a log is shown when its command fails. */
const tailLines = 15

/**
 * Starts the command unless its unit is there already, follows its output, and returns when it has ended well.
 * Throws Trouble `command-failed`, `command-idle`, or what the shell throws. When `signal` aborts, the command is left
 * running on the server, to be found by the next run.
 */
export async function runLong(
  shell: Shell,
  long: LongCommand,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await start(shell, long)
  let offset = 0
  let last = Date.now()
  const tail: string[] = []
  for (;;) {
    let state: string | undefined
    const idle = new AbortController()
    const watch = setInterval(() => {
      if (Date.now() - last > long.idleSeconds * 1000) idle.abort()
    }, 1_000)
    const ran = await shell
      .run(['sh', '-c', followScript, 'sh', `${long.unit}.service`, logOf(long.unit), String(offset)], {
        signal: AbortSignal.any([signal, idle.signal]),
        onLine(line) {
          if (line.startsWith(endMark)) return void (state = line.slice(endMark.length))
          offset += Buffer.byteLength(line) + 1
          last = Date.now()
          tail.push(line)
          if (tail.length > tailLines) tail.shift()
          onLine(line)
        },
      })
      .finally(() => clearInterval(watch))
    if (state !== undefined) return finish(shell, long, state.split(' '), tail)
    if (signal.aborted) throw new Trouble(interrupted(shell, long))
    if (idle.signal.aborted) {
      await shell.run(['systemctl', 'stop', `${long.unit}.service`])
      throw new Trouble(silent(shell, long, tail))
    }
    if (ran.code === 255) await pause(1_000)
  }
}

async function start(shell: Shell, long: LongCommand): Promise<void> {
  const ran = await shell.run(
    [
      'sh',
      '-ec',
      startScript,
      'sh',
      long.unit,
      logOf(long.unit),
      long.stdin === undefined ? '' : inputOf(long.unit),
      ...long.argv.map(asServiceArgument),
    ],
    { stdin: long.stdin ?? '' },
  )
  if (ran.code !== 0)
    throw new Trouble({
      code: 'command-not-started',
      title: `${long.argv[0]} could not be started on ${shell.name}`,
      why: ran.stderr.trim(),
      fix: 'see that the server runs systemd and has space left in /run and /var/log',
      host: shell.name,
    })
}

/** systemd expands `${x}` and `$$` in the arguments of a service (systemd.service(5)); `$$` is a plain dollar there. */
const asServiceArgument = (argument: string): string => argument.replaceAll('$', '$$$$')

async function finish(
  shell: Shell,
  long: LongCommand,
  state: string[],
  tail: readonly string[],
): Promise<void> {
  const [active, result, status] = state
  const unit = `${long.unit}.service`
  await shell.run([
    'sh',
    '-c',
    `systemctl stop "$1"; systemctl reset-failed "$1"; rm -f "$2"`,
    'sh',
    unit,
    inputOf(long.unit),
  ])
  if (active === 'active') return
  throw new Trouble({
    code: 'command-failed',
    title: `${long.argv.join(' ').slice(0, 120)} failed on ${shell.name} (${result}, exit ${status})`,
    why: tail.join('\n') || 'it printed nothing',
    fix: `the whole log is ${logOf(long.unit)} on ${shell.name}; mend the cause and run the same command again`,
    host: shell.name,
  })
}

const endMark = '==bateau-unit-ended '

/** $1 unit, $2 log, $3 file for standard input or empty, then argv. A unit that exists is left as it is. */
const startScript = `
unit=$1 log=$2 input=$3; shift 3
if [ "$(systemctl show -P LoadState "$unit.service")" = loaded ]; then exit 0; fi
mkdir -p -m 0700 /run/bateau /var/log/bateau
umask 077
: > "$log"
if [ -n "$input" ]; then cat > "$input"; set -- --property=StandardInput=file:"$input" -- "$@"; else set -- -- "$@"; fi
exec systemd-run --quiet --no-block --unit="$unit" --service-type=oneshot --property=RemainAfterExit=yes \\
  --property=StandardOutput=append:"$log" --property=StandardError=append:"$log" --setenv=LC_ALL=C.UTF-8 "$@"
`

/**
 * $1 unit, $2 log, $3 bytes already seen. Prints new lines until the unit has ended, then how. A unit whose job still waits
 * in systemd's queue is inactive, as one that was stopped is; its job, which lasts as long as a oneshot runs, tells them
 * apart. A systemd too busy to answer is asked again. tail(1) reads once more after the process of --pid is gone: the last
 * lines, where the reason of a failure stands, are never cut off.
 */
const followScript = `
unit=$1
runs() {
  seen=$(systemctl show -p ActiveState -p Job "$unit") || return 0
  case $seen in
    *ActiveState=activating*|*ActiveState=deactivating*|*ActiveState=reloading*|*Job=[1-9]*) return 0 ;;
  esac
  return 1
}
(while runs; do sleep 0.3; done) & waiter=$!
tail -c +$(($3 + 1)) --follow=name --retry --sleep-interval=0.3 --pid=$waiter "$2" 2>/dev/null
wait
printf '\\n${endMark}%s %s %s\\n' "$(systemctl show -P ActiveState "$unit")" "$(systemctl show -P Result "$unit")" \\
  "$(systemctl show -P ExecMainStatus "$unit")"
`

function silent(shell: Shell, long: LongCommand, tail: readonly string[]): Fault {
  return {
    code: 'command-idle',
    title: `${long.argv.join(' ').slice(0, 120)} said nothing for ${long.idleSeconds} s on ${shell.name} and was stopped`,
    why: tail.length > 0 ? `its last lines:\n${tail.join('\n')}` : 'it printed nothing at all',
    fix: 'run the same command again: it starts this step anew',
    host: shell.name,
  }
}

function interrupted(shell: Shell, long: LongCommand): Fault {
  return {
    code: 'interrupted',
    title: `left running on ${shell.name}: ${long.argv.join(' ').slice(0, 120)}`,
    why: 'the run was stopped; the command goes on on the server',
    fix: 'run the same command again: it follows on from there',
    host: shell.name,
  }
}
