/** One request per file, `POST /videos`; the gateway streams it through. */

import type { Video } from "../api/client";
import { NotReached, parsedJson, problemOf } from "../api/problems";
import type { Session } from "../api/session";
import type { Upload, UploadTransport } from "./transport";

export class StreamedUploads implements UploadTransport {
  constructor(
    private readonly origin: string,
    private readonly session: Session,
  ) {}

  async send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video> {
    const token = await this.session.freshToken();
    signal.throwIfAborted();
    return this.#post(upload, token, onSent, signal);
  }

  /** `fetch` tells nothing of an upload's progress; XMLHttpRequest does. */
  #post(upload: Upload, token: string | null, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video> {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    return new Promise<Video>((resolve, reject) => {
      request.upload.addEventListener("progress", (event) => {
        // The form around the file counts as well; it is small and comes first.
        onSent(Math.min(upload.file.size, event.loaded));
      });
      request.addEventListener("load", () => {
        const body = parsedJson(request.responseText);
        if (request.status === 202) resolve(body as Video);
        else reject(problemOf(request.status, body, (name) => request.getResponseHeader(name)));
      });
      request.addEventListener("error", () => reject(new NotReached("The connection broke during the upload.")));
      request.addEventListener("abort", () => reject(signal.reason));
      request.open("POST", `${this.origin}/api/v1/videos`);
      if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
      signal.addEventListener("abort", abort);
      request.send(form(upload));
    }).finally(() => signal.removeEventListener("abort", abort));
  }
}

function form(upload: Upload): FormData {
  const data = new FormData();
  data.append("options", upload.options);
  data.append("video", upload.file, upload.file.name);
  return data;
}
