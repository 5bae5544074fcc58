/**
 * The order of the folders, as a check. A layer may import itself and what its row names; everything else is refused,
 * imports of types included, since a type that points upwards is a layer that points upwards.
 */
const beneathClients = ['transport', 'runtime', 'errors'];
const beneathTests = ['clients', ...beneathClients];
const beneathSuite = ['control-files', 'results', 'crashes', 'bugs', ...beneathTests];

const mayImport = {
  errors: [],
  runtime: ['errors'],
  transport: ['runtime', 'errors'],
  clients: beneathClients,
  'control-files': beneathTests,
  // An attempt tells of its crashes.
  results: ['crashes', ...beneathTests],
  crashes: beneathTests,
  // A failure report is about a result.
  bugs: ['results', ...beneathTests],
  suite: beneathSuite,
  reports: ['results', 'runtime', 'errors'],
  // Tells of suites and of calls.
  observability: ['results', 'transport', 'runtime', 'errors'],
  scheduler: ['suite', ...beneathSuite],
  // Entry points of their own use what the package exports, as any user could.
  testing: ['index'],
  'testing-msw': ['testing', 'index'],
  adapters: ['index'],
};

const layers = Object.keys(mayImport);
const within = (names) => `^src/(${names.join('|')})(/|\\.ts$)`;

const layerRules = layers.map((layer) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${mayImport[layer].join(', ') || 'nothing else of src'}.`,
  severity: 'error',
  from: { path: within([layer]) },
  to: { path: '^src/', pathNot: within([layer, ...mayImport[layer]]) },
}));

const entryPoints = '^src/((testing|testing-msw)/)?index\\.ts$';
const testFramework = '^node_modules/vitest/';
const telemetry = '^node_modules/(@opentelemetry/(api|sdk-trace-base)|prom-client)/';

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'known-layers-only',
      comment: 'A new folder of src needs its row in the table above.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: within(['index', ...layers]) },
    },
    {
      name: 'index-exports-no-entry-point',
      comment: 'The embedded lab and the adapters are entry points of their own.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: within(['testing', 'testing-msw', 'adapters']) },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle, even of types, is one file in two places.',
      severity: 'error',
      from: { path: '^(src|test|examples|bench)/' },
      to: { circular: true },
    },
    {
      name: 'no-unreachable-file',
      comment: 'Every file of src is reached from an entry point.',
      severity: 'error',
      from: { path: entryPoints },
      to: { path: '^src/', pathNot: entryPoints, reachable: false },
    },
    {
      name: 'one-file-imports-got',
      comment: 'The network is behind HttpTransport; got itself is loaded by its one implementation.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/transport/got-transport\\.ts$' },
      to: { path: '^node_modules/got/' },
    },
    {
      name: 'one-folder-imports-msw',
      comment: 'msw is an optional peer: whoever does not import `dynamic-suite/testing/msw` needs none.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/testing-msw/' },
      to: { path: '^node_modules/msw/' },
    },
    {
      name: 'testing-msw-imports-msw',
      comment: 'It is a development dependency here and a peer to users, and the only one of that folder.',
      severity: 'error',
      from: { path: '^src/testing-msw/' },
      to: { path: '^node_modules/', pathNot: '^node_modules/msw/' },
    },
    {
      name: 'only-declared-dependencies',
      comment: 'What src imports is installed with the package: no development tool, nothing undeclared.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/testing-msw/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-bundled', 'unknown'] },
    },
    {
      name: 'src-imports-src',
      comment: 'src imports nothing of test, examples, bench or scripts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|examples|bench|scripts)/' },
    },
    {
      name: 'no-unresolvable-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'examples-are-users',
      comment:
        'Examples import the package by its name, node, vitest, msw and what they plug it into, and nothing else.',
      severity: 'error',
      from: { path: '^examples/' },
      to: {
        pathNot: [entryPoints, '^examples/', testFramework, '^node_modules/msw/', telemetry],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'examples-import-by-name',
      comment: 'A user has no src folder.',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^src/', dependencyTypesNot: ['aliased'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|temp)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
