/** What the API is asked about uploads in parts. */

import { answered, api, type Video } from "../api/client";
import type { components } from "../api/schema";

export type BegunUpload = components["schemas"]["UploadDto"];
export type UploadProgress = components["schemas"]["UploadStateDto"];
export type SignedPart = components["schemas"]["SignedPartDto"];

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

const at = (id: string) => ({ path: { upload_id: id } });

export const uploadCalls: UploadCalls = {
  begin: (file, options, signal) => {
    const body = {
      filename: file.name,
      size_bytes: file.size,
      content_type: file.type || null,
      options: JSON.parse(options),
    };
    return answered(api.POST("/api/v1/uploads", { body, signal }));
  },
  state: (id, signal) => answered(api.GET("/api/v1/uploads/{upload_id}", { params: at(id), signal })),
  sign: async (id, partNumbers, signal) => {
    const asked = { params: at(id), body: { part_numbers: partNumbers }, signal };
    return (await answered(api.POST("/api/v1/uploads/{upload_id}/parts", asked))).parts;
  },
  complete: (id, signal) => answered(api.POST("/api/v1/uploads/{upload_id}/complete", { params: at(id), signal })),
  abort: async (id) => {
    await answered(api.DELETE("/api/v1/videos/{video_id}", { params: { path: { video_id: id } } }));
  },
};
