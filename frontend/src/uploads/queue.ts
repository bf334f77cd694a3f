/** The files on their way: a few at once, the others wait. */

import type { Video } from "../api/client";
import type { Upload, UploadTransport } from "./transport";

export type UploadState = "waiting" | "sending" | "storing" | "failed";

/** One file on its way; a file that has arrived is a video and no longer here. */
export interface UploadEntry {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly error: unknown;
}

const AT_ONCE = 2;

export class UploadQueue {
  #entries: readonly UploadEntry[] = [];
  readonly #uploads = new Map<string, Upload>();
  readonly #running = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  #count = 0;

  constructor(
    private readonly transport: UploadTransport,
    private readonly onArrived: (video: Video) => void,
    private readonly atOnce: number = AT_ONCE,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Never changed, only replaced. */
  entries = (): readonly UploadEntry[] => this.#entries;

  get isBusy(): boolean {
    return this.#entries.some((entry) => entry.state !== "failed");
  }

  add(files: Iterable<File>, options: string): void {
    for (const file of files) {
      this.#count += 1;
      const id = `upload-${this.#count}`;
      this.#uploads.set(id, { file, options });
      const entry = { id, name: file.name, sizeBytes: file.size, state: "waiting", sentBytes: 0, error: null } as const;
      this.#entries = [...this.#entries, entry];
    }
    this.#tell();
    this.#startWaiting();
  }

  /** Stops an upload, or forgets a failed one. */
  remove(id: string): void {
    this.#forget(id);
    this.#running.get(id)?.abort();
  }

  /** Tries a failed upload again, from its beginning. */
  retry(id: string): void {
    this.#change(id, { state: "waiting", sentBytes: 0, error: null });
    this.#startWaiting();
  }

  /** Stops all and forgets all. */
  clear(): void {
    for (const { id } of this.#entries) this.remove(id);
  }

  #startWaiting(): void {
    for (const entry of this.#entries) {
      if (this.#running.size >= this.atOnce) return;
      const upload = this.#uploads.get(entry.id);
      if (entry.state === "waiting" && upload) void this.#run(entry.id, upload);
    }
  }

  async #run(id: string, upload: Upload): Promise<void> {
    const stop = new AbortController();
    this.#running.set(id, stop);
    this.#change(id, { state: "sending" });
    try {
      const video = await this.transport.send(upload, (bytes) => this.#sent(id, bytes), stop.signal);
      this.#forget(id);
      this.onArrived(video);
    } catch (error) {
      if (!stop.signal.aborted) this.#change(id, { state: "failed", error });
    } finally {
      this.#running.delete(id);
      this.#startWaiting();
    }
  }

  #sent(id: string, bytes: number): void {
    const total = this.#uploads.get(id)?.file.size ?? 0;
    this.#change(id, { sentBytes: bytes, state: bytes >= total ? "storing" : "sending" });
  }

  #forget(id: string): void {
    this.#uploads.delete(id);
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#tell();
  }

  #change(id: string, change: Partial<UploadEntry>): void {
    this.#entries = this.#entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
