/** Requests that tell of an upload's progress: `fetch` does not, XMLHttpRequest does. */

import { NotReached } from "../api/problems";

export interface Sending {
  method: "POST" | "PUT";
  url: string;
  headers?: Record<string, string>;
  body: Blob | FormData;
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
  header(name: string): string | null;
}

/** Throws `NotReached`, or the signal's reason when it is aborted. */
export function sendBody({ method, url, headers = {}, body, onSent, signal }: Sending): Promise<Answer> {
  signal.throwIfAborted();
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  return new Promise<Answer>((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => onSent(event.loaded));
    request.addEventListener("load", () => {
      const header = (name: string) => request.getResponseHeader(name);
      resolve({ status: request.status, text: request.responseText, header });
    });
    request.addEventListener("error", () => reject(new NotReached("The connection broke during the upload.")));
    request.addEventListener("abort", () => reject(signal.reason));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal.addEventListener("abort", abort);
    request.send(body);
  }).finally(() => signal.removeEventListener("abort", abort));
}
