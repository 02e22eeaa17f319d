// Decides how the agent becomes one file that a server's own Node (18 or newer) runs without anything beside it.
// Leaves compiling to tsc, which goes before; `BATEAU_BUILD` names the directory that was compiled to.
import { readFileSync } from 'node:fs'

const build = process.env.BATEAU_BUILD ?? 'build'
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

export default {
  input: `${build}/agent/main.js`,
  platform: 'node',
  // Only what Node itself brings may stay outside of the file.
  external: /^node:/,
  // Comments with the paths of this machine would make every machine's file another one.
  experimental: { attachDebugInfo: 'none' },
  onLog(level, log, handle) {
    if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    handle(level, log)
  },
  transform: { target: 'node18', define: { 'process.env.BATEAU_VERSION': JSON.stringify(version) } },
  output: {
    file: `${build}/agent.mjs`,
    format: 'esm',
    codeSplitting: false,
    comments: { legal: true, annotation: false, jsdoc: false },
    banner: `// The agent of bateau ${version}. Made by its build; changes here are lost.`,
  },
}
