/** Presigned addresses of an upload's parts, fetched in small batches shortly before they are needed. */

import type { SignedPart } from "./uploadCalls";

const BATCH = 12;

export class SignedParts {
  readonly #urls = new Map<number, string>();
  #fetching: Promise<void> | null = null;

  constructor(
    /** Parts still to be sent, in order; read anew for each batch. */
    private readonly missing: () => Iterable<number>,
    private readonly sign: (partNumbers: number[]) => Promise<SignedPart[]>,
  ) {}

  /** An address that was not taken before. Whether it has ended only the store can tell: this computer's clock may be wrong. */
  async take(partNumber: number): Promise<string> {
    while (!this.#urls.has(partNumber)) {
      this.#fetching ??= this.#fetch(partNumber).finally(() => {
        this.#fetching = null;
      });
      await this.#fetching;
    }
    const url = this.#urls.get(partNumber) ?? "";
    this.#urls.delete(partNumber);
    return url;
  }

  async #fetch(first: number): Promise<void> {
    const wanted = new Set([first]);
    for (const partNumber of this.missing()) {
      if (wanted.size >= BATCH) break;
      if (!this.#urls.has(partNumber)) wanted.add(partNumber);
    }
    for (const part of await this.sign([...wanted])) this.#urls.set(part.part_number, part.url);
    if (!this.#urls.has(first)) throw new Error(`The API gave no address for part ${first}.`);
  }
}
