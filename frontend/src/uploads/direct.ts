/** A file in parts, straight to the object store; what is there already is not sent again. */

import type { Video } from "../api/client";
import { ApiProblem, problemOf } from "../api/problems";
import type { UploadMemory } from "./memory";
import { PartsSender, type PutPart } from "./parts";
import { sendBody } from "./request";
import { StoreNotReached, type Upload, type UploadTransport } from "./transport";
import type { UploadCalls, UploadProgress } from "./uploadCalls";
import { again, backoffMs, type WaitMs } from "./waits";

/** No such upload (any more), or one that has ended: nothing to go on with. */
const GONE = new Set([404, 409, 410]);
/** The file is refused, and nothing of it is kept. */
const REFUSED = 415;

export class DirectUploads implements UploadTransport {
  readonly #ids = new WeakMap<Upload, string>();
  /** The same file chosen once more, while it is being sent, is another video. */
  readonly #sending = new Set<string>();

  constructor(
    private readonly calls: UploadCalls,
    private readonly memory: UploadMemory,
    private readonly put: PutPart = putPart,
    private readonly waitMs: WaitMs = backoffMs,
  ) {}

  async send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video> {
    const begun = (await this.#known(upload, signal)) ?? (await this.#begin(upload, signal));
    this.#sending.add(begun.id);
    try {
      await this.#parts(begun, upload, onSent, signal).send();
      const video = await again(() => this.calls.complete(begun.id, signal), signal, this.waitMs);
      this.#forget(upload);
      return video;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === REFUSED) this.#forget(upload);
      throw error;
    } finally {
      this.#sending.delete(begun.id);
    }
  }

  keepsParts(): boolean {
    return true;
  }

  async discard(upload: Upload): Promise<void> {
    const id = this.#idOf(upload);
    this.#forget(upload);
    if (id === null) return;
    try {
      await this.calls.abort(id);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  #parts(begun: UploadProgress, upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): PartsSender {
    return new PartsSender(upload.file, begun, {
      put: this.put,
      sign: (partNumbers) => this.calls.sign(begun.id, partNumbers, signal),
      askApi: () => this.calls.state(begun.id, signal),
      onSent,
      signal,
      waitMs: this.waitMs,
    });
  }

  /** An upload that was begun before, and what the store has of it. */
  async #known(upload: Upload, signal: AbortSignal): Promise<UploadProgress | null> {
    const id = this.#idOf(upload);
    if (id === null) return null;
    try {
      const state = await again(() => this.calls.state(id, signal), signal, this.waitMs);
      this.#ids.set(upload, id);
      return state;
    } catch (error) {
      // Completed, but the answer was lost: completing once more gives it again.
      if (error instanceof ApiProblem && error.code === "upload_completed") return completed(id);
      if (!isGone(error)) throw error;
      this.#forget(upload);
      return null;
    }
  }

  async #begin(upload: Upload, signal: AbortSignal): Promise<UploadProgress> {
    const begun = await this.calls.begin(upload.file, upload.options, signal).catch((error: unknown) => {
      // An API older than this page knows no uploads in parts.
      if (error instanceof ApiProblem && error.status === 404)
        throw new StoreNotReached(error.detail, { cause: error });
      throw error;
    });
    this.#ids.set(upload, begun.id);
    if (this.memory.find(upload) === null) this.memory.keep(upload, { id: begun.id, expiresAt: begun.expires_at });
    return { ...begun, parts: [] };
  }

  #idOf(upload: Upload): string | null {
    const own = this.#ids.get(upload);
    if (own !== undefined) return own;
    const remembered = this.memory.find(upload);
    return remembered !== null && !this.#sending.has(remembered) ? remembered : null;
  }

  #forget(upload: Upload): void {
    const id = this.#idOf(upload);
    this.#ids.delete(upload);
    if (id !== null && this.memory.find(upload) === id) this.memory.forget(upload);
  }
}

const completed = (id: string): UploadProgress => ({
  id,
  part_size_bytes: 0,
  part_count: 0,
  parts: [],
  expires_at: "",
});

function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && GONE.has(error.status);
}

/** No header of ours: the address alone is the permission. */
const putPart: PutPart = async (url, body, onSent, signal) => {
  const answer = await sendBody({ method: "PUT", url, body, onSent, signal });
  if (answer.status !== 200) throw problemOf(answer.status, null);
};
