/** How a file gets to the platform. */

import type { Video } from "../api/client";

export interface Upload {
  file: File;
  /** The options as JSON, in the API's words. */
  options: string;
}

/** The store cannot be reached from this browser, though the API can: another network, CORS, the page's own policy. */
export class StoreNotReached extends Error {
  override readonly name = "StoreNotReached";
}

/** One way of sending files; the queue does not know which. */
export interface UploadTransport {
  /**
   * Sends one file and answers with its video, which is durable from then on.
   *
   * Throws `ApiProblem`, `NotReached`, or the signal's reason when it is aborted.
   */
  send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video>;

  /** Whether sending again goes on where it was aborted. */
  keepsParts(file: File): boolean;

  /** Gives up an upload that was aborted; nothing of it is kept. */
  discard(upload: Upload): Promise<void>;
}
