import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The rooms of the house and what each may not open a door to: definitions ← charts-src, definitions ← controllers, imports ← charts-src. */
const walls = {
  definitions: ['charts-src', 'controllers', 'imports', 'test', 'cdk8s*', 'constructs', 'undici', 'node:*'],
  'charts-src': ['controllers', 'test'],
  controllers: ['charts-src', 'imports', 'test', 'cdk8s*', 'constructs'],
  imports: ['definitions', 'charts-src', 'controllers', 'test'],
};

const wall = ([room, closed]) => ({
  files: [`${room}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: closed.flatMap((name) =>
              /[:*]|^constructs$|^undici$/.test(name) ? [name] : [`**/${name}/**`, `**/${name}`],
            ),
            message: `${room}/ may not import this: arrows point one way (see the README, "The house").`,
          },
          ...(room === 'definitions'
            ? [
                {
                  group: ['@kubernetes/client-node'],
                  allowTypeImports: true,
                  message: 'definitions/ takes only types from client-node.',
                },
              ]
            : []),
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'imports/', 'node_modules/', 'coverage/'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier[imported.name='z']",
          message:
            "Write `import * as z from 'zod'`: the object `z` has all languages of zod's messages, 0.4 MB of every bundle.",
        },
      ],
    },
  },
  ...Object.entries(walls).map(wall),
  {
    // A reconciler that reads the wall clock or sets a bare timer can't be tested with an injected one.
    files: ['controllers/**/*.ts'],
    ignores: ['controllers/runtime/clock.ts', 'controllers/image/**'],
    rules: {
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate'].map((name) =>
        name === 'error' ? name : { name, message: 'take a Clock (controllers/runtime/clock.ts) instead' },
      ),
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'take a Clock (controllers/runtime/clock.ts) instead' },
        { object: 'Math', property: 'random', message: 'take a Random (controllers/runtime/clock.ts) instead' },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', module: 'writable' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', Buffer: 'readonly', require: 'readonly', exports: 'readonly' },
    },
  },
);
