/** How a file gets to the platform. */

import type { Video } from "../api/client";

export interface Upload {
  file: File;
  /** The options as JSON, in the API's words. */
  options: string;
}

/** One way of sending files; the queue does not know which. */
export interface UploadTransport {
  /**
   * Sends one file and answers with its video, which is durable from then on.
   *
   * Throws `ApiProblem`, `NotReached`, or the signal's reason when it is aborted.
   */
  send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video>;
}
