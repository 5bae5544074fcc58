import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Time, chance and the environment come in through ports. These are the doors that would let them in unseen.
const hiddenInputs = {
  globals: [
    ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
      name,
      message: 'Wait through the injected Clock.',
    })),
    { name: 'performance', message: 'Measure time with the injected Clock.' },
  ],
  properties: [
    { object: 'Date', property: 'now', message: 'Ask the injected Clock.' },
    { object: 'AbortSignal', property: 'timeout', message: 'It runs on real time; make a deadline from the Clock.' },
    { object: 'process', property: 'hrtime', message: 'Ask the injected Clock.' },
    { object: 'process', property: 'env', message: 'The library reads no environment; take an option.' },
    { object: 'Math', property: 'random', message: 'Take the source of chance as an argument.' },
  ],
  imports: [
    ...['node:timers', 'node:timers/promises', 'timers', 'timers/promises'].map((name) => ({
      name,
      message: 'Wait through the injected Clock.',
    })),
    ...['node:process', 'process'].map((name) => ({
      name,
      importNames: ['env', 'default', 'hrtime'],
      message: 'Take an option.',
    })),
    ...['node:perf_hooks', 'perf_hooks'].map((name) => ({ name, message: 'Measure time with the injected Clock.' })),
  ],
};

const noNow = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Ask the injected Clock.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Ask the injected Clock.' },
];

const noModuleState = [
  {
    selector: ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind!="const"]',
    message: 'No mutable state in a module: two suites side by side would share it.',
  },
  {
    selector: ':matches(AwaitExpression, ForOfStatement[await=true]):not(:function *)',
    message: 'No top-level await: the package could not be loaded with require().',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
];

const noUnfinishedTests = [
  {
    selector: 'MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(only|skip|todo|fails)$/]',
    message: 'Every test runs, every time.',
  },
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'temp/', 'results/', '.tmp/', 'test/fixtures/']),
  {
    // A rule that needs an exception gets it here, where it can be seen, and not in a comment.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/method-signature-style': 'off',
      // `return fail(...)` ends a branch and says that nothing comes after it.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Spreading a string by code points is what is meant where it is done.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // Callers without types are checked too, and what a callback changed is not seen by the rule.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // signal.reason is `any`, and callers are promised exactly that reason.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      // An `async` method without `await` keeps the promise of its port: it rejects and never throws.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 500 }],
      // Control characters in text from outside are looked for.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', ...noModuleState.slice(2)],
      'object-shorthand': 'error',
      'prefer-template': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', ...hiddenInputs.globals],
      'no-restricted-properties': ['error', ...hiddenInputs.properties],
      'no-restricted-imports': ['error', { paths: hiddenInputs.imports }],
      'no-restricted-syntax': ['error', ...noNow, ...noModuleState],
    },
  },
  {
    // The clocks themselves.
    files: ['src/runtime/clock.ts', 'src/testing/virtual-clock.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': ['error', ...hiddenInputs.properties.filter(({ object }) => object !== 'Date')],
      'no-restricted-imports': 'off',
      'no-restricted-syntax': ['error', ...noModuleState],
    },
  },
  {
    // Time-outs of sockets are real time.
    files: ['src/transport/**/*.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // Time-outs of child processes are real time too.
    files: ['src/scheduler/builds/git/run-git.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // A child process gets the environment of its parent, without what would lead it elsewhere.
    files: ['src/scheduler/builds/git/git-environment.ts'],
    rules: {
      'no-restricted-properties': ['error', ...hiddenInputs.properties.filter(({ property }) => property !== 'env')],
    },
  },
  {
    // The default of the option "random".
    files: ['src/clients/client-options.ts'],
    rules: {
      'no-restricted-properties': ['error', ...hiddenInputs.properties.filter(({ object }) => object !== 'Math')],
    },
  },
  {
    // A deprecated option is still read, here.
    files: ['src/suite/argument-checks.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    // fast-xml-parser would rather that its builder and validator came from packages of their own.
    files: ['src/reports/junit-report.ts', 'src/scheduler/builds/read-xml.ts', 'test/reports/junit-report.test.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', '*.config.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Answers of servers and fixtures are read as JSON.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['test/**/*.ts', 'examples/**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noModuleState.slice(2), ...noUnfinishedTests] },
  },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'setTimeout', 'clearTimeout', 'performance', 'AbortSignal'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
);
