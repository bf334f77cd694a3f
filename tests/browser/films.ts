/** Films that ffmpeg makes for the tests, and what must not be taken for one. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | undefined;
const made = new Map<string, string>();

function place(name: string): string {
  folder ??= mkdtempSync(join(tmpdir(), "fiapx-films-"));
  return join(folder, name);
}

function once(name: string, make: (path: string) => void): string {
  const known = made.get(name);
  if (known !== undefined) return known;
  const path = place(name);
  make(path);
  made.set(name, path);
  return path;
}

/** A moving test picture with a clock, H.264 in MP4. */
export function film(name = "holiday.mp4", seconds = 8, size = "640x360", fps = 25): string {
  return once(name, (path) => {
    const source = `testsrc2=size=${size}:rate=${fps}:duration=${seconds}`;
    const encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p"];
    execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, ...encoding, path], { timeout: 60_000 });
  });
}

const LARGE_BYTES = 20 * 1024 * 1024;

/** A film large enough to be sent in parts: behind it lies free space, which players skip (ISO/IEC 14496-12, `free`). */
export function largeFilm(name: string): string {
  return once(name, (path) => {
    const free = Buffer.alloc(LARGE_BYTES);
    free.writeUInt32BE(LARGE_BYTES, 0);
    free.write("free", 4, "latin1");
    writeFileSync(path, Buffer.concat([readFileSync(film()), free]));
  });
}

/** The same film without its second half: its index tells of frames that are not there. */
export function cutFilm(): string {
  return once("cut.mp4", (path) => {
    const whole = film("whole.mp4");
    const fronted = place("fronted.mp4");
    const copy = ["-v", "error", "-i", whole, "-c", "copy", "-movflags", "+faststart", fronted];
    execFileSync("ffmpeg", copy, { timeout: 60_000 });
    const bytes = readFileSync(fronted);
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
  });
}

/** A text under a film's name. */
export function textFile(): string {
  return once("notes.mp4", (path) => writeFileSync(path, "These are notes, not a film.\n".repeat(100)));
}
