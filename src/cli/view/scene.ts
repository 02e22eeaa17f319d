// Decides what is known of a run at one moment, from its events alone: what runs, since when, what was kept.
// Leaves how that looks to the views.
import type { RunEvent } from '../../run/events.ts'

export type Running = {
  title: string
  lane: string
  /** Milliseconds since the epoch, from the event. */
  since: number
  line: string
  part: { done: number; total: number } | null
}

export type Round = Extract<RunEvent, { type: 'check.round' }>

export type WatchedState = Extract<RunEvent, { type: 'watch.state' }>

export type Scene = {
  began: number
  /** The last round of a check that goes on; null: there is none. */
  round: Round | null
  phase: { title: string; tasks: number } | null
  /** Tasks of the phase that came to an end, kept ones too. */
  settled: number
  /** Kept since they were last spoken of. */
  kept: number
  running: ReadonlyMap<string, Running>
  /** Servers whose agents are listened to, by name. */
  watched: ReadonlyMap<string, WatchedState>
}

export const emptyScene: Scene = {
  began: 0,
  round: null,
  phase: null,
  settled: 0,
  kept: 0,
  running: new Map(),
  watched: new Map(),
}

/** The scene after one more event. Pure; events of steps that never started are ignored. */
export function next(scene: Scene, event: RunEvent): Scene {
  switch (event.type) {
    case 'run.started':
      return { ...emptyScene, began: Date.parse(event.at) }
    case 'phase.started':
      return { ...scene, phase: { title: event.title, tasks: event.tasks }, settled: 0, kept: 0 }
    case 'step.kept':
      return { ...scene, kept: scene.kept + 1, settled: scene.settled + 1 }
    case 'step.started': {
      const { title, lane } = event
      const one: Running = { title, lane, since: Date.parse(event.at), line: '', part: null }
      return { ...scene, running: new Map(scene.running).set(event.id, one) }
    }
    case 'step.line':
      return change(scene, event.id, { line: event.line })
    case 'step.part':
      return change(scene, event.id, { part: { done: event.done, total: event.total } })
    case 'step.done':
    case 'step.failed': {
      const running = new Map(scene.running)
      running.delete(event.id)
      return { ...scene, running, settled: scene.settled + 1 }
    }
    case 'run.finished':
      return { ...scene, phase: null, running: new Map() }
    case 'check.round':
      return { ...scene, round: event }
    case 'watch.state':
      return { ...scene, watched: new Map(scene.watched).set(event.host, event) }
    case 'plan.made':
    case 'check.result':
    case 'agent.event':
    case 'repair.planned':
    case 'repair.started':
    case 'repair.done':
    case 'given-up':
    case 'note':
    case 'fault':
    case 'report':
      return scene
  }
}

function change(scene: Scene, id: string, what: Partial<Running>): Scene {
  const one = scene.running.get(id)
  return one ? { ...scene, running: new Map(scene.running).set(id, { ...one, ...what }) } : scene
}
