// Decides which deeds there are about the class: one export a command of `bateau class`.
// Leaves each to its file.
export { classStatus as status } from './status.ts'
export { close, open } from './power.ts'
export { boot } from './boot.ts'
export { reset } from './reset.ts'
export { snapshot } from './snapshot.ts'
export { extend } from './extend.ts'
export { freeze, thaw } from './freeze.ts'
export { exec } from './exec.ts'
export { ssh } from './ssh.ts'
export { usage } from './usage.ts'
export { schedule } from './schedule.ts'
