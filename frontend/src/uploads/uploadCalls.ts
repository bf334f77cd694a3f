/** What the API is asked about uploads in parts. */

import { answered, api, apiUrl, session, type Video } from "../api/client";
import { problemIn } from "../api/problems";

export interface BegunUpload {
  id: string;
  /** Of each part but the last. */
  part_size_bytes: number;
  part_count: number;
  /** RFC 3339. */
  expires_at: string;
}

export interface StoredPart {
  part_number: number;
  size_bytes: number;
}

export interface UploadProgress extends BegunUpload {
  parts: StoredPart[];
}

export interface SignedPart {
  part_number: number;
  url: string;
}

export interface UploadCalls {
  begin(file: File, options: string, signal: AbortSignal): Promise<BegunUpload>;
  /** What the store has. */
  state(id: string, signal: AbortSignal): Promise<UploadProgress>;
  sign(id: string, partNumbers: number[], signal: AbortSignal): Promise<SignedPart[]>;
  /** May be repeated. */
  complete(id: string, signal: AbortSignal): Promise<Video>;
  /** Nothing stays: neither the parts nor a cancelled video. */
  abort(id: string): Promise<void>;
}

async function call<T>(method: "GET" | "POST", path: string, signal: AbortSignal, body?: object): Promise<T> {
  const json = body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await session.fetch(new Request(apiUrl(path), { method, signal, ...json }));
  if (!response.ok) throw await problemIn(response);
  return response.json();
}

export const uploadCalls: UploadCalls = {
  begin: (file, options, signal) =>
    call("POST", "/uploads", signal, {
      filename: file.name,
      size_bytes: file.size,
      content_type: file.type || null,
      options: JSON.parse(options),
    }),
  state: (id, signal) => call("GET", `/uploads/${id}`, signal),
  sign: async (id, partNumbers, signal) => {
    const signed = { part_numbers: partNumbers };
    return (await call<{ parts: SignedPart[] }>("POST", `/uploads/${id}/parts`, signal, signed)).parts;
  },
  complete: (id, signal) => call("POST", `/uploads/${id}/complete`, signal),
  abort: async (id) => {
    await answered(api.DELETE("/api/v1/videos/{video_id}", { params: { path: { video_id: id } } }));
  },
};
