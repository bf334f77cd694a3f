import { useSyncExternalStore } from "react";
import { uploads } from "../platform";
import type { UploadEntry } from "./queue";

/** The files on their way. */
export function useUploads(): readonly UploadEntry[] {
  return useSyncExternalStore(uploads.subscribe, uploads.entries);
}
