/** The platform's side of uploads, as far as the page's logic needs it, on a real HTTP server. */

import type { Video } from "../../src/api/client";
import { NotReached, problemIn } from "../../src/api/problems";
import { DirectUploads } from "../../src/uploads/direct";
import { UploadMemory } from "../../src/uploads/memory";
import type { PutPart } from "../../src/uploads/parts";
import type { Upload, UploadTransport } from "../../src/uploads/transport";
import type { UploadCalls } from "../../src/uploads/uploadCalls";
import { type Answer, type Asked, serve, type TestServer } from "../server";

const PART_BYTES = 4;
export const CONTENT = "aaaabbbbccccdd";
export const EXPIRES = "2999-01-01T00:00:00Z";
export const never = new AbortController().signal;
export const untold = () => undefined;

/** The platform's side as far as uploads in parts need it: one server is both the API and the store. */
export class Platform {
  readonly stored = new Map<string, Map<number, string>>();
  readonly completed = new Set<string>();
  /** Decides instead of the store or the API; undefined lets it pass. */
  interfere: (asked: Asked) => Answer | undefined = () => undefined;

  answer = (asked: Asked): Answer => {
    const [, kind = "", id = "", part = ""] = asked.path.split("/");
    return this.interfere(asked) ?? (kind === "store" ? this.#put(id, Number(part), asked.body) : this.#api(asked, id));
  };

  #put(id: string, part: number, body: string): Answer {
    this.stored.get(id)?.set(part, body);
    return { status: 200 };
  }

  #api({ method, path, body }: Asked, id: string): Answer {
    if (path === "/videos") return { status: 202, body: { id: "streamed", filename: body } };
    if (path === "/uploads") return this.#begin();
    const parts = this.stored.get(id);
    if (!parts) return { status: 404, body: { code: "upload_not_found" } };
    if (path.endsWith("/parts")) {
      return {
        status: 200,
        body: JSON.parse(body).map((part: number) => ({ part_number: part, url: `/store/${id}/${part}` })),
      };
    }
    if (path.endsWith("/complete")) {
      this.completed.add(id);
      return {
        status: 202,
        body: {
          id,
          filename: [...parts]
            .toSorted(([a], [b]) => a - b)
            .map(([, text]) => text)
            .join(""),
        },
      };
    }
    if (this.completed.has(id)) return { status: 409, body: { code: "upload_completed" } };
    if (method === "DELETE") this.stored.delete(id);
    return { status: 200, body: this.#state(id, parts) };
  }

  #begin(): Answer {
    const id = `upload-${this.stored.size + 1}`;
    this.stored.set(id, new Map());
    return { status: 201, body: this.#state(id, new Map()) };
  }

  #state(id: string, parts: Map<number, string>) {
    return {
      id,
      part_size_bytes: PART_BYTES,
      part_count: Math.ceil(CONTENT.length / PART_BYTES),
      expires_at: EXPIRES,
      parts: [...parts].map(([part_number, text]) => ({
        part_number,
        size_bytes: text.length,
        etag: `"${part_number}"`,
      })),
    };
  }
}

/** By `fetch`, since Node has no XMLHttpRequest. */
async function ask(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    throw init.signal?.aborted ? init.signal.reason : new NotReached("no connection", { cause: error });
  });
  if (!response.ok) throw await problemIn(response);
  return response;
}

function callsTo(origin: string): UploadCalls {
  const json = async (method: string, path: string, signal?: AbortSignal, body?: string) =>
    (await ask(`${origin}${path}`, { method, ...(signal && { signal }), ...(body !== undefined && { body }) })).json();
  return {
    begin: (_file, options, signal) => json("POST", "/uploads", signal, options),
    state: (id, signal) => json("GET", `/uploads/${id}`, signal),
    sign: (id, parts, signal) => json("POST", `/uploads/${id}/parts`, signal, JSON.stringify(parts)),
    complete: (id, signal) => json("POST", `/uploads/${id}/complete`, signal) as Promise<Video>,
    abort: (id) => json("DELETE", `/uploads/${id}`),
  };
}

export const puttingAt =
  (origin: string): PutPart =>
  async (url, body, onSent, signal) => {
    await ask(`${origin}${url}`, { method: "PUT", body, signal });
    onSent(body.size);
  };

function streamedTo(origin: string): UploadTransport {
  return {
    async send({ file }, _onSent, signal) {
      return (await ask(`${origin}/videos`, { method: "POST", body: file, signal })).json();
    },
    keepsParts: () => false,
    async discard() {},
  };
}

function memory(): UploadMemory {
  const kept = new Map<string, string>();
  return new UploadMemory({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });
}

export interface Stage {
  platform: Platform;
  server: TestServer;
  remembered: UploadMemory;
  /** A page that was loaded anew. */
  page(put?: PutPart): DirectUploads;
  /** One request per file. */
  streamed: UploadTransport;
}

export async function stage(): Promise<Stage> {
  const platform = new Platform();
  const server = await serve(platform.answer);
  const remembered = memory();
  const page = (put = puttingAt(server.origin)) => new DirectUploads(callsTo(server.origin), remembered, put, () => 0);
  return { platform, server, remembered, page, streamed: streamedTo(server.origin) };
}

/** The same file, chosen once more. */
export const chosen = (): Upload => ({ file: new File([CONTENT], "a.mp4", { lastModified: 1 }), options: "{}" });
export const puts = (server: TestServer): string[] =>
  server.asked.filter((one) => one.method === "PUT").map((one) => one.path);

/** What a browser does with addresses that the page's policy or the store's CORS rules forbid. */
export const blocked: PutPart = async () => {
  throw new NotReached("blocked");
};
