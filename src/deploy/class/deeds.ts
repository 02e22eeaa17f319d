// Decides which deeds there are about the class: one export a command of `bateau class`.
// Leaves each to its file.
export { classStatus as status } from './status.ts'
export { classUnlock as unlock } from './unlock.ts'
export { classApply as apply, classPlan as plan } from './apply.ts'
export { classJump as jump } from './jump.ts'
