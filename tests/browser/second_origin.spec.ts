/** The page from its own container, the API at another address: same files, another config.js. */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import { film } from "./films";
import { card, choose, expect, expectStatus, open, signUp, test } from "./journeys";

const DIST = join(__dirname, "..", "..", "frontend", "dist");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const API = new URL(process.env.FIAPX_URL ?? "http://127.0.0.1:8080");
const ORIGIN = process.env.FIAPX_SECOND_ORIGIN ?? `http://127.0.0.1:${Number(API.port) + 39}`;

function serve(): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? "/", ORIGIN).pathname;
    if (path === "/config.js") {
      response.writeHead(200, { "Content-Type": "text/javascript" });
      response.end(`window.FIAPX_CONFIG = { apiOrigin: ${JSON.stringify(API.origin)} };`);
      return;
    }
    const asked = join(DIST, path);
    const file = existsSync(asked) && statSync(asked).isFile() ? asked : join(DIST, "index.html");
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
}

let server: Server;

test.beforeAll(async () => {
  server = serve();
  await new Promise<void>((ready) => server.listen(Number(new URL(ORIGIN).port), "127.0.0.1", ready));
});

test.afterAll(async () => {
  await new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
});

test.use({ baseURL: ORIGIN });

test("the main job works from a second origin, pictures and reload included", async ({ page }) => {
  await signUp(page);
  await choose(page, film());
  await expectStatus(card(page, "holiday.mp4"), "completed");
  await page.reload();
  await open(page, "holiday.mp4");
  const picture = page.getByRole("region", { name: "Frames" }).getByRole("img").first();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
});
