import { defineConfig } from 'vitest/config'

/** What needs a Microsoft 365 tenant on this machine, and a slow test besides, so that both lanes take equally long. */
const tenantTests = [
  'test/e2e/full-disk.test.ts',
  'test/servers/{sandbox,microsoft-365,graph,http}/**/*.test.ts',
  'test/e2e/{sandbox,microsoft-365*}.test.ts',
  'test/conformance/{graph,exchange-imap}.test.ts',
]

/** One project per lane; README's test command runs `unit`, `servers` and `tenants`, `.ci/run` adds the rest. */
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/conformance/{memory,archive}.test.ts'],
          setupFiles: ['test/property-seed.ts'],
          testTimeout: 30_000,
          // Loading the sources anew for each of the many files would take longer than the tests.
          isolate: false,
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/conformance/imap*.test.ts'],
          exclude: tenantTests,
          globalSetup: ['test/servers/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'tenants',
          include: tenantTests,
          globalSetup: ['test/servers/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      { test: { name: 'simulation', include: ['test/simulation/**/*.test.ts'], testTimeout: 600_000 } },
      {
        test: {
          name: 'corpus',
          include: ['test/corpus/**/*.test.ts'],
          globalSetup: ['test/servers/global-setup.ts'],
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
