// Decides every event that a run can emit, and its data: the one registry that journal, terminal, --json and tests read.
// Leaves showing them to the faces; no event ever holds a secret.
import * as z from 'zod'

/** Raised when an event changes meaning or loses a field. */
export const schemaVersion = 1

const fault = z.object({
  code: z.string(),
  title: z.string(),
  why: z.string(),
  fix: z.string(),
  host: z.string().optional(),
  where: z.unknown().optional(),
  cause: z.unknown().optional(),
})

const task = { id: z.string(), title: z.string(), lane: z.string() }

const repair = { host: z.string(), repair: z.string(), code: z.string() }
const commands = z.array(z.array(z.string()))

const look = z.object({
  id: z.string(),
  title: z.string(),
  verdict: z.enum(['yes', 'no', 'could-not-check']),
  seen: z.string(),
  vantage: z.string(),
  fault: fault.optional(),
})

const bodies = [
  /** First of a run: which command, on which course. `resumes` names the run that was cut, if one was. */
  z.object({
    type: z.literal('run.started'),
    command: z.string(),
    course: z.string(),
    resumes: z.string().nullable(),
  }),
  /** A part of the run begins: plan, world, host, engine, networks, enrolment, proof. */
  z.object({ type: z.literal('phase.started'), phase: z.string(), title: z.string(), tasks: z.number() }),
  z.object({ type: z.literal('plan.made'), text: z.string(), plan: z.unknown() }),
  /** The world already is as the step wants it: nothing was done. */
  z.object({ type: z.literal('step.kept'), ...task, seen: z.string() }),
  z.object({ type: z.literal('step.started'), ...task, because: z.string(), seen: z.string() }),
  /** A line of a long command's output. Shown live, kept in the journal. */
  z.object({ type: z.literal('step.line'), ...task, line: z.string() }),
  z.object({ type: z.literal('step.part'), ...task, done: z.number(), total: z.number() }),
  z.object({ type: z.literal('step.done'), ...task, seconds: z.number() }),
  z.object({ type: z.literal('step.failed'), ...task, seconds: z.number(), fault }),
  look.extend({ type: z.literal('check.result') }),
  /** A round of looks that go on is over. `changed` is what answers otherwise than before, `findings` all troubles, causes first. */
  z.object({
    type: z.literal('check.round'),
    round: z.number(),
    yes: z.number(),
    no: z.number(),
    unchecked: z.number(),
    seconds: z.number(),
    everySeconds: z.number(),
    changed: z.array(look),
    findings: z.array(look.extend({ fault, follows: z.array(z.string()) })),
  }),
  /** What the agent of a server told (agent/events), with its line for people; empty: none. */
  z.object({ type: z.literal('agent.event'), host: z.string(), text: z.string(), event: z.unknown() }),
  /** How a server that is watched does, in a line. */
  z.object({
    type: z.literal('watch.state'),
    host: z.string(),
    mood: z.enum(['well', 'broken', 'unsure']),
    text: z.string(),
  }),
  /** Of a dry run: what would be carried out on the server. */
  z.object({ type: z.literal('repair.planned'), ...repair, title: z.string(), commands }),
  z.object({ type: z.literal('repair.started'), ...repair, title: z.string(), commands }),
  z.object({ type: z.literal('repair.done'), ...repair, helped: z.boolean(), seen: z.string() }),
  /** No repair is left for this cause: what a person must do. */
  z.object({
    type: z.literal('given-up'),
    host: z.string(),
    code: z.string(),
    why: z.string(),
    fix: z.string(),
  }),
  /** Something a person should know; changes nothing. */
  z.object({ type: z.literal('note'), text: z.string() }),
  z.object({ type: z.literal('fault'), fault }),
  /** The command's own answer (status, report, addresses), for --json; `text` is the same for people. */
  z.object({ type: z.literal('report'), kind: z.string(), text: z.string(), data: z.unknown() }),
  z.object({
    type: z.literal('run.finished'),
    outcome: z.enum(['done', 'failed', 'refused', 'interrupted', 'could-not-check']),
    exitCode: z.number(),
    seconds: z.number(),
    kept: z.number(),
    changed: z.number(),
  }),
] as const

const stamp = { schema_version: z.literal(schemaVersion), at: z.string(), run: z.string() }

/** What is on disk and on the wire: a body with the run's id and the time (ISO 8601, UTC). */
export const runEvent = z.intersection(z.object(stamp), z.discriminatedUnion('type', bodies))
export type EventBody = z.infer<(typeof bodies)[number]>
export type RunEvent = EventBody & { schema_version: typeof schemaVersion; at: string; run: string }

/** Where events go. Must not throw: a face that cannot show an event loses it, the run goes on. */
export type Emit = (body: EventBody) => void
