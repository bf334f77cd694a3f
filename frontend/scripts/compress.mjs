// Leaves .br and .gz beside each text file that is named by its content, so that no server compresses at each request.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const assets = new URL("../dist/assets/", import.meta.url);
const forms = {
  ".br": (data) => promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }),
  ".gz": (data) => promisify(gzip)(data, { level: constants.Z_BEST_COMPRESSION }),
};

async function compress(name) {
  const data = await readFile(new URL(name, assets));
  for (const [suffix, form] of Object.entries(forms)) {
    const smaller = await form(data);
    if (smaller.length < data.length) await writeFile(new URL(name + suffix, assets), smaller);
  }
}

await Promise.all((await readdir(assets)).filter((name) => /\.(js|css|svg)$/.test(name)).map(compress));
