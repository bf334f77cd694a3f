/** One request per file, `POST /videos`; the gateway streams it through. */

import type { Video } from "../api/client";
import { parsedJson, problemOf } from "../api/problems";
import type { Session } from "../api/session";
import { sendBody } from "./request";
import type { Upload, UploadTransport } from "./transport";

export class StreamedUploads implements UploadTransport {
  constructor(
    private readonly origin: string,
    private readonly session: Session,
  ) {}

  async send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Video> {
    const token = await this.session.freshToken();
    const answer = await sendBody({
      method: "POST",
      url: `${this.origin}/api/v1/videos`,
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      body: form(upload),
      // The form around the file counts as well; it is small and comes first.
      onSent: (bytes) => onSent(Math.min(upload.file.size, bytes)),
      signal,
    });
    const body = parsedJson(answer.text);
    if (answer.status !== 202) throw problemOf(answer.status, body, answer.header);
    return body as Video;
  }

  keepsParts(): boolean {
    return false;
  }

  /** The server keeps nothing of an upload whose connection ended. */
  async discard(): Promise<void> {}
}

function form(upload: Upload): FormData {
  const data = new FormData();
  data.append("options", upload.options);
  data.append("video", upload.file, upload.file.name);
  return data;
}
