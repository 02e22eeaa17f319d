// Moved to core/task.ts, as the rooms that make tasks may not import run/.
export type * from '../core/task.ts'
