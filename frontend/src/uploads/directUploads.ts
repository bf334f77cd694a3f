/** The page's one way of sending large files; a chunk of its own. */

import { DirectUploads } from "./direct";
import { UploadMemory } from "./memory";
import { uploadCalls } from "./uploadCalls";

export const directUploads = new DirectUploads(uploadCalls, new UploadMemory(localStorage));
