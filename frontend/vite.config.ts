import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const platform = process.env.FIAPX_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: "127.0.0.1", proxy: { "/api": platform } },
  preview: { host: "127.0.0.1", proxy: { "/api": platform } },
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
