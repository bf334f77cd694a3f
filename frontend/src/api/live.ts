/**
 * Changes of videos as the server tells them (Server-Sent Events).
 *
 * Where the stream is missing or broken, `isTold` is false and whoever shows videos asks for them regularly instead.
 */

import type { Video } from "./client";

const AGAIN_MS = 15_000;

export class LiveVideos {
  #source: EventSource | null = null;
  #told = false;
  #wanted = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly url: string,
    private readonly onVideo: (video: Video) => void,
    private readonly onDeleted: (id: string) => void,
    /** Called when the stream (re)opens: what happened meanwhile was missed. */
    private readonly onOpen: () => void,
    /** Called before each new connection: the cookie that opens the stream must be fresh. */
    private readonly prepare: () => Promise<unknown>,
  ) {}

  get isTold(): boolean {
    return this.#told;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    this.#wanted = true;
    if (this.#source !== null) return;
    const source = new EventSource(this.url, { withCredentials: true });
    this.#source = source;
    source.addEventListener("open", () => {
      this.#become(true);
      this.onOpen();
    });
    source.addEventListener("video", (event) => this.onVideo(JSON.parse(event.data)));
    source.addEventListener("deleted", (event) => this.onDeleted(JSON.parse(event.data).id));
    source.addEventListener("error", () => {
      this.#become(false);
      // A broken connection is opened again by the browser, with Last-Event-ID; a refused one never is.
      if (source.readyState === EventSource.CLOSED) this.#startLater();
    });
  }

  stop(): void {
    this.#wanted = false;
    this.#close();
  }

  #close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#source?.close();
    this.#source = null;
    this.#become(false);
  }

  #startLater(): void {
    this.#close();
    this.#timer = setTimeout(() => {
      this.prepare().then(
        () => this.#wanted && this.start(),
        () => this.#wanted && this.#startLater(),
      );
    }, AGAIN_MS);
  }

  #become(told: boolean): void {
    const changed = this.#told !== told;
    this.#told = told;
    if (changed) for (const listener of this.#listeners) listener();
  }
}
