// Decides when a host step is done (marker, files, verify) and carries it out over a Shell.
// Leaves order and concurrency to run/, and what the steps are to delivery/ and engine/.
import { Trouble } from '../core/fault.ts'
import { redact, references, resolve, type Vault } from '../core/secret.ts'
import type { Shell } from '../core/shell.ts'
import type { Command, HostStep } from '../core/step.ts'
import type { Look, Progress } from '../core/task.ts'
import { expectedLine, inspectScript, installScript, sha256, stateDir } from './files.ts'
import { fetchEvidence, type Keep } from './evidence.ts'
import { runLong } from './long.ts'
import { quote } from './quote.ts'
import { Said } from './said.ts'

/** Short commands get this long, then count as failed; anything slower must be declared with `idleSeconds`. */
const shortMilliseconds = 60_000

/**
 * The steps of one host, looked at together: the first look asks the server once for all of them. A step found undone
 * stays undone until it is carried out; one found done is asked again once anything has changed on the host.
 */
export class HostSteps {
  readonly #shell: Shell
  readonly #steps: ReadonlyMap<string, HostStep>
  readonly #vault: Vault
  readonly #keep: Keep | undefined
  #first: Promise<Map<string, Look>> | undefined
  #changed = false

  /** `keep`: puts what is fetched of a failure where a person finds it; left out, nothing is fetched. */
  constructor(shell: Shell, steps: readonly HostStep[], vault: Vault, keep?: Keep) {
    this.#shell = shell
    this.#steps = new Map(steps.map((step) => [step.id, step]))
    this.#vault = vault
    this.#keep = keep
  }

  async look(id: string, fresh = false): Promise<Look> {
    const step = this.#step(id)
    if (!fresh) {
      this.#first ??= lookAt(this.#shell, [...this.#steps.values()], this.#vault)
      const cached = (await this.#first).get(id)
      if (cached && (!cached.done || !this.#changed)) return cached
    }
    return (await lookAt(this.#shell, [step], this.#vault)).get(id) ?? { done: false, seen: 'not looked at' }
  }

  /** Installs the files that differ, runs the commands in order, leaves the marker. Throws Trouble. */
  async act(id: string, progress: Progress): Promise<void> {
    const step = this.#step(id)
    this.#changed = true
    await this.#begin(step)
    await this.#install(step)
    const known = stepSecrets(step, this.#vault)
    for (const [index, command] of step.run.entries()) {
      const said = new Said()
      const onLine = (line: string) => {
        const clean = redact(line, known)
        if (!said.take(clean, progress)) progress.line(clean)
      }
      try {
        if (command.idleSeconds === undefined) await this.#short(step, command, onLine)
        else
          await runLong(
            this.#shell,
            {
              unit: this.#unit(step, index),
              argv: command.argv,
              idleSeconds: command.idleSeconds,
              ...(command.stdin === undefined ? {} : { stdin: resolve(command.stdin, this.#vault) }),
            },
            onLine,
            progress.signal,
          )
      } catch (error) {
        throw await this.#explained(error, command, said)
      }
    }
    await this.#must(['sh', '-ec', markScript, 'sh', marker(step.id), digest(step, this.#vault)])
  }

  #unit(step: HostStep, index: number): string {
    return `bateau-${digest(step, this.#vault).slice(0, 16)}-${index}`
  }

  /**
   * A step that was done once and is carried out again is not done until it has come to its end again: the marker goes,
   * and with it what an old command of it has left. Without a marker a command that has ended is the one that a run was
   * cut off from, and its end counts; one that still runs is followed either way.
   */
  async #begin(step: HostStep): Promise<void> {
    const units = step.run.flatMap(({ idleSeconds }, i) =>
      idleSeconds === undefined ? [] : [`${this.#unit(step, i)}.service`],
    )
    if (units.length > 0) await this.#must(['sh', '-c', beginScript, 'sh', marker(step.id), ...units])
  }

  /** The same failure in the command's own words, and with where its evidence was put. */
  async #explained(error: unknown, command: Command, said: Said): Promise<unknown> {
    if (!(error instanceof Trouble) || error.fault.code !== 'command-failed') return error
    const named = said.fault(command.faults ?? [])
    const fault = named ? { ...named, host: this.#shell.name } : error.fault
    const kept =
      this.#keep && command.evidence ? await fetchEvidence(this.#shell, command.evidence, this.#keep) : []
    if (kept.length === 0) return named ? new Trouble(fault) : error
    return new Trouble({ ...fault, fix: `${fault.fix}\nfetched: ${kept.join(', ')}` })
  }

  async #install(step: HostStep): Promise<void> {
    if (step.files.length === 0) return
    const script = inspectScript(step.files.map((file) => file.path))
    const there = new Set((await this.#must(['sh', '-c', script])).split('\n'))
    const differing = step.files.filter((file) => !there.has(expectedLine(file, this.#vault)))
    if (differing.length === 0) return
    await this.#must(['sh'], installScript(differing, this.#vault))
  }

  async #short(step: HostStep, command: Command, onLine: (line: string) => void): Promise<void> {
    const stdin = command.stdin === undefined ? undefined : resolve(command.stdin, this.#vault)
    const lines: string[] = []
    const ran = await this.#shell.run(command.argv, {
      timeout: shortMilliseconds,
      ...(stdin === undefined ? {} : { stdin }),
      onLine(line) {
        lines.push(line)
        onLine(line)
      },
    })
    if (ran.code === 0) return
    const known = stepSecrets(step, this.#vault)
    throw new Trouble({
      code: 'command-failed',
      title: `${step.title}: ${quote(command.argv).slice(0, 160)} ended with ${ran.code}`,
      why: redact(lines.slice(-15).join('\n'), known) || 'it printed nothing',
      fix: `mend the cause on ${this.#shell.name} and run the same command again; it resumes at this step`,
      host: this.#shell.name,
    })
  }

  async #must(argv: readonly [string, ...string[]], stdin?: string): Promise<string> {
    const ran = await this.#shell.run(argv, {
      timeout: shortMilliseconds,
      ...(stdin === undefined ? {} : { stdin }),
    })
    if (ran.code === 0) return ran.stdout
    throw new Trouble({
      code: 'host-write-failed',
      title: `${this.#shell.name} did not take bateau's files`,
      why: ran.stderr.trim() || `exit ${ran.code}`,
      fix: 'see that the disk is not full or read-only, and that the log-in is root; then run the same command again',
      host: this.#shell.name,
    })
  }

  #step(id: string): HostStep {
    const step = this.#steps.get(id)
    if (!step) throw new RangeError(`no step ${id}`)
    return step
  }
}

async function lookAt(shell: Shell, steps: readonly HostStep[], vault: Vault): Promise<Map<string, Look>> {
  const script = steps.map((step) => `echo '==step'\n${lookScript(step, vault)}`).join('\n')
  const ran = await shell.run(['sh'], { stdin: script, timeout: 2 * shortMilliseconds })
  const blocks = ran.stdout.split('==step\n').slice(1)
  return new Map(steps.map((step, i) => [step.id, judge(step, blocks[i]?.split('\n') ?? [], vault)]))
}

/** Verify commands run only where the marker is there: before the first time they could only fail, slowly. */
function lookScript(step: HostStep, vault: Vault): string {
  const verify = step.verify.map(
    (command, i) =>
      `out=$(${fed(command, vault)} timeout 20 ${quote(command.argv)} 2>&1) && echo 'ok ${i}' || echo "no ${i} $(printf %s "$out" | tail -n 1)"`,
  )
  const files = inspectScript(step.files.map((file) => file.path))
  return `if m=$(cat ${quote([marker(step.id)])} 2>/dev/null); then echo "marker $m"\n${files}${verify.join('\n')}\ntrue; fi`
}

/** What a verify command reads: the script itself comes on standard input, so it must not. `printf` is the shell's own: no argv. */
function fed(command: Command, vault: Vault): string {
  if (command.stdin === undefined) return '</dev/null'
  const encoded = Buffer.from(resolve(command.stdin, vault), 'utf8').toString('base64')
  return `printf %s ${quote([encoded])} | base64 -d |`
}

function judge(step: HostStep, lines: readonly string[], vault: Vault): Look {
  const mark = lines.find((line) => line.startsWith('marker '))?.slice(7)
  if (mark === undefined) return { done: false, seen: 'not done yet' }
  if (mark !== digest(step, vault)) return { done: false, seen: 'done once in another form' }
  const present = new Set(lines)
  const differing = step.files.filter((file) => !present.has(expectedLine(file, vault)))
  if (differing.length > 0)
    return { done: false, seen: `not as rendered: ${differing.map((file) => file.path).join(', ')}` }
  const failing = step.verify.findIndex((_, i) => !present.has(`ok ${i}`))
  if (failing < 0) return { done: true, seen: 'as rendered, and verified' }
  const said = lines.find((line) => line.startsWith(`no ${failing} `))?.slice(`no ${failing} `.length)
  const argv = step.verify[failing]?.argv ?? []
  return { done: false, seen: `${quote(argv).slice(0, 160)}: ${said || 'exits with an error'}` }
}

/** Everything that the step would do, secrets included, as one hash: root-only on the host. */
function digest(step: HostStep, vault: Vault): string {
  // Words for a failure and where more of it stands change nothing that is done.
  const run = step.run.map(({ faults: _, evidence: __, ...done }) => done)
  return sha256(resolve(JSON.stringify([step.files, run]), vault))
}

const marker = (id: string) => `${stateDir}/steps/${id.replaceAll('/', '%')}`

/** $1 file, $2 digest. */
const markScript = `umask 077; mkdir -p "\${1%/*}"; printf %s "$2" > "$1.new"; mv -f "$1.new" "$1"`

/** $1 marker, then the units of the step's long commands. */
const beginScript = `[ -e "$1" ] || exit 0
rm -f "$1"; shift
for unit; do
  [ "$(systemctl show -P ActiveState "$unit")" = activating ] && continue
  systemctl stop "$unit"; systemctl reset-failed "$unit"
done 2>/dev/null
true`

function stepSecrets(step: HostStep, vault: Vault) {
  return references(JSON.stringify(step)).map((name) => vault.get(name))
}
