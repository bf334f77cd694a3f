/** The parts of one file on their way to the store: a few at once, each tried again until it is there. */

import { ApiProblem, mayPass, NotReached } from "../api/problems";
import { SignedParts } from "./signedParts";
import { StoreNotReached } from "./transport";
import type { SignedPart, UploadProgress } from "./uploadCalls";
import { again, pause, TRIES, type WaitMs } from "./waits";

const AT_ONCE = 3;
/** The store's answer to an address that has ended. */
const FORBIDDEN = 403;

/** Puts one part at its presigned address; throws `ApiProblem` or `NotReached`. */
export type PutPart = (url: string, body: Blob, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<void>;

export interface PartsContext {
  put: PutPart;
  sign(partNumbers: number[]): Promise<SignedPart[]>;
  /** Throws when the API cannot be reached either. */
  askApi(): Promise<unknown>;
  onSent(bytes: number): void;
  signal: AbortSignal;
  waitMs: WaitMs;
}

export class PartsSender {
  readonly #missing: Set<number>;
  readonly #sentBytes = new Map<number, number>();
  readonly #signed: SignedParts;
  readonly #stop: AbortController;
  /** The store has answered something: it can be reached from here. */
  #isProved = false;

  constructor(
    private readonly file: Blob,
    private readonly upload: UploadProgress,
    private readonly context: PartsContext,
  ) {
    this.#missing = new Set(missingParts(file.size, upload));
    for (let part = 1; part <= upload.part_count; part += 1) {
      if (!this.#missing.has(part)) this.#sentBytes.set(part, this.#slice(part).size);
    }
    this.#isProved = upload.parts.length > 0;
    this.#signed = new SignedParts(() => this.#missing, context.sign);
    this.#stop = new AbortController();
  }

  /** Returns when the store has every part. */
  async send(): Promise<void> {
    const abort = () => this.#stop.abort(this.context.signal.reason);
    this.context.signal.throwIfAborted();
    this.context.signal.addEventListener("abort", abort);
    this.#tell();
    const waiting = [...this.#missing].values();
    const worker = async () => {
      for (const part of waiting) await this.#sendOne(part);
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } catch (error) {
      // One part that cannot be sent ends them all.
      this.#stop.abort(error);
      throw error;
    } finally {
      this.context.signal.removeEventListener("abort", abort);
    }
  }

  async #sendOne(part: number): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      const url = await again(() => this.#signed.take(part), this.#stop.signal, this.context.waitMs);
      try {
        await this.#put(part, url);
        this.#missing.delete(part);
        return;
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        if (failures >= TRIES || !(mayPass(error) || hasEnded(error))) throw error;
        if (error instanceof NotReached && failures > 1) await this.#expectStore(error);
        await pause(this.context.waitMs(failures), this.#stop.signal);
      }
    }
  }

  async #put(part: number, url: string): Promise<void> {
    const body = this.#slice(part);
    const sent = (bytes: number) => {
      this.#sentBytes.set(part, Math.min(bytes, body.size));
      this.#tell();
    };
    try {
      await this.context.put(url, body, sent, this.#stop.signal);
      this.#isProved = true;
      sent(body.size);
    } catch (error) {
      this.#isProved ||= error instanceof ApiProblem;
      sent(0);
      throw error;
    }
  }

  /** A store that never answered, while the API does, is not to be had from here. */
  async #expectStore(cause: NotReached): Promise<void> {
    if (this.#isProved) return;
    try {
      await this.context.askApi();
    } catch (error) {
      if (mayPass(error)) return;
      throw error;
    }
    throw new StoreNotReached("The store cannot be reached from this browser.", { cause });
  }

  #slice(part: number): Blob {
    const start = (part - 1) * this.upload.part_size_bytes;
    return this.file.slice(start, start + this.upload.part_size_bytes);
  }

  #tell(): void {
    let total = 0;
    for (const bytes of this.#sentBytes.values()) total += bytes;
    this.context.onSent(total);
  }
}

function hasEnded(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === FORBIDDEN;
}

/** The numbers of the parts that the store lacks or has in another size. */
export function missingParts(sizeBytes: number, { part_size_bytes, part_count, parts }: UploadProgress): number[] {
  const stored = new Map(parts.map((part) => [part.part_number, part.size_bytes]));
  const size = (part: number) => Math.min(part_size_bytes, sizeBytes - (part - 1) * part_size_bytes);
  return Array.from({ length: part_count }, (_, index) => index + 1).filter((part) => stored.get(part) !== size(part));
}
