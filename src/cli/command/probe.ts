// Decides how `bateau probe` is called, and how its answer is printed.
// Leaves looking to deploy/probe.
import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { type Fault, Trouble } from '../../core/fault.ts'
import { showFaults } from '../../core/fault-text.ts'
import { exits } from '../../deploy/face.ts'
import { type Answer, type Context, pathOf } from '../context.ts'

/** A resolver of Google's that answers ping; only asked where there is no place outside to look from. */
const farAway = '2001:4860:4860::8888'

export function probeCommand(context: Context, answer: Answer) {
  const { terminal } = context
  return new Command('probe')
    .description(
      'find out how IPv6 reaches a server, and write its entry for the course file; changes nothing',
    )
    .argument('<host>', 'server, as ssh takes it; the log-in must be root')
    .option('--block <prefix>', 'the block that the provider gives to it; left out: what the server shows')
    .option(
      '--duid-file <file>',
      "file with the block's DUID: DHCPv6 is asked, at most twice; nothing is leased",
    )
    .option('--from <host>', 'where to look from, as ssh takes it', 'here')
    .option('--target <address>', 'what to ping when there is nowhere to look from', farAway)
    .option('-p, --port <port>', 'port of ssh', portOf)
    .option('-i, --identity <file>', 'private key for ssh')
    .option('--json', 'as one JSON object', false)
    .addHelpText(
      'after',
      `
Examples:
  ./bateau probe root@os1.example.org --block 2001:db8:17::/56
  ./bateau probe root@os1.example.org --block 2001:db8:17::/56 --duid-file secrets/os1.duid
  ./bateau probe os1 --from os2 --json | jq -r .stanza
`,
    )
    .action(async (host, { json, duidFile, identity, ...options }) => {
      const refuse = (faults: readonly Fault[]) => {
        if (json) terminal.out.write(`${JSON.stringify({ schema_version: 1, faults }, null, 2)}\n`)
        terminal.err.write(`${showFaults(faults)}\n`)
      }
      try {
        const probed = await (
          await context.deeds()
        ).probe({
          ...options,
          host,
          identity: identity === undefined ? undefined : pathOf(terminal, identity),
          duidFile:
            duidFile === undefined ? undefined : { path: pathOf(terminal, duidFile), named: duidFile },
        })
        if (!probed.ok) {
          refuse(probed.faults)
          return answer(exits.usage)
        }
        const { text, json: value, exitCode } = probed.value
        terminal.out.write(json ? `${JSON.stringify(value, null, 2)}\n` : text)
        answer(exitCode)
      } catch (error) {
        // A server that cannot be asked is not a server without IPv6.
        if (!(error instanceof Trouble)) throw error
        refuse([error.fault])
        answer(exits.unchecked)
      }
    })
}

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('A port is 1 to 65535.')
  return port
}
