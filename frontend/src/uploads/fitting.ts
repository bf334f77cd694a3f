/** The way that fits a file: small ones in one request, large ones in parts, unless the store is out of reach. */

import type { Video } from "../api/client";
import { StoreNotReached, type Upload, type UploadTransport } from "./transport";

/** In parts the first byte waits for two requests more; from here on it is worth it. */
export const LARGE_BYTES = 16 * 1024 * 1024;

export class FittingUploads implements UploadTransport {
  #isStoreOutOfReach = false;

  constructor(
    private readonly streamed: UploadTransport,
    /** Loaded when the first large file is sent. */
    private readonly loadDirect: () => Promise<UploadTransport>,
    private readonly largeBytes: number = LARGE_BYTES,
  ) {}

  async send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video> {
    if (!this.keepsParts(upload.file)) return this.streamed.send(upload, onSent, signal);
    const direct = await this.loadDirect();
    try {
      return await direct.send(upload, onSent, signal);
    } catch (error) {
      if (!(error instanceof StoreNotReached)) throw error;
      this.#isStoreOutOfReach = true;
      onSent(0);
      await direct.discard(upload);
      return this.streamed.send(upload, onSent, signal);
    }
  }

  keepsParts(file: File): boolean {
    return file.size >= this.largeBytes && !this.#isStoreOutOfReach;
  }

  async discard(upload: Upload): Promise<void> {
    if (this.keepsParts(upload.file)) await (await this.loadDirect()).discard(upload);
  }
}
