import { defineConfig } from 'vitest/config'

/** What needs a Microsoft 365 tenant on this machine. */
const tenantTests = ['test/servers/{sandbox,microsoft-365,graph,http}/**/*.test.ts', 'test/conformance/{graph,exchange-imap}.test.ts']

/** What needs a server and the time of one file after the other. */
const oneByOne = {
  globalSetup: ['test/servers/global-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  fileParallelism: false,
}

/** One project per lane; README's test command runs the first four, `.ci/run` adds the rest. */
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
          ...oneByOne,
          name: 'servers',
          include: ['test/servers/**/*.test.ts', 'test/conformance/imap*.test.ts'],
          exclude: tenantTests,
        },
      },
      { test: { ...oneByOne, name: 'tenants', include: tenantTests } },
      { test: { ...oneByOne, name: 'commands', include: ['test/e2e/**/*.test.ts'] } },
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
