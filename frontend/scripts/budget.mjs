// Refuses a build whose first page is heavier than the budget (gzip).
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = { "first JS": 160_000, CSS: 50_000, "largest later chunk": 40_000 };
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

const gzipBytes = async (file) => gzipSync(await readFile(new URL(file, dist))).length;
const sum = async (files) => (await Promise.all([...files].map(gzipBytes))).reduce((a, b) => a + b, 0);

function withImports(key, found = new Set()) {
  if (!found.has(key)) {
    found.add(key);
    for (const imported of manifest[key].imports ?? []) withImports(imported, found);
  }
  return found;
}

const first = withImports("index.html");
const later = Object.keys(manifest).filter((key) => !first.has(key) && manifest[key].file.endsWith(".js"));
const styles = new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []));
const measured = {
  "first JS": await sum(new Set([...first].map((key) => manifest[key].file))),
  CSS: await sum(styles),
  "largest later chunk": Math.max(0, ...(await Promise.all(later.map((key) => gzipBytes(manifest[key].file))))),
};

for (const [name, bytes] of Object.entries(measured)) {
  const limit = BUDGET_BYTES[name];
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB gzip of ${limit / 1000} kB`);
  if (bytes > limit) process.exitCode = 1;
}
