/** Which uploads have begun, so that choosing the same file again goes on with them, also after a reload. */

import { parsedJson } from "../api/problems";
import type { Upload } from "./transport";

const KEY = "fiapx.uploads";

interface Begun {
  id: string;
  /** RFC 3339. */
  expiresAt: string;
}

/** The part of `Storage` that is needed. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What tells a file from others without reading it; other options are another upload. */
function fingerprint({ file, options }: Upload): string {
  return JSON.stringify([file.name, file.size, file.lastModified, options]);
}

export class UploadMemory {
  constructor(
    private readonly shelf: Shelf,
    private readonly now: () => number = Date.now,
  ) {}

  find(upload: Upload): string | null {
    return this.#living().get(fingerprint(upload))?.id ?? null;
  }

  keep(upload: Upload, begun: Begun): void {
    this.#write(this.#living().set(fingerprint(upload), begun));
  }

  forget(upload: Upload): void {
    const all = this.#living();
    if (all.delete(fingerprint(upload))) this.#write(all);
  }

  /** Those that the server keeps yet. */
  #living(): Map<string, Begun> {
    const read = parsedJson(this.shelf.getItem(KEY) ?? "");
    const all: [string, Begun][] = Array.isArray(read) ? read : [];
    return new Map(all.filter(([, begun]) => Date.parse(begun.expiresAt) > this.now()));
  }

  #write(all: Map<string, Begun>): void {
    if (all.size === 0) this.shelf.removeItem(KEY);
    else this.shelf.setItem(KEY, JSON.stringify([...all]));
  }
}
