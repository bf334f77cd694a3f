/** Browser tests against a running platform: FIAPX_URL=http://127.0.0.1:8080 npm run test:browser. */

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "../tests/browser",
  outputDir: "../reports/browser",
  workers: 1,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.FIAPX_URL ?? "http://127.0.0.1:8080",
    locale: "en-US",
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.FIAPX_CHROMIUM ?? "/usr/bin/chromium-headless-shell",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
