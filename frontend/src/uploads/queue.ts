/** The files on their way: a few at once, the others wait. */

import type { Video } from "../api/client";
import type { Upload, UploadTransport } from "./transport";

export type UploadState = "waiting" | "sending" | "storing" | "paused" | "failed";

/** One file on its way; a file that has arrived is a video and no longer here. */
export interface UploadEntry {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  /** Pausing or failing costs little of what is sent already. */
  readonly keepsParts: boolean;
  readonly error: unknown;
}

/** Whether something happens with it without the user. */
export const isUnderWay = ({ state }: UploadEntry): boolean => state !== "failed" && state !== "paused";

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
    return this.#entries.some(isUnderWay);
  }

  add(files: Iterable<File>, options: string): void {
    for (const file of files) {
      this.#count += 1;
      const id = `upload-${this.#count}`;
      this.#uploads.set(id, { file, options });
      const fresh = { state: "waiting", sentBytes: 0, error: null } as const;
      const keepsParts = this.transport.keepsParts(file);
      this.#entries = [...this.#entries, { id, name: file.name, sizeBytes: file.size, keepsParts, ...fresh }];
    }
    this.#tell();
    this.#startWaiting();
  }

  /** Stops an upload for good, or forgets a failed one. */
  async remove(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    this.#stop(id);
    if (upload) await this.transport.discard(upload);
  }

  pause(id: string): void {
    this.#change(id, { state: "paused" });
    this.#running.get(id)?.abort();
  }

  /** Goes on with a paused or failed upload: with what is missing where parts are kept, else from its beginning. */
  resume(id: string): void {
    this.#change(id, { state: "waiting", error: null });
    this.#startWaiting();
  }

  /** Stops all and forgets all; parts that were sent are kept for the next time. */
  clear(): void {
    for (const { id } of this.#entries) this.#stop(id);
  }

  #stop(id: string): void {
    this.#forget(id);
    this.#running.get(id)?.abort();
  }

  #startWaiting(): void {
    for (const entry of this.#entries) {
      if (this.#running.size >= this.atOnce) return;
      const upload = this.#uploads.get(entry.id);
      if (entry.state === "waiting" && upload && !this.#running.has(entry.id)) void this.#run(entry.id, upload);
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
    const file = this.#uploads.get(id)?.file;
    if (!file || this.#running.get(id)?.signal.aborted) return;
    const keepsParts = this.transport.keepsParts(file);
    this.#change(id, { sentBytes: bytes, state: bytes >= file.size ? "storing" : "sending", keepsParts });
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
