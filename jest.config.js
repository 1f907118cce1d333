const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        sourceMaps: 'inline',
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'hono/jsx' } },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test-results/'],
};

/**
 * `unit` needs nothing but Node; `real` uses PostgreSQL, Temporal, a Kubernetes API server and the whole stack; `oracle` asks
 * the Go program that scripts/test-templates.js builds.
 */
/** @type {import('jest').Config} */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts?(x)'],
      testPathIgnorePatterns: ['\\.(real|oracle)\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'oracle',
      testMatch: ['<rootDir>/test/**/*.oracle.test.ts'],
    },
    {
      ...common,
      displayName: 'real',
      testMatch: ['<rootDir>/test/**/*.real.test.ts?(x)'],
      globalSetup: '<rootDir>/test/real/global-setup.js',
      globalTeardown: '<rootDir>/test/real/global-teardown.js',
    },
  ],
  testTimeout: 120_000,
};
