// Decides which room may import which: the layer table, a row a room. Type imports count as well.
// Leaves the reasons to docs/decisions.
const rooms = {
  core: [],
  wire: ['core'],
  course: ['core'],
  plan: ['core', 'course'],
  render: ['core'],
  delivery: ['core', 'render'],
  // A server of its own kind: neither how IPv6 reaches it nor a cloud on it.
  jump: ['core', 'render'],
  engine: ['core', 'render'],
  host: ['core', 'wire'],
  cloud: ['core'],
  provider: ['core'],
  dns: ['core'],
  run: ['core'],
  image: ['core', 'host'],
  rehearsal: ['core', 'host', 'render'],
  classroom: ['core', 'course', 'plan', 'cloud', 'host', 'render'],
  check: ['core', 'wire', 'delivery', 'host', 'cloud'],
  agent: ['core', 'check', 'delivery', 'host'],
}
const below = [...Object.keys(rooms), 'deploy']
const faces = ['cli', 'server']

/** What no room of ours may do, whatever it is. */
const everywhere = [
  { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
  { name: 'no-unknown-module', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'no-undeclared-package',
    comment: 'a package that package.json does not name, or only names for development',
    severity: 'error',
    from: { path: '^src/', pathNot: String.raw`\.(test|fixture)\.ts$` },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional', 'npm-peer'] },
  },
  {
    name: 'no-tests-imported',
    severity: 'error',
    comment: 'tests, and the fixtures that they share',
    from: { pathNot: String.raw`\.(test|fixture)\.ts$` },
    to: { path: String.raw`\.(test|fixture)\.ts$` },
  },
  {
    name: 'one-file-spawns',
    comment:
      'host/spawn is where processes are started, host/lean-spawn for the agent; tests may need a process of their own',
    severity: 'error',
    from: { path: '^src/', pathNot: [String.raw`^src/host/(lean-)?spawn\.ts$`, String.raw`\.test\.ts$`] },
    to: { path: '^(node:)?child_process$|node_modules/execa/' },
  },
  {
    name: 'rooms-have-a-row',
    comment: 'a new directory of src/ needs its row in this table',
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/(${[...below, ...faces].join('|')})/` },
    to: {},
  },
]

/** Tests are outside: a test with the real catalogue or the real renderer proves more than one with a double. */
const within = (room, may) => ({
  name: `layers-${room}`,
  comment: `${room} may import ${may.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: String.raw`\.test\.ts$` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...may].join('|')})/` },
})

module.exports = {
  forbidden: [
    ...everywhere,
    ...Object.entries(rooms).map(([room, may]) => within(room, may)),
    within('deploy', Object.keys(rooms)),
    ...faces.map((face) => within(face, below)),
  ],
  options: {
    // typescript 7 has no JavaScript interface yet; swc reads the same files and sees type imports.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
}
